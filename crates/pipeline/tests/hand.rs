//! A hand is never overruled: what a person changes stands to the bit, and the mix is made around it.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod common;

use std::collections::BTreeSet;

use common::{OnDisk, few, hashes};
use mixsmith_assistant::locks::{address, is_at, place};
use mixsmith_audio::{Dither, Sample, WavWriter};
use mixsmith_demo::{Form, Recipe};
use mixsmith_effects::KINDS;
use mixsmith_pipeline::{Decision, Mixed, Status, set, unset};
use mixsmith_processor::Unit;
use mixsmith_session::{Address, Edit, Lane, Point, Session, parse, update};

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

/// Every way in which a person changes a mix, in one go.
#[test]
fn every_kind_of_change_stays_to_the_bit_and_nothing_else_becomes_the_hands() {
    // At the end the voice rests, so that there is automation.
    let song = OnDisk::of(&Recipe { form: Form { intro: 1, verse: 2, chorus: 1, outro: 2 }, ..few() });
    let first = song.mix(2);
    let (folder, session) = (song.folder(), &first.session);
    let voice = strip_of(&first, "lead-vocal");
    let bass = strip_of(&first, "bass-amp");
    let (keyed, removed) =
        session.tracks().find_map(|s| Some((s.id.clone(), s.inserts.first()?.id.clone()))).unwrap();
    let returns = "echo".to_owned();
    let (ridden, lane) =
        session.strips.iter().find_map(|s| Some((s.id.clone(), s.lanes.first()?.clone()))).unwrap();
    let point = lane.points.last().unwrap();
    let drawn = Lane { points: vec![Point { value: point.value - 1.5, ..point.clone() }], ..lane };

    set(&folder, &[format!("{voice}/fader=-2.5")]).unwrap();
    let text = without_insert(&song.session_text(), &keyed, &removed);
    let (mut edited, problems) = parse(&text, &KINDS).unwrap();
    assert_eq!(problems, []);
    edited.apply(&KINDS, &Edit::Draw { strip: ridden.clone(), lane: drawn.clone() }).unwrap();
    let mut text = update(&text, &edited, &KINDS);
    let keys = strip_of(&first, "acoustic-guitar");
    text = text.replace(&format!("[strip.{keys}]"), &format!("[strip.{keys}]\nmute = \"on\""));
    text += &format!("\n[strip.{bass}.inserts.more]\nkind = \"tool.trim\"\ngain = \"1.25 dB\"\n");
    text += "\n[strip.echo]\nname = \"Echo\"\nkind = \"return\"\nto = \"mix\"\nfader = \"-6 dB\"\n";
    text += &format!("\n[strip.{bass}.sends.{returns}]\nlevel = \"-31.5 dB\"\n");
    std::fs::write(folder.session(), &text).unwrap();
    let hand = parse(&text, &KINDS).unwrap().0;

    let second = song.mix(2);
    let is = |address: &str, wanted: f32| {
        let at: Address = address.parse().unwrap();
        let value = second.session.value(&KINDS, &at).unwrap();
        assert_eq!(value.to_bits(), wanted.to_bits(), "{address}");
    };
    is(&format!("{voice}/fader"), -2.5);
    is(&format!("{keys}/mute"), 1.0);
    is(&format!("{bass}/more.gain"), 1.25);
    is("echo/fader", -6.0);
    is(&format!("{bass}/send.{returns}.level"), -31.5);
    let strip = |id: &str| second.session.strip(id).unwrap();
    assert!(strip(&keyed).insert(&removed).is_none());
    assert!(strip(&ridden).lanes.contains(&drawn));
    let nth = |session: &Session| session.strip(&bass).unwrap().inserts.iter().position(|i| i.id == "more");
    assert_eq!(nth(&second.session), nth(&hand).map(|nth| nth.min(strip(&bass).inserts.len() - 1)));

    let held: BTreeSet<String> = second.journal.hand.iter().map(address).collect();
    let wanted = [
        format!("{voice}/fader"),
        format!("{keys}/mute"),
        format!("{bass}/more"),
        format!("{bass}/send.{returns}"),
        returns,
        format!("{keyed}/{removed}"),
        format!("{ridden}/lane.{}", drawn.target),
    ];
    assert_eq!(held, BTreeSet::from(wanted));
    let refused = second.journal.decisions.iter().filter(|d| matches!(d.status, Status::Refused(_)));
    assert_eq!(refused.filter(|d| !d.edits.is_empty()).collect::<Vec<_>>(), Vec::<&Decision>::new());
    let why = mixsmith_pipeline::why(&folder, None).unwrap();
    let turned = why.reasons.iter().flat_map(|reason| &reason.knobs).filter(|knob| knob.by_hand);
    for knob in turned {
        let address = knob.set.split([' ', ':']).next().unwrap();
        assert!(second.journal.hand.iter().any(|edit| is_at(address, &place(edit))), "{knob:?}");
    }

    let (text, decisions) = (song.session_text(), std::fs::read(folder.decisions()).unwrap());
    let third = song.mix(2);
    assert_eq!(song.session_text(), text);
    assert_eq!(std::fs::read(folder.decisions()).unwrap(), decisions);
    assert_eq!(third.journal.hand, second.journal.hand);

    // All of it given back is the mix that no hand has touched.
    unset(&folder, &[]).unwrap();
    let again = song.mix(2);
    assert_eq!(again.journal.hand, []);
    assert_eq!(again.session, first.session);
}

