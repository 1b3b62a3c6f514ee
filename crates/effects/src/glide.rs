//! A parameter's line over a piece, frame by frame.

use mixsmith_dsp::Lane;
use mixsmith_processor::Ramp;

/// Where a parameter is at each frame of a piece: its end is met at the last one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glide<L> {
    from: L,
    step: L,
}

impl<L: Lane> Glide<L> {
    /// The course of a parameter over `frames` frames, times a factor (a hundredth for percents).
    pub(crate) fn new(ramp: &Ramp<L>, times: f32, frames: usize) -> Self {
        let times = L::splat(times);
        let from = ramp.from * times;
        Glide { from, step: (ramp.to * times - from) * L::splat(1.0 / frames.max(1) as f32) }
    }

    /// At frame `i` of the piece.
    #[inline(always)]
    pub(crate) fn at(&self, i: usize) -> L {
        self.from + self.step * L::splat((i + 1) as i32 as f32)
    }
}
