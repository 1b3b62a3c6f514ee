//! Eight channels side by side, on any machine.
//!
//! The operations are those of the machine's own registers of four numbers where every machine of the kind has them
//! (x86-64 and 64-bit ARM); elsewhere they are plain loops. Written as loops everywhere, the compiler is tempted to run frames side by
//! side instead of channels, and spends its time on shuffling.

use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

use super::{Lane, Mask};

/// Eight channels side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(32))]
pub struct X8(pub [f32; 8]);

/// A truth for each of eight channels: all bits set, or none. So a choice is arithmetic on registers.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
pub struct Mask8([u32; 8]);

#[cfg(target_arch = "x86_64")]
use sse2 as four;

#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(target_arch = "aarch64")]
use neon as four;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use plain as four;

/// Two registers of four numbers. Every x86-64 has SSE2.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod sse2 {
    use std::arch::x86_64::*;

    use super::super::{FRACTION, ROOT_OF_HALF};
    use super::{Mask8, X8};

    // SAFETY of every such block: X8 and Mask8 are eight numbers of 32 bits, one after the other, as two registers are; any
    // bits are a number; and every x86-64 has SSE2.
    macro_rules! sse {
        ($work:expr) => {
            unsafe { $work }
        };
    }

    #[inline(always)]
    fn open(x: X8) -> [__m128; 2] {
        sse!(std::mem::transmute(x))
    }

    #[inline(always)]
    fn close(x: [__m128; 2]) -> X8 {
        sse!(std::mem::transmute(x))
    }

    #[inline(always)]
    fn open_mask(x: Mask8) -> [__m128; 2] {
        sse!(std::mem::transmute(x))
    }

    #[inline(always)]
    fn close_mask(x: [__m128; 2]) -> Mask8 {
        sse!(std::mem::transmute(x))
    }

    macro_rules! pairs {
        ($($name:ident $operation:ident),*) => {$(
            #[inline(always)]
            pub fn $name(a: X8, b: X8) -> X8 {
                let (a, b) = (open(a), open(b));
                close(sse!([$operation(a[0], b[0]), $operation(a[1], b[1])]))
            }
        )*};
    }
    pairs!(add _mm_add_ps, sub _mm_sub_ps, mul _mm_mul_ps, div _mm_div_ps);

    #[inline(always)]
    pub fn max(a: X8, b: X8) -> X8 {
        // `maxps(b, a)` is b where it is larger, else a.
        let (a, b) = (open(a), open(b));
        close(sse!([_mm_max_ps(b[0], a[0]), _mm_max_ps(b[1], a[1])]))
    }

    #[inline(always)]
    pub fn min(a: X8, b: X8) -> X8 {
        let (a, b) = (open(a), open(b));
        close(sse!([_mm_min_ps(b[0], a[0]), _mm_min_ps(b[1], a[1])]))
    }

    #[inline(always)]
    pub fn sqrt(a: X8) -> X8 {
        close(open(a).map(|a| sse!(_mm_sqrt_ps(a))))
    }

    #[inline(always)]
    pub fn abs(a: X8) -> X8 {
        close(open(a).map(|a| sse!(_mm_andnot_ps(_mm_set1_ps(-0.0), a))))
    }

    #[inline(always)]
    pub fn neg(a: X8) -> X8 {
        close(open(a).map(|a| sse!(_mm_xor_ps(_mm_set1_ps(-0.0), a))))
    }

    #[inline(always)]
    pub fn lt(a: X8, b: X8) -> Mask8 {
        let (a, b) = (open(a), open(b));
        close_mask(sse!([_mm_cmplt_ps(a[0], b[0]), _mm_cmplt_ps(a[1], b[1])]))
    }

    #[inline(always)]
    pub fn select(mask: Mask8, yes: X8, no: X8) -> X8 {
        let (mask, yes, no) = (open_mask(mask), open(yes), open(no));
        let choose = |i: usize| sse!(_mm_or_ps(_mm_and_ps(mask[i], yes[i]), _mm_andnot_ps(mask[i], no[i])));
        close([choose(0), choose(1)])
    }

    #[inline(always)]
    pub fn any(mask: Mask8) -> bool {
        let [a, b] = open_mask(mask);
        sse!(_mm_movemask_ps(_mm_or_ps(a, b))) != 0
    }

    #[inline(always)]
    pub fn and(a: Mask8, b: Mask8) -> Mask8 {
        let (a, b) = (open_mask(a), open_mask(b));
        close_mask(sse!([_mm_and_ps(a[0], b[0]), _mm_and_ps(a[1], b[1])]))
    }

    #[inline(always)]
    pub fn or(a: Mask8, b: Mask8) -> Mask8 {
        let (a, b) = (open_mask(a), open_mask(b));
        close_mask(sse!([_mm_or_ps(a[0], b[0]), _mm_or_ps(a[1], b[1])]))
    }

    #[inline(always)]
    pub fn not(a: Mask8) -> Mask8 {
        close_mask(open_mask(a).map(|a| sse!(_mm_xor_ps(a, _mm_castsi128_ps(_mm_set1_epi32(-1))))))
    }

    #[inline(always)]
    pub fn nought(x: X8) -> Mask8 {
        let nought = |x| sse!(_mm_castsi128_ps(_mm_cmpeq_epi32(_mm_castps_si128(x), _mm_setzero_si128())));
        close_mask(open(x).map(nought))
    }

    /// See [`super::super::split_exponent`].
    #[inline(always)]
    pub fn exponent_and_mantissa(x: X8) -> (X8, X8) {
        let root = sse!(_mm_set1_epi32(ROOT_OF_HALF));
        let from_root = open(x).map(|x| sse!(_mm_sub_epi32(_mm_castps_si128(x), root)));
        let exponent = from_root.map(|bits| sse!(_mm_cvtepi32_ps(_mm_srai_epi32::<23>(bits))));
        let mantissa = from_root.map(|bits| {
            sse!({
                let fraction = _mm_and_si128(bits, _mm_set1_epi32(FRACTION));
                _mm_castsi128_ps(_mm_add_epi32(fraction, root))
            })
        });
        (close(exponent), close(mantissa))
    }

    /// See [`super::super::whole_power_of_two`].
    #[inline(always)]
    pub fn power_of_two(whole: X8) -> X8 {
        let power = |whole| {
            sse!({
                let bits = _mm_castps_si128(_mm_add_ps(whole, _mm_set1_ps(8_388_608.0 + 127.0)));
                _mm_castsi128_ps(_mm_slli_epi32::<23>(bits))
            })
        };
        close(open(whole).map(power))
    }
}

