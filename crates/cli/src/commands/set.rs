//! `mixsmith set`

use clap::Args;

use super::{folder, result};
use crate::failure::Failure;
use crate::table::{Common, Song, examples};

/// Turns knobs of the mix by hand
///
/// Writes to `mix/session.toml` what an editor would, and checks it: units may be left out. The next `mixsmith mix`
/// mixes around it; `mixsmith render` prints it as it is.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith set my-song vox/fader=-2.5 vox/comp.threshold=-20dB vox/pan=L20"))]
pub struct Set {
    #[command(flatten)]
    song: Song,
    /// Which knobs, and to what: `vox/fader=-2.5`, `vox/comp.threshold=-20dB`, `drums/send.plate.level=-12`
    #[arg(value_name = "KNOB=VALUE", required = true)]
    settings: Vec<String>,
}

impl Set {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let folder = folder(&self.song, common)?;
        let said = mixsmith_pipeline::set(&folder, &self.settings)?;
        result::set(common, &folder, &said)
    }
}
