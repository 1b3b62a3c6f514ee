//! Sixteen channels in one register of a machine with AVX-512.
//!
//! As [`super::avx2`], for half as many registers' work; [`super::wide`] asks whether the machine has it.
#![allow(unsafe_code)]

use std::arch::x86_64::*;
use std::fmt;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

use super::wide::Kernel;
use super::{FRACTION, Lane, Mask, ROOT_OF_HALF, X16};

/// Sixteen channels side by side. Only for machines of which [`X16`]'s [`super::wide::Bundle::available`] says yes.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Avx16(__m512);

/// A truth for each of sixteen channels: a bit each.
#[derive(Clone, Copy, Debug)]
pub struct AvxMask16(__mmask16);

// SAFETY of every block below: these types are only used where AVX-512 has been found.
macro_rules! avx {
    ($work:expr) => {
        unsafe { $work }
    };
}

impl From<X16> for Avx16 {
    #[inline(always)]
    fn from(x: X16) -> Self {
        // Not by an intrinsic, which is a call wherever this is not part of a kernel. Any bits are a number.
        avx!(Avx16(std::mem::transmute::<X16, __m512>(x)))
    }
}

impl From<Avx16> for X16 {
    #[inline(always)]
    fn from(x: Avx16) -> Self {
        avx!(std::mem::transmute::<__m512, X16>(x.0))
    }
}

impl fmt::Debug for Avx16 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        X16::from(*self).fmt(f)
    }
}

impl Default for Avx16 {
    #[inline(always)]
    fn default() -> Self {
        Self::splat(0.0)
    }
}

impl PartialEq for Avx16 {
    #[inline(always)]
    fn eq(&self, o: &Self) -> bool {
        avx!(_mm512_cmp_ps_mask::<_CMP_EQ_OQ>(self.0, o.0) == 0xffff)
    }
}

impl BitAnd for AvxMask16 {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, o: Self) -> Self {
        AvxMask16(self.0 & o.0)
    }
}
impl BitOr for AvxMask16 {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, o: Self) -> Self {
        AvxMask16(self.0 | o.0)
    }
}
impl Not for AvxMask16 {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        AvxMask16(!self.0)
    }
}
impl Mask for AvxMask16 {
    #[inline(always)]
    fn any(self) -> bool {
        self.0 != 0
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident $operation:ident),*) => {$(
        impl $trait for Avx16 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, o: Self) -> Self { avx!(Avx16($operation(self.0, o.0))) }
        }
    )*};
}
arithmetic!(Add add _mm512_add_ps, Sub sub _mm512_sub_ps, Mul mul _mm512_mul_ps, Div div _mm512_div_ps);
assigns!(Avx16);

impl Neg for Avx16 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        avx!({
            let sign = _mm512_set1_epi32(i32::MIN);
            Avx16(_mm512_castsi512_ps(_mm512_xor_epi32(_mm512_castps_si512(self.0), sign)))
        })
    }
}

impl Lane for Avx16 {
    type Mask = AvxMask16;
    const WIDTH: usize = 16;
    #[inline(always)]
    fn splat(x: f32) -> Self {
        avx!(Avx16(_mm512_set1_ps(x)))
    }
    #[inline(always)]
    fn get(self, i: usize) -> f32 {
        X16::from(self).get(i)
    }
    #[inline(always)]
    fn set(&mut self, i: usize, x: f32) {
        let mut all = X16::from(*self);
        all.set(i, x);
        *self = all.into();
    }
    #[inline(always)]
    fn map(self, f: impl Fn(f32) -> f32) -> Self {
        X16::from(self).map(f).into()
    }
    #[inline(always)]
    fn mul_add(self, by: Self, plus: Self) -> Self {
        avx!(Avx16(_mm512_fmadd_ps(self.0, by.0, plus.0)))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        avx!(Avx16(_mm512_sqrt_ps(self.0)))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        avx!({
            let rest = _mm512_set1_epi32(i32::MAX);
            Avx16(_mm512_castsi512_ps(_mm512_and_epi32(_mm512_castps_si512(self.0), rest)))
        })
    }
    #[inline(always)]
    fn max(self, o: Self) -> Self {
        // `maxps(b, a)` is b where it is larger, else a.
        avx!(Avx16(_mm512_max_ps(o.0, self.0)))
    }
    #[inline(always)]
    fn min(self, o: Self) -> Self {
        avx!(Avx16(_mm512_min_ps(o.0, self.0)))
    }
    #[inline(always)]
    fn lt(self, o: Self) -> AvxMask16 {
        avx!(AvxMask16(_mm512_cmp_ps_mask::<_CMP_LT_OQ>(self.0, o.0)))
    }
    #[inline(always)]
    fn select(mask: AvxMask16, yes: Self, no: Self) -> Self {
        avx!(Avx16(_mm512_mask_blend_ps(mask.0, no.0, yes.0)))
    }
    #[inline(always)]
    fn nought(self) -> AvxMask16 {
        avx!({
            let bits = _mm512_castps_si512(self.0);
            AvxMask16(_mm512_testn_epi32_mask(bits, bits))
        })
    }
    #[inline(always)]
    fn exponent_and_mantissa(self) -> (Self, Self) {
        avx!({
            let root = _mm512_set1_epi32(ROOT_OF_HALF);
            let from_root = _mm512_sub_epi32(_mm512_castps_si512(self.0), root);
            let exponent = _mm512_cvtepi32_ps(_mm512_srai_epi32::<23>(from_root));
            let mantissa = _mm512_add_epi32(_mm512_and_epi32(from_root, _mm512_set1_epi32(FRACTION)), root);
            (Avx16(exponent), Avx16(_mm512_castsi512_ps(mantissa)))
        })
    }
    #[inline(always)]
    fn power_of_two(whole: Self) -> Self {
        avx!({
            let sum = _mm512_add_ps(whole.0, _mm512_set1_ps(8_388_608.0 + 127.0));
            Avx16(_mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_castps_si512(sum))))
        })
    }
    #[inline(always)]
    fn nearest(self) -> Self {
        avx!(Avx16(_mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0)))
    }
    #[inline(always)]
    fn scaled(self, whole: Self) -> Self {
        avx!(Avx16(_mm512_scalef_ps(self.0, whole.0)))
    }
    #[inline(always)]
    fn floor(self) -> Self {
        avx!(Avx16(_mm512_roundscale_ps::<{ _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC }>(self.0)))
    }
    #[inline(always)]
    fn risen(self, lowest: [f32; 2]) -> Self {
        avx!({
            let lowest = _mm512_castps128_ps512(_mm_castsi128_ps(_mm_loadl_epi64(lowest.as_ptr().cast())));
            // Places of 16 and more are of the second.
            let from = _mm512_setr_epi32(16, 17, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
            Avx16(_mm512_permutex2var_ps(self.0, from, lowest))
        })
    }
    #[inline(always)]
    fn run<K: Kernel>(kernel: K) -> K::Output {
        // SAFETY: whoever made this lane has asked.
        unsafe { compiled(kernel) }
    }
}

/// Does the work, compiled for these registers.
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
pub(super) fn compiled<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}
