//! Faults planted into songs: found, cured and explained; and what becomes of the tracks that have none.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use mixsmith_analysis::measure_stem;
use mixsmith_assistant::dynamics::deess::sharpness;
use mixsmith_demo::{Fault, Form, Part, Recipe, Song};
use mixsmith_pipeline::{Folder, Options, Silent, rehearse};

use super::chance::Chance;
use super::judge::{Take, Verdict, facts, judge, moved};
use super::{Bar, Fallible, Wish, percent, scene};

/// Long enough for every note of a tune to come often.
const FORM: Form = Form { intro: 2, verse: 8, chorus: 8, outro: 1 };
/// Most faults in one song.
const TOGETHER: usize = 4;

/// What a fault is called in the table.
pub fn kind(fault: &Fault) -> &'static str {
    match fault {
        Fault::BuriedVoice { .. } => "buried voice",
        Fault::Mud300 { .. } => "mud at 300 Hz",
        Fault::BoomyNote { .. } => "boomy note",
        Fault::Harsh3k { .. } => "harsh at 3 kHz",
        Fault::Sibilance { .. } => "sibilance",
        Fault::InvertedSnareBottom => "snare bottom upside down",
        Fault::Hum { .. } => "hum",
        Fault::Dc { .. } => "offset",
        Fault::Clipped { .. } => "clipped",
        Fault::DeadChannel { .. } => "dead channel",
        Fault::Dropout { .. } => "dropout",
        Fault::SilentTrack => "silent file",
        Fault::DuplicateTrack => "copy",
        Fault::ClickTrack => "click",
        Fault::RoughMix => "rough mix",
        Fault::WrongRate { .. } => "wrong rate",
        Fault::WrongLength { .. } => "end missing",
        Fault::OffsetStart { .. } => "beginning missing",
    }
}

/// Does the fault change how long its file is? Two such in one song would leave nothing to compare with in a small band.
fn lengthens(fault: &Fault) -> bool {
    matches!(fault, Fault::WrongRate { .. } | Fault::WrongLength { .. } | Fault::OffsetStart { .. })
}

/// Mean level of a track's third octaves in a place, against its loudest, from which on the track sounds there, dB.
const SOUNDS: f32 = -10.0;

/// Has a track enough sound between two frequencies that a lift there is heard as too much?
fn sounds(song: &Song, name: &str, low: f64, high: f64) -> bool {
    let Some(track) = song.track(name) else { return false };
    let facts = facts(&track.audio);
    let Some(levels) = facts.bands("spectrum.third_octave", "x") else { return false };
    let loudest = levels.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let inside = |i: &usize| (low..=high).contains(&(1000.0 * 10f64.powf((*i as f64 - 15.0) / 10.0)));
    let inside: Vec<f32> = (0..levels.len()).filter(inside).map(|i| levels[i] - loudest).collect();
    inside.iter().sum::<f32>() >= SOUNDS * inside.len() as f32
}

