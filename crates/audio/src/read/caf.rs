//! Core Audio Format (Apple, 1.0) with plain samples, and a look at the rest before the library computes with it.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::chunk::{self, content, number};
use super::plain::{Header, Plain};
use super::samples::{Coding, Stored};
use crate::{Format, ReadError};

/// Most bytes in a packet: those of plain samples and of every coding are far smaller.
const PACKET: u64 = 1 << 20;

/// The `desc` chunk.
#[derive(Clone, Copy, Debug)]
struct Description {
    rate: f64,
    kind: u64,
    flags: u64,
    packet_bytes: u64,
    packet_frames: u64,
    channels: u64,
    bits: u64,
}

#[derive(Debug, Default)]
struct Chunks {
    description: Option<Description>,
    /// First byte of the samples, and how many bytes of them the chunk claims; none while a recorder has left it open.
    data: Option<(u64, Option<u64>)>,
}

/// Finds the samples, or none where they are coded in a way that the decoders must handle.
pub fn find(path: &Path, file: &mut File) -> Result<Option<Plain>, ReadError> {
    let io = |e| ReadError::io(path, e);
    let length = file.metadata().map_err(io)?.len();
    let chunks = chunks(&mut BufReader::new(file), length).map_err(io)?;
    let Some(description) = chunks.description else {
        return Err(ReadError::damaged(path, "its header does not say how the samples are stored"));
    };
    let rate = description.rate as u32;
    super::check(path, description.channels as usize, rate)?;
    if description.packet_bytes > PACKET {
        let what = format!("its header claims packets of {} bytes", description.packet_bytes);
        return Err(ReadError::damaged(path, what));
    }
    let Some(stored) = stored(&description) else { return Ok(None) };
    let Some((from, claimed)) = chunks.data else {
        return Err(ReadError::empty(path, "the header is there, but no samples follow it"));
    };
    let claimed = claimed.unwrap_or(length.saturating_sub(from));
    let header = Header { format: Format::Caf, rate, bits: description.bits as u32, stored, from };
    Ok(Some(header.plain(path, length, claimed, claimed)))
}

fn chunks(file: &mut (impl Read + Seek), length: u64) -> io::Result<Chunks> {
    let mut found = Chunks::default();
    let mut at: u64 = 8;
    for _ in 0..chunk::MOST {
        if at.saturating_add(12) > length || (found.description.is_some() && found.data.is_some()) {
            break;
        }
        file.seek(SeekFrom::Start(at))?;
        let head = content(file, 12, 12)?;
        let (Some(id), Some(size)) = (head.get(..4), number(&head, 4, 8)) else { break };
        match id {
            b"desc" if found.description.is_none() => {
                found.description = description(&content(file, size, 32)?);
            }
            // The first four bytes count edits; a size of -1 is for the last chunk, while it grows.
            b"data" if found.data.is_none() => {
                let claimed = (size != u64::MAX).then(|| size.saturating_sub(4));
                found.data = Some((at + 16, claimed));
            }
            _ => {}
        }
        let Some(next) = at.checked_add(12).and_then(|at| at.checked_add(size)) else { break };
        at = next;
    }
    Ok(found)
}

fn description(bytes: &[u8]) -> Option<Description> {
    Some(Description {
        rate: f64::from_bits(number(bytes, 0, 8)?),
        kind: number(bytes, 8, 4)?,
        flags: number(bytes, 12, 4)?,
        packet_bytes: number(bytes, 16, 4)?,
        packet_frames: number(bytes, 20, 4)?,
        channels: number(bytes, 24, 4)?,
        bits: number(bytes, 28, 4)?,
    })
}

/// How the samples are stored, or none where it is not plain samples, each in the room that it needs.
fn stored(description: &Description) -> Option<Stored> {
    if description.kind != u64::from(u32::from_be_bytes(*b"lpcm")) || description.packet_frames != 1 {
        return None;
    }
    let coding = match (description.flags & 1, description.bits) {
        (1, 32) => Coding::F32,
        (1, 64) => Coding::F64,
        (0, 8) => Coding::I8,
        (0, 16) => Coding::I16,
        (0, 24) => Coding::I24,
        (0, 32) => Coding::I32,
        _ => return None,
    };
    let stored =
        Stored { coding, reversed: description.flags & 2 == 0, channels: description.channels as usize };
    (stored.block() as u64 == description.packet_bytes).then_some(stored)
}
