//! `mixsmith meter`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::say;
use crate::table::{Common, examples};

/// Puts a sound file on the meters
///
/// Loudness with its range and its loudest moments, true peak, sample peak, RMS, crest, the K-system, peak programme meters
/// and volume indicator, correlation, width, balance, and the third octaves.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith meter master.wav", "mixsmith meter master.wav --json", "mixsmith meter master.wav --svg meters.svg"))]
pub struct Meter {
    /// The sound file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Draw goniometer and spectrum into this file
    #[arg(long, value_name = "PICTURE")]
    svg: Option<PathBuf>,
}

impl Meter {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let readings = mixsmith_pipeline::meter(&self.file)?;
        if let Some(path) = &self.svg {
            readings.write_svg(path)?;
        }
        if common.json {
            return say::line(&json!(readings).to_string());
        }
        say::text(readings.text().as_bytes())
    }
}
