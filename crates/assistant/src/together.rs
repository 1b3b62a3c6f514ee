//! Machine and hand together: the one definition of what decisions and edits by hand give.

use mixsmith_processor::Kinds;
use mixsmith_session::{Edit, Session, Source};

use crate::{Decision, Locks, Status};

/// The code under which an edit by hand that no longer fits is shown among the decisions.
pub const HAND: &str = "hand";

/// A session on its way through the rules. After the decisions of each rule come the hand's edits, so that what a hand
/// has set stands from the moment its strip or processor exists, and later rules work around it.
#[derive(Clone, Debug)]
pub struct Together<'a> {
    kinds: &'a Kinds,
    locks: &'a Locks,
    session: Session,
    decisions: Vec<Decision>,
    /// Which of the hand's edits have been in the session.
    fitted: Vec<bool>,
}

/// The session that decisions and a hand give, and the decisions with what becomes of them under these locks.
/// [`crate::decide()`] goes the same way, so what it wrote comes out to the bit.
pub fn replay(kinds: &Kinds, locks: &Locks, decisions: &[Decision]) -> (Session, Vec<Decision>) {
    let mut together = Together::new(kinds, locks);
    together.replay(decisions);
    (together.session, together.decisions)
}

impl<'a> Together<'a> {
    /// An empty session.
    pub fn new(kinds: &'a Kinds, locks: &'a Locks) -> Self {
        let fitted = vec![false; locks.hand.len()];
        Together { kinds, locks, session: Session::default(), decisions: Vec::new(), fitted }
    }

    /// The session as it stands.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Takes what one rule decided, then lets the hand go over it. After a rule that decided nothing there is nothing to
    /// go over: of such a rule nothing is kept, and all must come out alike when it is played back.
    pub fn take(&mut self, decisions: Vec<Decision>) {
        if decisions.is_empty() {
            return;
        }
        for mut decision in decisions {
            decision.id = self.decisions.len() as u32 + 1;
            if !matches!(decision.status, Status::Refused(_)) {
                decision.status = self.apply(&decision.edits);
            }
            self.decisions.push(decision);
        }
        self.hand();
        self.put_in_place();
    }

    /// Takes decisions that were made before, rule by rule.
    pub fn replay(&mut self, decisions: &[Decision]) {
        for of_rule in decisions.chunk_by(|a, b| a.rule == b.rule) {
            self.take(of_rule.to_vec());
        }
    }

    /// Session and decisions; an edit by hand that never fitted is shown among them.
    pub fn finish(mut self) -> (Session, Vec<Decision>) {
        let never = self.locks.hand.iter().zip(&self.fitted).filter(|(_, fitted)| !**fitted);
        for edit in never.map(|(edit, _)| edit.clone()).collect::<Vec<_>>() {
            let Err(error) = self.session.clone().apply(self.kinds, &edit) else { continue };
            if is_so(&edit, &self.session) {
                continue;
            }
            let says = format!("An edit by hand no longer fits: {error}");
            let mut decision = Decision::new(HAND, &[], says).edit(edit);
            decision.status = Status::Refused(error.to_string());
            decision.id = self.decisions.len() as u32 + 1;
            self.decisions.push(decision);
        }
        (self.session, self.decisions)
    }

    /// Applies a decision's edits but those that a hand holds.
    fn apply(&mut self, edits: &[Edit]) -> Status {
        let mut after = self.session.clone();
        for edit in edits.iter().filter(|edit| self.locks.holds(edit).is_none()) {
            // A rule that asks for the impossible is a fault of the rule: it is kept and shown, never fatal.
            if let Err(error) = after.apply(self.kinds, &complete(edit, &after)) {
                return Status::Refused(error.to_string());
            }
        }
        self.session = after;
        let held = |edit| self.locks.holds(edit).or_else(|| self.locks.holds_knob_of(edit));
        edits.iter().find_map(held).map_or(Status::Taken, |held| Status::Overruled(held.to_string()))
    }

    /// Applies the edits by hand, each wholly or not at all. What was added or taken away once is not so again: its
    /// place is held.
    fn hand(&mut self) {
        for (edit, fitted) in self.locks.hand.iter().zip(&mut self.fitted) {
            let once = matches!(
                edit,
                Edit::AddInsert { .. }
                    | Edit::AddSend { .. }
                    | Edit::AddStrip { .. }
                    | Edit::AddSource { .. }
                    | Edit::RemoveInsert { .. }
                    | Edit::RemoveSend { .. }
                    | Edit::RemoveStrip { .. }
            );
            if !(once && *fitted) {
                *fitted |= self.session.apply(self.kinds, &complete(edit, &self.session)).is_ok();
            }
        }
    }

