//! Convolution with a long impulse response, without latency.
//!
//! The first 64 taps are summed as they stand; the rest is cut into partitions that grow, and each is convolved in the
//! frequency domain as soon as as much sound is there as it is long (Gardner, *Efficient convolution without input-output
//! delay*, JAES 1995; each stage uniformly partitioned, overlap-save: Wefers, *Partitioned convolution algorithms for
//! real-time auralization*, 2015, ch. 5). When a block is whole, only its own product with the first partition of its stage is
//! missing; all others were summed in slices while it came in. All is done at the ends of blocks of 64 frames that are
//! counted from the start, so how the sound is cut into pieces changes no bit. Nothing is allocated once it is built.
//!
//! Owned rather than taken from a crate because lanes share the bins of one response, and because the convolver at hand
//! (fft-convolver 0.4) gives other bits for other pieces; `mixsmith-bench kernels` times both.

mod stage;
mod transform;

use std::fmt;
use std::sync::Arc;

use crate::X8;
use crate::lane::silent;
use stage::{Past, Stage, Work, run};
use transform::Eight;

/// A response that is silent for so long needs the longest blocks only, which takes half the time.
pub const LONGEST: usize = STAGES[2];

/// Taps that are summed as they stand, and frames of the smallest block.
pub const HEAD: usize = 64;

/// How long the blocks of a stage are, which is where it begins in the response, too; it ends where the next one begins.
const STAGES: [usize; 3] = [HEAD, 512, 8192];

/// An impulse response made ready. May be shared by any number of convolvers.
pub struct Response {
    /// The first taps, if they are not silent.
    head: Option<[f32; HEAD]>,
    stages: Vec<Stage>,
    frames: usize,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response of {} frames", self.frames)
    }
}

impl Response {
    /// Makes a response of any length ready.
    pub fn new(samples: &[f32]) -> Self {
        let head = &samples[..samples.len().min(HEAD)];
        let ends = STAGES[1..].iter().copied().chain([usize::MAX]);
        let stretch = |from: usize, end: usize| &samples[from.min(samples.len())..end.min(samples.len())];
        // A stage without sound costs nothing: a response that begins late is cheap.
        let stages = STAGES
            .into_iter()
            .zip(ends)
            .filter(|&(block, end)| stretch(block, end).iter().any(|x| *x != 0.0))
            .map(|(block, end)| Stage::new(stretch(block, end), block))
            .collect();
        let mut taps = [0.0; HEAD];
        taps[..head.len()].copy_from_slice(head);
        let head = head.iter().any(|x| *x != 0.0).then_some(taps);
        Response { head, stages, frames: samples.len() }
    }

    /// Its length in frames.
    pub fn frames(&self) -> usize {
        self.frames
    }
}

/// One channel that is convolved with a response.
#[derive(Debug)]
pub struct Convolver {
    response: Arc<Response>,
    past: Vec<Past>,
    /// The last whole block, and the one that is being filled.
    line: [f32; 2 * HEAD],
    filled: usize,
    /// Blocks without sound in a row.
    quiet: usize,
    /// What the stages give for the block that is being filled.
    tail: [[f32; 8]; HEAD / 8],
}

impl Convolver {
    /// At rest. Allocates here and never again.
    pub fn new(response: Arc<Response>) -> Self {
        let past = response.stages.iter().map(Past::new).collect();
        Convolver {
            response,
            past,
            line: [0.0; 2 * HEAD],
            filled: 0,
            quiet: usize::MAX,
            tail: [[0.0; 8]; HEAD / 8],
        }
    }

    /// Convolves the next frames, of any number, in place. The sound must be finite.
    pub fn run(&mut self, sound: &mut [f32]) {
        run(Run { convolver: self, sound });
    }

    /// The line is whole: what its frames give after it.
    #[inline(always)]
    fn whole<L: Eight>(&mut self) {
        let (_, block) = self.line.split_at(HEAD);
        self.quiet = if silent(block) { self.quiet.saturating_add(1) } else { 0 };
        self.tail = [[0.0; 8]; HEAD / 8];
        let mut line = [[0.0; 8]; HEAD / 4];
        line.as_flattened_mut().copy_from_slice(&self.line);
        for (past, stage) in self.past.iter_mut().zip(&self.response.stages) {
            past.next::<L>(stage, &line, self.quiet, &mut self.tail);
        }
        let (last, block) = self.line.split_at_mut(HEAD);
        last.copy_from_slice(block);
        self.filled = 0;
    }
}

/// A convolver and the next frames.
struct Run<'a> {
    convolver: &'a mut Convolver,
    sound: &'a mut [f32],
}

impl Work for Run<'_> {
    #[inline(always)]
    fn over<L: Eight>(self) {
        let (all, mut rest) = (self.convolver, self.sound);
        while !rest.is_empty() {
            let (piece, later) = rest.split_at_mut(rest.len().min(HEAD - all.filled));
            let at = HEAD + all.filled;
            all.line[at..at + piece.len()].copy_from_slice(piece);
            piece.copy_from_slice(&all.tail.as_flattened()[all.filled..][..piece.len()]);
            if let Some(taps) = &all.response.head {
                Head { taps, line: &all.line, at, piece }.over::<L>();
            }
            all.filled += piece.len();
            if all.filled == HEAD {
                all.whole::<L>();
            }
            rest = later;
        }
    }
}

/// The taps that are summed as they stand, onto a piece that is at this place of the line. They are added in the order of
/// [`order`], however long the piece is.
struct Head<'a> {
    taps: &'a [f32; HEAD],
    line: &'a [f32; 2 * HEAD],
    at: usize,
    piece: &'a mut [f32],
}

/// Every eighth tap, one after the other, since those meet the same eights of the sound at other frames.
fn order() -> impl Iterator<Item = usize> {
    (0..8).flat_map(|first| (first..HEAD).step_by(8))
}

impl Work for Head<'_> {
    #[inline(always)]
    fn over<L: Eight>(self) {
        if self.piece.len() < HEAD {
            for k in order() {
                let tap = self.taps[k];
                for (sum, &sound) in self.piece.iter_mut().zip(&self.line[self.at - k..]) {
                    *sum = tap.mul_add(sound, *sum);
                }
            }
            return;
        }
        const EIGHTS: usize = HEAD / 8;
        let piece = &mut self.piece.as_chunks_mut::<8>().0[..EIGHTS];
        let mut sums = [L::zero(); EIGHTS];
        for (sum, piece) in sums.iter_mut().zip(&*piece) {
            *sum = L::from(X8(*piece));
        }
        for first in 0..8 {
            // Fifteen eights of sound for sixty-four products.
            let from = &self.line[8 - first..].as_chunks::<8>().0[..2 * EIGHTS - 1];
            let mut sound = [L::zero(); 2 * EIGHTS - 1];
            for i in 0..2 * EIGHTS - 1 {
                sound[i] = L::from(X8(from[i]));
            }
            for i in 0..EIGHTS {
                let tap = L::splat(self.taps[first + 8 * i]);
                for j in 0..EIGHTS {
                    sums[j] = tap.mul_add(sound[EIGHTS - 1 + j - i], sums[j]);
                }
            }
        }
        for (piece, sum) in piece.iter_mut().zip(sums) {
            let sum: X8 = sum.into();
            *piece = sum.0;
        }
    }
}

#[cfg(test)]
mod tests;
