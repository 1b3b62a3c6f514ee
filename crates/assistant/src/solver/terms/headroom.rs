//! The mix where the rest of the road expects it.

use crate::solver::scene::Scene;
use crate::solver::term::Term;

/// The term.
pub const TERM: Term = Term {
    id: "bought.headroom",
    name: "the mix at its loudness",
    unit: "LU",
    weight: 1.0,
    doc: "Loudness of the mix less the loudness that it should have before mastering, over a tenth of a LU. All faders \
          together settle it, so it does not ask anything of a single one.",
    source: "ITU-R BS.1770-5; headroom before mastering: practice",
    common: true,
    value,
};

/// How near the mix comes to its loudness, LU.
const SD: f64 = 0.1;

fn value(scene: &Scene, levels: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let mix = scene.mix(levels);
    let z = (mix.loudness - scene.wanted) / SD;
    slope.iter_mut().zip(&mix.shares).for_each(|(slope, share)| *slope += weight * z / SD * share);
    0.5 * z * z
}
