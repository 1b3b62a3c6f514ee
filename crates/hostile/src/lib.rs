//! Files that must not hurt: some three hundred, made by rule, the same bytes every time.
//!
//! [`corpus`] lists them; [`Hostile::put`] writes one. The functions in [`targets`] say what must hold of whatever comes
//! of any bytes; they are what the fuzzer runs (folder `fuzz`) and what the property tests run on stable Rust.
#![allow(clippy::disallowed_methods, reason = "makes files to test with")]

mod aiff;
mod build;
mod caf;
mod flac;
mod general;
mod other;
pub mod targets;
mod wav;
mod wide;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that must not hurt.
#[derive(Clone, Debug)]
pub struct Hostile {
    /// Its name in the folder. Some names are no text.
    pub name: OsString,
    /// What is there under the name.
    pub made: Made,
}

/// What is there under a name.
#[derive(Clone, Debug)]
pub enum Made {
    /// These bytes.
    Bytes(Vec<u8>),
    /// These bytes at the start, then nothing up to this length: the disk holds no more than the start.
    Sparse(Vec<u8>, u64),
    /// Bytes that nobody may read.
    Forbidden(Vec<u8>),
    /// An empty folder.
    Folder,
    /// A named pipe that nobody writes to.
    Pipe,
    /// A link to another place; to its own name, it is a loop.
    Link(PathBuf),
}

impl Hostile {
    /// Puts it into a folder and gives its place; none where the system has no such thing, or takes no such name.
    pub fn put(&self, folder: &Path) -> io::Result<Option<PathBuf>> {
        let path = folder.join(&self.name);
        match &self.made {
            Made::Bytes(bytes) => match fs::write(&path, bytes) {
                Err(error) if error.kind() == io::ErrorKind::InvalidFilename => return Ok(None),
                done => done?,
            },
            Made::Sparse(start, length) => {
                let mut file = File::create(&path)?;
                file.write_all(start)?;
                file.set_len(*length)?;
            }
            Made::Forbidden(bytes) => {
                fs::write(&path, bytes)?;
                return forbid(&path).map(|forbidden| forbidden.then_some(path));
            }
            Made::Folder => fs::create_dir(&path)?,
            Made::Pipe => {
                let made = std::process::Command::new("mkfifo").arg(&path).status();
                return Ok(made.is_ok_and(|status| status.success()).then_some(path));
            }
            Made::Link(to) => return Ok(link(to, &path)?.then_some(path)),
        }
        Ok(Some(path))
    }

    /// The bytes, where it is a plain file that is held in memory.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.made {
            Made::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// Takes the right to read away, and says whether that made a difference: some users may read everything.
#[cfg(unix)]
fn forbid(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o000))?;
    Ok(File::open(path).is_err())
}

#[cfg(not(unix))]
fn forbid(_: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(unix)]
fn link(to: &Path, path: &Path) -> io::Result<bool> {
    std::os::unix::fs::symlink(to, path).map(|()| true)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}

/// All of them, in a fixed order. No two have one name.
pub fn corpus() -> Vec<Hostile> {
    [wav::all(), wide::all(), aiff::all(), caf::all(), flac::all(), other::all(), general::all()].concat()
}

/// Files for the fuzzer of a target to begin with: of a reader, the small ones that begin mostly as its form does; of
/// `session`, what the first version wrote. None where there is no such target.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    if target == "session" {
        return vec![SESSION.as_bytes().to_vec()];
    }
    let Some((_, start)) = targets::READERS.iter().find(|(name, _)| *name == target) else { return vec![] };
    let like = |bytes: &[u8]| {
        let same = bytes.iter().zip(*start).filter(|(byte, of)| byte == of).count();
        // Pipes, links and what is large on paper would hold the fuzzer up.
        same * 2 > start.len() && bytes.len() < 20_000
    };
    corpus().iter().filter_map(Hostile::bytes).filter(|bytes| like(bytes)).map(<[u8]>::to_vec).collect()
}

/// A session with something of every kind, as the first version wrote it.
pub const SESSION: &str = include_str!("../../session/tests/fixtures/v1.toml");
