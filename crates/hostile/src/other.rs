//! Ogg, MP4, Matroska, MPEG and AAC frames: beginnings with nonsense after them, and claims without end.

use crate::Hostile;
use crate::build::{big_claims, file};

/// All of them.
pub fn all() -> Vec<Hostile> {
    [nonsense(), mpeg(), mp4(), matroska()].concat()
}

/// The first bytes of a form, and its usual ending.
pub const STARTS: [(&str, &[u8]); 5] = [
    ("ogg", b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis"),
    ("m4a", b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42"),
    ("mkv", b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska\x42\x87\x81\x04\x42\x85\x81\x02"),
    ("mp3", b"\xff\xfb\x90\x64"),
    ("aac", b"\xff\xf1\x50\x80\x2e\x7f\xfc"),
];

fn nonsense() -> Vec<Hostile> {
    let mut files = Vec::new();
    for (ending, start) in STARTS {
        let ramp: Vec<u8> = (0..4000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for (name, rest) in
            [("nothing", vec![]), ("zeros", vec![0; 4000]), ("ones", vec![0xff; 4000]), ("noise", ramp)]
        {
            files.push(file(&format!("{ending}-then-{name}.{ending}"), [start, &rest].concat()));
        }
        files.push(file(&format!("{ending}-again-and-again.{ending}"), start.repeat(400)));
    }
    files
}

fn mpeg() -> Vec<Hostile> {
    let mut frame = vec![0; 417];
    frame[..4].copy_from_slice(b"\xff\xfb\x90\x64");
    let mut tag = frame.clone();
    tag[36..40].copy_from_slice(b"Xing");
    tag[43] = 3;
    tag[44..52].fill(0xff);
    let slower = [b"\xff\xf3\x90\x64".as_slice(), &[0; 205]].concat();
    let id3 = |size: [u8; 4]| [b"ID3\x04\0\0".as_slice(), &size, &frame.repeat(20)].concat();
    vec![
        file("mp3-claims-2-to-32-frames.mp3", [tag, frame.repeat(20)].concat()),
        file("mp3-of-one-frame.mp3", frame.clone()),
        file("mp3-cut-in-a-frame.mp3", &frame.repeat(20)[..417 * 15 + 100]),
        file("mp3-of-free-format.mp3", [b"\xff\xfb\x00\x64".as_slice(), &[0; 3000]].concat()),
        file("mp3-rate-changes.mp3", [frame.repeat(10), slower.repeat(10)].concat()),
        file("mp3-with-holes.mp3", [frame.repeat(5), vec![0x11; 5000], frame.repeat(5)].concat()),
        file(
            "mp3-side-information-of-ones.mp3",
            [b"\xff\xfb\x90\x64".as_slice(), &[0xff; 413]].concat().repeat(10),
        ),
        file("id3-past-the-end.mp3", id3([0x7f; 4])),
        file("id3-size-not-synchsafe.mp3", id3([0xff; 4])),
        file("id3-alone.mp3", b"ID3\x04\0\0\0\0\0\0".to_vec()),
    ]
}

fn mp4() -> Vec<Hostile> {
    let boxed = |kind: &[u8; 4], content: &[u8]| {
        [(content.len() as u32 + 8).to_be_bytes().as_slice(), kind, content].concat()
    };
    let (_, start) = STARTS[1];
    let of = |name: &str, boxes: Vec<u8>| file(&format!("m4a-{name}.m4a"), [start, &boxes].concat());
    let nest = |levels: usize| (0..levels).fold(Vec::new(), |inner, _| boxed(b"moov", &inner));
    let table = |kind: &[u8; 4]| {
        let table = boxed(kind, &[0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        let media = boxed(b"mdia", &boxed(b"minf", &boxed(b"stbl", &table)));
        boxed(b"moov", &boxed(b"trak", &media))
    };
    let clock = boxed(b"mdhd", &[0; 24]);
    vec![
        of("boxes-in-boxes", nest(3000)),
        of("sizes-2-to-32", table(b"stsz")),
        of("times-2-to-32", table(b"stts")),
        of("places-2-to-32", table(b"stco")),
        of("edits-2-to-32", boxed(b"moov", &boxed(b"trak", &boxed(b"edts", &table(b"elst"))))),
        of("clock-of-0", boxed(b"moov", &boxed(b"trak", &boxed(b"mdia", &clock)))),
        of("box-of-0", b"\0\0\0\0moov".to_vec()),
        of("box-of-1", b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff".to_vec()),
        of("box-of-7", b"\0\0\0\x07moov".to_vec()),
        of("box-past-the-end", b"\x7f\xff\xff\xffmoov".to_vec()),
        of(
            "stems-of-4-gb",
            boxed(b"moov", &boxed(b"udta", &[&u32::MAX.to_be_bytes(), b"stem".as_slice(), b"{"].concat())),
        ),
        of("stems-of-nests", boxed(b"moov", &boxed(b"udta", &boxed(b"stem", &[b'['; 20_000])))),
    ]
}

fn matroska() -> Vec<Hostile> {
    let (_, start) = STARTS[2];
    let of = |name: &str, rest: &[u8]| file(&format!("mkv-{name}.mkv"), [start, rest].concat());
    let segment = b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff";
    vec![
        of("segment-without-end", segment),
        of("segments-in-segments", &segment.repeat(2000)),
        of(
            "tracks-of-2-to-56",
            &[segment.as_slice(), b"\x16\x54\xae\x6b\x01\xff\xff\xff\xff\xff\xff\xfe"].concat(),
        ),
        of("ebml-of-2-to-56", b"\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xfe"),
        file("iff-of-another-kind.aiff", [big_claims(b"FORM", 100, b"ILBM"), vec![0; 100]].concat()),
    ]
}
