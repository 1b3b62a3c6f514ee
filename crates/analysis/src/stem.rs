//! What is measured: the stems of a song.

use std::sync::Arc;

use mixsmith_audio::Clip;

/// One recorded file, decoded. Its clip is at the song's rate.
#[derive(Clone, Debug)]
pub struct Stem {
    /// Short lower-case word, unique in the song: the strip's id.
    pub id: String,
    /// File name as delivered, without the folder, with its extension.
    pub file: String,
    /// Which stream of the file, from 0.
    pub stream: u32,
    /// SHA-256 of the file's content, hexadecimal (with the stream's number for stem files).
    pub hash: String,
    /// Rate of the file.
    pub rate: u32,
    /// Channels of the file.
    pub channels: usize,
    /// Was it coded with loss?
    pub lossy: bool,
    /// Where it starts in the song, in frames of the song's rate (BWF time stamps; 0 without).
    pub start: i64,
    /// The sound at the song's rate.
    pub clip: Arc<Clip>,
}

/// The stems of a song, in a stable order.
#[derive(Clone, Debug)]
pub struct Song {
    /// Frames a second of every clip.
    pub rate: u32,
    /// Length in frames: the end of the last stem.
    pub frames: u64,
    /// The stems.
    pub stems: Vec<Stem>,
}
