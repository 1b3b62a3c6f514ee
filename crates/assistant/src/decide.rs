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
    let mut fitted = vec![false; assistant.locks.hand.len()];
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
        apply_hand(assistant, &mut session, &mut fitted);
    }
    for (edit, error) in apply_hand(assistant, &mut session, &mut fitted) {
        let says = format!("An edit by hand no longer fits: {error}");
        let mut decision = Decision::new("hand", &[], says).edit(edit);
        decision.status = Status::Refused(error.to_string());
        decision.id = decisions.len() as u32 + 1;
        decisions.push(decision);
    }
    put_in_place(assistant, &mut session);
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

/// Applies the edits by hand, each wholly or not at all, and returns those that have never fitted. One that has
/// `fitted` before may well be refused now: what it adds is there already.
fn apply_hand(
    assistant: &Assistant<'_>,
    session: &mut Session,
    fitted: &mut [bool],
) -> Vec<(Edit, EditError)> {
    let mut refused = Vec::new();
    for (edit, fitted) in assistant.locks.hand.iter().zip(fitted) {
        match session.apply(&assistant.kinds, edit) {
            Ok(()) => *fitted = true,
            Err(error) if !*fitted => refused.push((edit.clone(), error)),
            Err(_) => {}
        }
    }
    refused
}

/// Puts the processors that a hand has added where the hand put them: they were there before those of later rules.
fn put_in_place(assistant: &Assistant<'_>, session: &mut Session) {
    for edit in &assistant.locks.hand {
        let Edit::AddInsert { strip, place: Some(place), insert } = edit else { continue };
        let Some(found) = session.strip(strip) else { continue };
        let Some(now) = found.inserts.iter().position(|i| i.id == insert.id) else { continue };
        if now == *place {
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
            let _ = session.apply(&assistant.kinds, &edit);
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Take;
    use mixsmith_analysis::Fact;
    use mixsmith_session::{Address, Insert};

    #[test]
    fn what_a_hand_adds_fits_once_and_only_what_never_fits_is_told() {
        let insert = Insert::new("more", "tool.trim", &[("gain", 2.0)]);
        let take = Take::new()
            .mono("bd", "kick", -20.0)
            .hand(Edit::AddInsert { strip: "bd".to_owned(), place: None, insert })
            .hand(Edit::Set { at: Address::strip("gone", "fader"), to: -3.0 });
        let (session, decisions) = take.mix(Phase::MixBus);
        assert!(session.strip("bd").is_some_and(|strip| strip.insert("more").is_some()));
        let told: Vec<&str> =
            decisions.iter().filter(|d| d.rule == "hand").map(|d| d.says.as_str()).collect();
        assert!(told.len() == 1 && told[0].contains("gone"), "{told:?}");
    }

    #[test]
    fn what_a_hand_adds_stays_where_it_was_put() {
        let bands = crate::tone::shape::lifted("electric-guitar", 3000.0, 7.0);
        let spectrum = Fact::new("spectrum.third_octave", &["gtr"], bands);
        let take = Take::new().mono("gtr", "electric-guitar", -20.0).fact(spectrum);
        let ids = |session: &Session| -> Vec<String> {
            session.strip("gtr").map_or(vec![], |s| s.inserts.iter().map(|i| i.id.clone()).collect())
        };
        let machine = ids(&take.mix(Phase::MixBus).0);
        assert!(!machine.is_empty());
        let insert = Insert::new("more", "tool.trim", &[]);
        let hand = Edit::AddInsert { strip: "gtr".to_owned(), place: Some(1), insert };
        let with_hand = ids(&take.hand(hand).mix(Phase::MixBus).0);
        let mut wanted = machine;
        wanted.insert(1, "more".to_owned());
        assert_eq!(with_hand, wanted);
    }

    #[test]
    fn a_title_by_hand_does_not_hold_the_length_of_the_song() {
        let hand = Edit::Song { title: Some("Mine".to_owned()), rate: None, tempo: None, frames: None };
        let (session, _) = Take::new().mono("bd", "kick", -20.0).hand(hand).mix(Phase::Prepare);
        assert_eq!((session.song.title.as_str(), session.song.frames), ("Mine", 60_000));
    }
}