/// One fault of every kind that the band can have, aimed and sized by chance; `heard` says whether a track has sound between
/// two frequencies.
fn all_of(recipe: &Recipe, chance: &mut Chance, heard: impl Fn(&str, f64, f64) -> bool) -> Vec<Fault> {
    let mut tracks: Vec<(&str, &str)> = Vec::new();
    let plays = |part| recipe.parts.contains(&part);
    // A track, and what may be wrong with it: m mud, h harsh, b boomy, u hum, d offset, c clipped, s one side dead, o dropout,
    // l length.
    for (part, name, may) in [
        (Part::LeadVoice, "lead-vocal", "mhbcdol"),
        (Part::AcousticGuitar, "acoustic-guitar", "mhbcdsol"),
        (Part::Keys, "keys", "mdsol"),
        (Part::HookGuitar, "hook-guitar", "mhucdl"),
        (Part::RhythmGuitars, "electric-guitar-left", "mhucdol"),
        (Part::Bass, "bass-amp", "udco"),
        (Part::Bass, "bass-di", "udcol"),
        (Part::Drums, "snare-top", "cdl"),
        (Part::Drums, "overheads", "dcl"),
        (Part::BackingVoices, "backing-vocal-high", "mhucdol"),
        (Part::Pad, "pad", "do"),
    ] {
        if plays(part) {
            tracks.push((name, may));
        }
    }
    let aim = |what: char, chance: &mut Chance| -> Option<String> {
        // What has nothing there gets no mud and no harshness from a filter, and what has nothing else only gets louder.
        let fits = |name: &str| match what {
            'm' => heard(name, 240.0, 410.0) && heard(name, 600.0, 2000.0),
            'h' => heard(name, 2400.0, 4100.0) && heard(name, 600.0, 2000.0),
            _ => true,
        };
        let open = tracks.iter().filter(|(name, may)| may.contains(what) && fits(name));
        let open: Vec<&str> = open.map(|(name, _)| *name).collect();
        (!open.is_empty()).then(|| (*chance.pick(&open)).to_owned())
    };
    let mut faults = vec![Fault::SilentTrack, Fault::DuplicateTrack, Fault::ClickTrack, Fault::RoughMix];
    if plays(Part::LeadVoice) {
        faults.push(Fault::BuriedVoice { db: chance.between(5.0, 9.0) as f32 });
        // Over the vowels; once the clean voice is heard, by how much that is louder than its own. Those of produced voices stand
        // up to 4.5 dB over: this is 5 to 8 dB too much.
        faults.push(Fault::Sibilance { db: chance.between(10.0, 13.0) as f32 });
    }
    if plays(Part::Drums) {
        faults.push(Fault::InvertedSnareBottom);
    }
    let note = 293.66 * 2f32.powf(recipe.transpose as f32 / 12.0);
    let boom = chance.between(10.0, 13.0) as f32;
    faults.extend(aim('m', chance).map(|track| Fault::Mud300 { track }));
    faults.extend(aim('h', chance).map(|track| Fault::Harsh3k { track }));
    faults.extend(aim('b', chance).map(|track| Fault::BoomyNote { track, hz: note, db: boom }));
    let (hz, db) = (*chance.pick(&[50.0, 60.0]), chance.between(-44.0, -28.0) as f32);
    faults.extend(aim('u', chance).map(|track| Fault::Hum { track, hz, db }));
    let value = (chance.between(0.01, 0.06) * *chance.pick(&[-1.0, 1.0])) as f32;
    faults.extend(aim('d', chance).map(|track| Fault::Dc { track, value }));
    faults.extend(aim('c', chance).map(|track| Fault::Clipped { track }));
    faults.extend(aim('s', chance).map(|track| Fault::DeadChannel { track }));
    let seconds = chance.between(0.012, 0.08);
    faults.extend(aim('o', chance).map(|track| Fault::Dropout { track, at: 0.0, seconds }));
    faults.extend(aim('l', chance).map(|track| Fault::WrongRate { track }));
    faults.extend(aim('l', chance).map(|track| Fault::WrongLength { track }));
    let seconds = chance.between(0.6, 4.0);
    faults.extend(aim('l', chance).map(|track| Fault::OffsetStart { track, seconds }));
    chance.shuffle(&mut faults);
    faults
}

/// Puts the faults into songs: no two on one track, at most one that changes a length.
fn shared_out(faults: Vec<Fault>) -> Vec<Vec<Fault>> {
    let mut songs: Vec<Vec<Fault>> = Vec::new();
    for fault in faults {
        // A rough mix holds the clean song: it would tell how loud a buried voice should be.
        let hint = |a: &Fault, b: &Fault| matches!((a, b), (Fault::RoughMix, Fault::BuriedVoice { .. }));
        let clash = |other: &Fault| {
            (fault.target().is_some() && other.target() == fault.target())
                || (lengthens(other) && lengthens(&fault))
                || hint(other, &fault)
                || hint(&fault, other)
        };
        let fits = |song: &&mut Vec<Fault>| song.len() < TOGETHER && !song.iter().any(clash);
        match songs.iter_mut().find(fits) {
            Some(song) => song.push(fault),
            None => songs.push(vec![fault]),
        }
    }
    songs
}

/// Gives dropouts a place where the track is loud, and sizes sibilance by the voice's own.
fn placed(faults: &[Fault], clean: &Song) -> Vec<Fault> {
    let place = |name: &str| {
        let track = clean.track(name)?;
        let (x, rate) = (&track.audio.channels[0], f64::from(track.audio.rate));
        let step = (0.2 * rate) as usize;
        let energy = |chunk: &[f32]| chunk.iter().map(|x| f64::from(x * x)).sum::<f64>();
        let loudest = x.chunks(step).enumerate().max_by(|a, b| energy(a.1).total_cmp(&energy(b.1)))?.0;
        Some((loudest as f64 + 0.4) * step as f64 / rate)
    };
    let own = |name: &str| {
        let audio = &clean.track(name)?.audio;
        sharpness(&measure_stem("x", audio).1, facts(audio).times("sibilance.times", "x"))
    };
    let one = |fault: &Fault| match fault {
        Fault::Sibilance { db } => {
            let own = fault.target().and_then(own).unwrap_or(0.0);
            Fault::Sibilance { db: (f64::from(*db) - own).max(0.0) as f32 }
        }
        Fault::Dropout { track, seconds, .. } => {
            Fault::Dropout { track: track.clone(), at: place(track).unwrap_or(5.0), seconds: *seconds }
        }
        other => other.clone(),
    };
    faults.iter().map(one).collect()
}

