//! RF64, BW64 and Wave64: sizes of 64 bits.

use crate::Hostile;
use crate::build::{PLAIN, chunk, claims, file, riff, sound};

/// All of them.
pub fn all() -> Vec<Hostile> {
    [rf64(), wave64()].concat()
}

/// A `ds64` chunk.
fn sizes(riff: u64, data: u64, frames: u64) -> Vec<u8> {
    let content = [riff.to_le_bytes(), data.to_le_bytes(), frames.to_le_bytes()].concat();
    chunk(b"ds64", &[content, vec![0; 4]].concat())
}

fn rf64() -> Vec<Hostile> {
    let open = claims(b"data", u32::MAX, &sound());
    let of =
        |id: &[u8; 4], chunks: &[Vec<u8>]| [id.as_slice(), &[0xff; 4], b"WAVE", &chunks.concat()].concat();
    let with = |sizes: Vec<u8>| of(b"RF64", &[sizes, PLAIN.chunk(), open.clone()]);
    let good = sizes(1000, 960, 480);
    let mut table = good[..32].to_vec();
    table.extend(u32::MAX.to_le_bytes());
    let table = with([table, b"data".to_vec(), vec![0xff; 8]].concat());
    let small = [PLAIN.chunk(), chunk(b"data", &sound())];
    vec![
        file("rf64.wav", with(good.clone())),
        file("bw64.wav", of(b"BW64", &[good.clone(), PLAIN.chunk(), open.clone()])),
        file("rf64-without-ds64.wav", of(b"RF64", &[PLAIN.chunk(), open.clone()])),
        file("rf64-ds64-of-0.wav", with(chunk(b"ds64", b""))),
        file("rf64-ds64-of-8.wav", with(chunk(b"ds64", &[0xff; 8]))),
        file("rf64-ds64-of-27.wav", with(chunk(b"ds64", &[0xff; 27]))),
        file("rf64-data-2-to-63.wav", with(sizes(1 << 63, 1 << 63, 1 << 62))),
        file("rf64-data-all-ones.wav", with(sizes(u64::MAX, u64::MAX, u64::MAX))),
        file("rf64-data-0.wav", with(sizes(0, 0, 0))),
        file("rf64-32-gb-over-1-kb.wav", with(sizes(32 << 30, 32 << 30, 16 << 30))),
        file("rf64-table-of-2-to-32.wav", table),
        file("rf64-ds64-twice.wav", with([good.clone(), sizes(8, 8, 4)].concat())),
        file("rf64-ds64-after-data.wav", of(b"RF64", &[PLAIN.chunk(), open.clone(), good.clone()])),
        file("rf64-with-short-data.wav", of(b"RF64", &[good.clone(), small.concat()])),
        file("rf64-around-riff.wav", of(b"RF64", &[good.clone(), riff(&small)])),
        file("riff-around-rf64.wav", riff(&[with(good.clone()), small.concat()])),
        file("riff-with-ds64.wav", riff(&[good.clone(), PLAIN.chunk(), open.clone()])),
        file("rf64-cut-in-ds64.wav", &with(good)[..30]),
    ]
}

const END: &[u8] = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";

/// A chunk of Wave64: its size counts its own head of 24 bytes in.
fn wide(id: &[u8; 4], size: Option<u64>, content: &[u8]) -> Vec<u8> {
    let size = size.unwrap_or(24 + content.len() as u64);
    let mut bytes = [id, END, &size.to_le_bytes(), content].concat();
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

fn wave64() -> Vec<Hostile> {
    let head = |length: u64| {
        [
            b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00".as_slice(),
            &length.to_le_bytes(),
            b"wave",
            END,
        ]
        .concat()
    };
    let (format, data) = (wide(b"fmt ", None, &PLAIN.bytes()), wide(b"data", None, &sound()));
    let of = |chunks: &[&[u8]]| [head(2000), chunks.concat()].concat();
    let good = of(&[&format, &data]);
    let claiming = |size: u64| of(&[&format, &wide(b"data", Some(size), &sound())]);
    let between = |size: u64| of(&[&format, &wide(b"junk", Some(size), b"12345678"), &data]);
    let mut wrong = good.clone();
    wrong[46] ^= 0xff;
    let mut no_wave = good.clone();
    no_wave[24..40].fill(0x33);
    let mut files = vec![
        file("w64.w64", good.clone()),
        file("w64-wrong-guid-of-fmt.w64", wrong),
        file("w64-wrong-guid-of-wave.w64", no_wave),
        file("w64-data-before-fmt.w64", of(&[&data, &format])),
        file("w64-without-fmt.w64", of(&[&data])),
        file("w64-without-data.w64", of(&[&format])),
        file("w64-lower-case-riff.w64", [b"riff", &PLAIN.file()[4..]].concat()),
        file("w64-length-0.w64", [head(0), format.clone(), data.clone()].concat()),
    ];
    for size in [0, 1, 23, 24, 25, 1 << 40, 1 << 63, u64::MAX] {
        files.push(file(&format!("w64-data-claims-{size}.w64"), claiming(size)));
        files.push(file(&format!("w64-junk-claims-{size}.w64"), between(size)));
    }
    for at in [15, 16, 24, 39, 40, 63, 64, 80, 104] {
        files.push(file(&format!("w64-cut-at-{at}.w64"), &good[..at]));
    }
    files
}
