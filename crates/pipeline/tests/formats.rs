//! One sound in every form in which tracks come: in its place to the sample, and as loud.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{OnDisk, assert_prints, flat, plain_sum};
use mixsmith_audio::{Audio, Bext, Dither, Sample, WavWriter, resample, write_flac};
use mixsmith_demo::{Form, Part, Recipe};
use mixsmith_effects::KINDS;
use mixsmith_pipeline::{Silent, listen, prepare};
use mixsmith_session::print;

/// A keyboard, a guitar and a voice for seven seconds, by file name without extension.
fn tracks() -> BTreeMap<String, Audio> {
    let recipe = Recipe {
        form: Form { intro: 0, verse: 2, chorus: 0, outro: 0 },
        parts: vec![Part::Keys, Part::AcousticGuitar, Part::LeadVoice],
        ..Recipe::short()
    };
    let song = mixsmith_demo::song(&recipe);
    song.tracks.into_iter().map(|track| (track.file.replace(".wav", ""), track.audio)).collect()
}

/// The bytes of each sample of plain formats, little end first.
fn coded(samples: &[f32], bits: u32, float: bool) -> Vec<u8> {
    let whole = |x: f32, bits: u32| (f64::from(x) * f64::powi(2.0, bits as i32 - 1)).round() as i64;
    let of = |x: f32| match (bits, float) {
        (8, _) => vec![(whole(x, 8) + 128).clamp(0, 255) as u8],
        (32, true) => x.to_le_bytes().to_vec(),
        (64, true) => f64::from(x).to_le_bytes().to_vec(),
        (bits, _) => whole(x, bits).to_le_bytes()[..bits as usize / 8].to_vec(),
    };
    samples.iter().flat_map(|&x| of(x)).collect()
}

fn wav(samples: &[f32], rate: u32, bits: u32, float: bool) -> Vec<u8> {
    let data = coded(samples, bits, float);
    let block = bits / 8;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0");
    bytes.extend(if float { [3, 0, 1, 0] } else { [1, 0, 1, 0] });
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * block).to_le_bytes());
    bytes.extend((block as u16).to_le_bytes());
    bytes.extend((bits as u16).to_le_bytes());
    bytes.extend(b"data");
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes
}

fn aiff(samples: &[f32], rate: u32, bits: u32) -> Vec<u8> {
    let mut data = coded(samples, bits, false);
    data.chunks_mut(bits as usize / 8).for_each(<[u8]>::reverse);
    // The rate as an 80-bit float: exponent, then the number shifted so that its first bit is 1.
    let mut rate80 = (16383u16 + 31 - rate.leading_zeros() as u16).to_be_bytes().to_vec();
    rate80.extend((u64::from(rate) << (32 + rate.leading_zeros())).to_be_bytes());
    let mut bytes = b"FORM".to_vec();
    bytes.extend((4 + 26 + 16 + data.len() as u32).to_be_bytes());
    bytes.extend(b"AIFFCOMM\0\0\0\x12\0\x01");
    bytes.extend((samples.len() as u32).to_be_bytes());
    bytes.extend((bits as u16).to_be_bytes());
    bytes.extend(rate80);
    bytes.extend(b"SSND");
    bytes.extend((8 + data.len() as u32).to_be_bytes());
    bytes.extend([0; 8]);
    bytes.extend(data);
    bytes
}

/// By how many frames `b` is late against `a`, and how much louder it is, dB.
fn compare(a: &[f32], b: &[f32]) -> (i64, f64) {
    let at = |late: i64| -> f64 {
        let pairs = (64..a.len().min(b.len()) - 64).map(|n| (a[n], b[(n as i64 + late) as usize]));
        pairs.map(|(a, b)| f64::from(a) * f64::from(b)).sum()
    };
    let late = (-60..=60).max_by(|&x, &y| at(x).total_cmp(&at(y))).unwrap();
    let energy: f64 = a.iter().map(|&a| f64::from(a) * f64::from(a)).sum();
    (late, 20.0 * (at(late) / energy).log10())
}

