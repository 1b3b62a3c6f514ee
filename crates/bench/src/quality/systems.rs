//! Who mixes: three simple ways that anybody knows, and the whole road up to the master.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use mixsmith_assistant::prepare::role_of;
use mixsmith_assistant::tables::{level_row, place_row};
use mixsmith_assistant::{Brief, Desk, Genre, Locks};
use mixsmith_audio::{Audio, resample};
use mixsmith_effects::KINDS;
use mixsmith_pipeline::{Folder, Listened, Options, Rehearsed, Silent, Sounding, listen, rehearse};
use mixsmith_session::Session;

use super::Wish;
use super::heard::{Heard, heard};
use super::songs::{Part, Song, sound};

/// A mix and what each part of the song is like in it.
pub struct Made {
    /// Who made it.
    pub system: &'static str,
    /// The mix before any mastering.
    pub mix: Audio,
    /// The parts in the order of the song; one that was left out is empty.
    pub parts: Vec<Heard>,
    /// Those that are heard, for what they do to each other; nothing for the simple ways, which do not look.
    pub soundings: Vec<Sounding>,
    /// What was decided, in words.
    pub says: Vec<String>,
}

impl Made {
    /// From the sound of every part.
    fn new(system: &'static str, mix: Audio, sounds: &[Audio]) -> Made {
        Made {
            system,
            mix,
            parts: sounds.iter().map(heard).collect(),
            soundings: Vec::new(),
            says: Vec::new(),
        }
    }
}

/// What all made of some tracks.
pub struct Mixes {
    /// In the order of the table.
    pub made: Vec<Made>,
    /// Did a part come in stereo, so that the person's place is in its files?
    pub stereo: Vec<bool>,
}

/// The systems in the order of the table.
pub const SYSTEMS: [&str; 6] =
    ["raw sum", "equal loudness", "role table", "Mixsmith", "human's levels", "human"];

type Fallible<T> = Result<T, Box<dyn Error>>;

/// Lets every system that is asked for mix the tracks in a folder. `named` gives the name that a file of the song has there.
pub fn all(song: &Song, folder: &Folder, named: fn(&str) -> String, wish: &Wish) -> Fallible<Mixes> {
    let listened = listen(folder, &BTreeMap::new(), Options::default().threads(), &Silent)?;
    let mut made = Vec::new();
    if !wish.ours || wish.parts {
        made.push(static_mix("raw sum", song, &listened, named, &raw(&listened)));
    }
    if !wish.ours {
        made.push(static_mix("equal loudness", song, &listened, named, &equal(&listened)));
        made.push(static_mix("role table", song, &listened, named, &table(&listened)));
    }
    let stereo = |part: &Part| {
        let mut own = listened.song.stems.iter().filter(|stem| is_of(part, &stem.file, named));
        own.all(|stem| stem.clip.channels == 2)
    };
    let stereo = song.parts.iter().map(stereo).collect();
    drop(listened);
    if !wish.simple {
        made.push(road(song, folder, named)?);
    }
    Ok(Mixes { made, stereo })
}

/// Is a file in the folder one of a part's?
fn is_of(part: &Part, file: &str, named: fn(&str) -> String) -> bool {
    part.files.iter().any(|(own, _)| named(own) == file)
}

/// Gain of a stem for the left and the right side; none for one that is left out.
type Gains = Vec<Option<[f64; 2]>>;

fn raw(listened: &Listened) -> Gains {
    listened.song.stems.iter().map(|_| Some([1.0; 2])).collect()
}

/// What counts in a static mix: not clicks, rough mixes, copies and silence.
fn counts(listened: &Listened, id: &str) -> Option<f64> {
    if listened.facts.get("leave-out", &[id]).is_some() {
        return None;
    }
    listened.facts.number("loudness.active", id).filter(|loudness| *loudness > -70.0)
}

