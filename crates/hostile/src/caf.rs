//! Core Audio Format.

use crate::Hostile;
use crate::build::{file, sound};

struct Description {
    rate: f64,
    kind: [u8; 4],
    flags: u32,
    packet_bytes: u32,
    packet_frames: u32,
    channels: u32,
    bits: u32,
}

/// 16 bits in mono at 48 kHz, least significant byte first.
const PLAIN: Description = Description {
    rate: 48_000.0,
    kind: *b"lpcm",
    flags: 2,
    packet_bytes: 2,
    packet_frames: 1,
    channels: 1,
    bits: 16,
};

impl Description {
    fn chunk(&self) -> Vec<u8> {
        let mut content = self.rate.to_be_bytes().to_vec();
        content.extend(self.kind);
        for field in [self.flags, self.packet_bytes, self.packet_frames, self.channels, self.bits] {
            content.extend(field.to_be_bytes());
        }
        chunk(b"desc", content.len() as u64, &content)
    }
    fn file(&self) -> Vec<u8> {
        caf(&[self.chunk(), data(964)])
    }
}

fn chunk(id: &[u8; 4], size: u64, content: &[u8]) -> Vec<u8> {
    [id.as_slice(), &size.to_be_bytes(), content].concat()
}

fn data(size: u64) -> Vec<u8> {
    chunk(b"data", size, &[&[0; 4], sound().as_slice()].concat())
}

fn caf(chunks: &[Vec<u8>]) -> Vec<u8> {
    [b"caff\0\x01\0\0".as_slice(), &chunks.concat()].concat()
}

/// All of them.
pub fn all() -> Vec<Hostile> {
    let good = PLAIN.file();
    let desc = PLAIN.chunk();
    let packets = |count: u64| {
        let table = [count.to_be_bytes(), count.to_be_bytes(), [0; 8]].concat();
        let coded = Description { kind: *b"alac", packet_bytes: 0, packet_frames: 4096, ..PLAIN }.chunk();
        caf(&[coded, chunk(b"kuki", 36, &[1; 36]), chunk(b"pakt", 24, &table), data(964)])
    };
    let mut files = vec![
        file("caf-without-desc.caf", caf(&[data(964)])),
        file("caf-without-data.caf", caf(std::slice::from_ref(&desc))),
        file("caf-data-before-desc.caf", caf(&[data(964), desc.clone()])),
        file("caf-desc-of-8.caf", caf(&[chunk(b"desc", 8, &48_000f64.to_be_bytes()), data(964)])),
        file("caf-two-desc.caf", caf(&[desc.clone(), desc.clone(), data(964)])),
        file("caf-version-9.caf", [b"caff\0\x09\0\0".as_slice(), &good[8..]].concat()),
        file("caf-cookie-of-1-gb.caf", caf(&[desc.clone(), chunk(b"kuki", 1 << 30, b"x"), data(964)])),
        file("caf-text-of-2-to-32.caf", caf(&[desc.clone(), chunk(b"info", 8, &[0xff; 8]), data(964)])),
        file("caf-alac-packets-0.caf", packets(0)),
        file("caf-alac-packets-2-to-40.caf", packets(1 << 40)),
        file("caf-alac-packets-all-ones.caf", packets(u64::MAX)),
        file(
            "caf-channel-layout-2-to-32.caf",
            caf(&[desc.clone(), chunk(b"chan", 12, &[0xff; 12]), data(964)]),
        ),
    ];
    for size in [0, 3, 4, 5, 963, 1 << 40, 1 << 62, 1 << 63, u64::MAX - 1, u64::MAX] {
        files.push(file(&format!("caf-data-claims-{size}.caf"), caf(&[desc.clone(), data(size)])));
    }
    for size in [1 << 40, 1 << 63, u64::MAX] {
        let junk = chunk(b"free", size, &[0; 16]);
        files.push(file(&format!("caf-free-claims-{size}.caf"), caf(&[desc.clone(), junk, data(964)])));
    }
    let rates = [
        ("0", 0.0),
        ("nan", f64::NAN),
        ("infinite", f64::INFINITY),
        ("negative", -48_000.0),
        ("1e300", 1e300),
        ("half", 0.5),
    ];
    for (name, rate) in rates {
        files.push(file(&format!("caf-rate-{name}.caf"), Description { rate, ..PLAIN }.file()));
    }
    for channels in [0, 65, 1 << 16, u32::MAX] {
        let made = Description { channels, packet_bytes: channels.wrapping_mul(2), ..PLAIN }.file();
        files.push(file(&format!("caf-{channels}-channels.caf"), made));
    }
    for bits in [0, 7, 24, 33, 64, u32::MAX] {
        files.push(file(&format!("caf-{bits}-bits.caf"), Description { bits, ..PLAIN }.file()));
    }
    for (bytes, frames) in [(0, 1), (2, 0), (0, 0), (3, 1), (u32::MAX, 1), (2, u32::MAX)] {
        let made = Description { packet_bytes: bytes, packet_frames: frames, ..PLAIN }.file();
        files.push(file(&format!("caf-packets-of-{bytes}-bytes-{frames}-frames.caf"), made));
    }
    for kind in [b"ima4", b"aac ", b".mp3", b"opus", b"flac", b"what"] {
        let name = String::from_utf8_lossy(kind).trim().replace('.', "");
        files.push(file(&format!("caf-kind-{name}.caf"), Description { kind: *kind, ..PLAIN }.file()));
    }
    for at in [4, 7, 8, 12, 20, 30, 52, 60, 64, 67, 68] {
        files.push(file(&format!("caf-cut-at-{at}.caf"), &good[..at]));
    }
    files
}
