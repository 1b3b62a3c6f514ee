//! `mixsmith test`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{folder, options};
use crate::failure::{Exit, Failure};
use crate::table::{Common, Song, Wishes, examples};
use crate::{progress, say};

/// Checks a printed mix against your own rules
///
/// A rules file has a rule a line, in plain words: `voice at least 1 LU above the bed in choruses`, `mono loss under 1 dB`,
/// `true peak under -1 dBTP`, `side/mid below 120 Hz under -12 dB`. Comparisons are at least, at most, over, under, and between A
/// and B; `#` begins a remark. Besides the voice, the loudness and every figure of the scorecard, tracks can be named: their
/// level against the rest, in the whole song or in a kind of section. Without `--rules`, `rules.txt` in the song's folder is
/// read, and without that the usual rules hold. A broken rule ends the program with code 1.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith test my-song", "mixsmith test my-song --rules house-rules.txt", "mixsmith test my-song --json"))]
pub struct Test {
    #[command(flatten)]
    song: Song,
    /// The rules file
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
}

impl Test {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let (folder, options) = (folder(&self.song, common)?, options(common, &Wishes::default()));
        let progress = progress::of(common);
        let found = mixsmith_pipeline::examine(&folder, self.rules.as_deref(), &options, &*progress)?;
        drop(progress);
        if common.json {
            say::line(&json!(found).to_string())?;
        } else {
            say::text(found.text().as_bytes())?;
        }
        match found.broken() {
            0 => Ok(()),
            broken => {
                let message = format!("{broken} of {} rules broken", found.rules.len());
                Err(Failure::new(Exit::Song, message, ""))
            }
        }
    }
}
