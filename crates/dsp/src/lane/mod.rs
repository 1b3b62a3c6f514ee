//! One sample of one channel (`f32`), or of eight channels side by side, or sixteen: [`X8`] and [`X16`] on any machine,
//! and in the wider registers of those that have them ([`mod@wide`]).
//!
//! Only operations that IEEE 754 rounds exactly are offered, so a kernel gives the same bits whichever lane it runs on. Nothing
//! is fused but what [`Lane::mul_add`] asks for.

/// What follows from a lane's own arithmetic.
macro_rules! assigns {
    ($($lane:ty),*) => {$(
        impl std::ops::AddAssign for $lane {
            #[inline(always)]
            fn add_assign(&mut self, o: Self) { *self = *self + o; }
        }
        impl std::ops::SubAssign for $lane {
            #[inline(always)]
            fn sub_assign(&mut self, o: Self) { *self = *self - o; }
        }
        impl std::ops::MulAssign for $lane {
            #[inline(always)]
            fn mul_assign(&mut self, o: Self) { *self = *self * o; }
        }
    )*};
}

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod packed;
pub mod wide;
mod x16;
mod x8;

pub use x8::{Mask8, X8};
pub use x16::{Mask16, X16};

use std::fmt::Debug;
use std::ops::{Add, AddAssign, BitAnd, BitOr, Div, Mul, MulAssign, Neg, Not, Sub, SubAssign};

/// What a comparison of lanes gives: true or false for each channel.
pub trait Mask:
    Copy + Debug + Send + Sync + 'static + BitAnd<Output = Self> + BitOr<Output = Self> + Not<Output = Self>
{
    /// Is it true for any channel?
    fn any(self) -> bool;
}

impl Mask for bool {
    fn any(self) -> bool {
        self
    }
}

