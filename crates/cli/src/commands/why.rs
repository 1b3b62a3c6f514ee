//! `mixsmith why`

use clap::Args;

use super::folder;
use crate::failure::Failure;
use crate::say;
use crate::table::{Common, Song, examples};

/// Says why the mix is as it is
///
/// Every move with the measurement behind it, what was refused and why, and where a hand overruled the machine.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith why my-song", "mixsmith why my-song vox", "mixsmith why my-song vox/fader"))]
pub struct Why {
    #[command(flatten)]
    song: Song,
    /// Only what is about this track or knob
    #[arg(value_name = "TRACK|ADDRESS")]
    about: Option<String>,
}

impl Why {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        tell(common, &mixsmith_pipeline::why(&folder(&self.song, common)?, self.about.as_deref())?)
    }
}

/// Prints reasons.
pub fn tell(common: &Common, why: &mixsmith_pipeline::Why) -> Result<(), Failure> {
    if common.json {
        return say::line(&serde_json::json!(why).to_string());
    }
    say::text(why.text().as_bytes())
}
