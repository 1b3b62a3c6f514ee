//! Numbers too small to hear, which some processors compute a hundred times slower than others.

/// Runs `work` with denormal numbers flushed to nought on this thread.
#[allow(unsafe_code)]
pub fn flushed<R>(work: impl FnOnce() -> R) -> R {
    // SAFETY: the flags change only how denormal results and operands round, not memory; they are put back when
    // `work` returns or panics, and no code that it runs relies on denormals.
    unsafe { no_denormals::no_denormals(work) }
}
