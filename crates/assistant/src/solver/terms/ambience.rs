//! As much space as listeners like.

use crate::solver::room::{Heard, LOUD, Room};
use crate::solver::term::{Term, huber};

/// The term.
pub const TERM: Term<Room> = Term {
    id: "bought.ambience",
    name: "the spaces are as loud as listeners like them",
    unit: "LU",
    weight: 1.0,
    doc: "Loudness of what comes back from the spaces against the mix, section by section, less the loudness that it should \
          have, over 2 LU. Sections in which next to nothing goes to a space ask for none.",
    source: "De Man, McNally and Reiss 2017: -14 LU is the middle ground, and the worse mixes stand 2 LU and more from it",
    common: false,
    value,
};

/// How far off is far, LU.
const SD: f64 = 2.0;
/// Standard deviations from which on the cost grows only in proportion.
const KNEE: f64 = 2.0;

fn value(room: &Room, place: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let heard = room.heard(place);
    let mut by = Heard::none(room.shares.len());
    let mut sum = 0.0;
    for (section, &share) in room.shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        let wet = heard.wet[section][LOUD];
        let mix = heard.mid[section][LOUD] + heard.side[section][LOUD];
        if wet <= 0.0 || mix <= 0.0 {
            continue;
        }
        let (cost, rise) = huber((10.0 * (wet / mix).log10() - room.wanted) / SD, KNEE);
        sum += share * cost;
        let per = weight * share * rise / SD * 10.0 / std::f64::consts::LN_10;
        by.wet[section][LOUD] = per / wet;
        by.mid[section][LOUD] = -per / mix;
        by.side[section][LOUD] = -per / mix;
    }
    room.rises(place, &by, slope);
    sum
}
