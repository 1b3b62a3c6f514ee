//! Convolution with a long impulse response, without latency.
//!
//! The first 64 taps are summed as they stand; the rest is cut into partitions that grow, and each is convolved in the
//! frequency domain as soon as as much sound is there as it is long (Gardner, *Efficient convolution without input-output
//! delay*, JAES 1995; each stage uniformly partitioned, overlap-save: Wefers, *Partitioned convolution algorithms for
//! real-time auralization*, 2015, ch. 5). The largest begin a block later than they could, so that their work is done in
//! slices while the next block comes in (Garcia, *Optimal filter partition for efficient convolution with short
//! input/output delay*, AES 113, 2002). All is done at the ends of blocks of 64 frames that are counted from the start, so
//! how the sound is cut into pieces changes no bit. Nothing is allocated once it is built.
//!
//! Owned rather than taken from a crate because lanes share the bins of one response, and because the convolver at hand
//! (fft-convolver 0.4) gives other bits for other pieces. The effect, with a response of 3 s, takes 1.7 times the time of that
//! crate with blocks of 65,536 frames, and 0.29 times that with blocks of 512 (`mixsmith-bench kernels`). Of the convolver alone
//! the longest call with 64 frames of stereo took 0.04 ms; 64 frames last 1.3 ms.

mod stage;
mod transform;

use std::fmt;
use std::sync::Arc;

use crate::Lane;
use crate::lane::silent;
use crate::lane::wide::Kernel;
use stage::{Past, Stage};

/// Taps that are summed as they stand, and frames of the smallest block.
pub const HEAD: usize = 64;

/// How long the blocks of a stage are, and where in the response it begins; it ends where the next one does. One that
/// begins where its first block ends does its work at once, one that begins a block later in slices.
const STAGES: [(usize, usize); 3] = [(HEAD, HEAD), (512, 512), (8192, 16_384)];

/// An impulse response made ready. May be shared by any number of convolvers.
pub struct Response {
    /// The first taps; empty where they are silent.
    head: Vec<f32>,
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
        let ends = STAGES[1..].iter().map(|(_, start)| *start).chain([usize::MAX]);
        let stages = STAGES
            .into_iter()
            .zip(ends)
            .filter(|((_, start), _)| samples.len() > *start)
            .map(|((block, start), end)| {
                Stage::new(&samples[start..samples.len().min(end)], block, start > block)
            })
            .collect();
        let head = if head.iter().all(|x| *x == 0.0) { Vec::new() } else { head.to_vec() };
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
    tail: [f32; HEAD],
}

impl Convolver {
    /// At rest. Allocates here and never again.
    pub fn new(response: Arc<Response>) -> Self {
        let past = response.stages.iter().map(Past::new).collect();
        Convolver { response, past, line: [0.0; 2 * HEAD], filled: 0, quiet: usize::MAX, tail: [0.0; HEAD] }
    }

    /// Convolves the next frames, of any number, in place. The sound must be finite.
    pub fn run(&mut self, sound: &mut [f32]) {
        let mut rest = sound;
        while !rest.is_empty() {
            let (piece, later) = rest.split_at_mut(rest.len().min(HEAD - self.filled));
            let at = HEAD + self.filled;
            self.line[at..at + piece.len()].copy_from_slice(piece);
            piece.copy_from_slice(&self.tail[self.filled..][..piece.len()]);
            f32::run(Head { taps: &self.response.head, line: &self.line, at, piece });
            self.filled += piece.len();
            if self.filled == HEAD {
                self.filled = 0;
                self.tail.fill(0.0);
                let block = &self.line[HEAD..];
                self.quiet = if silent(block) { self.quiet.saturating_add(1) } else { 0 };
                for (past, stage) in self.past.iter_mut().zip(&self.response.stages) {
                    past.next(stage, block, self.quiet, &mut self.tail);
                }
                self.line.copy_within(HEAD.., 0);
            }
            rest = later;
        }
    }
}

/// The taps that are summed as they stand, onto a piece that is at this place of the line.
struct Head<'a> {
    taps: &'a [f32],
    line: &'a [f32; 2 * HEAD],
    at: usize,
    piece: &'a mut [f32],
}

impl Kernel for Head<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        // Many sums side by side, so that none waits for itself.
        const MANY: usize = HEAD;
        let (wide, rest) = self.piece.as_chunks_mut::<MANY>();
        let mut at = self.at;
        for frames in wide {
            let mut sums = *frames;
            for (k, &tap) in self.taps.iter().enumerate() {
                let sound = &self.line[at - k..][..MANY];
                for i in 0..MANY {
                    sums[i] = tap.mul_add(sound[i], sums[i]);
                }
            }
            *frames = sums;
            at += MANY;
        }
        for (k, &tap) in self.taps.iter().enumerate() {
            for (sum, &sound) in rest.iter_mut().zip(&self.line[at - k..]) {
                *sum = tap.mul_add(sound, *sum);
            }
        }
    }
}

#[cfg(test)]
mod tests;
