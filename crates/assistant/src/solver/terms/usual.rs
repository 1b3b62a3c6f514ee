//! Every part near the level that it usually has.

use crate::solver::scene::Scene;
use crate::solver::term::{Term, huber};

/// The term.
pub const TERM: Term = Term {
    id: "bought.usual",
    name: "nearer to the usual level of its part",
    unit: "LU",
    weight: 1.0,
    doc: "Level of every part against the mix, less the level usual for its role, over the spread of good mixes. Straight \
          beyond two standard deviations: a part that is meant to be buried is not dug out at any price.",
    source: "tables/levels.toml: De Man et al. 2014; Gerdes and Siedenburg 2023; practice",
    common: false,
    value,
};

/// Standard deviations from which on the cost grows only in proportion.
const KNEE: f64 = 2.0;

fn value(scene: &Scene, levels: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let mix = scene.mix(levels);
    let (mut sum, mut all) = (0.0, 0.0);
    for (i, track) in scene.tracks.iter().enumerate() {
        let z = (track.active + levels[i] - mix.loudness - track.usual) / track.sd;
        let (cost, by) = huber(z, KNEE);
        sum += cost;
        slope[i] += weight * by / track.sd;
        all += by / track.sd;
    }
    slope.iter_mut().zip(&mix.shares).for_each(|(slope, share)| *slope -= weight * all * share);
    sum
}
