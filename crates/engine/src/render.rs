//! Offline: as fast as the machine goes, on any number of threads, to the same bits.

use std::cmp::Reverse;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use mixsmith_dsp::denormals;

use crate::Plan;
use crate::again::{Course, Part, Spare};
use crate::node::{Output, Reduced};
use crate::plan::Print;

/// Frames that a strip runs at once offline. Buffers of this size are all the memory that a strip takes, however long
/// the song is.
pub(crate) const STRIDE: usize = 4096;

/// Takes what a print gives, in order. Sinks are written to from any thread, and one may be ahead of another.
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

/// Runs the parts of a plan on threads.
pub(crate) fn run(
    plan: &Plan,
    frames: u64,
    threads: usize,
    parts: &mut [Vec<Part>],
    spare: &Spare,
    sinks: &mut [Box<dyn Sink + '_>],
    watch: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<(), RenderError> {
    let song = Song { plan, frames, strides: strides(plan, frames), spare };
    // One thread needs room for one stride, several for each batch of them that is on its way.
    let (sets, strides) = if threads > 1 { (parts.len() + 1, batch(plan)) } else { (1, 1) };
    let set = || (0..strides).map(|_| outputs(plan, parts)).collect();
    let sets: Vec<Batch> = (0..sets).map(|_| set()).collect();
    let starts = plan.levels.iter().map(|level| level.start);
    let levels = parts.iter_mut().zip(starts).map(|(parts, start)| Stage::Level(start, parts));
    let stages: Vec<Stage> = levels.chain([Stage::Prints(sinks)]).collect();
    if threads <= 1 {
        return in_turn(&song, stages, sets, watch);
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| RenderError::Threads(error.to_string()))?;
    pool.install(|| side_by_side(&song, stages, sets, watch))
}

/// What is rendered.
struct Song<'a> {
    plan: &'a Plan,
    frames: u64,
    strides: u64,
    spare: &'a Spare,
}

/// What a stride goes through, one after the other.
enum Stage<'a, 'b> {
    /// A level of the plan, whose nodes have their outputs from this place on.
    Level(usize, &'a mut [Part]),
    /// Those who take the prints.
    Prints(&'a mut [Box<dyn Sink + 'b>]),
}

/// Work of a stage that needs nothing of the others of its stage.
type Job<'a> = Box<dyn FnOnce() -> Result<(), RenderError> + Send + 'a>;

/// What the nodes of a plan give in some strides, one after the other.
type Batch = Vec<Vec<Output>>;

/// How many strides go through a stage in one go. Threads wait for each other at its end, which costs much where a stride
/// has little to do.
fn batch(plan: &Plan) -> usize {
    (MOST / plan.nodes.len().max(1)).clamp(1, 8)
}

/// Nodes times strides of a batch: 4 MB.
const MOST: usize = 128;

/// What the nodes of a plan give in a stride.
fn outputs(plan: &Plan, parts: &[Vec<Part>]) -> Vec<Output> {
    let mut outputs: Vec<Output> = plan.nodes.iter().map(|node| Output::new(node, STRIDE)).collect();
    let mut rest = outputs.as_mut_slice();
    for part in parts.iter().flatten() {
        let (own, later) = rest.split_at_mut(part.len());
        part.prepare(own);
        rest = later;
    }
    outputs
}

/// Each stride goes through all stages while what it gives is at hand.
fn in_turn(
    song: &Song,
    mut stages: Vec<Stage>,
    mut sets: Vec<Batch>,
    watch: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<(), RenderError> {
    for stride in 0..song.strides {
        for stage in &mut stages {
            stage.jobs(song, stride, &mut sets[0]).into_iter().try_for_each(|job| job())?;
        }
        song.tell(stride + 1, watch)?;
    }
    Ok(())
}

/// All stages at once, each a batch behind the one before it: what must wait (the buses, the mix, the master) has the
/// tracks of later strides beside it.
fn side_by_side(
    song: &Song,
    mut stages: Vec<Stage>,
    mut sets: Vec<Batch>,
    watch: &mut (dyn FnMut(u64) -> bool + Send),
) -> Result<(), RenderError> {
    let strides = sets[0].len() as u64;
    let (batches, behind) = (song.strides.div_ceil(strides), stages.len() as u64 - 1);
    // How long each job of each stage took when it ran last.
    let mut times: Vec<Vec<Duration>> = stages.iter().map(|_| Vec::new()).collect();
    for step in 0..batches + behind {
        let mut jobs = Vec::new();
        // The sets are in the order of the stages that their strides have come to.
        for (late, ((stage, batch), times)) in (0..).zip(stages.iter_mut().zip(&mut sets).zip(&mut times)) {
            if let Some(number) = step.checked_sub(late).filter(|number| *number < batches) {
                let work = stage.jobs(song, number * strides, batch);
                times.resize(work.len(), Duration::ZERO);
                jobs.extend(work.into_iter().zip(times));
            }
        }
        at_once(jobs)?;
        if let Some(number) = step.checked_sub(behind) {
            song.tell((number + 1) * strides, watch)?;
        }
        sets.rotate_right(1);
    }
    Ok(())
}

/// Runs jobs on all threads, the longest first as far as is known, so that none is left alone with a long one in the end.
/// Gives the first error.
#[allow(clippy::disallowed_methods, reason = "the clock says which job runs first, not what it gives")]
fn at_once(mut jobs: Vec<(Job, &mut Duration)>) -> Result<(), RenderError> {
    // In quarters of the longest: those that are about as long keep their order, and with it their caches.
    let quarter = jobs.iter().map(|(_, time)| time.as_nanos() / 4 + 1).max().unwrap_or(1);
    jobs.sort_by_key(|(_, time)| Reverse(time.as_nanos() / quarter));
    let error = Mutex::new(Ok(()));
    rayon::scope_fifo(|threads| {
        for (job, time) in jobs {
            let error = &error;
            threads.spawn_fifo(move |_| {
                let begun = Instant::now();
                if let Err(wrong) = job() {
                    let mut error = error.lock().unwrap_or_else(PoisonError::into_inner);
                    if error.is_ok() {
                        *error = Err(wrong);
                    }
                }
                *time = begun.elapsed();
            });
        }
    });
    error.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Song<'_> {
    /// Says how many strides are done.
    fn tell(&self, strides: u64, watch: &mut (dyn FnMut(u64) -> bool + Send)) -> Result<(), RenderError> {
        let done = strides * STRIDE as u64;
        if watch(done.min(self.frames)) { Ok(()) } else { Err(RenderError::Stopped) }
    }
}

impl Stage<'_, '_> {
    /// What is to be done for the strides from this one on.
    fn jobs<'a>(&'a mut self, song: &'a Song, stride: u64, batch: &'a mut Batch) -> Vec<Job<'a>> {
        let frames = (stride..song.strides).map(|stride| stride * STRIDE as u64);
        match self {
            Stage::Level(start, parts) => {
                let mut work: Vec<_> = parts.iter_mut().map(|part| (part, Vec::new())).collect();
                for (outputs, frame) in batch.iter_mut().zip(frames) {
                    let (before, mut rest) = outputs.split_at_mut(*start);
                    for (part, strides) in &mut work {
                        let (own, later) = rest.split_at_mut(part.len());
                        strides.push((own, &*before, frame));
                        rest = later;
                    }
                }
                let jobs = work.into_iter().map(|(part, strides)| {
                    Box::new(move || {
                        for (own, before, frame) in strides {
                            denormals::flushed(|| part.run(own, before, frame, song.spare));
                        }
                        Ok(())
                    }) as Job
                });
                jobs.collect()
            }
            Stage::Prints(sinks) => {
                let batch = &*batch;
                let jobs = sinks.iter_mut().zip(&song.plan.prints).map(|(sink, print)| {
                    let mut strides = batch.iter().zip(frames.clone());
                    Box::new(move || {
                        strides
                            .try_for_each(|(outputs, frame)| write(song, frame, print, outputs, &mut **sink))
                    }) as Job
                });
                jobs.collect()
            }
        }
    }
}

/// Gives a sink the part of the stride at `frame` that belongs to the song.
fn write(
    song: &Song,
    frame: u64,
    print: &Print,
    outputs: &[Output],
    sink: &mut (dyn Sink + '_),
) -> Result<(), RenderError> {
    let post = &outputs[print.node].post;
    let latency = song.plan.nodes[print.node].latency as u64;
    // Engine frames of the song that this print still owes.
    let start = latency.clamp(frame, frame + STRIDE as u64) - frame;
    let end = (latency + song.frames).clamp(frame, frame + STRIDE as u64) - frame;
    if start >= end {
        return Ok(());
    }
    let span = start as usize..end as usize;
    sink.write(&post.left[span.clone()], &post.right[span])
        .map_err(|error| RenderError::Sink(print.name.clone(), error))
}
