//! A ring of frames, written and read in blocks of any length up to the longest.

use crate::Lane;

/// Keeps the last frames of one channel.
#[derive(Clone, Debug)]
pub struct TappedDelay<L> {
    ring: Vec<L>,
    at: usize,
    block: usize,
}

impl<L: Lane> TappedDelay<L> {
    /// Room for `longest` frames of the past beside a block of at most `block` frames.
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
    #[inline(always)]
    pub fn read(&self, ago: usize, out: &mut [L]) {
        let len = self.ring.len();
        let start = (self.at + len - ago.min(len)) % len;
        let first = (len - start).min(out.len());
        let (one, two) = out.split_at_mut(first);
        one.copy_from_slice(&self.ring[start..start + one.len()]);
        two.copy_from_slice(&self.ring[..two.len()]);
    }

    /// Takes the next block in.
    #[inline(always)]
    pub fn write(&mut self, block: &[L]) {
        let (one, two) = block.split_at(block.len().min(self.ring.len() - self.at));
        self.ring[self.at..self.at + one.len()].copy_from_slice(one);
        self.ring[..two.len()].copy_from_slice(two);
        self.at = (self.at + block.len()) % self.ring.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_written_so_long_ago_whatever_the_cut() {
        for longest in [0usize, 5, 64, 200] {
            let mut ring = TappedDelay::new(longest, 64);
            let mut written = vec![];
            for n in [64usize, 1, 7, 31, 64, 63, 2, 40, 64, 64, 5].into_iter().cycle().take(100) {
                for ago in [n, longest.max(n), ring.longest()] {
                    let mut read = vec![0.0f32; n];
                    ring.read(ago, &mut read);
                    for (i, &x) in read.iter().enumerate() {
                        let want = (written.len() + i).checked_sub(ago).map_or(0.0, |at| written[at]);
                        assert_eq!(x, want, "longest {longest}, {n} frames, {ago} ago");
                    }
                }
                let block: Vec<f32> = (0..n).map(|i| 1.0 + (written.len() + i) as f32).collect();
                ring.write(&block);
                written.extend(block);
            }
        }
    }
}
