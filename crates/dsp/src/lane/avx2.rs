//! Eight channels in one register of a machine with AVX2 and its fused multiply-add.
//!
//! Nearly every machine has it, but not all: [`super::wide`] asks. Where code over this lane is not inlined into
//! [`super::wide::run`], each operation is a call, to the same bits and slow.
#![allow(unsafe_code)]

use std::arch::x86_64::*;
use std::fmt;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

use super::{FRACTION, Lane, Mask, ROOT_OF_HALF, X8};

/// Eight channels side by side. Only for machines of which [`super::wide::available`] says yes.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Avx8(__m256);

/// A truth for each of eight channels: all bits set, or none.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct AvxMask8(__m256);

// SAFETY of every block below: these types are only used where `wide::available` has found AVX2.
macro_rules! avx {
    ($work:expr) => {
        unsafe { $work }
    };
}

impl From<X8> for Avx8 {
    #[inline(always)]
    fn from(x: X8) -> Self {
        // Not by an intrinsic, which is a call wherever this is not part of a kernel. Any bits are a number.
        avx!(Avx8(std::mem::transmute::<X8, __m256>(x)))
    }
}

impl From<Avx8> for X8 {
    #[inline(always)]
    fn from(x: Avx8) -> Self {
        avx!(std::mem::transmute::<__m256, X8>(x.0))
    }
}

impl fmt::Debug for Avx8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        X8::from(*self).fmt(f)
    }
}

impl fmt::Debug for AvxMask8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Avx8(self.0).fmt(f)
    }
}

impl Default for Avx8 {
    #[inline(always)]
    fn default() -> Self {
        Self::splat(0.0)
    }
}

impl PartialEq for Avx8 {
    #[inline(always)]
    fn eq(&self, o: &Self) -> bool {
        avx!(_mm256_movemask_ps(_mm256_cmp_ps::<_CMP_EQ_OQ>(self.0, o.0)) == 0xff)
    }
}

impl BitAnd for AvxMask8 {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, o: Self) -> Self {
        avx!(AvxMask8(_mm256_and_ps(self.0, o.0)))
    }
}
impl BitOr for AvxMask8 {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, o: Self) -> Self {
        avx!(AvxMask8(_mm256_or_ps(self.0, o.0)))
    }
}
impl Not for AvxMask8 {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        avx!(AvxMask8(_mm256_xor_ps(self.0, _mm256_castsi256_ps(_mm256_set1_epi32(-1)))))
    }
}
impl Mask for AvxMask8 {
    #[inline(always)]
    fn any(self) -> bool {
        avx!(_mm256_movemask_ps(self.0) != 0)
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident $operation:ident),*) => {$(
        impl $trait for Avx8 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, o: Self) -> Self { avx!(Avx8($operation(self.0, o.0))) }
        }
    )*};
}
arithmetic!(Add add _mm256_add_ps, Sub sub _mm256_sub_ps, Mul mul _mm256_mul_ps, Div div _mm256_div_ps);

impl Neg for Avx8 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        avx!(Avx8(_mm256_xor_ps(self.0, _mm256_set1_ps(-0.0))))
    }
}
assigns!(Avx8);

