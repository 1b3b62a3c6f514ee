//! What the formats made of chunks have in common.

use std::io::{self, Read};

/// Chunks looked at before a file is taken for nonsense.
pub const MOST: usize = 10_000;

/// The chunk's first bytes, as many as are asked for and there.
pub fn content(file: &mut impl Read, size: u64, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(most);
    file.take(size.min(most as u64)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A number of `width` bytes, most significant first.
pub fn number(bytes: &[u8], from: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(from..from + width)?;
    Some(bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
}
