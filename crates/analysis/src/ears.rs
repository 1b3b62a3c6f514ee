//! The facts of one stem: what an engineer hears when the track is soloed.
//!
//! [`measure_stem`] reads the file once for levels and once for spectra; every family of facts is a file that
//! reads those two passes.

pub mod activity;
pub mod frames;
pub mod loudness;
pub mod peak;
pub mod sound;

use mixsmith_audio::Audio;

use crate::{Fact, Qty, Sketch};
use activity::Activity;
use frames::Frames;
use loudness::Blocks;
use sound::Sound;

/// Collects the facts of one stem.
pub(crate) struct Notes<'a> {
    stem: &'a str,
    facts: Vec<Fact>,
}

impl Notes<'_> {
    /// Notes a number, unless it is not one.
    pub(crate) fn number(&mut self, what: &str, value: f64) {
        if value.is_finite() {
            self.facts.push(Fact::number(what, self.stem, value));
        }
    }

    /// Notes anything else.
    pub(crate) fn note(&mut self, what: &str, value: Qty) {
        self.facts.push(Fact::new(what, &[self.stem], value));
    }
}

/// Measures everything about one stem that does not need the others, at the file's own rate.
/// Times are in seconds from the start of the file.
pub fn measure_stem(id: &str, audio: &Audio) -> (Vec<Fact>, Sketch) {
    let mut notes = Notes { stem: id, facts: Vec::new() };
    let sound = Sound::new(audio);
    let blocks = Blocks::new(&sound);
    peak::measure(&sound, &mut notes);
    loudness::measure(&blocks, &mut notes);
    let activity = Activity::new(&blocks);
    activity::measure(&activity, &mut notes);
    let frames = Frames::new(&sound, &activity);
    (notes.facts, frames.sketch)
}
