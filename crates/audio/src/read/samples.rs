//! From stored samples to floating point.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

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
            self.append(&piece[..read], &mut channels);
            if read < size {
                // The file became shorter while it was read.
                break;
            }
            left -= size;
        }
        Ok(channels)
    }

    /// Appends interleaved frames to planar channels. A frame that is not whole is left out.
    fn append(self, bytes: &[u8], to: &mut [Vec<f32>]) {
        let reversed = self.reversed;
        match self.coding {
            Coding::U8 => each(bytes, to, reversed, |[a]: [u8; 1]| (f32::from(a) - 128.0) / 128.0),
            Coding::I8 => each(bytes, to, reversed, |b| f32::from(i8::from_le_bytes(b)) / 128.0),
            Coding::I16 => each(bytes, to, reversed, |b| f32::from(i16::from_le_bytes(b)) / 32_768.0),
            Coding::I24 => each(bytes, to, reversed, |[a, b, c]: [u8; 3]| {
                (i32::from_le_bytes([0, a, b, c]) >> 8) as f32 / 8_388_608.0
            }),
            Coding::I32 => {
                each(bytes, to, reversed, |b| i32::from_le_bytes(b) as f32 / 2_147_483_648.0);
            }
            Coding::F32 => each(bytes, to, reversed, f32::from_le_bytes),
            Coding::F64 => each(bytes, to, reversed, |b| f64::from_le_bytes(b) as f32),
            Coding::ALaw => each(bytes, to, reversed, |[a]: [u8; 1]| a_law(a)),
            Coding::MuLaw => each(bytes, to, reversed, |[a]: [u8; 1]| mu_law(a)),
        }
    }
}

fn each<const W: usize>(bytes: &[u8], to: &mut [Vec<f32>], reversed: bool, sample: impl Fn([u8; W]) -> f32) {
    let block = W * to.len();
    for (number, channel) in to.iter_mut().enumerate() {
        channel.extend(bytes.chunks_exact(block).map(|frame| {
            let mut one = [0; W];
            one.copy_from_slice(&frame[number * W..(number + 1) * W]);
            if reversed {
                one.reverse();
            }
            sample(one)
        }));
    }
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
