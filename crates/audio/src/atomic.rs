//! Files that are either the old one or the new one, whatever happens in between.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A file being written under `<name>.part`; it takes its final name when it is whole, and is removed when it
/// is dropped before.
#[derive(Debug)]
pub(crate) struct Part {
    file: Option<File>,
    part: PathBuf,
    path: PathBuf,
}

impl Part {
    /// Starts a file beside its final place.
    pub fn create(path: &Path) -> io::Result<Part> {
        Part::create_as(path, ".part".into())
    }

    /// The same under a name that no other part has, for files that several threads may write at once: the last one
    /// stays.
    pub fn create_shared(path: &Path) -> io::Result<Part> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Part::create_as(path, format!(".{}-{number}.part", std::process::id()).into())
    }

    fn create_as(path: &Path, ending: OsString) -> io::Result<Part> {
        let Some(name) = path.file_name() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
        };
        let mut name = name.to_owned();
        name.push(ending);
        let part = path.with_file_name(name);
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&part)?;
        Ok(Part { file: Some(file), part, path: path.to_owned() })
    }

    /// The open file.
    pub fn file(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().ok_or_else(|| io::Error::other("the file was finished before"))
    }

    /// Gives the file its name. With `durable` it is on the disk, and so is its name, before this returns.
    pub fn commit(mut self, durable: bool) -> io::Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let done = if durable { file.sync_all() } else { Ok(()) };
        drop(file);
        let done = done.and_then(|()| fs::rename(&self.part, &self.path));
        if done.is_err() {
            let _ = fs::remove_file(&self.part);
            return done;
        }
        if durable { sync_folder(&self.path) } else { Ok(()) }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// A rename is on the disk only when its folder is (POSIX leaves the order open). Windows has no such call.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Writes a whole file so that a reader, or a power cut, sees the old content or the new and nothing else. Several
/// threads may write one file at once, as when two tracks have the same content and what was measured is cached.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut part = Part::create_shared(path)?;
    part.file()?.write_all(bytes)?;
    part.commit(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_whole_files_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.toml");
        write_atomic(&path, b"old").unwrap();
        write_atomic(&path, b"new and longer").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new and longer");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn threads_may_write_one_file_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kick.facts");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..20).for_each(|_| write_atomic(&path, &[7; 5000]).unwrap()));
            }
        });
        assert_eq!(fs::read(&path).unwrap(), [7; 5000]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_dropped_part_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mix.wav");
        write_atomic(&path, b"old").unwrap();
        let mut part = Part::create(&path).unwrap();
        part.file().unwrap().write_all(b"half a").unwrap();
        drop(part);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_atomic(&folder.path().join("no/such/x"), b"").is_err());
        assert!(write_atomic(Path::new("/"), b"").is_err());
    }
}
