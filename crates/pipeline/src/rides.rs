//! The moves of a vocal rider, written as automation that a hand can change.

use std::collections::BTreeSet;
use std::sync::Arc;

use mixsmith_audio::{Audio, Clip as Sound};
use mixsmith_effects::KINDS;
use mixsmith_engine::Sources;
use mixsmith_processor::QUANTUM;
use mixsmith_session::{
    Clip, Curve, Edit, Insert, Lane, Point, Session, Source, Strip, StripKind, Tap, thin,
};

use crate::by_hand::open;
use crate::listen::listen_held;
use crate::print::listen_to;
use crate::sessions::{self, Opened};
use crate::{Folder, Options, PipelineError, Progress, impulses, naming};

/// The effect whose moves are written.
const RIDER: &str = "dynamics.rider";
/// How far the lane may be from the rider, dB: a step that nobody hears on a voice.
const WITHIN: f32 = 0.1;

/// Writes what a rider (`vox/rider`, or `vox` where there is one) does to its strip as the strip's `ride`, and bypasses the
/// rider: edits by hand, which the next mix keeps. What stood in `ride` is part of it. Returns a line for each change.
pub fn write_rides(
    folder: &Folder,
    rider: &str,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Vec<String>, PipelineError> {
    let (_lock, Opened { mut session, .. }) = open(folder)?;
    let (strip, insert) = named(&session, rider)?;
    let (ids, rate) = (sessions::ids(&session), Some(session.song.rate));
    let listened = listen_held(folder, &ids, rate, options.threads(), progress)?;
    let sources = impulses::sources(folder, &session, &listened.song)?;
    progress.stage("Ride", session.song.frames);
    let lane = lane(&session, &strip, &insert, sources, options.threads(), progress)?;
    let values = lane.points.iter().map(|point| point.value);
    let (low, high) = values.fold((0f32, 0f32), |(low, high), x| (low.min(x), high.max(x)));
    let mut said = vec![
        format!(
            "{}/ride: {} points from {low:+.1} to {high:+.1} dB, within {WITHIN} dB of what {} did",
            strip.id,
            lane.points.len(),
            insert.id,
        ),
        format!("{}/{}: bypassed", strip.id, insert.id),
    ];
    said.extend(otherwise(&strip, &insert));
    let switch = Edit::Switch { strip: strip.id.clone(), insert: insert.id.clone(), on: false };
    for edit in [Edit::Draw { strip: strip.id.clone(), lane }, switch] {
        session.apply(&KINDS, &edit).map_err(|error| PipelineError::Edit(error.to_string()))?;
    }
    sessions::write_by_hand(folder, &session)?;
    Ok(said)
}

/// The rider that a person means.
fn named(session: &Session, text: &str) -> Result<(Strip, Insert), PipelineError> {
    let (word, insert) = text.split_once('/').map_or((text, None), |(strip, insert)| (strip, Some(insert)));
    let id = naming::strip(session, word)?;
    let refuse = |why: String| Err(PipelineError::Edit(why));
    let Some(strip) = session.strip(id) else { return refuse(format!("there is no track or bus `{word}`")) };
    let riders: Vec<&Insert> = strip.inserts.iter().filter(|insert| insert.kind == RIDER).collect();
    let meant = riders.iter().filter(|rider| insert.is_none_or(|insert| rider.id == insert));
    match meant.collect::<Vec<_>>()[..] {
        [rider] if rider.on => Ok((strip.clone(), (*rider).clone())),
        [rider] => refuse(format!("{id}/{} is bypassed: it moves nothing", rider.id)),
        [] if riders.is_empty() => {
            refuse(format!("`{id}` has no vocal rider; in session.toml one is an insert of the kind {RIDER}"))
        }
        _ => {
            let ids: Vec<String> = riders.iter().map(|rider| format!("`{id}/{}`", rider.id)).collect();
            refuse(format!("which rider? there is {}", ids.join(", ")))
        }
    }
}

/// What will not sound as before: the lane moves the strip after all its processors.
fn otherwise(strip: &Strip, rider: &Insert) -> Vec<String> {
    let after = strip.inserts.iter().skip_while(|insert| insert.id != rider.id).skip(1);
    let after: Vec<&str> = after.filter(|insert| insert.on).map(|insert| insert.id.as_str()).collect();
    let before_fader: Vec<&str> =
        strip.sends.iter().filter(|send| send.tap == Tap::Pre).map(|send| send.to.as_str()).collect();
    let mut said = Vec::new();
    if !after.is_empty() {
        said.push(format!(
            "what came after the rider hears the sound before its moves now: {}",
            after.join(", ")
        ));
    }
    if !before_fader.is_empty() {
        said.push(format!("sends before the fader go without its moves now: {}", before_fader.join(", ")));
    }
    said
}

/// The gain of a rider over the song, as a lane of the strip's `ride`.
fn lane(
    session: &Session,
    strip: &Strip,
    rider: &Insert,
    mut sources: Sources,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Lane, PipelineError> {
    let (probed, probe, ones) = probe(session, strip, rider);
    sources.insert(probe.clone(), Arc::new(Sound::in_memory(ones)));
    let (audio, _) = listen_to(&probed, &sources, &probe, threads, progress)?;
    let moves = audio.channels[0].iter().enumerate().step_by(QUANTUM);
    let point = |(at, gain): (usize, &f32)| {
        let value = (20.0 * gain.abs().log10()).clamp(-90.0, 12.0);
        Point { at: at as u64, value, curve: Curve::Line, label: String::new() }
    };
    let points: Vec<Point> = moves.map(point).collect();
    Ok(Lane { target: "ride".to_owned(), points: thin(&points, WITHIN) })
}

/// The session with a strip that plays nothing but ones through a copy of the rider, so that what comes out is its gain. It
/// listens to what the rider listens to: its key, or else the strip as far as the rider.
fn probe(session: &Session, strip: &Strip, rider: &Insert) -> (Session, String, Audio) {
    let mut session = session.clone();
    let taken: BTreeSet<String> = session
        .strips
        .iter()
        .map(|strip| strip.id.clone())
        .chain(session.sources.iter().map(|source| source.id.clone()))
        .collect();
    let probe = (1..).map(|n| format!("rides-{n}")).find(|id| !taken.contains(id)).unwrap_or_default();
    let frames = session.song.frames;
    session.sources.push(Source {
        id: probe.clone(),
        file: String::new(),
        stream: 0,
        hash: String::new(),
        channels: 1,
        frames,
    });
    let mut ones = Strip::new(&probe, &probe, StripKind::Track { clips: vec![Clip::whole(&probe, frames)] });
    let key = rider.key.clone().unwrap_or_else(|| strip.id.clone());
    ones.inserts = vec![Insert { key: Some(key), ..rider.clone() }];
    // Where it goes does not matter: only the strip itself is listened to.
    ones.to = session.master().map(|master| master.id.clone());
    let own = |target: &str| target == "ride" || target.starts_with(&format!("{}.", rider.id));
    ones.lanes = strip.lanes.iter().filter(|lane| own(&lane.target)).cloned().collect();
    ones.values.extend(strip.values.get("ride").map(|&ride| ("ride".to_owned(), ride)));
    if rider.key.is_none() {
        for heard in session.strips.iter_mut().filter(|heard| heard.id == strip.id) {
            *heard = Arc::new(as_far_as(strip, rider));
        }
    }
    let before_master = session.strips.len().saturating_sub(1);
    session.strips.insert(before_master, Arc::new(ones));
    let audio = Audio::mono(session.song.rate, vec![1.0; frames as usize]);
    (session, probe, audio)
}

/// The strip as its rider hears it: without what follows.
fn as_far_as(strip: &Strip, rider: &Insert) -> Strip {
    let mut heard = strip.clone();
    heard.inserts = strip.inserts.iter().take_while(|insert| insert.id != rider.id).cloned().collect();
    let before = |target: &str| {
        let insert = target.split_once('.').map_or("", |(insert, _)| insert);
        matches!(target, "trim" | "polarity") || heard.inserts.iter().any(|kept| kept.id == insert)
    };
    heard.lanes = strip.lanes.iter().filter(|lane| before(&lane.target)).cloned().collect();
    heard.values.retain(|knob, _| before(knob));
    heard.sends.clear();
    heard
}
