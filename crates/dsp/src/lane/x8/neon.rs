//! Two registers of four numbers. Every 64-bit ARM has NEON.
#![allow(unsafe_code)]

use std::arch::aarch64::*;

use super::super::{FRACTION, ROOT_OF_HALF};
use super::{Mask8, X8};

// SAFETY of every such block: X8 and Mask8 are eight numbers of 32 bits, one after the other, as two registers are; any
// bits are a number; and every 64-bit ARM that this is compiled for has NEON.
macro_rules! neon {
    ($work:expr) => {
        unsafe { $work }
    };
}

#[inline(always)]
fn open(x: X8) -> [float32x4_t; 2] {
    neon!(std::mem::transmute(x))
}

#[inline(always)]
fn close(x: [float32x4_t; 2]) -> X8 {
    neon!(std::mem::transmute(x))
}

#[inline(always)]
fn open_mask(x: Mask8) -> [uint32x4_t; 2] {
    neon!(std::mem::transmute(x))
}

#[inline(always)]
fn close_mask(x: [uint32x4_t; 2]) -> Mask8 {
    neon!(std::mem::transmute(x))
}

macro_rules! pairs {
    ($($name:ident $operation:ident),*) => {$(
        #[inline(always)]
        pub fn $name(a: X8, b: X8) -> X8 {
            let (a, b) = (open(a), open(b));
            close(neon!([$operation(a[0], b[0]), $operation(a[1], b[1])]))
        }
    )*};
}
pairs!(add vaddq_f32, sub vsubq_f32, mul vmulq_f32, div vdivq_f32);

/// Not the machine's own, which is no number where either is none.
#[inline(always)]
pub fn max(a: X8, b: X8) -> X8 {
    select(lt(a, b), b, a)
}

/// Not the machine's own, either.
#[inline(always)]
pub fn min(a: X8, b: X8) -> X8 {
    select(lt(b, a), b, a)
}

#[inline(always)]
pub fn sqrt(a: X8) -> X8 {
    close(open(a).map(|a| neon!(vsqrtq_f32(a))))
}

#[inline(always)]
pub fn abs(a: X8) -> X8 {
    close(open(a).map(|a| neon!(vabsq_f32(a))))
}

#[inline(always)]
pub fn neg(a: X8) -> X8 {
    close(open(a).map(|a| neon!(vnegq_f32(a))))
}

#[inline(always)]
pub fn lt(a: X8, b: X8) -> Mask8 {
    let (a, b) = (open(a), open(b));
    close_mask(neon!([vcltq_f32(a[0], b[0]), vcltq_f32(a[1], b[1])]))
}

#[inline(always)]
pub fn select(mask: Mask8, yes: X8, no: X8) -> X8 {
    let (mask, yes, no) = (open_mask(mask), open(yes), open(no));
    let choose = |i: usize| neon!(vbslq_f32(mask[i], yes[i], no[i]));
    close([choose(0), choose(1)])
}

#[inline(always)]
pub fn any(mask: Mask8) -> bool {
    let [a, b] = open_mask(mask);
    neon!(vmaxvq_u32(vorrq_u32(a, b))) != 0
}

#[inline(always)]
pub fn and(a: Mask8, b: Mask8) -> Mask8 {
    let (a, b) = (open_mask(a), open_mask(b));
    close_mask(neon!([vandq_u32(a[0], b[0]), vandq_u32(a[1], b[1])]))
}

#[inline(always)]
pub fn or(a: Mask8, b: Mask8) -> Mask8 {
    let (a, b) = (open_mask(a), open_mask(b));
    close_mask(neon!([vorrq_u32(a[0], b[0]), vorrq_u32(a[1], b[1])]))
}

#[inline(always)]
pub fn not(a: Mask8) -> Mask8 {
    close_mask(open_mask(a).map(|a| neon!(vmvnq_u32(a))))
}

#[inline(always)]
pub fn nought(x: X8) -> Mask8 {
    close_mask(open(x).map(|x| neon!(vceqzq_u32(vreinterpretq_u32_f32(x)))))
}

/// See [`super::super::split_exponent`].
#[inline(always)]
pub fn exponent_and_mantissa(x: X8) -> (X8, X8) {
    let root = neon!(vdupq_n_s32(ROOT_OF_HALF));
    let from_root = open(x).map(|x| neon!(vsubq_s32(vreinterpretq_s32_f32(x), root)));
    let exponent = from_root.map(|bits| neon!(vcvtq_f32_s32(vshrq_n_s32::<23>(bits))));
    let mantissa = from_root.map(|bits| {
        neon!({
            let fraction = vandq_s32(bits, vdupq_n_s32(FRACTION));
            vreinterpretq_f32_s32(vaddq_s32(fraction, root))
        })
    });
    (close(exponent), close(mantissa))
}

/// See [`super::super::whole_power_of_two`].
#[inline(always)]
pub fn power_of_two(whole: X8) -> X8 {
    let power = |whole| {
        neon!({
            let bits = vreinterpretq_u32_f32(vaddq_f32(whole, vdupq_n_f32(8_388_608.0 + 127.0)));
            vreinterpretq_f32_u32(vshlq_n_u32::<23>(bits))
        })
    };
    close(open(whole).map(power))
}
