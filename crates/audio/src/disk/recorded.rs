//! A disk that keeps a list of what was done to it, for tests of what a power cut leaves.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Disk, Memory, OnDisk, folder_of};

/// Something that was done to a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A file was started: its number, and its name.
    Create(usize, PathBuf),
    /// Bytes were written to a file from a place on.
    Write(usize, u64, Vec<u8>),
    /// The content of a file is on the disk.
    Sync(usize),
    /// A file got another name.
    Rename(PathBuf, PathBuf),
    /// A file was removed.
    Remove(PathBuf),
    /// The names in a folder are on the disk.
    SyncFolder(PathBuf),
}

/// A disk in memory that keeps a list of what was done to it. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    disk: Memory,
    start: BTreeMap<PathBuf, Vec<u8>>,
    steps: Arc<Mutex<Vec<Step>>>,
}

impl Recorded {
    /// A disk with these files, all of them safe.
    pub fn of(files: BTreeMap<PathBuf, Vec<u8>>) -> Recorded {
        Recorded { disk: Memory::of(&files), start: files, steps: Arc::default() }
    }

    /// What was done, in order.
    pub fn steps(&self) -> Vec<Step> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, step: impl FnOnce(usize) -> Step) -> usize {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let number = steps.len();
        steps.push(step(number));
        number
    }

    /// What the disk may hold when the power goes after so many steps. Whatever was not synced by then is there or not,
    /// each piece for itself, in any order: `lost` says of each such step whether it is lost. A file whose content was
    /// not synced may have its name, and a name that was not synced may stand for the file of before.
    pub fn after_a_power_cut(&self, steps: usize, mut lost: impl FnMut(usize) -> bool) -> Memory {
        let all = self.steps();
        let done = &all[..steps.min(all.len())];
        let synced_later = |at: usize, sync: &dyn Fn(&Step) -> bool| done[at..].iter().any(sync);
        let mut contents: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
        let mut names: BTreeMap<PathBuf, Result<usize, Vec<u8>>> =
            self.start.iter().map(|(path, bytes)| (path.clone(), Err(bytes.clone()))).collect();
        // Which file has which name for the program, whatever of it is on the disk: a rename that is kept takes that.
        let mut seen = names.clone();
        for (at, step) in done.iter().enumerate() {
            let in_folder = |path: &Path| {
                let folder = folder_of(path);
                synced_later(at, &|later| *later == Step::SyncFolder(folder.clone()))
            };
            match step {
                Step::Create(file, path) => {
                    contents.insert(*file, Vec::new());
                    seen.insert(path.clone(), Ok(*file));
                    if in_folder(path) || !lost(at) {
                        names.insert(path.clone(), Ok(*file));
                    }
                }
                Step::Write(file, from, bytes) => {
                    let kept = synced_later(at, &|later| *later == Step::Sync(*file)) || !lost(at);
                    let content = contents.entry(*file).or_default();
                    let (from, to) = (*from as usize, *from as usize + bytes.len());
                    // The length may be there without the bytes: then there are zeros.
                    if kept || !lost(at) {
                        content.resize(content.len().max(to), 0);
                    }
                    if kept {
                        content[from..to].copy_from_slice(bytes);
                    }
                }
                Step::Rename(from, to) => {
                    let file = seen.remove(from);
                    if let Some(file) = file {
                        seen.insert(to.clone(), file.clone());
                        if in_folder(to) || !lost(at) {
                            names.remove(from);
                            names.insert(to.clone(), file);
                        }
                    }
                }
                Step::Remove(path) => {
                    seen.remove(path);
                    if in_folder(path) || !lost(at) {
                        names.remove(path);
                    }
                }
                Step::Sync(_) | Step::SyncFolder(_) => {}
            }
        }
        let content = |file: Result<usize, Vec<u8>>| match file {
            Ok(file) => contents.get(&file).cloned().unwrap_or_default(),
            Err(bytes) => bytes,
        };
        Memory::of(&names.into_iter().map(|(path, file)| (path, content(file))).collect())
    }
}

impl Disk for Recorded {
    fn create(&self, path: &Path) -> io::Result<Box<dyn OnDisk>> {
        let file = self.disk.create(path)?;
        let number = self.keep(|number| Step::Create(number, path.to_owned()));
        Ok(Box::new(Open { file, number, disk: self.clone() }))
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.disk.read(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)?;
        self.keep(|_| Step::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk.remove(path)?;
        self.keep(|_| Step::Remove(path.to_owned()));
        Ok(())
    }
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.disk.make_folder(path)
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.disk.list(folder)
    }
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.disk.sync_folder(folder)?;
        self.keep(|_| Step::SyncFolder(folder.to_owned()));
        Ok(())
    }
}

#[derive(Debug)]
struct Open {
    file: Box<dyn OnDisk>,
    number: usize,
    disk: Recorded,
}

impl Read for Open {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.file.read(into)
    }
}

impl Write for Open {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let from = self.file.stream_position()?;
        let written = self.file.write(bytes)?;
        self.disk.keep(|_| Step::Write(self.number, from, bytes[..written].to_vec()));
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Open {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl OnDisk for Open {
    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()?;
        self.disk.keep(|_| Step::Sync(self.number));
        Ok(())
    }
}
