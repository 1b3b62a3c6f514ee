//! The static curve of a compressor: how much is taken off at which level.

use crate::Lane;

/// A soft-knee curve (Giannoulis, Massberg and Reiss 2012, eq. 4). Levels in octaves.
#[derive(Clone, Copy, Debug)]
pub struct Curve<L> {
    half_knee: L,
    knee: L,
    bend: L,
}

impl<L: Lane> Curve<L> {
    /// A curve whose knee is this many octaves wide.
    #[inline(always)]
    pub fn new(knee: L) -> Self {
        // A knee of a thousandth of an octave (0.006 dB) is a hard one.
        let knee = knee.max(L::splat(1e-3));
        Curve { half_knee: knee * L::splat(0.5), knee, bend: L::splat(0.5) / knee }
    }

    /// Reduction for a level this far over the threshold; `slope` is `1 - 1/ratio`.
    #[inline(always)]
    pub fn reduction(&self, over: L, slope: L) -> L {
        let within = (over + self.half_knee).clamp(L::zero(), self.knee);
        let above = (over - self.half_knee).max(L::zero());
        slope * (within * within).mul_add(self.bend, above)
    }
}
