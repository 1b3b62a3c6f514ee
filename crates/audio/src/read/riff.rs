//! WAV and its larger relatives: RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088), Wave64.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::chunk::{self, content};
use super::plain::{Header, Plain};
use super::samples::{Coding, Stored};
use super::sniff::WAVE64;
use crate::wav::TIME_REFERENCE_AT;
use crate::{Format, Info, Problem, ReadError};

/// The `fmt ` chunk.
#[derive(Clone, Copy, Debug)]
struct Layout {
    tag: u16,
    channels: usize,
    rate: u32,
    block: usize,
    bits: u16,
}

/// Where the samples lie: the first byte, and how many bytes the header claims.
#[derive(Clone, Copy, Debug)]
struct Data {
    from: u64,
    claimed: u64,
}

#[derive(Debug, Default)]
struct Chunks {
    layout: Option<Layout>,
    data: Option<Data>,
    time_reference: Option<u64>,
}

/// Finds the samples, or none where they are coded in a way that the decoders must handle.
pub fn find(path: &Path, file: &mut File) -> Result<Option<Plain>, ReadError> {
    let io = |e| ReadError::io(path, e);
    let length = file.metadata().map_err(io)?.len();
    let mut file = BufReader::new(file);
    let chunks = chunks(&mut file, length).map_err(io)?;
    let Some(layout) = chunks.layout else {
        return Err(ReadError::damaged(path, "its header does not say how the samples are stored"));
    };
    let Some(data) = chunks.data else {
        return Err(ReadError::empty(path, "the header is there, but no samples follow it"));
    };
    super::check(path, layout.channels, layout.rate)?;
    let Some(coding) = coding(path, &layout)? else { return Ok(None) };

    let stored = Stored { coding, reversed: false, channels: layout.channels };
    let block = stored.block();
    let present = length.saturating_sub(data.from);
    let mut problems = Vec::new();
    let second = f64::from(layout.rate) * block as f64;
    if data.claimed > present && !data.open() {
        problems.push(Problem::short(path, "", data.claimed as f64 / second, present as f64 / second));
    }
    // Past 4 GiB a pipe's length says nothing of where the sound ends.
    let bytes = if data.claimed == u64::from(u32::MAX) { present } else { data.claimed.min(present) };
    if bytes % block as u64 != 0 {
        problems.push(Problem::note(path, "The last frame is not whole and was left out."));
    }
    let start = match chunks.time_reference {
        // A clock of one day, with room for sessions that pass midnight.
        Some(start) if start / u64::from(layout.rate) >= 2 * 86_400 => {
            let what = "The time reference lies more than two days after midnight and was not used.";
            problems.push(Problem::note(path, what));
            None
        }
        start => start,
    };
    let header = Header {
        format: Format::Wav,
        rate: layout.rate,
        bits: u32::from(layout.bits),
        stored,
        from: data.from,
    };
    let info = Info { start, ..header.info(bytes) };
    Ok(Some(Plain { stored, from: data.from, bytes, info, problems }))
}

impl Data {
    /// Is the length left open, as programs do that write into a pipe? They put the most that fits into 31 or 32 bits,
    /// some less a header.
    fn open(&self) -> bool {
        (0x7fff_f000..=0x8000_0000).contains(&self.claimed)
            || (0xffff_f000..=u64::from(u32::MAX)).contains(&self.claimed)
    }
}

fn chunks(file: &mut (impl Read + Seek), length: u64) -> io::Result<Chunks> {
    let mut found = Chunks::default();
    let wave64 = content(file, length, 16)? == WAVE64;
    let mut large_data = None;
    let mut at: u64 = if wave64 { 40 } else { 12 };
    for _ in 0..chunk::MOST {
        let head = if wave64 { 24 } else { 8 };
        if at.saturating_add(head) > length || (found.layout.is_some() && found.data.is_some()) {
            break;
        }
        file.seek(SeekFrom::Start(at))?;
        let (id, mut size) = header(file, wave64)?;
        let from = at + head;
        match &id {
            b"ds64" => {
                let bytes = content(file, size, 24)?;
                large_data = bytes.get(8..16).map(number);
            }
            b"fmt " if found.layout.is_none() => found.layout = layout(&content(file, size, 40)?),
            b"bext" => {
                let bytes = content(file, size, TIME_REFERENCE_AT + 8)?;
                found.time_reference = bytes.get(TIME_REFERENCE_AT..).filter(|b| b.len() == 8).map(number);
            }
            b"data" if found.data.is_none() => {
                if size == u64::from(u32::MAX) {
                    size = large_data.unwrap_or(size);
                }
                if size == 0 && from < length && !plausible(file, length - from)? {
                    // A recorder that was cut off never filled in the length.
                    size = length - from;
                }
                found.data = Some(Data { from, claimed: size });
            }
            _ => {}
        }
        let step = if wave64 { size.checked_next_multiple_of(8) } else { Some(size) };
        let Some(next) = step.and_then(|step| from.checked_add(step)).filter(|next| *next < length) else {
            break;
        };
        at = next;
        if !wave64 && size % 2 == 1 {
            // The byte that fills up an odd chunk is missing in files of some programs.
            file.seek(SeekFrom::Start(next))?;
            let ahead = content(file, 5, 5)?;
            let unfilled = name(&ahead[..ahead.len().min(4)]) && !ahead.get(1..5).is_some_and(name);
            at += u64::from(!unfilled);
        }
    }
    Ok(found)
}

