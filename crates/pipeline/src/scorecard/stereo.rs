//! Left, right and mono.

use super::card::{Bar, Card};
use crate::Mixed;

/// The bands of `stereo.width_bands` and the widths inside which mixes by people lie, dB of side against mid.
pub(crate) const WIDTHS: [(&str, f64, f64); 5] = [
    ("below 120 Hz", -100.0, -12.0),
    ("120 to 500 Hz", -23.0, -5.0),
    ("0.5 to 2 kHz", -18.0, -3.0),
    ("2 to 8 kHz", -20.0, 0.0),
    ("above 8 kHz", -100.0, 0.0),
];

pub(super) fn stereo(mixed: &Mixed, card: &mut Card) {
    const NAMES: [&str; 5] = [
        "Width below 120 Hz",
        "Width 120 to 500 Hz",
        "Width 0.5 to 2 kHz",
        "Width 2 to 8 kHz",
        "Width above 8 kHz",
    ];
    let widths = mixed.heard.bands("stereo.width_bands", "mix").unwrap_or(&[]);
    const MEANS: [&str; 5] = [
        "Side against mid. Deep bass belongs in the middle, or mono and vinyl lose it.",
        "Side against mid: lower is narrower, 0 dB is as wide as two unrelated channels.",
        "Where voices and most melodies are.",
        "Where words, attacks and detail are.",
        "Where air and cymbals are.",
    ];
    for (((&width, (_, low, high)), name), means) in widths.iter().zip(WIDTHS).zip(NAMES).zip(MEANS) {
        let bar = if low <= -100.0 { Bar::Most(high) } else { Bar::Within(low, high) };
        card.add(("Stereo", name), Some(f64::from(width)), "dB", bar, means);
    }
    let balance = mixed.heard.number("stereo.balance", "mix").map(f64::abs);
    card.add(
        ("Stereo", "Left against right"),
        balance,
        "dB",
        Bar::Most(1.0),
        "Difference of the two sides' power.",
    );
    let loss = mixed.heard.number("stereo.mono_loss", "mix");
    let means = "What is lost when both sides are added up, as in many shops, phones and clubs.";
    card.add(("Stereo", "Lost in mono"), loss, "LU", Bar::Most(1.5), means);
    let facts = &mixed.listened.facts;
    let tracks = mixed
        .session
        .tracks()
        .filter_map(|strip| facts.number("stereo.mono_loss", &strip.clips().first()?.source));
    let means = "The track, as recorded, that loses most in mono.";
    card.add(("Stereo", "Lost in mono, worst track"), tracks.reduce(f64::max), "LU", Bar::Most(5.0), means);
    let low = mixed.heard.bands("stereo.correlation_bands", "mix").and_then(|bands| bands.first());
    let means = "1 is mono, 0 unrelated, -1 upside down. Deep bass must survive mono and vinyl.";
    card.add(("Stereo", "Correlation below 120 Hz"), low.map(|&c| f64::from(c)), "", Bar::Least(0.8), means);
}
