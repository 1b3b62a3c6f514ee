//! Sets are packed with gzip (RFC 1952).

use std::io::{Read, Write};

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};

use crate::{ReadError, ReadSeek};

/// Longest text of a set, bytes. A track with its devices has some 50 to 200 kB.
const MOST: u64 = 48 << 20;
/// Largest share of a text's size over its packed size. Sets of many like tracks reach some 50.
const RATIO: u64 = 200;

/// The text of a set.
pub(super) fn unpack(file: &mut dyn ReadSeek) -> Result<String, ReadError> {
    let mut packed = Vec::new();
    file.take(MOST + 1).read_to_end(&mut packed)?;
    let most = (packed.len() as u64).saturating_mul(RATIO).clamp(1 << 16, MOST);
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return Err(ReadError::NotThis("Live", "it is not packed with gzip".to_owned()));
    }
    let mut text = Vec::new();
    let read = GzDecoder::new(packed.as_slice()).take(most + 1).read_to_end(&mut text);
    if text.len() as u64 > most {
        return Err(ReadError::Refused(format!("it unpacks to more than {} MB", most.div_ceil(1 << 20))));
    }
    read.map_err(|error| ReadError::NotThis("Live", error.to_string()))?;
    String::from_utf8(text).map_err(|_| ReadError::Refused("it is no text in UTF-8".to_owned()))
}

/// Packs a text, the same each time.
pub(super) fn pack(text: &str) -> Vec<u8> {
    let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = packer.write_all(text.as_bytes());
    packer.finish().unwrap_or_default()
}
