//! Clips read from anywhere give the same frames, whether in memory or in a file.
#![allow(clippy::disallowed_methods, reason = "files to test with")]

use std::fs;

use mixsmith_audio::{Ahead, Audio, Clip, Dither, Sample, WavWriter, cache_clip, open_cached, read};
use proptest::prelude::*;

fn ramp(channels: usize, frames: usize) -> Audio {
    let channel = |c: usize| (0..frames).map(|n| (c * 1_000_000 + n + 1) as f32).collect();
    Audio { rate: 48_000, channels: (0..channels).map(channel).collect() }
}

/// What reading must give, from the definition.
fn expected(audio: &Audio, from: i64, frames: usize, channel: usize) -> Vec<f32> {
    let at = |n: usize| {
        let frame = usize::try_from(i128::from(from) + n as i128).ok()?;
        audio.channels.get(channel)?.get(frame).copied()
    };
    (0..frames).map(|n| at(n).unwrap_or(0.0)).collect()
}

fn check(audio: &Audio, from: i64, frames: usize, what: &str, mut read: impl FnMut(i64, &mut [&mut [f32]])) {
    // One channel more than there is, filled with what must be overwritten.
    let mut room = vec![vec![f32::NAN; frames]; audio.channels.len() + 1];
    let mut slices: Vec<&mut [f32]> = room.iter_mut().map(Vec::as_mut_slice).collect();
    read(from, &mut slices);
    for (channel, got) in room.iter().enumerate() {
        assert!(*got == expected(audio, from, frames, channel), "{what}: {frames} frames from {from}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_place(
        channels in 1usize..4,
        frames in 0usize..40_000,
        reads in prop::collection::vec((-40_000i64..80_000, 0usize..20_000), 1..12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let audio = ramp(channels, frames);
        cache_clip(&audio, folder.path(), "key").unwrap();
        let file = open_cached(folder.path(), "key").unwrap();
        let memory = Clip::in_memory(audio.clone());
        let mut ahead = Ahead::default();
        for (from, length) in reads {
            for clip in [&file, &memory] {
                check(&audio, from, length, "clip", |from, into| clip.read(from, into));
                // In short pieces, all clips through one.
                for piece in (0..length).step_by(997) {
                    let (from, length) = (from + piece as i64, 997.min(length - piece));
                    check(&audio, from, length, "read on", |from, into| clip.read_on(&mut ahead, from, into));
                }
            }
        }
        prop_assert_eq!(file.fault(), None);
    }
}

#[test]
fn the_ends_of_time() {
    let folder = tempfile::tempdir().unwrap();
    let audio = ramp(2, 100);
    let file = cache_clip(&audio, folder.path(), "key").unwrap();
    let memory = Clip::in_memory(audio.clone());
    for from in [i64::MIN, i64::MIN + 1, -1, 0, 99, 100, i64::MAX - 1, i64::MAX] {
        check(&audio, from, 64, "file", |from, into| file.read(from, into));
        check(&audio, from, 64, "memory", |from, into| memory.read(from, into));
    }
    file.read(0, &mut []);
}

#[test]
fn many_threads_at_once() {
    fn shared<T: Send + Sync>() {}
    shared::<Clip>();
    let folder = tempfile::tempdir().unwrap();
    let audio = ramp(2, 50_000);
    let clip = cache_clip(&audio, folder.path(), "key").unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (clip, audio) = (&clip, &audio);
            scope.spawn(move || {
                for step in 0..50 {
                    let from = (thread * 7919 + step * 997) % 50_000;
                    check(audio, from, 500, "thread", |from, into| clip.read(from, into));
                }
            });
        }
    });
}

