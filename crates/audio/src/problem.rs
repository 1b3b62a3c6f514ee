//! What can be wrong with a file, in plain sentences.

use std::io;
use std::path::{Path, PathBuf};

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing of the sound is lost.
    Note,
    /// Something of the sound was lost or had to be changed.
    Warning,
    /// The file cannot be used.
    Error,
}

/// Something wrong with a file that does not stop the song from opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// What happened, where, and what to do: a plain sentence or two.
    pub what: String,
    /// How much it matters.
    pub severity: Severity,
}

impl Problem {
    pub(crate) fn note(file: &Path, what: impl Into<String>) -> Problem {
        Problem { file: file.to_owned(), what: what.into(), severity: Severity::Note }
    }

    /// A header that promises more seconds than there are.
    pub(crate) fn short(file: &Path, of: &str, claimed: f64, present: f64) -> Problem {
        let what = format!(
            "{of}The header claims {claimed:.3} s, but the file ends after {present:.3} s. \
             What is there was kept; copy or export the file again if the end is missing."
        );
        Problem::warning(file, what)
    }

    pub(crate) fn warning(file: &Path, what: impl Into<String>) -> Problem {
        Problem { file: file.to_owned(), what: what.into(), severity: Severity::Warning }
    }
}

impl From<&ReadError> for Problem {
    fn from(error: &ReadError) -> Problem {
        Problem { file: error.file().to_owned(), what: error.to_string(), severity: Severity::Error }
    }
}

/// Why a file gave no sound, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Leave it out: it holds something else.
    #[error("{} is not a sound file: {found}. Leave it out, or replace it by the recording.", file.display())]
    NotAudio {
        /// The file.
        file: PathBuf,
        /// What it looks like.
        found: String,
    },
    /// Export it again: there is nothing in it.
    #[error("{} holds no sound: {what}. Export it again.", file.display())]
    Empty {
        /// The file.
        file: PathBuf,
        /// Empty in which way.
        what: String,
    },
    /// Ask for the right to read it.
    #[error("{} may not be read: permission denied. Give yourself the right to read it.", file.display())]
    Permission {
        /// The file.
        file: PathBuf,
    },
    /// Convert it.
    #[error("{} cannot be read: {what}. Convert it to WAV or FLAC.", file.display())]
    Unsupported {
        /// The file.
        file: PathBuf,
        /// Which feature is missing.
        what: String,
    },
    /// Export it again: nothing in it could be kept.
    #[error("{} is damaged: {what}. Export or copy it again.", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// Cut it: it is larger than a song can be.
    #[error("{} is too long: it holds more than {limit} samples. Cut it into pieces.", file.display())]
    TooLong {
        /// The file.
        file: PathBuf,
        /// The limit, over all channels.
        limit: u64,
    },
    /// Try again, or look at the disk.
    #[error("{} could not be read: {source}. Check the disk and the name, then try again.", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ReadError {
    /// The file that it is about.
    pub fn file(&self) -> &Path {
        match self {
            ReadError::NotAudio { file, .. }
            | ReadError::Empty { file, .. }
            | ReadError::Permission { file }
            | ReadError::Unsupported { file, .. }
            | ReadError::Damaged { file, .. }
            | ReadError::TooLong { file, .. }
            | ReadError::Io { file, .. } => file,
        }
    }

    pub(crate) fn io(file: &Path, source: io::Error) -> ReadError {
        let file = file.to_owned();
        match source.kind() {
            io::ErrorKind::PermissionDenied => ReadError::Permission { file },
            _ => ReadError::Io { file, source },
        }
    }

    pub(crate) fn not_audio(file: &Path, found: impl Into<String>) -> ReadError {
        ReadError::NotAudio { file: file.to_owned(), found: found.into() }
    }

    pub(crate) fn empty(file: &Path, what: impl Into<String>) -> ReadError {
        ReadError::Empty { file: file.to_owned(), what: what.into() }
    }

    pub(crate) fn unsupported(file: &Path, what: impl Into<String>) -> ReadError {
        ReadError::Unsupported { file: file.to_owned(), what: what.into() }
    }

    pub(crate) fn damaged(file: &Path, what: impl Into<String>) -> ReadError {
        ReadError::Damaged { file: file.to_owned(), what: what.into() }
    }
}
