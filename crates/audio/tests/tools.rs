//! Files of other programs: made by ffmpeg, sox and flac where these are installed, else skipped.
#![allow(clippy::disallowed_methods, reason = "files to test with")]

use std::path::{Path, PathBuf};
use std::process::Command;

use mixsmith_audio::{Audio, Dither, Format, Read, Sample, WavWriter, read, resample};

/// Runs a tool in a folder, or says that it is not here.
fn run(folder: &Path, tool: &str, arguments: &str) -> bool {
    let made = Command::new(tool).args(arguments.split_whitespace()).current_dir(folder).output();
    match made {
        Err(_) => {
            println!("skipped: {tool} is not installed");
            false
        }
        Ok(output) if !output.status.success() => {
            // A build of the tool may lack a coder.
            println!("skipped: {tool} {arguments}: {}", String::from_utf8_lossy(&output.stderr));
            false
        }
        Ok(_) => true,
    }
}

/// Two different channels, smooth enough for every coder, with an onset that shows where things are, in
/// steps of 16 bits so that all lossless forms can hold it.
fn music(rate: u32, frames: usize) -> Audio {
    let channel = |hz: f64, onset: usize| {
        let mut samples = vec![0.0f32; frames];
        for (n, x) in samples.iter_mut().enumerate().skip(onset) {
            let t = (n - onset) as f64 / f64::from(rate);
            let decay = (-3.0 * (t % 0.25)).exp();
            let tone = (t * hz * std::f64::consts::TAU).sin()
                + 0.5 * (t * hz * 3.7 * std::f64::consts::TAU).sin()
                + 0.3 * (t * t * 900.0).sin();
            *x = ((tone * decay * 0.3 * 32_768.0).round() / 32_768.0) as f32;
        }
        samples
    };
    Audio::stereo(rate, channel(220.0, frames / 10), channel(347.0, frames / 7))
}

fn write(path: &Path, audio: &Audio, sample: Sample) {
    let mut writer = WavWriter::create(path, audio.rate, audio.channels.len(), sample, Dither::None).unwrap();
    writer.write(&audio.slices()).unwrap();
    writer.finish().unwrap();
}

fn quiet(file: &Path) -> Read {
    let read = read(file).unwrap_or_else(|e| panic!("{e}"));
    assert!(read.problems.is_empty(), "{}: {:?}", file.display(), read.problems);
    read
}

#[test]
fn lossless_forms_are_exact() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    for rate in [8_000, 96_000] {
        let audio = music(rate, rate as usize * 13 / 10 + 3);
        write(&at("in.wav"), &audio, Sample::I24);
        let table = [
            ("ffmpeg", "-y -i in.wav -c:a pcm_s16le out.wav", "out.wav", Format::Wav),
            ("ffmpeg", "-y -i in.wav -c:a pcm_s24le -rf64 always out.wav", "out.wav", Format::Wav),
            ("ffmpeg", "-y -i in.wav -c:a pcm_f64le out.wav", "out.wav", Format::Wav),
            ("ffmpeg", "-y -i in.wav -c:a pcm_s32le out.w64", "out.w64", Format::Wav),
            ("ffmpeg", "-y -i in.wav -c:a pcm_s16be out.aiff", "out.aiff", Format::Aiff),
            ("ffmpeg", "-y -i in.wav -c:a pcm_s24be out.aiff", "out.aiff", Format::Aiff),
            ("ffmpeg", "-y -i in.wav -c:a pcm_s16le out.aiff", "out.aiff", Format::Aiff),
            ("ffmpeg", "-y -i in.wav -c:a pcm_f32be out.aiff", "out.aiff", Format::Aiff),
            ("ffmpeg", "-y -i in.wav -c:a pcm_f64be out.aiff", "out.aiff", Format::Aiff),
            ("ffmpeg", "-y -i in.wav -c:a pcm_s16le out.caf", "out.caf", Format::Caf),
            ("ffmpeg", "-y -i in.wav -c:a pcm_s24be out.caf", "out.caf", Format::Caf),
            ("ffmpeg", "-y -i in.wav -c:a pcm_f32le out.caf", "out.caf", Format::Caf),
            ("ffmpeg", "-y -i in.wav -c:a alac out.caf", "out.caf", Format::Alac),
            ("ffmpeg", "-y -i in.wav -c:a alac out.m4a", "out.m4a", Format::Alac),
            ("ffmpeg", "-y -i in.wav -c:a flac out.flac", "out.flac", Format::Flac),
            ("ffmpeg", "-y -i in.wav -c:a flac out.ogg", "out.ogg", Format::Flac),
            ("flac", "-f --totally-silent -8 in.wav -o out.flac", "out.flac", Format::Flac),
            ("sox", "-D in.wav -b 16 out.wav", "out.wav", Format::Wav),
            ("sox", "-D in.wav -b 32 -e float out.wav", "out.wav", Format::Wav),
            ("sox", "-D in.wav -b 24 out.aiff", "out.aiff", Format::Aiff),
            ("sox", "-D in.wav -b 32 out.aiff", "out.aiff", Format::Aiff),
            ("sox", "-D in.wav -b 16 out.w64", "out.w64", Format::Wav),
        ];
        for (tool, arguments, name, format) in table {
            if !run(folder.path(), tool, arguments) {
                continue;
            }
            let read = quiet(&at(name));
            let stream = &read.streams[0];
            assert_eq!((stream.info.format, stream.info.rate), (format, rate), "{arguments}");
            assert_eq!(stream.audio.frames(), audio.frames(), "{rate} {arguments}");
            assert!(stream.audio == audio, "{rate} {arguments}");
        }
    }
}

