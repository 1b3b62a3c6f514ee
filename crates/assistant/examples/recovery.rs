//! How well the balance of a person's mix is found again from its stems.
//!
//! `cargo run -p mixsmith-assistant --example recovery -- [songs…]` prints, for every song of the folder that the variable
//! `MIXSMITH_SONGS` names, the root mean square over the parts of (level found less the person's level, LU, without its
//! mean), for stems as they are, scrambled (each at random +-12 dB and +-3 dB of tilt, by fixed seeds) and raw folders.
//! `-v` prints every part, and what else is decided about levels, places and sections. What is measured of a file is kept in `target/recovery`.
#![allow(clippy::disallowed_methods, reason = "a program for programmers, with a cache of its own")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mixsmith_analysis::sketch::{BANDS, centres};
use mixsmith_analysis::{Fact, Facts, Qty, Sketch, Song, Stem, ears, measure_song, measure_stem};
use mixsmith_assistant::mixmodel::{MixModel, energy};
use mixsmith_assistant::solver::k_weight;
use mixsmith_assistant::{Assistant, Brief, Decision, Desk, Locks, Phase, decide};
use mixsmith_audio::{Audio, Clip, read};
use mixsmith_effects::all::KINDS;
use mixsmith_session::{Address, Session};

/// Greatest gain of a scrambled stem, dB, and greatest tilt: highs up and lows down, or the other way round, by this.
const SCRAMBLE: (f64, f64) = (12.0, 3.0);
/// Where a tilt turns, Hz.
const PIVOT: f64 = 800.0;
/// A part this far under the person's mix is a tail, not a part, LU.
const GHOST: f64 = 35.0;
/// How often a song is scrambled.
const SEEDS: u64 = 10;

/// A song with stems of which the person's gains are known.
struct Known {
    name: String,
    /// By how much each file is louder than in the person's mix, dB. A file that is not here is no part of it.
    gains: BTreeMap<String, f64>,
    /// Were the gains changed on purpose?
    raw: bool,
}

fn main() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/songs");
    let folder = std::env::var_os("MIXSMITH_SONGS").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let args: Vec<String> = std::env::args().skip(1).collect();
    let verbose = args.iter().any(|arg| arg == "-v");
    let asked: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let mut table: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for known in songs(&folder) {
        if !asked.is_empty() && !asked.iter().any(|name| **name == known.name) {
            continue;
        }
        let path = folder.join(&known.name);
        let mut go = |kind: &'static str, seed: Option<u64>| {
            if let Some(row) = recover(&path, &known, seed, verbose) {
                println!("{kind:10} {:24} {row}", known.name);
                table.entry(kind).or_default().push(row);
            }
        };
        if known.raw {
            go("messy", None);
        } else {
            go("as they are", None);
            (1..=SEEDS).for_each(|seed| go("scrambled", Some(seed)));
        }
    }
    println!();
    for (kind, rows) in table {
        println!("{kind:10} {:24} {}", "mean", Row::mean(&rows));
    }
}

/// The songs of a folder whose balance is known.
fn songs(folder: &Path) -> Vec<Known> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        println!("skipped: there is no folder of songs");
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.iter().filter_map(|path| known(path)).collect()
}

fn known(path: &Path) -> Option<Known> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let mut gains = BTreeMap::new();
    let truth = std::fs::read_to_string(path.join("truth.json")).ok();
    let truth = truth.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    if let Some(tracks) = truth.as_ref().and_then(|truth| truth["tracks"].as_array()) {
        for track in tracks {
            let gain = track["gain_db"].as_f64().or(track["gain_vs_composers_balance_db"].as_f64());
            let known = !track["source_stem"].is_null() || track["gain_db"].is_null();
            if let (Some(file), Some(gain), true) = (track["file"].as_str(), gain, known)
                && gain.abs() < 60.0
            {
                gains.insert(file.to_owned(), gain);
            }
        }
        return Some(Known { name, gains, raw: true });
    }
    path.join("reference").is_dir().then_some(())?;
    for file in files(path) {
        gains.insert(file.file_name()?.to_string_lossy().into_owned(), 0.0);
    }
    Some(Known { name, gains, raw: false })
}

