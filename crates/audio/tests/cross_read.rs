//! Row 38 of the scorecard: what is written is read back to the bit by this crate, and by sox and ffmpeg where these are
//! installed. Row 39: past 4 GiB the file is an RF64.
#![allow(clippy::disallowed_methods, reason = "files to test with")]

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use mixsmith_audio::disk::{Disk, OnDisk, Real};
use mixsmith_audio::{Audio, Dither, Sample, SharedDisk, WavWriter, read};

/// Noise in whole numbers of so many bits that touches both ends.
fn noise(rate: u32, channels: usize, frames: usize, bits: u32) -> Audio {
    let top = (1i64 << (bits - 1)) - 1;
    let mut state = 0x0bad_5eed_1234_5678u64;
    let mut sample = |frame: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let whole = match frame {
            0 => top,
            1 => -top,
            _ => (state >> 20) as i64 % (top + 1) * if state & 1 == 0 { 1 } else { -1 },
        };
        whole as f32 / (top + 1) as f32
    };
    Audio { rate, channels: (0..channels).map(|_| (0..frames).map(&mut sample).collect()).collect() }
}

/// The samples as another program reads them: raw, interleaved, in the file's own depth. None where it is not installed.
fn raw(folder: &Path, tool: &str, arguments: &str) -> Option<Vec<u8>> {
    match Command::new(tool).args(arguments.split_whitespace()).current_dir(folder).output() {
        Err(_) => {
            println!("skipped: {tool} is not installed");
            None
        }
        Ok(output) => {
            assert!(
                output.status.success(),
                "{tool} {arguments}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            Some(output.stdout)
        }
    }
}

/// The same samples as this crate stores them.
fn stored(audio: &Audio, sample: Sample) -> Vec<u8> {
    let mut bytes = Vec::new();
    for frame in 0..audio.frames() {
        for channel in &audio.channels {
            let x = channel[frame];
            match sample {
                Sample::I16 => bytes.extend(((x * 32_768.0) as i16).to_le_bytes()),
                Sample::I24 => bytes.extend(&((x * 8_388_608.0) as i32).to_le_bytes()[..3]),
                Sample::F32 => bytes.extend(x.to_le_bytes()),
            }
        }
    }
    bytes
}

#[test]
fn what_is_written_reads_the_same_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    let forms = [
        (Sample::I16, 16, "signed-integer -b 16", "s16le"),
        (Sample::I24, 24, "signed-integer -b 24", "s24le"),
        (Sample::F32, 24, "floating-point -b 32", "f32le"),
    ];
    let mut compared = [0, 0];
    for (sample, bits, sox, ffmpeg) in forms {
        for channels in [1, 2, 6] {
            for rate in [44_100, 48_000, 88_200, 96_000, 192_000] {
                let audio = noise(rate, channels, 5_001, bits);
                let mut writer = WavWriter::create(&path, rate, channels, sample, Dither::None).unwrap();
                writer.write(&audio.slices()).unwrap();
                writer.finish().unwrap();
                let what = format!("{sample:?}, {channels} channels at {rate} Hz");
                let back = read(&path).unwrap();
                assert!(back.problems.is_empty(), "{what}: {:?}", back.problems);
                assert!(back.streams[0].audio == audio, "{what}");
                let expected = stored(&audio, sample);
                let tools = [
                    ("sox", format!("-D x.wav -t raw -e {sox} -L -")),
                    ("ffmpeg", format!("-v error -i x.wav -f {ffmpeg} -")),
                ];
                for (count, (tool, arguments)) in compared.iter_mut().zip(tools) {
                    if let Some(theirs) = raw(folder.path(), tool, &arguments) {
                        assert!(theirs == expected, "{tool}: {what}");
                        *count += 1;
                    }
                }
            }
        }
    }
    println!("45 forms; the same in sox {}, in ffmpeg {}", compared[0], compared[1]);
}

/// A disk on which zeros take no room.
#[derive(Debug)]
struct Hollow;

#[derive(Debug)]
struct HollowFile(File);

impl Disk for Hollow {
    fn create(&self, path: &Path) -> io::Result<Box<dyn OnDisk>> {
        let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
        Ok(Box::new(HollowFile(file)))
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Real.read(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Real.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        Real.remove(path)
    }
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        Real.make_folder(path)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        Real.list(folder)
    }
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        Real.sync_folder(folder)
    }
}

impl Read for HollowFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl Write for HollowFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() < 4096 || bytes.iter().any(|byte| *byte != 0) {
            return self.0.write(bytes);
        }
        let end = self.0.seek(SeekFrom::Current(bytes.len() as i64))?;
        self.0.set_len(end.max(self.0.metadata()?.len()))?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Seek for HollowFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

impl OnDisk for HollowFile {
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_all()
    }
}

/// An hour of silence in six channels and a click at the end: 4.3 GiB that take some kilobytes.
#[test]
fn past_four_gigabytes_it_is_an_rf64() {
    if !std::env::var("MIXSMITH_GATE").is_ok_and(|gate| gate == "1") {
        println!("skipped: it writes 4.3 GiB of silence; MIXSMITH_GATE=1 runs it");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    let disk: SharedDisk = Arc::new(Hollow);
    let mut writer = WavWriter::create_on(&disk, &path, 48_000, 6, Sample::F32, Dither::None).unwrap();
    let (silence, click) = (vec![0.0; 1 << 16], [0.5]);
    let pieces = 2_750u64;
    for _ in 0..pieces {
        writer.write(&[&silence[..]; 6]).unwrap();
    }
    writer.write(&[&click[..]; 6]).unwrap();
    let frames = pieces * (1 << 16) + 1;
    assert_eq!(writer.finish().unwrap().frames, frames);
    let length = std::fs::metadata(&path).unwrap().len();
    assert!(length > 1 << 32, "{length}");

    let mut file = File::open(&path).unwrap();
    let mut header = [0; 44];
    file.read_exact(&mut header).unwrap();
    assert_eq!(&header[..16], b"RF64\xff\xff\xff\xffWAVEds64");
    let eight = |at: usize| u64::from_le_bytes(header[at..at + 8].try_into().unwrap());
    assert_eq!((eight(20), eight(28), eight(36)), (length - 8, frames * 24, frames));
    let mut last = [0; 24];
    file.seek(SeekFrom::End(-24)).unwrap();
    file.read_exact(&mut last).unwrap();
    assert_eq!(last, *[0.5f32.to_le_bytes(); 6].as_flattened());
    let asked = "-v error -show_entries stream=duration_ts -of csv=p=0 x.wav";
    if let Some(theirs) = raw(folder.path(), "ffprobe", asked) {
        assert_eq!(String::from_utf8_lossy(&theirs).trim(), frames.to_string());
    }
}
