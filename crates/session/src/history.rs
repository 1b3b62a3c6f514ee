//! Undo: the session before, kept whole. Strips are shared between versions, so a version costs little.

use mixsmith_processor::Kinds;

use crate::{Edit, EditError, Session};

/// Versions that can be undone.
const DEPTH: usize = 1000;

/// A session with its past.
#[derive(Clone, Debug, Default)]
pub struct History {
    now: Session,
    past: Vec<Session>,
    future: Vec<Session>,
    gesture: Option<Session>,
}

impl History {
    /// A session without a past.
    pub fn new(session: Session) -> Self {
        History { now: session, ..History::default() }
    }

    /// The session as it stands.
    pub fn session(&self) -> &Session {
        &self.now
    }

    /// Applies an edit; outside of a gesture it is one step of undo.
    pub fn edit(&mut self, kinds: &Kinds, edit: &Edit) -> Result<(), EditError> {
        let mut next = self.now.clone();
        next.apply(kinds, edit)?;
        let before = std::mem::replace(&mut self.now, next);
        if self.gesture.is_none() {
            self.remember(before);
        }
        Ok(())
    }

    /// From here until [`History::end_gesture`] all edits are one step: a fader that is being moved.
    pub fn begin_gesture(&mut self) {
        self.gesture.get_or_insert_with(|| self.now.clone());
    }

    /// Ends a gesture.
    pub fn end_gesture(&mut self) {
        if let Some(before) = self.gesture.take() {
            self.remember(before);
        }
    }

    /// Goes back one step; a gesture under way ends first. False when there is no past.
    pub fn undo(&mut self) -> bool {
        self.end_gesture();
        let Some(before) = self.past.pop() else { return false };
        self.future.push(std::mem::replace(&mut self.now, before));
        true
    }

    /// Goes forward again. False when nothing was undone.
    pub fn redo(&mut self) -> bool {
        self.end_gesture();
        let Some(after) = self.future.pop() else { return false };
        self.past.push(std::mem::replace(&mut self.now, after));
        true
    }

    fn remember(&mut self, before: Session) {
        if before == self.now {
            return;
        }
        self.future.clear();
        if self.past.len() == DEPTH {
            self.past.remove(0);
        }
        self.past.push(before);
    }
}
