//! FLAC (RFC 9639).

use mixsmith_audio::{Audio, Dither, flac_bytes};

use crate::Hostile;
use crate::build::file;

/// Where the content of STREAMINFO lies.
const INFO: usize = 8;

/// All of them.
pub fn all() -> Vec<Hostile> {
    [stream_info(), blocks(), frames(), silence()].concat()
}

/// Four frames of sound or so.
fn good() -> Vec<u8> {
    let wave = |n: usize| ((n as f32 * 0.037).sin() * 0.4 + (n * 7919 % 101) as f32 * 0.001) * 0.9;
    let audio = Audio::mono(48_000, (0..15_000).map(wave).collect());
    flac_bytes(&audio, 16, Dither::None).unwrap_or_default()
}

/// The file, and where its first frame begins.
fn parts() -> (Vec<u8>, usize) {
    let bytes = good();
    let mut at = 4;
    while let Some(head) = bytes.get(at..at + 4) {
        at += 4 + (usize::from(head[1]) << 16 | usize::from(head[2]) << 8 | usize::from(head[3]));
        if head[0] & 0x80 != 0 {
            break;
        }
    }
    (bytes, at)
}

/// STREAMINFO that lies.
fn stream_info() -> Vec<Hostile> {
    let with = |name: &str, at: usize, bytes: &[u8]| {
        let mut made = good();
        made[INFO + at..INFO + at + bytes.len()].copy_from_slice(bytes);
        file(&format!("flac-{name}.flac"), made)
    };
    vec![
        file("flac.flac", good()),
        with("least-block-0", 0, &[0, 0]),
        with("most-block-0", 2, &[0, 0]),
        with("blocks-of-0", 0, &[0; 4]),
        with("blocks-of-1", 0, &[0, 1, 0, 1]),
        with("least-block-above-most", 0, &[0xff, 0xff, 0, 16]),
        with("blocks-of-65535", 0, &[0xff; 4]),
        with("frames-of-16-mb", 4, &[0xff; 6]),
        with("rate-0", 10, &[0, 0, 0x00]),
        with("rate-1", 10, &[0, 0, 0x10]),
        with("rate-1048575", 10, &[0xff, 0xff, 0xf0]),
        // Rate, then channels less one in 3 bits, bits less one in 5, total in 36.
        with("8-channels-of-32-bits", 10, &[0x0b, 0xb8, 0x0f, 0xf0]),
        with("1-bit", 10, &[0x0b, 0xb8, 0x00, 0x00]),
        with("24-bits-over-16", 10, &[0x0b, 0xb8, 0x01, 0x70]),
        with("total-0", 14, &[0; 4]),
        with("total-1", 14, &[0, 0, 0, 1]),
        with("total-2-to-36", 13, &[0xff; 5]),
        with("sum-wrong", 18, &[0x55; 16]),
        with("sum-none", 18, &[0; 16]),
        with("all-zeros", 0, &[0; 34]),
        with("all-ones", 0, &[0xff; 34]),
    ]
}

/// Metadata blocks that claim too much, and blocks without end.
fn blocks() -> Vec<Hostile> {
    let (bytes, first) = parts();
    let block = |kind: u8, size: u32, content: &[u8]| [&[kind], &size.to_be_bytes()[1..], content].concat();
    let info = [b"fLaC".as_slice(), &block(0, 34, &bytes[INFO..INFO + 34])].concat();
    let with = |name: &str, blocks: &[u8]| {
        file(
            &format!("flac-{name}.flac"),
            [&info, blocks, &block(0x81, 4, &[0; 4]), &bytes[first..]].concat(),
        )
    };
    let point = [0u64.to_be_bytes().as_slice(), &0u64.to_be_bytes(), &[0x10, 0]].concat();
    let far = [u64::MAX.to_be_bytes().as_slice(), &[0x7f; 8], &[0xff, 0xff]].concat();
    let mut picture = vec![0, 0, 0, 3, 0, 0, 0, 9];
    picture.extend(b"image/png\0\0\0\0");
    picture.extend([0; 16]);
    picture.extend(0x7fff_ffffu32.to_be_bytes());
    vec![
        with("seek-table-loop", &block(3, 18 * 50, &point.repeat(50))),
        with("seek-table-far", &block(3, 18 * 3, &far.repeat(3))),
        with("seek-table-of-7", &block(3, 7, &[1; 7])),
        with("picture-of-2-gb", &block(6, picture.len() as u32, &picture)),
        with("picture-of-16-mb-cut", &block(6, 0xff_ffff, &picture)),
        with("comments-2-to-32", &block(4, 8, &[0xff; 8])),
        with("comment-of-4-gb", &block(4, 12, &[0, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])),
        with("cue-sheet-of-zeros", &block(5, 396, &[0; 396])),
        with("block-127", &block(127, 4, &[0; 4])),
        with("block-of-a-kind-to-come", &block(100, 4, &[0; 4])),
        with("paddings-5000", &block(1, 0, b"").repeat(5000)),
        with("stream-info-twice", &block(0, 34, &[0; 34])),
        file(
            "flac-without-stream-info.flac",
            [b"fLaC".as_slice(), &block(0x81, 4, &[0; 4]), &bytes[first..]].concat(),
        ),
        file(
            "flac-stream-info-of-33.flac",
            [b"fLaC".as_slice(), &block(0x80, 33, &bytes[INFO..INFO + 33]), &bytes[first..]].concat(),
        ),
        file("flac-stream-info-of-16-mb.flac", [b"fLaC\x80\xff\xff\xff".as_slice(), &bytes[INFO..]].concat()),
        file("flac-no-last-block.flac", [info.as_slice(), &block(1, 0, b"").repeat(3)].concat()),
        file("flac-after-id3.flac", [b"ID3\x04\0\0\0\0\0\x0a0123456789".as_slice(), &bytes].concat()),
        file("flac-after-id3-without-end.flac", [b"ID3\x04\0\0\x7f\x7f\x7f\x7f".as_slice(), &bytes].concat()),
    ]
}

