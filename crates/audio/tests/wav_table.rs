//! WAV headers of every kind, true and false.
#![allow(clippy::disallowed_methods, reason = "files to test with")]

mod common;

use std::path::PathBuf;

use common::{chunk, format, riff, wav};
use mixsmith_audio::{Read, ReadError, Severity, read};

const MONO16: (u16, u16, u32, u16, u16) = (1, 1, 48_000, 2, 16);

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn write(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("x.wav");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn read(&self, bytes: &[u8]) -> Result<Read, ReadError> {
        read(&self.write(bytes))
    }

    /// The channels of a file that must be read without a word.
    fn clean(&self, bytes: &[u8]) -> Vec<Vec<f32>> {
        let read = self.read(bytes).unwrap();
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        read.streams[0].audio.channels.clone()
    }
}

fn fmt((tag, channels, rate, block, bits): (u16, u16, u32, u16, u16)) -> Vec<u8> {
    chunk(b"fmt ", &format(tag, channels, rate, block, bits))
}

fn bytes<const W: usize>(samples: impl IntoIterator<Item = [u8; W]>) -> Vec<u8> {
    samples.into_iter().flatten().collect()
}

fn half_and_minus() -> Vec<u8> {
    bytes([16_384i16, -32_768].map(i16::to_le_bytes))
}

#[test]
fn every_way_to_store_samples() {
    let folder = Folder::new();
    let expected = vec![vec![0.5f32, -1.0, 0.0]];
    let table: [(u16, u16, u16, Vec<u8>); 11] = [
        (1, 1, 8, vec![192, 0, 128]),
        (1, 2, 16, bytes([16_384i16, -32_768, 0].map(i16::to_le_bytes))),
        (1, 2, 12, bytes([16_384i16, -32_768, 0].map(i16::to_le_bytes))),
        (1, 3, 24, vec![0, 0, 0x40, 0, 0, 0x80, 0, 0, 0]),
        (1, 3, 20, vec![0, 0, 0x40, 0, 0, 0x80, 0, 0, 0]),
        (1, 4, 24, bytes([1 << 30, i32::MIN, 0].map(i32::to_le_bytes))),
        (1, 4, 32, bytes([1 << 30, i32::MIN, 0].map(i32::to_le_bytes))),
        (3, 4, 32, bytes([0.5f32, -1.0, 0.0].map(f32::to_le_bytes))),
        (3, 8, 64, bytes([0.5f64, -1.0, 0.0].map(f64::to_le_bytes))),
        // A block of nought: the bits decide.
        (1, 0, 16, bytes([16_384i16, -32_768, 0].map(i16::to_le_bytes))),
        // No bits: the block decides.
        (1, 2, 0, bytes([16_384i16, -32_768, 0].map(i16::to_le_bytes))),
    ];
    for (tag, block, bits, data) in table {
        let header = fmt((tag, 1, 48_000, block, bits));
        let channels = folder.clean(&riff(&[header, chunk(b"data", &data)]));
        assert_eq!(channels, expected, "tag {tag}, {bits} bits in {block}");
    }
}

#[test]
fn telephone_codings() {
    let folder = Folder::new();
    // The ends and the middle of the tables of ITU-T G.711.
    let a = folder.clean(&riff(&[fmt((6, 1, 8000, 1, 8)), chunk(b"data", &[0xaa, 0x2a, 0xd5, 0x55])]));
    assert_eq!(a[0].iter().map(|x| x * 32_768.0).collect::<Vec<_>>(), [32_256.0, -32_256.0, 8.0, -8.0]);
    let mu = folder.clean(&riff(&[fmt((7, 1, 8000, 1, 8)), chunk(b"data", &[0x80, 0x00, 0xff, 0x7f])]));
    assert_eq!(mu[0].iter().map(|x| x * 32_768.0).collect::<Vec<_>>(), [32_124.0, -32_124.0, 0.0, 0.0]);
}

