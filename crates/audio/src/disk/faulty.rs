//! A disk of which one call fails, for tests.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Disk, OnDisk};

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The disk is full (ENOSPC).
    Full,
    /// The disk is broken (EIO).
    Broken,
    /// A signal came in between (EINTR): to be done again. Only reads and writes of a file say so; the standard library
    /// repeats the other calls by itself.
    Interrupted,
    /// Half of a write is done, which is no error.
    Short,
    /// No permission (EACCES).
    Forbidden,
    /// The disk may only be read (EROFS).
    ReadOnly,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 6] =
        [Fault::Full, Fault::Broken, Fault::Interrupted, Fault::Short, Fault::Forbidden, Fault::ReadOnly];

    /// Does whoever writes see an error? The others must come to nothing.
    pub fn is_error(self) -> bool {
        !matches!(self, Fault::Interrupted | Fault::Short)
    }

    fn error(self) -> Option<io::Error> {
        Some(match self {
            Fault::Full => io::ErrorKind::StorageFull.into(),
            Fault::Broken => io::Error::other("the disk answers with an error"),
            Fault::Interrupted => io::ErrorKind::Interrupted.into(),
            Fault::Short => return None,
            Fault::Forbidden => io::ErrorKind::PermissionDenied.into(),
            Fault::ReadOnly => io::ErrorKind::ReadOnlyFilesystem.into(),
        })
    }
}

/// Fails the n-th call, counted from 0, and after it, where the fault is one that stays (a full disk), every write.
/// Clones count together.
#[derive(Clone, Debug)]
pub struct Faulty<D> {
    disk: D,
    calls: Arc<AtomicU64>,
    at: u64,
    fault: Fault,
    stays: bool,
}

impl<D: Disk> Faulty<D> {
    /// A disk of which one call fails.
    pub fn once(disk: D, at: u64, fault: Fault) -> Self {
        Faulty { disk, calls: Arc::default(), at, fault, stays: false }
    }

    /// A disk of which every call fails from one on, but for reading and removing.
    pub fn from(disk: D, at: u64, fault: Fault) -> Self {
        Faulty { stays: true, ..Faulty::once(disk, at, fault) }
    }

    /// How many calls there have been.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Counts a call; the fault when it is this one's turn.
    fn turn(&self, writes: bool) -> Option<Fault> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        (call == self.at || self.stays && writes && call > self.at).then_some(self.fault)
    }

    fn check(&self, writes: bool) -> io::Result<()> {
        match self.turn(writes) {
            None | Some(Fault::Interrupted) => Ok(()),
            Some(fault) => fault.error().map_or(Ok(()), Err),
        }
    }
}

impl<D: Disk + Clone + 'static> Disk for Faulty<D> {
    fn create(&self, path: &Path) -> io::Result<Box<dyn OnDisk>> {
        self.check(true)?;
        Ok(Box::new(Open { file: self.disk.create(path)?, disk: self.clone() }))
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.check(false)?;
        self.disk.read(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.check(true)?;
        self.disk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.check(false)?;
        self.disk.remove(path)
    }
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.check(true)?;
        self.disk.make_folder(path)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.check(false)?;
        self.disk.list(folder)
    }
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.check(true)?;
        self.disk.sync_folder(folder)
    }
}

#[derive(Debug)]
struct Open<D> {
    file: Box<dyn OnDisk>,
    disk: Faulty<D>,
}

impl<D: Disk + Clone + 'static> Read for Open<D> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.disk.turn(false).and_then(Fault::error) {
            Some(error) => Err(error),
            None => self.file.read(into),
        }
    }
}

impl<D: Disk + Clone + 'static> Write for Open<D> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.disk.turn(true) {
            // One byte at least: to write nothing means that there is no more room.
            Some(Fault::Short) => self.file.write(&bytes[..bytes.len().div_ceil(2)]),
            Some(fault) => fault.error().map_or(Ok(0), Err),
            None => self.file.write(bytes),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl<D: Disk + Clone + 'static> Seek for Open<D> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl<D: Disk + Clone + 'static> OnDisk for Open<D> {
    fn sync(&mut self) -> io::Result<()> {
        self.disk.check(true)?;
        self.file.sync()
    }
}
