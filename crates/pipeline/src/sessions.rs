//! `session.toml` with `decisions.toml` beside it: reading, what of it is a hand's, writing.

use std::collections::BTreeMap;

use mixsmith_assistant::Locks;
use mixsmith_effects::KINDS;
use mixsmith_session::{Edit, Problem, Session, diff, parse, print, update};

use crate::unread::{Unread, notes};
use crate::{Folder, Journal, Note, PipelineError, backups};

/// What is on disk of a mix.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The mix. What of the file could not be read stands as it stood before.
    pub session: Session,
    /// Why.
    pub journal: Journal,
    /// What a hand has set, up to now.
    pub locks: Locks,
    problems: Vec<Problem>,
}

/// Reads session and journal; nothing when there is no session yet.
pub(crate) fn open(folder: &Folder) -> Result<Option<Opened>, PipelineError> {
    let path = folder.session();
    let Some(text) = folder.text(&path)? else { return Ok(None) };
    let (session, problems) = parse(&text, &KINDS).map_err(|error| PipelineError::Text {
        path: path.clone(),
        what: format!("{error}{}", way_back(folder)),
    })?;
    let journal = Journal::of(folder, &text, &session)?;
    let (session, locks) = if journal.decisions.is_empty() {
        (session, Locks::default())
    } else if journal.knows(&text) {
        (session, Locks::new(journal.hand.clone()))
    } else {
        by_hand(session, &problems, &journal)
    };
    Ok(Some(Opened { session, journal, locks, problems }))
}

/// What can be done when the session is past mending.
fn way_back(folder: &Folder) -> String {
    match folder.disk().list(&folder.backups()) {
        Ok(names) if !names.is_empty() => {
            format!("\nOr put back the last one that could be read: `mixsmith restore {}`", folder.words())
        }
        _ => String::new(),
    }
}

/// Whatever neither the decisions nor the recorded edits by hand explain, a hand did. A line that cannot be read is
/// nobody's: what stood there before stays.
fn by_hand(read: Session, problems: &[Problem], journal: &Journal) -> (Session, Locks) {
    let expected = journal.replay();
    let unread = Unread { problems, session: &read };
    let edits = diff(&expected, &read, &KINDS);
    let meant: Vec<Edit> = edits.iter().filter_map(|edit| unread.meant(edit)).collect();
    let session = if meant == edits {
        read
    } else {
        let mut session = expected;
        for edit in &meant {
            // What hangs on a line that could not be read cannot be done either.
            let _ = session.apply(&KINDS, edit);
        }
        session
    };
    let mut hand = journal.hand.clone();
    hand.extend(meant);
    (session, Locks::new(hand))
}

impl Opened {
    /// What is odd about the file, and what stands there now.
    pub fn notes(&self, now: &Session) -> Vec<Note> {
        notes(&self.problems, now)
    }
}

/// The ids that tracks have in a session, by file and by the hash of their content.
pub(crate) fn ids(session: &Session) -> BTreeMap<String, String> {
    let by_hash = session.sources.iter().map(|source| (source.hash.clone(), source.id.clone()));
    let by_file = session.sources.iter().map(|source| (source.file.clone(), source.id.clone()));
    by_hash.chain(by_file).filter(|(key, _)| !key.is_empty()).collect()
}

/// The text of the session, with the person's comments and order.
fn text(folder: &Folder, session: &Session) -> Result<String, PipelineError> {
    Ok(match folder.text(&folder.session())? {
        Some(old) => update(&old, session, &KINDS),
        None => print(session, &KINDS),
    })
}

/// Writes the session alone, as a hand would.
pub(crate) fn write_by_hand(folder: &Folder, session: &Session) -> Result<(), PipelineError> {
    folder.make(&folder.mix)?;
    // What a hand has done with an editor since the last time is kept too.
    backups::keep(folder)?;
    folder.write(&folder.session(), text(folder, session)?.as_bytes())?;
    backups::keep(folder)
}

/// Writes session and journal.
pub(crate) fn write(folder: &Folder, session: &Session, journal: &Journal) -> Result<(), PipelineError> {
    let text = text(folder, session)?;
    folder.make(&folder.mix)?;
    backups::keep(folder)?;
    let journal = journal.clone().knowing(&text).text(&folder.decisions_to_be())?;
    put(folder, &text, Some(&journal))?;
    backups::keep(folder)
}

/// Writes the texts of session and journal. The new journal is put beside the old one, then the session is written, then
/// the new journal takes the place of the old one: wherever a run ends, the journal of the session on disk is there (see
/// [`Journal::of`]).
pub(crate) fn put(folder: &Folder, session: &str, journal: Option<&str>) -> Result<(), PipelineError> {
    let (place, next) = (folder.decisions(), folder.decisions_to_be());
    let Some(journal) = journal else { return folder.write(&folder.session(), session.as_bytes()) };
    folder.write(&next, journal.as_bytes())?;
    folder.write(&folder.session(), session.as_bytes())?;
    let disk = folder.disk();
    disk.rename(&next, &place).and_then(|()| disk.sync_folder(&folder.mix)).map_err(PipelineError::io(&place))
}