#[test]
fn extensible() {
    let folder = Folder::new();
    let with = |tag: u16, end: &[u8]| {
        let mut content = format(0xfffe, 1, 48_000, 2, 16);
        content.extend(22u16.to_le_bytes());
        content.extend([16, 0, 4, 0, 0, 0]);
        content.extend(tag.to_le_bytes());
        content.extend(end);
        riff(&[chunk(b"fmt ", &content), chunk(b"data", &half_and_minus())])
    };
    let plain = b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71";
    assert_eq!(folder.clean(&with(1, plain)), [[0.5, -1.0]]);
    let wrong = folder.read(&with(1, &[7; 14])).unwrap_err();
    assert!(matches!(wrong, ReadError::Unsupported { .. }), "{wrong}");
}

#[test]
fn chunks_in_every_order() {
    let folder = Folder::new();
    let data = chunk(b"data", &half_and_minus());
    let odd = chunk(b"LIST", b"odd");
    let mut unfilled = chunk(b"LIST", b"odd");
    unfilled.pop();
    let big = chunk(b"iXML", &vec![b'x'; 300_000]);
    let files = [
        wav(&[16_384, -32_768]),
        riff(&[data.clone(), fmt(MONO16)]),
        riff(&[odd.clone(), fmt(MONO16), odd.clone(), data.clone(), odd.clone()]),
        riff(&[unfilled.clone(), fmt(MONO16), unfilled.clone(), data.clone()]),
        riff(&[big, fmt(MONO16), data.clone()]),
        // The first of two wins.
        riff(&[fmt(MONO16), fmt((1, 2, 8000, 4, 16)), data.clone()]),
        riff(&[fmt(MONO16), data.clone(), chunk(b"data", &[1; 100])]),
        // A size of RIFF that is wrong does not matter.
        [b"RIFF\0\0\0\0WAVE".to_vec(), fmt(MONO16), data.clone()].concat(),
        [b"RIFF\xff\xff\xff\xffWAVE".to_vec(), fmt(MONO16), data.clone()].concat(),
        // Sizes left open: by a program that wrote into a pipe, and by a recorder that was cut off.
        [riff(&[fmt(MONO16)]), b"data\xff\xff\xff\xff".to_vec(), half_and_minus()].concat(),
        [riff(&[fmt(MONO16)]), b"data\0\0\0\0".to_vec(), half_and_minus()].concat(),
    ];
    for (number, file) in files.iter().enumerate() {
        assert_eq!(folder.clean(file), [[0.5, -1.0]], "file {number}");
    }
}

