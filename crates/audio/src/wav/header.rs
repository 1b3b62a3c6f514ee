//! The bytes before the samples.

use super::Bext;

/// How samples are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sample {
    /// Whole numbers of 16 bits.
    I16,
    /// Whole numbers of 24 bits.
    I24,
    /// Floating point of 32 bits; nothing is clipped.
    F32,
}

impl Sample {
    /// Bytes a sample.
    pub fn bytes(self) -> usize {
        match self {
            Sample::I16 => 2,
            Sample::I24 => 3,
            Sample::F32 => 4,
        }
    }

    /// Bits a sample.
    pub fn bits(self) -> u32 {
        self.bytes() as u32 * 8
    }
}

/// Everything before the samples of a WAV file, for a given number of frames. Its length depends only on
/// the fields, so it can be written first with 0 frames and again, over itself, at the end.
pub(crate) struct Header<'a> {
    pub rate: u32,
    pub channels: u16,
    pub sample: Sample,
    pub bext: Option<&'a Bext>,
    /// Largest size that the 32-bit fields may hold; above it the file becomes RF64 (EBU Tech 3306).
    pub limit: u64,
}

impl Header<'_> {
    /// The header of a file with so many frames.
    pub fn bytes(&self, frames: u64) -> Vec<u8> {
        let block = self.sample.bytes() as u64 * u64::from(self.channels);
        let data = frames * block;
        let mut chunks = Vec::new();
        if let Some(bext) = self.bext {
            chunk(&mut chunks, b"bext", &bext.bytes());
        }
        chunk(&mut chunks, b"fmt ", &self.format(block as u16));
        // Bytes after the 8 of "RIFF" and its size: "WAVE", the 36 of JUNK or ds64, `fact`, `data`.
        let fact_size = if self.sample == Sample::F32 { 12 } else { 0 };
        let riff = 4 + 36 + chunks.len() as u64 + fact_size + 8 + data + data % 2;
        let large = riff > self.limit;
        let short = |size: u64| if large { u32::MAX } else { size as u32 }.to_le_bytes();

        let mut header = Vec::new();
        header.extend(if large { b"RF64" } else { b"RIFF" });
        header.extend(short(riff));
        header.extend(b"WAVE");
        let mut sizes = Vec::new();
        if large {
            [riff, data, frames].iter().for_each(|size| sizes.extend(size.to_le_bytes()));
        }
        sizes.resize(28, 0);
        chunk(&mut header, if large { b"ds64" } else { b"JUNK" }, &sizes);
        header.extend(chunks);
        if fact_size > 0 {
            chunk(&mut header, b"fact", &short(frames));
        }
        header.extend(b"data");
        header.extend(short(data));
        header
    }

    /// WAVEFORMATEX, or WAVEFORMATEXTENSIBLE where more than two channels need their places named.
    fn format(&self, block: u16) -> Vec<u8> {
        let tag: u16 = if self.sample == Sample::F32 { 3 } else { 1 };
        let wide = self.channels > 2;
        let mut format = Vec::new();
        format.extend(if wide { 0xfffe } else { tag }.to_le_bytes());
        format.extend(self.channels.to_le_bytes());
        format.extend(self.rate.to_le_bytes());
        format.extend(self.rate.saturating_mul(u32::from(block)).to_le_bytes());
        format.extend(block.to_le_bytes());
        let bits = (self.sample.bits() as u16).to_le_bytes();
        format.extend(bits);
        if wide {
            format.extend(22u16.to_le_bytes());
            format.extend(bits);
            // No places: the channels are simply numbered.
            format.extend(0u32.to_le_bytes());
            format.extend(tag.to_le_bytes());
            format.extend(b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71");
        } else if tag == 3 {
            format.extend(0u16.to_le_bytes());
        }
        format
    }
}

fn chunk(into: &mut Vec<u8>, id: &[u8; 4], content: &[u8]) {
    into.extend(id);
    into.extend((content.len() as u32).to_le_bytes());
    into.extend(content);
    into.resize(into.len() + content.len() % 2, 0);
}
