//! From facts to a session: every rule in turn, a hand never overruled.

use mixsmith_analysis::{Facts, Song};
use mixsmith_processor::Kinds;
use mixsmith_session::{Edit, EditError, Session};

use crate::{Brief, Decision, Desk, Locks, Phase, Status, all};

/// What the assistant works with.
#[derive(Clone, Copy, Debug)]
pub struct Assistant<'a> {
    /// The stems.
    pub song: &'a Song,
    /// What was measured of them.
    pub facts: &'a Facts,
    /// What the person wants.
    pub brief: &'a Brief,
    /// The effects there are.
    pub kinds: Kinds,
    /// What a hand has set.
    pub locks: &'a Locks,
}

/// Asks every rule up to and including a phase, in order, and applies what it decides. What a hand has set stands
/// from the moment its strip or processor exists, so later rules work around it.
pub fn decide(assistant: &Assistant<'_>, last: Phase) -> (Session, Vec<Decision>) {
    let mut session = Session::default();
    let mut decisions = Vec::new();
    for rule in all::ALL.iter().filter(|rule| rule.phase <= last) {
        let desk = Desk {
            facts: assistant.facts,
            song: assistant.song,
            brief: assistant.brief,
            session: &session,
            kinds: assistant.kinds,
            locks: assistant.locks,
        };
        for decision in (rule.decide)(&desk) {
            take(assistant, decision, &mut session, &mut decisions);
        }
        apply_hand(assistant, &mut session);
    }
    for (edit, error) in apply_hand(assistant, &mut session) {
        let says = format!("An edit by hand no longer fits: {error}");
        let mut decision = Decision::new("hand", &[], says).edit(edit);
        decision.status = Status::Refused(error.to_string());
        decision.id = decisions.len() as u32 + 1;
        decisions.push(decision);
    }
    (session, decisions)
}

/// Applies a decision's edits but those that a hand holds, and records it.
pub fn take(
    assistant: &Assistant<'_>,
    mut decision: Decision,
    session: &mut Session,
    decisions: &mut Vec<Decision>,
) {
    decision.id = decisions.len() as u32 + 1;
    if decision.status == Status::Taken {
        let locks = assistant.locks;
        let mut after = session.clone();
        let free = decision.edits.iter().filter(|edit| locks.holds(edit).is_none());
        match free.map(|edit| after.apply(&assistant.kinds, edit)).find_map(Result::err) {
            // A rule that asks for the impossible is a fault of the rule: it is kept and shown, never fatal.
            Some(error) => decision.status = Status::Refused(error.to_string()),
            None => *session = after,
        }
        let held =
            decision.edits.iter().find_map(|edit| locks.holds(edit).or_else(|| locks.holds_knob_of(edit)));
        if let (Some(address), Status::Taken) = (held, &decision.status) {
            decision.status = Status::Overruled(format!("a hand has set {address}"));
        }
    }
    decisions.push(decision);
}

/// Applies the edits by hand, each wholly or not at all, and returns those that do not fit (yet).
fn apply_hand(assistant: &Assistant<'_>, session: &mut Session) -> Vec<(Edit, EditError)> {
    let hand = assistant.locks.hand.iter();
    hand.filter_map(|edit| Some((edit.clone(), session.apply(&assistant.kinds, edit).err()?))).collect()
}

/// The session that the decisions alone give: what the machine would have written had no hand come. The difference
/// to the session on disk is what the hand did.
pub fn replay(kinds: &Kinds, decisions: &[Decision]) -> Session {
    let mut session = Session::default();
    for decision in decisions.iter().filter(|decision| !matches!(decision.status, Status::Refused(_))) {
        for edit in &decision.edits {
            // An edit that does not fit now did not fit then.
            let _ = session.apply(kinds, edit);
        }
    }
    session
}
