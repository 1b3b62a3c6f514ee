//! Is a file still what it was?

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// Length of a file and time of its last change. Equal stamps of one file mean that nobody has written to it in between, as
/// far as the file system's clock can tell (4 ms on most).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    bytes: u64,
    /// None where the file system keeps no such time.
    modified: Option<SystemTime>,
}

impl Stamp {
    /// The stamp of the file that has this name now.
    pub fn of(path: &Path) -> io::Result<Stamp> {
        fs::metadata(path).map(|about| Stamp::from(&about))
    }
}

impl From<&Metadata> for Stamp {
    fn from(about: &Metadata) -> Stamp {
        Stamp { bytes: about.len(), modified: about.modified().ok() }
    }
}
