//! The program as a person runs it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mixsmith_demo::{Form, Part, Recipe};
use tempfile::TempDir;

/// The program with the words of a command line.
pub fn mixsmith(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mixsmith"));
    command.args(words);
    command
}

/// What became of a run.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// Runs the program to its end.
pub fn run(words: &[&str]) -> Ran {
    mixsmith(words).output().unwrap().into()
}

/// A folder that goes away with the test, with a song in it.
pub struct Song {
    dir: TempDir,
}

impl Song {
    pub fn empty() -> Self {
        let song = Song { dir: tempfile::tempdir().unwrap() };
        std::fs::create_dir(song.root()).unwrap();
        song
    }

    /// Two players for seven seconds.
    pub fn small() -> Self {
        let song = Song::empty();
        let recipe = Recipe {
            form: Form { intro: 0, verse: 2, chorus: 0, outro: 0 },
            parts: vec![Part::Keys, Part::LeadVoice],
            ..Recipe::short()
        };
        mixsmith_demo::write(&mixsmith_demo::song(&recipe), &song.root()).unwrap();
        song
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("song")
    }
    pub fn path(&self, below: &str) -> PathBuf {
        self.root().join(below)
    }
    pub fn text(&self, below: &str) -> String {
        std::fs::read_to_string(self.path(below)).unwrap()
    }
    pub fn put(&self, below: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(below), bytes).unwrap();
    }

    /// Runs a command on the song, and looks that nothing half-written stayed.
    pub fn run(&self, command: &str, more: &[&str]) -> Ran {
        let root = self.root();
        let ran = run(&[&[command, root.to_str().unwrap()], more].concat());
        self.assert_whole();
        ran
    }

    pub fn mix(&self) -> Ran {
        self.run("mix", &["--threads", "2"])
    }

    /// No half-written file and no lock is left.
    pub fn assert_whole(&self) {
        for path in files(&self.root()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            assert!(!name.ends_with(".part") && name != "lock", "{}", path.display());
        }
    }
}

/// Every file below a folder.
pub fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// A WAV file of 16 bits in mono at 48 kHz, of which the header claims `claims` bytes of sound.
pub fn wav(samples: &[i16], claims: Option<u32>) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|x| x.to_le_bytes()).collect();
    let claims = claims.unwrap_or(data.len() as u32);
    header(1, 16, claims).into_iter().chain(data).collect()
}

/// A WAV file of 32-bit floats in mono at 48 kHz.
pub fn float_wav(samples: &[f32]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|x| x.to_le_bytes()).collect();
    header(3, 32, data.len() as u32).into_iter().chain(data).collect()
}

fn header(tag: u16, bits: u16, bytes: u32) -> Vec<u8> {
    let mut head = b"RIFF".to_vec();
    head.extend(bytes.saturating_add(36).to_le_bytes());
    head.extend(b"WAVEfmt ");
    head.extend(16u32.to_le_bytes());
    for half in [tag, 1] {
        head.extend(half.to_le_bytes());
    }
    let block = bits / 8;
    head.extend(48_000u32.to_le_bytes());
    head.extend((48_000 * u32::from(block)).to_le_bytes());
    head.extend(block.to_le_bytes());
    head.extend(bits.to_le_bytes());
    head.extend(b"data");
    head.extend(bytes.to_le_bytes());
    head
}

/// A tone of a second and a half.
pub fn tone() -> Vec<f32> {
    (0..72_000).map(|n| 0.25 * (n as f32 * 0.0288).sin()).collect()
}
