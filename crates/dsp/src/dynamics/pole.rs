//! A one-pole: what moves towards a target by a share of the way each frame.

use crate::Lane;

/// What a one-pole keeps of itself each frame and takes of what it moves towards: both make one, to the bit. So it waits for
/// itself no longer than a product and a sum take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pole<L> {
    keep: L,
    take: L,
}

impl<L: Lane> Pole<L> {
    /// That moves by this share of the way each frame.
    pub fn new(share: L) -> Self {
        let keep = L::splat(1.0) - share;
        Pole { keep, take: L::splat(1.0) - keep }
    }

    #[inline(always)]
    /// Where it is a frame later.
    pub fn next(self, from: L, to: L) -> L {
        self.keep.mul_add(from, self.take * to)
    }
}
