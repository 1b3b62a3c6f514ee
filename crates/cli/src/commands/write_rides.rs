//! `mixsmith write-rides`

use clap::Args;

use super::{folder, options, result};
use crate::failure::Failure;
use crate::progress;
use crate::table::{Common, Song, Wishes, examples};

/// Writes the moves of a vocal rider as automation
///
/// What the rider does to its track becomes the track's `ride` in `mix/session.toml`, with as few points as stay within
/// 0.1 dB of it, and the rider is bypassed: it sounds as before, and each move can be changed by hand. The next
/// `mixsmith mix` keeps both.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith write-rides my-song vox/rider", "mixsmith unset my-song vox/ride vox/rider"))]
pub struct WriteRides {
    #[command(flatten)]
    song: Song,
    /// The rider: a track, a slash and the name of the insert; the track alone where it has one rider
    #[arg(value_name = "RIDER")]
    rider: String,
}

impl WriteRides {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let (folder, options) = (folder(&self.song, common)?, options(common, &Wishes::default()));
        let progress = progress::of(common);
        let said = mixsmith_pipeline::write_rides(&folder, &self.rider, &options, &*progress)?;
        drop(progress);
        result::set(common, &folder, &said)
    }
}
