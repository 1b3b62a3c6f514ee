//! Finds the gain into the master's limiter that gives the loudness asked for, by rendering and measuring.

use std::sync::Arc;

use mixsmith_assistant::{Decision, Evidence};
use mixsmith_audio::{Audio, Clip as Sound};
use mixsmith_effects::KINDS;
use mixsmith_engine::{Prints, Sink, Sources, compile, render};
use mixsmith_session::{Address, Clip, Edit, Map, Session, Source, Strip, StripKind};

use crate::meter::{Level, Meter};
use crate::{PipelineError, Progress};

/// Largest difference from the loudness asked for, LU.
const CLOSE: f64 = 0.1;
/// Renders at most.
const ROUNDS: usize = 4;
/// Limiting beyond this is not worth the loudness (mixing.md 6.2: more than 4 dB is to be flagged), dB.
const MOST_LIMITING: f32 = 6.0;

struct Weigh(Meter);

impl Sink for Weigh {
    fn write(&mut self, left: &[f32], right: &[f32]) -> std::io::Result<()> {
        self.0.add(left, right);
        Ok(())
    }
}

/// A session of the finished mix and the master's chain alone.
fn alone(session: &Session, master: &Strip, mix: &Audio) -> (Session, Sources) {
    let frames = mix.frames() as u64;
    let source = Source {
        id: "mix".to_owned(),
        file: String::new(),
        stream: 0,
        hash: String::new(),
        channels: 2,
        frames,
    };
    let clip = Clip {
        source: "mix".to_owned(),
        at: 0,
        from: 0,
        frames,
        gain: 0.0,
        fade_in: 0,
        fade_out: 0,
        map: Map::All,
    };
    let mut track = Strip::new("mix", "Mix", StripKind::Track { clips: vec![clip] });
    track.to = Some(master.id.clone());
    let song = session.song.clone();
    let session =
        Session { song, sources: vec![source], strips: vec![Arc::new(track), Arc::new(master.clone())] };
    (session, [("mix".to_owned(), Arc::new(Sound::in_memory(mix.clone())))].into())
}

/// Turns the limiter's gain until the master is as loud as asked, or the limiter works too hard, and returns the
/// decision with what was measured. Nothing when the master has no limiter, or a hand has set its gain.
pub(crate) fn settle(
    session: &Session,
    mix: &Audio,
    target: f64,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Option<(Decision, Level)>, PipelineError> {
    let Some(master) = session.master() else { return Ok(None) };
    let Some(limiter) = master.inserts.iter().find(|insert| insert.kind == "dynamics.limiter" && insert.on)
    else {
        return Ok(None);
    };
    let at = Address::insert(&master.id, &limiter.id, "gain");
    let (mut small, sources) = alone(session, master, mix);
    let Ok(param) = small.param(&KINDS, &at) else { return Ok(None) };
    let (least, most) = (*param.range.start(), *param.range.end());
    let mut gain = small.value(&KINDS, &at).unwrap_or(0.0);
    let mut found = None;
    progress.stage("Master", small.song.frames * ROUNDS as u64);
    for round in 0..ROUNDS {
        // The edit is inside the range, so it cannot be refused.
        let _ = small.apply(&KINDS, &Edit::Set { at: at.clone(), to: gain });
        let prints = Prints { strips: vec![master.id.clone()], ..Prints::default() };
        let plan = compile(&small, &KINDS, &sources, &prints)?;
        let Some(meter) = Meter::new(small.song.rate) else { return Ok(None) };
        let mut weigh = Weigh(meter);
        let mut sinks: Vec<Box<dyn Sink + '_>> = vec![Box::new(Borrowed(&mut weigh))];
        let done = small.song.frames * round as u64;
        let mut watch = |frame: u64| {
            progress.step(done + frame, "loudness of the master");
            !progress.stopped()
        };
        let rendered = render(&plan, small.song.frames, threads, &mut sinks, &mut watch)
            .map_err(|error| PipelineError::render(std::path::Path::new("master"), error))?;
        drop(sinks);
        let level = weigh.0.level();
        let limiting = rendered.reductions.iter().find(|r| r.insert == limiter.id).map_or(0.0, |r| r.most_db);
        found = Some((gain, level, limiting));
        if level.loudness <= -70.0 || (level.loudness - target).abs() <= CLOSE {
            break;
        }
        let too_hard = (limiting - MOST_LIMITING).max(0.0);
        let wanted = (target - level.loudness) as f32;
        let step = if too_hard > 0.0 && wanted > 0.0 { -too_hard } else { wanted };
        let next = (gain + step).clamp(least, most);
        if (next - gain).abs() < 0.05 || (too_hard > 0.0 && round + 1 == ROUNDS) {
            break;
        }
        gain = next;
    }
    let Some((gain, level, limiting)) = found else { return Ok(None) };
    let short = target - level.loudness;
    let mut says = format!(
        "Master at {:.1} LUFS: {gain:.1} dB into the limiter, which turns down {limiting:.1} dB at most; true peak \
         {:.1} dBTP.",
        level.loudness, level.true_peak
    );
    if short > 0.5 {
        says += &format!(" {short:.1} LU less than asked: more would cost the song its punch.");
    }
    let decision = Decision::new("master.loudness", &[&master.id], says)
        .because(Evidence::new("loudness.integrated", &["master"], level.loudness, "LUFS").wanted(target))
        .because(Evidence::new("peak.true", &["master"], level.true_peak, "dBTP"))
        .because(Evidence::new("reduction.most", &["master"], f64::from(limiting), "dB"))
        .edit(Edit::Set { at, to: gain });
    Ok(Some((decision, level)))
}

struct Borrowed<'a>(&'a mut Weigh);

impl Sink for Borrowed<'_> {
    fn write(&mut self, left: &[f32], right: &[f32]) -> std::io::Result<()> {
        self.0.write(left, right)
    }
}
