//! The road on disks that fail: every call in turn, and the power gone at any moment. The session is the old one or the
//! new one, no print has its name and a wrong content, the message says what happened, and a second try works.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::hashes;
use mixsmith_audio::disk::{Fault, Faulty, Memory, Real, Recorded};
use mixsmith_audio::{Dither, Sample, WavWriter};
use mixsmith_pipeline::{
    Folder, Options, PipelineError, Silent, backups, decide, mix, prepare, render_again, restore, set, unset,
};
use tempfile::TempDir;

/// Two tracks of a second and a half.
fn song() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("song")).unwrap();
    for (name, hz) in [("bass.wav", 55.0), ("keys.wav", 440.0)] {
        let wave = |n: usize| (n as f32 / 48_000.0 * hz * std::f32::consts::TAU).sin();
        let samples: Vec<f32> =
            (0..72_000).map(|n| 0.3 * wave(n) * (1.0 - (n % 24_000) as f32 / 24_000.0)).collect();
        let path = dir.path().join("song").join(name);
        let mut writer = WavWriter::create(&path, 48_000, 1, Sample::I16, Dither::None).unwrap();
        writer.write(&[&samples]).unwrap();
        writer.finish().unwrap();
    }
    dir
}

fn options() -> Options {
    Options { threads: 1, ..Options::default() }
}

fn folder(dir: &Path) -> Folder {
    Folder::open(&dir.join("song"), None).unwrap()
}

