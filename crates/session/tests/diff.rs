//! Differences between sessions, as edits.

mod common;

use common::{Dice, KINDS};
use mixsmith_session::{Address, Edit, SEND, STRIP, Session, Strip, Values, diff};
use proptest::prelude::*;
use std::sync::Arc;

/// The session with nothing said that is not news: a value at its default is no value.
fn plain(session: &Session) -> Session {
    let drop_defaults = |values: &mut Values, table: &[mixsmith_processor::Param]| {
        values.retain(|id, value| table.iter().any(|p| p.id == id && p.default != *value));
    };
    let mut plain = session.clone();
    for strip in &mut plain.strips {
        let strip = Arc::make_mut(strip);
        drop_defaults(&mut strip.values, STRIP);
        strip.sends.iter_mut().for_each(|send| drop_defaults(&mut send.values, SEND));
        for insert in &mut strip.inserts {
            drop_defaults(&mut insert.values, KINDS.get(&insert.kind).unwrap().params);
        }
    }
    plain
}

fn apply(session: &Session, edits: &[Edit]) -> Session {
    let mut now = session.clone();
    for edit in edits {
        now.apply(&KINDS, edit).unwrap_or_else(|error| panic!("{edit:?}: {error}"));
    }
    now
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_edits_turn_one_into_the_other(
        bytes in prop::collection::vec(any::<u8>(), 0..500),
        change in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        let a = Dice(&bytes).session();
        let b = Dice(&change).changed(&a, 12);
        let edits = diff(&a, &b, &KINDS);
        let after = apply(&a, &edits);
        prop_assert_eq!(plain(&after), plain(&b), "{:?}", edits);
        prop_assert_eq!(diff(&after, &b, &KINDS), vec![]);
        prop_assert_eq!(diff(&b, &b, &KINDS), vec![]);
    }

    #[test]
    fn any_song_turns_into_any_other(
        one in prop::collection::vec(any::<u8>(), 0..500),
        other in prop::collection::vec(any::<u8>(), 0..500),
    ) {
        let (a, b) = (Dice(&one).session(), Dice(&other).session());
        let after = apply(&a, &diff(&a, &b, &KINDS));
        prop_assert_eq!(plain(&after), plain(&b));
    }
}

#[test]
fn a_line_taken_out_turns_the_knob_back() {
    let session = Dice(&[]).session();
    let fader = Address::strip("master", "fader");
    let mut louder = session.clone();
    louder.apply(&KINDS, &Edit::Set { at: fader.clone(), to: 3.0 }).unwrap();
    assert_eq!(diff(&louder, &session, &KINDS), vec![Edit::Set { at: fader.clone(), to: 0.0 }]);
    assert_eq!(diff(&session, &louder, &KINDS), vec![Edit::Set { at: fader, to: 3.0 }]);
}

#[test]
fn an_insert_that_moves_is_one_insert_that_moves() {
    let mut session = Dice(&[]).session();
    for id in ["a", "b", "c", "d"] {
        let insert = mixsmith_session::Insert::new(id, "eq.bell", &[]);
        session.apply(&KINDS, &Edit::AddInsert { strip: "master".to_owned(), place: None, insert }).unwrap();
    }
    let moved = |order: [usize; 4]| {
        let mut after = session.clone();
        let last = after.strips.len() - 1;
        let strip: &mut Strip = Arc::make_mut(&mut after.strips[last]);
        strip.inserts = order.map(|i| session.strips[last].inserts[i].clone()).to_vec();
        after
    };
    for order in [[1, 2, 3, 0], [3, 0, 1, 2], [0, 2, 1, 3]] {
        let edits = diff(&session, &moved(order), &KINDS);
        assert_eq!(edits.len(), 2, "{order:?} {edits:?}");
    }
}
