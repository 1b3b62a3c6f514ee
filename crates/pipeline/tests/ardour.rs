//! Ardour, where it is installed, plays what is exported for it as the engine does. Rides are as slow as hands are: a jump
//! of a level glides in Ardour over some 20 ms, and automation was measured to be 256 frames late in its headless export.
#![allow(clippy::disallowed_methods, reason = "makes songs and runs Ardour")]

mod common;

use std::f32::consts::TAU;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{residual_db, write_wav};
use mixsmith_pipeline::{ExportWishes, Folder, Options, Silent, export, render_again};

const RATE: u32 = 48_000;

/// Notes that decay, so that a shift in time shows.
fn sound(hz: f32, beats: usize, frames: usize) -> Vec<f32> {
    let every = frames / beats;
    let at = |n: usize| {
        let t = (n % every) as f32 / RATE as f32;
        0.4 * (-6.0 * t).exp() * (TAU * hz * t).sin()
    };
    (0..frames).map(at).collect()
}

const SESSION: &str = r#"
format = 1
[song]
title = "judged"
rate = 48000
tempo = 120.0
length = "6.000 s"
[source.kick]
file = "kick.wav"
hash = ""
channels = 1
length = "6.000 s"
[source.vox]
file = "vox.wav"
hash = ""
channels = 1
length = "6.000 s"
[source.keys]
file = "keys.wav"
hash = ""
channels = 2
length = "6.000 s"
[strip.kick]
name = "Kick"
kind = "track"
to = "drums"
fader = "-7.43 dB"
trim = "0.71 dB"
clips = [{ source = "kick", at = "0.000 s", length = "6.000 s" }]
[strip.kick.inserts.gate]
kind = "dynamics.gate"
threshold = "-30 dB"
[strip.vox]
name = "Vox"
kind = "track"
to = "mix"
fader = "-3.1 dB"
pan = "R37"
clips = [{ source = "vox", at = "0.250 s", length = "5.000 s" }]
[strip.vox.lanes]
ride = [
    "0.650 s  0 dB",
    "1.450 s  -1.5 dB",
    "4.000 s  -1.5 dB",
    "5.000 s  1 dB",
]
[strip.vox.sends.air]
level = "-8 dB"
[strip.vox.sends.room]
level = "-12 dB"
tap = "pre"
[strip.keys]
name = "Keys"
kind = "track"
to = "mix"
fader = "-9.34 dB"
pan = "L22"
clips = [{ source = "keys", at = "0.000 s", length = "6.000 s" }]
[strip.keys.sends.verb]
level = "-10 dB"
[strip.drums]
name = "Drums"
kind = "bus"
to = "mix"
fader = "-1.25 dB"
pan = "R10"
[strip.air]
name = "Air"
kind = "return"
to = "mix"
fader = "-2 dB"
[strip.room]
name = "Room"
kind = "return"
to = "mix"
pan = "L60"
[strip.verb]
name = "Verb"
kind = "return"
to = "mix"
[strip.verb.inserts.verb]
kind = "space.reverb"
[strip.mix]
name = "Mix"
kind = "bus"
to = "master"
trim = "-2.5 dB"
[strip.master]
name = "Master"
kind = "master"
fader = "-1.0 dB"
"#;

#[test]
fn ardour_plays_what_the_engine_plays() {
    if Command::new("ardour7-export").arg("--version").output().is_err() {
        println!("skipped: ardour7-export is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let song = dir.path().join("song");
    std::fs::create_dir_all(song.join("mix")).unwrap();
    let frames = 6 * RATE as usize;
    write_wav(&song.join("kick.wav"), RATE, &[&sound(61.0, 12, frames)]);
    write_wav(&song.join("vox.wav"), RATE, &[&sound(443.0, 7, frames)]);
    write_wav(&song.join("keys.wav"), RATE, &[&sound(330.0, 5, frames), &sound(331.5, 3, frames)]);
    std::fs::write(song.join("mix/session.toml"), SESSION).unwrap();
    let folder = Folder::open(&song, None).unwrap();
    let mixed = render_again(&folder, &Options::default(), &Silent).unwrap();
    assert!(mixed.notes.iter().all(|note| !note.about.contains("session")), "{:?}", mixed.notes);
    let (exported, _) =
        export(&folder, &["ardour".to_owned()], &ExportWishes::default(), &Options::default(), &Silent)
            .unwrap();
    let ours = common::sound(&folder.out.join("master.wav"));
    // On a busy machine Ardour 7.3 bounces one session differently from run to run: pairs of bounces were 144 dB or 3 dB apart.
    // A session that is wrong is wrong each time, so the nearest of a few counts.
    let mut best = f64::INFINITY;
    for n in 0..TRIES {
        let theirs = common::sound(&bounce(&exported[0].folder, &dir.path().join(format!("{n}.wav"))));
        assert!(theirs.frames() >= ours.frames(), "{} {}", theirs.frames(), ours.frames());
        best = best.min(residual_db(&ours, &theirs));
        println!("residual {best:.1} dB");
        if best < -60.0 {
            return;
        }
    }
    panic!("residual {best:.1} dB");
}

const TRIES: usize = 5;

/// Lets Ardour play a session into a file.
fn bounce(session: &Path, to: &Path) -> PathBuf {
    // Under this allocator Ardour 7.3 (Debian) does not write past what it has; without the library it is as ever.
    let ran = Command::new("ardour7-export")
        .env("LD_PRELOAD", "libjemalloc.so.2")
        .args(["-b", "float", "-o"])
        .args([to, session])
        .arg("judged")
        .output();
    let ran = ran.unwrap();
    let said = String::from_utf8_lossy(&ran.stderr).into_owned() + &String::from_utf8_lossy(&ran.stdout);
    // Its status is not asked: Ardour 7.3 sometimes falls over itself when it has written the file and ends.
    assert!(to.exists(), "{said}");
    to.to_owned()
}