/// Plain loops, which compilers for other machines turn into their registers of four.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod plain {
    use super::super::{split_exponent, whole_power_of_two};
    use super::{Mask8, X8};

    #[inline(always)]
    fn each(a: X8, f: impl Fn(f32) -> f32) -> X8 {
        X8(std::array::from_fn(|i| f(a.0[i])))
    }

    #[inline(always)]
    fn pair(a: X8, b: X8, f: impl Fn(f32, f32) -> f32) -> X8 {
        X8(std::array::from_fn(|i| f(a.0[i], b.0[i])))
    }

    #[inline(always)]
    fn bits(a: Mask8, b: Mask8, f: impl Fn(u32, u32) -> u32) -> Mask8 {
        Mask8(std::array::from_fn(|i| f(a.0[i], b.0[i])))
    }

    macro_rules! pairs {
        ($($name:ident $operation:expr),*) => {$(
            #[inline(always)]
            pub fn $name(a: X8, b: X8) -> X8 {
                pair(a, b, $operation)
            }
        )*};
    }
    pairs!(
        add | a,
        b | a + b,
        sub | a,
        b | a - b,
        mul | a,
        b | a * b,
        div | a,
        b | a / b,
        max | a,
        b | if a < b { b } else { a },
        min | a,
        b | if b < a { b } else { a }
    );

    #[inline(always)]
    pub fn sqrt(a: X8) -> X8 {
        each(a, f32::sqrt)
    }

    #[inline(always)]
    pub fn abs(a: X8) -> X8 {
        each(a, f32::abs)
    }

    #[inline(always)]
    pub fn neg(a: X8) -> X8 {
        each(a, |a| -a)
    }

    #[inline(always)]
    pub fn lt(a: X8, b: X8) -> Mask8 {
        Mask8(std::array::from_fn(|i| if a.0[i] < b.0[i] { u32::MAX } else { 0 }))
    }

    #[inline(always)]
    pub fn select(mask: Mask8, yes: X8, no: X8) -> X8 {
        X8(std::array::from_fn(|i| {
            f32::from_bits(yes.0[i].to_bits() & mask.0[i] | no.0[i].to_bits() & !mask.0[i])
        }))
    }

    #[inline(always)]
    pub fn any(mask: Mask8) -> bool {
        mask.0.iter().fold(0, |any, &x| any | x) != 0
    }

    #[inline(always)]
    pub fn and(a: Mask8, b: Mask8) -> Mask8 {
        bits(a, b, |a, b| a & b)
    }

    #[inline(always)]
    pub fn or(a: Mask8, b: Mask8) -> Mask8 {
        bits(a, b, |a, b| a | b)
    }

    #[inline(always)]
    pub fn not(a: Mask8) -> Mask8 {
        bits(a, a, |a, _| !a)
    }

    #[inline(always)]
    pub fn nought(x: X8) -> Mask8 {
        Mask8(x.0.map(|x| if x.to_bits() == 0 { u32::MAX } else { 0 }))
    }

    #[inline(always)]
    pub fn exponent_and_mantissa(x: X8) -> (X8, X8) {
        (each(x, |x| split_exponent(x).0), each(x, |x| split_exponent(x).1))
    }

    #[inline(always)]
    pub fn power_of_two(whole: X8) -> X8 {
        each(whole, whole_power_of_two)
    }
}

