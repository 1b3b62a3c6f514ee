//! The mix as wide as mixes are.

use crate::solver::room::{Heard, Room, VIEWS};
use crate::solver::term::{Term, huber};

/// The term.
pub const TERM: Term<Room> = Term {
    id: "bought.width",
    name: "the mix is nearer to the usual width",
    unit: "dB",
    weight: 0.5,
    doc: "Side over mid of the mix in four parts of the spectrum above 120 Hz, less what human mixes have, over the half of \
          what they range over. Weighed half: the four go together.",
    source: "Ten human balances: -11, -8, -6 and -12 dB up to 500 Hz, 2 kHz, 8 kHz and above, ranges of 18 to 24 dB",
    common: false,
    value,
};

/// Side over mid of human mixes and half their range, dB, in the parts of the spectrum above the lowest.
const HUMAN: [(f64, f64); 4] = [(-11.0, 9.0), (-8.0, 7.5), (-6.0, 10.0), (-12.0, 12.0)];
/// Standard deviations from which on the cost grows only in proportion: mono is not infinitely narrow.
const KNEE: f64 = 2.0;

/// What the sides over the middle of a part of the spectrum cost, by the cost of decibels, with its rise for each.
pub(super) fn over(
    room: &Room,
    place: &[f64],
    weight: f64,
    slope: &mut [f64],
    cost: impl Fn(usize, f64) -> (f64, f64),
) -> f64 {
    let heard = room.heard(place);
    let mut by = Heard::none(room.lengths.len());
    let mut sum = 0.0;
    for view in 0..VIEWS {
        let [mid, side] = room.song(&heard, view);
        if mid <= 0.0 || side <= 0.0 {
            continue;
        }
        let (value, rise) = cost(view, 10.0 * (side / mid).log10());
        sum += value;
        let per = weight * rise * 10.0 / std::f64::consts::LN_10;
        for (section, share) in room.lengths.iter().enumerate() {
            by.side[section][view] = per * share / side;
            by.mid[section][view] = -per * share / mid;
        }
    }
    room.rises(place, &by, slope);
    sum
}

fn value(room: &Room, place: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    over(room, place, weight, slope, |view, db| {
        let Some((usual, sd)) = view.checked_sub(1).and_then(|zone| HUMAN.get(zone)) else {
            return (0.0, 0.0);
        };
        let (cost, by) = huber((db - usual) / sd, KNEE);
        (cost, by / sd)
    })
}
