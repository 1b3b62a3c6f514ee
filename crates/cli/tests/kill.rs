//! Rows 41, 49 and 67 of the scorecard: the program ended at random moments, by force and by Ctrl-C. The moments follow
//! from a seed; with `MIXSMITH_GATE=1` there are 200 and more of them, else a few.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "tests read files, run the program and wait")]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{Song, files, mixsmith, run};
use mixsmith_audio::{content_hash, hex};
use mixsmith_effects::KINDS;
use mixsmith_session::{Edit, Session, parse};

fn gate() -> bool {
    std::env::var("MIXSMITH_GATE").is_ok_and(|gate| gate == "1")
}

/// Random numbers from a seed.
struct Dice(u64);

impl Dice {
    /// A moment between nothing and a length of time.
    fn moment(&mut self, most: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        most.mul_f64((self.0 >> 11) as f64 / (1u64 << 53) as f64)
    }
}

fn start(song: &Song, command: &str, more: &[&str]) -> Child {
    let root = song.root();
    let mut program = mixsmith(&[&[command, root.to_str().unwrap()], more].concat());
    program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// How long a command takes when nobody ends it.
fn length(song: &Song, command: &str, more: &[&str]) -> Duration {
    let begun = Instant::now();
    assert!(start(song, command, more).wait().unwrap().success());
    begun.elapsed()
}

fn session(song: &Song) -> Session {
    parse(&song.text("mix/session.toml"), &KINDS).unwrap().0
}

/// Hashes of the files below a folder, but those of the cache, the backups and what is half-written.
fn hashes(root: &Path) -> BTreeMap<PathBuf, String> {
    let hash = |path: PathBuf| {
        let below = path.strip_prefix(root).unwrap().to_owned();
        let name = below.to_string_lossy().into_owned();
        let ours = ["mix/cache/", "mix/backups/", "mix/lock", "mix/decisions.next.toml"];
        let left_out = name.ends_with(".part") || ours.iter().any(|start| name.starts_with(start));
        (!left_out).then(|| (below, hex(&content_hash(&path).unwrap())))
    };
    files(root).into_iter().filter_map(hash).collect()
}

#[test]
fn killed_while_saving_the_session_is_old_or_new() {
    let song = Song::small();
    assert_eq!(song.mix().code, Some(0));
    let most = length(&song, "set", &["keys/fader=-1"]).mul_f64(1.2);
    let mut dice = Dice(0x5eed_0041);
    let (mut old_ones, mut new_ones) = (0, 0);
    for number in 0..if gate() { 150 } else { 12 } {
        let before = session(&song);
        let setting = format!("keys/fader=-{}.5", number % 80);
        let mut after = before.clone();
        let at = "keys/fader".parse().unwrap();
        after.apply(&KINDS, &Edit::Set { at, to: -(number as f32 % 80.0) - 0.5 }).unwrap();
        let mut child = start(&song, "set", &[&setting]);
        std::thread::sleep(dice.moment(most));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = session(&song);
        assert!(now == before || now == after, "{setting}: neither old nor new");
        *if now == before { &mut old_ones } else { &mut new_ones } += 1;
        // It opens, with its reasons, and the song is nobody's.
        if number % 4 == 0 {
            let ran = run(&["why", song.root().to_str().unwrap()]);
            assert_eq!(ran.code, Some(0), "{}", ran.err);
        }
    }
    println!("killed while saving: {old_ones} old, {new_ones} new");
    let ran = song.run("set", &["keys/fader=-3"]);
    assert_eq!(ran.code, Some(0), "a dead run holds nobody up: {}", ran.err);
}

#[test]
fn killed_while_mixing_every_file_is_old_or_new() {
    let song = Song::small();
    assert_eq!(song.mix().code, Some(0));
    assert_eq!(song.run("set", &["keys/fader=-7"]).code, Some(0));
    let kept = Copied::of(&song);
    let old = hashes(&song.root());
    let most = length(&song, "mix", &["--threads", "2"]);
    let new = hashes(&song.root());
    assert_ne!(old, new);
    let mut dice = Dice(0x5eed_0044);
    for number in 0..if gate() { 50 } else { 4 } {
        kept.put_back(&song);
        let mut child = start(&song, "mix", &["--threads", "2"]);
        std::thread::sleep(dice.moment(most));
        child.kill().unwrap();
        child.wait().unwrap();
        for (path, hash) in hashes(&song.root()) {
            let known = [&old, &new].iter().any(|known| known.get(&path) == Some(&hash));
            assert!(known, "{}: neither old nor new", path.display());
        }
        if number % 4 == 0 {
            assert_eq!(song.mix().code, Some(0), "a dead run holds nobody up");
            assert_eq!(hashes(&song.root()), new, "mixed again");
        }
    }
}

/// A song's folder, kept to be put back.
struct Copied(tempfile::TempDir);

impl Copied {
    fn of(song: &Song) -> Self {
        let kept = Copied(tempfile::tempdir().unwrap());
        copy(&song.root(), &kept.0.path().join("song"));
        kept
    }
    fn put_back(&self, song: &Song) {
        std::fs::remove_dir_all(song.root()).unwrap();
        copy(&self.0.path().join("song"), &song.root());
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &to) } else { assert!(std::fs::copy(&path, to).is_ok()) }
    }
}