/// Identifier and content size of the next chunk.
fn header(file: &mut impl Read, wave64: bool) -> io::Result<([u8; 4], u64)> {
    let mut bytes = [0; 24];
    let bytes = if wave64 { &mut bytes[..] } else { &mut bytes[..8] };
    file.read_exact(bytes)?;
    let id = [bytes[0], bytes[1], bytes[2], bytes[3]];
    // Wave64 counts the 24 bytes of the chunk's head in.
    Ok((id, if wave64 { number(&bytes[16..]).saturating_sub(24) } else { number(&bytes[4..8]) }))
}

/// Could a chunk start here?
fn plausible(file: &mut impl Read, left: u64) -> io::Result<bool> {
    let bytes = content(file, left, 8)?;
    Ok(bytes.len() == 8 && name(&bytes[..4]) && number(&bytes[4..8]) <= left)
}

/// Does it look like a chunk's identifier?
fn name(bytes: &[u8]) -> bool {
    bytes.len() == 4 && bytes.iter().all(|b| (0x20..0x7f).contains(b))
}

/// A number of up to 8 bytes, least significant first.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte))
}

fn layout(bytes: &[u8]) -> Option<Layout> {
    let field = |from: usize, width: usize| bytes.get(from..from + width).map(number);
    let mut tag = field(0, 2)? as u16;
    if tag == 0xfffe {
        // WAVEFORMATEXTENSIBLE: the tag is the start of an identifier with one of two endings, that of
        // plain audio and that of ambisonics. Other identifiers leave the tag as it is, which is refused.
        let plain = b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71";
        let ambisonic = b"\x00\x00\x21\x07\xd3\x11\x86\x44\xc8\xc1\xca\x00\x00\x00";
        if bytes.get(26..40).is_some_and(|end| end == plain || end == ambisonic) {
            tag = field(24, 2)? as u16;
        }
    }
    let block = field(12, 2)? as usize;
    Some(Layout {
        tag,
        channels: field(2, 2)? as usize,
        rate: field(4, 4)? as u32,
        block,
        bits: field(14, 2).unwrap_or(0) as u16,
    })
}

/// How the samples are stored, or none where it is not plain samples.
fn coding(path: &Path, layout: &Layout) -> Result<Option<Coding>, ReadError> {
    // The room that a sample takes decides: 12 bits come in 16, 24 may come in 32, always at the top.
    let room = match layout.block {
        block if block > 0 && block % layout.channels == 0 => block / layout.channels,
        _ => usize::from(layout.bits).div_ceil(8),
    };
    let coding = match (layout.tag, room) {
        (1, 1) => Coding::U8,
        (1, 2) => Coding::I16,
        (1, 3) => Coding::I24,
        (1, 4) => Coding::I32,
        (3, 4) => Coding::F32,
        (3, 8) => Coding::F64,
        (6, 1) => Coding::ALaw,
        (7, 1) => Coding::MuLaw,
        (1 | 3 | 6 | 7, _) => {
            let what = format!("it stores samples in {} bits, which no format defines", layout.bits);
            return Err(ReadError::unsupported(path, what));
        }
        (0xfffe, _) => return Err(ReadError::unsupported(path, "its sub-format is unknown")),
        // The two kinds of ADPCM.
        (2 | 0x11, _) => return Ok(None),
        (tag, _) => {
            let what = format!("its samples are coded in the way numbered {tag:#06x}, which is not read");
            return Err(ReadError::unsupported(path, what));
        }
    };
    Ok(Some(coding))
}
