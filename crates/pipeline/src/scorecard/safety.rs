//! What would be a fault of the files.

use super::card::{Bar, Card};
use super::printed;
use crate::Mixed;

pub(super) fn safety(mixed: &Mixed, card: &mut Card) {
    let master = printed(mixed, "master");
    let means = "Higher peaks distort in players and in coding for streaming.";
    let peak = master.map(|print| print.level.true_peak);
    card.add(("Safety", "True peak of the master"), peak, "dBTP", Bar::Most(-1.0), means);
    let outputs = &mixed.manifest.outputs;
    let clipped =
        (!outputs.is_empty()).then(|| outputs.iter().map(|print| print.clipped).sum::<u64>() as f64);
    let means = "Samples of any printed file held at full scale.";
    card.add(("Safety", "Clipped samples"), clipped, "samples", Bar::Most(0.0), means);
    let off = master.map(|print| print.level.loudness - mixed.brief.loudness.lufs());
    let means = "Master against the loudness asked for. Below, when more would have cost the song its punch.";
    card.add(("Safety", "Loudness against the one asked for"), off, "LU", Bar::Within(-0.3, 0.3), means);
    let stems = (!outputs.is_empty()).then_some(mixed.manifest.stems_minus_mix);
    let means = "Largest sample of all stems added up less the mix: they are the mix, in pieces.";
    card.add(("Safety", "Stems less mix"), stems, "dBFS", Bar::Most(-100.0), means);
}
