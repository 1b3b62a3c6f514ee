//! A mix that somebody made, taken apart into its tracks, in the shape of one of ours: so the same scorecard reads it.

use std::sync::Arc;

use mixsmith_analysis::leave_out::kept;
use mixsmith_analysis::{Facts, Song, Stem, ears};
use mixsmith_assistant::prepare::role_of;
use mixsmith_assistant::{Brief, Desk, Locks};
use mixsmith_audio::Audio;
use mixsmith_effects::KINDS;
use mixsmith_engine::{Rendered, Sources};
use mixsmith_session::{Clip, Session, SongInfo, Source, Strip, StripKind};
use rayon::prelude::*;

use super::fit::{Fit, fit};
use crate::listen::Listened;
use crate::manifest::{Manifest, Printed};
use crate::meter::Meter;
use crate::report::{self, Players};
use crate::{Journal, Mixed};

/// A mix and what was found of its tracks.
pub(super) struct Take {
    pub mixed: Mixed,
    pub players: Players,
    /// Energy of the mix that the tracks do not explain, dB; none for a silent mix.
    pub left_over: Option<f64>,
}

/// More than this left over, dB, and the tracks do not tell how the mix is made.
pub(super) const ENOUGH: f64 = -6.0;

/// Where a track belongs among the families of produced stems.
fn class(family: &str) -> &'static str {
    match family {
        "lead-vocals" | "backing-vocals" => "voices",
        "drums" => "drums",
        "bass" => "bass",
        _ => "others",
    }
}

/// Takes a mix apart. `threads` tracks are looked at together.
pub(super) fn take(listened: &Listened, brief: &Brief, mix: &Audio, threads: usize) -> Take {
    let mut listened = listened.clone();
    listened.song.frames = listened.song.frames.min(mix.frames() as u64);
    let tracks: Vec<Stem> = kept(&listened.song, &listened.facts).into_iter().cloned().collect();
    let stems: Vec<&Stem> = tracks.iter().collect();
    let found = fit(mix, &listened.song, &stems);
    let told = found.as_ref().filter(|fit| fit.left_over <= ENOUGH);
    let session = session(&listened, brief, if told.is_some() { &stems } else { &[] });
    let mut outputs = vec![printed("mix", "mix", mix), printed("master", "master", mix)];
    if let Some(fit) = told {
        let (prints, facts) = stems_of(&listened.song, &session, fit, &stems, threads);
        outputs.extend(prints);
        listened.facts = replaced(std::mem::take(&mut listened.facts), facts);
    }
    let full = |x: &&f32| x.abs() >= FULL;
    outputs[0].clipped = mix.channels.iter().flatten().filter(full).count() as u64;
    let manifest = Manifest { rate: mix.rate, frames: mix.frames() as u64, outputs, ..Manifest::default() };
    let mut heard = Facts::default();
    let (measured, sketch) = ears::measure_stem("mix", mix);
    heard.extend(measured);
    heard.push_sketch("mix", Arc::new(sketch));
    let before = report::plain_sum(&listened.song, &session);
    let mixed = Mixed {
        listened,
        brief: brief.clone(),
        session,
        journal: Journal::default(),
        heard,
        rendered: Rendered::default(),
        manifest,
        sources: Sources::new(),
        notes: Vec::new(),
    };
    let players = Players::new(&mixed, &before, mix, mix);
    Take { mixed, players, left_over: found.map(|fit| fit.left_over) }
}

/// A sample this large has met full scale in a file of 16 bits.
const FULL: f32 = 32_767.0 / 32_768.0;

