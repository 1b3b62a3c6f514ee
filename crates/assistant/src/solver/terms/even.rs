//! Both ears equally busy.

use crate::solver::stage::{Stage, ZONES};
use crate::solver::term::Term;

/// The term.
pub const TERM: Term<Stage> = Term {
    id: "bought.even",
    name: "both sides are equally loud",
    unit: "dB",
    weight: 1.0,
    doc: "Energy of the left over that of the right, over 0.3 dB in all, and over 3 dB in each of four zones of the spectrum: \
          the same number and energy of sources on both sides.",
    source: "Pestana and Reiss 2014, fig. 3: at most 0.8 dB in 928 number-one singles",
    common: false,
    value,
};

/// How far the sides differ, dB: in all, and in a zone.
const SD: (f64, f64) = (0.3, 3.0);

fn value(stage: &Stage, places: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let mut sum = 0.0;
    for zone in 0..ZONES.len() {
        let Some(sides) = stage.sides(zone, places) else { continue };
        let sd = if zone == 0 { SD.0 } else { SD.1 };
        let z = sides.lean / sd;
        sum += 0.5 * z * z;
        slope.iter_mut().zip(&sides.slope).for_each(|(slope, own)| *slope += weight * z / sd * own);
    }
    sum
}
