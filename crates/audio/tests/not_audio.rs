//! What is no sound file gives a plain answer, at once.
#![allow(clippy::disallowed_methods, reason = "files to test with")]

mod common;

use std::fs;
use std::path::Path;

use mixsmith_audio::{Problem, ReadError, Severity, content_hash, read};

fn error(path: &Path) -> ReadError {
    let error = read(path).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(&path.display().to_string()), "it does not name the file: {text}");
    assert!(text.ends_with('.'), "not a sentence: {text}");
    assert_eq!(Problem::from(&error).severity, Severity::Error);
    error
}

#[test]
fn by_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    let table: [(&[u8], &str); 9] = [
        (b"Dear mixer, the vocals are in the other folder.", "text"),
        (b"MThd\0\0\0\x06", "MIDI"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x89PNG\r\n", "picture"),
        (&[0; 5000], "zeros"),
        (b"RIFF\x04\0\0\0AVI ", "RIFF"),
        (b"RIFX\0\0\0\x04WAVE", "reverse"),
        (b"x", "text"),
        (b"\x01\x02\x03", "no sound format"),
    ];
    for (bytes, says) in table {
        fs::write(&path, bytes).unwrap();
        let error = error(&path);
        assert!(matches!(error, ReadError::NotAudio { .. }), "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
    fs::write(&path, b"").unwrap();
    assert!(matches!(error(&path), ReadError::Empty { .. }));
}

#[test]
fn by_kind() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(error(folder.path()), ReadError::NotAudio { .. }));
    assert!(matches!(error(&folder.path().join("missing.wav")), ReadError::Io { .. }));
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_loops_do_not_hang() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.wav");
    match std::process::Command::new("mkfifo").arg(&pipe).status() {
        Ok(status) if status.success() => assert!(matches!(error(&pipe), ReadError::NotAudio { .. })),
        _ => println!("skipped: no mkfifo here"),
    }
    assert!(matches!(error(Path::new("/dev/zero")), ReadError::NotAudio { .. }));
    let link = folder.path().join("loop.wav");
    symlink(&link, &link).unwrap();
    assert!(matches!(error(&link), ReadError::Io { .. }));
}

#[cfg(unix)]
#[test]
fn without_permission() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    fs::write(&path, common::wav(&[1, 2, 3])).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    assert!(matches!(error(&path), ReadError::Permission { .. }));
}

#[test]
fn strange_names() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{}.wav", "n".repeat(200));
    for name in ["new\nline.wav", "100%s.wav", "\u{202e}vaw.wav", "no extension", "mp3.mp3", &long] {
        let path = folder.path().join(name);
        fs::write(&path, common::wav(&[16_384])).unwrap();
        assert_eq!(read(&path).unwrap().streams[0].audio.channels, [[0.5]], "{name}");
    }
}

#[test]
fn originals_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    fs::write(&path, common::wav(&[7; 10_000])).unwrap();
    let about = |path: &Path| (content_hash(path).unwrap(), fs::metadata(path).unwrap().modified().unwrap());
    let before = about(&path);
    read(&path).unwrap();
    assert_eq!(about(&path), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
