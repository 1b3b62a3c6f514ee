//! The facts of one stem: what an engineer hears when the track is soloed.
//!
//! [`measure_stem`] reads the file once for levels and once for spectra; every family of facts is a file that
//! reads those two passes.

pub mod activity;
pub mod boom;
pub mod chroma;
pub mod clipping;
mod decimate;
pub mod faults;
mod frames;
pub mod harmonics;
mod hops;
pub mod hum;
pub mod loudness;
mod mains;
pub mod onset;
pub mod peak;
pub mod pitch;
mod sound;
pub mod spectrum;
pub mod stereo;
pub mod store;
pub mod timbre;
pub mod voice;

use mixsmith_audio::Audio;

use crate::{Fact, Qty, Sketch};
use activity::Activity;
use decimate::decimate;
use frames::Frames;
use hops::Hops;
use loudness::Blocks;
use pitch::Pitch;
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

/// Measures levels, loudness and stereo of a sound: what meters show; and its energies by band.
pub fn measure_levels(id: &str, audio: &Audio) -> (Vec<Fact>, Sketch) {
    let mut notes = Notes { stem: id, facts: Vec::new() };
    let sound = Sound::new(audio);
    let blocks = Blocks::new(&sound);
    peak::measure(&sound, &mut notes);
    loudness::measure(&blocks, &mut notes);
    let frames = Frames::new(&sound, &Activity::new(&blocks));
    stereo::measure(&sound, &blocks, &frames, &mut notes);
    (notes.facts, frames.sketch)
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
    stereo::measure(&sound, &blocks, &frames, &mut notes);
    if faults::silent(&sound, &mut notes) {
        return (notes.facts, frames.sketch);
    }
    clipping::measure(&sound, &mut notes);
    faults::measure(&sound, &activity, &mut notes);
    spectrum::measure(&frames, &mut notes);
    let line = sound.line();
    let hops = Hops::new(&line, sound.rate);
    let onsets = onset::measure(&sound, &hops, &activity, &mut notes);
    let factor = (sound.rate / LOW_RATE).round().max(1.0);
    let low = decimate(&line, factor as usize);
    let low_rate = sound.rate / factor;
    let pitch = Pitch::new(&low, low_rate, &activity);
    pitch.measure(&mut notes);
    voice::measure(&hops, &activity, &pitch, &mut notes);
    timbre::measure((&hops, &frames), &activity, &onsets, &pitch, &mut notes);
    harmonics::measure(&low, low_rate, &pitch, &mut notes);
    chroma::measure(&low, low_rate, &activity, &mut notes);
    hum::measure(&low, low_rate, &mut notes);
    boom::measure(&low, low_rate, &mut notes);
    (notes.facts, frames.sketch)
}

/// Rate in Hz near which pitch, chroma, hum and loud notes are measured.
const LOW_RATE: f64 = 16_000.0;
