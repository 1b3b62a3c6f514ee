//! Projects of other programs as songs: what is exported comes back, and nothing is read from outside of a project.
#![allow(clippy::disallowed_methods, reason = "makes songs and reads what was written")]

mod common;

use std::path::Path;

use common::{residual_db, sound, write_wav};
use mixsmith_pipeline::{
    ExportWishes, Folder, Options, Silent, export, import, mix, render_again, set, song_of,
};

const RATE: u32 = 48_000;

fn wav(path: &Path, channels: usize, hz: f32) {
    let sound: Vec<f32> =
        (0..RATE).map(|n| 0.25 * (std::f32::consts::TAU * hz * n as f32 / RATE as f32).sin()).collect();
    write_wav(path, RATE, &vec![&sound[..]; channels]);
}

const SESSION: &str = r#"
format = 1
[song]
title = "there and back"
rate = 48000
tempo = 120.0
length = "1.000 s"
markers = [ "0.000 s  verse", "0.500 s  chorus" ]
[source.vox]
file = "vox.wav"
hash = ""
channels = 1
length = "1.000 s"
[source.keys]
file = "keys.wav"
hash = ""
channels = 2
length = "1.000 s"
[strip.vox]
name = "Vox"
kind = "track"
to = "mix"
fader = "-3 dB"
trim = "2 dB"
clips = [{ source = "vox", at = "0.000 s", length = "1.000 s" }]
[strip.vox.inserts.sat]
kind = "colour.saturator"
[strip.vox.sends.hall]
level = "-9 dB"
[strip.keys]
name = "Keys"
kind = "track"
to = "band"
fader = "-6 dB"
clips = [{ source = "keys", at = "0.250 s", length = "0.500 s" }]
[strip.band]
name = "Band"
kind = "bus"
to = "mix"
fader = "-1 dB"
[strip.hall]
name = "Hall"
kind = "return"
to = "mix"
[strip.hall.inserts.verb]
kind = "space.reverb"
[strip.mix]
name = "Mix"
kind = "bus"
to = "master"
[strip.master]
name = "Master"
kind = "master"
fader = "-0.5 dB"
"#;

#[test]
fn what_is_exported_comes_back_and_sounds_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let song = dir.path().join("song");
    std::fs::create_dir_all(song.join("mix")).unwrap();
    wav(&song.join("vox.wav"), 1, 440.0);
    wav(&song.join("keys.wav"), 2, 330.0);
    std::fs::write(song.join("mix/session.toml"), SESSION).unwrap();
    let folder = Folder::open(&song, None).unwrap();
    render_again(&folder, &Options::default(), &Silent).unwrap();
    let ours = sound(&folder.out.join("master.wav"));
    let all: Vec<String> =
        ["aaf", "ardour", "dawproject", "reaper", "live", "stems", "x32"].map(str::to_owned).to_vec();
    let (exported, _) =
        export(&folder, &all, &ExportWishes::default(), &Options::default(), &Silent).unwrap();
    assert_eq!(exported.len(), 7);
    for done in &exported {
        for file in done.files.iter().map(String::as_str).chain(["honesty.txt", "honesty.json"]) {
            let size = std::fs::metadata(done.folder.join(file)).map_or(0, |found| found.len());
            assert!(size > 0 || file == "labels.txt", "{}: {file}", done.format);
        }
    }
    assert!(!folder.mix.join("cache/export/0.wav").exists(), "sounds on their way are gone");
    for done in exported
        .iter()
        .filter(|done| ["aaf", "ardour", "dawproject", "reaper", "live"].contains(&done.format))
    {
        let project = done.folder.join(&done.files[0]);
        let back = dir.path().join(format!("back-{}", done.format));
        let imported = import(&project, &back, &Options::default(), &Silent).unwrap();
        assert_eq!(imported.session.song.markers.len(), 2, "{}", done.format);
        assert_eq!(imported.session.sources.len(), 3, "{}: vox, keys and the printed hall", done.format);
        let folder = Folder::open(&back, None).unwrap();
        let mixed = render_again(&folder, &Options::default(), &Silent).unwrap();
        assert!(mixed.notes.iter().all(|note| !note.warning), "{}: {:?}", done.format, mixed.notes);
        let theirs = sound(&folder.out.join("master.wav"));
        for (a, b) in ours.channels.iter().zip(&theirs.channels) {
            assert_eq!(a.len(), b.len(), "{}", done.format);
        }
        let residual = residual_db(&ours, &theirs);
        println!("{}: residual {residual:.1} dB", done.format);
        assert!(residual < -80.0, "{}: residual {residual:.1} dB", done.format);
    }
}

