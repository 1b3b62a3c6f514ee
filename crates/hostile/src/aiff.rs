//! AIFF and AIFF-C.

use crate::Hostile;
use crate::build::{big, big_claims, file, sound};

/// 48 kHz as a number of 80 bits.
const RATE: [u8; 10] = [0x40, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0];

struct Common {
    channels: u16,
    frames: u32,
    bits: u16,
    rate: [u8; 10],
}

const PLAIN: Common = Common { channels: 1, frames: 480, bits: 16, rate: RATE };

impl Common {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.channels.to_be_bytes().to_vec();
        bytes.extend(self.frames.to_be_bytes());
        bytes.extend(self.bits.to_be_bytes());
        bytes.extend(self.rate);
        bytes
    }
    fn file(&self) -> Vec<u8> {
        form(b"AIFF", &[big(b"COMM", &self.bytes()), samples(0)])
    }
}

fn form(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"FORM".as_slice(), &(body.len() as u32 + 4).to_be_bytes(), kind, &body].concat()
}

fn samples(offset: u32) -> Vec<u8> {
    big(b"SSND", &[offset.to_be_bytes().as_slice(), &[0; 4], &sound()].concat())
}

/// All of them.
pub fn all() -> Vec<Hostile> {
    [chunks(), fields(), kinds()].concat()
}

fn chunks() -> Vec<Hostile> {
    let common = big(b"COMM", &PLAIN.bytes());
    let aiff = |chunks: &[Vec<u8>]| form(b"AIFF", chunks);
    let good = PLAIN.file();
    let mut files = vec![
        file("aiff-without-comm.aiff", aiff(&[samples(0)])),
        file("aiff-without-ssnd.aiff", aiff(std::slice::from_ref(&common))),
        file("aiff-comm-after-ssnd.aiff", aiff(&[samples(0), common.clone()])),
        file(
            "aiff-two-comm.aiff",
            aiff(&[common.clone(), big(b"COMM", &Common { channels: 2, ..PLAIN }.bytes()), samples(0)]),
        ),
        file("aiff-comm-of-4.aiff", aiff(&[big(b"COMM", &PLAIN.bytes()[..4]), samples(0)])),
        file("aiff-comm-claims-all.aiff", aiff(&[big_claims(b"COMM", u32::MAX, &PLAIN.bytes()), samples(0)])),
        file("aiff-ssnd-of-0.aiff", aiff(&[common.clone(), big(b"SSND", b"")])),
        file("aiff-ssnd-of-4.aiff", aiff(&[common.clone(), big(b"SSND", &[0; 4])])),
        file(
            "aiff-ssnd-claims-0.aiff",
            aiff(&[common.clone(), big_claims(b"SSND", 0, &[&[0; 8], sound().as_slice()].concat())]),
        ),
        file(
            "aiff-ssnd-claims-all.aiff",
            aiff(&[common.clone(), big_claims(b"SSND", u32::MAX, &[&[0; 8], sound().as_slice()].concat())]),
        ),
        file("aiff-ssnd-starts-at-100.aiff", aiff(&[common.clone(), samples(100)])),
        file("aiff-ssnd-starts-past-the-end.aiff", aiff(&[common.clone(), samples(5000)])),
        file("aiff-ssnd-starts-at-all-ones.aiff", aiff(&[common.clone(), samples(u32::MAX)])),
        file("aiff-chunk-id-garbage.aiff", aiff(&[big(&[0xff; 4], b"x"), common.clone(), samples(0)])),
        file("aiff-odd-chunk.aiff", aiff(&[big(b"NAME", b"odd"), common.clone(), samples(0)])),
        file(
            "aiff-chunks-of-nothing.aiff",
            aiff(&[big(b"NAME", b"").repeat(30_000), common.clone(), samples(0)]),
        ),
        file("aiff-markers-65535.aiff", aiff(&[big(b"MARK", &[0xff; 40]), common, samples(0)])),
        file("aiff-form-claims-0.aiff", [b"FORM\0\0\0\0".as_slice(), &good[8..]].concat()),
        file("aiff-form-claims-all.aiff", [b"FORM\xff\xff\xff\xff".as_slice(), &good[8..]].concat()),
        file("aiff-8svx.aiff", [&good[..8], b"8SVX".as_slice(), &good[12..]].concat()),
    ];
    for at in [8, 12, 19, 20, 30, 38, 46, 53, 54, 55] {
        files.push(file(&format!("aiff-cut-at-{at}.aiff"), &good[..at]));
    }
    files
}

fn fields() -> Vec<Hostile> {
    let rates: [(&str, [u8; 10]); 8] = [
        ("0", [0; 10]),
        ("nan", [0x7f, 0xff, 0xc0, 0, 0, 0, 0, 0, 0, 0]),
        ("infinite", [0x7f, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        ("minus-infinite", [0xff, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        ("negative", [0xc0, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0]),
        ("largest", [0x7f, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("smallest", [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ("without-leading-bit", [0x40, 0x0e, 0x3b, 0x80, 0, 0, 0, 0, 0, 0]),
    ];
    let mut files: Vec<Hostile> = Vec::new();
    for (name, rate) in rates {
        files.push(file(&format!("aiff-rate-{name}.aiff"), Common { rate, ..PLAIN }.file()));
    }
    for channels in [0, 2, 7, 64, 65, 32_768, 65_535] {
        files.push(file(&format!("aiff-{channels}-channels.aiff"), Common { channels, ..PLAIN }.file()));
    }
    for frames in [0, 1, 481, 1 << 31, u32::MAX] {
        files.push(file(&format!("aiff-{frames}-frames.aiff"), Common { frames, ..PLAIN }.file()));
    }
    for bits in [0, 1, 8, 12, 24, 32, 33, 64, 65_535] {
        files.push(file(&format!("aiff-{bits}-bits.aiff"), Common { bits, ..PLAIN }.file()));
    }
    files
}

fn kinds() -> Vec<Hostile> {
    let of = |common: &Common, kind: &[u8]| {
        let common = [common.bytes().as_slice(), kind].concat();
        form(b"AIFC", &[big(b"FVER", &0xa280_5140u32.to_be_bytes()), big(b"COMM", &common), samples(0)])
    };
    let kinds: [(&[u8; 4], u16); 17] = [
        (b"NONE", 16),
        (b"twos", 16),
        (b"sowt", 16),
        (b"fl32", 32),
        (b"FL32", 32),
        (b"fl64", 64),
        (b"FL64", 64),
        (b"raw ", 8),
        (b"alaw", 16),
        (b"ulaw", 16),
        (b"in24", 24),
        (b"in32", 32),
        (b"23ni", 32),
        (b"ima4", 16),
        (b"MAC3", 16),
        (b"QDM2", 16),
        (b"what", 16),
    ];
    let mut files: Vec<Hostile> = Vec::new();
    for (number, (kind, bits)) in kinds.into_iter().enumerate() {
        let name = String::from_utf8_lossy(kind).trim().to_owned();
        let made = of(&Common { bits, ..PLAIN }, &[kind.as_slice(), &[0, 0]].concat());
        // Some systems take no two names that differ by their case alone.
        files.push(file(&format!("aifc-{number}-{name}.aifc"), made));
    }
    files.extend([
        file("aifc-without-a-kind.aifc", of(&PLAIN, b"")),
        file("aifc-kind-of-zeros.aifc", of(&PLAIN, &[0; 6])),
        file("aifc-name-of-255.aifc", of(&PLAIN, b"NONE\xffshort")),
        file("aifc-float-of-16-bits.aifc", of(&PLAIN, b"fl32\0\0")),
    ]);
    files
}
