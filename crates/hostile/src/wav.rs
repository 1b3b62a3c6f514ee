//! WAV and Broadcast WAV.

use crate::build::{Format, PLAIN, chunk, claims, file, riff, sound};
use crate::{Hostile, Made};

/// All of them.
pub fn all() -> Vec<Hostile> {
    [cut(), lengths(), orders(), formats(), fields(), values(), extras()].concat()
}

/// Cut off at every border of the header, and inside its fields.
fn cut() -> Vec<Hostile> {
    let whole = PLAIN.file();
    let places = [0, 1, 3, 4, 8, 11, 12, 15, 16, 19, 20, 24, 35, 36, 40, 43, 44, 45, 46];
    places.into_iter().map(|at| file(&format!("wav-cut-at-{at}.wav"), &whole[..at])).collect()
}

/// What the `data` chunk claims.
fn lengths() -> Vec<Hostile> {
    let claimed = |size: u32| [riff(&[PLAIN.chunk()]), claims(b"data", size, &sound())].concat();
    let sizes = [0, 1, 2, 959, 961, 962, 1920, 0x7fff_f000, 0x7fff_ffff, 0x8000_0000, u32::MAX - 1, u32::MAX];
    let mut files: Vec<Hostile> =
        sizes.iter().map(|&size| file(&format!("wav-data-claims-{size}.wav"), claimed(size))).collect();
    let odd = |id: &[u8; 4]| [id.as_slice(), &3u32.to_le_bytes(), b"odd"].concat();
    let data = chunk(b"data", &sound());
    let last = [PLAIN.chunk(), [b"data".as_slice(), &3u32.to_le_bytes(), b"\0\x40\x11"].concat()];
    files.extend([
        file("wav-data-odd-without-filling.wav", riff(&last)),
        file("wav-odd-chunk-between.wav", riff(&[PLAIN.chunk(), chunk(b"LIST", b"odd"), data.clone()])),
        file("wav-odd-chunk-without-filling.wav", riff(&[PLAIN.chunk(), odd(b"LIST"), data.clone()])),
        file("wav-riff-claims-0.wav", [b"RIFF\0\0\0\0WAVE".to_vec(), PLAIN.chunk(), data.clone()].concat()),
        file("wav-riff-claims-all.wav", [b"RIFF\xff\xff\xff\xffWAVE".to_vec(), PLAIN.chunk(), data].concat()),
    ]);
    files
}

/// Chunks that are missing, twice there, out of order, or no chunks.
fn orders() -> Vec<Hostile> {
    let (plain, data) = (PLAIN.chunk(), chunk(b"data", &sound()));
    let with = |id: &[u8; 4]| riff(&[plain.clone(), chunk(id, b"four"), data.clone()]);
    let other = Format { channels: 2, block: 4, rate: 8000, ..PLAIN }.chunk();
    let list = |levels: usize| (0..levels).fold(b"INFO".to_vec(), |inner, _| chunk(b"LIST", &inner));
    let big_list = claims(b"LIST", u32::MAX, b"INFO");
    vec![
        file("wav-without-fmt.wav", riff(std::slice::from_ref(&data))),
        file("wav-without-data.wav", riff(std::slice::from_ref(&plain))),
        file("wav-without-chunks.wav", riff(&[])),
        file("wav-two-fmt.wav", riff(&[plain.clone(), other.clone(), data.clone()])),
        file("wav-two-data.wav", riff(&[plain.clone(), data.clone(), data.clone()])),
        file("wav-data-before-fmt.wav", riff(&[data.clone(), plain.clone()])),
        file("wav-fmt-after-open-data.wav", riff(&[claims(b"data", u32::MAX, &sound()), plain.clone()])),
        file("wav-chunk-id-garbage.wav", with(b"\x01\x80\xff\x7f")),
        file("wav-chunk-id-zeros.wav", with(&[0; 4])),
        file("wav-chunk-id-all-ones.wav", with(&[0xff; 4])),
        file("wav-chunk-id-lower-case.wav", with(b"DATA")),
        file(
            "wav-chunks-of-nothing.wav",
            riff(&[chunk(b"JUNK", b"").repeat(30_000), plain.clone(), data.clone()]),
        ),
        file(
            "wav-chunk-past-the-end.wav",
            riff(&[claims(b"JUNK", 1 << 20, b"four"), plain.clone(), data.clone()]),
        ),
        file("wav-list-claims-all.wav", riff(&[plain.clone(), big_list, data.clone()])),
        file("wav-lists-in-lists.wav", riff(&[plain.clone(), list(2000), data.clone()])),
        file(
            "wav-riff-in-riff.wav",
            riff(&[riff(&[plain.clone(), data.clone()]), plain.clone(), data.clone()]),
        ),
        file("wav-two-songs.wav", [PLAIN.file(), PLAIN.file()].concat()),
        file("wav-zeros-after-header.wav", [&PLAIN.file()[..12], &[0; 5000]].concat()),
    ]
}