/// What a run leaves that ends between two writes, by the names of the files.
fn leave(song: &OnDisk, session: &str, journal: Option<&Vec<u8>>, next: Option<&Vec<u8>>) {
    let folder = song.folder();
    std::fs::write(folder.session(), session).unwrap();
    for (path, bytes) in [(folder.decisions(), journal), (folder.mix.join("decisions.next.toml"), next)] {
        match bytes {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => _ = std::fs::remove_file(&path),
        }
    }
}

#[test]
fn a_run_may_end_between_any_two_writes() {
    let song = OnDisk::of(&few());
    let folder = song.folder();
    let voice = strip_of(&song.decide(), "lead-vocal");
    let journal = || std::fs::read(folder.decisions()).unwrap();
    let (old_session, before) = (song.session_text(), journal());
    // The second run decides much that the first did not: another kind of music, and a voice that a hand holds.
    std::fs::write(folder.brief(), "genre = \"edm\"\n").unwrap();
    set(&folder, &[format!("{voice}/fader=-2.5")]).unwrap();
    let set_session = song.session_text();
    let second = song.decide();
    let (new_session, new) = (song.session_text(), journal());
    assert_ne!(old_session, new_session);
    assert_eq!(second.journal.hand.len(), 1);

    let pan =
        |text: &str| text.replace(&format!("[strip.{voice}]"), &format!("[strip.{voice}]\npan = \"R9\""));
    let all = [
        ("before all", &set_session, Some(&before), None),
        ("the new journal is there", &set_session, Some(&before), Some(&new)),
        ("the new session too", &new_session, Some(&before), Some(&new)),
        ("after all", &new_session, Some(&new), None),
        ("the new session too, in a first run", &new_session, None, Some(&new)),
    ];
    for (when, text, journal_before, next) in all {
        leave(&song, text, journal_before, next);
        let run = song.decide();
        assert_eq!(run.journal.hand, second.journal.hand, "{when}");
        assert_eq!(song.session_text(), new_session, "{when}");
        assert_eq!(journal(), new, "{when}");
        assert!(!folder.mix.join("decisions.next.toml").exists(), "{when}");
        // And a hand comes before the next run.
        leave(&song, &pan(text), journal_before, next);
        let run = song.decide();
        let held: Vec<String> = run.journal.hand.iter().map(address).collect();
        assert_eq!(held, [format!("{voice}/fader"), format!("{voice}/pan")], "{when}, then a hand");
    }
}

#[test]
fn a_line_that_cannot_be_read_is_named_and_nobody_holds_it() {
    let song = OnDisk::of(&few());
    let first = song.decide();
    let folder = song.folder();
    let voice = strip_of(&first, "lead-vocal");
    let bass = strip_of(&first, "bass-amp");
    let treated = first.session.tracks().find(|s| s.inserts.iter().any(|i| !i.values.is_empty())).unwrap();
    let insert = treated.inserts.iter().find(|insert| !insert.values.is_empty()).unwrap();
    let (treated, knob) = (
        format!("[strip.{}.inserts.{}]", treated.id, insert.id),
        insert.values.keys().next().unwrap().clone(),
    );
    set(&folder, &[format!("{bass}/pan=R9")]).unwrap();
    let held = song.decide();
    let fader = value(&held.session, &voice, "fader");

    let mut strip = String::new();
    let lines: Vec<String> = song
        .session_text()
        .lines()
        .map(|line| {
            if line.starts_with('[') {
                strip = line.to_owned();
            }
            match line.split_once(" = ") {
                Some(("fader", _)) if strip == format!("[strip.{voice}]") => "fader = \"40 dB\"".to_owned(),
                Some(("pan", _)) if strip == format!("[strip.{bass}]") => "pan = \"far out\"".to_owned(),
                Some((name, rest)) if name == knob && strip == treated => format!("x{name} = {rest}"),
                Some(("tempo", _)) if strip == "[song]" => "tempo = 1e9".to_owned(),
                _ => line.to_owned(),
            }
        })
        .collect();
    let text = lines.join("\n") + "\n";
    let number = 1 + lines.iter().position(|line| line.contains("40 dB")).unwrap();
    assert!(text.contains(&format!("\nx{knob} = ")) && text.contains("far out") && text.contains("1e9"));
    std::fs::write(folder.session(), &text).unwrap();

    // Printed as it is, what stood there before counts.
    let why = mixsmith_pipeline::why(&folder, Some(&format!("{voice}/fader"))).unwrap();
    assert!(why.reasons.iter().all(|reason| reason.knobs.iter().all(|knob| !knob.by_hand)), "{why:?}");
    let run = song.decide();
    assert_eq!(run.journal.hand, held.journal.hand);
    assert_eq!(run.session, held.session);
    let note = run.notes.iter().find(|note| note.about == format!("session.toml:{number}")).unwrap();
    assert!(note.warning && note.says.contains(&format!("{voice}/fader")), "{note:?}");
    assert!(note.says.contains("-90 dB to 12 dB"), "{note:?}");
    assert!(note.says.contains(&format!("It stands at {}", Unit::Db.show(fader))), "{note:?}");
    let next = song.decide();
    assert_eq!((next.journal.hand, next.session), (held.journal.hand, held.session));
}

