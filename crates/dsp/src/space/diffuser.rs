//! A chain of all-passes that smears a click without colouring it (Schroeder 1962).

use super::{TappedDelay, network::FLOOR};
use crate::Lane;

/// All-passes in a row.
#[derive(Clone, Debug)]
pub struct Diffuser<L> {
    stages: Vec<(TappedDelay<L>, usize)>,
    gain: f32,
    scratch: Vec<L>,
}

impl<L: Lane> Diffuser<L> {
    /// One stage for each delay in frames (held to at least `block`, the longest that comes); `gain` below 1.
    pub fn new(delays: &[usize], gain: f32, block: usize) -> Self {
        let stages = delays.iter().map(|&d| (TappedDelay::new(d.max(block), block), d.max(block))).collect();
        Diffuser { stages, gain, scratch: vec![L::zero(); block] }
    }

    /// Diffuses a block in place. How a sound is cut into blocks does not change a bit of it.
    #[inline(always)]
    pub fn run(&mut self, block: &mut [L]) {
        let (gain, floor) = (L::splat(self.gain), L::splat(FLOOR));
        let scratch = &mut self.scratch[..block.len()];
        for (line, delay) in &mut self.stages {
            line.read(*delay, scratch);
            for (x, v) in block.iter_mut().zip(&mut *scratch) {
                let y = (-gain).mul_add(*x, *v);
                *v = gain.mul_add(y, *x + floor) - floor;
                *x = y;
            }
            line.write(scratch);
        }
    }
}
