//! `mixsmith score`

use std::path::PathBuf;

use clap::Args;
use mixsmith_pipeline::Folder;
use serde_json::json;

use super::options;
use crate::failure::Failure;
use crate::table::{Common, Wishes, examples};
use crate::{progress, say, stop};

/// Measures anybody's mix with the tracks that it was made of
///
/// Answers the sixteen questions of the scorecard: voice, masking, balance of the spectrum, width, mono, dynamics, low end, other
/// systems, safety. It finds out how each track sounds in the mix (gain, place and equalisation by least squares), and says what
/// it cannot measure. Tracks and mix begin together. With `--human`, a mix of the same tracks by a person stands beside it, with
/// the difference, and the faders are compared.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!(
    "mixsmith score rough.wav --stems my-song",
    "mixsmith score my-song/mix/out/mix.wav --stems my-song --human hers.wav",
    "mixsmith score rough.wav --stems my-song --json"
))]
pub struct Score {
    /// The mix: a sound file
    #[arg(value_name = "MIX")]
    mix: PathBuf,
    /// The folder with the tracks that the mix was made of
    #[arg(long, value_name = "DIR")]
    stems: PathBuf,
    /// A mix of the same tracks by a person
    #[arg(long, value_name = "MIX")]
    human: Option<PathBuf>,
}

impl Score {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let folder = Folder::open(&self.stems, common.out.as_deref())?;
        stop::watch(folder.clone(), common.json);
        let options = options(common, &Wishes::default());
        let progress = progress::of(common);
        let sheet =
            mixsmith_pipeline::score(&self.mix, &folder, self.human.as_deref(), &options, &*progress)?;
        drop(progress);
        if common.json {
            return say::line(&json!(sheet).to_string());
        }
        say::text(sheet.text().as_bytes())
    }
}
