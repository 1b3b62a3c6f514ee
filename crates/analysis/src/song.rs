//! The facts of the song and of pairs of stems.

use crate::{Facts, Song, roles};

/// Adds what can only be known from all stems together. Reads the facts of every stem and its sketch from `facts`.
pub fn measure_song(song: &Song, facts: &mut Facts) {
    roles::fuse::measure(song, facts);
}
