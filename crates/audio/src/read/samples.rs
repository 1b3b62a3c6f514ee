//! From stored samples to floating point.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use mixsmith_dsp::Lane;
use mixsmith_dsp::lane::packed::unpack_24;
use mixsmith_dsp::lane::wide::Kernel;

use super::limits;
use crate::ReadError;

/// Bytes read at a time.
const PIECE: usize = 1 << 18;

/// How one sample is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    U8,
    I8,
    I16,
    I24,
    I32,
    F32,
    F64,
    ALaw,
    MuLaw,
}

impl Coding {
    /// Bytes a sample.
    pub fn bytes(self) -> usize {
        match self {
            Coding::U8 | Coding::I8 | Coding::ALaw | Coding::MuLaw => 1,
            Coding::I16 => 2,
            Coding::I24 => 3,
            Coding::I32 | Coding::F32 => 4,
            Coding::F64 => 8,
        }
    }

    /// Are the samples floating point?
    pub fn float(self) -> bool {
        matches!(self, Coding::F32 | Coding::F64)
    }
}

/// Plain samples in a file: interleaved, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    pub coding: Coding,
    /// Is the most significant byte first?
    pub reversed: bool,
    pub channels: usize,
}

impl Stored {
    /// Bytes a frame.
    pub fn block(self) -> usize {
        self.coding.bytes() * self.channels
    }

    /// Reads so many bytes into planar channels, but never more than there are.
    pub fn read(
        self,
        path: &Path,
        file: &mut (impl Read + Seek),
        from: u64,
        bytes: u64,
    ) -> Result<Vec<Vec<f32>>, ReadError> {
        let block = self.block();
        let frames = bytes / block as u64;
        if frames * self.channels as u64 > limits::SAMPLES {
            return Err(ReadError::TooLong { file: path.to_owned(), limit: limits::SAMPLES });
        }
        let io = |e| ReadError::io(path, e);
        file.seek(SeekFrom::Start(from)).map_err(io)?;
        let mut channels: Vec<Vec<f32>> =
            (0..self.channels).map(|_| Vec::with_capacity(frames as usize)).collect();
        let mut piece = vec![0; (PIECE / block).max(1) * block];
        let mut left = frames as usize * block;
        while left > 0 {
            let size = left.min(piece.len());
            let read = fill(file, &mut piece[..size]).map_err(io)?;
            for (number, channel) in channels.iter_mut().enumerate() {
                let begun = channel.len();
                channel.resize(begun + read / block, 0.0);
                self.decode(&piece[..read], number, &mut channel[begun..]);
            }
            if read < size {
                // The file became shorter while it was read.
                break;
            }
            left -= size;
        }
        Ok(channels)
    }

    /// Turns the samples of one channel of interleaved frames into floating point, as many as fit.
    pub fn decode(self, bytes: &[u8], channel: usize, to: &mut [f32]) {
        if self.coding == Coding::I24 && !self.reversed {
            return unpack_24(bytes, self.channels, channel, to);
        }
        f32::run(Decode { stored: self, bytes, channel, to });
    }
}

struct Decode<'a> {
    stored: Stored,
    bytes: &'a [u8],
    channel: usize,
    to: &'a mut [f32],
}

impl Kernel for Decode<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        match self.stored.coding {
            Coding::U8 => self.each(|[a]: [u8; 1]| (f32::from(a) - 128.0) / 128.0),
            Coding::I8 => self.each(|b| f32::from(i8::from_le_bytes(b)) / 128.0),
            Coding::I16 => self.each(|b| f32::from(i16::from_le_bytes(b)) / 32_768.0),
            Coding::I24 => self.each(|[a, b, c]: [u8; 3]| top(u32::from_le_bytes([0, a, b, c]))),
            Coding::I32 => self.each(|b| top(u32::from_le_bytes(b))),
            Coding::F32 => self.each(f32::from_le_bytes),
            Coding::F64 => self.each(|b| f64::from_le_bytes(b) as f32),
            Coding::ALaw => self.each(|[a]: [u8; 1]| a_law(a)),
            Coding::MuLaw => self.each(|[a]: [u8; 1]| mu_law(a)),
        }
    }
}

impl Decode<'_> {
    #[inline(always)]
    fn each<const W: usize>(self, sample: impl Fn([u8; W]) -> f32) {
        let Decode { stored, bytes, channel, to } = self;
        let one = |bytes: &[u8]| {
            let mut one = [0; W];
            one.copy_from_slice(bytes);
            if stored.reversed {
                one.reverse();
            }
            sample(one)
        };
        if stored.channels == 1 {
            // A length known to the compiler, so that it takes several at once.
            for (to, bytes) in to.iter_mut().zip(bytes.chunks_exact(W)) {
                *to = one(bytes);
            }
        } else {
            for (to, frame) in to.iter_mut().zip(bytes.chunks_exact(W * stored.channels)) {
                *to = one(&frame[channel * W..(channel + 1) * W]);
            }
        }
    }
}

/// A whole number of up to 32 bits at the top of the word. One of 24 bits is exact.
#[inline(always)]
fn top(word: u32) -> f32 {
    word as i32 as f32 / 2_147_483_648.0
}

/// Reads until the slice is full or the file ends.
fn fill(file: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match file.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

/// ITU-T G.711, A-law.
fn a_law(code: u8) -> f32 {
    let code = code ^ 0x55;
    let (segment, step) = (u32::from(code >> 4 & 7), i32::from(code & 15));
    let size = if segment == 0 { 16 * step + 8 } else { (16 * step + 264) << (segment - 1) };
    (if code & 0x80 != 0 { size } else { -size }) as f32 / 32_768.0
}

/// ITU-T G.711, mu-law.
fn mu_law(code: u8) -> f32 {
    let code = !code;
    let (segment, step) = (u32::from(code >> 4 & 7), i32::from(code & 15));
    let size = ((8 * step + 132) << segment) - 132;
    (if code & 0x80 != 0 { -size } else { size }) as f32 / 32_768.0
}
