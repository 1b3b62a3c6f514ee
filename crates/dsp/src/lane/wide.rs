//! The widest registers of the machine at hand, found at run time.
//!
//! The program is compiled for any machine of its kind. Where this one has more (AVX2 on x86-64), kernels over
//! [`Widest`] that are inlined into [`run`] use it, to the same bits: only exactly rounded operations are offered.
#![allow(unsafe_code)]

use super::{Lane, X8};

/// Eight channels side by side in the widest registers that there may be.
#[cfg(target_arch = "x86_64")]
pub type Widest = super::avx2::Avx8;
/// Eight channels side by side in the widest registers that there may be.
#[cfg(not(target_arch = "x86_64"))]
pub type Widest = X8;

/// Does this machine have what [`Widest`] needs? If not, nothing may be done with it.
#[inline]
pub fn available() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::is_x86_feature_detected!("avx2")
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
        #[target_feature(enable = "avx2")]
        fn avx2<K: Kernel>(kernel: K) -> K::Output {
            kernel.run()
        }
        // SAFETY: this machine has AVX2.
        unsafe { avx2(kernel) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    kernel.run()
}

// SAFETY of the casts: both are eight numbers of 32 bits, one after the other, aligned to 32 bytes, and any bits are a
// number.

/// The same numbers as the widest lanes.
pub fn widest(wide: &[X8]) -> &[Widest] {
    unsafe { &*(std::ptr::from_ref(wide) as *const [Widest]) }
}

/// The same numbers as the widest lanes.
pub fn widest_mut(wide: &mut [X8]) -> &mut [Widest] {
    unsafe { &mut *(std::ptr::from_mut(wide) as *mut [Widest]) }
}

/// The same numbers as lanes for any machine.
pub fn any(wide: &[Widest]) -> &[X8] {
    unsafe { &*(std::ptr::from_ref(wide) as *const [X8]) }
}

/// Lays eight channels side by side: number `i` of row `j` becomes channel `j` of frame `i`. All are as long.
pub fn gather(rows: [&[f32]; 8], frames: &mut [X8]) {
    if available() {
        run(Gather { rows, frames });
    } else {
        gather_from(0, rows, frames);
    }
}

fn gather_from(start: usize, rows: [&[f32]; 8], frames: &mut [X8]) {
    for (j, row) in rows.into_iter().enumerate() {
        for (frame, &x) in frames[start..].iter_mut().zip(&row[start..]) {
            frame.set(j, x);
        }
    }
}

struct Gather<'a> {
    rows: [&'a [f32]; 8],
    frames: &'a mut [X8],
}

impl Kernel for Gather<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let whole = self.frames.len() / 8 * 8;
        let mut frames = self.frames.chunks_exact_mut(8);
        for (number, frames) in frames.by_ref().enumerate() {
            let mut square = [Widest::zero(); 8];
            for (line, row) in square.iter_mut().zip(self.rows) {
                *line = eight(&row[8 * number..]).into();
            }
            for (frame, line) in frames.iter_mut().zip(transposed(square)) {
                *frame = line.into();
            }
        }
        gather_from(whole, self.rows, self.frames);
    }
}

/// Takes eight channels apart again: what [`gather`] has laid together.
pub fn scatter(frames: &[X8], rows: [&mut [f32]; 8]) {
    if available() {
        run(Scatter { frames, rows });
    } else {
        scatter_from(0, frames, rows);
    }
}

fn scatter_from(start: usize, frames: &[X8], rows: [&mut [f32]; 8]) {
    for (j, row) in rows.into_iter().enumerate() {
        for (frame, x) in frames[start..].iter().zip(&mut row[start..]) {
            *x = frame.get(j);
        }
    }
}

struct Scatter<'a> {
    frames: &'a [X8],
    rows: [&'a mut [f32]; 8],
}

impl Kernel for Scatter<'_> {
    type Output = ();
    #[inline(always)]
    fn run(mut self) {
        let whole = self.frames.len() / 8 * 8;
        for (number, frames) in self.frames.chunks_exact(8).enumerate() {
            let mut square = [Widest::zero(); 8];
            for (line, frame) in square.iter_mut().zip(frames) {
                *line = (*frame).into();
            }
            for (row, line) in self.rows.iter_mut().zip(transposed(square)) {
                row[8 * number..8 * number + 8].copy_from_slice(&X8::from(line).0);
            }
        }
        scatter_from(whole, self.frames, self.rows);
    }
}

#[inline(always)]
fn eight(row: &[f32]) -> X8 {
    let mut eight = X8::default();
    eight.0.copy_from_slice(&row[..8]);
    eight
}

#[cfg(target_arch = "x86_64")]
use super::avx2::transposed;

/// Number `i` of row `j` becomes number `j` of row `i`.
#[cfg(not(target_arch = "x86_64"))]
fn transposed(rows: [X8; 8]) -> [X8; 8] {
    std::array::from_fn(|i| X8(std::array::from_fn(|j| rows[j].0[i])))
}