/// Every track as loud as every other one while it plays.
fn equal(listened: &Listened) -> Gains {
    let gain = |id: &str| Some([10f64.powf((-25.0 - counts(listened, id)?) / 20.0); 2]);
    listened.song.stems.iter().map(|stem| gain(&stem.id)).collect()
}

/// Every track at the level of its role in the assistant's table, the lead voice at its own and the others together so that
/// all energies add up; mono tracks at the place of their role, in turn right and left.
fn table(listened: &Listened) -> Gains {
    let (brief, locks, session) = (Brief::default(), Locks::default(), Session::default());
    let desk = Desk {
        facts: &listened.facts,
        song: &listened.song,
        brief: &brief,
        session: &session,
        kinds: KINDS,
        locks: &locks,
    };
    let stems = &listened.song.stems;
    let roles: Vec<&str> = stems.iter().map(|stem| role_of(&desk, stem).0.id).collect();
    let active: Vec<Option<f64>> = stems.iter().map(|stem| counts(listened, &stem.id)).collect();
    let many = |part: &str| {
        let of = |i: &usize| active[*i].is_some() && level_row(roles[*i]).part == part;
        (0..stems.len()).filter(of).count().max(1) as f64
    };
    let level = |i: usize| {
        let row = level_row(roles[i]);
        row.level(Genre::Pop) - 10.0 * many(&row.part).log10()
    };
    let energy = |voice: bool| -> f64 {
        let of = |i: &usize| active[*i].is_some() && (roles[*i] == "lead-vocal") == voice;
        (0..stems.len()).filter(of).map(|i| 10f64.powf(level(i) / 10.0)).sum()
    };
    let (lead, rest) = (energy(true), energy(false));
    let scale = 10.0 * ((1.0 - lead).max(0.1) / rest.max(1e-9)).log10();
    let mut turn: BTreeMap<&str, bool> = BTreeMap::new();
    let mut gains = Gains::new();
    for (i, stem) in stems.iter().enumerate() {
        let Some(active) = active[i] else {
            gains.push(None);
            continue;
        };
        let own = if roles[i] == "lead-vocal" { 0.0 } else { scale };
        let gain = 10f64.powf((level(i) + own - 20.0 - active) / 20.0);
        let out = if stem.channels == 1 { place_row(roles[i]).out } else { 0.0 };
        let right = turn.entry(roles[i]).or_insert(false);
        *right = !*right;
        let pan = if *right { out } else { -out };
        // Equal power, full level on both sides in the middle.
        let (r, l) = ((pan + 100.0) / 200.0 * std::f64::consts::FRAC_PI_2).sin_cos();
        let middle = std::f64::consts::SQRT_2;
        gains.push(Some([gain * l * middle, gain * r * middle]));
    }
    gains
}

fn static_mix(
    system: &'static str,
    song: &Song,
    listened: &Listened,
    named: fn(&str) -> String,
    gains: &Gains,
) -> Made {
    let frames = listened.song.frames as usize;
    let rate = listened.song.rate;
    let mut mix = Audio::silence(rate, 2, frames);
    let mut parts: Vec<Audio> = song.parts.iter().map(|_| Audio::silence(rate, 2, 0)).collect();
    for (stem, gains) in listened.song.stems.iter().zip(gains) {
        let Some(gains) = gains else { continue };
        let mut audio = Audio::silence(rate, stem.clip.channels.clamp(1, 2), frames);
        let mut slices: Vec<&mut [f32]> = audio.channels.iter_mut().map(Vec::as_mut_slice).collect();
        stem.clip.read(-stem.start, &mut slices);
        if audio.channels.len() == 1 {
            audio.channels.push(audio.channels[0].clone());
        }
        for (channel, gain) in audio.channels.iter_mut().zip(gains) {
            channel.iter_mut().for_each(|x| *x *= *gain as f32);
        }
        add(&mut mix, &audio);
        if let Some(place) = song.parts.iter().position(|part| is_of(part, &stem.file, named)) {
            add(&mut parts[place], &audio);
        }
    }
    Made::new(system, mix, &parts)
}

