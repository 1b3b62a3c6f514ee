//! `session.toml`: reading, writing, an edit by hand.

use std::collections::BTreeMap;

use mixsmith_effects::KINDS;
use mixsmith_session::{Address, Edit, Session, parse, print, update};

use crate::lock::Lock;
use crate::{Folder, Note, PipelineError, naming};

/// Reads the session and what is odd about it; nothing when there is none yet.
pub(crate) fn read(folder: &Folder) -> Result<Option<(Session, Vec<Note>)>, PipelineError> {
    let path = folder.session();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PipelineError::text(&path)(error)),
    };
    let (session, problems) = parse(&text, &KINDS)
        .map_err(|error| PipelineError::Text { path: path.clone(), what: error.to_string() })?;
    let notes = problems.into_iter().map(|problem| {
        let says = problem.to_string();
        Note { about: format!("session.toml:{}", problem.line), says, warning: true }
    });
    Ok(Some((session, notes.collect())))
}

/// The ids that tracks have in a session, by file and by the hash of their content.
pub(crate) fn ids(session: &Session) -> BTreeMap<String, String> {
    let by_hash = session.sources.iter().map(|source| (source.hash.clone(), source.id.clone()));
    let by_file = session.sources.iter().map(|source| (source.file.clone(), source.id.clone()));
    by_hash.chain(by_file).filter(|(key, _)| !key.is_empty()).collect()
}

/// Writes the session, keeping the person's comments and order.
pub(crate) fn write(folder: &Folder, session: &Session) -> Result<(), PipelineError> {
    let path = folder.session();
    let text = match std::fs::read_to_string(&path) {
        Ok(old) => update(&old, session, &KINDS),
        Err(_) => print(session, &KINDS),
    };
    std::fs::create_dir_all(&folder.mix).map_err(PipelineError::io(&folder.mix))?;
    mixsmith_audio::write_atomic(&path, text.as_bytes()).map_err(PipelineError::io(&path))
}

/// Sets knobs by hand: `vox/fader=-2.5`. Returns a line for each, with the value before.
pub fn set(folder: &Folder, settings: &[String]) -> Result<Vec<String>, PipelineError> {
    let missing = || PipelineError::Missing { path: folder.session(), first: "mix" };
    if !folder.session().exists() {
        return Err(missing());
    }
    let _lock = Lock::take(folder)?;
    let (mut session, _) = read(folder)?.ok_or_else(missing)?;
    let mut said = Vec::new();
    for setting in settings {
        let (address, value) = setting.split_once('=').ok_or_else(|| {
            PipelineError::Edit(format!("`{setting}` sets nothing; write for example `vox/fader=-2.5`"))
        })?;
        let mut at: Address = address.parse().map_err(|error| PipelineError::Edit(format!("{error}")))?;
        at.strip = naming::strip(&session, &at.strip)?.to_owned();
        let param = session.param(&KINDS, &at).map_err(|error| PipelineError::Edit(error.to_string()))?;
        let to = param.unit.parse(value).map_err(|error| PipelineError::Edit(format!("{at}: {error}")))?;
        let before = session.value(&KINDS, &at).unwrap_or(param.default);
        session
            .apply(&KINDS, &Edit::Set { at: at.clone(), to })
            .map_err(|error| PipelineError::Edit(error.to_string()))?;
        said.push(format!("{at}: {} (was {})", param.unit.show(to), param.unit.show(before)));
    }
    write(folder, &session)?;
    Ok(said)
}