#[test]
fn rf64_and_wave64() {
    let folder = Folder::new();
    let sizes = |data: u64| {
        let mut content = 0u64.to_le_bytes().to_vec();
        content.extend(data.to_le_bytes());
        content.extend([0; 12]);
        chunk(b"ds64", &content)
    };
    let open = [b"data\xff\xff\xff\xff".to_vec(), half_and_minus(), vec![9; 10]].concat();
    for id in [b"RF64", b"BW64"] {
        let start = [id.as_slice(), b"\xff\xff\xff\xffWAVE"].concat();
        let good = [start.clone(), sizes(4), fmt(MONO16), open.clone()].concat();
        assert_eq!(folder.clean(&good), [[0.5, -1.0]]);
        let missing = [start.clone(), fmt(MONO16), open.clone()].concat();
        assert_eq!(folder.read(&missing).unwrap().streams[0].audio.frames(), 7);
        let absurd = folder.read(&[start, sizes(1 << 63), fmt(MONO16), open.clone()].concat()).unwrap();
        assert_eq!(absurd.streams[0].audio.frames(), 7);
        assert_eq!(absurd.problems[0].severity, Severity::Warning);
    }
    let guid = |id: &[u8; 4]| [id, b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a".as_slice()].concat();
    let wide = |id: &[u8; 4], content: &[u8]| {
        let mut bytes = guid(id);
        bytes.extend((24 + content.len() as u64).to_le_bytes());
        bytes.extend(content);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    };
    let mut file = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00".to_vec();
    file.extend(1000u64.to_le_bytes());
    file.extend(guid(b"wave"));
    file.extend(wide(b"fmt ", &format(1, 1, 48_000, 2, 16)));
    file.extend(wide(b"junk", b"abc"));
    file.extend(wide(b"data", &half_and_minus()));
    assert_eq!(folder.clean(&file), [[0.5, -1.0]]);
}

#[test]
fn headers_that_lie() {
    let folder = Folder::new();
    let data = chunk(b"data", &half_and_minus());
    let refused = |layout| folder.read(&riff(&[fmt(layout), data.clone()])).unwrap_err();
    for layout in [
        (1, 65, 48_000, 130, 16),
        (1, 1000, 48_000, 2000, 16),
        (1, 1, 0, 2, 16),
        (1, 1, 999, 2, 16),
        (1, 1, 4_294_967_295, 2, 16),
        (1, 1, 48_000, 5, 40),
        (1, 1, 48_000, 0, 0),
        (3, 1, 48_000, 2, 16),
        (0xfffe, 1, 48_000, 2, 16),
    ] {
        let error = refused(layout);
        assert!(matches!(error, ReadError::Unsupported { .. }), "{layout:?}: {error}");
    }
    assert!(matches!(refused((1, 0, 48_000, 2, 16)), ReadError::Damaged { .. }));
    for (bytes, what) in [
        (riff(std::slice::from_ref(&data)), "no format"),
        (riff(&[chunk(b"fmt ", &[1, 0, 1]), data.clone()]), "short format"),
        (riff(&[]), "nothing"),
        (b"RIFF\x04\0\0\0WAVEdat".to_vec(), "a piece"),
    ] {
        let error = folder.read(&bytes).unwrap_err();
        assert!(matches!(error, ReadError::Damaged { .. }), "{what}: {error}");
    }
    for bytes in [riff(&[fmt(MONO16)]), riff(&[fmt(MONO16), chunk(b"data", &[])])] {
        let error = folder.read(&bytes).unwrap_err();
        assert!(matches!(error, ReadError::Empty { .. }), "{error}");
    }
}

#[test]
fn a_claim_of_much_over_little() {
    let folder = Folder::new();
    let mut file = riff(&[fmt((3, 64, 768_000, 256, 32))]);
    file.extend(b"data\0\0\0\x70");
    file.extend([0; 1024]);
    let read = folder.read(&file).unwrap();
    assert_eq!(read.streams[0].audio.frames(), 4);
    assert_eq!(read.streams[0].info.frames, 4);
    assert_eq!(read.problems.len(), 1);
    assert!(read.problems[0].what.contains("header claims"), "{}", read.problems[0].what);
    // A frame that is not whole is left out, and said.
    let read = folder.read(&riff(&[fmt(MONO16), chunk(b"data", &[0, 64, 9])])).unwrap();
    assert_eq!(read.streams[0].audio.channels, [[0.5]]);
    assert_eq!(read.problems[0].severity, Severity::Note);
}

#[test]
fn what_is_not_a_number_becomes_silence_and_is_said() {
    let folder = Folder::new();
    let mut samples = vec![0.25f32; 48_000];
    samples[24_000] = f32::NAN;
    samples[24_001] = f32::INFINITY;
    samples[30_000] = -1e30;
    let data = chunk(b"data", &bytes(samples.iter().map(|x| x.to_le_bytes())));
    let read = folder.read(&riff(&[fmt((3, 1, 48_000, 4, 32)), data])).unwrap();
    let samples = &read.streams[0].audio.channels[0];
    assert_eq!((samples[24_000], samples[24_001], samples[30_000]), (0.0, 0.0, 0.0));
    assert_eq!(samples.iter().filter(|x| **x == 0.25).count(), 47_997);
    let what = &read.problems[0].what;
    assert!(what.starts_with("3 samples") && what.contains("0.500 s"), "{what}");
}

#[test]
fn nonsense_time_references_are_left_out() {
    let folder = Folder::new();
    let with = |reference: u64| {
        let mut bext = vec![0; 338];
        bext.extend(reference.to_le_bytes());
        let read =
            folder.read(&riff(&[chunk(b"bext", &bext), fmt(MONO16), chunk(b"data", &[0, 64])])).unwrap();
        (read.streams[0].info.start, read.problems.len())
    };
    assert_eq!(with(48_000), (Some(48_000), 0));
    assert_eq!(with(1 << 63), (None, 1));
}
