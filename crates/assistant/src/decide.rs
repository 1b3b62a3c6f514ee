//! From facts to a session: every rule in turn, a hand never overruled.

use std::collections::BTreeSet;

use mixsmith_analysis::{Facts, Song};
use mixsmith_processor::Kinds;
use mixsmith_session::Session;

use crate::locks::address;
use crate::together::{HAND, Together};
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

/// Asks every rule up to and including a phase, in order, and applies what it decides. What a hand has set stands
/// from the moment its strip or processor exists, so later rules work around it.
pub fn decide(assistant: &Assistant<'_>, last: Phase) -> (Session, Vec<Decision>) {
    let mut together = Together::new(&assistant.kinds, assistant.locks);
    for rule in all::ALL.iter().filter(|rule| rule.phase <= last) {
        let decided = ask(assistant, rule, together.session());
        together.take(decided);
    }
    together.finish()
}

/// Adds a decision that follows from hearing the mix to those that were made.
pub fn add(
    assistant: &Assistant<'_>,
    decisions: Vec<Decision>,
    decision: Decision,
) -> (Session, Vec<Decision>) {
    // What is said of edits by hand that no longer fit is said anew.
    let mut decisions: Vec<Decision> =
        decisions.into_iter().filter(|decision| decision.rule != HAND).collect();
    decisions.push(decision);
    let mut together = Together::new(&assistant.kinds, assistant.locks);
    together.replay(&decisions);
    together.finish()
}

/// What a rule decides around the hand; and what it would have decided where the hand was first, had there been none.
/// That is never applied: it is kept and shown as overruled. Rules need not think of it.
fn ask(assistant: &Assistant<'_>, rule: &Rule, session: &Session) -> Vec<Decision> {
    let Assistant { facts, song, brief, kinds, locks } = *assistant;
    let desk = Desk { facts, song, brief, session, kinds, locks };
    let mut decided = (rule.decide)(&desk);
    if locks.hand.is_empty() {
        return decided;
    }
    let nobody = Locks::default();
    let free = (rule.decide)(&Desk { locks: &nobody, ..desk });
    let spoken_of: BTreeSet<String> =
        decided.iter().flat_map(|decision| &decision.edits).map(address).collect();
    for mut decision in free.into_iter().filter(|decision| decision.status == Status::Taken) {
        decision.edits.retain(|edit| locks.holds(edit).is_some() && !spoken_of.contains(&address(edit)));
        if !decision.edits.is_empty() {
            decided.push(decision);
        }
    }
    decided
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Take;
    use crate::replay;
    use mixsmith_analysis::Fact;
    use mixsmith_effects::all::KINDS;
    use mixsmith_session::{Address, Clip, Edit, Insert, Strip, StripKind};

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

    /// What of a session neither the decisions nor the edits by hand explain.
    fn unexplained(take: &Take, session: &Session, decisions: &[Decision]) -> Vec<Edit> {
        let locks = Locks::new(take.hand.clone());
        mixsmith_session::diff(&replay(&KINDS, &locks, decisions).0, session, &KINDS)
    }

    #[test]
    fn what_the_machine_does_on_a_strip_of_the_hand_is_the_machines() {
        let (source, map) = ("vox".to_owned(), Default::default());
        let clip = Clip { source, at: 0, from: 0, frames: 60_000, gain: 0.0, fade_in: 0, fade_out: 0, map };
        let mut strip = Strip::new("vox2", "Vox", StripKind::Track { clips: vec![clip] });
        strip.role = "lead-vocal".to_owned();
        strip.to = Some("mix".to_owned());
        let take = Take::new()
            .mono("bd", "kick", -20.0)
            .mono("vox", "lead-vocal", -30.0)
            .hand(Edit::AddStrip { strip });
        let (session, decisions) = take.mix(Phase::MixBus);
        assert!(
            decisions.iter().any(|d| d.about == ["vox2"] && !d.edits.is_empty()),
            "the machine works on it"
        );
        assert_eq!(unexplained(&take, &session, &decisions), []);
        assert_eq!(replay(&KINDS, &Locks::new(take.hand.clone()), &decisions), (session, decisions));
    }

    #[test]
    fn a_decision_about_what_a_hand_took_out_is_overruled() {
        let bands = crate::tone::shape::lifted("electric-guitar", 3000.0, 7.0);
        let spectrum = Fact::new("spectrum.third_octave", &["gtr"], bands);
        let take = Take::new().mono("gtr", "electric-guitar", -20.0).fact(spectrum);
        let take = take.hand(Edit::RemoveInsert { strip: "gtr".to_owned(), insert: "eq".to_owned() });
        let (_, decisions) = take.mix(Phase::MixBus);
        let told: Vec<_> = decisions
            .iter()
            .filter(|d| d.about == ["gtr"] && d.rule.starts_with("tone"))
            .map(|d| &d.status)
            .collect();
        assert!(!told.is_empty() && told.iter().all(|s| matches!(s, Status::Overruled(_))), "{told:?}");
    }

    #[test]
    fn a_place_by_hand_shows_the_place_that_was_decided() {
        let take = Take::new()
            .mono("kick", "kick", -20.0)
            .mono("piano", "piano", -20.0)
            .mono("vox", "lead-vocal", -20.0)
            .number("spectrum.centroid", "piano", 900.0)
            .hand(Edit::Set { at: Address::strip("piano", "pan"), to: 12.0 });
        let told = take.decisions(Phase::Pan, "pan.place");
        assert!(
            told.iter().any(|d| d.about == ["piano"] && matches!(d.status, Status::Overruled(_))),
            "{told:?}"
        );
    }

    #[test]
    fn what_is_given_back_is_the_machines_again() {
        let take = Take::new().mono("kick", "kick", -20.0).mono("vox", "lead-vocal", -40.0);
        let fader = Address::strip("vox", "fader");
        let take = take.hand(Edit::Set { at: fader.clone(), to: -30.0 });
        let (session, decisions) = take.mix(Phase::Balance);
        let locks = Locks::new(take.hand.clone());
        assert_eq!(session.value(&KINDS, &fader), Ok(-30.0));
        let free = locks.without("vox/fader").expect("it was held");
        let (session, decisions) = replay(&KINDS, &free, &decisions);
        assert!(
            session.value(&KINDS, &fader).is_ok_and(|value| value > 0.0),
            "{:?}",
            session.value(&KINDS, &fader)
        );
        assert!(decisions.iter().all(|decision| !matches!(decision.status, Status::Overruled(_))));
    }

    #[test]
    fn an_order_by_hand_stands_when_a_track_comes() {
        let order = Edit::Order { strips: ["vox", "kick", "mix", "master"].map(str::to_owned).to_vec() };
        let take = Take::new().mono("kick", "kick", -20.0).mono("bass", "bass", -20.0).mono(
            "vox",
            "lead-vocal",
            -20.0,
        );
        let (session, decisions) = take.hand(order).mix(Phase::Buses);
        let ids: Vec<&str> = session.strips.iter().map(|strip| strip.id.as_str()).collect();
        assert_eq!(ids, ["vox", "kick", "bass", "mix", "master"]);
        assert!(decisions.iter().all(|decision| decision.rule != HAND));
    }
}
