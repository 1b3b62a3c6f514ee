//! SHELF 2: what measures sound. One fact a file, and one line in [`all`].
//!
//! A fact says what is, never what to do. Facts are about audio, so they are cached by the hash of its content.

pub mod all;
pub mod ears;
pub mod fact;
pub mod sketch;
pub mod stem;

pub use ears::measure_stem;
pub use fact::{Fact, Facts, Measure, Qty, Span};
pub use sketch::Sketch;
pub use stem::{Song, Stem};
