//! Every stereo track as wide as it came.

use crate::solver::room::Room;
use crate::solver::term::Term;

/// The term.
pub const TERM: Term<Room> = Term {
    id: "bought.stretch",
    name: "the track is as wide as it came",
    unit: "dB",
    weight: 1.0,
    doc: "By how much the side of a track is turned up or down, over 3 dB: a picture that was recorded is worth keeping.",
    source: "Practice: pads and guitars 10 to 20 % wider in choruses, pianos at 60 to 80 %",
    common: false,
    value,
};

/// What is a usual turn, dB.
const SD: f64 = 3.0;

fn value(room: &Room, place: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let first = room.sends();
    let mut sum = 0.0;
    for (i, stood) in room.stood.iter().enumerate() {
        let z = (place[first + i] - stood) / SD;
        sum += 0.5 * z * z;
        slope[first + i] += weight * z / SD;
    }
    sum
}