/// A copy of a folder with all that is in it.
fn copy(from: &Path) -> TempDir {
    fn inside(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                inside(&entry.path(), &to);
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let dir = tempfile::tempdir().unwrap();
    inside(from, dir.path());
    dir
}

fn gate() -> bool {
    std::env::var("MIXSMITH_GATE").is_ok_and(|gate| gate == "1")
}

/// Every call with `MIXSMITH_GATE=1`, else a few of them.
fn calls(all: u64, few: u64) -> Vec<u64> {
    let step = if gate() { 1 } else { (all / few).max(1) };
    // The last calls are where names are given.
    (0..all).step_by(step as usize).chain(all.saturating_sub(2)..all).collect()
}

type Work = dyn Fn(&Folder) -> Result<(), PipelineError>;

/// Does some work on copies of a folder, with each call failing in turn.
fn fails_in_turn(before: &Path, few: u64, work: &Work) {
    let old = hashes(&before.join("song"));
    let whole = copy(before);
    let counted = Faulty::once(Real, u64::MAX, Fault::Broken);
    work(&folder(whole.path()).on(Arc::new(counted.clone()))).unwrap();
    let new = hashes(&whole.path().join("song"));
    assert_ne!(old, new);
    let (mut tried, mut told) = (0, 0);
    for (number, call) in calls(counted.calls(), few).into_iter().enumerate() {
        // A save is quick, so each call of it can fail in every way.
        let faults = if few > 100 && gate() { &Fault::ALL[..] } else { &Fault::ALL[number % 6..][..1] };
        for &fault in faults {
            let trial = copy(before);
            let what = format!("{fault:?} at call {call} of {}", counted.calls());
            let done = work(&folder(trial.path()).on(Arc::new(Faulty::once(Real, call, fault))));
            let left = hashes(&trial.path().join("song"));
            for (path, hash) in &left {
                assert!(!path.ends_with(".part") && !path.ends_with("lock"), "{what}: {path} is left");
                // The reasons of a session are looked at below: they may be the new ones, waiting beside the old.
                let known = [&old, &new].iter().any(|known| known.get(path) == Some(hash));
                assert!(
                    known || path.ends_with("decisions.next.toml"),
                    "{what}: {path} is neither old nor new"
                );
            }
            for path in old.keys() {
                assert!(left.contains_key(path) || !new.contains_key(path), "{what}: {path} is gone");
            }
            if let Err(error) = done {
                let text = error.to_string();
                let inside = text.contains(&trial.path().display().to_string());
                assert!(fault.is_error() && inside, "{what}: {text}");
                told += 1;
            }
            explain_opens(&folder(trial.path()));
            work(&folder(trial.path())).unwrap_or_else(|error| panic!("{what}: the second try: {error}"));
            assert_eq!(hashes(&trial.path().join("song")), new, "{what}: after the second try");
            tried += 1;
        }
    }
    println!("{tried} runs of {} calls, {told} ended with a message", counted.calls());
}

fn explain_opens(folder: &Folder) {
    let said = mixsmith_pipeline::why(folder, None);
    assert!(said.is_ok(), "{said:?}");
}

/// A song that is mixed, with a fader turned by hand since.
fn turned() -> TempDir {
    let dir = song();
    mix(&folder(dir.path()), &options(), &Silent).unwrap();
    set(&folder(dir.path()), &["bass/fader=-7.5".to_owned()]).unwrap();
    dir
}

#[test]
fn each_call_of_set_and_unset_fails_in_turn() {
    let dir = turned();
    for large in ["song/mix/out", "song/mix/cache"] {
        std::fs::remove_dir_all(dir.path().join(large)).unwrap();
    }
    fails_in_turn(dir.path(), 1000, &|folder| set(folder, &["keys/fader=-3.25".to_owned()]).map(|_| ()));
    fails_in_turn(dir.path(), 1000, &|folder| unset(folder, &[]).map(|_| ()));
}

#[test]
fn each_call_of_prep_and_decide_fails_in_turn() {
    let dir = turned();
    std::fs::remove_dir_all(dir.path().join("song/mix/out")).unwrap();
    fails_in_turn(dir.path(), 6, &|folder| decide(folder, &options(), &Silent).map(|_| ()));
    // Nothing is cached.
    std::fs::remove_dir_all(dir.path().join("song/mix/cache")).unwrap();
    fails_in_turn(dir.path(), 6, &|folder| prepare(folder, &options(), &Silent).map(|_| ()));
}

#[test]
fn each_call_of_render_and_mix_fails_in_turn() {
    let dir = turned();
    fails_in_turn(dir.path(), 12, &|folder| render_again(folder, &options(), &Silent).map(|_| ()));
    fails_in_turn(dir.path(), 4, &|folder| mix(folder, &options(), &Silent).map(|_| ()));
    // Nothing is cached.
    let fresh = song();
    let whole = copy(fresh.path());
    mix(&folder(whole.path()), &options(), &Silent).unwrap();
    for call in [0, 3, 7] {
        let trial = copy(fresh.path());
        let disk = Faulty::from(Real, call, Fault::Full);
        let error = mix(&folder(trial.path()).on(Arc::new(disk)), &options(), &Silent).unwrap_err();
        assert!(error.to_string().contains("the disk is full"), "{error}");
        mix(&folder(trial.path()), &options(), &Silent).unwrap();
        let (left, new) = (trial.path().join("song"), whole.path().join("song"));
        assert_eq!(hashes(&left), hashes(&new), "full from call {call} on, then mixed");
    }
}

/// The texts of a song as a disk in memory.
fn texts(folder: &Folder) -> BTreeMap<PathBuf, Vec<u8>> {
    let texts = [folder.session(), folder.decisions()];
    texts.into_iter().map(|path| (path.clone(), std::fs::read(&path).unwrap())).collect()
}

#[test]
fn the_power_goes_while_a_session_is_saved() {
    let dir = turned();
    let works: [&Work; 2] = [
        &|folder| set(folder, &["keys/fader=-3.25".to_owned(), "bass/pan=L20".to_owned()]).map(|_| ()),
        &|folder| unset(folder, &[]).map(|_| ()),
    ];
    let on = folder(dir.path());
    let files = texts(&on);
    let mut dice = 0x9e37_79b9_7f4a_7c15u64;
    for work in works {
        let recorded = Recorded::of(files.clone());
        work(&on.clone().on(Arc::new(recorded.clone()))).unwrap();
        let steps = recorded.steps().len();
        let whole = recorded.after_a_power_cut(steps, |_| false);
        let new = whole.files()[&on.session()].clone();
        let why = |memory: Memory| mixsmith_pipeline::why(&on.clone().on(Arc::new(memory)), None).unwrap();
        let reasons = [why(Memory::of(&files)), why(whole)];
        for cut in 0..=steps {
            for round in 0..20 {
                let lost = |_: usize| {
                    dice ^= dice << 13;
                    dice ^= dice >> 7;
                    dice ^= dice << 17;
                    round == 0 || round > 1 && dice % 100 < 5 * round
                };
                let left = recorded.after_a_power_cut(cut, lost);
                let session = &left.files()[&on.session()];
                let is_new = *session == new;
                assert!(is_new || *session == files[&on.session()], "after {cut} of {steps} steps");
                assert_eq!(why(left), reasons[usize::from(is_new)], "after {cut} of {steps} steps");
            }
        }
        // Once it is said to be done, it is.
        let left = recorded.after_a_power_cut(steps, |_| true);
        assert_eq!(left.files()[&on.session()], new);
    }
}

#[test]
fn an_earlier_mix_is_put_back_and_what_is_damaged_is_passed_over() {
    let dir = turned();
    let folder = folder(dir.path());
    let text = || std::fs::read_to_string(folder.session()).unwrap();
    let reasons = || std::fs::read_to_string(folder.decisions()).unwrap();
    let why = || mixsmith_pipeline::why(&folder, None).unwrap();
    let first = (text(), reasons(), why());
    set(&folder, &["keys/fader=-3.25".to_owned()]).unwrap();
    unset(&folder, &["bass/fader".to_owned()]).unwrap();
    let last = (text(), reasons(), why());
    // As mixed, with each of three knobs turned.
    let kept = backups(&folder).unwrap();
    assert_eq!(kept.iter().map(|backup| backup.now).collect::<Vec<_>>(), [true, false, false, false]);

    // A file that an editor has left in pieces: the message says what to do, and it helps.
    std::fs::write(folder.session(), &last.0[..last.0.len() / 2 + 3]).unwrap();
    std::fs::write(folder.session(), format!("{}\n[strip", &last.0[..last.0.len() / 2])).unwrap();
    let error = mixsmith_pipeline::why(&folder, None).unwrap_err().to_string();
    assert!(error.contains("mixsmith restore"), "{error}");
    let restored = restore(&folder, None).unwrap();
    assert_eq!(restored.when, kept[0].when);
    assert_eq!((text(), reasons(), why()), last);
    // What was in pieces is kept too, and passed over.
    assert_eq!(backups(&folder).unwrap().iter().filter(|backup| backup.damaged.is_some()).count(), 1);

    // By its time, and back again: a hand is still a hand.
    restore(&folder, Some(&kept[2].when)).unwrap();
    assert_eq!((text(), reasons(), why()), first);
    assert!(restore(&folder, Some("1999")).unwrap_err().to_string().contains("--list"));
    restore(&folder, Some(&kept[0].when)).unwrap();
    assert_eq!((text(), reasons(), why()), last);

    // The newest are damaged on the disk: the one before them is taken, and it is said.
    let all = backups(&folder).unwrap();
    let other = all.iter().position(|backup| !backup.now && backup.damaged.is_none()).unwrap();
    for backup in &all[..=other] {
        std::fs::write(folder.backups().join(format!("{}.session.toml", backup.when)), b"\xff\xfe").unwrap();
    }
    let restored = restore(&folder, None).unwrap();
    assert!(!restored.notes.is_empty() && restored.notes.iter().all(|note| note.warning), "{restored:?}");
    assert!(all[other + 1..].iter().any(|backup| backup.when == restored.when));
}
