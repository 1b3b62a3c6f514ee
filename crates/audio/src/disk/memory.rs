//! A disk in memory, for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Disk, OnDisk, folder_of};

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    files: BTreeMap<PathBuf, Content>,
    folders: BTreeSet<PathBuf>,
}

type Content = Arc<Mutex<Vec<u8>>>;

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    /// A disk with these files, in their folders.
    pub fn of(files: &BTreeMap<PathBuf, Vec<u8>>) -> Memory {
        let memory = Memory::default();
        {
            let mut held = lock(&memory.held);
            for (path, bytes) in files {
                held.folders.extend(folder_of(path).ancestors().map(Path::to_owned));
                held.files.insert(path.clone(), Arc::new(Mutex::new(bytes.clone())));
            }
        }
        memory
    }

    /// All that it holds.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let held = lock(&self.held);
        held.files.iter().map(|(path, content)| (path.clone(), lock(content).clone())).collect()
    }

    fn there(&self, folder: &Path) -> io::Result<()> {
        let there = lock(&self.held).folders.contains(folder);
        if there { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

impl Disk for Memory {
    fn create(&self, path: &Path) -> io::Result<Box<dyn OnDisk>> {
        self.there(&folder_of(path))?;
        let content = Content::default();
        lock(&self.held).files.insert(path.to_owned(), content.clone());
        Ok(Box::new(Open { content, at: 0 }))
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let held = lock(&self.held);
        let content = held.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(lock(content).clone())
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.there(&folder_of(to))?;
        let mut held = lock(&self.held);
        let content = held.files.remove(from).ok_or(io::ErrorKind::NotFound)?;
        held.files.insert(to.to_owned(), content);
        Ok(())
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        lock(&self.held).files.remove(path).map(|_| ()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        lock(&self.held).folders.extend(path.ancestors().map(Path::to_owned));
        Ok(())
    }
    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.there(folder)?;
        let held = lock(&self.held);
        let inside = held.files.keys().filter(|path| folder_of(path) == folder);
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
    }
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.there(folder)
    }
}

/// A file of it.
#[derive(Debug)]
struct Open {
    content: Content,
    at: u64,
}

impl Open {
    /// Does something at its place in the content.
    fn at<T>(&mut self, call: impl FnOnce(&mut Cursor<&mut Vec<u8>>) -> io::Result<T>) -> io::Result<T> {
        let mut content = lock(&self.content);
        let mut cursor = Cursor::new(&mut *content);
        cursor.set_position(self.at);
        let done = call(&mut cursor);
        self.at = cursor.position();
        done
    }
}

impl Read for Open {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.at(|cursor| cursor.read(into))
    }
}

impl Write for Open {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.at(|cursor| cursor.write(bytes))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Open {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at(|cursor| cursor.seek(to))
    }
}

impl OnDisk for Open {
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}
