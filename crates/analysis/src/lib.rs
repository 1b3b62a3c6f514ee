//! SHELF 2: what measures sound. One fact a file, and one line in [`all`].
//!
//! A fact says what is, never what to do. Facts are about audio, so they are cached by the hash of its content.

pub mod all;
pub mod bleed;
pub mod delay;
pub mod ears;
pub mod fact;
pub mod key;
pub mod leave_out;
pub mod masking;
#[cfg(test)]
mod noise;
pub mod odd_files;
pub mod pairs;
pub mod partial;
pub mod picture;
pub mod roles;
pub mod rough;
pub mod sections;
pub mod sketch;
pub mod song;
pub mod stem;
pub mod tempo;
pub mod window;

pub use all::unit;
pub use ears::measure_stem;
pub use fact::{Fact, Facts, Measure, Qty, Span};
pub use roles::{ROLES, Role, role};
pub use sketch::Sketch;
pub use song::measure_song;
pub use stem::{Song, Stem};
