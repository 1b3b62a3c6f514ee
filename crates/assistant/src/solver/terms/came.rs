//! The balance that came in is evidence.

use crate::solver::scene::Scene;
use crate::solver::term::{Term, huber};

/// The term.
pub const TERM: Term = Term {
    id: "bought.came",
    name: "nearer to the balance that came in",
    unit: "dB",
    weight: 1.0,
    doc: "By how much a file is turned up or down against the mean of all files, over how far such files can be trusted: \
          a decibel or two for stems that come balanced, some seven for recordings.",
    source: "Scrambled stems: the gains of +-12 dB at random have a standard deviation of 6.9 dB",
    common: false,
    value,
};

/// Standard deviations from which on the cost grows only in proportion.
const KNEE: f64 = 2.0;

fn value(scene: &Scene, levels: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let moved = |i: usize| scene.tracks[i].gain + levels[i];
    let precision = |i: usize| scene.tracks[i].trust.powi(-2);
    let tracks = 0..scene.tracks.len();
    let all: f64 = tracks.clone().map(precision).sum();
    // What is done to all files alike leaves the balance as it came.
    let mean = tracks.clone().map(|i| precision(i) * moved(i)).sum::<f64>() / all;
    let (mut sum, mut back) = (0.0, 0.0);
    for i in tracks.clone() {
        let trust = scene.tracks[i].trust;
        let (cost, by) = huber((moved(i) - mean) / trust, KNEE);
        sum += cost;
        slope[i] += weight * by / trust;
        back += by / trust;
    }
    tracks.for_each(|i| slope[i] -= weight * back * precision(i) / all);
    sum
}
