//! `decisions.toml`: what was decided and why, and what a hand has changed since.

use std::path::Path;

use mixsmith_assistant::{Decision, Locks, replay};
use mixsmith_audio::hex;
use mixsmith_effects::KINDS;
use mixsmith_session::{Edit, Session, diff};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Folder, PipelineError};

const FORMAT: u32 = 1;
const HEAD: &str = "# Why the mix is as it is. Written by `mixsmith`; read it with `mixsmith why`.\n";

/// Decisions and edits by hand, as kept beside the session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    format: u32,
    /// SHA-256 of the text of the session that was written with it, hexadecimal. While it is the text on disk, no hand
    /// has changed anything since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// What a hand has set, in order.
    #[serde(default)]
    pub hand: Vec<Edit>,
    /// What was decided, in order.
    #[serde(default, rename = "decision")]
    pub decisions: Vec<Decision>,
}

impl Journal {
    /// A journal of decisions and edits by hand.
    pub fn new(decisions: Vec<Decision>, hand: Vec<Edit>) -> Self {
        Journal { format: FORMAT, session: None, hand, decisions }
    }

    /// The journal that a session belongs to; an empty one when there is none.
    ///
    /// Journal and session are two files, and a run may end between them: see [`crate::sessions::write`]. When both the
    /// journal before and the one after are there, the one that knows the text of the session is the right one. When
    /// neither knows it (a hand has changed it since), it is the one that leaves less of it to be explained by a hand.
    pub(crate) fn of(folder: &Folder, text: &str, session: &Session) -> Result<Self, PipelineError> {
        let before = Self::read(folder, &folder.decisions())?;
        let Some(after) = Self::read(folder, &folder.decisions_to_be())? else {
            return Ok(before.unwrap_or_default());
        };
        let Some(before) = before else { return Ok(after) };
        if after.knows(text) || before.knows(text) {
            return Ok(if after.knows(text) { after } else { before });
        }
        let left = |journal: &Journal| diff(&journal.replay(), session, &KINDS).len();
        Ok(if left(&after) <= left(&before) { after } else { before })
    }

    /// Reads a journal; nothing when there is none.
    pub(crate) fn read(folder: &Folder, path: &Path) -> Result<Option<Self>, PipelineError> {
        let Some(text) = folder.text(path)? else { return Ok(None) };
        let journal: Journal = toml::from_str(&text).map_err(|error| PipelineError::Text {
            path: path.to_owned(),
            what: format!("{error}\nThe file is written by mixsmith. Without it nobody knows which values a hand has set: \
                           put a copy back, or delete it to let the next mix decide everything anew."),
        })?;
        if journal.format > FORMAT {
            let what = format!(
                "is of format {}, this program knows up to {FORMAT}: use a newer mixsmith",
                journal.format
            );
            return Err(PipelineError::Text { path: path.to_owned(), what });
        }
        Ok(Some(journal))
    }

    /// It as the text of a file.
    pub(crate) fn text(&self, path: &Path) -> Result<String, PipelineError> {
        let text = toml::to_string(self)
            .map_err(|error| PipelineError::Text { path: path.to_owned(), what: error.to_string() })?;
        Ok(format!("{HEAD}{text}"))
    }

    /// Is this the text that was written with the journal?
    pub(crate) fn knows(&self, text: &str) -> bool {
        self.session.as_deref() == Some(digest(text).as_str())
    }

    /// Takes a text for the one that is written with the journal.
    pub(crate) fn knowing(mut self, text: &str) -> Self {
        self.session = Some(digest(text));
        self
    }

    /// The session that decisions and hand give.
    pub(crate) fn replay(&self) -> Session {
        replay(&KINDS, &Locks::new(self.hand.clone()), &self.decisions).0
    }
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
