//! Things that go wrong: the documented exit code, a message that names the file and says what to do, and all kept
//! that can be kept.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod common;

use common::{Ran, Song, float_wav, run, tone, wav};
use mixsmith_audio::{Audio, Dither, flac_bytes};

/// The run failed with the code, and its message has all of the words.
fn failed(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!(ran.code, Some(code), "{}", ran.err);
    said(ran, words);
}

/// The run went well, and said all of the words.
fn went_on(ran: &Ran, words: &[&str]) {
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    said(ran, words);
}

fn said(ran: &Ran, words: &[&str]) {
    for word in words {
        assert!(ran.err.contains(word), "`{word}` is not in:\n{}", ran.err);
    }
}

fn tone16() -> Vec<i16> {
    tone().iter().map(|x| (x * 32_767.0) as i16).collect()
}

#[test]
fn a_folder_that_is_not_there() {
    let song = Song::empty();
    let nowhere = song.path("nowhere");
    let ran = run(&["mix", nowhere.to_str().unwrap()]);
    failed(&ran, 4, &["nowhere", "Give the folder that holds the song's recorded tracks"]);
    assert!(!nowhere.exists());
    song.put("a.wav", b"x");
    failed(
        &run(&["mix", song.path("a.wav").to_str().unwrap()]),
        4,
        &["a.wav", "neither a folder nor a project"],
    );
}

#[test]
fn an_empty_folder_stays_empty() {
    let song = Song::empty();
    failed(&song.mix(), 4, &["song", "no track"]);
    assert_eq!(std::fs::read_dir(song.root()).unwrap().count(), 0);
}

#[test]
fn bad_files_beside_good_ones_are_named_and_the_mix_goes_on() {
    let song = Song::small();
    song.put("notes to self.wav", "buy strings\n".repeat(50));
    song.put("nothing.wav", b"");
    song.put("claims.wav", wav(&tone16(), Some(u32::MAX)));
    let flac = flac_bytes(&Audio::mono(48_000, tone()), 16, Dither::None).unwrap();
    song.put("cut.flac", &flac[..flac.len() * 2 / 3]);
    let mut holed = tone();
    holed[1000..1100].fill(f32::NAN);
    holed[5000] = f32::INFINITY;
    song.put("holed.wav", float_wav(&holed));
    let ran = song.mix();
    went_on(&ran, &["notes to self.wav", "nothing.wav", "claims.wav", "cut.flac", "holed.wav"]);
    let session = song.text("mix/session.toml");
    for kept in ["claims.wav", "cut.flac", "holed.wav", "lead-vocal.wav"] {
        assert!(session.contains(kept), "{kept} is in the mix");
    }
    for lost in ["notes to self.wav", "nothing.wav"] {
        assert!(!session.contains(lost), "{lost} is not in the mix");
    }
    // A second run takes all from the cache and says the same.
    let warm = song.mix();
    went_on(&warm, &["notes to self.wav", "nothing.wav", "claims.wav", "cut.flac", "holed.wav"]);
    let mix = mixsmith_audio::read(&song.path("mix/out/mix.wav")).unwrap().streams.remove(0).audio;
    assert!(mix.channels.iter().flatten().all(|sample| sample.is_finite()));
}

#[test]
fn when_no_file_can_be_read_each_is_listed() {
    let song = Song::empty();
    song.put("one.wav", "words");
    song.put("two.flac", b"");
    failed(&song.mix(), 4, &["one.wav", "two.flac"]);
    assert!(!song.path("mix").exists());
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let song = Song::small();
    song.put("secret.wav", wav(&tone16(), None));
    std::fs::set_permissions(song.path("secret.wav"), PermissionsExt::from_mode(0o000)).unwrap();
    if std::fs::read(song.path("secret.wav")).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    went_on(&song.mix(), &["secret.wav", "ermission"]);
}

#[test]
fn a_session_that_is_no_toml_is_not_touched() {
    let song = Song::small();
    went_on(&song.mix(), &[]);
    let text = song.text("mix/session.toml").replacen("name = \"", "name = ", 1);
    let line =
        1 + text.lines().position(|line| line.starts_with("name = ") && !line.contains("= \"")).unwrap();
    song.put("mix/session.toml", &text);
    for command in ["mix", "render", "decide"] {
        failed(&song.run(command, &[]), 3, &["session.toml", &format!("line {line}")]);
    }
    assert_eq!(song.text("mix/session.toml"), text);
}

