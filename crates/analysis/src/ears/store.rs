//! The facts of a stem as bytes, for the cache.

use serde::{Deserialize, Serialize};

use crate::sketch::BANDS;
use crate::{Fact, Sketch};

/// Changes with every change of what is measured, how, or how it is stored: older bytes are then measured anew.
pub const FORMAT: u32 = 7;

#[derive(Serialize, Deserialize)]
struct Head {
    format: u32,
    facts: Vec<Fact>,
}

/// A line of JSON with the facts, then the sketch: mid and side as little-endian 32-bit floats.
pub fn to_bytes(facts: &[Fact], sketch: &Sketch) -> Vec<u8> {
    let head = Head { format: FORMAT, facts: facts.to_vec() };
    // Facts hold names and finite numbers only; were it otherwise, empty bytes just mean "measure again".
    let mut bytes = serde_json::to_vec(&head).unwrap_or_default();
    bytes.push(b'\n');
    for value in sketch.mid.iter().chain(&sketch.side) {
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes
}

/// Facts and sketch to the bit as they were measured; none when the bytes are of another format or damaged.
pub fn from_bytes(bytes: &[u8]) -> Option<(Vec<Fact>, Sketch)> {
    // A new line within JSON text is always escaped.
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
    let energies = &bytes[end + 1..];
    if head.format != FORMAT || !energies.len().is_multiple_of(8 * BANDS) {
        return None;
    }
    let (floats, _) = energies.as_chunks::<4>();
    let mut mid: Vec<f32> = floats.iter().map(|&value| f32::from_le_bytes(value)).collect();
    let side = mid.split_off(mid.len() / 2);
    Some((head.facts, Sketch { mid, side }))
}
