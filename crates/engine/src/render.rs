//! Offline: as fast as the machine goes, on any number of threads, to the same bits.

use std::io;

use mixsmith_dsp::denormals;
use rayon::prelude::*;

use crate::Plan;
use crate::again::{Course, Part, Spare};
use crate::node::{Output, Reduced};

/// Frames that a strip runs at once offline. Buffers of this size are all the memory that a strip takes, however long
/// the song is.
pub(crate) const STRIDE: usize = 4096;

/// Takes what a print gives, in order.
pub trait Sink: Send {
    /// The next frames, left and right.
    fn write(&mut self, left: &[f32], right: &[f32]) -> io::Result<()>;
}

/// How much an insert turned down.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduction {
    /// Strip id.
    pub strip: String,
    /// Insert id.
    pub insert: String,
    /// Largest gain reduction, dB.
    pub most_db: f32,
    /// Mean gain reduction over the song, dB.
    pub mean_db: f32,
}

/// What a render tells beside its sound.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// Gain reduction of every insert that reduces.
    pub reductions: Vec<Reduction>,
}

/// How much a render had to do, in strips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Run from their inputs to their outputs.
    pub run: usize,
    /// Run from their faders on, with what an earlier render left before them.
    pub mixed: usize,
    /// Not run: what they gave to others was there, or was not needed.
    pub played: usize,
}

/// Why a render stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A sink refused: its name and why.
    #[error("writing {0}: {1}")]
    Sink(String, #[source] io::Error),
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
    /// The system gives no threads.
    #[error("cannot start threads: {0}")]
    Threads(String),
}

/// Renders `frames` frames of the song from its start into one sink a print (in the order of [`Plan::prints`]; the
/// latency is cut off, so that all prints are aligned). `watch` hears of every stretch that is done, in frames, and
/// may stop the render by answering `false`.
pub fn render(
    plan: &Plan,
    frames: u64,
    threads: usize,
    sinks: &mut [Box<dyn Sink + '_>],
    watch: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<Rendered, RenderError> {
    let mut parts = Part::all(plan, Course::whole(plan), threads, |_, _| Vec::new());
    run(plan, frames, threads, &mut parts, &Spare::default(), sinks, watch)?;
    let reduced: Vec<Vec<Reduced>> = parts.iter().flatten().flat_map(Part::reduced).flatten().collect();
    Ok(Rendered::new(plan, reduced.iter().map(Vec::as_slice)))
}

impl Rendered {
    /// From what the inserts of each node turned down.
    pub(crate) fn new<'a>(plan: &'a Plan, reduced: impl Iterator<Item = &'a [Reduced]>) -> Self {
        let inserts = plan.nodes.iter().zip(reduced).flat_map(|(node, reduced)| Reduced::all(node, reduced));
        let reductions = inserts.filter(|&(_, _, most, _)| most > 0.0);
        let reductions = reductions.map(|(strip, insert, most_db, mean_db)| Reduction {
            strip: strip.to_owned(),
            insert: insert.to_owned(),
            most_db,
            mean_db,
        });
        Rendered { reductions: reductions.collect() }
    }
}

/// Frames of the engine's time until `frames` frames of the song have left every print.
fn until(plan: &Plan, frames: u64) -> u64 {
    let late = plan.prints.iter().map(|print| plan.nodes[print.node].latency as u64).max();
    frames + late.unwrap_or(0)
}

/// How many strides that takes.
pub(crate) fn strides(plan: &Plan, frames: u64) -> u64 {
    until(plan, frames).div_ceil(STRIDE as u64)
}

/// Runs the parts of a plan on threads. Strips that depend on no other run one stride ahead of the rest, so that what must
/// wait (the buses, the mix, the master) has the tracks of the next stride beside it.
pub(crate) fn run(
    plan: &Plan,
    frames: u64,
    threads: usize,
    parts: &mut [Vec<Part>],
    spare: &Spare,
    sinks: &mut [Box<dyn Sink + '_>],
    watch: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<(), RenderError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .build()
        .map_err(|error| RenderError::Threads(error.to_string()))?;
    pool.install(|| stride_by_stride(plan, frames, parts, spare, sinks, watch))
}

fn stride_by_stride(
    plan: &Plan,
    frames: u64,
    parts: &mut [Vec<Part>],
    spare: &Spare,
    sinks: &mut [Box<dyn Sink + '_>],
    watch: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<(), RenderError> {
    let outputs = || -> Vec<Output> {
        let mut outputs: Vec<Output> = plan.nodes.iter().map(|node| Output::new(node, STRIDE)).collect();
        let mut rest = outputs.as_mut_slice();
        for part in parts.iter().flatten() {
            let (own, later) = rest.split_at_mut(part.len());
            part.prepare(own);
            rest = later;
        }
        outputs
    };
    let (mut now, mut ahead) = (outputs(), outputs());
    let (tracks, rest) = parts.split_at_mut(1.min(plan.levels.len()));
    let starts: Vec<usize> = plan.levels.iter().map(|level| level.start).collect();
    let until = until(plan, frames);
    if until > 0 {
        tracks.iter_mut().for_each(|tracks| level(tracks, &mut ahead, 0, 0, spare));
    }
    let mut frame = 0;
    while frame < until {
        std::mem::swap(&mut now, &mut ahead);
        let next = frame + STRIDE as u64;
        let ((), written) = rayon::join(
            || {
                if next < until {
                    tracks.iter_mut().for_each(|tracks| level(tracks, &mut ahead, 0, next, spare));
                }
            },
            || {
                for (parts, &start) in rest.iter_mut().zip(starts.iter().skip(1)) {
                    level(parts, &mut now, start, frame, spare);
                }
                write(plan, frames, frame, &now, sinks)
            },
        );
        written?;
        frame = next;
        if !watch(frame.min(frames)) {
            return Err(RenderError::Stopped);
        }
    }
    Ok(())
}

/// Runs a level whose nodes have their outputs from the place `start` on.
fn level(parts: &mut [Part], outputs: &mut [Output], start: usize, frame: u64, spare: &Spare) {
    let (before, mut rest) = outputs.split_at_mut(start);
    let mut jobs = Vec::with_capacity(parts.len());
    for part in parts {
        let (own, later) = rest.split_at_mut(part.len());
        rest = later;
        jobs.push((part, own));
    }
    jobs.par_iter_mut()
        .with_max_len(1)
        .for_each(|(part, own)| denormals::flushed(|| part.run(own, before, frame, spare)));
}

/// Gives the sinks the part of the stride at `frame` that belongs to the song.
fn write(
    plan: &Plan,
    frames: u64,
    frame: u64,
    outputs: &[Output],
    sinks: &mut [Box<dyn Sink + '_>],
) -> Result<(), RenderError> {
    sinks.par_iter_mut().zip(&plan.prints).with_max_len(1).try_for_each(|(sink, print)| {
        let post = &outputs[print.node].post;
        let latency = plan.nodes[print.node].latency as u64;
        // Engine frames of the song that this print still owes.
        let start = latency.clamp(frame, frame + STRIDE as u64) - frame;
        let end = (latency + frames).clamp(frame, frame + STRIDE as u64) - frame;
        if start >= end {
            return Ok(());
        }
        let span = start as usize..end as usize;
        sink.write(&post.left[span.clone()], &post.right[span])
            .map_err(|error| RenderError::Sink(print.name.clone(), error))
    })
}
