//! `mixsmith prep`

use clap::Args;

use super::{folder, options, result};
use crate::failure::Failure;
use crate::progress;
use crate::table::{Common, Song, Wishes, examples};

/// Prepares a song without mixing it
///
/// Names, groups and colours the tracks, sets polarity, time and first levels, leaves out copies and
/// click tracks, and lists the faults of the recordings. Writes `mix/session.toml` and `mix/decisions.toml`, and no
/// sound.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith prep my-song"))]
pub struct Prep {
    #[command(flatten)]
    song: Song,
    #[command(flatten)]
    wishes: Wishes,
}

impl Prep {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let (folder, options) = (folder(&self.song, common)?, options(common, &self.wishes));
        let progress = progress::of(common);
        let mixed = mixsmith_pipeline::prepare(&folder, &options, &*progress)?;
        drop(progress);
        result::tell(common, &folder, &mixed)
    }
}
