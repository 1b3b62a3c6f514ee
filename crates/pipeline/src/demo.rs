//! The demo song, so that the first run needs no recordings.

use std::path::Path;

use mixsmith_demo::{Recipe, song, write};

use crate::{PipelineError, Progress};

/// Writes the demo song's tracks into a folder, which is made if need be.
pub fn demo(folder: &Path, progress: &dyn Progress) -> Result<(), PipelineError> {
    std::fs::create_dir_all(folder).map_err(PipelineError::io(folder))?;
    progress.stage("Play", 0);
    let song = song(&Recipe::demo());
    progress.stage("Write", 0);
    write(&song, folder).map_err(PipelineError::io(folder))
}
