//! The static curve of a compressor: how much is taken off at which level.

use crate::Lane;

/// A soft-knee curve (Giannoulis, Massberg and Reiss 2012, eq. 4). Levels in octaves.
#[derive(Clone, Copy, Debug)]
pub struct Curve<L> {
    slope: L,
    /// What is added to a level times the slope.
    plus: L,
    /// Width of the knee times the slope.
    knee: L,
    bend: L,
}

impl<L: Lane> Curve<L> {
    /// A curve with its threshold at nought, whose knee is this many octaves wide; `slope` is `1 - 1/ratio`.
    #[inline(always)]
    pub fn new(knee: L, slope: L) -> Self {
        // A knee of a thousandth of an octave (0.006 dB) is a hard one.
        let knee = knee.max(L::splat(1e-3)) * slope;
        // At a ratio of one nothing comes into the knee.
        Curve {
            slope,
            plus: knee * L::splat(0.5),
            knee,
            bend: L::splat(0.5) / knee.max(L::splat(f32::MIN_POSITIVE)),
        }
    }

    /// The same curve above this threshold.
    #[inline(always)]
    pub fn above(self, threshold: L) -> Self {
        Curve { plus: self.plus - self.slope * threshold, ..self }
    }

    /// The same curve for levels in octaves of power, of which there are two in one of amplitude.
    #[inline(always)]
    pub fn of_power(self) -> Self {
        Curve { slope: self.slope * L::splat(0.5), ..self }
    }

    /// Reduction for a level.
    #[inline(always)]
    pub fn reduction(&self, level: L) -> L {
        let over = level.mul_add(self.slope, self.plus).max(L::zero());
        let within = over.min(self.knee);
        within.mul_add(within.mul_add(self.bend, L::splat(-1.0)), over)
    }
}
