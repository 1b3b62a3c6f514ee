//! Sixteen channels side by side, on any machine: eight, twice.

use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Sub};

use super::{Lane, Mask, Mask8, X8};

/// Sixteen channels side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(64))]
pub struct X16(pub [X8; 2]);

/// A truth for each of sixteen channels.
#[derive(Clone, Copy, Debug)]
pub struct Mask16([Mask8; 2]);

macro_rules! twice {
    ($type:ident: $($trait:ident $method:ident),*) => {$(
        impl $trait for $type {
            type Output = Self;
            #[inline(always)]
            fn $method(self, o: Self) -> Self {
                $type([self.0[0].$method(o.0[0]), self.0[1].$method(o.0[1])])
            }
        }
    )*};
}
twice!(X16: Add add, Sub sub, Mul mul, Div div);
twice!(Mask16: BitAnd bitand, BitOr bitor);
assigns!(X16);

impl Neg for X16 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        X16(self.0.map(|x| -x))
    }
}

impl Not for Mask16 {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Mask16(self.0.map(|x| !x))
    }
}

impl Mask for Mask16 {
    #[inline(always)]
    fn any(self) -> bool {
        self.0[0].any() | self.0[1].any()
    }
}

impl Lane for X16 {
    type Mask = Mask16;
    const WIDTH: usize = 16;
    #[inline(always)]
    fn splat(x: f32) -> Self {
        X16([X8::splat(x); 2])
    }
    #[inline(always)]
    fn get(self, i: usize) -> f32 {
        self.0[i / 8].0[i % 8]
    }
    #[inline(always)]
    fn set(&mut self, i: usize, x: f32) {
        self.0[i / 8].0[i % 8] = x;
    }
    #[inline(always)]
    fn map(self, f: impl Fn(f32) -> f32) -> Self {
        X16(self.0.map(|x| x.map(&f)))
    }
    #[inline(always)]
    fn mul_add(self, by: Self, plus: Self) -> Self {
        X16([self.0[0].mul_add(by.0[0], plus.0[0]), self.0[1].mul_add(by.0[1], plus.0[1])])
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        X16(self.0.map(X8::sqrt))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        X16(self.0.map(X8::abs))
    }
    #[inline(always)]
    fn max(self, o: Self) -> Self {
        X16([self.0[0].max(o.0[0]), self.0[1].max(o.0[1])])
    }
    #[inline(always)]
    fn min(self, o: Self) -> Self {
        X16([self.0[0].min(o.0[0]), self.0[1].min(o.0[1])])
    }
    #[inline(always)]
    fn lt(self, o: Self) -> Mask16 {
        Mask16([self.0[0].lt(o.0[0]), self.0[1].lt(o.0[1])])
    }
    #[inline(always)]
    fn select(mask: Mask16, yes: Self, no: Self) -> Self {
        let choose = |i: usize| X8::select(mask.0[i], yes.0[i], no.0[i]);
        X16([choose(0), choose(1)])
    }
    #[inline(always)]
    fn nought(self) -> Mask16 {
        Mask16(self.0.map(X8::nought))
    }
    #[inline(always)]
    fn exponent_and_mantissa(self) -> (Self, Self) {
        let [(e, m), (f, n)] = self.0.map(X8::exponent_and_mantissa);
        (X16([e, f]), X16([m, n]))
    }
    #[inline(always)]
    fn power_of_two(whole: Self) -> Self {
        X16(whole.0.map(X8::power_of_two))
    }
    #[inline(always)]
    fn floor(self) -> Self {
        X16(self.0.map(X8::floor))
    }
}