/// Where `b` fits `a` best, in frames: positive when `b` is late.
fn lag(a: &[f32], b: &[f32]) -> i64 {
    let score = |lag: i64| -> f64 {
        (3000..11_000i64).map(|i| f64::from(a[i as usize]) * f64::from(b[(i + lag) as usize])).sum()
    };
    (-2500..2500).max_by(|x, y| score(*x).total_cmp(&score(*y))).unwrap_or(0)
}

#[test]
fn lossy_forms_lie_in_time_and_keep_their_length() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    for rate in [44_100, 48_000] {
        let audio = music(rate, 40_001);
        write(&at("in.wav"), &audio, Sample::I16);
        let table = [
            ("ffmpeg", "-y -i in.wav -c:a libmp3lame -b:a 192k out.mp3", "out.mp3", Format::Mp3),
            ("ffmpeg", "-y -i in.wav -c:a libmp3lame -q:a 2 out.mp3", "out.mp3", Format::Mp3),
            ("ffmpeg", "-y -i in.wav -c:a aac -b:a 192k out.m4a", "out.m4a", Format::Aac),
            ("ffmpeg", "-y -i in.wav -c:a aac -b:a 192k -f mov out.m4a", "out.m4a", Format::Aac),
            ("ffmpeg", "-y -i in.wav -c:a libvorbis -q:a 6 out.ogg", "out.ogg", Format::Vorbis),
            ("sox", "in.wav -C 6 out.ogg", "out.ogg", Format::Vorbis),
        ];
        for (tool, arguments, name, format) in table {
            if !run(folder.path(), tool, arguments) {
                continue;
            }
            let read = quiet(&at(name));
            let Stream { info, sound } = Stream::of(&read);
            assert_eq!((info.format, info.lossy, info.rate), (format, true, rate), "{arguments}");
            for (ours, theirs) in audio.channels.iter().zip(&sound.channels) {
                assert_eq!(lag(ours, theirs), 0, "{rate} {arguments} {:?}", info.removed_delay);
            }
            assert_eq!(sound.frames(), audio.frames(), "{rate} {arguments} {:?}", info.removed_delay);
        }
    }
}

struct Stream<'a> {
    info: &'a mixsmith_audio::Info,
    sound: &'a Audio,
}

impl Stream<'_> {
    fn of(read: &Read) -> Stream<'_> {
        Stream { info: &read.streams[0].info, sound: &read.streams[0].audio }
    }
}

#[test]
fn an_mp3_without_a_tag_is_said_to_be_late() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("in.wav"), &music(44_100, 40_000), Sample::I16);
    if run(folder.path(), "ffmpeg", "-y -i in.wav -c:a libmp3lame -write_xing 0 out.mp3") {
        let read = read(&folder.path().join("out.mp3")).unwrap();
        assert_eq!(read.streams[0].info.removed_delay, None);
        assert!(read.problems[0].what.contains("late"), "{:?}", read.problems);
    }
}

#[test]
fn our_files_are_read_by_others() {
    let folder = tempfile::tempdir().unwrap();
    let audio = music(48_000, 20_001);
    for (sample, coder) in [(Sample::I16, "s16"), (Sample::I24, "s24"), (Sample::F32, "f32")] {
        write(&folder.path().join("in.wav"), &audio, sample);
        if run(folder.path(), "ffmpeg", "-y -i in.wav -f f32le -c:a pcm_f32le out.raw") {
            let raw = std::fs::read(folder.path().join("out.raw")).unwrap();
            let theirs = raw.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
            let ours = (0..audio.frames()).flat_map(|n| [audio.channels[0][n], audio.channels[1][n]]);
            assert!(theirs.eq(ours), "{coder}");
        }
    }
}

#[test]
fn the_resampler_agrees_with_sox() {
    let folder = tempfile::tempdir().unwrap();
    // Nothing near half the lower rate, where the two filters may differ.
    let sample = |n: usize| {
        let t = n as f64 / 96_000.0;
        let tones: f64 =
            [300.0, 3_100.0, 9_700.0, 17_000.0].iter().map(|hz| (t * hz * std::f64::consts::TAU).sin()).sum();
        ((t * std::f64::consts::PI).sin().powi(2) * tones * 0.2) as f32
    };
    let audio = Audio::mono(96_000, (0..96_000).map(sample).collect());
    write(&folder.path().join("in.wav"), &audio, Sample::F32);
    if run(folder.path(), "sox", "-D in.wav -b 32 -e float out.wav rate -v 44100") {
        let theirs = &quiet(&folder.path().join("out.wav")).streams[0].audio;
        let ours = resample(&audio, 44_100);
        assert_eq!(ours.frames(), theirs.frames());
        let pairs = ours.channels[0].iter().zip(&theirs.channels[0]);
        let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 3e-4, "{worst}");
    }
}

