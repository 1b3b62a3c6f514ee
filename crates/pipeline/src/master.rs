//! Finds the gain into the master's limiter that gives the loudness asked for, by rendering and measuring.

use std::sync::Arc;

use mixsmith_assistant::{Decision, Evidence};
use mixsmith_audio::{Audio, Clip as Sound};
use mixsmith_effects::KINDS;
use mixsmith_engine::{Prints, Sink, Sources, compile, render};
use mixsmith_session::{Address, Clip, Edit, Session, Source, Strip, StripKind};

use crate::meter::{Level, Meter};
use crate::{PipelineError, Progress};

/// Largest difference from the loudness asked for, LU.
const CLOSE: f64 = 0.1;
/// Rounds of two renders at most.
const ROUNDS: u64 = 3;
/// Gain reduction of the limiter that is not worth more loudness: mean over the song, and at the hardest hit, dB.
const MOST_LIMITING: (f32, f32) = (1.5, 12.0);

struct Weigh(Meter);

impl Sink for Weigh {
    fn write(&mut self, left: &[f32], right: &[f32]) -> std::io::Result<()> {
        self.0.add(left, right);
        Ok(())
    }
}

/// A session of the finished mix and the master's chain alone.
fn alone(session: &Session, master: &Strip, mix: &Audio, known: &Sources) -> (Session, Sources) {
    let frames = mix.frames() as u64;
    let source = Source {
        id: "mix".to_owned(),
        file: String::new(),
        stream: 0,
        hash: String::new(),
        channels: 2,
        frames,
    };
    let clip = Clip::whole("mix", frames);
    let mut track = Strip::new("mix", "Mix", StripKind::Track { clips: vec![clip] });
    track.to = Some(master.id.clone());
    let song = session.song.clone();
    let session =
        Session { song, sources: vec![source], strips: vec![Arc::new(track), Arc::new(master.clone())] };
    let impulses = master.inserts.iter().filter_map(|insert| insert.impulse.as_ref());
    let impulses = impulses.filter_map(|named| Some((named.clone(), known.get(named)?.clone())));
    let mix = ("mix".to_owned(), Arc::new(Sound::in_memory(mix.clone())));
    (session, impulses.chain([mix]).collect())
}

/// What one try gave.
#[derive(Clone, Copy)]
struct Try {
    gain: f32,
    level: Level,
    /// How much the limiter turned down: mean over the song, and most, dB.
    limiting: (f32, f32),
}

impl Try {
    /// How far the limiter is from what is too much: 0 and more is too much.
    fn hard(&self) -> f32 {
        let (mean, most) = self.limiting;
        // A dB of gain adds about half as much to the mean as to the hardest hit.
        (2.0 * (mean - MOST_LIMITING.0)).max(most - MOST_LIMITING.1)
    }
}

/// Turns the limiter's gain until the master is as loud as asked, or the limiter works too hard, and returns the
/// decision with what was measured. Nothing when the master has no limiter.
pub(crate) fn settle(
    session: &Session,
    mix: &Audio,
    known: &Sources,
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
    let (small, sources) = alone(session, master, mix, known);
    let piece = loudest(mix);
    let Ok(param) = small.param(&KINDS, &at) else { return Ok(None) };
    let range = *param.range.start()..=*param.range.end();
    progress.stage("Master", small.song.frames * ROUNDS);
    let ceiling_at = Address::insert(&master.id, &limiter.id, "ceiling");
    let promised = small.value(&KINDS, &ceiling_at).unwrap_or(0.0);
    let attempt = |gain: f32, ceiling: f32, round: u64| -> Result<Try, PipelineError> {
        let mut session = small.clone();
        for (at, to) in [(&at, gain), (&ceiling_at, ceiling)] {
            // Both are inside their ranges, so neither can be refused.
            let _ = session.apply(&KINDS, &Edit::Set { at: at.clone(), to });
        }
        let (level, limiting) = weigh(&session, &sources, master, &limiter.id, round, progress)?;
        Ok(Try { gain, level, limiting })
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.clamp(1, 2))
        .build()
        .map_err(|error| PipelineError::Threads(error.to_string()))?;
    // Two tries at once say how loudness and limiting follow the gain; two more land on it.
    let first = small.value(&KINDS, &at).unwrap_or(0.0);
    let apart = |gain: f32| (gain, (gain + 2.0).min(*range.end()));
    let (mut low, mut high) = apart(first);
    if let Some((piece, softer)) = &piece {
        // A first idea from the loudest part alone, at the price of a part.
        let (small, sources) = alone(session, master, piece, known);
        let attempt = |gain: f32| -> Result<Try, PipelineError> {
            let mut session = small.clone();
            let _ = session.apply(&KINDS, &Edit::Set { at: at.clone(), to: gain });
            let (mut level, limiting) = weigh(&session, &sources, master, &limiter.id, 0, progress)?;
            level.loudness -= softer;
            Ok(Try { gain, level, limiting })
        };
        let (one, two) = pool.install(|| rayon::join(|| attempt(low), || attempt(high)));
        let next = land(&one?, &two?, target).clamp(*range.start(), *range.end());
        (low, high) = (next, (next + 0.4).min(*range.end()));
    }
    let mut best: Option<Try> = None;
    for round in 0..ROUNDS {
        let (one, two) =
            pool.install(|| rayon::join(|| attempt(low, promised, round), || attempt(high, promised, round)));
        let (one, two) = (one?, two?);
        for found in [one, two] {
            if best.is_none_or(|best| better(&found, &best, target)) {
                best = Some(found);
            }
        }
        if best.is_some_and(|best| (best.level.loudness - target).abs() <= CLOSE)
            || one.level.loudness <= -70.0
        {
            break;
        }
        let next = land(&one, &two, target).clamp(*range.start(), *range.end());
        (low, high) = (next, (next + 0.3).min(*range.end()));
    }
    let Some(mut best) = best else { return Ok(None) };
    // The limiter's gain moves between the points at which it has read a peak: what comes out is what was promised.
    let over = (best.level.true_peak as f32 - promised).max(0.0);
    let ceiling = (promised - over - 0.02).max(-12.0);
    if over > 0.0 {
        best = attempt(best.gain, ceiling, ROUNDS - 1)?;
    }
    let Try { gain, level, limiting } = best;
    let ((mean, most), short) = (limiting, target - level.loudness);
    let mut says = format!(
        "Master at {:.1} LUFS: {gain:.1} dB into the limiter, which turns down {mean:.1} dB on average \
         and {most:.1} dB at the hardest hit; true peak {:.1} dBTP.",
        level.loudness, level.true_peak
    );
    if short > 0.5 {
        says += &format!(" {short:.1} LU less than asked: more would cost the song its punch.");
    }
    let decision = Decision::new("master.loudness", &[&master.id], says)
        .because(Evidence::new("loudness.integrated", &["master"], level.loudness, "LUFS").wanted(target))
        .because(Evidence::new("peak.true", &["master"], level.true_peak, "dBTP").at_most(promised.into()))
        .because(
            Evidence::new("reduction.most", &["master"], f64::from(most), "dB")
                .at_most(MOST_LIMITING.1.into()),
        )
        .because(
            Evidence::new("reduction.mean", &["master"], f64::from(mean), "dB")
                .at_most(MOST_LIMITING.0.into()),
        )
        .edit(Edit::Set { at, to: gain });
    let decision =
        if over > 0.0 { decision.edit(Edit::Set { at: ceiling_at, to: ceiling }) } else { decision };
    Ok(Some((decision, level)))
}

