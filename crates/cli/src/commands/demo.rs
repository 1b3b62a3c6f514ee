//! `mixsmith demo`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::table::{Common, examples};
use crate::{progress, say};

/// Writes a demo song to mix
///
/// A minute of music, played by the program itself and delivered as badly as real folders are: odd names, a buried
/// voice, an inverted microphone, a copy, a click track. Mix it to hear what the program does with it.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith demo demo-song", "mixsmith mix demo-song"))]
pub struct Demo {
    /// The folder to write the tracks to; it is made if it is not there
    #[arg(value_name = "DIR", default_value = "demo-song")]
    folder: PathBuf,
}

impl Demo {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let folder = common.out.as_ref().unwrap_or(&self.folder);
        let files = mixsmith_pipeline::demo(folder, &*progress::of(common))?;
        if common.json {
            return say::line(&json!({ "folder": folder, "tracks": files }).to_string());
        }
        if common.quiet {
            return Ok(());
        }
        say::line(&format!("{} tracks. Now: mixsmith mix {}", files.len(), folder.display()))
    }
}
