//! SHELF 1: what changes sound. One effect a file, and one line in [`all`].
//!
//! Kernels are generic over the lane; effects know nothing of the engine.

pub mod all;
mod bent;
pub mod clipper;
pub mod compressor;
mod cuts;
pub mod deesser;
pub mod delay;
pub mod dynamic_equaliser;
pub mod equaliser;
pub mod exciter;
pub mod gate;
pub mod limiter;
pub mod linear_equaliser;
pub mod multiband;
pub mod reverb;
pub mod rider;
pub mod saturator;
pub mod tape;
pub mod transient;
pub mod trim;
pub mod width;

pub use all::{KINDS, WIDE};