/// Seconds of the loudest part.
const PART: usize = 30;

/// The loudest 30 s, and how much softer the whole song is, LU; nothing of a song that is hardly longer.
fn loudest(mix: &Audio) -> Option<(Audio, f64)> {
    let second = mix.rate as usize;
    if mix.frames() < 2 * PART * second {
        return None;
    }
    let energy = |i: usize| -> f64 {
        let channels = mix.channels.iter().map(|channel| &channel[i * second..(i + 1) * second]);
        channels.flatten().map(|&x| f64::from(x) * f64::from(x)).sum()
    };
    let energies: Vec<f64> = (0..mix.frames() / second).map(energy).collect();
    let sums: Vec<f64> = energies.windows(PART).map(|window| window.iter().sum()).collect();
    let start = (0..sums.len()).max_by(|&a, &b| sums[a].total_cmp(&sums[b]))? * second;
    let cut = |channel: &Vec<f32>| channel[start..start + PART * second].to_vec();
    let part = Audio { rate: mix.rate, channels: mix.channels.iter().map(cut).collect() };
    let loudness = |audio: &Audio| {
        let mut meter = Meter::new(audio.rate);
        meter.add(&audio.channels[0], &audio.channels[1]);
        meter.level().loudness
    };
    let softer = loudness(&part) - loudness(mix);
    Some((part, softer))
}

/// Nearer to the target, among those that do not limit too hard.
fn better(a: &Try, b: &Try, target: f64) -> bool {
    let cost = |t: &Try| {
        let hard = f64::from((t.hard() - 0.1).max(0.0));
        100.0 * hard + (t.level.loudness - target).abs()
    };
    cost(a) < cost(b)
}

/// The gain at which two tries, taken as a line, say that the target is met, or else that the limiter is at its most.
fn land(one: &Try, two: &Try, target: f64) -> f32 {
    let line = |a: f64, b: f64, wanted: f64| {
        let slope = ((b - a) / f64::from(two.gain - one.gain).max(1e-3)).clamp(0.2, 1.2);
        f64::from(one.gain) + (wanted - a) / slope
    };
    let loud = line(one.level.loudness, two.level.loudness, target);
    let hard = line(f64::from(one.hard()), f64::from(two.hard()), 0.0);
    loud.min(hard) as f32
}

/// Loudness, true peak and most gain reduction of the master as it stands.
fn weigh(
    session: &Session,
    sources: &Sources,
    master: &Strip,
    limiter: &str,
    round: u64,
    progress: &dyn Progress,
) -> Result<(Level, (f32, f32)), PipelineError> {
    let prints = Prints { strips: vec![master.id.clone()], ..Prints::default() };
    let plan = compile(session, &KINDS, sources, &prints)?;
    let mut weigh = Weigh(Meter::new(session.song.rate));
    let mut sinks: Vec<Box<dyn Sink + '_>> = vec![Box::new(Borrowed(&mut weigh))];
    let done = session.song.frames * round;
    let mut watch = |frame: u64| {
        progress.step(done + frame, "loudness of the master");
        !progress.stopped()
    };
    let rendered = render(&plan, session.song.frames, 1, &mut sinks, &mut watch)
        .map_err(|error| PipelineError::render(std::path::Path::new("master"), error))?;
    drop(sinks);
    let reduction = rendered.reductions.iter().find(|reduction| reduction.insert == limiter);
    Ok((weigh.0.level(), reduction.map_or((0.0, 0.0), |reduction| (reduction.mean_db, reduction.most_db))))
}

struct Borrowed<'a>(&'a mut Weigh);

impl Sink for Borrowed<'_> {
    fn write(&mut self, left: &[f32], right: &[f32]) -> std::io::Result<()> {
        self.0.write(left, right)
    }
}
