//! What a format of another program is.

use std::fmt;
use std::io::{Read, Seek};

use crate::{Desk, Loss};

/// What a format can hold.
#[derive(Clone, Copy, Debug)]
pub struct Carries {
    /// The name that a person would use.
    pub name: &'static str,
    /// Can a region have a gain, before the processors of its track?
    pub region_gain: bool,
    /// Has a channel a level before its processors?
    pub trim: bool,
    /// Do compressors have a knee?
    pub knee: bool,
    /// Do gates have a hold?
    pub hold: bool,
    /// Which processors it has, by [`crate::Processing::word`].
    pub devices: &'static [&'static str],
    /// Highest fader, dB.
    pub fader_max: f32,
    /// Highest send, dB.
    pub send_max: f32,
    /// By how much its equaliser differs from bands of ours at a sample rate, dB.
    pub equaliser_error: fn(&[crate::Band], u32) -> f32,
    /// By how much the curve of its compressor differs from one of ours, dB; endless where it has no such knobs.
    pub compressor_error: fn(&crate::Compressor) -> f32,
    /// What is to be said of its panner; nothing when it is as ours.
    pub pan: &'static str,
    /// What is to be said of rides, which become automation of the fader.
    pub ride: &'static str,
    /// What its own delay and reverb differ in from one of ours, and by how many dB where that is a number.
    pub resembles: fn(&crate::Processing, u32) -> (Option<f32>, String),
    /// Can a fader be automated, point by point?
    pub rides: bool,
    /// Are tracks to be the recordings alone, joined and aligned, without any processor?
    pub dry: bool,
}

/// What is wished of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// No folders: buses are told by routing alone.
    pub flat: bool,
    /// What the other program has only nearly is printed into the sound of tracks and returns.
    pub print_near: bool,
    /// Delays and reverbs are the other program's own, which only resemble ours; else they are printed.
    pub own_effects: bool,
    /// What has been printed of the mix.
    pub prints: Vec<Print>,
}

/// A printed file of the mix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    /// Path below the folder of outputs, with `/`.
    pub file: String,
    /// `mix`, `master`, `stem`, `group` or `version`.
    pub kind: String,
}

/// A file of an export.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// Path below the export's folder, with `/`.
    pub path: String,
    /// What is in it.
    pub content: Content,
}

/// The content of a file of an export.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// As it is.
    Bytes(Vec<u8>),
    /// The sound at this place on the desk, as WAV.
    Sound(usize),
    /// One channel of the sound at this place on the desk, as WAV of one channel with 32 bits of floating point.
    Channel(usize, usize),
    /// A printed file of the mix, by its path below the folder of outputs.
    Print(String),
    /// An archive (ZIP).
    Archive(Vec<Written>),
}

/// Something that can be read at any place.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// A project of another program, to be read.
pub struct Project<'a> {
    /// Its file name.
    pub name: &'a str,
    /// Its content.
    pub file: &'a mut dyn ReadSeek,
}

impl fmt::Debug for Project<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Project").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Why a project cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It is not of this format.
    #[error("it is no {0} project: {1}")]
    NotThis(&'static str, String),
    /// It was made to do harm, or is beyond all measure.
    #[error("refused: {0}")]
    Refused(String),
}

/// A format of another program: one folder, one line in [`crate::all`].
pub trait Format: Sync {
    /// The word of `--to`.
    fn id(&self) -> &'static str;
    /// Endings of its files, lower case, without the dot; none where it is only written.
    fn endings(&self) -> &'static [&'static str];
    /// What it can hold.
    fn carries(&self) -> Carries;
    /// The files of a project, and what of the desk is not in them.
    fn write(&self, desk: &Desk, wishes: &Wishes) -> (Vec<Written>, Vec<Loss>);
    /// The desk of a project, and what of the project is not on it.
    fn read(&self, project: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError>;
}

/// For programs whose delay and reverb are not used.
pub(crate) fn unlike(_: &crate::Processing, _: u32) -> (Option<f32>, String) {
    (None, String::new())
}

/// Reads a text whole, if it is no larger than a project can be.
pub(crate) fn text_of(file: &mut dyn ReadSeek) -> Result<String, ReadError> {
    let mut bytes = Vec::new();
    file.take(MOST_TEXT + 1).read_to_end(&mut bytes)?;
    text(bytes)
}

/// Largest text of a project, bytes. A project of 200 tracks with automation has some 20 MB.
pub(crate) const MOST_TEXT: u64 = 24 << 20;

/// Bytes as text.
pub(crate) fn text(bytes: Vec<u8>) -> Result<String, ReadError> {
    if bytes.len() as u64 > MOST_TEXT {
        return Err(ReadError::Refused(format!("its text is longer than {} MB", MOST_TEXT >> 20)));
    }
    String::from_utf8(bytes).map_err(|_| ReadError::Refused("it is no text in UTF-8".to_owned()))
}