/// Adds sounds of one rate.
pub fn add(sum: &mut Audio, more: &Audio) {
    for (sum, more) in sum.channels.iter_mut().zip(&more.channels) {
        sum.resize(sum.len().max(more.len()), 0.0);
        sum.iter_mut().zip(more).for_each(|(sum, x)| *sum += x);
    }
}

/// The whole road, without the master and what is printed.
fn road(song: &Song, folder: &Folder, named: fn(&str) -> String) -> Fallible<Made> {
    let Rehearsed { session, decisions, mix, stems } = rehearse(folder, &Options::default(), &Silent)?;
    let mut parts: Vec<Audio> = song.parts.iter().map(|_| Audio::silence(mix.rate, 2, 0)).collect();
    for (id, audio) in &stems {
        // A return plays no file.
        let clips = session.strip(id).map_or(&[][..], |strip| strip.clips());
        let plays = |part: &Part| {
            let mut files = clips.iter().filter_map(|clip| session.source(&clip.source));
            files.any(|source| is_of(part, &source.file, named))
        };
        if let Some(place) = song.parts.iter().position(plays) {
            add(&mut parts[place], audio);
        }
    }
    let says = decisions.iter().filter(|decision| !decision.edits.is_empty());
    let says = says.map(|decision| format!("{}: {}", decision.rule, decision.says)).collect();
    let sounding = |(part, audio): (&Part, &Audio)| Sounding::new(&part.name, part.voice, audio);
    let soundings = song.parts.iter().zip(&parts).filter_map(sounding).collect();
    Ok(Made { says, soundings, ..Made::new("Mixsmith", mix, &parts) })
}

/// What the person made. Where it was made of other files than those that are handed over, also what the person's levels make of
/// these, and nothing else: no balance comes nearer.
pub fn human(song: &Song, rate: u32) -> Fallible<Vec<Made>> {
    let mut sum = Audio::silence(rate, 2, 0);
    let (mut parts, mut soundings) = (Vec::new(), Vec::new());
    for part in &song.parts {
        let mut files = Vec::new();
        let mut all = Audio::silence(rate, 2, 0);
        for (file, gain) in part.files.iter().filter_map(|(file, gain)| Some((file, (*gain)?))) {
            let mut audio = two(sound(&song.folder.join(file))?, rate);
            let gain = 10f32.powf(gain as f32 / 20.0);
            audio.channels.iter_mut().flatten().for_each(|x| *x *= gain);
            add(&mut all, &audio);
            files.push(heard(&audio));
        }
        // Microphones of one source are one part, as loud as one of them.
        let share = 1.0 / files.len().max(1) as f32;
        all.channels.iter_mut().flatten().for_each(|x| *x *= share);
        add(&mut sum, &all);
        soundings.extend(Sounding::new(&part.name, part.voice, &all));
        parts.push(Heard::mean(&files));
    }
    let made = |system, mix| Made {
        system,
        mix,
        parts: parts.clone(),
        soundings: soundings.clone(),
        says: Vec::new(),
    };
    let Some(path) = &song.mix else { return Ok(vec![made("human", sum)]) };
    let mut mix = two(sound(path)?, rate);
    mix.channels.iter_mut().for_each(|channel| channel.truncate(sum.frames().max(1)));
    let levels = song.raw.then(|| made("human's levels", sum));
    Ok(levels.into_iter().chain([made("human", mix)]).collect())
}

/// As two channels at a rate.
fn two(mut audio: Audio, rate: u32) -> Audio {
    if audio.channels.len() == 1 {
        audio.channels.push(audio.channels[0].clone());
    }
    if audio.rate == rate { audio } else { resample(&audio, rate) }
}

/// Where the road writes for a song and a condition.
pub fn place(root: &Path, song: &str, condition: &str) -> std::path::PathBuf {
    root.join(format!("{song}-{}", condition.replace(' ', "-")))
}
