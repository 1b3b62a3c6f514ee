//! Live playing: any block size, the same bits as offline.

use mixsmith_dsp::denormals;
use mixsmith_processor::QUANTUM;

use crate::Plan;
use crate::node::Output;
use crate::unit::{Unit, units};

/// Plays a plan block by block on one thread.
pub struct Runner {
    /// The units of each level.
    levels: Vec<Vec<Unit>>,
    outputs: Vec<Output>,
    print: usize,
    frame: u64,
    /// Frames of the current quantum that were taken already.
    taken: usize,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Runner({} strips, frame {})", self.outputs.len(), self.frame)
    }
}

impl Runner {
    /// Prepares to play a print of the plan from the start. Allocates.
    pub fn new(plan: &Plan, print: usize) -> Self {
        let levels = plan.levels.iter().map(|level| units(plan, level, QUANTUM, 1)).collect();
        let outputs = plan.nodes.iter().map(|node| Output::new(node, QUANTUM)).collect();
        let node = plan.prints[print].node;
        Runner { levels, outputs, print: node, frame: 0, taken: QUANTUM }
    }

    /// Fills both blocks, of any equal length, with what comes next. The first [`Plan::latency`] frames come before
    /// the song.
    ///
    /// # Realtime safety
    /// Does not allocate, lock or fail; see [`mixsmith_audio::Clip::read`] for clips on disk.
    pub fn play(&mut self, left: &mut [f32], right: &mut [f32]) {
        let mut at = 0;
        while at < left.len().min(right.len()) {
            if self.taken == QUANTUM {
                self.quantum();
            }
            let frames = (QUANTUM - self.taken).min(left.len() - at);
            let post = &self.outputs[self.print].post;
            left[at..at + frames].copy_from_slice(&post.left[self.taken..self.taken + frames]);
            right[at..at + frames].copy_from_slice(&post.right[self.taken..self.taken + frames]);
            self.taken += frames;
            at += frames;
        }
    }

    fn quantum(&mut self) {
        denormals::flushed(|| {
            let mut start = 0;
            for level in &mut self.levels {
                let (before, mut rest) = self.outputs.split_at_mut(start);
                for unit in level {
                    let (own, later) = rest.split_at_mut(unit.len());
                    (start, rest) = (start + unit.len(), later);
                    unit.run(own, before, self.frame, QUANTUM);
                }
            }
        });
        self.frame += QUANTUM as u64;
        self.taken = 0;
    }
}
