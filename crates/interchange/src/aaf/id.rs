//! The names of things in AAF: 16 bytes for classes and definitions, 32 for mobs.

use sha2::{Digest, Sha256};

/// An id of 16 bytes (AUID), as it is stored: the first three fields with the low byte first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Auid(pub [u8; 16]);

/// A hexadecimal digit's value.
const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl Auid {
    /// An id as documents write it: `9d2ea894-0968-11d3-8a38-0050040ef7d2`.
    pub const fn parse(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        let (mut bytes, mut n, mut at) = ([0u8; 16], 0, 0);
        while at < text.len() {
            if text[at] == b'-' {
                at += 1;
                continue;
            }
            if n == 16 || at + 1 >= text.len() {
                return None;
            }
            let (Some(high), Some(low)) = (digit(text[at]), digit(text[at + 1])) else { return None };
            // The first three fields are numbers of 4, 2 and 2 bytes.
            let place = match n {
                0..4 => 3 - n,
                4..6 => 9 - n,
                6..8 => 13 - n,
                _ => n,
            };
            bytes[place] = high << 4 | low;
            n += 1;
            at += 2;
        }
        if n == 16 { Some(Auid(bytes)) } else { None }
    }

    /// An id that is known to be one.
    pub const fn known(text: &str) -> Self {
        match Auid::parse(text) {
            Some(id) => id,
            None => panic!("an id has 32 digits"),
        }
    }

    /// An id made of words: the same words, the same id (RFC 9562, version 8).
    pub fn of(words: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for word in words {
            hash.update((word.len() as u64).to_le_bytes());
            hash.update(word.as_bytes());
        }
        let mut bytes = [0u8; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        bytes[7] = bytes[7] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Auid(bytes)
    }
}

/// An id of a mob of 32 bytes (SMPTE ST 330).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct MobId(pub [u8; 32]);

/// The label of such ids, with their length, and no instance number.
const LABEL: [u8; 16] = [6, 0x0a, 0x2b, 0x34, 1, 1, 1, 5, 1, 1, 0x0f, 0x10, 0x13, 0, 0, 0];

impl MobId {
    /// The id of no mob: where a chain of sources ends.
    pub const NONE: MobId = MobId([0; 32]);

    /// An id made of words.
    pub fn of(words: &[&str]) -> Self {
        let mut bytes = [0u8; 32];
        bytes[..16].copy_from_slice(&LABEL);
        bytes[16..].copy_from_slice(&Auid::of(words).0);
        MobId(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_stored_with_the_low_byte_first() {
        let id = Auid::parse("9d2ea894-0968-11d3-8a38-0050040ef7d2").unwrap();
        assert_eq!(
            id.0,
            [0x94, 0xa8, 0x2e, 0x9d, 0x68, 0x09, 0xd3, 0x11, 0x8a, 0x38, 0, 0x50, 4, 0x0e, 0xf7, 0xd2]
        );
        for bad in
            ["", "9d2ea894", "9d2ea894-0968-11d3-8a38-0050040ef7d2ff", "xd2ea894-0968-11d3-8a38-0050040ef7d2"]
        {
            assert_eq!(Auid::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_same_words_have_the_same_id() {
        assert_eq!(MobId::of(&["a", "b"]), MobId::of(&["a", "b"]));
        assert_ne!(MobId::of(&["a", "b"]), MobId::of(&["ab"]));
    }
}