/// Within a second, which the gate asserts; a busy machine is only asked to end at all.
#[test]
fn ctrl_c_at_any_moment_ends_at_once_and_clean() {
    let song = Song::small();
    let commands = ["mix", "mix", "render", "decide", "prep"];
    let most = commands.map(|command| length(&song, command, &["--threads", "2"]));
    let kept = Copied::of(&song);
    let mut dice = Dice(0x5eed_0067);
    let mut longest = Duration::ZERO;
    for number in 0..if gate() { 30 } else { 5 } {
        let (command, most) = (commands[number % 5], most[number % 5]);
        kept.put_back(&song);
        if number % 5 == 0 {
            // Nothing is cached.
            std::fs::remove_dir_all(song.path("mix")).unwrap();
        }
        let root = song.root();
        let mut program = mixsmith(&[command, root.to_str().unwrap(), "--threads", "2"]);
        let mut child = program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        // Once it has said where it is, it listens to signals.
        let mut says = BufReader::new(child.stderr.take().unwrap());
        says.read_line(&mut String::new()).unwrap();
        let heard = std::thread::spawn(move || std::io::copy(&mut says, &mut std::io::sink()));
        std::thread::sleep(dice.moment(most));
        let asked = Instant::now();
        let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let code = child.wait().unwrap().code();
        longest = longest.max(asked.elapsed());
        // It may have been done already.
        assert!(code == Some(130) || code == Some(0), "{command}: {code:?}, {told}");
        heard.join().unwrap().unwrap();
        song.assert_whole();
    }
    println!("Ctrl-C: ended within {} ms", longest.as_millis());
    assert!(!gate() || longest <= Duration::from_secs(1), "{longest:?}");
}

#[test]
fn recordings_are_the_same_after_everything() {
    let song = Song::small();
    song.put("words.wav", "no sound");
    let inputs = || {
        let tracks = files(&song.root()).into_iter().filter(|path| path.parent() == Some(&song.root()));
        let about = |path: PathBuf| {
            let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
            (hex(&content_hash(&path).unwrap()), modified, path)
        };
        tracks.map(about).collect::<Vec<_>>()
    };
    let before = inputs();
    assert!(before.len() >= 3);
    for (command, more) in [
        ("facts", &[][..]),
        ("prep", &[]),
        ("decide", &[]),
        ("mix", &[]),
        ("set", &["keys/fader=-3"]),
        ("render", &[]),
        ("why", &[]),
        ("unset", &["--all"]),
        ("restore", &["--list"]),
        ("restore", &[]),
        ("mix", &["--out", "../elsewhere"]),
    ] {
        let root = song.root();
        let mut program = mixsmith(&[&[command, root.to_str().unwrap()], more].concat());
        let ran = program.current_dir(song.root()).output().unwrap();
        assert!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
        assert_eq!(inputs(), before, "after `{command}`");
    }
    let mut child = start(&song, "mix", &[]);
    std::thread::sleep(Duration::from_millis(300));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(inputs(), before, "after a mix that was killed");
}
