//! From a recipe to files in memory, and from there to a folder.

use std::io;
use std::path::Path;

use mixsmith_audio::{Audio, Dither, Sample, WavWriter};

use crate::delivery;
use crate::ensemble;
use crate::extras;
use crate::faults;
use crate::play::Stage;
use crate::recipe::Recipe;
use crate::truth::{TrackTruth, Truth};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// The rate that the file claims, frames a second.
    pub rate: u32,
    /// How samples are stored.
    pub sample: Sample,
}

/// One file in memory.
#[derive(Clone, Debug)]
pub struct Track {
    /// File name.
    pub file: String,
    /// The sound, before it is rounded to the file's depth.
    pub audio: Audio,
    /// How it is written.
    pub format: Format,
    /// What is known about it.
    pub truth: TrackTruth,
    /// The clean file's name without extension, by which faults are aimed.
    pub(crate) channel: &'static str,
}

/// A song: its files, and all that is known about them.
#[derive(Clone, Debug)]
pub struct Song {
    /// The files in order.
    pub tracks: Vec<Track>,
    /// What is known.
    pub truth: Truth,
    balance: Audio,
}

impl Song {
    /// The sensible balance in stereo at -18 LUFS, without the mess and the faults of the delivery.
    pub fn balance(&self) -> &Audio {
        &self.balance
    }

    /// The file of this name, the one that has this name (without extension) where files are delivered clean, or the first of
    /// this role.
    pub fn track(&self, name: &str) -> Option<&Track> {
        let named = self.tracks.iter().find(|track| track.file == name || track.channel == name);
        named.or_else(|| self.tracks.iter().find(|track| track.truth.role == name))
    }
}

/// Seconds of silence before the first bar.
const LEAD_IN: f64 = 0.5;
/// Seconds that the last chord may ring on after its bar.
const RING: f64 = 1.5;

/// The tonics from C up.
const TONICS: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

/// Plays a recipe. The same recipe gives the same bits.
pub fn song(recipe: &Recipe) -> Song {
    let rate = recipe.rate.clamp(16_000, 192_000);
    let tempo = recipe.tempo.clamp(40.0, 240.0);
    let mut stage = Stage {
        seed: recipe.seed,
        rate: rate as f32,
        tempo,
        lead_in: LEAD_IN,
        frames: 0,
        transpose: recipe.transpose as f32,
    };
    stage.frames = stage.frame(recipe.beats(), 1000.0 * RING as f32);

    let mut channels = ensemble::record(&stage, recipe);
    let balance = ensemble::mix(&channels);
    faults::spoil(&mut channels, &recipe.faults);
    let mut tracks = delivery::deliver(&channels, recipe);
    let mut faults = faults::spoil_files(&mut tracks, &recipe.faults);
    faults.extend(extras::add(&stage, &mut tracks, &balance, recipe));

    let mut sections = Vec::new();
    let mut beat = 0.0;
    for (_, name, bars) in recipe.form.sections(recipe.rounds) {
        let end = beat + (bars * recipe.metre.clamp(3, 4)) as f64;
        sections.push((name.to_string(), stage.seconds(beat), stage.seconds(end)));
        beat = end;
    }
    let truth = Truth {
        seed: recipe.seed,
        tempo,
        metre: recipe.metre.clamp(3, 4),
        key: format!("{} major", TONICS[(2 + recipe.transpose.rem_euclid(12) as usize) % 12]),
        rate,
        length: stage.frames,
        sections,
        beats_first: LEAD_IN,
        tracks: tracks.iter().map(|track| track.truth.clone()).collect(),
        faults,
    };
    Song { tracks, truth, balance }
}

/// Writes a song's WAV files, and nothing else, into a folder that exists.
pub fn write(song: &Song, folder: &Path) -> io::Result<()> {
    for track in &song.tracks {
        let format = track.format;
        let channels = track.audio.slices();
        // Rounded without dither: an empty track stays empty, and clipped tops stay flat.
        let path = folder.join(&track.file);
        let mut writer = WavWriter::create(&path, format.rate, channels.len(), format.sample, Dither::None)?;
        writer.write(&channels)?;
        writer.finish()?;
    }
    Ok(())
}
