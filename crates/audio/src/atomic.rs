//! Files that are either the old one or the new one, whatever happens in between.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::disk::{OnDisk, SharedDisk, folder_of};

/// A file being written under `<name>.part`; it takes its final name when it is whole, and is removed when it
/// is dropped before.
#[derive(Debug)]
pub(crate) struct Part {
    disk: SharedDisk,
    file: Option<Box<dyn OnDisk>>,
    part: PathBuf,
    path: PathBuf,
}

impl Part {
    /// Starts a file beside its final place.
    pub fn create(disk: &SharedDisk, path: &Path) -> io::Result<Part> {
        Part::create_as(disk, path, ".part".into())
    }

    /// The same under a name that no other part has, for files that several threads may write at once: the last one
    /// stays.
    pub fn create_shared(disk: &SharedDisk, path: &Path) -> io::Result<Part> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Part::create_as(disk, path, format!(".{}-{number}.part", std::process::id()).into())
    }

    fn create_as(disk: &SharedDisk, path: &Path, ending: OsString) -> io::Result<Part> {
        let Some(name) = path.file_name() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
        };
        let mut name = name.to_owned();
        name.push(ending);
        let part = path.with_file_name(name);
        let file = disk.create(&part)?;
        Ok(Part { disk: disk.clone(), file: Some(file), part, path: path.to_owned() })
    }

    /// The open file.
    pub fn file(&mut self) -> io::Result<&mut dyn OnDisk> {
        match &mut self.file {
            Some(file) => Ok(file.as_mut()),
            None => Err(io::Error::other("the file was finished before")),
        }
    }

    /// Gives the file its name. With `durable` it is on the disk, and so is its name, before this returns.
    pub fn commit(mut self, durable: bool) -> io::Result<()> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        let done = if durable { file.sync() } else { Ok(()) };
        drop(file);
        let done = done.and_then(|()| self.disk.rename(&self.part, &self.path));
        if done.is_err() {
            let _ = self.disk.remove(&self.part);
            return done;
        }
        if durable { self.disk.sync_folder(&folder_of(&self.path)) } else { Ok(()) }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = self.disk.remove(&self.part);
        }
    }
}

/// Writes a whole file so that a reader, or a power cut, sees the old content or the new and nothing else. Several
/// threads may write one file at once, as when two tracks have the same content and what was measured is cached.
pub fn write_atomic(disk: &SharedDisk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut part = Part::create_shared(disk, path)?;
    part.file()?.write_all(bytes)?;
    part.commit(true)
}

/// Copies a sound file from the machine's own disk, whole or not at all.
pub fn copy_atomic(disk: &SharedDisk, from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut part = Part::create(disk, to)?;
    io::copy(&mut source, part.file()?)?;
    part.commit(true)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::disk::real;

    #[test]
    fn replaces_whole_files_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.toml");
        write_atomic(&real(), &path, b"old").unwrap();
        write_atomic(&real(), &path, b"new and longer").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new and longer");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn threads_may_write_one_file_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kick.facts");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..20).for_each(|_| write_atomic(&real(), &path, &[7; 5000]).unwrap()));
            }
        });
        assert_eq!(fs::read(&path).unwrap(), [7; 5000]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_dropped_part_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mix.wav");
        write_atomic(&real(), &path, b"old").unwrap();
        let mut part = Part::create(&real(), &path).unwrap();
        part.file().unwrap().write_all(b"half a").unwrap();
        drop(part);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_atomic(&real(), &folder.path().join("no/such/x"), b"").is_err());
        assert!(write_atomic(&real(), Path::new("/"), b"").is_err());
    }
}
