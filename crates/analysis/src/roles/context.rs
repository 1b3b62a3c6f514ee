//! The third witness: the company a stem keeps.

use super::Odds;
use super::name::Reading;
use crate::{Facts, Song};

/// Odds from the other stems, given what name and sound said of each.
pub fn company(song: &Song, _facts: &Facts, _readings: &[Reading], _odds: &[Odds]) -> Vec<Odds> {
    vec![Odds::default(); song.stems.len()]
}