impl BitAnd for Mask8 {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, o: Self) -> Self {
        four::and(self, o)
    }
}
impl BitOr for Mask8 {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, o: Self) -> Self {
        four::or(self, o)
    }
}
impl Not for Mask8 {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        four::not(self)
    }
}
impl Mask for Mask8 {
    #[inline(always)]
    fn any(self) -> bool {
        four::any(self)
    }
}

impl Add for X8 {
    type Output = Self;
    #[inline(always)]
    fn add(self, o: Self) -> Self {
        four::add(self, o)
    }
}
impl Sub for X8 {
    type Output = Self;
    #[inline(always)]
    fn sub(self, o: Self) -> Self {
        four::sub(self, o)
    }
}
impl Mul for X8 {
    type Output = Self;
    #[inline(always)]
    fn mul(self, o: Self) -> Self {
        four::mul(self, o)
    }
}
impl Div for X8 {
    type Output = Self;
    #[inline(always)]
    fn div(self, o: Self) -> Self {
        four::div(self, o)
    }
}
impl Neg for X8 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        four::neg(self)
    }
}
assigns!(X8);

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
        X8(self.0.map(f))
    }
    #[inline(always)]
    fn mul_add(self, by: Self, plus: Self) -> Self {
        // What this lane is for has no such instruction.
        let mut sum = plus;
        for (i, sum) in sum.0.iter_mut().enumerate() {
            *sum = self.0[i].mul_add(by.0[i], *sum);
        }
        sum
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        four::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        four::abs(self)
    }
    #[inline(always)]
    fn max(self, o: Self) -> Self {
        four::max(self, o)
    }
    #[inline(always)]
    fn min(self, o: Self) -> Self {
        four::min(self, o)
    }
    #[inline(always)]
    fn lt(self, o: Self) -> Mask8 {
        four::lt(self, o)
    }
    #[inline(always)]
    fn select(mask: Mask8, yes: Self, no: Self) -> Self {
        four::select(mask, yes, no)
    }
    #[inline(always)]
    fn nought(self) -> Mask8 {
        four::nought(self)
    }
    #[inline(always)]
    fn exponent_and_mantissa(self) -> (Self, Self) {
        four::exponent_and_mantissa(self)
    }
    #[inline(always)]
    fn power_of_two(whole: Self) -> Self {
        four::power_of_two(whole)
    }
    #[inline(always)]
    fn floor(self) -> Self {
        self.map(f32::floor)
    }
}
