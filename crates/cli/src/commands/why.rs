//! `mixsmith why`

use clap::Args;

use super::{folder, options};
use crate::failure::{Exit, Failure};
use crate::progress;
use crate::say;
use crate::table::{Common, Song, Wishes, examples};

/// Says why the mix is as it is
///
/// Every move with the measurement behind it, what was refused and why, and where a hand overruled the machine. With
/// `--verify` every number is computed again and compared; say the same `--loudness` and `--genre` as to the mix, if any.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith why my-song", "mixsmith why my-song vox", "mixsmith why my-song vox/fader", "mixsmith why my-song --verify"))]
pub struct Why {
    #[command(flatten)]
    song: Song,
    /// Only what is about this track or knob
    #[arg(value_name = "TRACK|ADDRESS")]
    about: Option<String>,
    /// Compute every number that is quoted again, from the files and without the cache, and compare
    #[arg(long, conflicts_with = "about")]
    verify: bool,
    #[command(flatten)]
    wishes: Wishes,
}

impl Why {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        if self.verify {
            return self.verify(common);
        }
        tell(common, &mixsmith_pipeline::why(&folder(&self.song, common)?, self.about.as_deref())?)
    }

    fn verify(&self, common: &Common) -> Result<(), Failure> {
        let (folder, options) = (folder(&self.song, common)?, options(common, &self.wishes));
        let progress = progress::of(common);
        let verified = mixsmith_pipeline::verify(&folder, &options, &*progress)?;
        drop(progress);
        if common.json {
            say::line(&serde_json::json!(verified).to_string())?;
        } else {
            say::text(verified.text().as_bytes())?;
        }
        match verified.differences.len() {
            0 => Ok(()),
            count => Err(Failure::new(
                Exit::Song,
                format!("{count} of the reasons are not as quoted"),
                "Tracks, wishes, session.toml or the options of the mix have changed since: `mixsmith mix` decides anew. Where \
                 nothing has changed, somebody has written in decisions.toml.",
            )),
        }
    }
}

/// Prints reasons.
pub fn tell(common: &Common, why: &mixsmith_pipeline::Why) -> Result<(), Failure> {
    if common.json {
        return say::line(&serde_json::json!(why).to_string());
    }
    say::text(why.text().as_bytes())
}
