//! A ring of frames, written and read a block at a time.

use crate::Lane;

/// Keeps the last frames of one channel.
#[derive(Clone, Debug)]
pub struct TappedDelay<L> {
    ring: Vec<L>,
    at: usize,
    block: usize,
}

impl<L: Lane> TappedDelay<L> {
    /// Room for `longest` frames of the past beside the block of `block` frames.
    pub fn new(longest: usize, block: usize) -> Self {
        let len = (longest + 2 * block).next_multiple_of(block);
        TappedDelay { ring: vec![L::zero(); len], at: 0, block }
    }

    /// The longest delay that can be read.
    pub fn longest(&self) -> usize {
        self.ring.len() - self.block
    }

    /// Reads the frames from `ago` frames before the next block's first on. `ago` must be at least
    /// `out.len()` and at most [`TappedDelay::longest`].
    #[inline]
    pub fn read(&self, ago: usize, out: &mut [L]) {
        let len = self.ring.len();
        let start = (self.at + len - ago.min(len)) % len;
        let first = (len - start).min(out.len());
        let (one, two) = out.split_at_mut(first);
        one.copy_from_slice(&self.ring[start..start + one.len()]);
        two.copy_from_slice(&self.ring[..two.len()]);
    }

    /// Takes the next block in.
    #[inline]
    pub fn write(&mut self, block: &[L]) {
        self.ring[self.at..self.at + self.block].copy_from_slice(block);
        self.at = (self.at + self.block) % self.ring.len();
    }
}
