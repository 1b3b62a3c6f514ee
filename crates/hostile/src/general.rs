//! What is no sound file at all, what is no file, names that hurt, and very much of nothing.

use crate::build::{PLAIN, chunk, claims, file, riff, sound};
use crate::{Hostile, Made};

/// All of them.
pub fn all() -> Vec<Hostile> {
    [others(), places(), sizes(), names()].concat()
}

fn others() -> Vec<Hostile> {
    let utf16: Vec<u8> =
        "The vocals are in the other folder.".encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        file("text.wav", "The vocals are in the other folder."),
        file("text-in-utf-16.wav", [vec![0xff, 0xfe], utf16].concat()),
        file("page.wav", "<!DOCTYPE html><title>404</title>"),
        file("archive.wav", b"PK\x03\x04\x14\0\0\0\x08\0"),
        file("compressed.wav", b"\x1f\x8b\x08\0\0\0\0\0"),
        file("picture.wav", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"),
        file("document.wav", b"%PDF-1.7\n"),
        file("midi.wav", b"MThd\0\0\0\x06\0\x01\0\x02"),
        file("video.wav", b"RIFF\x04\0\0\0AVI LIST"),
        file("wav-backwards.wav", b"RIFX\0\0\0\x04WAVE"),
        file("program.wav", b"\x7fELF\x02\x01\x01\0"),
        file("zeros.wav", vec![0; 10_000]),
        file("ones.wav", vec![0xff; 10_000]),
        file("a-byte.wav", b"R"),
        file("resource-fork-of-a-copy.wav", b"\0\x05\x16\x07\0\x02\0\0Mac OS X        "),
    ]
}

fn places() -> Vec<Hostile> {
    let made = |name: &str, made: Made| Hostile { name: name.into(), made };
    vec![
        made("folder.wav", Made::Folder),
        made("pipe.wav", Made::Pipe),
        made("loop.wav", Made::Link("loop.wav".into())),
        made("link-to-nothing.wav", Made::Link("nowhere.wav".into())),
        made("zero.wav", Made::Link("/dev/zero".into())),
        made("null.wav", Made::Link("/dev/null".into())),
        made("forbidden.wav", Made::Forbidden(PLAIN.file())),
    ]
}

fn sizes() -> Vec<Hostile> {
    let sparse = |name: &str, start: Vec<u8>, length: u64| Hostile {
        name: name.into(),
        made: Made::Sparse(start, length),
    };
    let head = [riff(&[PLAIN.chunk()]), claims(b"data", u32::MAX, b"")].concat();
    let mut day = [b"RF64\xff\xff\xff\xffWAVE".to_vec(), chunk(b"ds64", &[0; 28]), PLAIN.chunk()].concat();
    let samples: u64 = 86_400 * 48_000 * 2;
    day[28..36].copy_from_slice(&samples.to_le_bytes());
    day.extend(claims(b"data", u32::MAX, b""));
    let length = day.len() as u64 + samples;
    let aiff = [
        b"FORM\xff\xff\xff\xffAIFFCOMM\0\0\0\x12\0\x01\xff\xff\xff\xff\0\x10\x40\x0e\xbb\x80\0\0\0\0\0\0"
            .as_slice(),
        b"SSND\0\0\0\0\0\0\0\0\0\0\0\0",
    ]
    .concat();
    vec![
        sparse("sparse-32-gb-of-nothing.wav", vec![], 32 << 30),
        sparse("sparse-32-gb-after-a-header.wav", head, 32 << 30),
        sparse("sparse-32-gb-of-aiff.aiff", aiff, 32 << 30),
        sparse("sparse-32-gb-of-flac.flac", b"fLaC".to_vec(), 32 << 30),
        sparse("sparse-32-gb-of-mp3.mp3", b"ID3\x04\0\0\0\0\0\0".to_vec(), 32 << 30),
        sparse("sparse-32-gb-of-m4a.m4a", b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42".to_vec(), 32 << 30),
        sparse("sparse-a-day-of-silence.wav", day, length),
        file("one-sample.wav", riff(&[PLAIN.chunk(), chunk(b"data", &[0, 0x40])])),
        file("a-second-of-silence.wav", riff(&[PLAIN.chunk(), chunk(b"data", &[0; 96_000])])),
        file("twin-one.wav", PLAIN.file()),
        file("twin-two.wav", PLAIN.file()),
    ]
}

fn names() -> Vec<Hostile> {
    let sung = || riff(&[PLAIN.chunk(), chunk(b"data", &sound())]);
    let long = format!("{}.wav", "n".repeat(251));
    let names = [
        "new\nline.wav",
        "tab\there.wav",
        "bell\u{7}.wav",
        "100%s%n.wav",
        "\u{202e}vaw.wav",
        "caf\u{e9}.wav",
        "cafe\u{301}.wav",
        "\u{1f3b8} solo.wav",
        " space .wav",
        "-rf.wav",
        "--help.wav",
        "$(reboot).wav",
        "'quotes\".wav",
        "back\\slash.wav",
        "<b>bold<b>.wav",
        "no ending",
        "wrong.mp3",
        ".wav",
        "CON.wav",
        &long,
    ];
    let mut files: Vec<Hostile> = names.into_iter().map(|name| file(name, sung())).collect();
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        let name = std::ffi::OsString::from_vec(b"not \xff\xfe text.wav".to_vec());
        files.push(Hostile { name, made: Made::Bytes(sung()) });
    }
    files
}
