//! The person's rough mix.

use crate::solver::scene::Scene;
use crate::solver::term::Term;

/// The term.
pub const TERM: Term = Term {
    id: "bought.rough",
    name: "nearer to the rough mix",
    unit: "dB",
    weight: 1.0,
    doc: "Gain of every file less its gain in the person's rough mix, without the mean of all, over 1.5 dB, counted as far \
          as the rough mix is understood.",
    source: "Spread of one engineer's balances: practice",
    common: false,
    value,
};

/// How near a rough mix tells the level of a track, dB.
const SD: f64 = 1.5;

fn value(scene: &Scene, levels: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let known: Vec<(usize, f64, f64)> = scene
        .tracks
        .iter()
        .enumerate()
        .filter_map(|(i, track)| {
            let (gain, sure) = track.rough?;
            Some((i, track.gain + levels[i] - gain, sure / (SD * SD)))
        })
        .collect();
    let weights: f64 = known.iter().map(|(.., w)| w).sum();
    if weights <= 0.0 {
        return 0.0;
    }
    // Around the weighted mean the sum is least, so the mean itself adds no slope.
    let mean = known.iter().map(|(_, off, w)| off * w).sum::<f64>() / weights;
    let mut sum = 0.0;
    for (i, off, w) in known {
        sum += 0.5 * w * (off - mean).powi(2);
        slope[i] += weight * w * (off - mean);
    }
    sum
}
