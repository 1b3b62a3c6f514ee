//! Plain samples in a file, wherever its header says that they lie.

use std::fs::File;
use std::path::Path;

use super::Stream;
use super::samples::Stored;
use crate::{Audio, Format, Info, Problem, ReadError};

/// What a header says of its samples.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    pub format: Format,
    pub rate: u32,
    pub bits: u32,
    pub stored: Stored,
    /// The first byte of the samples.
    pub from: u64,
}

/// Plain samples that are there.
#[derive(Debug)]
pub struct Plain {
    pub stored: Stored,
    /// The first byte of the samples, and how many bytes there are.
    pub from: u64,
    pub bytes: u64,
    pub info: Info,
    pub problems: Vec<Problem>,
}

impl Header {
    /// The samples of a file of `length` bytes: at most `claimed` bytes. It is short where there are not as many as
    /// `promised`.
    pub fn plain(self, path: &Path, length: u64, claimed: u64, promised: u64) -> Plain {
        let block = self.stored.block() as u64;
        let present = length.saturating_sub(self.from);
        let bytes = claimed.min(present) / block * block;
        let mut problems = Vec::new();
        if promised > bytes + block {
            let second = f64::from(self.rate) * block as f64;
            problems.push(Problem::short(path, "", promised as f64 / second, bytes as f64 / second));
        }
        Plain { stored: self.stored, from: self.from, bytes, info: self.info(bytes), problems }
    }

    /// What is known of so many bytes of samples.
    pub fn info(self, bytes: u64) -> Info {
        let Stored { coding, channels, .. } = self.stored;
        Info {
            format: self.format,
            rate: self.rate,
            channels,
            bits: Some(self.bits),
            float: coding.float(),
            lossy: false,
            start: None,
            frames: bytes / self.stored.block() as u64,
            removed_delay: None,
            name: None,
            colour: None,
        }
    }
}

impl Plain {
    /// Reads all of them.
    pub fn read(mut self, path: &Path, file: &mut File) -> Result<super::Read, ReadError> {
        let channels = self.stored.read(path, file, self.from, self.bytes)?;
        let audio = Audio { rate: self.info.rate, channels };
        self.info.frames = audio.frames() as u64;
        Ok(super::Read { streams: vec![Stream { info: self.info, audio }], problems: self.problems })
    }
}
