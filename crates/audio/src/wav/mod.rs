//! WAV files out.

mod bext;
mod header;
mod writer;

pub use bext::Bext;
pub(crate) use bext::TIME_REFERENCE_AT;
pub use header::Sample;
pub use writer::{WavWriter, Written};
