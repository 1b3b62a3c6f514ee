//! What can go wrong on the road, by what the caller can do.

use std::io;
use std::path::{Path, PathBuf};

use mixsmith_engine::{CompileError, RenderError};

/// Why the road ended early. Every message names the file or line and says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// There is no such folder.
    #[error("{}: {why}. Give the folder that holds the song's recorded tracks.", path.display())]
    NoSong {
        /// What was given.
        path: PathBuf,
        /// Why it is no song.
        why: String,
    },
    /// The place given with `--out` is where the recorded tracks are.
    #[error("{}: prints would be written among the song's recorded tracks. Choose another folder with --out.", path.display())]
    OverTracks {
        /// What was given with `--out`.
        path: PathBuf,
    },
    /// A sound file that was given cannot be read.
    #[error("{}: {why}", path.display())]
    NoSound {
        /// What was given.
        path: PathBuf,
        /// Why it has no sound.
        why: String,
    },
    /// A project of another program cannot be read.
    #[error("{}: {why}.", path.display())]
    NoProject {
        /// What was given.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// The folder of the song that a project is to become holds something else.
    #[error("{}: holds something else than a song made of {}. Choose another folder with --out.", song.display(), project.display())]
    NotOf {
        /// The folder.
        song: PathBuf,
        /// The project.
        project: PathBuf,
    },
    /// Nothing in the folder can be mixed.
    #[error("{}: no track that could be read. Put the song's tracks into it, one audio file a track.{}", path.display(), list(problems))]
    NoTracks {
        /// The folder.
        path: PathBuf,
        /// What was wrong with each file.
        problems: Vec<String>,
    },
    /// A track could not be read to its end, or changed on the way.
    #[error(
        "{file}: {why}. Nothing was printed from it. Run again when the file is whole and no other program writes to it."
    )]
    Track {
        /// The file.
        file: String,
        /// What happened.
        why: String,
    },
    /// `song.toml`, `session.toml` or `decisions.toml` cannot be read.
    #[error("{}: {what}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// Line, what is wrong, what to do.
        what: String,
    },
    /// A stage needs what an earlier stage writes.
    #[error("{}: not there yet. Run `mixsmith {first}` on the song first.", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// The command that writes it.
        first: &'static str,
    },
    /// Another run is at work on the song.
    #[error("{}: another run of mixsmith{} is at work on this song. Wait until it is done, or write to another \
             place with --out.", path.display(), process(by))]
    Busy {
        /// The song.
        path: PathBuf,
        /// Number of the other process; empty when not known.
        by: String,
    },
    /// An edit that the session refuses.
    #[error("{0}")]
    Edit(String),
    /// The impulse response of a processor cannot be used.
    #[error(
        "session.toml: {at}: the impulse response `{named}` cannot be read: {why}. Put the file into the song's folder \
             (a folder `impulses` in it holds no tracks), or take the line `impulse` out."
    )]
    Impulse {
        /// Strip and insert.
        at: String,
        /// What the session names.
        named: String,
        /// Why not.
        why: String,
    },
    /// The session has no sound.
    #[error("session.toml: {0}")]
    Compile(#[from] CompileError),
    /// A file could not be written or read back.
    #[error("{}: {}. Nothing half-written is left under its final name.", path.display(), io_words(source))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The caller asked to stop.
    #[error("stopped; nothing half-written is left")]
    Stopped,
    /// The system gives no threads.
    #[error("cannot start threads: {0}")]
    Threads(String),
}

fn list(problems: &[String]) -> String {
    problems.iter().map(|problem| format!("\n  {problem}")).collect()
}

fn process(number: &str) -> String {
    if number.is_empty() { String::new() } else { format!(" (process {number})") }
}

fn io_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => {
            "the disk is full; make room or choose another place with --out".to_owned()
        }
        io::ErrorKind::PermissionDenied => "no permission; choose another place with --out".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => {
            "the disk is read-only; choose another place with --out".to_owned()
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a file is where a folder should be; move it or choose another place with --out".to_owned()
        }
        io::ErrorKind::InvalidFilename => {
            "the system takes no such name; give the file a shorter one".to_owned()
        }
        _ => error.to_string(),
    }
}

impl PipelineError {
    /// A file that could not be written or read back.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| PipelineError::Io { path, source }
    }

    /// A text that could not be read.
    pub(crate) fn text(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::InvalidData => {
                PipelineError::Text { path, what: "is no text in UTF-8; save it as UTF-8".to_owned() }
            }
            _ => PipelineError::Io { path, source },
        }
    }

    /// A render that stopped.
    pub(crate) fn render(out: &Path, error: RenderError) -> Self {
        match error {
            RenderError::Sink(name, source) => PipelineError::Io { path: out.join(name), source },
            RenderError::Stopped => PipelineError::Stopped,
            RenderError::Threads(what) => PipelineError::Threads(what),
            other => PipelineError::Threads(other.to_string()),
        }
    }
}

/// Something the person should know that did not end the road.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Note {
    /// File name or address.
    pub about: String,
    /// What happened, where, what to do.
    pub says: String,
    /// Was something of the sound or the text lost?
    pub warning: bool,
}
