//! The pieces that files are made of.

use crate::{Hostile, Made};

/// A plain file.
pub fn file(name: &str, bytes: impl Into<Vec<u8>>) -> Hostile {
    Hostile { name: name.into(), made: Made::Bytes(bytes.into()) }
}

/// A chunk of RIFF: identifier, size with the least significant byte first, content, and a byte where it is odd.
pub fn chunk(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    claims(id, content.len() as u32, content)
}

/// The same with any size.
pub fn claims(id: &[u8; 4], size: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = [id.as_slice(), &size.to_le_bytes(), content].concat();
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

/// A RIFF file of these chunks.
pub fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"RIFF".as_slice(), &(body.len() as u32 + 4).to_le_bytes(), b"WAVE", &body].concat()
}

/// The fields of a `fmt ` chunk.
#[derive(Clone, Copy)]
pub struct Format {
    pub tag: u16,
    pub channels: u16,
    pub rate: u32,
    pub block: u16,
    pub bits: u16,
}

/// 16 bits in mono at 48 kHz.
pub const PLAIN: Format = Format { tag: 1, channels: 1, rate: 48_000, block: 2, bits: 16 };

impl Format {
    /// Content of the chunk, 16 bytes.
    pub fn bytes(self) -> Vec<u8> {
        let mut bytes = self.tag.to_le_bytes().to_vec();
        bytes.extend(self.channels.to_le_bytes());
        bytes.extend(self.rate.to_le_bytes());
        bytes.extend(self.rate.wrapping_mul(u32::from(self.block)).to_le_bytes());
        bytes.extend(self.block.to_le_bytes());
        bytes.extend(self.bits.to_le_bytes());
        bytes
    }

    /// The chunk.
    pub fn chunk(self) -> Vec<u8> {
        chunk(b"fmt ", &self.bytes())
    }

    /// A whole file of this form.
    pub fn file(self) -> Vec<u8> {
        riff(&[self.chunk(), chunk(b"data", &sound())])
    }
}

/// 960 bytes of a rising line: whole frames in every usual form.
pub fn sound() -> Vec<u8> {
    (0..480i16).flat_map(|n| (n * 60).to_le_bytes()).collect()
}

/// A chunk of AIFF: sizes with the most significant byte first.
pub fn big(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    big_claims(id, content.len() as u32, content)
}

/// The same with any size.
pub fn big_claims(id: &[u8; 4], size: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = [id.as_slice(), &size.to_be_bytes(), content].concat();
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}
