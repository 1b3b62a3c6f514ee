//! The facts of the song and of pairs of stems.

use crate::sketch::{BANDS, STEP};
use crate::{
    Facts, Sketch, Song, Stem, bleed, key, leave_out, masking, odd_files, pairs, picture, roles, rough,
    sections, tempo,
};

/// Adds what can only be known from all stems together. Reads the facts of every stem and its sketch from `facts`.
pub fn measure_song(song: &Song, facts: &mut Facts) {
    roles::fuse::measure(song, facts);
    leave_out::measure(song, facts);
    tempo::measure(song, facts);
    odd_files::measure(song, facts);
    // What is compared from here on is heard where it belongs in the song.
    let song = &odd_files::placed(song, facts);
    key::measure(song, facts);
    sections::measure(song, facts);
    pairs::measure(song, facts);
    picture::measure(song, facts);
    bleed::measure(song, facts);
    rough::measure(song, facts);
    masking::measure(song, facts);
}

/// A stem's sketch moved to where the stem starts in the song.
pub fn sketch_in_song(song: &Song, facts: &Facts, stem: &Stem) -> Option<Sketch> {
    let sketch = facts.sketch(&stem.id)?;
    let frames = (stem.start as f64 / f64::from(song.rate.max(1)) / STEP).round() as i64;
    let moved = |x: &[f32]| -> Vec<f32> {
        if frames >= 0 {
            let mut out = vec![0.0; frames as usize * BANDS];
            out.extend_from_slice(x);
            out
        } else {
            x[(frames.unsigned_abs() as usize * BANDS).min(x.len())..].to_vec()
        }
    };
    Some(Sketch { mid: moved(&sketch.mid), side: moved(&sketch.side) })
}
