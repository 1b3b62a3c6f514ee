//! One run at a time on a song.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::{Folder, PipelineError};

/// Held while a run writes below a song's folder `mix`. The system lets go of it when the process ends, however it
/// ends, so a lock file that a dead run has left holds nobody up.
#[derive(Debug)]
pub(crate) struct Lock {
    /// None where the file system knows no locks.
    held: Option<(File, PathBuf)>,
    /// Folders that were made for the lock, the innermost first.
    made: Vec<PathBuf>,
}

impl Lock {
    /// Takes the song, or says who has it. What a run that was killed has left half-written is removed.
    pub fn take(folder: &Folder) -> Result<Self, PipelineError> {
        let made: Vec<PathBuf> =
            folder.mix.ancestors().take_while(|place| !place.exists()).map(Path::to_owned).collect();
        std::fs::create_dir_all(&folder.mix).map_err(PipelineError::io(&folder.mix))?;
        let path = folder.lock();
        let mine = std::process::id().to_string();
        let mut lock = Lock { held: None, made };
        loop {
            let mut file = File::options()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(PipelineError::io(&path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let by = std::fs::read_to_string(&path).unwrap_or_default();
                    return Err(PipelineError::Busy { path: folder.root.clone(), by });
                }
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => break,
                Err(TryLockError::Error(error)) => return Err(PipelineError::io(&path)(error)),
            }
            let written = file.set_len(0).and_then(|()| file.write_all(mine.as_bytes()));
            written.map_err(PipelineError::io(&path))?;
            // The run before may have removed the file between opening and locking it: then another of that name
            // is the lock.
            let current = match std::fs::read_to_string(&path) {
                Ok(text) => text == mine,
                Err(error) => error.kind() != ErrorKind::NotFound,
            };
            if current {
                lock.held = Some((file, path));
                break;
            }
        }
        folder.clear_parts();
        Ok(lock)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some((file, path)) = self.held.take() {
            let _ = std::fs::remove_file(path);
            drop(file);
        }
        // A run that wrote nothing leaves no folders: only empty ones can be removed.
        for folder in &self.made {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_song_is_held_by_one_run_and_the_file_goes_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path(), None).unwrap();
        let lock = Lock::take(&folder).unwrap();
        let error = Lock::take(&folder).unwrap_err();
        assert!(error.to_string().contains(&std::process::id().to_string()), "{error}");
        drop(lock);
        assert!(!folder.mix.exists(), "nothing was written, so nothing is left");
        drop(Lock::take(&folder).unwrap());
    }

    #[test]
    fn what_a_dead_run_left_holds_nobody_up() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path(), None).unwrap();
        std::fs::create_dir_all(folder.out.join("stems")).unwrap();
        std::fs::write(folder.lock(), "999999").unwrap();
        std::fs::write(folder.out.join("stems/Bass.wav.part"), "half").unwrap();
        let lock = Lock::take(&folder).unwrap();
        assert!(!folder.out.join("stems/Bass.wav.part").exists());
        drop(lock);
        assert!(!folder.lock().exists());
        assert!(folder.out.join("stems").exists(), "folders that were there stay");
    }
}
