//! What compressors, gates and de-essers are made of.
//!
//! Levels are in octaves of amplitude (log2; one is 6.02 dB), because a logarithm to the base two is cheap
//! and exact on every lane. The chain is that of Giannoulis, Massberg and Reiss, "Digital Dynamic Range
//! Compressor Design" (JAES 60/6, 2012), figure 7c: level, static curve, smoothing, gain.

mod ballistics;
mod character;
mod curve;
mod key_filter;
mod listener;
mod pole;
mod sliding;

pub use ballistics::Ballistics;
pub use character::{Character, Coloured};
pub use curve::Curve;
pub use key_filter::{KeyFilter, Split};
pub use listener::{Hearing, Listener, peaks};
pub use pole::Pole;
pub use sliding::{SlidingMax, SlidingMean, held_and_smooth};

use crate::Lane;

/// The sample, or nought if it is not a number or absurdly loud (+180 dBFS), so that no recursion can be
/// poisoned.
#[inline(always)]
pub fn sane<L: Lane>(x: L) -> L {
    L::select(x.abs().lt(L::splat(1e9)), x, L::zero())
}

/// A reduction too small to hear or to change a bit, in octaves. What fades towards it rather than towards
/// nought never becomes a subnormal number, which would be slow.
pub const REST: f32 = 1e-20;
