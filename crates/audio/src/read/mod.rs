//! Reading sound files.

mod aiff;
mod caf;
mod chunk;
mod decode;
mod mp4;
mod plain;
mod riff;
pub(crate) mod samples;
pub(crate) mod sniff;

use std::fs::{self, File};
use std::io::Seek;
use std::path::Path;

use crate::{Audio, Info, Problem, ReadError};
use plain::Plain;
use sniff::Container;

/// What a file may claim before it is refused.
pub mod limits {
    use std::ops::RangeInclusive;

    /// Most channels in one stream.
    pub const CHANNELS: usize = 64;
    /// Sample rates, Hz.
    pub const RATES: RangeInclusive<u32> = 1_000..=768_000;
    /// Most samples over all channels of a file: 8 GiB in memory, six hours of stereo at 48 kHz.
    pub const SAMPLES: u64 = 1 << 31;
    /// Samples beyond this are taken for damage, like infinities: +120 dBFS.
    pub const LOUDEST: f32 = 1e6;
}

/// One stream of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// What the file says of it.
    pub info: Info,
    /// Its sound.
    pub audio: Audio,
}

/// What a file gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// The streams, at least one; several for a file of stems.
    pub streams: Vec<Stream>,
    /// What is wrong with them.
    pub problems: Vec<Problem>,
}

/// Reads a file whole. A file of stems (Native Instruments `stem.mp4`) gives one stream a stem, without
/// the stereo mix that comes first in it. A damaged file gives what can be kept, and a problem.
///
/// The sound is kept as floating point at the file's own rate: nothing is clipped at full scale.
pub fn read(path: &Path) -> Result<Read, ReadError> {
    let (mut file, container) = open(path)?;
    let mut read = match find(path, &mut file, container)? {
        Some(plain) => plain.read(path, &mut file)?,
        None => {
            file.rewind().map_err(|e| ReadError::io(path, e))?;
            decode::read(path, file, container)?
        }
    };
    for stream in &mut read.streams {
        if let Some(problem) = scrub(path, &mut stream.audio) {
            read.problems.push(problem);
        }
    }
    if read.streams.iter().all(|stream| stream.audio.frames() == 0) {
        // The first sentence says what is wrong, those after it what was done.
        let first = read.problems.first().and_then(|problem| problem.what.split(". ").next());
        let why = first.map(|why| why.trim_end_matches('.').replacen("The ", "the ", 1));
        return Err(ReadError::empty(path, why.unwrap_or_else(|| "it is zero frames long".to_owned())));
    }
    Ok(read)
}

/// Opens a file and looks what it is.
pub(crate) fn open(path: &Path) -> Result<(File, Container), ReadError> {
    let about = fs::metadata(path).map_err(|e| ReadError::io(path, e))?;
    if !about.is_file() {
        // Asked before opening: to open a named pipe would wait for ever.
        let found = if about.is_dir() { "it is a folder" } else { "it is a device or a pipe" };
        return Err(ReadError::not_audio(path, found));
    }
    if about.len() == 0 {
        return Err(ReadError::empty(path, "the file has no bytes"));
    }
    let mut file = File::open(path).map_err(|e| ReadError::io(path, e))?;
    let container = sniff::container(path, &mut file)?;
    Ok((file, container))
}

/// Finds the plain samples of a file, or none where it must be decoded.
pub(crate) fn find(path: &Path, file: &mut File, container: Container) -> Result<Option<Plain>, ReadError> {
    match container {
        Container::Riff => riff::find(path, file),
        Container::Aiff => aiff::find(path, file),
        Container::Caf => caf::find(path, file),
        _ => Ok(None),
    }
}

/// Is it within the limits?
fn check(path: &Path, channels: usize, rate: u32) -> Result<(), ReadError> {
    if channels == 0 {
        return Err(ReadError::damaged(path, "its header claims 0 channels"));
    }
    if channels > limits::CHANNELS {
        let what = format!("it has {channels} channels, and at most {} are read", limits::CHANNELS);
        return Err(ReadError::unsupported(path, what));
    }
    if !limits::RATES.contains(&rate) {
        let what = format!("its sample rate of {rate} Hz is not between 1 kHz and 768 kHz");
        return Err(ReadError::unsupported(path, what));
    }
    Ok(())
}

/// Replaces what is not a number, or absurd, by silence.
fn scrub(path: &Path, audio: &mut Audio) -> Option<Problem> {
    let (mut count, mut first) = (0u64, usize::MAX);
    for channel in &mut audio.channels {
        for (frame, x) in channel.iter_mut().enumerate() {
            if x.is_nan() || x.abs() > limits::LOUDEST {
                *x = 0.0;
                count += 1;
                first = first.min(frame);
            }
        }
    }
    let at = first as f64 / f64::from(audio.rate.max(1));
    (count > 0).then(|| {
        let what = match count {
            1 => format!("1 sample is no number (NaN or infinite), at {at:.3} s. It was"),
            _ => format!(
                "{count} samples are not numbers (NaN or infinite), the first at {at:.3} s. They were"
            ),
        };
        let what =
            format!("{what} replaced by silence; listen there, and export the track again if it clicks.");
        Problem::warning(path, what)
    })
}