/// A project of REAPER with one item.
fn project(file: &str) -> String {
    format!(
        "<REAPER_PROJECT 0.1 \"7.0\" 0\n  SAMPLERATE 48000 1 0\n  <TRACK {{A}}\n    NAME A\n    <ITEM\n      POSITION 0\n      \
         LENGTH 1\n      <SOURCE WAVE\n        FILE \"{file}\"\n      >\n    >\n  >\n>\n"
    )
}

#[test]
fn sounds_that_came_along_are_found_below_the_project() {
    let dir = tempfile::tempdir().unwrap();
    let project = dir.path().join("moved");
    std::fs::create_dir_all(project.join("b/Audio Files")).unwrap();
    wav(&project.join("b/Audio Files/a.wav"), 1, 440.0);
    wav(&dir.path().join("b.wav"), 1, 440.0);
    for (file, sounds) in [("old folder/a.wav", 1), ("old folder/b.wav", 0)] {
        let rpp = project.join("a.rpp");
        std::fs::write(&rpp, self::project(file)).unwrap();
        let song = dir.path().join(format!("song-{sounds}"));
        let imported = import(&rpp, &song, &Options::default(), &Silent).unwrap();
        assert_eq!(imported.session.sources.len(), sounds, "{file}");
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_read_from_outside_of_a_project() {
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("project");
    std::fs::create_dir_all(inside.join("audio")).unwrap();
    let secret = dir.path().join("secret.wav");
    wav(&secret, 1, 440.0);
    wav(&inside.join("audio/fine.wav"), 1, 440.0);
    std::os::unix::fs::symlink(&secret, inside.join("audio/link.wav")).unwrap();
    std::os::unix::fs::symlink(dir.path(), inside.join("audio/up")).unwrap();
    assert!(
        std::process::Command::new("mkfifo").arg(inside.join("audio/pipe.wav")).status().unwrap().success()
    );
    let absolute = secret.display().to_string();
    let cases = [
        ("audio/fine.wav", 1),
        ("../secret.wav", 0),
        (&absolute, 0),
        ("audio/link.wav", 0),
        ("audio/up/secret.wav", 0),
        ("audio/pipe.wav", 0),
        ("audio", 0),
        ("/dev/zero", 0),
        ("audio/none.wav", 0),
    ];
    for (n, (file, sounds)) in cases.into_iter().enumerate() {
        let rpp = inside.join(format!("{n}.rpp"));
        std::fs::write(&rpp, project(file)).unwrap();
        let song = dir.path().join(format!("song-{n}"));
        let imported = import(&rpp, &song, &Options::default(), &Silent).unwrap();
        assert_eq!(imported.session.sources.len(), sounds, "{file}");
        if sounds == 0 {
            assert!(imported.losses.iter().any(|loss| loss.fate.word() == "lost"), "{file}");
        }
    }
    let mut left: Vec<String> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("song-"))
        .collect();
    left.sort();
    assert_eq!(left, ["project", "secret.wav"], "nothing was written elsewhere");
}

#[test]
fn a_song_is_no_longer_than_its_sounds() {
    let dir = tempfile::tempdir().unwrap();
    wav(&dir.path().join("a.wav"), 1, 440.0);
    let rpp = dir.path().join("a.rpp");
    std::fs::write(&rpp, project("a.wav").replace("LENGTH 1\n", "LENGTH 99999999999\n")).unwrap();
    let imported = import(&rpp, &dir.path().join("long"), &Options::default(), &Silent).unwrap();
    assert!(imported.session.song.frames <= 31 * u64::from(RATE), "{}", imported.session.song.frames);
    std::fs::write(&rpp, project("a.wav").replace("POSITION 0\n", "POSITION 80000\n")).unwrap();
    let error = import(&rpp, &dir.path().join("late"), &Options::default(), &Silent).unwrap_err();
    assert!(error.to_string().contains("22 hours"), "{error}");
    assert!(!dir.path().join("late").exists());
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let rpp = dir.path().join("a.rpp");
    std::fs::write(&rpp, project("a.wav")).unwrap();
    let error = import(&rpp, dir.path(), &Options::default(), &Silent).unwrap_err();
    assert!(error.to_string().contains("recorded tracks"), "{error}");
    let error = import(Path::new("/nowhere/a.rpp"), &dir.path().join("b"), &Options::default(), &Silent);
    assert!(error.is_err() && !dir.path().join("b").exists());
    let error =
        import(&dir.path().join("a.xyz"), &dir.path().join("b"), &Options::default(), &Silent).unwrap_err();
    assert!(error.to_string().contains(".dawproject"), "{error}");
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place);
        } else {
            std::fs::write(&place, std::fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

#[test]
fn a_project_is_as_good_as_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let sample =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/interchange/samples/ardour73-mixa");
    let project = dir.path().join("mixa").join("mixa.ardour");
    if sample.exists() {
        copy(&sample, project.parent().unwrap());
    } else {
        // Without the session that Ardour saved, one of our own.
        let song = dir.path().join("song");
        std::fs::create_dir_all(song.join("mix")).unwrap();
        wav(&song.join("vox.wav"), 1, 440.0);
        wav(&song.join("keys.wav"), 2, 330.0);
        std::fs::write(song.join("mix/session.toml"), SESSION).unwrap();
        let folder = Folder::open(&song, None).unwrap();
        let (exported, _) =
            export(&folder, &["ardour".to_owned()], &ExportWishes::default(), &Options::default(), &Silent)
                .unwrap();
        copy(&exported[0].folder, project.parent().unwrap());
        std::fs::rename(project.with_file_name("there and back.ardour"), &project).unwrap();
    }
    let open = || song_of(&project, None, &Options::default(), &Silent);
    let (song, notes) = open().unwrap();
    assert_eq!(song, dir.path().join("mixa/mixa"));
    assert!(notes[0].says.contains("tracks of the Ardour project"), "{notes:?}");
    let folder = Folder::open(&song, None).unwrap();
    mix(&folder, &Options::default(), &Silent).unwrap();
    assert!(folder.out.join("master.wav").exists());
    // A hand turns a knob; the next mix of the project mixes around it.
    let first = mixsmith_session::parse(
        &std::fs::read_to_string(folder.session()).unwrap(),
        &mixsmith_effects::KINDS,
    )
    .unwrap()
    .0;
    let track = first.tracks().next().unwrap().id.clone();
    set(&folder, &[format!("{track}/fader=-17.25")]).unwrap();
    let (again, notes) = open().unwrap();
    assert_eq!((again, notes), (song.clone(), Vec::new()));
    mix(&folder, &Options::default(), &Silent).unwrap();
    let text = std::fs::read_to_string(folder.session()).unwrap();
    assert!(text.contains("-17.25 dB"), "{text}");
    // A project that changed is not imported over what hands have done.
    let mut changed = std::fs::read(&project).unwrap();
    changed.extend(b"\n");
    std::fs::write(&project, changed).unwrap();
    let (_, notes) = open().unwrap();
    assert!(notes[0].warning && notes[0].says.contains("has changed"), "{notes:?}");
}

#[test]
fn a_project_takes_no_other_songs_place() {
    let dir = tempfile::tempdir().unwrap();
    wav(&dir.path().join("a.wav"), 1, 440.0);
    let (rpp, other) = (dir.path().join("song.rpp"), dir.path().join("other.rpp"));
    std::fs::write(&rpp, project("a.wav")).unwrap();
    std::fs::write(&other, project("none.wav")).unwrap();
    let open = |project: &Path, out: Option<&Path>| song_of(project, out, &Options::default(), &Silent);
    let song = dir.path().join("song");
    std::fs::create_dir(&song).unwrap();
    std::fs::write(song.join("notes.txt"), "mine").unwrap();
    let error = open(&rpp, None).unwrap_err().to_string();
    assert!(error.contains("something else") && error.contains("--out"), "{error}");
    let elsewhere = dir.path().join("elsewhere");
    assert_eq!(open(&rpp, Some(&elsewhere)).unwrap().0, elsewhere);
    let error = open(&other, Some(&elsewhere)).unwrap_err().to_string();
    assert!(error.contains("something else"), "{error}");
    let error = open(&other, None).unwrap_err().to_string();
    assert!(error.contains("none of its sounds") && error.contains("none"), "{error}");
    let error = open(&dir.path().join("a.wav"), None).unwrap_err().to_string();
    assert!(error.contains(".rpp"), "{error}");
    let mut left: Vec<String> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["a.wav", "elsewhere", "other.rpp", "song", "song.rpp"]);
    assert_eq!(std::fs::read_to_string(song.join("notes.txt")).unwrap(), "mine");
}
