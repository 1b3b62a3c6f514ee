//! An edit is applied wholly or not at all.

mod common;

use common::{Dice, KINDS};
use mixsmith_session::{Address, Edit, Insert, Send, Strip, StripKind, Tap};
use proptest::prelude::*;

#[test]
fn what_comes_out_of_range_is_refused_and_leaves_no_trace() {
    let mut session = Dice(&[]).session();
    session
        .apply(&KINDS, &Edit::AddStrip { strip: Strip::new("plate", "Plate", StripKind::Return) })
        .unwrap();
    let before = session.clone();
    let mut loud = Strip::new("loud", "Loud", StripKind::Bus);
    loud.values.insert("fader".to_owned(), 99.0);
    let mut send = Send { to: "plate".to_owned(), tap: Tap::Post, values: Default::default() };
    send.values.insert("level".to_owned(), f32::NAN);
    let strip = "master".to_owned();
    let hot = Insert::new("comp", "dynamics.compressor", &[("threshold", 3.0)]);
    let between = Insert::new("comp", "dynamics.compressor", &[("detector", 0.5)]);
    for edit in [
        Edit::AddStrip { strip: loud },
        Edit::AddSend { strip: strip.clone(), send },
        Edit::AddInsert { strip: strip.clone(), place: None, insert: hot },
        Edit::AddInsert { strip: strip.clone(), place: None, insert: between },
        Edit::Set { at: Address::strip("master", "fader"), to: 13.0 },
        Edit::Order { strips: vec![strip.clone()] },
        Edit::Order { strips: vec![strip.clone(), strip] },
    ] {
        assert!(session.apply(&KINDS, &edit).is_err(), "{edit:?}");
        assert_eq!(session, before);
    }
    let order = Edit::Order { strips: vec!["master".to_owned(), "plate".to_owned()] };
    session.apply(&KINDS, &order).unwrap();
    assert_eq!(session.strips[0].id, "master");
}

proptest! {
    #[test]
    fn a_refused_edit_leaves_no_trace(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        change in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut session = Dice(&bytes).session();
        let mut dice = Dice(&change);
        for _ in 0..6 {
            let before = session.clone();
            if let Some(edit) = dice.edit(&before)
                && session.apply(&KINDS, &edit).is_err()
            {
                prop_assert_eq!(&session, &before);
            }
        }
    }
}