/// The tracks as strips with their roles, in a bus for each family; no knob is turned.
fn session(listened: &Listened, brief: &Brief, stems: &[&Stem]) -> Session {
    let song = &listened.song;
    let info = SongInfo { rate: song.rate, frames: song.frames, ..SongInfo::default() };
    let empty = Session { song: info.clone(), ..Session::default() };
    let locks = Locks::default();
    let desk = Desk { facts: &listened.facts, song, brief, session: &empty, kinds: KINDS, locks: &locks };
    let mut strips = Vec::new();
    let mut buses: Vec<&'static str> = Vec::new();
    for stem in stems {
        let clip = Clip { at: stem.start, ..Clip::whole(&stem.id, stem.clip.frames) };
        let name = listened.facts.text("role.name", &stem.id).unwrap_or(&stem.file);
        let (role, _) = role_of(&desk, stem);
        let mut strip = Strip::new(&stem.id, name, StripKind::Track { clips: vec![clip] });
        role.id.clone_into(&mut strip.role);
        let bus = class(role.family);
        strip.to = Some(format!("all-{bus}"));
        if !buses.contains(&bus) {
            buses.push(bus);
        }
        strips.push(strip);
    }
    for bus in buses {
        let mut strip = Strip::new(&format!("all-{bus}"), bus, StripKind::Bus);
        strip.to = Some("master".to_owned());
        strips.push(strip);
    }
    strips.push(Strip::new("master", "Master", StripKind::Master));
    let source = |stem: &&Stem| Source {
        id: stem.id.clone(),
        file: stem.file.clone(),
        stream: stem.stream,
        hash: stem.hash.clone(),
        channels: stem.clip.channels as u32,
        frames: stem.clip.frames,
    };
    Session {
        song: info,
        sources: stems.iter().map(source).collect(),
        strips: strips.into_iter().map(Arc::new).collect(),
    }
}

fn printed(kind: &str, of: &str, audio: &Audio) -> Printed {
    let mut meter = Meter::new(audio.rate);
    if let [left, right] = &audio.channels[..] {
        meter.add(left, right);
    }
    let (level, envelope) = meter.finish();
    let (kind, of) = (kind.to_owned(), of.to_owned());
    Printed {
        file: String::new(),
        kind,
        of,
        sources: Vec::new(),
        level,
        clipped: 0,
        sha256: String::new(),
        envelope,
    }
}

/// What each track and each family is like in the mix, and what is measured anew of tracks that somebody processed.
fn stems_of(
    song: &Song,
    session: &Session,
    fit: &Fit,
    stems: &[&Stem],
    threads: usize,
) -> (Vec<Printed>, Facts) {
    let (mut prints, mut facts) = (Vec::new(), Facts::default());
    let mut groups: Vec<(String, Audio)> = Vec::new();
    let places: Vec<usize> = (0..stems.len()).collect();
    for some in places.chunks(threads.max(1)) {
        let look = |&place: &usize| {
            let sound = fit.sound(song, stems[place], place);
            let anew = (!fit.is_pieces()).then(|| ears::measure_stem(&stems[place].id, &sound));
            (printed("stem", &stems[place].id, &sound), anew, sound)
        };
        let looked: Vec<_> = some.par_iter().map(look).collect();
        for (print, anew, sound) in looked {
            if let Some((measured, sketch)) = anew {
                facts.extend(measured);
                facts.push_sketch(&print.of, Arc::new(sketch));
            }
            let bus = session.strip(&print.of).and_then(|strip| strip.to.clone()).unwrap_or_default();
            match groups.iter_mut().find(|(id, _)| *id == bus) {
                Some((_, sum)) => {
                    let both = sum.channels.iter_mut().flatten().zip(sound.channels.iter().flatten());
                    both.for_each(|(sum, x)| *sum += x);
                }
                None => groups.push((bus, sound)),
            }
            prints.push(print);
        }
    }
    prints.extend(groups.iter().map(|(id, sound)| printed("group", id, sound)));
    (prints, facts)
}

/// Facts with those of single tracks that were measured anew in place of the old ones.
fn replaced(old: Facts, new: Facts) -> Facts {
    if new.iter().next().is_none() {
        return old;
    }
    let about: std::collections::BTreeSet<&str> =
        new.iter().filter_map(|fact| fact.about.first()).map(String::as_str).collect();
    let of_stems: std::collections::BTreeSet<&str> = new.iter().map(|fact| fact.what.as_str()).collect();
    let (list, sketches) = old.into_parts();
    let mut facts = Facts::default();
    for fact in list {
        let stale = fact.about.len() == 1
            && about.contains(fact.about[0].as_str())
            && of_stems.contains(fact.what.as_str());
        if !stale {
            facts.push(fact);
        }
    }
    sketches.iter().for_each(|(id, sketch)| facts.push_sketch(id, sketch.clone()));
    let (list, sketches) = new.into_parts();
    facts.extend(list);
    sketches.iter().for_each(|(id, sketch)| facts.push_sketch(id, sketch.clone()));
    facts
}
