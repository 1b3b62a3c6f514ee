//! The widest registers of the machine at hand, found at run time.
//!
//! The program is compiled for any machine of its kind. Where this one has more (AVX2 on x86-64), kernels over
//! [`Widest`] that are inlined into [`run`] use it, to the same bits: only exactly rounded operations are offered.
#![allow(unsafe_code)]

use super::X8;

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
