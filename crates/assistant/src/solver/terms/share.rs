//! Every part as far back as it usually is, against the others.

use crate::solver::room::Room;
use crate::solver::term::{Term, huber};

/// The term.
pub const TERM: Term<Room> = Term {
    id: "bought.share",
    name: "its part is as far back as usual",
    unit: "dB",
    weight: 1.0,
    doc: "Level of every send less what is usual for the part, without the mean of all, over 3 dB: how wet the whole is, is no \
          matter of the parts.",
    source: "tables/sends.toml; 3 dB: spread of the practice collected there",
    common: false,
    value,
};

/// How far sends of a part differ, dB.
const SD: f64 = 3.0;
/// Standard deviations from which on the cost grows only in proportion.
const KNEE: f64 = 2.0;

fn value(room: &Room, place: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    // A send that stays as it is says nothing of the others.
    let known = room.homes.iter().zip(place).enumerate();
    let off: Vec<(usize, f64)> = known.filter_map(|(i, (home, level))| Some((i, level - (*home)?))).collect();
    let count = off.len().max(1) as f64;
    let mean = off.iter().map(|(_, off)| off).sum::<f64>() / count;
    let costs: Vec<(usize, (f64, f64))> =
        off.iter().map(|(i, off)| (*i, huber((off - mean) / SD, KNEE))).collect();
    let back = costs.iter().map(|(_, (_, by))| by).sum::<f64>() / count;
    costs.iter().for_each(|(i, (_, by))| slope[*i] += weight * (by - back) / SD);
    costs.iter().map(|(_, (cost, _))| cost).sum()
}
