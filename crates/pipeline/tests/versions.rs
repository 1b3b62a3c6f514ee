//! Row 47 of the scorecard: every session that a released Mixsmith has written opens for ever, and what is not known in it
//! survives. A folder in `versions` is a mix as that version left it; none is ever taken away.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::collections::BTreeSet;
use std::path::Path;

use mixsmith_effects::KINDS;
use mixsmith_pipeline::{Folder, set, unset, why};
use mixsmith_session::parse;

#[test]
fn every_session_there_has_been_opens_and_what_is_unknown_survives() {
    let versions = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/versions");
    let mut opened = 0;
    for version in std::fs::read_dir(versions).unwrap() {
        let version = version.unwrap().path();
        let name = version.file_name().unwrap().to_string_lossy().into_owned();
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path(), None).unwrap();
        std::fs::create_dir(&folder.mix).unwrap();
        for file in std::fs::read_dir(&version).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.mix.join(file.file_name())).unwrap();
        }
        let text = || std::fs::read_to_string(folder.session()).unwrap();
        let before = text();
        let (session, problems) = parse(&before, &KINDS).unwrap_or_else(|error| panic!("{name}: {error}"));
        // The sessions with lines of a person's own say so in their name.
        assert_eq!(problems.is_empty(), !name.ends_with("own-lines"), "{name}: {problems:?}");
        assert!(session.tracks().count() >= 2, "{name}");
        let reasons = why(&folder, None).unwrap();
        assert!(reasons.reasons.len() > 5, "{name}: {} reasons", reasons.reasons.len());

        set(&folder, &["rhodes-ish/fader=-3.25".to_owned()]).unwrap();
        let after = text();
        let lines: BTreeSet<&str> = after.lines().collect();
        let lost: Vec<&str> = before.lines().filter(|line| !lines.contains(line)).collect();
        assert!(
            lost.iter().all(|line| line.starts_with("fader = ")) && lost.len() <= 1,
            "{name}: lost {lost:?}"
        );
        assert!(parse(&after, &KINDS).unwrap().0 != session, "{name}");
        unset(&folder, &["rhodes-ish/fader".to_owned()]).unwrap();
        assert_eq!(parse(&text(), &KINDS).unwrap().0, session, "{name}: given back");
        opened += 1;
    }
    assert!(opened >= 2, "{opened}");
}