/// Mixes a recipe in memory.
fn take(root: &Path, recipe: &Recipe, write: fn(&Path, &Song) -> Fallible<Folder>) -> Fallible<Take> {
    let song = mixsmith_demo::song(recipe);
    let folder = write(root, &song)?;
    let mix = rehearse(&folder, &Options::default(), &Silent)?;
    Ok(Take { song, mix })
}

/// Hits by kind of fault.
#[derive(Default)]
struct Tally {
    planted: usize,
    found: usize,
    cured: usize,
    explained: usize,
}

/// The bars, and a table by kind of fault.
pub fn bars(wish: &Wish) -> Fallible<(Vec<Bar>, String)> {
    let bands = 2 * wish.seeds.max(1);
    let mut tallies: BTreeMap<&'static str, Tally> = BTreeMap::new();
    let (mut missed, mut disturbed) = (Vec::new(), Vec::new());
    let (mut whole, mut sound) = (0, 0);
    for seed in wish.from..wish.from + bands {
        let recipe = scene::recipe(seed, FORM);
        let mut chance = Chance::new(4000 + seed);
        let root = wish.folder.join("band");
        let clean = take(&root, &recipe, scene::write)?;
        let all = all_of(&recipe, &mut chance, |name, low, high| sounds(&clean.song, name, low, high));
        for faults in shared_out(all) {
            let faults = placed(&faults, &clean.song);
            // A rough mix tells how loud the tracks should be, and they are to follow it: what else is planted beside it is
            // compared with the clean song beside its rough mix.
            let with_rough = match faults.contains(&Fault::RoughMix) {
                true => {
                    let recipe = Recipe { faults: vec![Fault::RoughMix], ..recipe.clone() };
                    Some(take(&root, &recipe, scene::rewrite)?)
                }
                false => None,
            };
            let clean = with_rough.as_ref().unwrap_or(&clean);
            let names: Vec<&str> = faults.iter().map(kind).collect();
            eprintln!("faults: band {} of {bands}: {}", seed - wish.from + 1, names.join(", "));
            let spoilt = take(&root, &Recipe { faults, ..recipe.clone() }, scene::rewrite)?;
            for planted in &spoilt.song.truth.faults {
                let Verdict { found, cured, explained, note } = judge(planted, &spoilt, clean);
                let tally = tallies.entry(kind(&planted.fault)).or_default();
                tally.planted += 1;
                tally.found += usize::from(found);
                tally.cured += usize::from(found && cured);
                tally.explained += usize::from(found && explained);
                if found && cured && explained {
                    whole += 1;
                } else {
                    let text = format!("{}, {}, seed {seed}: {note}", kind(&planted.fault), planted.file);
                    eprintln!("  {text}");
                    missed.push(text);
                }
            }
            let (tracks, changes) = moved(&spoilt, clean);
            sound += tracks;
            for change in changes {
                let text = format!("{change} (seed {seed}, with {})", names.join(", "));
                eprintln!("  moved: {text}");
                disturbed.push(text);
            }
        }
    }
    let planted: usize = tallies.values().map(|tally| tally.planted).sum();
    let faults = Bar {
        name: "Planted faults found, cured and explained".to_owned(),
        unit: " %",
        decimals: 1,
        must: 95.0,
        goal: 100.0,
        figure: percent(whole, planted),
        of: format!("{planted} faults of {} kinds in {bands} bands from seed {}", tallies.len(), wish.from),
        missed,
    };
    let spared = Bar {
        name: "Tracks without fault that moved".to_owned(),
        unit: " %",
        decimals: 1,
        must: 5.0,
        goal: 0.0,
        figure: percent(disturbed.len(), sound),
        of: format!(
            "{sound} tracks in songs with faults: level and bells by 1.5 dB, distance from the middle by 15, polarity, time"
        ),
        missed: disturbed,
    };
    let mut text = "\n## Planted faults\n\n| fault | planted | found | cured | explained |\n\
                    | --- | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for (name, tally) in &tallies {
        // Writing to a string cannot fail.
        let Tally { planted, found, cured, explained } = tally;
        let _ = writeln!(text, "| {name} | {planted} | {found} | {cured} | {explained} |");
    }
    Ok((vec![faults, spared], text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_finds_a_song_and_none_shares_a_track() {
        let faults = all_of(&scene::recipe(3, FORM), &mut Chance::new(4000), |_, _, _| true);
        let count = faults.len();
        assert!(count >= 17, "{count}");
        let songs = shared_out(faults);
        assert_eq!(songs.iter().map(Vec::len).sum::<usize>(), count);
        for song in songs {
            let mut targets: Vec<&str> = song.iter().filter_map(Fault::target).collect();
            targets.sort_unstable();
            let all = targets.len();
            targets.dedup();
            assert_eq!(targets.len(), all, "{song:?}");
            assert!(song.iter().filter(|fault| lengthens(fault)).count() <= 1);
        }
    }
}