fn files(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| {
        let ext = file.extension().and_then(|ext| ext.to_str()).unwrap_or_default().to_lowercase();
        ["wav", "flac", "mp3", "ogg", "aif"].contains(&ext.as_str())
    });
    files.sort();
    files
}

/// Errors of a song, dB.
#[derive(Clone, Copy)]
struct Row {
    parts: f64,
    plain: f64,
    equal: f64,
    ours: f64,
    voice: f64,
    moves: f64,
}

impl Row {
    fn mean(rows: &[Row]) -> Row {
        let mean = |value: fn(&Row) -> f64| {
            let found: Vec<f64> = rows.iter().map(value).filter(|value| value.is_finite()).collect();
            found.iter().sum::<f64>() / found.len() as f64
        };
        Row {
            parts: mean(|row| row.parts),
            plain: mean(|row| row.plain),
            equal: mean(|row| row.equal),
            ours: mean(|row| row.ours),
            voice: mean(|row| row.voice),
            moves: mean(|row| row.moves),
        }
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Row { parts, plain, equal, ours, voice, moves } = self;
        write!(
            f,
            "{parts:4.1} parts; plain sum {plain:5.2}, equal loudness {equal:5.2}, ours {ours:5.2} dB; voice {voice:5.2} dB; \
             {moves:.1} faders moved"
        )
    }
}

/// What is measured of a song's stems: once, then from the cache.
fn listen(path: &Path) -> Option<(Song, Facts)> {
    let mut song = Song { rate: 44_100, frames: 0, stems: Vec::new() };
    let mut facts = Facts::default();
    let cache = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/recovery"));
    let cache = cache.join(path.file_name()?);
    std::fs::create_dir_all(&cache).ok()?;
    let whole = cache.join("song.json");
    let heard: Option<Vec<Fact>> =
        std::fs::read_to_string(&whole).ok().and_then(|text| serde_json::from_str(&text).ok());
    for (number, file) in files(path).into_iter().enumerate() {
        let id = format!("s{number:02}");
        let place = cache.join(&id);
        let head: Option<(u32, usize, u64)> = std::fs::read_to_string(place.with_extension("json"))
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok());
        let kept = std::fs::read(&place).ok().and_then(|bytes| ears::store::from_bytes(&bytes));
        let (found, sketch, clip, rate) = match (head, kept) {
            (Some((rate, channels, frames)), Some((found, sketch))) if heard.is_some() => {
                let frames = (frames as f64 * f64::from(song.rate) / f64::from(rate)) as usize;
                (found, sketch, Clip::in_memory(Audio::silence(song.rate, channels, frames)), rate)
            }
            _ => {
                let audio = read(&file).ok()?.streams.into_iter().next()?.audio;
                let (found, sketch) = measure_stem(&id, &audio);
                std::fs::write(&place, ears::store::to_bytes(&found, &sketch)).ok()?;
                let head = (audio.rate, audio.channels.len(), audio.frames() as u64);
                std::fs::write(place.with_extension("json"), serde_json::to_string(&head).ok()?).ok()?;
                let rate = audio.rate;
                let audio =
                    if rate == song.rate { audio } else { mixsmith_audio::resample(&audio, song.rate) };
                (found, sketch, Clip::in_memory(audio), rate)
            }
        };
        facts.extend(found);
        facts.push_sketch(&id, Arc::new(sketch));
        song.frames = song.frames.max(clip.frames);
        let file = file.file_name()?.to_string_lossy().into_owned();
        let channels = clip.channels;
        let (hash, clip) = (file.clone(), Arc::new(clip));
        song.stems.push(Stem { id, hash, file, stream: 0, rate, channels, lossy: false, start: 0, clip });
    }
    match heard {
        Some(heard) => facts.extend(heard),
        None => {
            let of_stems = facts.iter().count();
            measure_song(&song, &mut facts);
            let of_song: Vec<&Fact> = facts.iter().skip(of_stems).collect();
            std::fs::write(&whole, serde_json::to_string(&of_song).ok()?).ok()?;
        }
    }
    Some((song, facts))
}

