//! From files to stems and facts. What was measured is cached by the hash of the file's content, and so is sound that had
//! to be decoded or resampled; plain samples are read where they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mixsmith_analysis::{Fact, Facts, Qty, Sketch, Song, Stem, ears, sketch};
use mixsmith_audio::{
    Audio, Clip, Severity, Stamp, cache_clip_on, content_hash, hex, open_cached, read, resample,
};
use mixsmith_session::slug;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::lock::Lock;
use crate::stamps;
use crate::{Folder, Note, PipelineError, Progress};

/// A sound file of the song and what it says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SongFile {
    /// Path below the song's folder, with `/`.
    pub file: String,
    /// Which stream of it.
    pub stream: u32,
    /// SHA-256 of its content, hexadecimal.
    pub hash: String,
    /// `WAV`, `FLAC`, …
    pub format: String,
    /// Frames a second.
    pub rate: u32,
    /// Channels.
    pub channels: usize,
    /// Bits a sample, where there is such a thing.
    pub bits: Option<u32>,
    /// Coded with loss?
    pub lossy: bool,
    /// Frames of encoder delay that were removed.
    pub removed_delay: Option<u64>,
    /// Frames of the file, at its own rate, from midnight of the session's clock.
    pub start: Option<u64>,
    /// Name of the stem inside a stem file.
    pub name: Option<String>,
}

/// What was heard.
#[derive(Clone, Debug)]
pub struct Listened {
    /// The stems.
    pub song: Song,
    /// All that was measured.
    pub facts: Facts,
    /// The files, in the order of the stems.
    pub files: Vec<SongFile>,
    /// What was wrong with files.
    pub notes: Vec<Note>,
}

/// What the cache holds about a file.
#[derive(Serialize, Deserialize)]
struct Cached {
    format: u32,
    streams: Vec<SongFile>,
    notes: Vec<Note>,
}

/// A stream with its sound at its own rate.
struct Heard {
    file: SongFile,
    clip: Arc<Clip>,
    facts: Vec<Fact>,
    sketch: Sketch,
}

/// The streams of a file, and what was wrong with it.
type Found = (Vec<Heard>, Vec<Note>);

