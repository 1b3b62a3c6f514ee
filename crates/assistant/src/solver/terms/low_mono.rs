//! The bottom in the middle.

use super::width::over;
use crate::solver::room::Room;
use crate::solver::term::Term;

/// The term.
pub const TERM: Term<Room> = Term {
    id: "bought.low_mono",
    name: "the bottom stands in the middle",
    unit: "dB",
    weight: 1.0,
    doc: "By how much side over mid of the mix below 120 Hz is more than -12 dB, over 1 dB: one woofer plays it anyway, and \
          what is lost there is lost for all.",
    source: "Ten human balances: -22 dB, none above -12; mastering practice",
    common: false,
    value,
};

/// Most that is allowed, and how near to it is near, dB.
const MOST: (f64, f64) = (-12.0, 1.0);

fn value(room: &Room, place: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    over(room, place, weight, slope, |view, db| {
        let z = if view == 0 { ((db - MOST.0) / MOST.1).max(0.0) } else { 0.0 };
        (0.5 * z * z, z / MOST.1)
    })
}
