//! The fuzzer's targets as property tests: random bytes after the start of each form, and damaged files of the corpus.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::sync::LazyLock;

use mixsmith_hostile::{SESSION, corpus, seeds, targets};
use proptest::prelude::*;

/// Small files of the corpus, to be damaged.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let files = corpus();
    let small =
        files.iter().filter_map(|file| file.bytes()).filter(|bytes| (13..20_000).contains(&bytes.len()));
    small.map(<[u8]>::to_vec).collect()
});

/// What happens to bytes on their way.
#[derive(Clone, Debug)]
enum Damage {
    Set(usize, u8),
    /// Four bytes, as sizes and counts are.
    Number(usize, u32),
    Cut(usize),
    /// A piece is copied over another.
    Copy(usize, usize, usize),
    Insert(usize, u8, usize),
    Remove(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<usize>();
    let numbers =
        prop::sample::select(vec![0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX - 1, u32::MAX, 0xff, 0xffff]);
    prop_oneof![
        (at, any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (at, numbers).prop_map(|(at, number)| Damage::Number(at, number)),
        at.prop_map(Damage::Cut),
        (at, at, 1usize..300).prop_map(|(from, to, length)| Damage::Copy(from, to, length)),
        (at, any::<u8>(), 1usize..300).prop_map(|(at, byte, length)| Damage::Insert(at, byte, length)),
        (at, 1usize..300).prop_map(|(at, length)| Damage::Remove(at, length)),
    ]
}

impl Damage {
    fn on(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        if length < 5 {
            return;
        }
        match *self {
            Damage::Set(at, byte) => bytes[at % length] = byte,
            Damage::Number(at, number) => {
                let at = at % (length - 4);
                bytes[at..at + 4].copy_from_slice(&if at.is_multiple_of(3) {
                    number.to_be_bytes()
                } else {
                    number.to_le_bytes()
                });
            }
            // Mostly near the start, where the headers are.
            Damage::Cut(at) => bytes.truncate(5 + at % (length - 4)),
            Damage::Copy(from, to, size) => {
                let (from, to) = (from % length, to % length);
                let size = size.min(length - from.max(to));
                bytes.copy_within(from..from + size, to);
            }
            Damage::Insert(at, byte, size) => {
                let at = at % length;
                bytes.splice(at..at, std::iter::repeat_n(byte, size));
            }
            Damage::Remove(at, size) => {
                let at = at % length;
                bytes.drain(at..(at + size).min(length));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn any_bytes_after_any_start(
        reader in prop::sample::select(targets::READERS.to_vec()),
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        targets::reader(reader.0, &bytes);
    }

    #[test]
    fn damaged_files(
        seed in prop::sample::select(SEEDS.clone()),
        damages in prop::collection::vec(damage(), 1..6),
    ) {
        let mut bytes = seed;
        damages.iter().for_each(|damage| damage.on(&mut bytes));
        targets::any(&bytes);
    }

    #[test]
    fn damaged_sessions(damages in prop::collection::vec(damage(), 1..6)) {
        let mut bytes = SESSION.as_bytes().to_vec();
        damages.iter().for_each(|damage| damage.on(&mut bytes));
        targets::session(&bytes);
    }

    #[test]
    fn any_text_as_a_session(text in "(\\[strip\\.[a-z]{1,3}(\\.inserts\\.[a-z])?\\]\n|[a-z]{1,6} = (\"[a-z0-9. -]{0,9}\"|[0-9.eE-]{1,6}|\\[\\]|\\{\\})\n){0,20}") {
        targets::session(text.as_bytes());
    }
}

#[test]
fn every_target_has_seeds_and_takes_them() {
    for (target, start) in targets::READERS {
        let seeds = seeds(target);
        assert!(seeds.len() >= 4, "{target}: {}", seeds.len());
        assert!(seeds.iter().any(|seed| seed.starts_with(&start[..2])), "{target}");
        seeds.iter().for_each(|seed| targets::reader(target, seed));
    }
    seeds("session").iter().for_each(|seed| targets::session(seed));
    assert!(seeds("elsewhere").is_empty());
}
