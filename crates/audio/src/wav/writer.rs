//! Writes a WAV file piece by piece.

use std::io::{self, SeekFrom};
use std::ops::Range;
use std::path::Path;

use super::header::Header;
use super::{Bext, Sample};
use crate::atomic::Part;
use crate::disk::{SharedDisk, real};
use crate::{Dither, Quantiser};

/// Bytes gathered before they go to the disk.
const GATHER: usize = 1 << 18;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Length in frames.
    pub frames: u64,
    /// Samples, over all channels, that did not fit and were held at full scale.
    pub clipped: u64,
}

/// Writes a WAV file piece by piece. It is called `<name>.part` until [`WavWriter::finish`], and is removed
/// when it is dropped before. Past 4 GiB it becomes RF64.
#[derive(Debug)]
pub struct WavWriter {
    part: Part,
    rate: u32,
    sample: Sample,
    quantisers: Vec<Quantiser>,
    bext: Option<Bext>,
    limit: u64,
    frames: u64,
    started: bool,
    waiting: Vec<u8>,
}

impl WavWriter {
    /// Starts a file of `channels` (1 to 1000) at `rate`. Dither is for whole numbers; floats need none.
    pub fn create(
        path: &Path,
        rate: u32,
        channels: usize,
        sample: Sample,
        dither: Dither,
    ) -> io::Result<WavWriter> {
        WavWriter::create_on(&real(), path, rate, channels, sample, dither)
    }

    /// The same on any disk.
    pub fn create_on(
        disk: &SharedDisk,
        path: &Path,
        rate: u32,
        channels: usize,
        sample: Sample,
        dither: Dither,
    ) -> io::Result<WavWriter> {
        if channels == 0 || channels > 1000 || rate == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a WAV file needs channels and a rate"));
        }
        Ok(WavWriter {
            part: Part::create(disk, path)?,
            rate,
            sample,
            quantisers: (0..channels).map(|channel| Quantiser::new(sample.bits(), dither, channel)).collect(),
            bext: None,
            limit: u64::from(u32::MAX),
            frames: 0,
            started: false,
            waiting: Vec::with_capacity(GATHER + (1 << 16)),
        })
    }

    /// Adds a broadcast chunk. Only before the first [`WavWriter::write`].
    pub fn with_bext(mut self, bext: Bext) -> WavWriter {
        self.bext = Some(bext);
        self
    }

    /// Adds frames: one slice a channel, all of equal length.
    pub fn write(&mut self, channels: &[&[f32]]) -> io::Result<()> {
        let frames = channels.first().map_or(0, |channel| channel.len());
        if channels.len() != self.quantisers.len() || channels.iter().any(|c| c.len() != frames) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the channels do not fit the file"));
        }
        self.start()?;
        let block = self.sample.bytes() * channels.len();
        for from in (0..frames).step_by((GATHER / block).max(1)) {
            let to = (from + (GATHER / block).max(1)).min(frames);
            self.interleave(channels, from, to, block);
            if self.waiting.len() >= GATHER {
                self.part.file()?.write_all(&self.waiting)?;
                self.waiting.clear();
            }
        }
        self.frames += frames as u64;
        Ok(())
    }

    /// Closes the file, waits until the disk has it, and gives it its name.
    pub fn finish(mut self) -> io::Result<Written> {
        self.start()?;
        let block = (self.sample.bytes() * self.quantisers.len()) as u64;
        if self.frames * block % 2 == 1 {
            self.waiting.push(0);
        }
        let header = self.header(self.frames);
        let file = self.part.file()?;
        file.write_all(&self.waiting)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&header)?;
        let clipped = match self.sample {
            Sample::F32 => 0,
            _ => self.quantisers.iter().map(Quantiser::clipped).sum(),
        };
        self.part.commit(true)?;
        Ok(Written { frames: self.frames, clipped })
    }

    fn start(&mut self) -> io::Result<()> {
        if !self.started {
            self.started = true;
            let header = self.header(0);
            self.part.file()?.write_all(&header)?;
        }
        Ok(())
    }

    fn header(&self, frames: u64) -> Vec<u8> {
        let header = Header {
            rate: self.rate,
            channels: self.quantisers.len() as u16,
            sample: self.sample,
            bext: self.bext.as_ref(),
            limit: self.limit,
        };
        header.bytes(frames)
    }

    fn interleave(&mut self, channels: &[&[f32]], from: usize, to: usize, block: usize) {
        let start = self.waiting.len();
        self.waiting.resize(start + (to - from) * block, 0);
        let places = &mut self.waiting[start..];
        match self.sample {
            Sample::F32 => {
                for (frame, place) in (from..to).zip(places.chunks_exact_mut(block)) {
                    for (place, channel) in place.as_chunks_mut::<4>().0.iter_mut().zip(channels) {
                        *place = channel[frame].to_le_bytes();
                    }
                }
            }
            Sample::I16 => quantise::<2>(&mut self.quantisers, channels, from..to, places),
            Sample::I24 => quantise::<3>(&mut self.quantisers, channels, from..to, places),
        }
    }
}

