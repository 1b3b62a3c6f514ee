//! Arithmetic on sound: lanes, mathematics, filters, dynamics, space.
//!
//! Knows nothing of tracks, files or parameters. Every kernel is written once, generic over [`Lane`]: one
//! channel (`f32`), or eight or sixteen side by side ([`X8`], [`X16`]), and each gives the same bits as a scalar.

pub mod convolution;
pub mod delay_line;
pub mod denormals;
pub mod dynamics;
pub mod fft;
pub mod filter;
pub mod lane;
pub mod long_filter;
pub mod loudness;
pub mod math;
pub mod meter;
pub mod oscillator;
pub mod oversample;
pub mod shaper;
pub mod space;
pub mod true_peak;

pub use lane::{Lane, X8, X16};
