//! Offline: as fast as the machine goes, on any number of threads, to the same bits.

use std::io;

use mixsmith_dsp::denormals;
use rayon::prelude::*;

use crate::Plan;
use crate::node::{Output, Running};
use crate::unit::{Unit, units};

/// Frames that a strip runs at once offline. Buffers of this size are all the memory that a strip takes, however long
/// the song is.
const STRIDE: usize = 8192;

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
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .build()
        .map_err(|error| RenderError::Threads(error.to_string()))?;
    pool.install(|| strides(plan, frames, sinks, watch))
}

/// Runs the strips that depend on no other one stride ahead of the rest, so that what must wait (the buses, the mix,
/// the master) has the tracks of the next stride beside it.
fn strides(
    plan: &Plan,
    frames: u64,
    sinks: &mut [Box<dyn Sink + '_>],
    watch: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<Rendered, RenderError> {
    let threads = rayon::current_num_threads();
    let mut levels: Vec<Vec<Unit>> =
        plan.levels.iter().map(|level| units(plan, level, STRIDE, threads)).collect();
    let outputs = || -> Vec<Output> { plan.nodes.iter().map(|node| Output::new(node, STRIDE)).collect() };
    let (mut now, mut ahead) = (outputs(), outputs());
    let (tracks, rest) = levels.split_at_mut(1.min(plan.levels.len()));
    let starts: Vec<usize> = plan.levels.iter().map(|level| level.start).collect();
    let late = plan.prints.iter().map(|print| plan.nodes[print.node].latency as u64).max().unwrap_or(0);
    tracks.iter_mut().for_each(|tracks| run(tracks, &mut ahead, 0, 0));
    let mut frame = 0;
    while frame < frames + late {
        std::mem::swap(&mut now, &mut ahead);
        let next = frame + STRIDE as u64;
        let ((), written) = rayon::join(
            || {
                if next < frames + late {
                    tracks.iter_mut().for_each(|tracks| run(tracks, &mut ahead, 0, next));
                }
            },
            || {
                for (level, &start) in rest.iter_mut().zip(starts.iter().skip(1)) {
                    run(level, &mut now, start, frame);
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
    let strips = levels.iter().flatten().flat_map(Unit::strips);
    let reductions = strips.flat_map(Running::reductions).filter(|&(_, _, most, _)| most > 0.0);
    let reductions = reductions.map(|(strip, insert, most_db, mean_db)| Reduction {
        strip: strip.to_owned(),
        insert: insert.to_owned(),
        most_db,
        mean_db,
    });
    Ok(Rendered { reductions: reductions.collect() })
}

/// Runs a level whose nodes have their outputs from the place `start` on.
fn run(units: &mut [Unit], outputs: &mut [Output], start: usize, frame: u64) {
    let (before, mut rest) = outputs.split_at_mut(start);
    let mut jobs = Vec::with_capacity(units.len());
    for unit in units {
        let (own, later) = rest.split_at_mut(unit.len());
        rest = later;
        jobs.push((unit, own));
    }
    jobs.par_iter_mut()
        .with_max_len(1)
        .for_each(|(unit, own)| denormals::flushed(|| unit.run(own, before, frame, STRIDE)));
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
