//! `manifest.json`: every file that was printed.

use serde::{Deserialize, Serialize};

use crate::envelope::Envelope;
use crate::meter::Level;

/// Every file that was printed, and from what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of this file.
    pub format: u32,
    /// Name of the song.
    pub title: String,
    /// Version of the program.
    pub program: String,
    /// Frames a second of every file.
    pub rate: u32,
    /// Frames of every file.
    pub frames: u64,
    /// SHA-256 of `session.toml`, hexadecimal.
    pub session: String,
    /// The recorded files, with the hash of their content.
    pub inputs: Vec<Input>,
    /// What was printed.
    pub outputs: Vec<Printed>,
    /// Largest sample of the sum of the stems minus the mix, dBFS.
    pub stems_minus_mix: f64,
    /// The same of the groups.
    pub groups_minus_mix: f64,
}

/// A recorded file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Path below the song's folder.
    pub file: String,
    /// SHA-256 of its content, hexadecimal.
    pub sha256: String,
}

/// A file that was printed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Printed {
    /// Path below the folder of outputs, with `/`.
    pub file: String,
    /// `mix`, `master`, `stem`, `group` or `version`.
    pub kind: String,
    /// The strip that it is of, or the name of the version.
    pub of: String,
    /// The recorded files that it holds.
    pub sources: Vec<String>,
    /// Its loudness and true peak.
    #[serde(flatten)]
    pub level: Level,
    /// Samples that did not fit into 24 bits and were held at full scale.
    pub clipped: u64,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// What it is like over time; not in the file.
    #[serde(skip)]
    pub envelope: Envelope,
}
