//! Every track where its part usually stands.

use crate::solver::stage::Stage;
use crate::solver::term::Term;

/// The term.
pub const TERM: Term<Stage> = Term {
    id: "bought.seat",
    name: "where its part usually stands",
    unit: "%",
    weight: 1.0,
    doc: "Place of a track less the usual place of its part on its side, over 15 % of the way from the middle to a side.",
    source: "tables/pan.toml",
    common: false,
    value,
};

/// How far places of a part differ, in percent of the way to a side.
const SD: f64 = 15.0;

fn value(stage: &Stage, places: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let mut sum = 0.0;
    for (i, seat) in stage.seats.iter().enumerate() {
        let z = (places[i] - seat.home) / SD;
        sum += 0.5 * z * z;
        slope[i] += weight * z / SD;
    }
    sum
}
