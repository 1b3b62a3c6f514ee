//! Songs whose balance by a person is known, and what is done to their tracks before a program gets them.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use mixsmith_audio::{Audio, Dither, Sample, WavWriter, read};
use serde_json::Value;

/// A song with the balance that a person gave it.
pub struct Song {
    /// Name of its folder.
    pub name: String,
    /// Where its tracks lie.
    pub folder: PathBuf,
    /// What its parts are.
    pub parts: Vec<Part>,
    /// Are its tracks raw, with the person's balance only in a text beside them?
    pub raw: bool,
    /// The person's mix.
    pub mix: Option<PathBuf>,
}

/// What a person balances: one file, the microphones of one drum, or a file and its copy.
pub struct Part {
    /// What it is called.
    pub name: String,
    /// Does it sing the words?
    pub voice: bool,
    /// Its files in the folder, with the gain in dB that brings each to where the person had it. A copy has none.
    pub files: Vec<(String, Option<f64>)>,
}

/// How the tracks are handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// Every track at random within 12 dB, tilted within 3 dB, and folded to mono where it nearly is.
    Scrambled(u64),
    /// A raw folder as it is.
    Messy,
    /// Tracks with the person's own balance.
    AsTheyAre,
}

impl Condition {
    /// As a heading has it.
    pub fn name(self) -> &'static str {
        match self {
            Condition::Scrambled(_) => "scrambled",
            Condition::Messy => "messy",
            Condition::AsTheyAre => "as they are",
        }
    }
}

type Fallible<T> = Result<T, Box<dyn Error>>;

/// Greatest gain of a scrambled track, dB, and greatest tilt: so much more at the top than at the bottom, or less.
pub const SCRAMBLE: (f64, f64) = (12.0, 3.0);
/// Endings of files that hold sound.
const SOUNDS: [&str; 5] = ["wav", "flac", "aif", "mp3", "ogg"];

/// Every song below a folder that says what a person's balance of it is.
#[allow(clippy::disallowed_methods, reason = "files")]
pub fn songs(root: &Path) -> Fallible<Vec<Song>> {
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .map_err(|error| {
            format!("{}: {error}. Give the folder with the songs with --songs.", root.display())
        })?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let songs: Vec<Option<Song>> = folders.iter().map(|folder| song(folder)).collect::<Fallible<_>>()?;
    Ok(songs.into_iter().flatten().collect())
}

#[allow(clippy::disallowed_methods, reason = "files")]
fn song(folder: &Path) -> Fallible<Option<Song>> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut files: Vec<String> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|file| SOUNDS.iter().any(|ending| file.to_lowercase().ends_with(ending)))
        .collect();
    files.sort();
    let mix = Some(folder.join("reference/mix.flac")).filter(|path| path.exists());
    let json = |file: &str| -> Option<Value> {
        serde_json::from_str(&fs::read_to_string(folder.join(file)).ok()?).ok()
    };
    if let Some(truth) = json("truth.json") {
        let parts = raw_parts(folder, &truth)?;
        // A session that was made from another song is to come out like that.
        let other = truth["made_from"].as_str().and_then(|text| text.split(',').next());
        let mix = mix.or_else(|| Some(folder.join(other?).join("reference/mix.flac")));
        return Ok((parts.len() > 1).then(|| Song {
            name,
            folder: folder.to_owned(),
            parts,
            raw: true,
            mix,
        }));
    }
    // Nobody's balance is known of files alone.
    if mix.is_none() {
        return Ok(None);
    }
    let roles = json("roles.json");
    let voice = |file: &str| roles.as_ref().is_some_and(|roles| roles[file] == "lead-vocal");
    let part = |file: &String| Part {
        name: file.clone(),
        voice: voice(file),
        files: vec![(file.clone(), Some(0.0))],
    };
    let parts: Vec<Part> = files.iter().map(part).collect();
    Ok((parts.len() > 1).then(|| Song { name, folder: folder.to_owned(), parts, raw: false, mix }))
}

/// The parts of a raw folder, from its `truth.json`: what `pairs` names is one part, and so are a file and its copy.
#[allow(clippy::disallowed_methods, reason = "files")]
fn raw_parts(folder: &Path, truth: &Value) -> Fallible<Vec<Part>> {
    let empty = Vec::new();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pairs = truth["pairs"].as_array().unwrap_or(&empty);
    let mut parts: Vec<Part> = Vec::new();
    for track in truth["tracks"].as_array().unwrap_or(&empty) {
        let (file, label) = (text(&track["file"]), text(&track["label"]));
        if ["click-track", "reference-mix", "silence", "duplicate"].contains(&label.as_str()) {
            continue;
        }
        let moved = track["gain_vs_composers_balance_db"].as_f64().or(track["gain_db"].as_f64());
        let other = pairs.iter().filter_map(Value::as_array).find(|pair| pair.contains(&track["file"]));
        let with = parts.iter_mut().find(|part| {
            other
                .is_some_and(|pair| part.files.iter().any(|(known, _)| pair.iter().any(|file| file == known)))
        });
        let entry = (file.clone(), Some(-moved.unwrap_or(0.0)));
        match with {
            Some(part) => part.files.push(entry),
            None => parts.push(Part { name: file, voice: label == "lead-vocal", files: vec![entry] }),
        }
    }
    for track in truth["tracks"].as_array().unwrap_or(&empty).iter().filter(|t| t["label"] == "duplicate") {
        let copy = text(&track["file"]);
        let bytes = fs::read(folder.join(&copy))?;
        let same = |part: &&mut Part| {
            part.files.iter().any(|(file, _)| fs::read(folder.join(file)).is_ok_and(|other| other == bytes))
        };
        if let Some(part) = parts.iter_mut().find(same) {
            part.files.push((copy, None));
        }
    }
    Ok(parts)
}