impl Lane for Avx8 {
    type Mask = AvxMask8;
    const WIDTH: usize = 8;
    #[inline(always)]
    fn splat(x: f32) -> Self {
        avx!(Avx8(_mm256_set1_ps(x)))
    }
    #[inline(always)]
    fn get(self, i: usize) -> f32 {
        X8::from(self).0[i]
    }
    #[inline(always)]
    fn set(&mut self, i: usize, x: f32) {
        let mut all = X8::from(*self);
        all.0[i] = x;
        *self = all.into();
    }
    #[inline(always)]
    fn map(self, f: impl Fn(f32) -> f32) -> Self {
        X8::from(self).map(f).into()
    }
    #[inline(always)]
    fn mul_add(self, by: Self, plus: Self) -> Self {
        avx!(Avx8(_mm256_fmadd_ps(self.0, by.0, plus.0)))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        avx!(Avx8(_mm256_sqrt_ps(self.0)))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        avx!(Avx8(_mm256_andnot_ps(_mm256_set1_ps(-0.0), self.0)))
    }
    #[inline(always)]
    fn max(self, o: Self) -> Self {
        // `maxps(b, a)` is b where it is larger, else a.
        avx!(Avx8(_mm256_max_ps(o.0, self.0)))
    }
    #[inline(always)]
    fn min(self, o: Self) -> Self {
        avx!(Avx8(_mm256_min_ps(o.0, self.0)))
    }
    #[inline(always)]
    fn lt(self, o: Self) -> AvxMask8 {
        avx!(AvxMask8(_mm256_cmp_ps::<_CMP_LT_OQ>(self.0, o.0)))
    }
    #[inline(always)]
    fn select(mask: AvxMask8, yes: Self, no: Self) -> Self {
        avx!(Avx8(_mm256_blendv_ps(no.0, yes.0, mask.0)))
    }
    #[inline(always)]
    fn nought(self) -> AvxMask8 {
        avx!({
            let equal = _mm256_cmpeq_epi32(_mm256_castps_si256(self.0), _mm256_setzero_si256());
            AvxMask8(_mm256_castsi256_ps(equal))
        })
    }
    #[inline(always)]
    fn exponent_and_mantissa(self) -> (Self, Self) {
        avx!({
            let root = _mm256_set1_epi32(ROOT_OF_HALF);
            let from_root = _mm256_sub_epi32(_mm256_castps_si256(self.0), root);
            let exponent = _mm256_cvtepi32_ps(_mm256_srai_epi32::<23>(from_root));
            let mantissa = _mm256_add_epi32(_mm256_and_si256(from_root, _mm256_set1_epi32(FRACTION)), root);
            (Avx8(exponent), Avx8(_mm256_castsi256_ps(mantissa)))
        })
    }
    #[inline(always)]
    fn power_of_two(whole: Self) -> Self {
        avx!({
            let sum = _mm256_add_ps(whole.0, _mm256_set1_ps(8_388_608.0 + 127.0));
            Avx8(_mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_castps_si256(sum))))
        })
    }
    #[inline(always)]
    fn floor(self) -> Self {
        avx!(Avx8(_mm256_floor_ps(self.0)))
    }
    #[inline(always)]
    fn risen(self, lowest: [f32; 2]) -> Self {
        avx!({
            let lowest = _mm256_castps128_ps256(_mm_castsi128_ps(_mm_loadl_epi64(lowest.as_ptr().cast())));
            let rest = _mm256_permutevar8x32_ps(self.0, _mm256_setr_epi32(0, 0, 0, 1, 2, 3, 4, 5));
            Avx8(_mm256_blend_ps::<0b11>(rest, lowest))
        })
    }
}

/// Number `i` of row `j` becomes number `j` of row `i`.
#[inline(always)]
pub fn transposed(rows: [Avx8; 8]) -> [Avx8; 8] {
    avx!({
        let r = rows.map(|row| row.0);
        let mut pairs = r;
        for i in 0..4 {
            pairs[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
            pairs[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
        }
        let mut fours = pairs;
        for i in 0..2 {
            let [a, b, c, d] = [pairs[4 * i], pairs[4 * i + 1], pairs[4 * i + 2], pairs[4 * i + 3]];
            fours[4 * i] = _mm256_shuffle_ps::<0x44>(a, c);
            fours[4 * i + 1] = _mm256_shuffle_ps::<0xee>(a, c);
            fours[4 * i + 2] = _mm256_shuffle_ps::<0x44>(b, d);
            fours[4 * i + 3] = _mm256_shuffle_ps::<0xee>(b, d);
        }
        let mut out = rows;
        for i in 0..4 {
            out[i] = Avx8(_mm256_permute2f128_ps::<0x20>(fours[i], fours[i + 4]));
            out[i + 4] = Avx8(_mm256_permute2f128_ps::<0x31>(fours[i], fours[i + 4]));
        }
        out
    })
}

/// Bytes that are read for eight frames of one channel, and of two: a few more than they have.
pub const EIGHT_OF_MONO: usize = 28;
pub const EIGHT_OF_STEREO: usize = 52;

/// Eight samples of 24 bits, least byte first, each put at the top of a word.
#[inline(always)]
pub fn mono_24(bytes: &[u8; EIGHT_OF_MONO]) -> [f32; 8] {
    avx!({
        let four = |at: usize| _mm_loadu_si128(bytes[at..at + 16].as_ptr().cast());
        let eight = _mm256_set_m128i(four(12), four(0));
        let pick = _mm_setr_epi8(-1, 0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11);
        whole(_mm256_shuffle_epi8(eight, _mm256_set_m128i(pick, pick)))
    })
}

/// The same of the first or the second channel of two.
#[inline(always)]
pub fn stereo_24(bytes: &[u8; EIGHT_OF_STEREO], second: bool) -> [f32; 8] {
    avx!({
        let pick = _mm_setr_epi8(-1, 0, 1, 2, -1, 6, 7, 8, -1, -1, -1, -1, -1, -1, -1, -1);
        let next = _mm_setr_epi8(0, 3, 3, 3, 0, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0);
        let pick = if second { _mm_add_epi8(pick, next) } else { pick };
        let two = |at: usize| _mm_shuffle_epi8(_mm_loadu_si128(bytes[at..at + 16].as_ptr().cast()), pick);
        let four = |at: usize| _mm_unpacklo_epi64(two(at), two(at + 12));
        whole(_mm256_set_m128i(four(24), four(0)))
    })
}

/// Words as shares of their full scale.
#[inline(always)]
unsafe fn whole(words: __m256i) -> [f32; 8] {
    avx!(X8::from(Avx8(_mm256_mul_ps(_mm256_cvtepi32_ps(words), _mm256_set1_ps(1.0 / 2_147_483_648.0)))).0)
}
