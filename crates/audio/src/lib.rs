//! Sound in files: reading, writing, resampling, dither, and clips that are read from anywhere.
//!
//! Whatever comes from outside is a claim until the bytes are there: headers never decide how much memory is
//! taken, a damaged file gives what can be kept and a [`Problem`], and no input makes this crate panic.
//! Originals are only read. What is written appears under its final name only when it is whole.
#![allow(clippy::disallowed_methods, reason = "files belong here")]

mod atomic;
mod audio;
mod cache;
mod clip;
pub mod disk;
mod dither;
mod flac;
mod hash;
mod info;
mod problem;
mod read;
mod resample;
mod stamp;
mod wav;

pub use atomic::{copy_atomic, write_atomic};
pub use audio::Audio;
pub use cache::{cache_clip, cache_clip_on, open_cached};
pub use clip::{Ahead, Clip};
pub use disk::SharedDisk;
pub use dither::{Dither, Quantiser};
pub use flac::{flac_bytes, write_flac};
pub use hash::{content_hash, hex};
pub use info::{Format, Info};
pub use problem::{Problem, ReadError, Severity};
pub use read::{Read, Stream, limits, read};
pub use resample::resample;
pub use stamp::Stamp;
pub use wav::{Bext, Sample, WavWriter, Written};
