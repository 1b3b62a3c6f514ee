//! The description of a Core Audio file, looked at before the library computes with it.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use crate::ReadError;

/// Most bytes in a packet: those of plain samples and of every coding are far smaller.
const PACKET: u32 = 1 << 20;

/// Refuses a description beyond all limits, and leaves the file at its start. The description is the first chunk
/// (Apple Core Audio Format Specification 1.0); where it is not, the library says so.
pub fn check(path: &Path, file: &mut File) -> Result<(), ReadError> {
    let mut start = Vec::new();
    file.take(52).read_to_end(&mut start).map_err(|e| ReadError::io(path, e))?;
    file.rewind().map_err(|e| ReadError::io(path, e))?;
    let four = |at: usize| {
        let bytes = start.get(at..at + 4)?;
        Some(bytes.iter().fold(0u32, |n, byte| n << 8 | u32::from(*byte)))
    };
    let (Some(b"desc"), Some(high), Some(low), Some(packet), Some(channels)) =
        (start.get(8..12), four(20), four(24), four(36), four(44))
    else {
        return Ok(());
    };
    let rate = f64::from_bits(u64::from(high) << 32 | u64::from(low));
    super::check(path, channels as usize, rate as u32)?;
    match packet {
        ..=PACKET => Ok(()),
        _ => Err(ReadError::damaged(path, format!("its header claims packets of {packet} bytes"))),
    }
}
