//! The laws of the session file.

mod common;

use common::{Dice, KINDS};
use mixsmith_session::{check, parse, print, update};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_printed_is_read_back(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let session = Dice(&bytes).session();
        prop_assert_eq!(check(&session, &KINDS), vec![]);
        let text = print(&session, &KINDS);
        let (read, problems) = parse(&text, &KINDS).unwrap();
        prop_assert_eq!(problems, vec![], "{}", text);
        prop_assert_eq!(&read, &session, "{}", text);
        prop_assert_eq!(print(&read, &KINDS), text);
    }

    #[test]
    fn an_update_gives_the_session_and_rests(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        change in prop::collection::vec(any::<u8>(), 0..80),
        notes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let session = Dice(&bytes).session();
        let text = scribble(&print(&session, &KINDS), &mut Dice(&notes));
        let (before, _) = parse(&text, &KINDS).unwrap();
        prop_assert_eq!(update(&text, &before, &KINDS), text.as_str());
        let after = Dice(&change).changed(&before, 6);
        let updated = update(&text, &after, &KINDS);
        prop_assert_eq!(&parse(&updated, &KINDS).unwrap().0, &after, "{}\n-----\n{}", text, updated);
        prop_assert_eq!(update(&updated, &after, &KINDS), updated.as_str());
        for note in text.lines().filter(|line| line.contains("note")) {
            let note = note.split_once('#').unwrap().1;
            prop_assert!(updated.contains(note.trim()), "lost {}\n-----\n{}\n-----\n{}", note, text, updated);
        }
        prop_assert!(!updated.contains("could not be kept up"), "{}\n-----\n{}", text, updated);
    }

    #[test]
    fn the_file_of_any_song_becomes_that_of_any_other(
        one in prop::collection::vec(any::<u8>(), 0..500),
        other in prop::collection::vec(any::<u8>(), 0..500),
        notes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let (a, b) = (Dice(&one).session(), Dice(&other).session());
        let text = scribble(&print(&a, &KINDS), &mut Dice(&notes));
        let updated = update(&text, &b, &KINDS);
        prop_assert_eq!(&parse(&updated, &KINDS).unwrap().0, &b, "{}\n-----\n{}", text, updated);
        prop_assert_eq!(update(&updated, &b, &KINDS), updated.as_str());
        prop_assert!(!updated.contains("could not be kept up"), "{}\n-----\n{}", text, updated);
        for note in text.lines().filter_map(|line| line.split_once("# note")) {
            prop_assert!(updated.contains(note.1), "lost {}\n-----\n{}\n-----\n{}", note.1, text, updated);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a-z\\[\\]{}.=\"# \\n0-9,-]{0,200}") {
        let _ = parse(&text, &KINDS);
    }

    #[test]
    fn no_damage_makes_it_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        damage in prop::collection::vec((any::<usize>(), any::<u8>()), 1..8),
    ) {
        let text = print(&Dice(&bytes).session(), &KINDS);
        let mut broken = text.into_bytes();
        for (at, byte) in damage {
            let at = at % broken.len();
            broken[at] = byte % 128;
        }
        let broken = String::from_utf8_lossy(&broken).into_owned();
        if let Ok((session, _)) = parse(&broken, &KINDS) {
            prop_assert_eq!(check(&session, &KINDS), vec![]);
            prop_assert_eq!(update(&broken, &session, &KINDS), broken);
        }
    }
}

#[test]
fn a_deep_nest_is_an_error_and_no_crash() {
    for nest in ["[", "{a=", "a.", "[a.", "a=["] {
        let _ = parse(&nest.repeat(50_000), &KINDS);
        let _ = parse(&format!("a = {}", nest.repeat(50_000)), &KINDS);
    }
    assert!(parse(&format!("a = {}", "[".repeat(50_000)), &KINDS).is_err());
}

#[test]
fn a_void_becomes_the_canonical_file() {
    let session = Dice(&[7; 200]).session();
    assert_eq!(update("", &session, &KINDS), print(&session, &KINDS));
}

/// What people do to a file: notes, blank lines, keys and tables of their own, lines that cannot be used.
fn scribble(text: &str, dice: &mut Dice<'_>) -> String {
    let mut scribbled = String::new();
    let mut number = 0;
    let mut note = || {
        number += 1;
        format!("# note {number}\n")
    };
    for line in text.lines() {
        let table = line.starts_with('[');
        if dice.below(6) == 1 {
            scribbled.push_str(&note());
        }
        scribbled.push_str(line);
        scribbled.push('\n');
        if dice.below(6) == 1 && line.ends_with(',') {
            scribbled.push_str(&note());
        }
        if table {
            match dice.below(12) {
                1 => scribbled.push_str("mine = 3 # note of my own\n"),
                2 => scribbled.push_str("\n\n"),
                3 if line.contains("inserts") => scribbled.push_str("treshold = \"-20 dB\" # note: typo\n"),
                4 if line.starts_with("[strip.")
                    && !line.contains("inserts")
                    && !line.contains("sends")
                    && !line.contains("lanes") =>
                {
                    scribbled.push_str("fadr = [\n    1, # note inside\n]\n");
                }
                _ => {}
            }
        }
    }
    if dice.yes() {
        scribbled.push_str(
            "\n[strip.t0.inserts.missing]\nkind = \"vendor.plugin\"\ndrive = \"11\"\n# note at the end\n",
        );
    }
    scribbled
}
