//! The widest registers of the machine at hand, found at run time.
//!
//! The program is compiled for any machine of its kind. Where this one has more (AVX2 and AVX-512 on x86-64), kernels over
//! [`Widest`] that are inlined into [`run`] use it, to the same bits: only exactly rounded operations are offered.
#![allow(unsafe_code)]

use super::{Lane, X8, X16};

#[cfg(not(target_arch = "x86_64"))]
use super::{X8 as Avx8, X16 as Avx16};
#[cfg(target_arch = "x86_64")]
use super::{
    avx2::Avx8,
    avx512::{self, Avx16},
};

/// Eight channels side by side in the widest registers that there may be.
pub type Widest = Avx8;
/// Sixteen channels side by side in the widest registers that there may be.
pub type Widest16 = Avx16;

/// Does this machine have what [`Widest`] needs? If not, nothing may be done with it.
#[inline]
pub fn available() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        false
    }
}

/// Work to be compiled for the widest registers. `run` and all that it calls a frame at a time should be
/// `#[inline(always)]`: what is not inlined is compiled for any machine. Closures given to the library's iterators often
/// are not; loops are.
pub trait Kernel {
    /// What comes of it.
    type Output;
    /// Does the work.
    fn run(self) -> Self::Output;
}

/// Does the work in the widest registers. They must be [`available`].
#[inline(always)]
pub fn run<K: Kernel>(kernel: K) -> K::Output {
    assert!(available(), "asked before anything wide was built");
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,fma")]
        fn avx2<K: Kernel>(kernel: K) -> K::Output {
            kernel.run()
        }
        // SAFETY: this machine has AVX2 and FMA, or AVX-512 with what belongs to it.
        unsafe { if sixteen() { avx512::compiled(kernel) } else { avx2(kernel) } }
    }
    #[cfg(not(target_arch = "x86_64"))]
    kernel.run()
}

/// Channels side by side as they go from one place to another: for any machine, with a twin in its widest registers.
pub trait Bundle: Lane {
    /// The same numbers in the widest registers that there may be.
    type Widest: Lane + From<Self> + Into<Self>;
    /// Does this machine have what the twin needs? If not, nothing may be done with it.
    fn available() -> bool;
    /// The same numbers in eights, one after the other.
    fn eights(frames: &[Self]) -> &[X8];
    /// The same numbers in eights, one after the other.
    fn eights_mut(frames: &mut [Self]) -> &mut [X8];
    /// The same numbers as the twin.
    fn widest(frames: &[Self]) -> &[Self::Widest];
    /// The same numbers as the twin.
    fn widest_mut(frames: &mut [Self]) -> &mut [Self::Widest];
    /// The same numbers as lanes for any machine.
    fn any(frames: &[Self::Widest]) -> &[Self];
}

// SAFETY of the casts: all are numbers of 32 bits, as many, one after the other; a bundle is aligned as its twin is and as
// eights are, or more; and any bits are a number.
macro_rules! bundle {
    ($any:ident, $widest:ty, $available:expr) => {
        impl Bundle for $any {
            type Widest = $widest;
            fn available() -> bool {
                $available
            }
            #[inline(always)]
            fn eights(frames: &[Self]) -> &[X8] {
                unsafe { std::slice::from_raw_parts(frames.as_ptr().cast(), frames.len() * Self::WIDTH / 8) }
            }
            #[inline(always)]
            fn eights_mut(frames: &mut [Self]) -> &mut [X8] {
                let count = frames.len() * Self::WIDTH / 8;
                unsafe { std::slice::from_raw_parts_mut(frames.as_mut_ptr().cast(), count) }
            }
            #[inline(always)]
            fn widest(frames: &[Self]) -> &[Self::Widest] {
                unsafe { &*(std::ptr::from_ref(frames) as *const [Self::Widest]) }
            }
            #[inline(always)]
            fn widest_mut(frames: &mut [Self]) -> &mut [Self::Widest] {
                unsafe { &mut *(std::ptr::from_mut(frames) as *mut [Self::Widest]) }
            }
            #[inline(always)]
            fn any(frames: &[Self::Widest]) -> &[Self] {
                unsafe { &*(std::ptr::from_ref(frames) as *const [Self]) }
            }
        }
    };
}

