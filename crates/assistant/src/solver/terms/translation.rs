//! What is heard at home is heard elsewhere.

use crate::solver::scene::Scene;
use crate::solver::term::Term;

/// The term.
pub const TERM: Term = Term {
    id: "bought.translation",
    name: "less is lost on other systems",
    unit: "share",
    weight: 0.5,
    doc: "By how much more of the tracks is masked on each of the simulated playback systems than at home, mean of the tracks, as \
          far as it is more than the most that human mixes have, over their standard deviation. Weighed half: what is lost on one is lost on its like.",
    source: "tables/systems.toml; ten human balances: 0.06 on the worst of eight systems, standard deviation 0.02",
    common: false,
    value,
};

/// Rise that human mixes have at most, and how far they differ.
const HUMAN: (f64, f64) = (0.1, 0.02);

fn value(scene: &Scene, levels: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let off = |rise: &f64| ((rise - HUMAN.0) / HUMAN.1).max(0.0);
    let off: Vec<f64> = scene.elsewhere.rises(levels).iter().map(off).collect();
    if off.iter().any(|z| *z > 0.0) {
        let by: Vec<f64> = off.iter().map(|z| weight * z / HUMAN.1).collect();
        scene.elsewhere.steeper(levels, &by, slope);
    }
    off.iter().map(|z| 0.5 * z * z).sum()
}
