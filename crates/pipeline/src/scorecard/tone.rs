//! The balance of the spectrum.

use mixsmith_assistant::mixmodel::energy;
use mixsmith_assistant::tables::target;

use super::card::{Bar, Card};
use crate::Mixed;
use crate::report::spectrum;

pub(super) fn tone(mixed: &Mixed, card: &mut Card) {
    let bands = mixed.heard.bands("spectrum.third_octave", "mix").map(spectrum::normal);
    let distance = bands.as_ref().map(|bands| {
        let heard = bands.iter().zip(target()).filter(|(_, row)| row.hz >= 40.0);
        let squares: Vec<f64> = heard.map(|(db, row)| ((db - row.db) / row.sd).powi(2)).collect();
        (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt()
    });
    let means = "Distance from the usual balance of records, in their own spread. People: 1.2 to 1.8.";
    card.add(("Tone", "Distance from records"), distance, "", Bar::Most(1.5), means);
    let resonance = mixed.heard.number("spectrum.resonance", "mix");
    let means = "Highest peak over its surroundings in the whole mix. People: 2 to 12 dB.";
    card.add(("Tone", "Largest resonance"), resonance, "dB", Bar::Most(9.0), means);
    let presence = bands.as_ref().map(|bands| {
        let heard: Vec<f64> = bands
            .iter()
            .zip(target())
            .filter(|(_, row)| (2000.0..=5000.0).contains(&row.hz))
            .map(|(db, row)| db - row.db)
            .collect();
        heard.iter().sum::<f64>() / heard.len().max(1) as f64
    });
    let means =
        "Over (+) or under (-) records where the ear is most sensitive. People differ by 15 dB: no limit.";
    card.add(("Tone", "2 to 5 kHz against records"), presence, "dB", Bar::None, means);
    let bass = mixed.heard.bands("spectrum.third_octave", "mix").map(|bands| {
        let sum: f64 = bands.iter().map(|&db| energy(f64::from(db))).sum();
        bands.first().map_or(0.0, |&db| energy(f64::from(db))) / sum.max(1e-12)
    });
    let means = "Energy around 30 Hz, which few speakers play and every limiter feels.";
    card.add(("Low end", "Share around 30 Hz"), bass, "%", Bar::Most(0.05), means);
}