bundle!(X8, Widest, available());
bundle!(X16, Widest16, sixteen());

fn sixteen() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::is_x86_feature_detected as has;
        available() && has!("avx512f") && has!("avx512bw") && has!("avx512dq") && has!("avx512vl")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        false
    }
}

/// Lays eight channels side by side, as one eight of those that a frame has: number `i` of row `j` becomes channel `j` of it
/// in frame `i`. `N` is a multiple of eight.
pub fn gather<B: Bundle, const N: usize>(rows: [&[f32; N]; 8], eight: usize, frames: &mut [B; N]) {
    const { assert!(N.is_multiple_of(8)) }
    let frames = B::eights_mut(frames);
    if available() {
        run(Gather { rows, eight, each: B::WIDTH / 8, frames });
        return;
    }
    for (i, frame) in frames.chunks_exact_mut(B::WIDTH / 8).enumerate() {
        for (j, row) in rows.iter().enumerate() {
            frame[eight].set(j, row[i]);
        }
    }
}

struct Gather<'a, const N: usize> {
    rows: [&'a [f32; N]; 8],
    eight: usize,
    each: usize,
    frames: &'a mut [X8],
}

impl<const N: usize> Kernel for Gather<'_, N> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        if self.each == 1 { self.of::<1>() } else { self.of::<2>() }
    }
}

impl<const N: usize> Gather<'_, N> {
    #[inline(always)]
    fn of<const EACH: usize>(self) {
        let (frames, _) = self.frames.as_chunks_mut::<EACH>();
        let (eights, _) = frames.as_chunks_mut::<8>();
        for (start, frames) in (0..N).step_by(8).zip(eights) {
            let mut square = [Widest::zero(); 8];
            for (line, row) in square.iter_mut().zip(self.rows) {
                *line = eight(&row[start..start + 8]).into();
            }
            for (frame, line) in frames.iter_mut().zip(transposed(square)) {
                frame[self.eight] = line.into();
            }
        }
    }
}

/// Takes eight channels apart again: what [`gather`] has laid together.
pub fn scatter<B: Bundle, const N: usize>(frames: &[B; N], eight: usize, rows: [&mut [f32; N]; 8]) {
    const { assert!(N.is_multiple_of(8)) }
    let frames = B::eights(frames);
    if available() {
        run(Scatter { frames, eight, each: B::WIDTH / 8, rows });
        return;
    }
    for (j, row) in rows.into_iter().enumerate() {
        for (x, frame) in row.iter_mut().zip(frames.chunks_exact(B::WIDTH / 8)) {
            *x = frame[eight].get(j);
        }
    }
}

struct Scatter<'a, const N: usize> {
    frames: &'a [X8],
    eight: usize,
    each: usize,
    rows: [&'a mut [f32; N]; 8],
}

impl<const N: usize> Kernel for Scatter<'_, N> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        if self.each == 1 { self.of::<1>() } else { self.of::<2>() }
    }
}

impl<const N: usize> Scatter<'_, N> {
    #[inline(always)]
    fn of<const EACH: usize>(mut self) {
        let (frames, _) = self.frames.as_chunks::<EACH>();
        let (eights, _) = frames.as_chunks::<8>();
        for (start, frames) in (0..N).step_by(8).zip(eights) {
            let mut square = [Widest::zero(); 8];
            for (line, frame) in square.iter_mut().zip(frames) {
                *line = frame[self.eight].into();
            }
            for (row, line) in self.rows.iter_mut().zip(transposed(square)) {
                row[start..start + 8].copy_from_slice(&X8::from(line).0);
            }
        }
    }
}

#[inline(always)]
fn eight(row: &[f32]) -> X8 {
    let mut eight = X8::default();
    eight.0.copy_from_slice(&row[..8]);
    eight
}

#[cfg(target_arch = "x86_64")]
pub(crate) use super::avx2::transposed;

/// Number `i` of row `j` becomes number `j` of row `i`.
#[cfg(not(target_arch = "x86_64"))]
fn transposed(rows: [X8; 8]) -> [X8; 8] {
    std::array::from_fn(|i| X8(std::array::from_fn(|j| rows[j].0[i])))
}
