//! Clips in cache files.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::atomic::Part;
use crate::clip::read_exact_at;
use crate::disk::{SharedDisk, real};
use crate::read::limits;
use crate::read::samples::{Coding, Stored};
use crate::{Audio, Clip};

/// Tells these files, of this version, from all others.
const MAGIC: &[u8; 8] = b"mixclip1";
/// Bytes before the samples.
const HEADER: u64 = 64;
/// Frames interleaved at a time.
const PIECE: usize = 16_384;
/// Places at which the samples are checked when a file is opened.
const CHECKS: u64 = 32;
/// Bytes checked at each place.
const CHECKED: u64 = 512;

/// Puts a decoded sound into the cache under a key (letters, digits, `-`, `_` and `.`), and gives it back as
/// a clip that needs no memory. The file appears whole or not at all. It is not forced to the disk, since
/// it can be made again: [`open_cached`] finds out when a power cut took it.
pub fn cache_clip(audio: &Audio, cache_dir: &Path, key: &str) -> io::Result<Clip> {
    cache_clip_on(&real(), audio, cache_dir, key)
}

/// The same, written to any disk; its samples are read back from the machine's own.
pub fn cache_clip_on(disk: &SharedDisk, audio: &Audio, cache_dir: &Path, key: &str) -> io::Result<Clip> {
    let path = place(cache_dir, key)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the key is not a plain file name"))?;
    disk.make_folder(cache_dir)?;
    // Two threads may decode the same content at once.
    let mut part = Part::create_shared(disk, &path)?;
    let (channels, frames) = (audio.channels.len(), audio.frames());
    let file = part.file()?;
    file.write_all(&[0; HEADER as usize])?;
    let mut bytes = vec![0; PIECE * 4 * channels];
    for from in (0..frames).step_by(PIECE) {
        let to = (from + PIECE).min(frames);
        for (number, channel) in audio.channels.iter().enumerate() {
            let places = bytes.chunks_exact_mut(4 * channels);
            for (place, x) in places.zip(&channel[from..to]) {
                place[4 * number..4 * number + 4].copy_from_slice(&x.to_le_bytes());
            }
        }
        file.write_all(&bytes[..(to - from) * 4 * channels])?;
    }
    let mut header = header(audio.rate, channels as u32, frames as u64);
    let sum = check_sum(file, &header, (frames * channels * 4) as u64)?;
    header[24..32].copy_from_slice(&sum.to_le_bytes());
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header)?;
    part.commit(false)?;
    Ok(Clip::in_file(File::open(&path)?, HEADER, stored(channels), audio.rate, frames as u64))
}

/// Opens a clip that was cached under this key. A file that is missing, cut short, damaged or of another
/// version gives none.
pub fn open_cached(cache_dir: &Path, key: &str) -> Option<Clip> {
    let path = place(cache_dir, key)?;
    if !std::fs::metadata(&path).ok()?.is_file() {
        return None;
    }
    let file = File::open(path).ok()?;
    let mut found = [0; HEADER as usize];
    read_exact_at(&file, &mut found, 0).ok()?;
    let four = |at: usize| u32::from_le_bytes([found[at], found[at + 1], found[at + 2], found[at + 3]]);
    let eight = |at: usize| u64::from(four(at)) | u64::from(four(at + 4)) << 32;
    let (rate, channels, frames, sum) = (four(8), four(12), eight(16), eight(24));
    let size = frames.checked_mul(4)?.checked_mul(u64::from(channels))?;
    let expected = header(rate, channels, frames);
    let whole = found[..24] == expected[..24]
        && found[32..] == expected[32..]
        && limits::RATES.contains(&rate)
        && channels as usize <= limits::CHANNELS
        && file.metadata().ok()?.len() == size.checked_add(HEADER)?
        && check_sum(&mut &file, &expected, size).ok()? == sum;
    whole.then(|| Clip::in_file(file, HEADER, stored(channels as usize), rate, frames))
}

/// How the samples lie in a cache file.
fn stored(channels: usize) -> Stored {
    Stored { coding: Coding::F32, reversed: false, channels }
}

/// The header with a sum of nought.
fn header(rate: u32, channels: u32, frames: u64) -> [u8; HEADER as usize] {
    let mut header = [0; HEADER as usize];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&rate.to_le_bytes());
    header[12..16].copy_from_slice(&channels.to_le_bytes());
    header[16..24].copy_from_slice(&frames.to_le_bytes());
    header
}

/// A sum (FNV-1a) over the header, and over samples at places spread evenly over the file. Enough to notice pages that never
/// reached the disk; reading all of it would take as long as decoding.
fn check_sum<F: Read + Seek + ?Sized>(file: &mut F, header: &[u8], size: u64) -> io::Result<u64> {
    let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let mut sum = header.iter().fold(0xcbf2_9ce4_8422_2325, step);
    let mut bytes = [0; CHECKED as usize];
    let last = size.saturating_sub(CHECKED);
    for check in 0..CHECKS {
        let at = (u128::from(last) * u128::from(check) / u128::from(CHECKS - 1)) as u64;
        let bytes = &mut bytes[..CHECKED.min(size) as usize];
        file.seek(SeekFrom::Start(HEADER + at))?;
        file.read_exact(bytes)?;
        sum = bytes.iter().fold(sum, step);
    }
    Ok(sum)
}

fn place(cache_dir: &Path, key: &str) -> Option<PathBuf> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let usable = !key.is_empty() && !key.starts_with('.') && key.chars().all(plain);
    usable.then(|| cache_dir.join(format!("{key}.clip")))
}