/// Writes whole numbers of `BYTES` bytes.
fn quantise<const BYTES: usize>(
    quantisers: &mut [Quantiser],
    channels: &[&[f32]],
    frames: Range<usize>,
    places: &mut [u8],
) {
    let block = BYTES * channels.len();
    let mut whole = [0; 256];
    for ((channel, quantiser), first) in channels.iter().zip(quantisers).zip((0..).step_by(BYTES)) {
        let pieces = channel[frames.clone()].chunks(whole.len()).zip(places.chunks_mut(block * whole.len()));
        for (samples, places) in pieces {
            quantiser.quantise_each(samples, &mut whole);
            for (place, whole) in places.chunks_exact_mut(block).zip(&whole) {
                place[first..first + BYTES].copy_from_slice(&whole.to_le_bytes()[..BYTES]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn becomes_rf64_above_the_limit_with_the_same_samples() {
        let folder = tempfile::tempdir().unwrap();
        let ramp: Vec<f32> = (0..5000).map(|n| n as f32 / 8192.0).collect();
        let write = |name: &str, limit: u64| {
            let path = folder.path().join(name);
            let mut writer = WavWriter::create(&path, 48_000, 2, Sample::F32, Dither::None).unwrap();
            writer.limit = limit;
            writer.write(&[&ramp, &ramp]).unwrap();
            writer.finish().unwrap();
            path
        };
        let (small, large) = (write("small.wav", u64::from(u32::MAX)), write("large.wav", 30_000));
        let (small_bytes, large_bytes) = (fs::read(&small).unwrap(), fs::read(&large).unwrap());
        assert_eq!(&small_bytes[..4], b"RIFF");
        assert_eq!(&large_bytes[..16], b"RF64\xff\xff\xff\xffWAVEds64");
        assert_eq!(&large_bytes[20..28], (large_bytes.len() as u64 - 8).to_le_bytes());
        assert_eq!(&large_bytes[28..36], 40_000u64.to_le_bytes());
        assert_eq!(&large_bytes[36..44], 5000u64.to_le_bytes());
        assert_eq!(small_bytes.len(), large_bytes.len());
        let (small, large) = (crate::read(&small).unwrap(), crate::read(&large).unwrap());
        assert!(large.problems.is_empty(), "{:?}", large.problems);
        assert_eq!(small.streams[0].audio, large.streams[0].audio);
    }

    #[test]
    fn the_sizes_of_a_header_past_four_gigabytes() {
        let header =
            Header { rate: 96_000, channels: 2, sample: Sample::I24, bext: None, limit: u64::from(u32::MAX) };
        assert_eq!(&header.bytes(715_827_860)[..4], b"RIFF");
        let bytes = header.bytes(1_000_000_000);
        assert_eq!(&bytes[..4], b"RF64");
        assert_eq!(&bytes[28..36], 6_000_000_000u64.to_le_bytes());
        assert_eq!(&bytes[bytes.len() - 4..], [0xff; 4]);
    }

    #[test]
    fn dropped_or_misused_it_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mix.wav");
        let mut writer = WavWriter::create(&path, 48_000, 2, Sample::I16, Dither::Tpdf).unwrap();
        writer.write(&[&[0.5], &[0.5]]).unwrap();
        assert!(folder.path().join("mix.wav.part").exists());
        assert!(writer.write(&[&[0.5]]).is_err());
        assert!(writer.write(&[&[0.5], &[0.5, 0.1]]).is_err());
        drop(writer);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(WavWriter::create(&path, 48_000, 0, Sample::I16, Dither::None).is_err());
    }

    #[test]
    fn counts_what_did_not_fit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loud.wav");
        let mut writer = WavWriter::create(&path, 48_000, 1, Sample::I16, Dither::None).unwrap();
        writer.write(&[&[0.0, 1.5, -1.5, 0.9]]).unwrap();
        assert_eq!(writer.finish().unwrap(), Written { frames: 4, clipped: 2 });
        let read = crate::read(&path).unwrap();
        let top = 32767.0 / 32768.0;
        assert_eq!(read.streams[0].audio.channels[0][1..3], [top, -top]);
    }
}
