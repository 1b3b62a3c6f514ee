//! `mixsmith unset`

use clap::Args;
use serde_json::json;

use super::folder;
use crate::failure::Failure;
use crate::say;
use crate::table::{Common, Song, examples};

/// Gives what a hand has set back to the machine
///
/// What was decided where your hand was stands in `mix/session.toml` at once, and the next `mixsmith mix` decides it
/// anew. `mixsmith why` lists what is set by hand.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!(
    "mixsmith unset my-song vox/fader vox/comp vox/lane.ride",
    "mixsmith unset my-song vox",
    "mixsmith unset my-song --all"
))]
pub struct Unset {
    #[command(flatten)]
    song: Song,
    /// What to give back: a knob with its lane (`vox/fader`), a lane alone (`vox/lane.ride`), a processor (`vox/comp`),
    /// a send (`vox/send.plate`), all of a strip (`vox`)
    #[arg(value_name = "ADDRESS", required_unless_present = "all")]
    addresses: Vec<String>,
    /// Give back everything that a hand has set
    #[arg(long, conflicts_with = "addresses")]
    all: bool,
}

impl Unset {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let said = mixsmith_pipeline::unset(&folder(&self.song, common)?, &self.addresses)?;
        if common.json {
            return say::line(&json!({ "unset": said }).to_string());
        }
        if common.quiet {
            return Ok(());
        }
        if said.is_empty() {
            return say::line("The mix stands as it stood; the next `mixsmith mix` decides it.");
        }
        said.iter().try_for_each(|line| say::line(line))
    }
}
