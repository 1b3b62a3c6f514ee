//! What must hold of whatever comes of any bytes: the functions that the fuzzer and the property tests run.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use mixsmith_audio::{Read, ReadError};
use mixsmith_effects::KINDS;
use mixsmith_session::{check, parse, print, update};

/// The readers: a name, and the first bytes by which a file of the form is known.
pub const READERS: [(&str, &[u8]); 12] = [
    ("wav", b"RIFF\xff\xff\xff\xffWAVE"),
    ("rf64", b"RF64\xff\xff\xff\xffWAVEds64"),
    ("w64", b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"),
    ("aiff", b"FORM\x7f\xff\xff\xffAIFF"),
    ("aifc", b"FORM\x7f\xff\xff\xffAIFC"),
    ("caf", b"caff\x00\x01\x00\x00desc"),
    ("flac", b"fLaC\x00\x00\x00\x22"),
    ("ogg", b"OggS\x00\x02"),
    ("mp4", b"\x00\x00\x00\x18ftypM4A "),
    ("mkv", b"\x1a\x45\xdf\xa3"),
    ("mp3", b"\xff\xfb"),
    ("aac", b"\xff\xf1"),
];

/// Lets panics pass that reading catches and turns into a message: the fuzzer's own hook ends the program at any. What is not
/// caught still ends it. Each place that panics is printed once.
pub fn let_catch() {
    let seen = Mutex::new(BTreeSet::new());
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string);
        if seen.lock().unwrap_or_else(PoisonError::into_inner).insert(place) {
            eprintln!("{panic}");
        }
    }));
}

/// Gives bytes to a reader by its name, their beginning made into one of its form.
///
/// # Panics
/// When something does not hold.
pub fn reader(name: &str, bytes: &[u8]) {
    let start = READERS.iter().find(|(reader, _)| *reader == name).map_or(&b""[..], |(_, start)| start);
    let rest = bytes.get(start.len()..).unwrap_or_default();
    any(&[start, rest].concat());
}

/// Gives bytes to whichever reader takes them.
///
/// # Panics
/// When something does not hold.
pub fn any(bytes: &[u8]) {
    thread_local! {
        static PLACE: RefCell<Option<(tempfile::TempDir, u64)>> = const { RefCell::new(None) };
    }
    PLACE.with_borrow_mut(|place| {
        let made = || Some((tempfile::tempdir().ok()?, 0));
        if place.is_none() {
            *place = made();
        }
        let Some((folder, number)) = place else { return };
        // New names: some file systems wait for the disk when a file is written over.
        *number += 1;
        let path = folder.path().join(format!("{number}"));
        if std::fs::write(&path, bytes).is_ok() {
            let read = mixsmith_audio::read(&path);
            let _ = std::fs::remove_file(&path);
            whole(&path, &read);
        }
    });
}

/// Sound with finite samples in channels of one length, or a message that names the file, ends as a sentence and says
/// what to do.
///
/// # Panics
/// When it is neither.
pub fn whole(path: &PathBuf, read: &Result<Read, ReadError>) {
    match read {
        Ok(read) => {
            assert!(!read.streams.is_empty());
            for stream in &read.streams {
                let (info, audio) = (&stream.info, &stream.audio);
                assert!(audio.channels.iter().all(|channel| channel.len() == audio.frames()));
                assert!(audio.channels.iter().flatten().all(|x| x.is_finite()));
                assert_eq!((info.rate, info.channels), (audio.rate, audio.channels.len()));
                assert_eq!(info.frames, audio.frames() as u64);
            }
            for problem in &read.problems {
                assert_eq!(&problem.file, path);
                assert!(problem.what.ends_with('.'), "not a sentence: {}", problem.what);
            }
        }
        Err(error) => {
            let text = error.to_string();
            assert_eq!(error.file(), path);
            assert!(text.starts_with(&path.display().to_string()), "it does not name the file: {text}");
            // What happened, and what to do.
            assert!(
                text.ends_with('.') && text.matches(". ").count() >= 1,
                "it does not say what to do: {text}"
            );
        }
    }
}

/// Gives bytes to the reader of `session.toml`: what it makes of them is sound, and writing it back changes nothing.
///
/// # Panics
/// When something does not hold.
pub fn session(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok((session, _)) = parse(&text, &KINDS) else { return };
    assert_eq!(check(&session, &KINDS), vec![]);
    // Out of nothing comes a whole file.
    if !text.trim().is_empty() {
        assert_eq!(update(&text, &session, &KINDS), text);
    }
    let printed = print(&session, &KINDS);
    match parse(&printed, &KINDS) {
        Ok((again, problems)) => {
            assert!(problems.is_empty(), "{problems:?}\n{printed}");
            assert_eq!(again, session);
        }
        Err(error) => panic!("{error}\n{printed}"),
    }
}
