//! Sound in files: reading, writing, resampling, dither, and the pool of decoded clips.
//!
//! Whatever comes from outside is a claim until the bytes are there: headers never decide how much memory is
//! taken, a damaged file gives what can be kept and a [`Problem`], and no input makes this crate panic.
//! Originals are only read. What is written appears under its final name only when it is whole.
#![allow(clippy::disallowed_methods, reason = "files belong here")]

mod atomic;
mod audio;
pub mod disk;
mod dither;
mod flac;
mod hash;
mod info;
mod pool;
mod problem;
mod read;
mod resample;
mod wav;

pub use atomic::{copy_atomic, write_atomic};
pub use audio::Audio;
pub use disk::SharedDisk;
pub use dither::{Dither, Quantiser};
pub use flac::{flac_bytes, write_flac};
pub use hash::{content_hash, hex};
pub use info::{Format, Info};
pub use pool::{Clip, Pool, Reader, SourceId, cache_clip, cache_clip_on, open_cached};
pub use problem::{Problem, ReadError, Severity};
pub use read::{Read, Stream, limits, read};
pub use resample::resample;
pub use wav::{Bext, Sample, WavWriter, Written};