/// Reads and measures every track of the folder. `ids` gives stems the ids that they had in an earlier run, by file and by
/// hash.
pub fn listen(
    folder: &Folder,
    ids: &BTreeMap<String, String>,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Listened, PipelineError> {
    let _lock = Lock::take(folder)?;
    listen_held(folder, ids, None, threads, progress)
}

/// [`listen`], for whoever holds the song. Without a `rate` the song gets the one that most tracks have.
pub(crate) fn listen_held(
    folder: &Folder,
    ids: &BTreeMap<String, String>,
    rate: Option<u32>,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Listened, PipelineError> {
    let paths = folder.tracks()?;
    progress.stage("Listen", paths.len() as u64);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .build()
        .map_err(|error| PipelineError::Threads(error.to_string()))?;
    let done = AtomicU64::new(0);
    let heard: Vec<Result<Found, PipelineError>> = pool.install(|| {
        let one = |path: &PathBuf| {
            if progress.stopped() {
                return Err(PipelineError::Stopped);
            }
            let result = hear(folder, path);
            progress.step(done.fetch_add(1, Ordering::Relaxed) + 1, &path.display().to_string());
            result
        };
        paths.par_iter().with_max_len(1).map(one).collect()
    });
    let mut streams = Vec::new();
    let mut notes = Vec::new();
    for result in heard {
        let (found, said) = result?;
        streams.extend(found);
        notes.extend(said);
    }
    if streams.is_empty() {
        let problems = notes.iter().map(|note| note.says.clone()).collect();
        return Err(PipelineError::NoTracks { path: folder.root.clone(), problems });
    }
    let rate = rate.unwrap_or_else(|| song_rate(&streams));
    let clips: Vec<Result<Arc<Clip>, PipelineError>> = pool
        .install(|| streams.par_iter().with_max_len(1).map(|heard| at_rate(folder, heard, rate)).collect());
    let clips = clips.into_iter().collect::<Result<Vec<_>, _>>()?;
    let files: Vec<SongFile> = streams.iter().map(|heard| heard.file.clone()).collect();
    if progress.stopped() {
        return Err(PipelineError::Stopped);
    }
    let (mut song, mut facts) = song_of(rate, streams, clips, &mut notes);
    progress.stage("Understand", 0);
    // What is known of single stems counts from the start of their files until here, of the song from its start.
    let of_files = facts.iter().count();
    mixsmith_analysis::song::measure_song(&song, &mut facts);
    let facts = on_the_songs_clock(&song, facts, of_files);
    let facts = rename(&mut song, facts, ids);
    Ok(Listened { song, facts, files, notes })
}

/// A file that is listened to and not mixed.
pub(crate) struct Beside {
    /// What it says of itself.
    pub file: SongFile,
    /// What was measured of it, on its own clock.
    pub facts: Vec<Fact>,
    /// Its sound at the rate of the song.
    pub clip: Arc<Clip>,
}

/// Listens to a file beside the song; a path counts from the song's folder.
pub(crate) fn hear_beside(folder: &Folder, path: &Path, rate: u32) -> Result<Beside, PipelineError> {
    let no_sound = |why: String| PipelineError::NoSound { path: path.to_owned(), why };
    if !folder.root.join(path).is_file() {
        return Err(no_sound("there is no such file".to_owned()));
    }
    let (heard, notes) = hear(folder, path)?;
    let said =
        || notes.first().map_or_else(|| "there is no sound in it".to_owned(), |note| note.says.clone());
    let heard = heard.into_iter().next().ok_or_else(|| no_sound(said()))?;
    let clip = at_rate(folder, &heard, rate)?;
    Ok(Beside { file: heard.file, facts: heard.facts, clip })
}

/// Measures one file, or finds it in the cache.
fn hear(folder: &Folder, path: &Path) -> Result<Found, PipelineError> {
    let full = folder.root.join(path);
    let name = path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    let cache = folder.cache();
    let stamp = Stamp::of(&full).ok();
    let hash = content_hash(&full).ok().map(|hash| hex(&hash));
    // What is heard must be what was hashed.
    let unchanged = || stamp.is_some() && stamp == Stamp::of(&full).ok();
    let note = |says: String, warning| Note { about: name.clone(), says, warning };
    let found = hash.as_deref().and_then(|hash| recall(&cache, hash, &full, &name));
    if let Some(found) = found.filter(|_| unchanged()) {
        return Ok(found);
    }
    let read = match read(&full) {
        Ok(read) => read,
        Err(error) => return Ok((Vec::new(), vec![note(error.to_string(), true)])),
    };
    // Without a hash it would share its place in the cache with every other such file.
    let Some(hash) = hash.filter(|_| unchanged()) else {
        let says = "could be read only in part: is it still being copied? Run again when it is whole";
        return Ok((Vec::new(), vec![note(says.to_owned(), true)]));
    };
    let mut notes: Vec<Note> =
        read.problems.iter().map(|p| note(p.what.clone(), p.severity == Severity::Warning)).collect();
    let mut heard = Vec::new();
    for (number, stream) in read.streams.into_iter().enumerate() {
        let (info, mut audio) = (stream.info, stream.audio);
        if audio.channels.len() > 2 {
            let says = format!("has {} channels; the first two are used", audio.channels.len());
            notes.push(note(says, true));
            audio.channels.truncate(2);
        }
        let file = SongFile {
            file: name.clone(),
            stream: number as u32,
            hash: hash.clone(),
            format: info.format.name().to_owned(),
            rate: audio.rate,
            channels: audio.channels.len(),
            bits: info.bits,
            lossy: info.lossy,
            removed_delay: info.removed_delay,
            start: info.start,
            name: info.name,
        };
        let clip = match in_place(&full, &file).filter(|_| unchanged()) {
            Some(clip) => clip,
            None => {
                let key = clip_key(&file, file.rate);
                cache_clip_on(folder.disk(), &audio, &cache.join("clips"), &key)
                    .map_err(PipelineError::io(&cache))?
            }
        };
        let (facts, sketch) = ears::measure_stem("", &audio);
        let bytes = ears::store::to_bytes(&facts, &sketch);
        let place = cache.join("facts").join(facts_key(&file));
        folder.make(&cache.join("facts"))?;
        folder.write(&place, &bytes)?;
        heard.push(Heard { file, clip: Arc::new(clip), facts, sketch });
    }
    let streams = heard.iter().map(|heard| heard.file.clone()).collect();
    let entry = Cached { format: ears::store::FORMAT, streams, notes: notes.clone() };
    let place = cache.join("facts").join(format!("{hash}.json"));
    if let Ok(text) = serde_json::to_vec(&entry) {
        folder.write(&place, &text)?;
    }
    Ok((heard, notes))
}

fn clip_key(file: &SongFile, rate: u32) -> String {
    format!("{}-{}-{rate}", file.hash, file.stream)
}

fn facts_key(file: &SongFile) -> String {
    format!("{}-{}.facts", file.hash, file.stream)
}

/// The stream's sound where it stands, if it is plain samples and all of them are used.
fn in_place(full: &Path, file: &SongFile) -> Option<Clip> {
    let clip = Clip::open(full).ok()??;
    (file.stream == 0 && (clip.rate, clip.channels) == (file.rate, file.channels)).then_some(clip)
}

/// What the cache knows about a file's content; nothing when any of it is missing or old.
fn recall(cache: &Path, hash: &str, full: &Path, name: &str) -> Option<Found> {
    let text = std::fs::read(cache.join("facts").join(format!("{hash}.json"))).ok()?;
    let entry: Cached = serde_json::from_slice(&text).ok()?;
    if entry.format != ears::store::FORMAT {
        return None;
    }
    let mut heard = Vec::new();
    for mut file in entry.streams {
        let cached = || open_cached(&cache.join("clips"), &clip_key(&file, file.rate));
        let clip = in_place(full, &file).or_else(cached)?;
        let bytes = std::fs::read(cache.join("facts").join(facts_key(&file))).ok()?;
        let (facts, sketch) = ears::store::from_bytes(&bytes)?;
        // The same content may lie in the folder under another name.
        name.clone_into(&mut file.file);
        heard.push(Heard { file, clip: Arc::new(clip), facts, sketch });
    }
    let notes = entry.notes.into_iter().map(|note| Note { about: name.to_owned(), ..note }).collect();
    Some((heard, notes))
}

/// The rate that most of the recorded time has; the higher of equals. At least 44.1 kHz.
fn song_rate(streams: &[Heard]) -> u32 {
    let mut seconds: BTreeMap<u32, f64> = BTreeMap::new();
    for heard in streams {
        *seconds.entry(heard.file.rate).or_default() += heard.clip.frames as f64 / f64::from(heard.file.rate);
    }
    let most = seconds.iter().max_by(|a, b| a.1.total_cmp(b.1).then(a.0.cmp(b.0)));
    most.map_or(48_000, |(&rate, _)| rate).max(44_100)
}

/// The stream's sound at the song's rate.
fn at_rate(folder: &Folder, heard: &Heard, rate: u32) -> Result<Arc<Clip>, PipelineError> {
    if heard.file.rate == rate {
        return Ok(heard.clip.clone());
    }
    let (dir, key) = (folder.cache().join("clips"), clip_key(&heard.file, rate));
    if let Some(clip) = open_cached(&dir, &key) {
        return Ok(Arc::new(clip));
    }
    let frames = heard.clip.frames as usize;
    let mut audio = Audio::silence(heard.file.rate, heard.clip.channels, frames);
    let mut slices: Vec<&mut [f32]> = audio.channels.iter_mut().map(Vec::as_mut_slice).collect();
    heard.clip.read(0, &mut slices);
    let clip =
        cache_clip_on(folder.disk(), &resample(&audio, rate), &dir, &key).map_err(PipelineError::io(&dir))?;
    Ok(Arc::new(clip))
}

/// Puts the streams on the song's clock.
fn song_of(
    rate: u32,
    mut streams: Vec<Heard>,
    clips: Vec<Arc<Clip>>,
    notes: &mut Vec<Note>,
) -> (Song, Facts) {
    let seconds = |heard: &Heard| heard.file.start.map(|start| start as f64 / f64::from(heard.file.rate));
    let stamped = streams.iter().filter(|heard| heard.file.start.is_some()).count();
    let spans = streams.iter().zip(&clips).map(|(heard, clip)| {
        seconds(heard).map(|start| (start, start + clip.frames as f64 / f64::from(rate)))
    });
    let strays = stamps::strays(&spans.collect::<Vec<_>>());
    for (heard, _) in streams.iter_mut().zip(strays).filter(|(_, stray)| *stray) {
        notes.push(Note { about: heard.file.file.clone(), says: stamps::STRAY.to_owned(), warning: true });
        heard.file.start = None;
    }
    let earliest = streams.iter().filter_map(seconds).fold(f64::INFINITY, f64::min);
    if stamped > 0 && stamped < streams.len() {
        let says = format!(
            "{stamped} of {} files have a time stamp; those without are taken to start with the earliest of them",
            streams.len()
        );
        notes.push(Note { about: String::new(), says, warning: false });
    }
    let mut song = Song { rate, frames: 0, stems: Vec::new() };
    let mut facts = Facts::default();
    for (number, (heard, clip)) in streams.into_iter().zip(clips).enumerate() {
        let offset = seconds(&heard).map_or(0.0, |start| start - earliest);
        let start = (offset * f64::from(rate)).round() as i64;
        // Ids for now; the song's own come with the names (see `rename`).
        let id = format!("stem-{number:04}");
        song.frames = song.frames.max((start + clip.frames as i64).max(0) as u64);
        // Streams of one file must differ here: it is by this that they find their ids again.
        let number = (heard.file.stream > 0).then(|| (heard.file.stream + 1).to_string());
        let name = heard.file.name.clone().or(number);
        let named = name.map(|name| format!("{} - {name}", heard.file.file));
        for fact in heard.facts {
            facts.push(Fact { about: vec![id.clone()], ..fact });
        }
        facts.push_sketch(&id, Arc::new(heard.sketch));
        song.stems.push(Stem {
            id,
            file: named.unwrap_or_else(|| heard.file.file.clone()),
            stream: heard.file.stream,
            hash: match heard.file.stream {
                0 => heard.file.hash.clone(),
                stream => format!("{}-{stream}", heard.file.hash),
            },
            rate: heard.file.rate,
            channels: heard.file.channels,
            lossy: heard.file.lossy,
            start,
            clip,
        });
    }
    (song, facts)
}

/// Moves the first `of_files` facts, and the sketches, from the clocks of their files to that of the song.
fn on_the_songs_clock(song: &Song, facts: Facts, of_files: usize) -> Facts {
    let offset = |id: &String| {
        let stem = song.stems.iter().find(|stem| stem.id == *id);
        stem.map_or(0.0, |stem| stem.start as f64 / f64::from(song.rate))
    };
    let (list, sketches) = facts.into_parts();
    let mut moved = Facts::default();
    for (number, fact) in list.into_iter().enumerate() {
        let late = fact.about.first().filter(|_| number < of_files).map_or(0.0, offset);
        moved.push(shifted(fact, late));
    }
    for (id, sketch) in sketches {
        let late = offset(&id);
        moved.push_sketch(&id, if late > 0.0 { Arc::new(shifted_sketch(&sketch, late)) } else { sketch });
    }
    moved
}

/// A fact of a file that starts `offset` seconds into the song.
fn shifted(mut fact: Fact, offset: f64) -> Fact {
    if offset <= 0.0 {
        return fact;
    }
    match &mut fact.value {
        Qty::Times(times) => times.iter_mut().for_each(|time| *time += offset),
        Qty::Spans(spans) => spans.iter_mut().for_each(|span| {
            span.start += offset;
            span.end += offset;
        }),
        Qty::Series { step, values } => {
            let floor = values.iter().copied().fold(f32::INFINITY, f32::min);
            let before = (offset / *step).round() as usize;
            values.splice(0..0, std::iter::repeat_n(if floor.is_finite() { floor } else { 0.0 }, before));
        }
        Qty::Number(_) | Qty::Text(_) | Qty::Bands(_) => {}
    }
    fact
}

fn shifted_sketch(sketch: &Sketch, offset: f64) -> Sketch {
    let before = vec![0.0; (offset / sketch::STEP).round() as usize * sketch::BANDS];
    Sketch { mid: [&before[..], &sketch.mid].concat(), side: [&before[..], &sketch.side].concat() }
}

/// Gives every stem the id that a person types: that of an earlier run, or one made from its clean name.
fn rename(song: &mut Song, facts: Facts, ids: &BTreeMap<String, String>) -> Facts {
    let mut taken: BTreeSet<String> = ["mix", "master", "send"].iter().map(|&id| id.to_owned()).collect();
    let mut names = BTreeMap::new();
    // A file that was given another name is found by its content; those that kept their name come first.
    let keys: [fn(&Stem) -> &String; 2] = [|stem| &stem.file, |stem| &stem.hash];
    for key in keys {
        for stem in &song.stems {
            if let Some(id) = ids.get(key(stem))
                && !names.contains_key(&stem.id)
                && taken.insert(id.clone())
            {
                names.insert(stem.id.clone(), id.clone());
            }
        }
    }
    for stem in &song.stems {
        if !names.contains_key(&stem.id) {
            let name = facts.text("role.name", &stem.id).unwrap_or(&stem.file);
            let id = slug(name, |id| taken.contains(id));
            taken.insert(id.clone());
            names.insert(stem.id.clone(), id);
        }
    }
    for stem in &mut song.stems {
        stem.id = names[&stem.id].clone();
    }
    let new = |id: &String| names.get(id).unwrap_or(id).clone();
    let (list, sketches) = facts.into_parts();
    let mut renamed = Facts::default();
    for fact in list {
        // Some facts name another stem in their value (`duplicate.of`).
        let value = match fact.value {
            Qty::Text(text) => Qty::Text(new(&text)),
            value => value,
        };
        renamed.push(Fact { about: fact.about.iter().map(new).collect(), value, ..fact });
    }
    for (id, sketch) in sketches {
        renamed.push_sketch(&new(&id), sketch);
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_keeps_its_id_by_name_or_else_by_content() {
        let stem = |id: &str, file: &str, hash: &str| Stem {
            id: id.to_owned(),
            file: file.to_owned(),
            stream: 0,
            hash: hash.to_owned(),
            rate: 48_000,
            channels: 1,
            lossy: false,
            start: 0,
            clip: Arc::new(Clip::in_memory(Audio::silence(48_000, 1, 1))),
        };
        let stems = vec![
            stem("stem-0000", "a copy.wav", "aa"),
            stem("stem-0001", "a.wav", "aa"),
            stem("stem-0002", "renamed.wav", "bb"),
        ];
        let mut song = Song { rate: 48_000, frames: 1, stems };
        let ids = [("a.wav", "vox"), ("aa", "vox"), ("b.wav", "bass"), ("bb", "bass")];
        let ids = ids.map(|(key, id)| (key.to_owned(), id.to_owned())).into();
        rename(&mut song, Facts::default(), &ids);
        let ids: Vec<&str> = song.stems.iter().map(|stem| stem.id.as_str()).collect();
        assert_eq!(ids[1..], ["vox", "bass"]);
        assert!(!["vox", "bass"].contains(&ids[0]), "{ids:?}");
    }
}
