//! `mixsmith render`

use clap::Args;

use super::{folder, options, result};
use crate::failure::Failure;
use crate::progress;
use crate::table::{Common, Song, Wishes, examples};

/// Prints the session as it stands
///
/// Renders `mix/session.toml` to mix, master and stems and decides nothing: what is in the file is what you hear.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith render my-song", "mixsmith render my-song --out prints --threads 2"))]
pub struct Render {
    #[command(flatten)]
    song: Song,
}

impl Render {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let (folder, options) = (folder(&self.song, common)?, options(common, &Wishes::default()));
        let progress = progress::of(common);
        let mixed = mixsmith_pipeline::render_again(&folder, &options, &*progress)?;
        drop(progress);
        result::tell(common, &folder, &mixed)
    }
}