#[test]
fn slips_in_the_session_are_named_by_line_and_not_lost() {
    let song = Song::small();
    went_on(&song.mix(), &[]);
    let good = song.text("mix/session.toml");
    let voice = good.lines().position(|line| line == "[strip.lead-vocal]").expect("the voice has a strip");
    let own = |line: &&str| !line.starts_with("fader") && !line.starts_with("to =");
    let head = good.lines().take(voice + 1);
    let rest: Vec<&str> = good.lines().skip(voice + 1).collect();
    let end = rest.iter().position(|line| line.starts_with('[')).unwrap_or(rest.len());
    let tail = rest[..end].iter().copied().filter(own).chain(rest[end..].iter().copied());
    let slips = "fader = \"-320 dB\"\nto = \"nowhere\"";
    let effect = "[strip.lead-vocal.inserts.wonder]\nkind = \"tone.wonder\"";
    let mut text = head.collect::<Vec<_>>().join("\n");
    text += &format!("\n{slips}\n{}\n{effect}\n", tail.collect::<Vec<_>>().join("\n"));
    song.put("mix/session.toml", &text);

    let ran = song.mix();
    let line = voice + 2;
    went_on(
        &ran,
        &[
            &format!("session.toml:{line}: "),
            "lead-vocal/fader: -320 dB is out of range",
            "from -90 dB to 12 dB",
            &format!("session.toml:{}: ", line + 1),
            "nowhere",
            "tone.wonder",
        ],
    );
    let after = song.text("mix/session.toml");
    for lost in ["-320 dB", "nowhere", "tone.wonder"] {
        assert!(after.contains(lost), "`{lost}` stays in the file:\n{after}");
    }
}

#[test]
fn routes_in_a_circle_are_named_and_opened() {
    let song = Song::small();
    went_on(&song.mix(), &[]);
    let good = song.text("mix/session.toml");
    let mix = good.lines().position(|line| line == "[strip.mix]").unwrap();
    let mut lines: Vec<&str> = good.lines().collect();
    let to = mix + lines[mix..].iter().position(|line| line.starts_with("to = ")).unwrap();
    lines[to] = "to = \"mix\"";
    song.put("mix/session.toml", lines.join("\n") + "\n");
    went_on(&song.run("render", &[]), &[&format!("session.toml:{}: ", to + 1), "mix > mix"]);
}

#[test]
fn faults_in_song_toml_are_named() {
    let song = Song::small();
    song.put("song.toml", "title = \"A\"\nloudnes = \"loud\"\n");
    failed(&song.mix(), 3, &["song.toml", "line 2", "loudnes", "loudness"]);
    song.put("song.toml", "[roles]\n\"keys.wav\" = \"kazoo-orchestra\"\n");
    failed(&song.mix(), 3, &["song.toml", "keys.wav", "kazoo-orchestra"]);
    song.put("song.toml", "[roles]\n\"no-such-file.wav\" = \"keys\"\n");
    went_on(&song.mix(), &["song.toml", "no-such-file.wav"]);
}

#[test]
fn damaged_decisions_stop_the_run_before_anything_is_written() {
    let song = Song::small();
    went_on(&song.mix(), &[]);
    let session = song.text("mix/session.toml");
    let text = song.text("mix/decisions.toml");
    let cut = text.rfind("says = ").unwrap() + "says = \"The".len();
    song.put("mix/decisions.toml", &text[..cut]);
    failed(&song.mix(), 3, &["decisions.toml", "line", "delete it"]);
    assert_eq!(song.text("mix/session.toml"), session);
    failed(&song.run("why", &[]), 3, &["decisions.toml"]);
    song.put("mix/decisions.toml", b"format = 1\n# \xff\xfe\n");
    failed(&song.mix(), 3, &["decisions.toml", "UTF-8"]);
}

#[test]
fn a_place_that_cannot_be_written_to() {
    let song = Song::small();
    song.put("taken", "a letter");
    let out = song.path("taken");
    let ran = song.run("mix", &["--out", out.to_str().unwrap()]);
    failed(&ran, 5, &["taken", "choose another place with --out"]);
    assert_eq!(song.text("taken"), "a letter");
    song.put("mix", "not a folder");
    failed(&song.mix(), 5, &["mix", "--out"]);
}

#[test]
fn commands_that_need_a_mix_say_so() {
    let song = Song::small();
    for (command, more) in [("render", vec![]), ("why", vec![]), ("set", vec!["lead-vocal/fader=1"])] {
        failed(&song.run(command, &more), 4, &["mixsmith mix"]);
    }
    assert!(!song.path("mix").exists());
    went_on(&song.mix(), &[]);
    failed(&song.run("set", &["nobody/fader=1"]), 2, &["nobody"]);
    failed(&song.run("set", &["lead-vocal/fader=400"]), 2, &["400", "12 dB"]);
    failed(&song.run("set", &["lead-vocal/fader"]), 2, &["lead-vocal/fader"]);
    failed(&song.run("why", &["nobody"]), 2, &["nobody"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    use std::process::Command;
    let song = Song::small();
    // Too small for the cache of decoded tracks; large enough for it and too small for the prints.
    for size in ["1m", "5m"] {
        let small = tempfile::tempdir().unwrap();
        let mount = ["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"];
        if !Command::new("mount").args(mount).arg(small.path()).output().is_ok_and(|ran| ran.status.success())
        {
            println!("skipped: this user may not mount a small disk");
            return;
        }
        let ran = run(&["mix", song.root().to_str().unwrap(), "--out", small.path().to_str().unwrap()]);
        let left = common::files(small.path());
        assert!(Command::new("umount").arg(small.path()).status().unwrap().success());
        failed(&ran, 5, &["the disk is full", "--out"]);
        for path in left {
            let name = path.file_name().unwrap().to_string_lossy();
            assert!(!name.ends_with(".part") && name != "lock" && !name.ends_with(".wav"), "{size}: {name}");
        }
    }
}
