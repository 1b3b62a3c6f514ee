//! `mixsmith check`

use clap::Args;
use serde_json::json;

use super::{folder, options};
use crate::failure::Failure;
use crate::table::{Common, Song, Wishes, examples};
use crate::{progress, say};

/// Says what is lost of a printed mix on phones, in cars and elsewhere
///
/// Every part on every system: how its level changes against the rest, and how much of it the others cover there, against the
/// full mix. A system passes when the lead voice stays within 2 dB and the covered share rises by at most 10 points. The systems
/// are simulated: curves of what such devices play, in mono where they are mono.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith check my-song", "mixsmith check my-song --on phone,laptop,car", "mixsmith check my-song --on phone --json"))]
pub struct Check {
    #[command(flatten)]
    song: Song,
    /// Words of the systems' names; all of them without
    #[arg(long, value_name = "SYSTEMS", value_delimiter = ',')]
    on: Vec<String>,
}

impl Check {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let (folder, options) = (folder(&self.song, common)?, options(common, &Wishes::default()));
        let progress = progress::of(common);
        let found = mixsmith_pipeline::abroad(&folder, &self.on, &options, &*progress)?;
        drop(progress);
        if common.json {
            return say::line(&json!(found).to_string());
        }
        say::text(found.text().as_bytes())
    }
}