/// One or more channels' samples that a kernel treats as one number.
pub trait Lane:
    Copy
    + Debug
    + Default
    + PartialEq
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
{
    /// The result of a comparison.
    type Mask: Mask;
    /// How many channels run side by side.
    const WIDTH: usize;
    /// The same number in every channel.
    fn splat(x: f32) -> Self;
    /// Channel `i` (below [`Lane::WIDTH`]).
    fn get(self, i: usize) -> f32;
    /// Sets channel `i`.
    fn set(&mut self, i: usize, x: f32);
    /// Applies a scalar function to each channel. For control-rate work (coefficients), not for samples.
    fn map(self, f: impl Fn(f32) -> f32) -> Self;
    /// `self * by + plus`, rounded once. Everywhere the same bits; quick inside of [`Lane::run`] where the processor has such
    /// an instruction (nearly all since 2013), else a call of the system's library.
    fn mul_add(self, by: Self, plus: Self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Absolute value.
    fn abs(self) -> Self;
    /// The larger of both.
    fn max(self, other: Self) -> Self;
    /// The smaller of both.
    fn min(self, other: Self) -> Self;
    /// `self < other`, for each channel.
    fn lt(self, other: Self) -> Self::Mask;
    /// `yes` where the mask is true, else `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// Is it nought, and plus nought, bit for bit?
    fn nought(self) -> Self::Mask;
    /// A positive normal number as a whole power of two and what is left, from the root of a half up to that of two.
    fn exponent_and_mantissa(self) -> (Self, Self);
    /// Two to the power of a whole number held in a float, -126 to 127.
    fn power_of_two(whole: Self) -> Self;
    /// The nearest whole number of one smaller than 2^22; of two as near, the even one. Nought may have either sign.
    #[inline(always)]
    fn nearest(self) -> Self {
        // 1.5 * 2^23: what is left of the sum has no place for a fraction.
        (self + Self::splat(12_582_912.0)) - Self::splat(12_582_912.0)
    }
    /// Times two to the power of a whole number held in a float, -126 to 127: a normal number.
    #[inline(always)]
    fn scaled(self, whole: Self) -> Self {
        self * Self::power_of_two(whole)
    }
    /// The largest whole number not above.
    fn floor(self) -> Self;

    /// Each channel's number goes to the channel after the next; the first two take these.
    #[inline(always)]
    fn risen(self, lowest: [f32; 2]) -> Self {
        let mut risen = self;
        (2..Self::WIDTH).for_each(|i| risen.set(i, self.get(i - 2)));
        lowest.into_iter().enumerate().take(Self::WIDTH).for_each(|(i, x)| risen.set(i, x));
        risen
    }

    /// Runs a kernel over this lane, compiled for the widest registers that may be used with it.
    #[inline(always)]
    fn run<K: wide::Kernel>(kernel: K) -> K::Output {
        // Several frames of one channel fit into wide registers, too.
        if wide::available() { wide::run(kernel) } else { kernel.run() }
    }

    /// Nought in every channel.
    fn zero() -> Self {
        Self::splat(0.0)
    }
    /// Held between two bounds.
    fn clamp(self, low: Self, high: Self) -> Self {
        self.max(low).min(high)
    }
}

/// The largest size of any frame, nought if there is none, in eight maxima side by side.
#[inline(always)]
pub fn largest<L: Lane>(frames: &[L]) -> L {
    let (eights, rest) = frames.as_chunks::<8>();
    let mut most = [L::zero(); 8];
    for frames in eights {
        for k in 0..8 {
            most[k] = most[k].max(frames[k].abs());
        }
    }
    for (most, x) in most.iter_mut().zip(rest) {
        *most = most.max(x.abs());
    }
    let [a, b, c, d, e, f, g, h] = most;
    (a.max(b).max(c.max(d))).max(e.max(f).max(g.max(h)))
}

/// Is every number plus nought, bit for bit?
#[inline(always)]
pub fn silent<L: Lane>(frames: &[L]) -> bool {
    // Sound is told by its last frame.
    let Some(last) = frames.last() else { return true };
    let mut all = last.nought();
    if (!all).any() {
        return false;
    }
    for x in frames {
        all = all & x.nought();
    }
    !(!all).any()
}

/// The bits of the root of a half. Counted from there, the bits above the mantissa's are the exponent of what is nearest to one.
const ROOT_OF_HALF: i32 = 0x3f35_04f3;
/// The bits of the mantissa.
const FRACTION: i32 = 0x007f_ffff;

/// See [`Lane::exponent_and_mantissa`].
#[inline(always)]
fn split_exponent(x: f32) -> (f32, f32) {
    let from_root = (x.to_bits() as i32).wrapping_sub(ROOT_OF_HALF);
    let mantissa = (from_root & FRACTION) + ROOT_OF_HALF;
    ((from_root >> 23) as f32, f32::from_bits(mantissa as u32))
}

/// By way of the mantissa of a number so large that its last bit counts one: unlike a conversion to a whole number, which
/// must look out for what does not fit, this is arithmetic on registers.
#[inline(always)]
fn whole_power_of_two(whole: f32) -> f32 {
    f32::from_bits((whole + (8_388_608.0 + 127.0)).to_bits() << 23)
}

impl Lane for f32 {
    type Mask = bool;
    const WIDTH: usize = 1;
    #[inline(always)]
    fn splat(x: f32) -> Self {
        x
    }
    #[inline(always)]
    fn get(self, _: usize) -> f32 {
        self
    }
    #[inline(always)]
    fn set(&mut self, _: usize, x: f32) {
        *self = x;
    }
    #[inline(always)]
    fn map(self, f: impl Fn(f32) -> f32) -> Self {
        f(self)
    }
    #[inline(always)]
    fn mul_add(self, by: Self, plus: Self) -> Self {
        f32::mul_add(self, by, plus)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        f32::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        f32::abs(self)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if self < other { other } else { self }
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }
    #[inline(always)]
    fn lt(self, other: Self) -> bool {
        self < other
    }
    #[inline(always)]
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
    #[inline(always)]
    fn nought(self) -> bool {
        self.to_bits() == 0
    }
    #[inline(always)]
    fn exponent_and_mantissa(self) -> (Self, Self) {
        split_exponent(self)
    }
    #[inline(always)]
    fn power_of_two(whole: Self) -> Self {
        whole_power_of_two(whole)
    }
    #[inline(always)]
    fn floor(self) -> Self {
        f32::floor(self)
    }
}

#[cfg(test)]
mod tests;
