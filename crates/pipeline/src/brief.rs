//! `song.toml`: what the person wants.

use std::path::Path;

use mixsmith_assistant::Brief;

use crate::PipelineError;

/// Reads `song.toml`; nothing is wanted when it is not there.
pub(crate) fn read(path: &Path) -> Result<Brief, PipelineError> {
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).map_err(|error| PipelineError::Text {
            path: path.to_owned(),
            what: format!(
                "{}\nMend the line or take it out; docs/guide/song-toml.md lists what may stand there.",
                error
            ),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Brief::default()),
        Err(error) => Err(PipelineError::io(path)(error)),
    }
}
