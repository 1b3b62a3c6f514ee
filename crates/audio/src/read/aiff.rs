//! AIFF and AIFF-C (Apple, 1991) with plain samples.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::chunk::{self, content, number};
use super::plain::{Header, Plain};
use super::samples::{Coding, Stored};
use crate::{Format, ReadError};

/// The `COMM` chunk.
#[derive(Clone, Copy, Debug)]
struct Common {
    channels: usize,
    frames: u64,
    bits: u16,
    rate: u32,
    kind: [u8; 4],
}

#[derive(Debug, Default)]
struct Chunks {
    common: Option<Common>,
    /// First byte of the samples, and how many bytes of them the chunk claims.
    data: Option<(u64, u64)>,
}

/// Finds the samples, or none where they are coded in a way that the decoders must handle.
pub fn find(path: &Path, file: &mut File) -> Result<Option<Plain>, ReadError> {
    let io = |e| ReadError::io(path, e);
    let length = file.metadata().map_err(io)?.len();
    let chunks = chunks(&mut BufReader::new(file), length).map_err(io)?;
    let Some(common) = chunks.common else {
        return Err(ReadError::damaged(path, "its header does not say how the samples are stored"));
    };
    let Some((from, size)) = chunks.data else {
        return Err(ReadError::empty(path, "the header is there, but no samples follow it"));
    };
    super::check(path, common.channels, common.rate)?;
    let Some(stored) = stored(&common) else { return Ok(None) };
    let counted = common.frames * stored.block() as u64;
    // Recorders that were cut off leave nought in either place.
    let claimed = match (size, counted) {
        (0, 0) => length.saturating_sub(from),
        (0, size) | (size, 0) => size,
        (size, counted) => size.min(counted),
    };
    let header =
        Header { format: Format::Aiff, rate: common.rate, bits: u32::from(common.bits), stored, from };
    Ok(Some(header.plain(path, length, claimed, claimed.max(counted))))
}

fn chunks(file: &mut (impl Read + Seek), length: u64) -> io::Result<Chunks> {
    let mut found = Chunks::default();
    let mut at: u64 = 12;
    for _ in 0..chunk::MOST {
        if at.saturating_add(8) > length || (found.common.is_some() && found.data.is_some()) {
            break;
        }
        file.seek(SeekFrom::Start(at))?;
        let head = content(file, 8, 8)?;
        let (Some(id), Some(size)) = (head.get(..4), number(&head, 4, 4)) else { break };
        match id {
            b"COMM" if found.common.is_none() => found.common = common(&content(file, size, 22)?),
            b"SSND" if found.data.is_none() => {
                let offset = number(&content(file, 4, 4)?, 0, 4).unwrap_or(0);
                found.data = Some((at + 16 + offset, size.saturating_sub(8 + offset)));
            }
            _ => {}
        }
        at += 8 + size + size % 2;
    }
    Ok(found)
}

fn common(bytes: &[u8]) -> Option<Common> {
    let kind = bytes.get(18..22).and_then(|kind| kind.try_into().ok()).unwrap_or(*b"NONE");
    Some(Common {
        channels: number(bytes, 0, 2)? as usize,
        frames: number(bytes, 2, 4)?,
        bits: number(bytes, 6, 2)? as u16,
        rate: extended(number(bytes, 8, 2)?, number(bytes, 10, 8)?),
        kind,
    })
}

/// A number of 80 bits (IEEE 754 double extended), or nought where it is no sample rate.
fn extended(exponent: u64, mantissa: u64) -> u32 {
    if exponent >= 0x7fff {
        // Negative, infinite or not a number.
        return 0;
    }
    (mantissa as f64 * 2f64.powi(exponent as i32 - 16_383 - 63)).round() as u32
}

/// How the samples are stored, or none where it is not plain samples.
fn stored(common: &Common) -> Option<Stored> {
    let whole = match common.bits.div_ceil(8) {
        1 => Some(Coding::I8),
        2 => Some(Coding::I16),
        3 => Some(Coding::I24),
        4 => Some(Coding::I32),
        _ => None,
    };
    let (coding, reversed) = match &common.kind {
        b"NONE" | b"twos" => (whole?, true),
        b"sowt" => (whole?, false),
        b"in24" => (Coding::I24, true),
        b"in32" => (Coding::I32, true),
        b"23ni" => (Coding::I32, false),
        b"fl32" | b"FL32" => (Coding::F32, true),
        b"fl64" | b"FL64" => (Coding::F64, true),
        b"raw " => (Coding::U8, true),
        b"alaw" | b"ALAW" => (Coding::ALaw, true),
        b"ulaw" | b"ULAW" => (Coding::MuLaw, true),
        _ => return None,
    };
    Some(Stored { coding, reversed, channels: common.channels })
}