/// `fmt ` of every length, and every tag.
fn formats() -> Vec<Hostile> {
    let long = [PLAIN.bytes(), vec![0; 65_535]].concat();
    let sizes = [0, 2, 12, 13, 14, 15, 16, 17, 18, 19, 22, 40, 41, 65_535];
    let sized = |size: usize| riff(&[chunk(b"fmt ", &long[..size]), chunk(b"data", &sound())]);
    let mut files: Vec<Hostile> =
        sizes.iter().map(|&size| file(&format!("wav-fmt-of-{size}.wav"), sized(size))).collect();
    for tag in [0, 2, 3, 6, 7, 0x11, 0x31, 0x50, 0x55, 0xff, 0x161, 0x0270, 0xfffe, 0xffff] {
        files.push(file(&format!("wav-tag-{tag:04x}.wav"), Format { tag, ..PLAIN }.file()));
    }
    let wide = |end: &[u8]| {
        let content = [Format { tag: 0xfffe, ..PLAIN }.bytes(), end.to_vec()].concat();
        riff(&[chunk(b"fmt ", &content), chunk(b"data", &sound())])
    };
    let mut end = b"\x16\0\x10\0\x04\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71".to_vec();
    files.push(file("wav-extensible.wav", wide(&end)));
    files.push(file("wav-extensible-cut.wav", wide(&end[..8])));
    end[0] = 0;
    files.push(file("wav-extensible-of-0.wav", wide(&end)));
    end[20] ^= 0x55;
    files.push(file("wav-extensible-wrong-guid.wav", wide(&end)));
    files
}

/// Bits, block, channels and rate of every kind.
fn fields() -> Vec<Hostile> {
    let mut files = Vec::new();
    for (bits, block) in [
        (0, 2),
        (0, 0),
        (1, 1),
        (1, 2),
        (7, 1),
        (8, 1),
        (12, 2),
        (16, 1),
        (20, 3),
        (24, 3),
        (24, 4),
        (32, 4),
        (33, 5),
        (48, 6),
        (64, 8),
        (65_535, 2),
        (65_535, 0),
    ] {
        files.push(file(&format!("wav-{bits}-bits-in-{block}.wav"), Format { bits, block, ..PLAIN }.file()));
    }
    for (bits, block) in [(16, 2), (24, 3), (32, 4), (64, 8), (80, 10)] {
        let format = Format { tag: 3, bits, block, ..PLAIN };
        files.push(file(&format!("wav-float-of-{bits}.wav"), format.file()));
    }
    for block in [0, 1, 3, 7, 65_535] {
        let format = Format { channels: 2, block, ..PLAIN };
        files.push(file(&format!("wav-stereo-in-blocks-of-{block}.wav"), format.file()));
    }
    for channels in [0, 2, 3, 6, 63, 64, 65, 1000, 65_535] {
        let format = Format { channels, block: channels.wrapping_mul(2), ..PLAIN };
        files.push(file(&format!("wav-{channels}-channels.wav"), format.file()));
    }
    for rate in [0, 1, 999, 1000, 8000, 44_100, 768_000, 768_001, 1 << 31, u32::MAX] {
        files.push(file(&format!("wav-rate-{rate}.wav"), Format { rate, ..PLAIN }.file()));
    }
    files
}

