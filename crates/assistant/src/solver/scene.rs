//! What the solver looks at: every track as a few numbers, from the model of the mix.

use super::bands::Bands;
use super::elsewhere::Elsewhere;
use crate::mixmodel::{MixModel, energy, lufs};

/// A track before its fader.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Strip id.
    pub id: String,
    /// Loudness while it plays, LUFS.
    pub active: f64,
    /// Level usual for its part against the mix, LU.
    pub usual: f64,
    /// How far good mixes differ from it, LU.
    pub sd: f64,
    /// What it has been turned up by since it was delivered (trim), dB.
    pub gain: f64,
    /// How near the level that it came with is to what the person wants, dB.
    pub trust: f64,
    /// Gain of its file in the person's rough mix, dB, and how much that counts: how sure it is, times how much was asked for.
    pub rough: Option<(f64, f64)>,
    /// The fader as it stands, dB.
    pub fader: f64,
    /// Does a hand hold the fader?
    pub fixed: bool,
}

/// All tracks, and how they add up.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The tracks in console order.
    pub tracks: Vec<Track>,
    /// Loudness that the mix should have, LUFS.
    pub wanted: f64,
    /// Level and standard deviation wanted in every band, dB, when they are not those of records.
    pub tone: Option<Vec<(f64, f64)>>,
    /// What is known of their bands; nothing where their sketches are not.
    pub bands: Bands,
    /// The tracks on other playback systems; nothing where that is not to count.
    pub elsewhere: Elsewhere,
    /// Mean energy of each track while the mix counts as loud.
    energies: Vec<f64>,
    /// Tracks that play one source: both, and twice the mean product of their amplitudes there.
    together: Vec<([usize; 2], f64)>,
}

/// A mix of the scene.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    /// Gated loudness, LUFS.
    pub loudness: f64,
    /// By how much it rises when a track rises: shares of the energy, which add up to 1.
    pub shares: Vec<f64>,
}

impl Scene {
    /// A scene of tracks in the order of the model, as loud as its faders make it.
    pub fn new(model: &MixModel, tracks: Vec<Track>, wanted: f64) -> Scene {
        let mut scene = Scene {
            tracks,
            wanted,
            tone: None,
            bands: Bands::default(),
            elsewhere: Elsewhere::default(),
            energies: Vec::new(),
            together: Vec::new(),
        };
        scene.gate(model, &model.faders());
        scene
    }

    /// Finds anew which moments count in the loudness of the mix (BS.1770-5, annex 1): those within 10 LU of the mean of all
    /// that is heard, for these levels.
    pub fn gate(&mut self, model: &MixModel, levels: &[f64]) {
        let mix = model.mix(levels);
        let floor = energy(-70.0);
        let heard: Vec<f64> = mix.iter().copied().filter(|&e| e > floor).collect();
        let gate = (0.1 * heard.iter().sum::<f64>() / heard.len().max(1) as f64).max(floor);
        let loud: Vec<usize> = (0..mix.len()).filter(|&frame| mix[frame] > gate).collect();
        let share = 1.0 / loud.len().max(1) as f64;
        let at = |i: usize, frame: usize| model.parts[i].energy.get(frame).copied().unwrap_or(0.0);
        let mean = |i: usize| share * loud.iter().map(|&frame| at(i, frame)).sum::<f64>();
        self.energies = (0..model.parts.len()).map(mean).collect();
        let both = |[a, b]: [usize; 2]| loud.iter().map(|&f| (at(a, f) * at(b, f)).sqrt()).sum::<f64>();
        let pairs = model.coherent.iter().map(|c| (c.parts, 2.0 * c.correlation * share * both(c.parts)));
        self.together = pairs.collect();
    }

    /// The mix for these levels (faders), dB.
    pub fn mix(&self, levels: &[f64]) -> Mix {
        let mut parts: Vec<f64> =
            self.energies.iter().zip(levels).map(|(e, &level)| e * energy(level)).collect();
        let mut sum: f64 = parts.iter().sum();
        for &([a, b], product) in &self.together {
            let both = product * energy(0.5 * (levels[a] + levels[b]));
            sum += both;
            parts[a] += 0.5 * both;
            parts[b] += 0.5 * both;
        }
        // Microphones that cancel each other whole are silent, and silence has no shares.
        let sum = sum.max(1e-12);
        Mix { loudness: lufs(sum), shares: parts.iter().map(|part| part / sum).collect() }
    }
}
