//! What the decoding library leaves out of MP4 files: edit lists and the names of stems.
//!
//! Boxes after ISO/IEC 14496-12; the `stem` box is that of the Native Instruments Stems format.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Deepest nesting that is followed.
const DEPTH: usize = 8;
/// Most boxes looked at in one file.
const BOXES: usize = 10_000;
/// Most bytes read of one box.
const CONTENT: u64 = 1 << 20;

/// The part of a stream that is meant to be heard, in units of its own timescale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Units a second.
    pub timescale: u64,
    /// Time of the first sample.
    pub start: u64,
    /// How long.
    pub length: u64,
}

/// Name and colour of a stem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stem {
    pub name: String,
    pub colour: Option<String>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Atoms {
    /// The edits of audio streams, by the number that the file gives the stream.
    pub edits: BTreeMap<u32, Edit>,
    /// The stems in order, without the mix that is the first stream.
    pub stems: Vec<Stem>,
    /// Is there a table of what the file holds?
    pub table: bool,
}

#[derive(Debug, Default)]
struct Trak {
    id: u32,
    audio: bool,
    timescale: u64,
    duration: u64,
    /// Length in units of the movie, and start in units of the track.
    edit: Option<(u64, u64)>,
}

#[derive(Debug, Default)]
struct Walk {
    timescale: u64,
    traks: Vec<Trak>,
    stems: Vec<Stem>,
    /// Delay, padding and length in frames, as Apple's programs write them.
    smooth: Option<(u64, u64)>,
    table: bool,
    boxes: usize,
}

/// Looks through the boxes of a file.
pub fn read(mut file: &File) -> io::Result<Atoms> {
    let length = file.metadata()?.len();
    let mut walk = Walk::default();
    walk.boxes(&mut file, 0, length, 0)?;
    file.rewind()?;
    let smooth = walk.smooth;
    let audio = walk.traks.iter().filter(|trak| trak.audio);
    let edits = audio.filter_map(|trak| Some((trak.id, trak.edit(walk.timescale, smooth)?)));
    Ok(Atoms { edits: edits.collect(), stems: walk.stems, table: walk.table })
}

impl Walk {
    fn boxes(&mut self, file: &mut &File, from: u64, to: u64, depth: usize) -> io::Result<()> {
        let mut at = from;
        while at.saturating_add(8) <= to && self.boxes < BOXES {
            self.boxes += 1;
            file.seek(SeekFrom::Start(at))?;
            let mut bytes = Vec::with_capacity(16);
            file.take(16.min(to - at)).read_to_end(&mut bytes)?;
            let (Some(size), Some(kind)) = (number(&bytes, 0, 4), bytes.get(4..8)) else { break };
            let (head, size) = match (size, number(&bytes, 8, 8)) {
                (0, _) => (8, to - at),
                (1, Some(size)) => (16, size),
                (1, None) => break,
                (size, _) => (8, size),
            };
            if size < head {
                break;
            }
            let end = at.saturating_add(size).min(to);
            match kind {
                b"moov" | b"trak" | b"mdia" | b"edts" | b"udta" if depth < DEPTH => {
                    self.table |= kind == b"moov";
                    if kind == b"trak" {
                        self.traks.push(Trak::default());
                    }
                    self.boxes(file, at + head, end, depth + 1)?;
                }
                b"mvhd" | b"tkhd" | b"mdhd" | b"hdlr" | b"elst" | b"stem" | b"meta" => {
                    let mut content = Vec::new();
                    file.seek(SeekFrom::Start(at + head))?;
                    file.take((end - at - head).min(CONTENT)).read_to_end(&mut content)?;
                    self.content(kind, &content);
                }
                _ => {}
            }
            at = end;
        }
        Ok(())
    }

    fn content(&mut self, kind: &[u8], content: &[u8]) {
        let wide = content.first() == Some(&1);
        match (kind, self.traks.last_mut()) {
            (b"mvhd", _) => self.timescale = times(content, wide).map_or(0, |(timescale, _)| timescale),
            (b"tkhd", Some(trak)) => {
                trak.id = number(content, if wide { 20 } else { 12 }, 4).unwrap_or(0) as u32;
            }
            (b"mdhd", Some(trak)) => (trak.timescale, trak.duration) = times(content, wide).unwrap_or((0, 0)),
            (b"hdlr", Some(trak)) => trak.audio |= content.get(8..12) == Some(b"soun"),
            (b"elst", Some(trak)) => trak.edit = edit_list(content, wide),
            (b"stem", _) => self.stems = stems(content),
            (b"meta", _) => self.smooth = self.smooth.or(smooth(content)),
            _ => {}
        }
    }
}

impl Trak {
    fn edit(&self, movie: u64, smooth: Option<(u64, u64)>) -> Option<Edit> {
        let timescale = self.timescale;
        match (self.edit, smooth) {
            (Some((length, start)), _) if timescale > 0 && movie > 0 => {
                let length = (u128::from(length) * u128::from(timescale) / u128::from(movie)) as u64;
                // The movie's clock is often milliseconds: where the track's own length agrees within one
                // tick, that is the exact one.
                let own = self.duration.saturating_sub(start);
                let exact = own > 0 && (own.abs_diff(length) <= timescale.div_ceil(movie) || length == 0);
                Some(Edit { timescale, start, length: if exact { own } else { length } })
            }
            (None, Some((start, length))) if timescale > 0 => Some(Edit { timescale, start, length }),
            _ => None,
        }
    }
}

/// Timescale and duration of `mvhd` and `mdhd`.
fn times(content: &[u8], wide: bool) -> Option<(u64, u64)> {
    match wide {
        true => Some((number(content, 20, 4)?, number(content, 24, 8)?)),
        false => Some((number(content, 12, 4)?, number(content, 16, 4)?)),
    }
}