#[test]
fn every_format_depth_and_rate_is_in_place_and_as_loud() {
    let song = OnDisk::empty();
    let guitar = tracks().remove("acoustic-guitar").unwrap();
    let peak = guitar.channels[0].iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
    let samples: Vec<f32> = guitar.channels[0].iter().map(|x| 0.7 * x / peak).collect();
    let audio = Audio::mono(48_000, samples.clone());
    let put = |name: &str, bytes: Vec<u8>| std::fs::write(song.root.join(name), bytes).unwrap();
    for bits in [8, 16, 24, 32] {
        put(&format!("wav {bits}.wav"), wav(&samples, 48_000, bits, false));
    }
    put("float.wav", wav(&samples, 48_000, 32, true));
    put("double.wav", wav(&samples, 48_000, 64, true));
    put("aiff 16.aif", aiff(&samples, 48_000, 16));
    put("aiff 24.aiff", aiff(&samples, 48_000, 24));
    for bits in [16, 24] {
        write_flac(&song.root.join(format!("flac {bits}.flac")), &audio, bits, Dither::None).unwrap();
    }
    for rate in [44_100, 96_000] {
        let other = resample(&audio, rate);
        put(&format!("wav at {rate}.wav"), wav(&other.channels[0], rate, 24, false));
        put(&format!("aiff at {rate}.aiff"), aiff(&other.channels[0], rate, 24));
        write_flac(&song.root.join(format!("flac at {rate}.flac")), &other, 24, Dither::None).unwrap();
    }
    let listened = listen(&song.folder(), &BTreeMap::new(), 2, &Silent).unwrap();
    assert_eq!((listened.song.rate, listened.song.stems.len()), (48_000, 16));
    for stem in &listened.song.stems {
        let mut read = vec![0.0; stem.clip.frames as usize];
        stem.clip.read(0, &mut [&mut read]);
        let (late, louder) = compare(&samples, &read);
        println!("{:24} {late:+} frames, {louder:+.3} dB", stem.file);
        assert!(late == 0 && louder.abs() < 0.05, "{}: {late} frames, {louder:.3} dB", stem.file);
        assert!(read.len().abs_diff(samples.len()) <= 1, "{}: {} frames", stem.file, read.len());
    }
}

fn write(path: &Path, audio: &Audio, start: Option<u64>) {
    let mut writer =
        WavWriter::create(path, audio.rate, audio.channels.len(), Sample::I24, Dither::None).unwrap();
    if let Some(time_reference) = start {
        writer = writer.with_bext(Bext { time_reference, ..Bext::default() });
    }
    writer.write(&audio.slices()).unwrap();
    writer.finish().unwrap();
}

#[test]
fn time_stamps_are_honoured_to_the_sample() {
    let song = OnDisk::empty();
    let tracks = tracks();
    // An hour into the session's day; every file starts where its player did.
    let hour = 3600 * 48_000u64;
    let starts = [("acoustic-guitar", 4_801u64), ("keys", 0), ("lead-vocal", 31_337)];
    for (name, start) in starts {
        write(&song.root.join(format!("{name}.wav")), &tracks[name], Some(hour + start));
    }
    let prepared = prepare(&song.folder(), &Default::default(), &Silent).unwrap();
    for (name, start) in starts {
        let file = format!("{name}.wav");
        let source = prepared.session.sources.iter().find(|source| source.file == file).unwrap();
        let clip = prepared.session.tracks().flat_map(|strip| strip.clips()).find(|c| c.source == source.id);
        assert_eq!(clip.unwrap().at, start as i64, "{file}");
    }
    // In the sound as well.
    let flat = flat(&prepared.session);
    std::fs::write(song.folder().session(), print(&flat, &KINDS)).unwrap();
    song.render();
    let sum = plain_sum(&song.root, &flat);
    assert_prints(&song.sound("mix.wav"), &sum);
}

/// Loudness of the mix's stem that plays the file, and of the mix.
fn levels(files: &[(&str, &Audio)]) -> (f64, f64) {
    let song = OnDisk::empty();
    for (file, audio) in files {
        write(&song.root.join(file), audio, None);
    }
    let mixed = song.mix(2);
    let of = |kind: &str, file: &str| {
        let mut outputs = mixed.manifest.outputs.iter();
        let has = |sources: &[String]| sources.iter().any(|source| source == file);
        outputs.find(|printed| printed.kind == kind && has(&printed.sources)).unwrap().level.loudness
    };
    (of("stem", files[0].0), of("mix", files[0].0))
}

fn assert_close(what: &str, a: (f64, f64), b: (f64, f64)) {
    println!("{what}: stem {:.3} and {:.3}, mix {:.3} and {:.3} LUFS", a.0, b.0, a.1, b.1);
    assert!((a.0 - b.0).abs() < 0.1 && (a.1 - b.1).abs() < 0.1, "{what}: {a:?} and {b:?}");
}

#[test]
fn mono_dual_mono_and_split_stereo_are_as_loud() {
    let tracks = tracks();
    let (keys, voice) = (&tracks["keys"], &tracks["lead-vocal"]);
    assert_eq!(keys.channels.len(), 2);
    let side = |n: usize| Audio::mono(48_000, keys.channels[n].clone());
    let twice = Audio { channels: vec![keys.channels[0].clone(); 2], ..keys.clone() };
    let mono = levels(&[("keys.wav", &side(0)), ("lead-vocal.wav", voice)]);
    let dual = levels(&[("keys.wav", &twice), ("lead-vocal.wav", voice)]);
    assert_close("mono and dual mono", mono, dual);
    let stereo = levels(&[("keys.wav", keys), ("lead-vocal.wav", voice)]);
    let split = levels(&[("keys.L.wav", &side(0)), ("keys.R.wav", &side(1)), ("lead-vocal.wav", voice)]);
    assert_close("stereo and split stereo", stereo, split);
}
