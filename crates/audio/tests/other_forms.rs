//! AIFF, CAF and MP3 made by hand.
#![allow(clippy::disallowed_methods, reason = "files to test with")]

use mixsmith_audio::{Format, Read, ReadError, read};

fn read_bytes(bytes: &[u8]) -> Result<Read, ReadError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    std::fs::write(&path, bytes).unwrap();
    read(&path)
}

fn chunk(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = [id, (content.len() as u32).to_be_bytes().as_slice(), content].concat();
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

/// 48 kHz as the 80-bit number that AIFF wants.
const RATE: [u8; 10] = [0x40, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0];

fn aiff(kind: Option<&[u8; 4]>, rate: [u8; 10], frames: u32, bits: u16, data: &[u8]) -> Vec<u8> {
    let mut common = 1u16.to_be_bytes().to_vec();
    common.extend(frames.to_be_bytes());
    common.extend(bits.to_be_bytes());
    common.extend(rate);
    let mut body = if kind.is_some() { b"AIFC".to_vec() } else { b"AIFF".to_vec() };
    if let Some(kind) = kind {
        body.extend(chunk(b"FVER", &0xa280_5140u32.to_be_bytes()));
        common.extend(kind);
        common.extend([0, 0]);
    }
    body.extend(chunk(b"COMM", &common));
    body.extend(chunk(b"SSND", &[&[0; 8], data].concat()));
    [b"FORM", (body.len() as u32).to_be_bytes().as_slice(), &body].concat()
}

#[test]
fn aiff_in_its_kinds() {
    type Case = (Option<&'static [u8; 4]>, u16, Vec<u8>);
    let table: [Case; 8] = [
        (None, 16, vec![0x40, 0, 0x80, 0]),
        (None, 24, vec![0x40, 0, 0, 0x80, 0, 0]),
        (None, 8, vec![0x40, 0x80]),
        (Some(b"NONE"), 16, vec![0x40, 0, 0x80, 0]),
        (Some(b"sowt"), 16, vec![0, 0x40, 0, 0x80]),
        (Some(b"fl32"), 32, [0.5f32, -1.0].iter().flat_map(|x| x.to_be_bytes()).collect()),
        (Some(b"FL32"), 32, [0.5f32, -1.0].iter().flat_map(|x| x.to_be_bytes()).collect()),
        (Some(b"fl64"), 64, [0.5f64, -1.0].iter().flat_map(|x| x.to_be_bytes()).collect()),
    ];
    for (kind, bits, data) in table {
        let read = read_bytes(&aiff(kind, RATE, 2, bits, &data));
        let read = read.unwrap_or_else(|e| panic!("{kind:?} {bits}: {e}"));
        let stream = &read.streams[0];
        assert_eq!(stream.audio.channels, [[0.5, -1.0]], "{kind:?} {bits}");
        assert_eq!((stream.info.format, stream.info.rate), (Format::Aiff, 48_000));
        assert!(read.problems.is_empty(), "{kind:?} {bits}: {:?}", read.problems);
    }
}

#[test]
fn aiff_that_lies() {
    let rates: [[u8; 10]; 4] = [
        [0; 10],
        [0x7f, 0xff, 0xc0, 0, 0, 0, 0, 0, 0, 0],
        [0xc0, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0],
        [0x7f, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ];
    for rate in rates {
        let read = read_bytes(&aiff(None, rate, 2, 16, &[0x40, 0, 0x80, 0]));
        assert!(read.is_err(), "{rate:?}: {read:?}");
    }
    assert!(read_bytes(&aiff(Some(b"what"), RATE, 2, 16, &[0; 4])).is_err());
    // More claimed than is there: what is there is kept, and it is said.
    let mut long = aiff(None, RATE, 4_000_000_000, 16, &[0x40, 0, 0x80, 0]);
    let size = long.len() - 4 - 8 - 4;
    long[size..size + 4].copy_from_slice(&0x7fff_ff00u32.to_be_bytes());
    long[4..8].copy_from_slice(&0x7fff_fff0u32.to_be_bytes());
    let read = read_bytes(&long).unwrap();
    assert_eq!(read.streams[0].audio.channels, [[0.5, -1.0]]);
    assert!(!read.problems.is_empty());
}

#[test]
fn caf() {
    let mut bytes = b"caff\0\x01\0\0desc".to_vec();
    bytes.extend(32u64.to_be_bytes());
    bytes.extend(48_000f64.to_be_bytes());
    bytes.extend(b"lpcm");
    // Floating point, least significant byte first; 8 bytes a packet of 1 frame of 2 channels of 32 bits.
    [3u32, 8, 1, 2, 32].iter().for_each(|x| bytes.extend(x.to_be_bytes()));
    bytes.extend(b"data");
    bytes.extend(20u64.to_be_bytes());
    bytes.extend(0u32.to_be_bytes());
    [0.5f32, -1.0, 2.0, 0.25].iter().for_each(|x| bytes.extend(x.to_le_bytes()));
    let read = read_bytes(&bytes).unwrap();
    assert_eq!(read.streams[0].audio.channels, [[0.5, 2.0], [-1.0, 0.25]]);
    assert_eq!((read.streams[0].info.format, read.streams[0].info.float), (Format::Caf, true));
    assert!(read.problems.is_empty(), "{:?}", read.problems);
}

/// Frames of silence (MPEG-1 layer 3, 128 kbit/s, 44.1 kHz, joint stereo), the first with a tag.
fn mp3(frames: usize, encoder: &[u8; 9], delay: u32, padding: u32) -> Vec<u8> {
    let mut frame = vec![0; 417];
    frame[..4].copy_from_slice(b"\xff\xfb\x90\x64");
    let mut tag = frame.clone();
    tag[36..40].copy_from_slice(b"Info");
    tag[43] = 1;
    tag[44..48].copy_from_slice(&(frames as u32).to_be_bytes());
    tag[48..57].copy_from_slice(encoder);
    let trim = (delay << 12 | padding).to_be_bytes();
    tag[69..72].copy_from_slice(&trim[1..]);
    [tag, frame.repeat(frames)].concat()
}

#[test]
fn mp3_delay_and_padding_are_removed_where_they_are_stated() {
    for (delay, padding) in [(576, 1000), (1152, 529), (1105, 600), (576, 2000)] {
        let read = read_bytes(&mp3(40, b"LAME3.100", delay, padding)).unwrap();
        let info = &read.streams[0].info;
        assert_eq!(info.frames, 40 * 1152 - u64::from(delay + padding), "{delay} {padding}");
        assert_eq!(info.removed_delay, Some(u64::from(delay) + 529));
        assert_eq!((info.format, info.rate, info.channels), (Format::Mp3, 44_100, 2));
        assert!(read.problems.is_empty(), "{:?}", read.problems);
    }
    let read = read_bytes(&mp3(40, b"Nobody   ", 576, 1000)).unwrap();
    assert_eq!(read.streams[0].info.removed_delay, None);
    assert_eq!(read.problems.len(), 1);
    assert!(read.problems[0].what.contains("delay"));
}

#[test]
fn an_mp3_that_is_cut_off_says_so() {
    let mut bytes = mp3(40, b"LAME3.100", 576, 1000);
    bytes.truncate(bytes.len() / 2);
    let read = read_bytes(&bytes).unwrap();
    assert!(read.streams[0].audio.frames() < 21 * 1152);
    assert!(read.problems.iter().any(|p| p.what.contains("header claims")), "{:?}", read.problems);
}
