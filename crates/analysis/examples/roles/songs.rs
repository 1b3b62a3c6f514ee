//! Real songs: what their tracks are follows from lists beside them, or from their names.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::labels::labels;
use crate::sessions::{about, measure, stem};
use mixsmith_analysis::roles::name;
use mixsmith_analysis::{Facts, Song};

/// A song with the roles that are right.
pub struct Labelled {
    /// Its folder's name.
    pub name: String,
    /// Its tracks.
    pub song: Song,
    /// What was measured.
    pub facts: Facts,
    /// The roles that are right, by track; none where nothing is known.
    pub wanted: Vec<Option<Vec<String>>>,
}

/// Every song of a folder that has at least three tracks.
pub fn read(folder: &Path, cache: &Path) -> Result<Vec<Labelled>, Box<dyn Error>> {
    let mut songs = Vec::new();
    for place in entries(folder)?.into_iter().filter(|place| place.is_dir()) {
        let song = open(&place, cache)?;
        if song.song.stems.len() > 2 {
            eprintln!("{}", song.name);
            songs.push(song);
        }
    }
    Ok(songs)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    all.sort();
    Ok(all)
}

fn open(folder: &Path, cache: &Path) -> Result<Labelled, Box<dyn Error>> {
    let (mut song, mut facts) = (Song { rate: 48_000, frames: 16, stems: Vec::new() }, Facts::default());
    let files: Vec<PathBuf> = entries(folder)?.into_iter().filter(|path| path.is_file()).collect();
    for (path, found) in files.iter().zip(measure(&files, cache)?) {
        let Some((list, sketch)) = found else { continue };
        let id = format!("s{}", song.stems.len() + 1);
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        facts.extend(about(list, &id));
        facts.push_sketch(&id, Arc::new(sketch));
        song.stems.push(stem(id, file));
    }
    let labels = labels(folder);
    let files: Vec<&str> = song.stems.iter().map(|stem| stem.file.as_str()).collect();
    let common = name::common_words(&files);
    let wanted = song.stems.iter().map(|stem| {
        if labels.is_empty() {
            let reading = name::read(&stem.file, &common);
            return reading.speaks().then(|| meant(reading.odds.best().0.id));
        }
        labels.iter().find(|(file, _)| *file == stem.file).map(|(_, label)| meant(label))
    });
    let wanted = wanted.collect();
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Labelled { name, song, facts, wanted })
}

/// What a label means in our words; any of them is right.
fn meant(label: &str) -> Vec<String> {
    let roles: &[&str] = match label {
        "hat" => &["hihat"],
        "cymbal" => &["crash", "cymbals", "ride"],
        "crash" => &["crash", "cymbals"],
        "ride" => &["ride", "cymbals"],
        "synth-pad" | "Warm Pad" | "Metallic Pad" => &["pad", "synth"],
        "bass+pad" => &["bass", "pad"],
        "piano-left" | "piano-right" | "Acoustic Grand Piano" => &["piano"],
        "keys" => &["keys", "piano", "organ"],
        "synth" => &["synth", "synth-lead"],
        "kick-in" | "kick-out" => &["kick-in", "kick-out", "kick"],
        "snare" => &["snare", "snare-top"],
        "snare-top" | "snare-bottom" => &["snare-top", "snare-bottom", "snare"],
        "overheads" | "room" => &["overheads", "room", "drums"],
        "bass-di" | "bass-amp" => &["bass-di", "bass-amp", "bass"],
        "Jazz Guitar" | "Distortion Guitar" | "electric-guitar" | "guitar" => {
            &["electric-guitar", "guitar", "acoustic-guitar"]
        }
        "Picked Bass" => &["bass", "bass-di", "bass-amp"],
        "Synth Strings 1" => &["strings"],
        "Agogo" => &["percussion"],
        "Choir Aahs" => &["choir"],
        other => return vec![other.to_owned()],
    };
    roles.iter().map(|&role| role.to_owned()).collect()
}
