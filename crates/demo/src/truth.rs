//! What is known about a song because it was made here.

use serde::{Deserialize, Serialize};

use crate::recipe::Fault;

/// What is known about a song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Seed of all chance.
    pub seed: u64,
    /// Beats a minute.
    pub tempo: f32,
    /// Beats in a bar.
    pub metre: usize,
    /// Tonic and mode, as in "D major".
    pub key: String,
    /// Frames a second that the song was played at.
    pub rate: u32,
    /// Length in frames at that rate.
    pub length: usize,
    /// Name, start and end in seconds of each section. The last one ends with the song's final bar; its
    /// sound may ring on to the end of the files.
    pub sections: Vec<(String, f64, f64)>,
    /// When the first bar starts, in seconds.
    pub beats_first: f64,
    /// What is known about each file, in the order of the files.
    pub tracks: Vec<TrackTruth>,
    /// What was done to the files on purpose.
    pub faults: Vec<PlantedFault>,
}

impl Truth {
    /// The whole as readable JSON.
    pub fn to_json(&self) -> String {
        // Plain structs with text keys cannot fail to serialise.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// What is known about a file.
    pub fn track(&self, file: &str) -> Option<&TrackTruth> {
        self.tracks.iter().find(|track| track.file == file)
    }
}

/// What is known about one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackTruth {
    /// File name.
    pub file: String,
    /// Role id.
    pub role: String,
    /// Level relative to the sensible balance: the file is the balanced track times this, dB.
    pub gain_db: f32,
    /// Delay behind the first microphone of its group, ms.
    pub delay_ms: f64,
    /// Is it upside down against the first microphone of its group?
    pub inverted: bool,
    /// The other half of a left and right pair.
    pub pair_of: Option<String>,
    /// Source and level of each bleed, dB: the loudest 50 ms of the bleed against the loudest 50 ms of the
    /// microphone's own source.
    pub bleed_db: Vec<(String, f32)>,
    /// Place in the sensible balance, -1 left to 1 right. Stereo files are not turned.
    pub pan: f32,
    /// Anything else worth knowing.
    pub notes: String,
    /// Why it has no place in a mix: `click`, `rough-mix`, `duplicate` or `silent`.
    pub left_out: Option<String>,
}

/// Something done to the song on purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlantedFault {
    /// The file that it was done to.
    pub file: String,
    /// What was done.
    pub fault: Fault,
}
