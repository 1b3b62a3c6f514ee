//! Everything that is written goes through this: a real disk, or one that a test makes up.
//!
//! Sound is read straight from files, since the decoding library wants them and clips are read at any position by
//! many threads; what is read back of the program's own texts goes through here too.

mod faulty;
mod memory;
mod real;
mod recorded;

use std::fmt;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use faulty::{Fault, Faulty};
pub use memory::Memory;
pub use real::Real;
pub use recorded::{Recorded, Step};

/// What a program asks of a disk.
pub trait Disk: fmt::Debug + Send + Sync {
    /// Starts a file anew, for writing and for reading back.
    fn create(&self, path: &Path) -> io::Result<Box<dyn OnDisk>>;
    /// Reads a file whole.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Gives a file another name, in place of the one that had it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes a folder, and those that it lies in.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Names of the files in a folder, in order; folders in it are left out.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// Waits until the names in a folder are on the disk. A rename is there only then (POSIX leaves the order open).
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// A disk in many hands.
pub type SharedDisk = Arc<dyn Disk>;

/// The machine's own disk.
pub fn real() -> SharedDisk {
    Arc::new(Real)
}

/// A file being written.
pub trait OnDisk: Read + Write + Seek + fmt::Debug + Send {
    /// Waits until its content is on the disk.
    fn sync(&mut self) -> io::Result<()>;
}

/// The folder that a file lies in.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Reads a text whole. What is no UTF-8 is an error of the kind `InvalidData`.
pub fn read_text(disk: &dyn Disk, path: &Path) -> io::Result<String> {
    String::from_utf8(disk.read(path)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