#[test]
fn damaged_caches_are_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let audio = ramp(2, 20_000);
    cache_clip(&audio, folder.path(), "key").unwrap();
    assert!(open_cached(folder.path(), "other").is_none());
    let path = folder.path().join("key.clip");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let good = fs::read(&path).unwrap();
    let mut zeroed = good.clone();
    zeroed[64..].fill(0);
    let mut files = vec![
        good[..good.len() - 1].to_vec(),
        good[..63].to_vec(),
        Vec::new(),
        [good.as_slice(), &[0]].concat(),
        zeroed,
    ];
    // Every bit of the header matters.
    for bit in 0..64 * 8 {
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        files.push(flipped);
    }
    for (number, file) in files.iter().enumerate() {
        fs::write(&path, file).unwrap();
        assert!(open_cached(folder.path(), "key").is_none(), "file {number}");
    }
    fs::write(&path, &good).unwrap();
    assert!(open_cached(folder.path(), "key").is_some());
}

#[test]
fn a_clip_that_loses_its_file_is_silent_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let audio = ramp(2, 20_000);
    cache_clip(&audio, folder.path(), "key").unwrap();
    let clip = open_cached(folder.path(), "key").unwrap();
    fs::OpenOptions::new().write(true).open(folder.path().join("key.clip")).unwrap().set_len(1000).unwrap();
    let (mut left, mut right) = ([1.0; 64], [1.0; 64]);
    clip.read(10_000, &mut [&mut left, &mut right]);
    assert_eq!((left, right), ([0.0; 64], [0.0; 64]));
    let fault = clip.fault().unwrap();
    assert!(fault.contains("frame 10000"), "{fault}");
}

#[test]
fn what_is_missing_beyond_a_piece_does_not_hurt_it() {
    let folder = tempfile::tempdir().unwrap();
    let audio = ramp(1, 20_000);
    cache_clip(&audio, folder.path(), "key").unwrap();
    let clip = open_cached(folder.path(), "key").unwrap();
    let file = fs::OpenOptions::new().write(true).open(folder.path().join("key.clip")).unwrap();
    file.set_len(file.metadata().unwrap().len() - 4 * 19_000).unwrap();
    let mut ahead = Ahead::default();
    check(&audio, 900, 100, "read on", |from, into| clip.read_on(&mut ahead, from, into));
    assert_eq!(clip.fault(), None);
    clip.read_on(&mut ahead, 950, &mut [&mut [1.0; 51]]);
    assert!(clip.fault().is_some_and(|fault| fault.contains("frame 950")));
}

#[test]
fn keys_are_plain_names() {
    let folder = tempfile::tempdir().unwrap();
    for key in ["", "../x", "a/b", ".hidden", "a\0b"] {
        assert!(cache_clip(&ramp(1, 1), folder.path(), key).is_err(), "{key}");
        assert!(open_cached(folder.path(), key).is_none(), "{key}");
    }
    assert!(cache_clip(&ramp(1, 0), folder.path(), "empty-1_0.f32").is_ok());
    assert_eq!(open_cached(folder.path(), "empty-1_0.f32").unwrap().frames, 0);
}

#[test]
fn plain_samples_are_read_where_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    for (channels, sample) in
        [(1, Sample::I24), (2, Sample::I24), (1, Sample::I16), (3, Sample::I16), (2, Sample::F32)]
    {
        let tone =
            |c: usize| (0..5003).map(|i| 0.9 * ((i * (c + 1)) as f32 * 0.01).sin()).collect::<Vec<f32>>();
        let sound: Vec<Vec<f32>> = (0..channels).map(tone).collect();
        let mut writer = WavWriter::create(&path, 48_000, channels, sample, Dither::None).unwrap();
        writer.write(&sound.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
        writer.finish().unwrap();
        let whole = read(&path).unwrap().streams.remove(0).audio;
        let clip = Clip::open(&path).unwrap().expect("plain samples");
        assert_eq!((clip.rate, clip.channels, clip.frames), (48_000, channels, 5003));
        for (from, frames) in [(-5, 64), (0, 5003), (1, 63), (4990, 64), (2, 4097)] {
            check(&whole, from, frames, &format!("{sample:?}"), |from, into| clip.read(from, into));
        }
        assert_eq!(clip.fault(), None);
    }
}

