//! What is written reads back to the bit.
#![allow(clippy::disallowed_methods, reason = "files to test with")]

use std::path::Path;

use mixsmith_audio::{Audio, Bext, Dither, Format, Sample, WavWriter, flac_bytes, read, write_flac};

/// Whole numbers of so many bits, as floats: noise that touches both ends.
fn noise(rate: u32, channels: usize, frames: usize, bits: u32) -> Audio {
    let top = (1i64 << (bits - 1)) - 1;
    let mut state = 0x1234_5678_9abc_def1u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 20) as i64 % (top + 1) * if state & 1 == 0 { 1 } else { -1 }
    };
    let scale = (top + 1) as f32;
    let mut channel = || {
        let mut samples: Vec<f32> = (0..frames).map(|_| next() as f32 / scale).collect();
        samples[0] = top as f32 / scale;
        samples[1] = -top as f32 / scale;
        samples
    };
    Audio { rate, channels: (0..channels).map(|_| channel()).collect() }
}

fn write(path: &Path, audio: &Audio, sample: Sample) {
    let mut writer = WavWriter::create(path, audio.rate, audio.channels.len(), sample, Dither::None).unwrap();
    // In uneven pieces, since pieces must leave no trace.
    let mut from = 0usize;
    for size in [1, 7, 500, 4096, usize::MAX] {
        let to = from.max(audio.frames().min(from.saturating_add(size)));
        let piece: Vec<&[f32]> = audio.channels.iter().map(|c| &c[from..to]).collect();
        writer.write(&piece).unwrap();
        from = to;
    }
    let written = writer.finish().unwrap();
    assert_eq!((written.frames, written.clipped), (audio.frames() as u64, 0));
}

#[test]
fn wav() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    for (sample, bits) in [(Sample::I16, 16), (Sample::I24, 24), (Sample::F32, 24)] {
        for channels in [1, 2, 6] {
            for rate in [44_100, 48_000, 192_000] {
                let audio = noise(rate, channels, 70_001, bits);
                write(&path, &audio, sample);
                let back = read(&path).unwrap();
                assert!(back.problems.is_empty(), "{:?}", back.problems);
                assert_eq!(back.streams.len(), 1);
                let stream = &back.streams[0];
                assert!(stream.audio == audio, "{sample:?} {channels} {rate}");
                let info = &stream.info;
                assert_eq!((info.format, info.rate, info.channels), (Format::Wav, rate, channels));
                assert_eq!((info.bits, info.float), (Some(sample.bits()), sample == Sample::F32));
                assert_eq!((info.frames, info.lossy, info.start), (70_001, false, None));
            }
        }
    }
}

#[test]
fn floats_above_full_scale_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    let audio = Audio::mono(48_000, vec![0.0, -0.0, 1.5, -7.25, 1e-30, f32::MIN_POSITIVE]);
    write(&path, &audio, Sample::F32);
    assert_eq!(read(&path).unwrap().streams[0].audio, audio);
}

#[test]
fn time_reference() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    let bext = Bext { description: "Take 3".into(), time_reference: 172_800_000, ..Bext::default() };
    let writer = WavWriter::create(&path, 48_000, 1, Sample::I24, Dither::None).unwrap();
    let mut writer = writer.with_bext(bext);
    writer.write(&[&[0.5, 0.25, 0.125]]).unwrap();
    writer.finish().unwrap();
    let back = read(&path).unwrap();
    assert_eq!(back.streams[0].info.start, Some(172_800_000));
    assert_eq!(back.streams[0].audio.channels[0], [0.5, 0.25, 0.125]);
}

#[test]
fn flac() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.flac");
    for bits in [16, 24] {
        for channels in [1, 2, 6] {
            let audio = noise(48_000, channels, 70_001, bits);
            write_flac(&path, &audio, bits, Dither::None).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), flac_bytes(&audio, bits, Dither::None).unwrap());
            let back = read(&path).unwrap();
            assert!(back.problems.is_empty(), "{:?}", back.problems);
            assert!(back.streams[0].audio == audio, "{bits} {channels}");
            assert_eq!(back.streams[0].info.format, Format::Flac);
            assert_eq!(back.streams[0].info.bits, Some(bits));
        }
    }
    assert!(flac_bytes(&noise(48_000, 9, 10, 16), 16, Dither::None).is_err());
    assert!(flac_bytes(&noise(48_000, 1, 10, 16), 20, Dither::None).is_err());
}