/// Floating-point samples that are no samples.
fn values() -> Vec<Hostile> {
    let float = Format { tag: 3, block: 4, bits: 32, ..PLAIN };
    let of = |name: &str, bad: f32| {
        let samples = (0..200).flat_map(|n| if n % 50 == 7 { bad } else { 0.25 }.to_le_bytes());
        let data = chunk(b"data", &samples.collect::<Vec<u8>>());
        file(&format!("wav-float-{name}.wav"), riff(&[float.chunk(), data]))
    };
    let all_nan = chunk(b"data", &[0xff; 800]);
    let double = Format { tag: 3, block: 8, bits: 64, ..PLAIN };
    let huge = chunk(b"data", &[0.5f64, 1e300, -1e300, f64::NAN, 0.25].map(f64::to_le_bytes).concat());
    vec![
        of("nan", f32::NAN),
        of("minus-nan", -f32::NAN),
        of("infinite", f32::INFINITY),
        of("minus-infinite", f32::NEG_INFINITY),
        of("1e30", 1e30),
        of("subnormal", 1e-40),
        of("largest", f32::MAX),
        of("plus-120-dbfs", 1e6),
        file("wav-float-nothing-but-nan.wav", riff(&[float.chunk(), all_nan])),
        file("wav-double-1e300.wav", riff(&[double.chunk(), huge])),
    ]
}

/// Chunks beside the sound that claim too much.
fn extras() -> Vec<Hostile> {
    let data = chunk(b"data", &sound());
    let before = |extra: Vec<u8>| riff(&[extra, PLAIN.chunk(), data.clone()]);
    let stamped =
        |reference: u64| chunk(b"bext", &[&[0; 338], reference.to_le_bytes().as_slice(), &[0; 256]].concat());
    let mut history = stamped(0);
    history[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    let many = |id: &[u8; 4], at: usize| {
        let mut content = vec![0; 64];
        content[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        chunk(id, &content)
    };
    let notes = [claims(b"iXML", 100 << 20, b""), vec![b' '; 64]].concat();
    vec![
        file("bwf-of-10-bytes.wav", before(chunk(b"bext", &[b'x'; 10]))),
        file("bwf-of-0-bytes.wav", before(chunk(b"bext", b""))),
        file("bwf-stamp-2-to-63.wav", before(stamped(1 << 63))),
        file("bwf-stamp-all-ones.wav", before(stamped(u64::MAX))),
        file("bwf-stamp-two-days.wav", before(stamped(2 * 86_400 * 48_000))),
        file("bwf-history-of-4-gb.wav", before(history)),
        file("bwf-twice.wav", before([stamped(1), stamped(2)].concat())),
        file("wav-ixml-claims-4-gb.wav", before(claims(b"iXML", u32::MAX, b"<BWFXML>"))),
        file("wav-ixml-of-1-mb.wav", before(chunk(b"iXML", &vec![b'<'; 1 << 20]))),
        file("wav-cue-points-2-to-32.wav", before(many(b"cue ", 0))),
        file("wav-loops-2-to-32.wav", before(many(b"smpl", 28))),
        file("wav-fact-2-to-32.wav", before(many(b"fact", 0))),
        file("wav-id3-chunk.wav", before(chunk(b"id3 ", b"ID3\x04\0\0\x7f\x7f\x7f\x7f"))),
        Hostile { name: "wav-ixml-of-100-mb.wav".into(), made: Made::Sparse(before(notes), 120 << 20) },
    ]
}
