//! One sample of one channel (`f32`), or of eight channels side by side ([`X8`]).
//!
//! Only operations that IEEE 754 rounds exactly are offered, and no fused multiply-add, so a kernel gives
//! the same bits whichever lane it runs on. `X8` is plain safe Rust that the compiler vectorises.

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
    /// The bit pattern as an integer, shifted: see [`crate::math`], which alone needs it.
    fn exponent_and_mantissa(self) -> (Self, Self);
    /// Two to the power of a whole number held in a float, -126 to 127.
    fn power_of_two(whole: Self) -> Self;
    /// The largest whole number not above.
    fn floor(self) -> Self;

    /// Nought in every channel.
    fn zero() -> Self {
        Self::splat(0.0)
    }
    /// Held between two bounds.
    fn clamp(self, low: Self, high: Self) -> Self {
        self.max(low).min(high)
    }
}

fn split_exponent(x: f32) -> (f32, f32) {
    let bits = x.to_bits();
    let exponent = ((bits >> 23) & 0xff) as i32 - 127;
    (exponent as f32, f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000))
}

fn whole_power_of_two(whole: f32) -> f32 {
    f32::from_bits((((whole as i32) + 127) as u32) << 23)
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

/// Eight channels side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(32))]
pub struct X8(pub [f32; 8]);

/// A truth for each of eight channels: all bits set, or none. So a choice is arithmetic on registers.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub struct Mask8([u32; 8]);

#[inline(always)]
fn each<T: Copy, U: Copy + Default>(a: [T; 8], f: impl Fn(T) -> U) -> [U; 8] {
    let mut out = [U::default(); 8];
    for i in 0..8 {
        out[i] = f(a[i]);
    }
    out
}

#[inline(always)]
fn pair<T: Copy, U: Copy + Default>(a: [T; 8], b: [T; 8], f: impl Fn(T, T) -> U) -> [U; 8] {
    let mut out = [U::default(); 8];
    for i in 0..8 {
        out[i] = f(a[i], b[i]);
    }
    out
}

impl BitAnd for Mask8 {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, o: Self) -> Self {
        Mask8(pair(self.0, o.0, |a, b| a & b))
    }
}
impl BitOr for Mask8 {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, o: Self) -> Self {
        Mask8(pair(self.0, o.0, |a, b| a | b))
    }
}
impl Not for Mask8 {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Mask8(each(self.0, |a| !a))
    }
}
impl Mask for Mask8 {
    #[inline(always)]
    fn any(self) -> bool {
        self.0.iter().fold(0, |any, &x| any | x) != 0
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident $op:tt),*) => {$(
        impl $trait for X8 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, o: Self) -> Self { X8(pair(self.0, o.0, |a, b| a $op b)) }
        }
    )*};
}
arithmetic!(Add add +, Sub sub -, Mul mul *, Div div /);

impl Neg for X8 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        X8(each(self.0, |a| -a))
    }
}
impl AddAssign for X8 {
    #[inline(always)]
    fn add_assign(&mut self, o: Self) {
        *self = *self + o;
    }
}
impl SubAssign for X8 {
    #[inline(always)]
    fn sub_assign(&mut self, o: Self) {
        *self = *self - o;
    }
}
impl MulAssign for X8 {
    #[inline(always)]
    fn mul_assign(&mut self, o: Self) {
        *self = *self * o;
    }
}

impl Lane for X8 {
    type Mask = Mask8;
    const WIDTH: usize = 8;
    #[inline(always)]
    fn splat(x: f32) -> Self {
        X8([x; 8])
    }
    #[inline(always)]
    fn get(self, i: usize) -> f32 {
        self.0[i]
    }
    #[inline(always)]
    fn set(&mut self, i: usize, x: f32) {
        self.0[i] = x;
    }
    #[inline(always)]
    fn map(self, f: impl Fn(f32) -> f32) -> Self {
        X8(each(self.0, f))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        X8(each(self.0, f32::sqrt))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        X8(each(self.0, f32::abs))
    }
    #[inline(always)]
    fn max(self, o: Self) -> Self {
        X8(pair(self.0, o.0, |a, b| if a < b { b } else { a }))
    }
    #[inline(always)]
    fn min(self, o: Self) -> Self {
        X8(pair(self.0, o.0, |a, b| if b < a { b } else { a }))
    }
    #[inline(always)]
    fn lt(self, o: Self) -> Mask8 {
        Mask8(pair(self.0, o.0, |a, b| if a < b { u32::MAX } else { 0 }))
    }
    #[inline(always)]
    fn select(mask: Mask8, yes: Self, no: Self) -> Self {
        let mut out = no;
        for i in 0..8 {
            out.0[i] = f32::from_bits(yes.0[i].to_bits() & mask.0[i] | no.0[i].to_bits() & !mask.0[i]);
        }
        out
    }
    #[inline(always)]
    fn exponent_and_mantissa(self) -> (Self, Self) {
        (X8(each(self.0, |x| split_exponent(x).0)), X8(each(self.0, |x| split_exponent(x).1)))
    }
    #[inline(always)]
    fn power_of_two(whole: Self) -> Self {
        X8(each(whole.0, whole_power_of_two))
    }
    #[inline(always)]
    fn floor(self) -> Self {
        X8(each(self.0, f32::floor))
    }
}