/// Length and start of the only edit, leaving out empty ones (start of -1). Several edits are a montage,
/// which no recorder writes.
fn edit_list(content: &[u8], wide: bool) -> Option<(u64, u64)> {
    let width = if wide { 8 } else { 4 };
    let empty = if wide { u64::MAX } else { u64::from(u32::MAX) };
    let count = number(content, 4, 4)?.min(16) as usize;
    let entries = (0..count).filter_map(|entry| {
        let at = 8 + entry * (2 * width + 4);
        Some((number(content, at, width)?, number(content, at + width, width)?))
    });
    let mut real = entries.filter(|(_, start)| *start != empty);
    let first = real.next();
    if real.next().is_some() { None } else { first }
}

/// Apple's `iTunSMPB`: hexadecimal words, of which the second is the delay and the fourth the length.
fn smooth(content: &[u8]) -> Option<(u64, u64)> {
    let key = content.windows(8).position(|bytes| bytes == b"iTunSMPB")?;
    let data = content[key..].windows(4).position(|bytes| bytes == b"data")?;
    let text = content.get(key + data + 12..)?;
    let text: String = text.iter().take(120).map(|byte| *byte as char).collect();
    let words: Vec<u64> =
        text.split_ascii_whitespace().map_while(|word| u64::from_str_radix(word, 16).ok()).collect();
    Some((*words.get(1)?, *words.get(3)?))
}

fn stems(content: &[u8]) -> Vec<Stem> {
    let parsed: serde_json::Value = serde_json::from_slice(content).unwrap_or_default();
    let text = |stem: &serde_json::Value, key: &str| stem[key].as_str().map(str::to_owned);
    let stems = parsed["stems"].as_array().map(Vec::as_slice).unwrap_or_default();
    let stem = |stem| Stem { name: text(stem, "name").unwrap_or_default(), colour: text(stem, "color") };
    stems.iter().take(64).map(stem).collect()
}

/// A number of `width` bytes, most significant first.
fn number(bytes: &[u8], from: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(from..from.checked_add(width)?)?;
    Some(bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(8 + content.len() as u32).to_be_bytes(), kind.as_slice(), content].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn file(moov: &[Vec<u8>]) -> Atoms {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.m4a");
        let bytes = [atom(b"ftyp", b"M4A \0\0\0\0"), atom(b"moov", &moov.concat())].concat();
        std::fs::write(&path, bytes).unwrap();
        read(&File::open(path).unwrap()).unwrap()
    }

    fn trak(id: u32, duration: u32, edits: &[u32]) -> Vec<u8> {
        let mut list = words(&[0, edits.len() as u32 / 3]);
        list.extend(words(edits));
        let media =
            [atom(b"mdhd", &words(&[0, 0, 0, 44_100, duration])), atom(b"hdlr", b"\0\0\0\0\0\0\0\0soun")];
        let parts = [
            atom(b"tkhd", &words(&[0, 0, 0, id])),
            atom(b"edts", &atom(b"elst", &list)),
            atom(b"mdia", &media.concat()),
        ];
        atom(b"trak", &parts.concat())
    }

    #[test]
    fn edits_of_each_stream() {
        let one = 0x0001_0000;
        let movie = atom(b"mvhd", &words(&[0, 0, 0, 1000, 0]));
        let atoms = file(&[
            movie,
            trak(1, 442_024, &[10_000, 1024, one]),
            // An empty edit before the real one, and a length that says less than the stream has.
            trak(2, 442_024, &[500, u32::MAX, one, 5_000, 2112, one]),
            trak(3, 442_024, &[1000, 0, one, 1000, 88_200, one]),
            trak(4, 442_024, &[]),
        ]);
        let edit = |start, length| Edit { timescale: 44_100, start, length };
        assert_eq!(atoms.edits.get(&1), Some(&edit(1024, 441_000)));
        assert_eq!(atoms.edits.get(&2), Some(&edit(2112, 220_500)));
        assert_eq!(atoms.edits.get(&3), None);
        assert_eq!(atoms.edits.get(&4), None);
    }

    #[test]
    fn the_delay_that_apple_writes() {
        let text = b"----mean....name....iTunSMPB....data........ 00000000 00000840 000001C0 0000000000069CC0 00000000";
        let atoms = file(&[
            atom(b"mvhd", &words(&[0, 0, 0, 600, 0])),
            trak(1, 444_000, &[]),
            atom(b"udta", &atom(b"meta", text)),
        ]);
        assert_eq!(atoms.edits[&1], Edit { timescale: 44_100, start: 2112, length: 433_344 });
    }

    #[test]
    fn stems_and_nonsense() {
        let json = br##"{"stems":[{"name":"Drums","color":"#FF0000"},{"color":7}]}"##;
        let atoms = file(&[atom(b"udta", &atom(b"stem", json))]);
        let stem =
            |name: &str, colour: Option<&str>| Stem { name: name.into(), colour: colour.map(Into::into) };
        assert_eq!(atoms.stems, [stem("Drums", Some("#FF0000")), stem("", None)]);
        for nonsense in [&b"{"[..], b"[]", b"", b"\xff"] {
            assert!(file(&[atom(b"udta", &atom(b"stem", nonsense))]).stems.is_empty());
        }
        // Boxes within boxes, without end, and sizes that lead nowhere.
        let mut deep = atom(b"trak", &[]);
        (0..1000).for_each(|_| deep = atom(b"trak", &deep));
        assert!(file(&[deep, b"\0\0\0\x01trak".to_vec(), b"\0\0\0\x02mdia".to_vec()]).edits.is_empty());
    }
}
