//! From facts to a session: every rule in turn, a hand never overruled.

use mixsmith_analysis::{Facts, Song};
use mixsmith_processor::Kinds;
use mixsmith_session::{Edit, Session};

use crate::{Brief, Decision, Desk, Locks, Phase, Rule, Status, all};

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

/// Asks every rule up to and including a phase, in order, and applies what it decides. The edits by hand come last
/// and stand.
pub fn decide(assistant: &Assistant<'_>, last: Phase) -> (Session, Vec<Decision>) {
    let mut session = Session::default();
    let mut decisions = Vec::new();
    for rule in all::ALL.iter().filter(|rule| rule.phase <= last) {
        ask(assistant, rule, &mut session, &mut decisions);
    }
    apply_hand(assistant, &mut session, &mut decisions);
    (session, decisions)
}

/// Asks one rule and applies what it decides, each edit wholly or not at all.
pub(crate) fn ask(assistant: &Assistant<'_>, rule: &Rule, session: &mut Session, decisions: &mut Vec<Decision>) {
    let desk = Desk {
        facts: assistant.facts,
        song: assistant.song,
        brief: assistant.brief,
        session,
        kinds: assistant.kinds,
        locks: assistant.locks,
    };
    for decision in (rule.decide)(&desk) {
        take(assistant, decision, session, decisions);
    }
}

/// Applies a decision's edits but those that a hand holds, and records it.
pub fn take(assistant: &Assistant<'_>, mut decision: Decision, session: &mut Session, decisions: &mut Vec<Decision>) {
    decision.id = decisions.len() as u32 + 1;
    if decision.status == Status::Taken {
        let held = decision.edits.iter().find_map(|edit| assistant.locks.holds(edit));
        if let Some(address) = held {
            decision.status = Status::Overruled(format!("a hand has set {address}"));
        }
        let mut after = session.clone();
        let refused = decision
            .edits
            .iter()
            .filter(|edit| assistant.locks.holds(edit).is_none())
            .find_map(|edit| after.apply(&assistant.kinds, edit).err());
        match refused {
            // A rule that asks for the impossible is a fault of the rule: it is kept and shown, never fatal.
            Some(error) => decision.status = Status::Refused(error.to_string()),
            None => *session = after,
        }
    }
    decisions.push(decision);
}

/// The edits by hand, on top. One that no longer fits (its strip is gone) is kept as a refused decision.
fn apply_hand(assistant: &Assistant<'_>, session: &mut Session, decisions: &mut Vec<Decision>) {
    for edit in &assistant.locks.hand {
        if let Err(error) = session.apply(&assistant.kinds, edit) {
            let says = format!("An edit by hand no longer fits: {error}");
            let mut decision = Decision::new("hand", &[], says).edit(edit.clone());
            decision.status = Status::Refused(error.to_string());
            decision.id = decisions.len() as u32 + 1;
            decisions.push(decision);
        }
    }
}

/// The session that the taken decisions alone give: what the machine wrote before a hand came.
pub fn replay(kinds: &Kinds, decisions: &[Decision], locks_of: &Locks) -> Session {
    let mut session = Session::default();
    for decision in decisions.iter().filter(|d| !matches!(d.status, Status::Refused(_))) {
        for edit in &decision.edits {
            if locks_of.holds(edit).is_none() || matches!(edit, Edit::AddStrip { .. }) {
                // An edit that fails now failed then.
                let _ = session.apply(kinds, edit);
            }
        }
    }
    session
}
