//! What kind of file it is, by its first bytes: names lie.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use crate::ReadError;

/// The outer form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// RIFF, RF64, BW64 or Wave64.
    Riff,
    Aiff,
    Flac,
    Caf,
    Ogg,
    Mp4,
    Matroska,
    /// MPEG frames, perhaps after an ID3 tag.
    Mpeg,
    /// AAC frames.
    Adts,
}

impl Container {
    /// The extension by which the decoding library knows it.
    pub fn extension(self) -> &'static str {
        match self {
            Container::Riff => "wav",
            Container::Aiff => "aiff",
            Container::Flac => "flac",
            Container::Caf => "caf",
            Container::Ogg => "ogg",
            Container::Mp4 => "m4a",
            Container::Matroska => "mkv",
            Container::Mpeg => "mp3",
            Container::Adts => "aac",
        }
    }
}

/// First bytes of a Wave64 file: the identifier of `riff`.
pub const WAVE64: [u8; 16] = *b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";

/// Looks at the first bytes, and leaves the file at its start.
pub fn container(path: &Path, file: &mut File) -> Result<Container, ReadError> {
    let mut start = Vec::new();
    file.take(4096).read_to_end(&mut start).map_err(|e| ReadError::io(path, e))?;
    file.rewind().map_err(|e| ReadError::io(path, e))?;
    let at = |from: usize, what: &[u8]| start.get(from..from + what.len()) == Some(what);
    Ok(match () {
        () if (at(0, b"RIFF") || at(0, b"RF64") || at(0, b"BW64")) && at(8, b"WAVE") => Container::Riff,
        () if at(0, &WAVE64) => Container::Riff,
        () if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) => Container::Aiff,
        () if at(0, b"fLaC") => Container::Flac,
        () if at(0, b"caff") => Container::Caf,
        () if at(0, b"OggS") => Container::Ogg,
        () if at(4, b"ftyp") => Container::Mp4,
        () if at(0, b"\x1a\x45\xdf\xa3") => Container::Matroska,
        () if at(0, b"ID3") => after_tag(path, file, &start)?,
        () if adts(&start) => Container::Adts,
        () if mpeg(&start) => Container::Mpeg,
        () => return Err(ReadError::not_audio(path, looks_like(&start))),
    })
}

/// An ID3 tag may stand before MPEG, AAC and even FLAC.
fn after_tag(path: &Path, file: &mut File, start: &[u8]) -> Result<Container, ReadError> {
    let size = start.get(6..10).map_or(0, |b| b.iter().fold(0u64, |n, b| n << 7 | u64::from(b & 0x7f)));
    let mut head = Vec::new();
    let io = |e| ReadError::io(path, e);
    file.seek(std::io::SeekFrom::Start(10 + size)).map_err(io)?;
    file.take(16).read_to_end(&mut head).map_err(io)?;
    file.rewind().map_err(io)?;
    Ok(match () {
        () if head.starts_with(b"fLaC") => Container::Flac,
        () if adts(&head) => Container::Adts,
        () => Container::Mpeg,
    })
}

/// A frame header of ISO/IEC 11172-3: eleven set bits, then fields that avoid their forbidden values.
fn mpeg(start: &[u8]) -> bool {
    match start {
        [0xff, b, c, ..] => {
            b & 0xe0 == 0xe0 && b & 0x18 != 0x08 && b & 0x06 != 0 && c & 0xf0 != 0xf0 && c & 0x0c != 0x0c
        }
        _ => false,
    }
}

/// A frame header of ADTS (ISO/IEC 13818-7): twelve set bits and layer 0.
fn adts(start: &[u8]) -> bool {
    matches!(start, [0xff, b, c, ..] if b & 0xf6 == 0xf0 && c & 0x3c < 0x34)
}

fn looks_like(start: &[u8]) -> String {
    let known: [(&[u8], &str); 8] = [
        (b"RIFX", "a WAV file with its bytes in reverse order"),
        (b"RIFF", "a RIFF file without sound (perhaps video or MIDI)"),
        (b"MThd", "a MIDI file"),
        (b"PK\x03\x04", "a ZIP archive; unpack it first"),
        (b"\x1f\x8b", "a compressed file; unpack it first"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"%PDF", "a PDF document"),
    ];
    if let Some((_, what)) = known.iter().find(|(magic, _)| start.starts_with(magic)) {
        return format!("it looks like {what}");
    }
    let text = start.iter().all(|b| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..))
        && start.iter().any(u8::is_ascii);
    let zeros = start.iter().all(|b| *b == 0);
    match () {
        () if zeros => "it holds only zeros, as after an interrupted copy".into(),
        () if text => "it looks like text".into(),
        () => "its first bytes fit no sound format".into(),
    }
}
