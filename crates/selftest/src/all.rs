//! The shelf of rows: one line a group.

use crate::{
    Row, clean, dynamics, equaliser, files, health, knobs, limiter, loudness, needles, numerics, peaks,
    saturation, space, timing, weighting,
};

/// The groups.
const GROUPS: &[&[Row]] = &[
    numerics::ROWS,
    timing::ROWS,
    knobs::ROWS,
    health::ROWS,
    clean::ROWS,
    equaliser::ROWS,
    dynamics::ROWS,
    saturation::ROWS,
    limiter::ROWS,
    space::ROWS,
    files::ROWS,
    loudness::ROWS,
    peaks::ROWS,
    needles::ROWS,
    weighting::ROWS,
];

/// Every row, in the order of their numbers.
pub fn rows() -> impl Iterator<Item = Row> {
    let mut rows: Vec<Row> = GROUPS.iter().flat_map(|group| group.iter().copied()).collect();
    rows.sort_by_key(|row| row.number);
    rows.into_iter()
}
