//! A hand is never overruled: what a person changes stands to the bit, and the mix is made around it.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod common;

use common::{OnDisk, few, hashes};
use mixsmith_effects::KINDS;
use mixsmith_pipeline::{Decision, Mixed, Status, set};
use mixsmith_session::{Address, Edit, Session, parse};

const COMMENT: &str = "# the voice was agreed with the singer";

fn value(session: &Session, strip: &str, knob: &str) -> f32 {
    session.value(&KINDS, &Address::strip(strip, knob)).unwrap()
}

fn strip_of(mixed: &Mixed, role: &str) -> String {
    let mut tracks = mixed.session.tracks();
    tracks.find(|strip| strip.role.trim_end_matches('?') == role).unwrap().id.clone()
}

/// Takes the lines of an insert out of the text, as an editor would.
fn without_insert(text: &str, strip: &str, insert: &str) -> String {
    let head = format!("[strip.{strip}.inserts.{insert}]");
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line == head;
        }
        if !inside {
            lines.push(line);
        }
    }
    assert!(lines.len() < text.lines().count(), "{head} is in the session");
    lines.join("\n") + "\n"
}

fn overruled(mixed: &Mixed, touches: impl Fn(&Edit) -> bool) -> Vec<&Decision> {
    let held = mixed.journal.decisions.iter().filter(|d| matches!(d.status, Status::Overruled(_)));
    held.filter(|decision| decision.edits.iter().any(&touches)).collect()
}

#[test]
fn four_changes_by_hand_stand_and_the_mix_goes_around_them() {
    let song = OnDisk::of(&few());
    let first = song.mix(2);
    let folder = song.folder();
    let voice = strip_of(&first, "lead-vocal");
    let other = strip_of(&first, "acoustic-guitar");
    let (at, removed) = first
        .session
        .strips
        .iter()
        .find_map(|s| Some((s.id.clone(), s.inserts.first()?.id.clone())))
        .unwrap();

    let said = set(&folder, &[format!("{voice}/fader=-2.5"), format!("{other}/pan=R77")]).unwrap();
    assert!(said[0].starts_with(&format!("{voice}/fader: -2.5 dB (was ")), "{said:?}");
    let text = song.session_text();
    let head = format!("[strip.{voice}]");
    let text = without_insert(&text, &at, &removed).replace(&head, &format!("{COMMENT}\n{head}"));
    std::fs::write(folder.session(), &text).unwrap();

    let second = song.mix(2);
    assert_eq!(value(&second.session, &voice, "fader"), -2.5);
    assert_eq!(value(&second.session, &other, "pan"), 77.0);
    assert!(second.session.strip(&at).unwrap().insert(&removed).is_none(), "{at}/{removed} stays out");
    assert!(song.session_text().contains(&format!("{COMMENT}\n{head}")));
    assert_eq!(parse(&song.session_text(), &KINDS).unwrap(), (second.session.clone(), vec![]));

    let sets = |strip: &str, knob: &str| {
        let address = Address::strip(strip, knob);
        move |edit: &Edit| matches!(edit, Edit::Set { at, .. } if *at == address)
    };
    for (strip, knob) in [(&voice, "fader"), (&other, "pan")] {
        assert!(second.journal.hand.iter().any(sets(strip, knob)), "{strip}/{knob} is kept as the hand's");
        let mut taken = second.journal.decisions.iter().filter(|d| d.status == Status::Taken);
        assert!(!taken.any(|d| d.edits.iter().any(sets(strip, knob))), "{strip}/{knob} is left alone");
        println!("{strip}/{knob}: {} decisions overruled", overruled(&second, sets(strip, knob)).len());
    }
    let adds = |edit: &Edit| matches!(edit, Edit::AddInsert { strip, insert, .. } if *strip == at && insert.id == removed);
    assert_eq!(overruled(&second, adds).len(), 1);

    // What is balanced against the voice went with it.
    let moved: Vec<String> = second
        .session
        .tracks()
        .filter(|strip| strip.id != voice)
        .filter(|strip| {
            value(&first.session, &strip.id, "fader") != value(&second.session, &strip.id, "fader")
        })
        .map(|strip| strip.id.clone())
        .collect();
    println!("faders that moved with the voice: {moved:?}");
    assert!(!moved.is_empty());

    let after_second = hashes(&song.root);
    song.mix(2);
    assert_eq!(hashes(&song.root), after_second, "a third run changes nothing");
    song.render();
    assert_eq!(hashes(&song.root), after_second, "nor does printing it again");
}
