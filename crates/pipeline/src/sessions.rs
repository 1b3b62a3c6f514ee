//! `session.toml` with `decisions.toml` beside it: reading, what of it is a hand's, writing.

use std::collections::BTreeMap;

use mixsmith_assistant::Locks;
use mixsmith_effects::KINDS;
use mixsmith_session::{Edit, Problem, Session, diff, parse, print, update};

use crate::unread::{Unread, notes};
use crate::{Folder, Journal, Note, PipelineError};

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
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PipelineError::text(&path)(error)),
    };
    let (session, problems) = parse(&text, &KINDS)
        .map_err(|error| PipelineError::Text { path: path.clone(), what: error.to_string() })?;
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
fn text(folder: &Folder, session: &Session) -> String {
    match std::fs::read_to_string(folder.session()) {
        Ok(old) => update(&old, session, &KINDS),
        Err(_) => print(session, &KINDS),
    }
}

fn write_text(folder: &Folder, text: &str) -> Result<(), PipelineError> {
    let path = folder.session();
    std::fs::create_dir_all(&folder.mix).map_err(PipelineError::io(&folder.mix))?;
    mixsmith_audio::write_atomic(&path, text.as_bytes()).map_err(PipelineError::io(&path))
}

/// Writes the session alone, as a hand would.
pub(crate) fn write_by_hand(folder: &Folder, session: &Session) -> Result<(), PipelineError> {
    write_text(folder, &text(folder, session))
}

/// Writes session and journal. The new journal is put beside the old one, then the session is written, then the new
/// journal takes the place of the old one: wherever a run ends, the journal of the session on disk is there (see
/// [`Journal::of`]).
pub(crate) fn write(folder: &Folder, session: &Session, journal: &Journal) -> Result<(), PipelineError> {
    let text = text(folder, session);
    std::fs::create_dir_all(&folder.mix).map_err(PipelineError::io(&folder.mix))?;
    let (place, next) = (folder.decisions(), folder.decisions_to_be());
    journal.clone().knowing(&text).write(&next)?;
    write_text(folder, &text)?;
    std::fs::rename(&next, &place).map_err(PipelineError::io(&place))
}
