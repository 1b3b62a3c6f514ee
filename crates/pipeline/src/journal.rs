//! `decisions.toml`: what was decided and why, and what a hand has changed since.

use std::path::Path;

use mixsmith_assistant::{Decision, Locks, decide::replay};
use mixsmith_processor::Kinds;
use mixsmith_session::{Edit, Session, diff};
use serde::{Deserialize, Serialize};

use crate::PipelineError;

const FORMAT: u32 = 1;
const HEAD: &str = "# Why the mix is as it is. Written by `mixsmith`; read it with `mixsmith why`.\n";

/// Decisions and edits by hand, as kept beside the session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    format: u32,
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
        Journal { format: FORMAT, hand, decisions }
    }

    /// Reads the journal; an empty one when there is none.
    pub fn read(path: &Path) -> Result<Self, PipelineError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Journal::default()),
            Err(error) => return Err(PipelineError::text(path)(error)),
        };
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
        Ok(journal)
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, path: &Path) -> Result<(), PipelineError> {
        let text = toml::to_string(self)
            .map_err(|error| PipelineError::Text { path: path.to_owned(), what: error.to_string() })?;
        mixsmith_audio::write_atomic(path, format!("{HEAD}{text}").as_bytes())
            .map_err(PipelineError::io(path))
    }

    /// What a hand holds: the recorded edits, and whatever of the session neither they nor a decision explain.
    pub fn locks(&self, kinds: &Kinds, session: &Session) -> Locks {
        if self.decisions.is_empty() {
            return Locks::default();
        }
        let mut machine = replay(kinds, &self.decisions);
        for edit in &self.hand {
            // An edit that no longer fits changes nothing, as when it was recorded.
            let _ = machine.apply(kinds, edit);
        }
        let mut hand = self.hand.clone();
        hand.extend(diff(&machine, session, kinds));
        Locks::new(hand)
    }
}
