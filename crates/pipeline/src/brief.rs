//! `song.toml`: what the person wants.

use std::path::Path;

use mixsmith_analysis::{ROLES, Song, role};
use mixsmith_assistant::Brief;
use mixsmith_assistant::prepare::names;

use crate::{Note, PipelineError};

/// Reads `song.toml`; nothing is wanted when it is not there.
pub(crate) fn read(path: &Path) -> Result<Brief, PipelineError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Brief::default()),
        Err(error) => return Err(PipelineError::text(path)(error)),
    };
    let fault = |what: String| PipelineError::Text { path: path.to_owned(), what };
    let brief: Brief = toml::from_str(&text).map_err(|error| {
        fault(format!(
            "{error}\nMend the line or take it out; docs/guide/song-toml.md lists what may stand there."
        ))
    })?;
    if let Some((file, id)) = brief.roles.iter().find(|(_, id)| role(id).is_none()) {
        let line = text.lines().position(|line| line.contains(file.as_str()) && line.contains(id.as_str()));
        let place = line.map_or_else(String::new, |line| format!("line {}: ", line + 1));
        let roles: Vec<&str> = ROLES.iter().map(|role| role.id).collect();
        let roles = roles.join(", ");
        return Err(fault(format!(
            "{place}`{file}` has the role `{id}`, which there is not.\nRoles: {roles}"
        )));
    }
    Ok(brief)
}

/// A note for each file that the brief names and the folder does not have.
pub(crate) fn strays(brief: &Brief, song: &Song) -> Vec<Note> {
    let named = brief.roles.keys().chain(&brief.leave_out).chain(&brief.keep);
    let stray = named.filter(|name| !song.stems.iter().any(|stem| names(name, stem)));
    let note = |name: &String| Note {
        about: "song.toml".to_owned(),
        says: format!("`{name}` is no track of this song, so what is said of it does nothing; mend the name"),
        warning: true,
    };
    stray.map(note).collect()
}
