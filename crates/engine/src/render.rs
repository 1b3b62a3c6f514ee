//! Offline: as fast as the machine goes, on any number of threads, to the same bits.

use std::io;

use mixsmith_dsp::denormals;
use rayon::prelude::*;

use crate::Plan;
use crate::node::{Output, Running};

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

fn strides(
    plan: &Plan,
    frames: u64,
    sinks: &mut [Box<dyn Sink + '_>],
    watch: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<Rendered, RenderError> {
    let mut nodes: Vec<Running> =
        plan.nodes.par_iter().map(|node| Running::new(node, plan.rate, plan.tempo, STRIDE)).collect();
    let mut outputs: Vec<Output> = plan.nodes.iter().map(|node| Output::new(node, STRIDE)).collect();
    let late = plan.prints.iter().map(|print| plan.nodes[print.node].latency as u64).max().unwrap_or(0);
    let mut frame = 0;
    while frame < frames + late {
        for level in &plan.levels {
            let (before, rest) = outputs.split_at_mut(level.start);
            nodes[level.clone()]
                .par_iter_mut()
                .zip(rest)
                .with_max_len(1)
                .for_each(|(node, out)| denormals::flushed(|| node.run(out, before, frame, STRIDE)));
        }
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
        })?;
        frame += STRIDE as u64;
        if !watch(frame.min(frames)) {
            return Err(RenderError::Stopped);
        }
    }
    let reductions = nodes.iter().flat_map(Running::reductions).filter(|&(_, _, most, _)| most > 0.0);
    let reductions = reductions.map(|(strip, insert, most_db, mean_db)| Reduction {
        strip: strip.to_owned(),
        insert: insert.to_owned(),
        most_db,
        mean_db,
    });
    Ok(Rendered { reductions: reductions.collect() })
}
