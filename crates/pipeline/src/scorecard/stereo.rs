//! Left, right and mono.

use super::card::{Bar, Card, Figure};
use super::stem;
use crate::Mixed;
use crate::envelope::Envelope;

/// The bands of `stereo.width_bands` and the widths inside which mixes by people lie, dB of side against mid.
pub(crate) const WIDTHS: [(&str, f64, f64); 5] = [
    ("below 120 Hz", -100.0, -12.0),
    ("120 to 500 Hz", -23.0, -5.0),
    ("0.5 to 2 kHz", -18.0, -3.0),
    ("2 to 8 kHz", -20.0, 0.0),
    ("above 8 kHz", -100.0, 0.0),
];

const fn width(name: &'static str, band: usize, means: &'static str) -> Figure {
    let (_, low, high) = WIDTHS[band];
    let bar = if low <= -100.0 { Bar::Most(high) } else { Bar::Within(low, high) };
    let how = "Power of (L-R)/2 over that of (L+R)/2 in the band, while the mix plays.";
    Figure { group: "Stereo", name, unit: "dB", bar, row: 8, how, means }
}

const BAND_WIDTHS: [Figure; 5] = [
    width(
        "Width below 120 Hz",
        0,
        "Side against mid. Deep bass belongs in the middle, or mono and vinyl lose it.",
    ),
    width(
        "Width 120 to 500 Hz",
        1,
        "Side against mid: lower is narrower, 0 dB is as wide as two unrelated channels.",
    ),
    width("Width 0.5 to 2 kHz", 2, "Where voices and most melodies are."),
    width("Width 2 to 8 kHz", 3, "Where words, attacks and detail are."),
    width("Width above 8 kHz", 4, "Where air and cymbals are."),
];

const BALANCE: Figure = Figure {
    group: "Stereo",
    name: "Left against right",
    unit: "dB",
    bar: Bar::Most(1.0),
    row: 9,
    how: "Size of the ratio of left power to right power while the mix plays.",
    means: "Difference of the two sides' power.",
};

const MONO: Figure = Figure {
    group: "Stereo",
    name: "Lost in mono",
    unit: "LU",
    bar: Bar::Most(1.5),
    row: 10,
    how: "Integrated loudness of the mix less that of (L+R)/2 on both sides.",
    means: "What is lost when both sides are added up, as in many shops, phones and clubs.",
};

const WORST: Figure = Figure {
    group: "Stereo",
    name: "Lost in mono, worst track",
    unit: "dB",
    bar: Bar::Most(5.0),
    row: 10,
    how: "Power of each printed stem over that of its (L+R)/2; the largest. A track at one side alone loses 3 dB.",
    means: "The track that loses most in mono, as it is in the mix.",
};

const CORRELATION: Figure = Figure {
    group: "Stereo",
    name: "Correlation",
    unit: "",
    bar: Bar::Least(0.0),
    row: 10,
    how: "Correlation of left and right while the mix plays.",
    means: "1 is mono, 0 unrelated, -1 upside down.",
};

const LOW: Figure = Figure {
    group: "Stereo",
    name: "Correlation below 120 Hz",
    unit: "",
    bar: Bar::Least(0.8),
    row: 10,
    how: "The same below 120 Hz.",
    means: "1 is mono, 0 unrelated, -1 upside down. Deep bass must survive mono and vinyl.",
};

pub(super) const FIGURES: &[&Figure] = &[
    &BAND_WIDTHS[0],
    &BAND_WIDTHS[1],
    &BAND_WIDTHS[2],
    &BAND_WIDTHS[3],
    &BAND_WIDTHS[4],
    &BALANCE,
    &MONO,
    &WORST,
    &CORRELATION,
    &LOW,
];

pub(super) fn stereo(mixed: &Mixed, card: &mut Card) {
    let widths = mixed.heard.bands("stereo.width_bands", "mix").unwrap_or(&[]);
    for (&width, figure) in widths.iter().zip(&BAND_WIDTHS) {
        card.add(figure, Some(f64::from(width)));
    }
    card.add(&BALANCE, mixed.heard.number("stereo.balance", "mix").map(f64::abs));
    card.add(&MONO, mixed.heard.number("stereo.mono_loss", "mix"));
    let tracks = mixed.session.tracks();
    let losses =
        tracks.filter_map(|strip| Some((mono_loss(&stem(mixed, &strip.id)?.envelope)?, strip.name.as_str())));
    let worst = losses.fold(None, |worst: Option<(f64, &str)>, next| match worst {
        Some(worst) if worst.0 >= next.0 => Some(worst),
        _ => Some(next),
    });
    card.add_about(&WORST, worst.map(|(loss, _)| loss), worst.map_or("", |(_, name)| name));
    card.add(&CORRELATION, mixed.heard.number("stereo.correlation", "mix"));
    let low = mixed.heard.bands("stereo.correlation_bands", "mix").and_then(|bands| bands.first());
    card.add(&LOW, low.map(|&c| f64::from(c)));
}

/// What a print loses in mono, dB; none for silence.
fn mono_loss(print: &Envelope) -> Option<f64> {
    let sum = |energies: &[f32]| energies.iter().map(|&e| f64::from(e)).sum::<f64>();
    let (mid, side) = (sum(&print.mid), sum(&print.side));
    // What cancels altogether loses all that is counted.
    (mid + side > 1e-9).then(|| (10.0 * ((mid + side) / mid.max(1e-12)).log10()).min(100.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Follower;

    #[test]
    fn mono_loses_what_the_sides_do_not_share() {
        let wave: Vec<f32> = (0..48_000).map(|i| 0.5 * (i as f32 * 0.1).sin()).collect();
        let turned: Vec<f32> = wave.iter().map(|x| -x).collect();
        let silence = vec![0f32; 48_000];
        let loss = |left: &[f32], right: &[f32]| {
            let mut follower = Follower::new(48_000);
            follower.add(left, right);
            mono_loss(&follower.finish())
        };
        assert_eq!(loss(&wave, &wave), Some(0.0));
        assert!((loss(&wave, &silence).unwrap() - 3.01).abs() < 0.01);
        assert!(loss(&wave, &turned).unwrap() > 60.0);
        assert_eq!(loss(&silence, &silence), None);
        let mut card = Card::default();
        card.add(&WORST, loss(&wave, &turned));
        assert_eq!(card.0[0].verdict, super::super::Verdict::Alarm);
    }
}
