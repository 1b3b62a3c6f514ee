//! Small sessions in memory, and what the engine makes of them.

use std::sync::{Arc, Mutex};

use mixsmith_audio::{Audio, Clip as Sound};
use mixsmith_engine::{Plan, Prints, Runner, Sink, Sources, compile, render};
use mixsmith_processor::Kinds;
use mixsmith_session::{
    Clip, Curve, Insert, Lane, Point, Send, Session, SongInfo, Source, Strip, StripKind, Tap,
};

use crate::Failed;
use crate::late::kinds;
use crate::signal::Stereo;

/// A session with the sound of its tracks.
pub(crate) struct Song {
    pub session: Session,
    sources: Sources,
}

impl Song {
    /// A master that a bus called `mix` feeds.
    pub fn new(rate: u32) -> Song {
        let song = SongInfo { title: "selftest".into(), rate, tempo: 120.0, frames: 0, markers: vec![] };
        let mut mix = Strip::new("mix", "Mix", StripKind::Bus);
        mix.to = Some("master".into());
        let master = Strip::new("master", "Master", StripKind::Master);
        let session = Session { song, sources: vec![], strips: vec![Arc::new(mix), Arc::new(master)] };
        Song { session, sources: Sources::new() }
    }

    /// A track with one channel or two, into the mix.
    pub fn track(&mut self, id: &str, channels: Vec<Vec<f32>>) -> &mut Strip {
        let audio = Audio { rate: self.session.song.rate, channels };
        let frames = audio.frames() as u64;
        self.session.song.frames = self.session.song.frames.max(frames);
        self.session.sources.push(Source {
            id: id.to_owned(),
            file: format!("{id}.wav"),
            stream: 0,
            hash: String::new(),
            channels: audio.channels.len() as u32,
            frames,
        });
        self.sources.insert(id.to_owned(), Arc::new(Sound::in_memory(audio)));
        self.add(id, StripKind::Track { clips: vec![Clip::whole(id, frames)] }, "mix")
    }

    /// Adds a strip that feeds another.
    pub fn add(&mut self, id: &str, kind: StripKind, to: &str) -> &mut Strip {
        let mut strip = Strip::new(id, id, kind);
        strip.to = Some(to.to_owned());
        // Before mix and master, as on a console.
        let at = self.session.strips.len() - 2;
        self.session.strips.insert(at, Arc::new(strip));
        Arc::make_mut(&mut self.session.strips[at])
    }

    /// Changes a strip that is there.
    pub fn with(&mut self, id: &str, change: impl FnOnce(&mut Strip)) {
        if let Some(strip) = self.session.strips.iter_mut().find(|strip| strip.id == id) {
            change(Arc::make_mut(strip));
        }
    }

    /// Compiles, to print some strips.
    pub fn plan(&self, strips: &[&str]) -> Result<Plan, Failed> {
        self.plan_with(&kinds(), strips)
    }

    /// The same with another shelf.
    pub fn plan_with(&self, kinds: &Kinds, strips: &[&str]) -> Result<Plan, Failed> {
        let strips = strips.iter().map(|&id| id.to_owned()).collect();
        let prints = Prints { strips, ..Prints::default() };
        compile(&self.session, kinds, &self.sources, &prints).map_err(Failed::of)
    }

    /// Renders the master.
    pub fn master(&self, threads: usize) -> Result<Stereo, Failed> {
        let printed = bounce(&self.plan(&["master"])?, self.session.song.frames, threads)?;
        printed.into_iter().next().ok_or_else(|| Failed("nothing was printed".into()))
    }
}

struct Take(Arc<Mutex<Stereo>>);

impl Sink for Take {
    fn write(&mut self, left: &[f32], right: &[f32]) -> std::io::Result<()> {
        if let Ok(mut held) = self.0.lock() {
            held[0].extend_from_slice(left);
            held[1].extend_from_slice(right);
        }
        Ok(())
    }
}

/// Renders every print of a plan offline.
pub(crate) fn bounce(plan: &Plan, frames: u64, threads: usize) -> Result<Vec<Stereo>, Failed> {
    let held: Vec<_> = plan.prints.iter().map(|_| Arc::new(Mutex::new([vec![], vec![]]))).collect();
    let mut sinks: Vec<Box<dyn Sink>> =
        held.iter().map(|held| Box::new(Take(held.clone())) as Box<dyn Sink>).collect();
    render(plan, frames, threads, &mut sinks, &mut |_| true).map_err(Failed::of)?;
    drop(sinks);
    Ok(held.into_iter().filter_map(|held| Arc::into_inner(held)?.into_inner().ok()).collect())
}

/// Plays the first print of a plan live in blocks of a size, and cuts its latency off.
pub(crate) fn live(plan: &Plan, frames: u64, block: usize) -> Stereo {
    let mut runner = Runner::new(plan, 0);
    let late = plan.latency(0);
    let total = frames as usize + late;
    let (mut left, mut right) = (vec![0.0; total], vec![0.0; total]);
    for (left, right) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
        runner.play(left, right);
    }
    [left.split_off(late), right.split_off(late)]
}

/// An automation lane: frames and values, all with one curve.
pub(crate) fn lane(target: &str, curve: Curve, points: &[(u64, f32)]) -> Lane {
    let point = |&(at, value): &(u64, f32)| Point { at, value, curve, label: String::new() };
    Lane { target: target.to_owned(), points: points.iter().map(point).collect() }
}

/// A send at a level in dB.
pub(crate) fn send(to: &str, tap: Tap, level: f32) -> Send {
    Send { to: to.to_owned(), tap, values: [("level".to_owned(), level)].into() }
}

/// An insert.
pub(crate) fn insert(id: &str, kind: &str, values: &[(&str, f32)]) -> Insert {
    Insert::new(id, kind, values)
}
