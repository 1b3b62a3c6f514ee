//! The players: each turns its part of the score into sound, dry, mono or stereo, at no particular level.

pub(crate) mod cymbals;
pub(crate) mod drums;
pub(crate) mod guitar;
pub(crate) mod keys;
pub(crate) mod pad;
pub(crate) mod phone;
pub(crate) mod string;
pub(crate) mod voice;

use crate::random::Random;
use crate::sound::hertz;

/// Where and when the song is played.
#[derive(Clone, Copy)]
pub(crate) struct Stage {
    /// Seed of all chance.
    pub seed: u64,
    /// Frames a second.
    pub rate: f32,
    /// Beats a minute.
    pub tempo: f32,
    /// Seconds before the first beat.
    pub lead_in: f64,
    /// Length of the song in frames.
    pub frames: usize,
    /// Semitones by which everything is played higher than it is written.
    pub transpose: f32,
}

impl Stage {
    /// When a beat falls, in seconds.
    pub fn seconds(&self, beat: f64) -> f64 {
        self.lead_in + beat * 60.0 / f64::from(self.tempo)
    }

    /// The frame on which a beat falls, played `late_ms` late (a human never is exactly on it).
    pub fn frame(&self, beat: f64, late_ms: f32) -> usize {
        let seconds = self.seconds(beat) + f64::from(late_ms) * 0.001;
        (seconds * f64::from(self.rate)).round().max(0.0) as usize
    }

    /// How many frames some beats last.
    pub fn span(&self, beats: f64) -> usize {
        (beats * 60.0 / f64::from(self.tempo) * f64::from(self.rate)).round() as usize
    }

    /// The frequency of a written pitch, Hz.
    pub fn hertz(&self, pitch: f32) -> f32 {
        hertz(pitch + self.transpose)
    }

    /// A track of silence.
    pub fn silence(&self) -> Vec<f32> {
        vec![0.0; self.frames]
    }

    /// A stream of chance for one purpose.
    pub fn random(&self, purpose: &str) -> Random {
        Random::new(self.seed, purpose)
    }
}
