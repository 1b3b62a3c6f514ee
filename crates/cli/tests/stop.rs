//! Stopping a run from outside, and two runs on one song.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests read files and run the program")]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

use common::{Song, files, mixsmith};
use mixsmith_demo::Recipe;

/// Sixteen seconds and a dozen tracks, so that there is time to stop it.
fn song() -> Song {
    let song = Song::empty();
    mixsmith_demo::write(&mixsmith_demo::song(&Recipe::short()), &song.root()).unwrap();
    song
}

/// A mix that has begun the stage.
fn mix_until(song: &Song, stage: &str) -> (Child, BufReader<ChildStderr>) {
    let root = song.root();
    let mut command = mixsmith(&["mix", root.to_str().unwrap(), "--threads", "1"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while line.trim_end() != stage {
        line.clear();
        assert!(err.read_line(&mut line).unwrap() > 0, "the run ended before `{stage}`");
    }
    (child, err)
}

fn signal(child: &Child, name: &str) {
    let number = child.id().to_string();
    assert!(Command::new("kill").args([format!("-{name}"), number]).status().unwrap().success());
}

/// The rest of what the run says, and the code that it ends with.
fn end(mut child: Child, err: BufReader<ChildStderr>) -> (Option<i32>, String) {
    let said: Vec<String> = err.lines().map(Result::unwrap).collect();
    (child.wait().unwrap().code(), said.join("\n"))
}

#[test]
fn ctrl_c_stops_and_leaves_nothing_half_written() {
    let song = song();
    for (stage, name) in
        [("Listen", "INT"), ("Understand", "INT"), ("Hear the mix", "TERM"), ("Print", "INT")]
    {
        let (child, err) = mix_until(&song, stage);
        signal(&child, name);
        let (code, said) = end(child, err);
        assert_eq!(code, Some(130), "{stage}: {said}");
        assert!(said.contains("stopped; nothing half-written is left"), "{stage}: {said}");
        song.assert_whole();
        let printed = files(&song.path("mix/out"));
        assert!(printed.is_empty(), "{stage}: {printed:?}");
    }
}

#[test]
fn a_song_is_mixed_by_one_run_at_a_time() {
    let song = song();
    let (child, err) = mix_until(&song, "Listen");
    let root = song.root();
    for command in ["mix", "decide", "facts"] {
        let second = common::run(&[command, root.to_str().unwrap()]);
        assert_eq!(second.code, Some(1), "{command}: {}", second.err);
        let holder = format!("(process {})", child.id());
        assert!(second.err.contains("song: another run of mixsmith") && second.err.contains(&holder));
        assert!(second.err.contains("--out"), "{}", second.err);
    }
    signal(&child, "KILL");
    let (code, _) = end(child, err);
    assert_eq!(code, None, "killed");
    assert!(song.path("mix/lock").exists(), "nobody could take it away");
    let ran = song.run("prep", &[]);
    assert_eq!(ran.code, Some(0), "a dead run holds nobody up: {}", ran.err);
}

#[test]
fn nobody_else_writes_while_a_run_is_at_work() {
    let song = song();
    assert_eq!(song.run("decide", &[]).code, Some(0));
    let session = song.text("mix/session.toml");
    let (child, err) = mix_until(&song, "Hear the mix");
    let root = song.root();
    for (command, more) in [
        ("set", &["keys/fader=-3"][..]),
        ("unset", &["--all"]),
        ("restore", &[]),
        ("render", &[]),
        ("prep", &[]),
    ] {
        let second = common::run(&[&[command, root.to_str().unwrap()], more].concat());
        assert_eq!(second.code, Some(1), "{command}: {}", second.err);
        assert!(second.err.contains("another run of mixsmith"), "{command}: {}", second.err);
    }
    // To look is allowed.
    for (command, more) in [("why", &[][..]), ("restore", &["--list"])] {
        let second = common::run(&[&[command, root.to_str().unwrap()], more].concat());
        assert_eq!(second.code, Some(0), "{command}: {}", second.err);
    }
    assert_eq!(song.text("mix/session.toml"), session);
    signal(&child, "INT");
    assert_eq!(end(child, err).0, Some(130));
}