    /// Puts what a hand has added where the hand put it: it was there before what later rules add.
    fn put_in_place(&mut self) {
        self.strips_in_place();
        self.inserts_in_place();
    }

    /// New strips stand before the master, unless the hand gave an order.
    fn strips_in_place(&mut self) {
        let of_hand = |edit: &Edit| match edit {
            Edit::AddStrip { strip } => Some(strip.id.clone()),
            _ => None,
        };
        let added: Vec<String> = self.locks.hand.iter().filter_map(of_hand).collect();
        if added.is_empty() || self.locks.hand.iter().any(|edit| matches!(edit, Edit::Order { .. })) {
            return;
        }
        let master = self.session.master().map(|master| master.id.clone());
        let rank = |id: &String| match added.iter().position(|added| added == id) {
            _ if Some(id) == master.as_ref() => added.len() + 1,
            Some(place) => place + 1,
            None => 0,
        };
        let mut strips: Vec<String> = self.session.strips.iter().map(|strip| strip.id.clone()).collect();
        strips.sort_by_key(rank);
        // It names every strip once, so it is not refused.
        let _ = self.session.apply(self.kinds, &Edit::Order { strips });
    }

    fn inserts_in_place(&mut self) {
        for edit in &self.locks.hand {
            let Edit::AddInsert { strip, place: Some(place), insert } = edit else { continue };
            let Some(found) = self.session.strip(strip) else { continue };
            let Some(now) = found.inserts.iter().position(|i| i.id == insert.id) else { continue };
            if now == (*place).min(found.inserts.len() - 1) {
                continue;
            }
            let prefix = format!("{}.", insert.id);
            let lanes = found.lanes.iter().filter(|lane| lane.target.starts_with(&prefix)).cloned();
            let (insert, strip) = (found.inserts[now].clone(), strip.clone());
            let draws = lanes.map(|lane| Edit::Draw { strip: strip.clone(), lane }).collect::<Vec<_>>();
            let remove = Edit::RemoveInsert { strip: strip.clone(), insert: insert.id.clone() };
            let add = Edit::AddInsert { strip, place: Some(*place), insert };
            for edit in [remove, add].into_iter().chain(draws) {
                // All of it was in the session a moment ago, so none of it can be refused.
                let _ = self.session.apply(self.kinds, &edit);
            }
        }
    }
}

/// Is what an edit takes away not there, or what it adds a file of the song already?
fn is_so(edit: &Edit, session: &Session) -> bool {
    match edit {
        Edit::RemoveStrip { strip } | Edit::RemoveInsert { strip, .. } | Edit::RemoveSend { strip, .. } => {
            session.strip(strip).is_none()
        }
        Edit::AddSource { source } => session.source(&source.id).is_some(),
        _ => false,
    }
}

/// An order of strips and a list of files name what was there when they were made. What has come since keeps its place
/// behind its neighbour, what has gone is left out.
fn complete(edit: &Edit, session: &Session) -> Edit {
    match edit {
        Edit::Order { strips } => {
            let present: Vec<String> = session.strips.iter().map(|strip| strip.id.clone()).collect();
            Edit::Order { strips: in_order(strips, &present) }
        }
        Edit::Sources { sources } => {
            let played = |source: &Source| {
                session.tracks().flat_map(|strip| strip.clips()).any(|clip| clip.source == source.id)
            };
            let ids: Vec<String> = sources.iter().map(|source| source.id.clone()).collect();
            let stays = |source: &&Source| ids.contains(&source.id) || played(source);
            let present: Vec<String> =
                session.sources.iter().filter(stays).map(|source| source.id.clone()).collect();
            let found = |id: &String| session.source(id).cloned();
            Edit::Sources { sources: in_order(&ids, &present).iter().filter_map(found).collect() }
        }
        _ => edit.clone(),
    }
}

/// All that are present, in the wanted order as far as it names them.
fn in_order(wanted: &[String], present: &[String]) -> Vec<String> {
    let mut order: Vec<String> = wanted.iter().filter(|id| present.contains(id)).cloned().collect();
    for (place, id) in present.iter().enumerate().filter(|(_, id)| !wanted.contains(id)) {
        let behind = place.checked_sub(1).and_then(|before| order.iter().position(|o| *o == present[before]));
        order.insert(behind.map_or(0, |behind| behind + 1), id.clone());
    }
    order
}