#[test]
fn what_is_given_back_is_decided_again() {
    let song = OnDisk::of(&few());
    let first = song.decide();
    let folder = song.folder();
    let voice = strip_of(&first, "lead-vocal");
    let bass = strip_of(&first, "bass-amp");
    let fader = value(&first.session, &voice, "fader");
    set(&folder, &[format!("{voice}/fader=-8.5"), format!("{bass}/pan=R9")]).unwrap();
    let text = song.session_text() + "\n[strip.extra]\nname = \"Extra\"\nkind = \"bus\"\nto = \"mix\"\n";
    let text = text.replace(&format!("[strip.{bass}]"), &format!("[strip.{bass}]\n# mine"));
    std::fs::write(folder.session(), &text).unwrap();
    song.decide();

    let said = unset(&folder, &["Lead Vocal/fader".to_owned()])
        .or_else(|_| unset(&folder, &[format!("{voice}/fader")]));
    let said = said.unwrap();
    assert!(said.len() == 1 && said[0].ends_with("(was -8.5 dB)"), "{said:?}");
    assert!(song.session_text().contains("# mine"));
    let error = unset(&folder, &[format!("{voice}/fader")]).unwrap_err().to_string();
    assert!(error.contains("is not set by hand") && error.contains(&format!("{bass}/pan")), "{error}");
    assert!(
        unset(&folder, &["vox/pan".to_owned()]).is_err(),
        "a knob that is free, not the track that it is on"
    );
    unset(&folder, &["extra".to_owned()]).unwrap();
    let run = song.decide();
    assert!(run.session.strip("extra").is_none());
    assert_eq!(value(&run.session, &voice, "fader"), fader);
    assert_eq!(value(&run.session, &bass, "pan"), 9.0);
    // The bass is to the right, so the others may stand elsewhere; given back as well, all is as it was.
    assert_eq!(unset(&folder, &[bass]).unwrap().len(), 1);
    assert_eq!(song.decide().session, first.session);
}

#[test]
fn an_impulse_response_of_ones_own_is_used_kept_and_missed_by_name() {
    let song = OnDisk::of(&few());
    let first = song.mix(2);
    let folder = song.folder();
    let voice = strip_of(&first, "lead-vocal");
    let box_wav = song.root.join("impulses/box.wav");
    std::fs::create_dir(box_wav.parent().unwrap()).unwrap();
    // At another rate than the song's.
    let mut writer = WavWriter::create(&box_wav, 44_100, 1, Sample::F32, Dither::None).unwrap();
    let taps: Vec<f32> = (0..4410).map(|i| (i as f32 * 0.9).sin() * (-0.002 * i as f32).exp()).collect();
    writer.write(&[&taps]).unwrap();
    writer.finish().unwrap();
    let lines = format!("\n[strip.{voice}.inserts.place]\nkind = \"space.convolution\"\nmix = \"20%\"\n");
    std::fs::write(folder.session(), song.session_text() + &lines).unwrap();
    song.render();
    let built_in = song.sound("master.wav");

    let address = format!("{voice}/place.impulse");
    let said = set(&folder, &[format!("{address}=impulses/box.wav")]).unwrap();
    assert!(said[0].contains("impulses/box.wav"), "{said:?}");
    let again = song.render();
    assert!(again.manifest.inputs.iter().any(|input| input.file == "impulses/box.wav"));
    assert_eq!(again.session.tracks().count(), first.session.tracks().count(), "it is no track");
    assert_ne!(song.sound("master.wav"), built_in);
    let second = song.mix(2);
    let kept = second.session.strip(&voice).unwrap().insert("place").unwrap();
    assert_eq!(kept.impulse.as_deref(), Some("impulses/box.wav"));

    let refused = |value: &str| set(&folder, &[format!("{address}={value}")]).unwrap_err().to_string();
    assert!(refused("../box.wav").contains("below the song's folder"));
    assert!(refused("impulses/none.wav").contains("impulses/none.wav"));
    std::fs::remove_file(&box_wav).unwrap();
    let error = song.try_mix(2).unwrap_err().to_string();
    assert!(error.contains(&format!("{voice}/place")) && error.contains("impulses/box.wav"), "{error}");
    set(&folder, &[format!("{address}=")]).unwrap();
    song.render();
}