/// The numbers of a fixed seed, 0 to 1 (SplitMix64, Steele, Lea and Flood 2014).
fn random(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// Changes gain and tilt of every stem at random, in what was measured of it.
fn scramble(song: &Song, facts: Facts, seed: u64) -> Facts {
    let (list, sketches) = facts.into_parts();
    let mut out = Facts::default();
    let mut change: BTreeMap<String, (f64, Vec<f64>)> = BTreeMap::new();
    for (number, stem) in song.stems.iter().enumerate() {
        let mut state = seed * 1000 + number as u64;
        let gain = (2.0 * random(&mut state) - 1.0) * SCRAMBLE.0;
        let tilt = (2.0 * random(&mut state) - 1.0) * SCRAMBLE.1;
        let mut sketch = sketches.get(&stem.id).map_or_else(Sketch::default, |sketch| Sketch::clone(sketch));
        let bands: Vec<f64> = centres().iter().map(|&hz| energy(gain + tilted(hz, tilt))).collect();
        let mut louder = Vec::with_capacity(sketch.frames());
        for frame in sketch.mid.chunks_mut(BANDS).zip(sketch.side.chunks_mut(BANDS)) {
            let (mut before, mut after) = (1e-15, 1e-15);
            for (band, (mid, side)) in frame.0.iter_mut().zip(frame.1).enumerate() {
                let weighted = f64::from(*mid + *side) * k_weight(centres()[band]);
                before += weighted;
                after += weighted * bands[band];
                *mid *= bands[band] as f32;
                *side *= bands[band] as f32;
            }
            louder.push(10.0 * (after / before).log10());
        }
        out.push_sketch(&stem.id, Arc::new(sketch));
        change.insert(stem.id.clone(), (gain, louder));
    }
    let mut active = BTreeMap::new();
    for mut fact in list {
        let own = fact.about.first().filter(|_| fact.about.len() == 1).and_then(|id| change.get(id));
        if let (Some((gain, louder)), "loudness.momentary") = (own, fact.what.as_str())
            && let Qty::Series { values, .. } = &mut fact.value
        {
            for (frame, value) in values.iter_mut().enumerate().filter(|(_, value)| **value > -119.0) {
                *value += louder.get(frame).copied().unwrap_or(*gain) as f32;
            }
            let energies = values.iter().map(|&level| energy(f64::from(level))).collect();
            if let Some(part) = mixsmith_assistant::mixmodel::Part::new("", energies, 0.0) {
                active.insert(fact.about[0].clone(), part.active);
            }
        }
        if fact.what != "loudness.active" {
            out.push(fact);
        }
    }
    for (id, level) in active {
        out.push(Fact::number("loudness.active", &id, level));
    }
    out
}

/// A tilt at a frequency, dB: highs up and lows down by this.
fn tilted(hz: f64, tilt: f64) -> f64 {
    let square = (hz / PIVOT).powi(2);
    tilt * (square - 1.0) / (square + 1.0)
}

/// Mixes a song and compares the levels of its parts with the person's.
fn recover(path: &Path, known: &Known, seed: Option<u64>, verbose: bool) -> Option<Row> {
    let (song, human) = listen(path)?;
    let facts = match seed {
        Some(seed) => scramble(&song, human.clone(), seed),
        None => human.clone(),
    };
    let (brief, locks) = (Brief::default(), Locks::default());
    let assistant = Assistant { song: &song, facts: &facts, brief: &brief, kinds: KINDS, locks: &locks };
    let (session, decisions) = decide(&assistant, Phase::Balance);
    let desk =
        Desk { facts: &facts, song: &song, brief: &brief, session: &session, kinds: KINDS, locks: &locks };
    let model = MixModel::new(&desk);
    let loudness = model.loudness(&model.faders())?;
    let person = person(&song, &human, known);
    let mut parts = Vec::new();
    for stem in &song.stems {
        let Some(&wanted) = person.get(&stem.id).filter(|&&level| level > -GHOST) else { continue };
        let Some(delivered) = facts.number("loudness.active", &stem.id) else { continue };
        let Some(gain) = gain(&desk, &stem.id) else {
            println!("  {} is left out", stem.file);
            continue;
        };
        parts.push(Part { stem, wanted, delivered, ours: delivered + gain - loudness });
    }
    let error = |level: &dyn Fn(&Part<'_>) -> f64| -> Vec<f64> {
        let errors: Vec<f64> = parts.iter().map(|part| level(part) - part.wanted).collect();
        let mean = errors.iter().sum::<f64>() / errors.len().max(1) as f64;
        errors.iter().map(|error| error - mean).collect()
    };
    let rms = |errors: &[f64]| (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt();
    let ours = error(&|part| part.ours);
    let role = |stem: &Stem| facts.text("role", &stem.id).unwrap_or("").to_owned();
    if verbose {
        print(&parts, &ours, &desk, &decisions);
        let rules = ["balance.", "pan.", "ride.sections"];
        for d in decide(&assistant, Phase::Ride).1 {
            if rules.iter().any(|rule| d.rule.starts_with(rule)) {
                let bought = d.because.iter().filter(|e| e.fact.starts_with("bought."));
                let bought: Vec<String> = bought.map(|e| format!("{} {:.1}", e.fact, e.value)).collect();
                println!("  {:14} {} [{}]", d.rule, d.says, bought.join(", "));
            }
        }
    }
    let voices: Vec<f64> =
        parts.iter().zip(&ours).filter(|(p, _)| role(p.stem) == "lead-vocal").map(|(_, e)| *e).collect();
    let moved = |d: &&Decision| d.rule == "balance.levels" && !d.about.is_empty();
    Some(Row {
        parts: parts.len() as f64,
        plain: rms(&error(&|part| part.delivered)),
        equal: rms(&error(&|_| 0.0)),
        ours: rms(&ours),
        voice: if voices.is_empty() { f64::NAN } else { rms(&voices) },
        moves: decisions.iter().filter(moved).count() as f64,
    })
}

/// A part, with its levels against the mix in LU.
struct Part<'a> {
    stem: &'a Stem,
    wanted: f64,
    delivered: f64,
    ours: f64,
}

fn print(parts: &[Part<'_>], errors: &[f64], desk: &Desk<'_>, decisions: &[Decision]) {
    if let Some(first) = decisions.iter().find(|d| d.rule == "balance.levels") {
        println!("  {}", first.says);
    }
    for (part, error) in parts.iter().zip(errors) {
        let role = desk.facts.text("role", &part.stem.id).unwrap_or("");
        println!(
            "  {:40} {role:16} person {:6.1} ours {:6.1} error {error:5.1}",
            part.stem.file, part.wanted, part.ours
        );
    }
}

/// Level of every stem in the person's mix, LU against the mix.
fn person(song: &Song, human: &Facts, known: &Known) -> BTreeMap<String, f64> {
    let mut mix: Vec<f64> = Vec::new();
    let mut levels = BTreeMap::new();
    for stem in &song.stems {
        let Some(gain) = known.gains.get(&stem.file) else { continue };
        let (Some((_, series)), Some(active)) =
            (human.series("loudness.momentary", &stem.id), human.number("loudness.active", &stem.id))
        else {
            continue;
        };
        mix.resize(mix.len().max(series.len()), 0.0);
        for (sum, &level) in mix.iter_mut().zip(series) {
            *sum += energy(f64::from(level) - gain);
        }
        levels.insert(stem.id.clone(), active - gain);
    }
    let loudness = mixsmith_assistant::mixmodel::integrated(&mix).unwrap_or(0.0);
    levels.into_iter().map(|(id, level)| (id, level - loudness)).collect()
}

/// What trim, fader and clip make of a stem, dB; none where it is not played.
fn gain(desk: &Desk<'_>, stem: &str) -> Option<f64> {
    let session: &Session = desk.session;
    let strip = session.tracks().find(|strip| strip.clips().iter().any(|clip| clip.source == stem))?;
    let clip = strip.clips().iter().find(|clip| clip.source == stem)?;
    let value = |knob: &str| f64::from(desk.value(&Address::strip(&strip.id, knob)));
    (value("mute") < 0.5).then(|| value("trim") + value("fader") + f64::from(clip.gain))
}
