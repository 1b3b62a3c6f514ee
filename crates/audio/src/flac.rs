//! FLAC, for the players in the report.

use std::io::{self, Cursor};
use std::path::Path;

use flac_codec::encode::{FlacChannelWriter, Options};

use crate::atomic::Part;
use crate::disk::real;
use crate::{Audio, Dither, Quantiser};

/// Frames handed to the encoder at a time.
const PIECE: usize = 1 << 15;

/// The sound as a FLAC file in memory, with `bits` of 16 or 24 and up to 8 channels.
pub fn flac_bytes(audio: &Audio, bits: u32, dither: Dither) -> io::Result<Vec<u8>> {
    if bits != 16 && bits != 24 {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "FLAC is written with 16 or 24 bits"));
    }
    let channels = u8::try_from(audio.channels.len()).unwrap_or(u8::MAX);
    let mut bytes = Vec::new();
    let total = Some(audio.frames() as u64);
    let made = FlacChannelWriter::new(
        Cursor::new(&mut bytes),
        Options::default(),
        audio.rate,
        bits,
        channels,
        total,
    );
    let mut writer = made.map_err(io::Error::other)?;
    let mut quantisers: Vec<Quantiser> =
        (0..audio.channels.len()).map(|channel| Quantiser::new(bits, dither, channel)).collect();
    let mut whole: Vec<Vec<i32>> = vec![Vec::new(); audio.channels.len()];
    for from in (0..audio.frames()).step_by(PIECE) {
        let to = (from + PIECE).min(audio.frames());
        for ((channel, quantiser), whole) in audio.channels.iter().zip(&mut quantisers).zip(&mut whole) {
            whole.resize(to - from, 0);
            quantiser.quantise_each(&channel[from..to], whole);
        }
        writer.write(&whole).map_err(io::Error::other)?;
    }
    writer.finalize().map_err(io::Error::other)?;
    Ok(bytes)
}

/// Writes the sound as a FLAC file, under its final name only when it is whole.
pub fn write_flac(path: &Path, audio: &Audio, bits: u32, dither: Dither) -> io::Result<()> {
    let bytes = flac_bytes(audio, bits, dither)?;
    let mut part = Part::create(&real(), path)?;
    part.file()?.write_all(&bytes)?;
    part.commit(true)
}
