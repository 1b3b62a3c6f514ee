//! `mixsmith diff`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::say;
use crate::table::{Common, examples};

/// Tells two mixes apart, in words and decibels
///
/// Each may be a song's folder, a session file or a sound file. Sessions are compared strip by strip: level, pan, equalisers,
/// dynamics, sends, and section by section where automation differs. Sounds are compared on the meters; spectra at equal
/// loudness.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!(
    "mixsmith diff my-song my-song-second-try",
    "mixsmith diff old-session.toml my-song/mix/session.toml",
    "mixsmith diff rough.wav my-song/mix/out/mix.wav --json"
))]
pub struct Diff {
    /// A song's folder, a session file or a sound file
    #[arg(value_name = "A")]
    a: PathBuf,
    /// The one that is compared with it
    #[arg(value_name = "B")]
    b: PathBuf,
}

impl Diff {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let comparison = mixsmith_pipeline::compare(&self.a, &self.b)?;
        if common.json {
            return say::line(&json!(comparison).to_string());
        }
        say::text(comparison.text().as_bytes())
    }
}
