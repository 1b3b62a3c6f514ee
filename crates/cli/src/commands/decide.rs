//! `mixsmith decide`

use clap::Args;

use super::{folder, options, result};
use crate::failure::Failure;
use crate::progress;
use crate::table::{Common, Song, Wishes, examples};

/// Decides the mix without printing it
///
/// Writes `mix/session.toml` and `mix/decisions.toml`. What needs the mix to be heard, the check and the master, is left
/// to `mixsmith mix`; what an earlier `mix` has heard stays. Change what you like, then `mixsmith mix`, which keeps it.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith decide my-song --genre jazz"))]
pub struct Decide {
    #[command(flatten)]
    song: Song,
    #[command(flatten)]
    wishes: Wishes,
}

impl Decide {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let (folder, options) = (folder(&self.song, common)?, options(common, &self.wishes));
        let progress = progress::of(common);
        let mixed = mixsmith_pipeline::decide(&folder, &options, &*progress)?;
        drop(progress);
        result::tell(common, &folder, &mixed)
    }
}