#[test]
fn what_needs_a_word_is_not_read_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let mut writer = WavWriter::create(&path, 48_000, 1, Sample::F32, Dither::None).unwrap();
    writer.write(&[&[0.25, f32::NAN, f32::INFINITY, -0.5]]).unwrap();
    writer.finish().unwrap();
    let mut frames = [9.0; 4];
    Clip::open(&path).unwrap().expect("plain samples").read(0, &mut [&mut frames]);
    assert_eq!(frames, [0.25, 0.0, 0.0, -0.5], "what is no number is silence");

    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 6]).unwrap();
    assert!(Clip::open(&path).unwrap().is_none(), "it is shorter than it claims");
    fs::write(&path, b"no sound at all").unwrap();
    assert!(Clip::open(&path).is_err());
}

#[test]
fn aiff_and_core_audio_are_read_where_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    // Two channels of 16 bits, most significant byte first: what both formats hold by themselves.
    let frames: Vec<[i16; 2]> = (0..5003).map(|n| [n as i16, (-7 * n) as i16]).collect();
    let samples: Vec<u8> = frames.iter().flatten().flat_map(|x| x.to_be_bytes()).collect();
    let size = samples.len() as u32;
    let head = |id: &[u8; 4], size: u32| [&id[..], &size.to_be_bytes()].concat();
    // 48000 as a number of 80 bits.
    let rate = [0x40, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0];
    let common = [&[0, 2][..], &5003u32.to_be_bytes(), &[0, 16], &rate].concat();
    let aiff = [
        head(b"FORM", 46 + size),
        b"AIFF".to_vec(),
        head(b"COMM", 18),
        common,
        head(b"SSND", 8 + size),
        vec![0; 8],
        samples.clone(),
    ];
    let words = [0x6c70_636d_u32, 0, 4, 1, 2, 16].map(u32::to_be_bytes).concat();
    let caf = [
        b"caff\0\x01\0\0desc".to_vec(),
        32u64.to_be_bytes().to_vec(),
        48_000f64.to_be_bytes().to_vec(),
        words,
        b"data".to_vec(),
        (u64::from(size) + 4).to_be_bytes().to_vec(),
        vec![0; 4],
        samples,
    ];
    for (name, bytes) in [("take.aiff", aiff.concat()), ("take.caf", caf.concat())] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let whole = read(&path).unwrap().streams.remove(0).audio;
        assert_eq!(whole.channels[1][3], -21.0 / 32_768.0, "{name}");
        let clip = Clip::open(&path).unwrap().expect("plain samples");
        assert_eq!((clip.rate, clip.channels, clip.frames), (48_000, 2, 5003), "{name}");
        for (from, frames) in [(-5, 64), (0, 5003), (4990, 64)] {
            check(&whole, from, frames, name, |from, into| clip.read(from, into));
        }
    }
}

#[test]
fn a_recording_that_is_written_to_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let take = |level: f32| {
        let mut writer = WavWriter::create(&path, 48_000, 1, Sample::F32, Dither::None).unwrap();
        writer.write(&[&[level; 100]]).unwrap();
        writer.finish().unwrap();
    };
    take(0.25);
    let clip = Clip::open(&path).unwrap().expect("plain samples");
    assert_eq!(clip.fault(), None);
    // Another file that takes its name leaves the clip what it was.
    take(0.5);
    let mut frames = [9.0; 100];
    clip.read(0, &mut [&mut frames]);
    assert_eq!((frames[99], clip.fault()), (0.25, None));

    let clip = Clip::open(&path).unwrap().expect("plain samples");
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_modified(long_ago).unwrap();
    assert!(clip.fault().is_some_and(|fault| fault.contains("another program")));
}