/// The sound of a file, one or two channels.
pub fn sound(path: &Path) -> Fallible<Audio> {
    let read = read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let stream = read.streams.into_iter().next().ok_or_else(|| format!("{}: no sound", path.display()))?;
    let mut audio = stream.audio;
    audio.channels.truncate(2);
    Ok(audio)
}

/// Writes the scrambled tracks of a song into a folder, once.
#[allow(clippy::disallowed_methods, reason = "files")]
pub fn scramble(song: &Song, seed: u64, into: &Path) -> Fallible<()> {
    let done = into.join("scrambled.txt");
    let how = format!("{} with the seed {seed}, {SCRAMBLE:?}\n", song.name);
    if fs::read_to_string(&done).is_ok_and(|text| text == how) {
        return Ok(());
    }
    fs::create_dir_all(into)?;
    for (number, part) in song.parts.iter().enumerate() {
        for (file, _) in &part.files {
            let mut audio = sound(&song.folder.join(file))?;
            let (gain, tilt) = (SCRAMBLE.0 * chance(seed, number, 0), SCRAMBLE.1 * chance(seed, number, 1));
            tilt_by(&mut audio, tilt);
            fold(&mut audio);
            let gain = 10f32.powf(gain as f32 / 20.0);
            audio.channels.iter_mut().flatten().for_each(|x| *x *= gain);
            let place = into.join(renamed(file));
            let mut writer =
                WavWriter::create(&place, audio.rate, audio.channels.len(), Sample::F32, Dither::None)?;
            writer.write(&audio.slices())?;
            writer.finish()?;
        }
    }
    fs::write(done, how)?;
    Ok(())
}

/// The name that a file has after scrambling.
pub fn renamed(file: &str) -> String {
    let bare = file.rsplit_once('.').map_or(file, |(bare, _)| bare);
    format!("{bare}.wav")
}

/// -1 to 1, the same for ever (SplitMix64: Steele, Lea and Flood 2014).
fn chance(seed: u64, part: usize, what: u64) -> f64 {
    let mut z = (seed << 32 | (part as u64) << 8 | what).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    2.0 * ((z >> 11) as f64 / (1u64 << 53) as f64) - 1.0
}

/// Highs up by half of it, dB, and lows down by as much, around 1 kHz: one pole.
fn tilt_by(audio: &mut Audio, db: f64) {
    let a = (-std::f64::consts::TAU * 1000.0 / f64::from(audio.rate)).exp();
    let (low, high) = (10f64.powf(-db / 40.0), 10f64.powf(db / 40.0));
    for channel in &mut audio.channels {
        let mut held = 0.0;
        for x in channel.iter_mut() {
            held = (1.0 - a) * f64::from(*x) + a * held;
            *x = (low * held + high * (f64::from(*x) - held)) as f32;
        }
    }
}

/// Makes a track mono whose sides are nearly equal: side 20 dB and more under mid.
fn fold(audio: &mut Audio) {
    let [left, right] = &audio.channels[..] else { return };
    let sum =
        |sign: f32| -> f64 { left.iter().zip(right).map(|(l, r)| f64::from(l + sign * r).powi(2)).sum() };
    if sum(-1.0) < 0.01 * sum(1.0) {
        let mono = left.iter().zip(right).map(|(l, r)| 0.5 * (l + r)).collect();
        audio.channels = vec![mono];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_even_and_fixed() {
        let values: Vec<f64> = (0..2000).map(|part| chance(7, part, 0)).collect();
        let mean = values.iter().sum::<f64>() / 2000.0;
        let square = values.iter().map(|v| v * v).sum::<f64>() / 2000.0;
        assert!(mean.abs() < 0.05 && (square - 1.0 / 3.0).abs() < 0.03, "{mean} {square}");
        assert_eq!(chance(7, 3, 1), chance(7, 3, 1));
        assert_ne!(chance(7, 3, 1), chance(8, 3, 1));
    }

    #[test]
    fn a_tilt_turns_around_one_kilohertz() {
        let level = |hz: f64, db: f64| {
            let wave = |i: usize| (i as f64 * hz / 48_000.0 * std::f64::consts::TAU).sin() as f32;
            let mut audio = Audio::mono(48_000, (0..48_000).map(wave).collect());
            tilt_by(&mut audio, db);
            let power: f64 =
                audio.channels[0][4800..].iter().map(|x| f64::from(x * x)).sum::<f64>() / 43_200.0;
            10.0 * (2.0 * power).log10()
        };
        assert!((level(60.0, 6.0) + 3.0).abs() < 0.1, "{}", level(60.0, 6.0));
        assert!((level(12_000.0, 6.0) - 3.0).abs() < 0.4, "{}", level(12_000.0, 6.0));
        // There, half of each side's power: 3 dB down and 3 dB up do not quite even out.
        let middle = 10.0 * f64::midpoint(10f64.powf(-0.3), 10f64.powf(0.3)).log10();
        assert!((level(1000.0, 6.0) - middle).abs() < 0.3, "{} for {middle}", level(1000.0, 6.0));
    }

    #[test]
    fn nearly_mono_is_folded() {
        let left: Vec<f32> = (0..1000).map(|i| (i as f32 * 0.1).sin()).collect();
        let near = left.iter().map(|x| 0.95 * x).collect();
        let mut audio = Audio::stereo(48_000, left.clone(), near);
        fold(&mut audio);
        assert_eq!(audio.channels.len(), 1);
        let mut wide = Audio::stereo(48_000, left.clone(), left.iter().map(|x| -x).collect());
        fold(&mut wide);
        assert_eq!(wide.channels.len(), 2);
    }
}
