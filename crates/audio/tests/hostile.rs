//! No bytes make the reader panic, hang, or take memory that the file does not justify.
#![allow(clippy::disallowed_methods, reason = "files to test with")]

mod common;

use std::path::PathBuf;

use common::wav;
use mixsmith_audio::{Audio, Dither, ReadError, Severity, flac_bytes, read};
use proptest::prelude::*;

fn sound(frames: usize) -> Audio {
    let sample = |n: usize| ((n as f32 * 0.05).sin() * 0.5 * 32_768.0).round() / 32_768.0;
    Audio::mono(48_000, (0..frames).map(sample).collect())
}

/// The start of a file of each kind that is told apart.
const STARTS: [&[u8]; 12] = [
    b"RIFF\x00\x01\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00",
    b"RF64\xff\xff\xff\xffWAVEds64",
    b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00",
    b"FORM\x00\x00\x01\x00AIFFCOMM",
    b"FORM\x00\x00\x01\x00AIFC",
    b"fLaC\x00\x00\x00\x22",
    b"caff\x00\x01\x00\x00desc",
    b"OggS\x00\x02",
    b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00",
    b"\x1a\x45\xdf\xa3",
    b"ID3\x04\x00\x00",
    b"\xff\xfb\x90\x64",
];

fn file(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// Whatever it is, what comes back is whole.
fn survives(bytes: &[u8]) {
    let (_folder, path) = file(bytes);
    if let Ok(read) = read(&path) {
        assert!(!read.streams.is_empty());
        for stream in &read.streams {
            let (info, audio) = (&stream.info, &stream.audio);
            assert!(audio.channels.iter().all(|channel| channel.len() == audio.frames()));
            assert!(audio.channels.iter().flatten().all(|x| x.is_finite()));
            assert_eq!((info.rate, info.channels), (audio.rate, audio.channels.len()));
            assert_eq!(info.frames, audio.frames() as u64);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn random_bytes(start in prop::sample::select(STARTS.to_vec()), rest in prop::collection::vec(any::<u8>(), 0..2000)) {
        survives(&[start, &rest].concat());
    }

    #[test]
    fn flips_in_wav(flips in prop::collection::vec((0usize..600, any::<u8>()), 1..8)) {
        let mut bytes = wav(&[1000; 300]);
        for (at, with) in flips {
            let at = at % bytes.len();
            bytes[at] ^= with;
        }
        survives(&bytes);
    }
}

#[test]
fn every_bit_of_a_wav_header() {
    let good = wav(&[1000; 20]);
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        survives(&bytes);
    }
}

#[test]
fn every_byte_of_a_flac_header_and_many_after_it() {
    let good = flac_bytes(&sound(3000), 16, Dither::None).unwrap();
    for at in (0..200.min(good.len())).chain((200..good.len()).step_by(37)) {
        for with in [0x01, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[at] ^= with;
            survives(&bytes);
        }
    }
}

#[test]
fn a_flac_that_is_cut_off_keeps_its_beginning() {
    let audio = sound(200_000);
    let good = flac_bytes(&audio, 16, Dither::None).unwrap();
    let mut lengths = Vec::new();
    for tenth in 1..10 {
        let (_folder, path) = file(&good[..good.len() * tenth / 10]);
        match read(&path) {
            Ok(read) => {
                let samples = &read.streams[0].audio.channels[0];
                assert_eq!(samples[..], audio.channels[0][..samples.len()], "{tenth} tenths");
                assert!(
                    !read.problems.is_empty()
                        && read.problems.iter().all(|p| p.severity == Severity::Warning)
                );
                lengths.push(samples.len());
            }
            Err(error) => {
                assert!(matches!(error, ReadError::Empty { .. } | ReadError::Damaged { .. }), "{error}")
            }
        }
    }
    assert!(lengths.len() >= 8 && lengths.is_sorted(), "{lengths:?}");
    assert!(*lengths.last().unwrap() > 150_000, "{lengths:?}");
}

#[test]
fn a_flac_damaged_inside_stays_in_time() {
    let audio = sound(200_000);
    let mut bytes = flac_bytes(&audio, 16, Dither::None).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40].fill(0x55);
    let (_folder, path) = file(&bytes);
    let read = read(&path).unwrap();
    assert_eq!(
        read.problems.iter().filter(|p| p.severity == Severity::Warning).count(),
        1,
        "{:?}",
        read.problems
    );
    let samples = &read.streams[0].audio.channels[0];
    assert_eq!(samples.len(), 200_000, "{:?}", read.problems);
    assert_eq!(samples[..80_000], audio.channels[0][..80_000]);
    assert_eq!(samples[120_000..], audio.channels[0][120_000..]);
}
