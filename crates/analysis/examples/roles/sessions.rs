//! The stems that roles are learned from: `list.tsv` and the files that it names, measured once.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mixsmith_analysis::ears::store;
use mixsmith_analysis::roles::features;
use mixsmith_analysis::{Fact, Facts, Sketch, Song, measure_stem};
use mixsmith_audio::{Audio, Clip, read as decode};

/// Numbers of one stem.
pub type Numbers = [Option<f64>; features::COUNT];

/// A stem whose role is known.
pub struct Stem {
    /// What it is.
    pub role: String,
    /// The part of the songs that its song is in.
    pub song: usize,
    /// The part of the sounds that its sound is in.
    pub sound: usize,
    /// Soundfont and program, kit or singer.
    pub made: String,
    /// Is its part played by another instrument than the song asks for? Learned from and not judged.
    pub recast: bool,
    /// What was measured.
    pub numbers: Numbers,
}

/// What came of one song.
pub struct Session {
    /// With the names that a person may have given.
    pub song: Song,
    /// Facts of all stems.
    pub facts: Facts,
    /// In the order of the song's.
    pub stems: Vec<Stem>,
}

impl Session {
    /// The roles that are right, by stem.
    pub fn wanted(&self) -> Vec<Option<Vec<String>>> {
        let right = |stem: &Stem| -> Vec<String> {
            let program = stem.made.rsplit_once("sf2 ").map_or("", |(_, program)| program);
            let more: &[&str] = match stem.role.as_str() {
                // Instruments of General MIDI that are two things by their names: synth strings, synth brass, bass and lead.
                "strings" if matches!(program, "50" | "51") => &["pad"],
                "brass" if matches!(program, "62" | "63") => &["synth-lead", "synth"],
                "synth-lead" if program == "87" => &["synth", "bass"],
                "electric-guitar" | "acoustic-guitar" => &["guitar"],
                "snare" => &["snare-top", "snare-bottom"],
                "ride" | "crash" => &["cymbals"],
                // Without close microphones beside them they are what a kit sounds like.
                "overheads" | "room" => &["drums", "overheads", "room"],
                "bass" => &["bass-di", "bass-amp"],
                "synth-lead" => &["synth"],
                "synth" => &["synth-lead"],
                _ => &[],
            };
            std::iter::once(stem.role.as_str()).chain(more.iter().copied()).map(str::to_owned).collect()
        };
        self.stems.iter().map(|stem| Some(right(stem))).collect()
    }
}

/// A stem of a song, as the judges want it: they ask for no sound.
pub fn stem(id: String, file: String) -> mixsmith_analysis::Stem {
    let rate = 44_100;
    mixsmith_analysis::Stem {
        id,
        file,
        stream: 0,
        hash: String::new(),
        rate,
        channels: 1,
        lossy: false,
        start: 0,
        clip: Arc::new(Clip::in_memory(Audio { rate, channels: vec![vec![0.0; 16]] })),
    }
}

/// Reads and measures all sessions of a folder, in the order of their names.
pub fn read(folder: &Path) -> Result<Vec<Session>, Box<dyn Error>> {
    let text = std::fs::read_to_string(folder.join("list.tsv"))?;
    let mut rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    rows.retain(|row| row.len() == 7);
    rows.sort();
    let files: Vec<PathBuf> = rows.iter().map(|row| folder.join(row[0])).collect();
    let measured = measure(&files, &folder.join("facts"))?;
    let mut sessions: Vec<Session> = Vec::new();
    let mut last = "";
    for (row, found) in rows.iter().zip(measured) {
        let [_, role, name, singers, sound, made, file] = row[..] else { continue };
        let Some((facts, sketch)) = found else { continue };
        if name != last {
            last = name;
            let song = Song { rate: 44_100, frames: 16, stems: Vec::new() };
            sessions.push(Session { song, facts: Facts::default(), stems: Vec::new() });
        }
        let Some(session) = sessions.last_mut() else { continue };
        let id = format!("s{}", session.stems.len() + 1);
        session.facts.extend(about(facts, &id));
        session.facts.push_sketch(&id, Arc::new(sketch));
        session.stems.push(Stem {
            role: role.to_owned(),
            song: part_of(name),
            // The plain synthesiser is in no part; the singers beside it are in that of its song.
            sound: if made.contains("diphone") && sound == "3" { singers } else { sound }.parse()?,
            made: made.to_owned(),
            recast: name.ends_with("again"),
            numbers: features::of(&session.facts, &id),
        });
        session.song.stems.push(stem(id, file.to_owned()));
    }
    Ok(sessions)
}

/// The same facts about another stem.
pub fn about(facts: Vec<Fact>, id: &str) -> impl Iterator<Item = Fact> {
    facts.into_iter().map(move |fact| Fact { about: vec![id.to_owned()], ..fact })
}

/// Facts and sketch of a file.
type Found = Option<(Vec<Fact>, Sketch)>;

/// The part of the songs that a session's is in, by its name without what plays it.
fn part_of(session: &str) -> usize {
    let song = session.rsplit_once('-').map_or(session, |(song, _)| song);
    song.bytes().map(usize::from).sum::<usize>() % crate::SONGS
}

/// Measures files that were not measured before, on all cores; none for what is no sound.
pub fn measure(files: &[PathBuf], cache: &Path) -> Result<Vec<Found>, Box<dyn Error>> {
    std::fs::create_dir_all(cache)?;
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(index) else { return done };
            done.push((index, one(file, cache)));
            if index % 100 == 99 {
                eprintln!("{} of {} measured", index + 1, files.len());
            }
        }
    };
    let mut found: Vec<Found> = files.iter().map(|_| None).collect();
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for (index, facts) in all.into_iter().flat_map(|thread| thread.join().unwrap_or_default()) {
            found[index] = facts;
        }
    });
    Ok(found)
}

fn one(file: &Path, cache: &Path) -> Found {
    let folder = file.parent()?.file_name()?.to_string_lossy().into_owned();
    let kept = cache.join(format!("{folder}_{}.facts", file.file_name()?.to_string_lossy()));
    if let Some(found) = std::fs::read(&kept).ok().and_then(|bytes| store::from_bytes(&bytes)) {
        return Some(found);
    }
    let streams = decode(file).ok()?.streams;
    let (facts, sketch) = measure_stem("x", &streams.first()?.audio);
    std::fs::write(&kept, store::to_bytes(&facts, &sketch)).ok()?;
    Some((facts, sketch))
}
