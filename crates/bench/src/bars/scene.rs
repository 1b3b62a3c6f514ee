//! Songs made here, in memory and on disk.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use mixsmith_analysis::{Facts, Song, Stem, measure_song, measure_stem};
use mixsmith_audio::{Audio, Clip};
use mixsmith_demo::{Delivery, Form, Part, Recipe};
use mixsmith_pipeline::Folder;

use super::Fallible;
use super::chance::Chance;

/// Who may play together: a small band, a rock band, a band with keys, everyone.
const BANDS: [&[Part]; 4] = [
    &[
        Part::Percussion,
        Part::Bass,
        Part::AcousticGuitar,
        Part::Keys,
        Part::LeadVoice,
        Part::BackingVoices,
        Part::Pad,
    ],
    &[Part::Drums, Part::Bass, Part::RhythmGuitars, Part::HookGuitar, Part::LeadVoice],
    &[Part::Drums, Part::Bass, Part::Keys, Part::AcousticGuitar, Part::LeadVoice, Part::VocalDouble],
    &Part::ALL,
];

/// A recipe by chance: tempo, key, players, levels, bleed and seed. Every other one is delivered as real folders are.
pub fn recipe(seed: u64, form: Form) -> Recipe {
    let mut chance = Chance::new(seed);
    Recipe {
        seed,
        form,
        tempo: chance.whole(76, 148) as f32,
        transpose: chance.whole(-5, 5) as i32,
        bleed: chance.whole(-6, 4) as f32,
        parts: BANDS[(seed % 4) as usize].to_vec(),
        delivery: if seed.is_multiple_of(2) { Delivery::Clean } else { Delivery::Messy },
        scatter: 9.0,
        ..Recipe::clean()
    }
}

/// What is measured of tracks in memory. The names say the roles.
pub fn hear(tracks: Vec<(String, Audio)>) -> (Song, Facts) {
    let (mut stems, mut facts) = (Vec::new(), Facts::default());
    let rate = tracks.first().map_or(48_000, |(_, audio)| audio.rate);
    for (i, (file, audio)) in tracks.into_iter().enumerate() {
        let id = format!("t{i:02}");
        let (list, sketch) = measure_stem(&id, &audio);
        facts.extend(list);
        facts.push_sketch(&id, Arc::new(sketch));
        let (channels, hash) = (audio.channels.len(), format!("{i:064x}"));
        let clip = Arc::new(Clip::in_memory(audio));
        stems.push(Stem { id, file, stream: 0, hash, rate, channels, lossy: false, start: 0, clip });
    }
    let frames = stems.iter().map(|stem| stem.clip.frames).max().unwrap_or(0);
    let song = Song { rate, frames, stems };
    measure_song(&song, &mut facts);
    (song, facts)
}

/// Writes a song into a folder of its own, in place of what was there.
#[allow(clippy::disallowed_methods, reason = "files")]
pub fn write(root: &Path, song: &mixsmith_demo::Song) -> Fallible<Folder> {
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    rewrite(root, song)
}

/// The same, but what was measured of files that are still the same is kept.
#[allow(clippy::disallowed_methods, reason = "files")]
pub fn rewrite(root: &Path, song: &mixsmith_demo::Song) -> Fallible<Folder> {
    fs::create_dir_all(root)?;
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        if path.is_file() {
            fs::remove_file(path)?;
        }
    }
    mixsmith_demo::write(song, root)?;
    Ok(Folder::open(root, None)?)
}
