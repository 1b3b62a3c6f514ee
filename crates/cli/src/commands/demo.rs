//! `mixsmith demo`

use std::path::PathBuf;

use clap::Args;
use mixsmith_pipeline::{Folder, Options};

use super::result;
use crate::failure::Failure;
use crate::table::{Common, examples};
use crate::{progress, stop};

/// Makes a demo song and mixes it
///
/// A minute of music, played by the program itself and delivered as badly as real folders are: odd names, a buried
/// voice, an inverted microphone, a copy, a click track. It is then mixed as any folder would be.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith demo", "mixsmith demo my-demo", "mixsmith why demo-song lead-vocal"))]
pub struct Demo {
    /// The folder to write the tracks to; it is made if it is not there
    #[arg(value_name = "DIR", default_value = "demo-song")]
    folder: PathBuf,
}

impl Demo {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        let progress = progress::of(common);
        mixsmith_pipeline::demo(&self.folder, &*progress)?;
        let folder = Folder::open(&self.folder, common.out.as_deref())?;
        stop::watch(folder.clone(), common.json);
        let options = Options { threads: common.threads, ..Options::default() };
        let mixed = mixsmith_pipeline::mix(&folder, &options, &*progress)?;
        drop(progress);
        result::tell(common, &folder, &mixed)
    }
}