/// A file of stems is an MP4 of five streams, the mix first, with a `stem` box in `moov/udta`. No program
/// here writes that box, so the test puts it in, at the end of the file, where `moov` lies.
#[test]
fn a_file_of_stems() {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = "-y".to_string();
    for number in 0..5 {
        let mut audio = music(44_100, 30_000);
        audio.channels.iter_mut().flatten().for_each(|x| *x *= number as f32 / 8.0);
        write(&folder.path().join(format!("{number}.wav")), &audio, Sample::F32);
        arguments += &format!(" -i {number}.wav");
    }
    (0..5).for_each(|number| arguments += &format!(" -map {number}:a"));
    arguments += " -c:a alac -sample_fmt s16p out.mp4";
    if !run(folder.path(), "ffmpeg", &arguments) {
        return;
    }
    let mut bytes = std::fs::read(folder.path().join("out.mp4")).unwrap();
    let json = br##"{"version":1,"stems":[{"name":"Drums","color":"#009E73"},{"name":"Bass"},
        {"name":"Synths \u266b","color":"#CC79A7"},{"name":"Vox","color":"#56B4E9"}]}"##;
    let boxed = |kind: &[u8; 4], content: &[u8]| {
        [&(8 + content.len() as u32).to_be_bytes(), kind.as_slice(), content].concat()
    };
    let extra = boxed(b"udta", &boxed(b"stem", json));
    let moov = bytes.windows(4).rposition(|b| b == b"moov").unwrap() - 4;
    let size = u32::from_be_bytes(bytes[moov..moov + 4].try_into().unwrap());
    assert_eq!(moov + size as usize, bytes.len());
    bytes[moov..moov + 4].copy_from_slice(&(size + extra.len() as u32).to_be_bytes());
    bytes.extend(extra);
    let path = folder.path().join("song.mp4");
    std::fs::write(&path, bytes).unwrap();

    let read = quiet(&path);
    let names: Vec<_> = read.streams.iter().map(|s| s.info.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["Drums", "Bass", "Synths \u{266b}", "Vox"]);
    assert_eq!(read.streams[0].info.colour.as_deref(), Some("#009E73"));
    assert_eq!(read.streams[1].info.colour, None);
    let peaks: Vec<f32> = read.streams.iter().map(|s| s.audio.peak()).collect();
    assert!(peaks.iter().zip(1..).all(|(peak, n)| (peak / peaks[0] - n as f32).abs() < 0.001), "{peaks:?}");
}

/// Damage at every place of the headers: no panic, no hang, and a whole answer.
#[test]
fn damaged_files_of_every_form() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("in.wav"), &music(44_100, 6_000), Sample::I16);
    let table = [
        ("-c:a alac out.m4a", "out.m4a"),
        ("-c:a aac out.m4a", "out.m4a"),
        ("-c:a alac out.caf", "out.caf"),
        ("-c:a libvorbis out.ogg", "out.ogg"),
        ("-c:a flac out.flac", "out.flac"),
        ("-c:a libmp3lame out.mp3", "out.mp3"),
        ("-c:a pcm_s16le out.mka", "out.mka"),
        ("-c:a aac out.aac", "out.aac"),
        ("-c:a adpcm_ms out.wav", "out.wav"),
        ("-c:a pcm_s24be out.aiff", "out.aiff"),
    ];
    for (arguments, name) in table {
        if !run(folder.path(), "ffmpeg", &format!("-y -i in.wav {arguments}")) {
            continue;
        }
        let good = std::fs::read(folder.path().join(name)).unwrap();
        assert!(read(&folder.path().join(name)).unwrap().streams[0].audio.frames() >= 6_000, "{arguments}");
        // MP4 keeps its tables at the end.
        let (start, end) = (0..good.len().min(1500), good.len().saturating_sub(1500)..good.len());
        for at in start.chain(end).step_by(5) {
            // New names: some file systems wait for the disk when a file is written over.
            let (path, cut) =
                (folder.path().join(format!("{at}-{name}")), folder.path().join(format!("cut-{at}-{name}")));
            let mut bytes = good.clone();
            bytes[at] ^= [0x01, 0x80, 0xff][at % 3];
            std::fs::write(&path, &bytes).unwrap();
            if let Ok(read) = read(&path) {
                assert!(
                    read.streams.iter().all(|s| s.info.frames == s.audio.frames() as u64),
                    "{arguments} {at}"
                );
            }
            std::fs::write(&cut, &good[..at]).unwrap();
            let _ = read(&cut);
        }
    }
}