/// Frames that are cut, damaged, doubled or missing.
fn frames() -> Vec<Hostile> {
    let (bytes, first) = parts();
    let sync = |at: &usize| bytes[*at..].starts_with(&[0xff, 0xf8]);
    let starts: Vec<usize> = (first..bytes.len() - 2).filter(sync).collect();
    let mut files = vec![file("flac-metadata-alone.flac", &bytes[..first])];
    for (number, &start) in starts.iter().enumerate().take(6) {
        files.push(file(&format!("flac-cut-before-frame-{number}.flac"), &bytes[..start]));
        files.push(file(&format!("flac-cut-in-frame-{number}.flac"), &bytes[..start + 9]));
        let mut damaged = bytes.clone();
        damaged[start + 4] ^= 0xff;
        files.push(file(&format!("flac-frame-{number}-renumbered.flac"), damaged));
        let mut damaged = bytes.clone();
        damaged[start + 40..start + 48].fill(0xff);
        files.push(file(&format!("flac-frame-{number}-damaged.flac"), damaged));
    }
    files.push(file("flac-frames-twice.flac", [&bytes, &bytes[first..]].concat()));
    files.push(file(
        "flac-nothing-but-syncs.flac",
        [&bytes[..first], [0xff, 0xf8].repeat(20_000).as_slice()].concat(),
    ));
    files
}

/// A day of silence: some megabytes that would unpack to sixteen gigabytes.
fn silence() -> Vec<Hostile> {
    const BLOCK: u64 = 16_384;
    let blocks = 86_400 * 48_000 / BLOCK;
    let mut bytes = b"fLaC\x80\0\0\x22\x40\0\x40\0\0\0\0\0\0\0\x0b\xb8\0\xf0".to_vec();
    bytes.extend((blocks * BLOCK).to_be_bytes()[4..].iter());
    bytes.extend([0; 16]);
    for number in 0..blocks {
        // Block size in 16 bits, 48 kHz, mono, 16 bits; a constant subframe of nought.
        let mut frame = vec![0xff, 0xf8, 0x7a, 0x08];
        frame.extend(coded(number as u32));
        frame.extend(((BLOCK - 1) as u16).to_be_bytes());
        frame.push(crc(&frame, 8, 0x07) as u8);
        frame.extend([0, 0, 0]);
        frame.extend((crc(&frame, 16, 0x8005) as u16).to_be_bytes());
        bytes.extend(frame);
    }
    vec![file("flac-a-day-of-silence.flac", bytes)]
}

/// A number as UTF-8 would have it, up to 21 bits.
fn coded(number: u32) -> Vec<u8> {
    char::from_u32(number).map_or_else(
        // The places of half characters have no `char`.
        || vec![0xe0 | (number >> 12) as u8, 0x80 | (number >> 6 & 63) as u8, 0x80 | (number & 63) as u8],
        |c| c.to_string().into_bytes(),
    )
}

/// A cyclic redundancy check of so many bits, most significant first, from nought.
fn crc(bytes: &[u8], bits: u32, polynomial: u32) -> u32 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << (bits - 8), |crc, _| {
            let shifted = crc << 1 ^ if crc >> (bits - 1) & 1 == 1 { polynomial } else { 0 };
            shifted & ((1 << bits) - 1)
        })
    })
}
