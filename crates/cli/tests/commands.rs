//! Every command: its help, its JSON, the completions.
#![allow(clippy::disallowed_methods, reason = "tests run the program")]

mod common;

use std::process::Command;

use common::{Song, run};
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in:\n{text}"))
}

#[test]
fn help_lists_the_commands_and_every_command_has_help() {
    let ran = run(&["--help"]);
    assert_eq!(ran.code, Some(0));
    let commands = [
        "demo",
        "mix",
        "prep",
        "facts",
        "meter",
        "decide",
        "render",
        "why",
        "set",
        "unset",
        "write-rides",
        "score",
        "diff",
        "test",
        "check",
        "export",
        "import",
        "selftest",
        "restore",
        "completions",
        "man",
    ];
    for command in commands {
        assert!(ran.out.contains(&format!("\n  {command}")), "{command} is in the help");
        let help = run(&[command, "--help"]);
        assert_eq!(help.code, Some(0), "{command}");
        assert!(help.out.contains("Example:") && help.out.contains("Exit codes:"), "{command}: {}", help.out);
    }
    assert_eq!(run(&["mxi"]).code, Some(2));
    assert_eq!(run(&["mix"]).code, Some(2));
    assert_eq!(run(&["mix", "x", "--loudness", "deafening"]).code, Some(2));
}

#[test]
fn every_command_speaks_json() {
    let song = Song::small();
    let tracks = std::fs::read_dir(song.root()).unwrap().count();
    let own = |command: &str, more: &[&str]| {
        let ran = song.run(command, &[&["--json"], more].concat());
        assert_eq!(ran.code, Some(0), "{command}: {}", ran.err);
        assert!(ran.err.lines().all(|line| json(line).is_object()), "{command}: {}", ran.err);
        json(&ran.out)
    };
    assert_eq!(own("facts", &[])["files"].as_array().unwrap().len(), tracks);
    assert!(own("mix", &["--dry-run"])["reasons"].as_array().is_some_and(|list| !list.is_empty()));
    assert!(!song.path("mix/session.toml").exists(), "a dry run decides and writes no session");
    assert_eq!(own("prep", &[])["tracks"].as_array().unwrap().len(), tracks);
    assert!(own("decide", &[]).is_object());
    let mixed = own("mix", &[]);
    assert!(mixed["outputs"].as_array().unwrap().iter().any(|output| output["kind"] == "master"));
    assert_eq!(own("set", &["lead-vocal/fader=-2.5"])["set"].as_array().unwrap().len(), 1);
    let by_hand = |why: Value| {
        let list = |of: &Value, name: &str| of[name].as_array().cloned().unwrap_or_default();
        let knobs = list(&why, "reasons").into_iter().flat_map(|reason| list(&reason, "knobs"));
        // Where no decision speaks of the knob, it stands by itself.
        knobs.chain(list(&why, "hand")).any(|knob| knob["by_hand"] == true)
    };
    assert!(by_hand(own("why", &["lead-vocal/fader"])));
    let back = own("unset", &["lead-vocal/fader"]);
    assert!(back["unset"][0].as_str().is_some_and(|line| line.ends_with("(was -2.5 dB)")), "{back}");
    assert!(!by_hand(own("why", &["lead-vocal/fader"])));
    assert_eq!(song.run("unset", &["lead-vocal/fader"]).code, Some(2), "it is not the hand's any more");
    assert!(own("unset", &["--all"])["unset"].as_array().is_some_and(Vec::is_empty));
    assert!(own("render", &[])["outputs"].is_array());
    assert!(own("why", &["lead-vocal"])["reasons"].is_array());
    json(&song.text("mix/out/manifest.json"));
    let (master, picture) = (song.path("mix/out/master.wav"), song.path("meters.svg"));
    let [master, svg] = [&master, &picture].map(|path| path.to_str().unwrap());
    let ran = run(&["meter", master, "--json", "--svg", svg]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let loudness = json(&ran.out)["loudness"]["integrated"].as_f64().unwrap();
    let manifest = json(&song.text("mix/out/manifest.json"));
    let outputs = manifest["outputs"].as_array().unwrap();
    let printed = outputs.iter().find(|output| output["kind"] == "master").unwrap();
    assert!((printed["loudness"].as_f64().unwrap() - loudness).abs() < 0.05, "{loudness} {printed}");
    assert!(song.text("meters.svg").starts_with("<svg"));
    assert!(run(&["meter", master]).out.contains("LUFS integrated"));
    assert_eq!(run(&["meter", "no such file.wav"]).code, Some(4));

    let failed = run(&["mix", "--json", "no such folder"]);
    assert_eq!((failed.code, json(&failed.err)["exit"].as_u64()), (Some(4), Some(4)));
}

#[test]
fn completions_have_no_syntax_errors() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = run(&["completions", shell]);
        assert_eq!(ran.code, Some(0), "{shell}: {}", ran.err);
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("completions");
        std::fs::write(&file, &ran.out).unwrap();
        match Command::new(shell).arg("-n").arg(&file).output() {
            Ok(checked) => assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr)),
            Err(_) => println!("skipped: no {shell} here"),
        }
    }
}

#[test]
fn the_manual_page_has_every_command() {
    let ran = run(&["man"]);
    assert_eq!(ran.code, Some(0));
    for command in ["mix", "render", "why"] {
        assert!(ran.out.contains(command));
    }
}
