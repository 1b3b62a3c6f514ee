//! SHELF 1: what changes sound. One effect a file, and one line in [`all`].
//!
//! Kernels are generic over the lane; effects know nothing of the engine.

pub mod all;
pub mod autopan;
mod bent;
pub mod chorus;
pub mod clipper;
pub mod compressor;
pub mod convolution;
mod cuts;
pub mod deesser;
pub mod delay;
pub mod doubler;
pub mod dynamic_equaliser;
pub mod equaliser;
pub mod exciter;
pub mod flanger;
pub mod gate;
mod glide;
pub mod limiter;
pub mod linear_equaliser;
pub mod midside;
mod modulation;
pub mod mono;
pub mod multiband;
pub mod phaser;
pub mod reverb;
pub mod rider;
pub mod saturator;
pub mod tape;
pub mod transient;
pub mod tremolo;
pub mod trim;
pub mod width;

pub use all::{KINDS, WIDE};
