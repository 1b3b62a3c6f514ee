//! A delay by whole frames, for look-ahead and for delay compensation.

use crate::{Lane, lane};

/// Delays a signal by a fixed number of frames. Bits pass unchanged.
#[derive(Clone, Debug)]
pub struct DelayLine<L> {
    held: Vec<L>,
    at: usize,
}

impl<L: Lane> DelayLine<L> {
    /// A delay by `frames`, full of silence. Allocates here and never again.
    pub fn new(frames: usize) -> Self {
        DelayLine { held: vec![L::zero(); frames], at: 0 }
    }

    /// Frames by which the output is late.
    pub fn frames(&self) -> usize {
        self.held.len()
    }

    /// Takes one sample in and gives the one of [`DelayLine::frames`] frames ago.
    #[inline(always)]
    pub fn next(&mut self, x: L) -> L {
        let Some(slot) = self.held.get_mut(self.at) else { return x };
        let late = std::mem::replace(slot, x);
        self.at = if self.at + 1 == self.held.len() { 0 } else { self.at + 1 };
        late
    }

    /// Does it hold nothing but silence, bit for bit?
    pub fn still(&self) -> bool {
        lane::silent(&self.held)
    }

    /// Delays a block of any length in place.
    pub fn process(&mut self, block: &mut [L]) {
        let mut rest = block;
        while !rest.is_empty() && !self.held.is_empty() {
            let held = &mut self.held[self.at..];
            let (now, later) = rest.split_at_mut(held.len().min(rest.len()));
            now.swap_with_slice(&mut held[..now.len()]);
            self.at = (self.at + now.len()) % self.held.len();
            rest = later;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_late_by_exactly_its_frames() {
        for frames in [0usize, 1, 2, 63, 64, 65, 1000] {
            let mut line = DelayLine::new(frames);
            let mut heard = Vec::new();
            let mut fed = 0;
            for block in [1usize, 64, 7, 128, 3, 900] {
                let mut block: Vec<f32> = (fed..fed + block).map(|i| 1.0 + i as f32).collect();
                fed += block.len();
                line.process(&mut block);
                heard.extend(block);
            }
            for (i, &x) in heard.iter().enumerate() {
                assert_eq!(x, if i < frames { 0.0 } else { 1.0 + (i - frames) as f32 }, "{frames} at {i}");
            }
        }
    }
}
