//! Projects that were made to do harm are refused, and whatever is read of damaged ones breaks nothing.

#![allow(clippy::disallowed_methods, reason = "says how long a refusal takes")]

mod common;

use std::io::{Cursor, Read, Write};
use std::time::Instant;

use common::{bytes, read, sample, written};
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use mixsmith_interchange::aaf::Aaf;
use mixsmith_interchange::all::ALL;
use mixsmith_interchange::dawproject::DawProject;
use mixsmith_interchange::live::Live;
use mixsmith_interchange::{Packer, Place, ReadError, SoundOf, Wishes, copy_entry, import};

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packer = Packer::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        packer.add(name, true, &mut &content[..]).unwrap();
    }
    packer.finish().unwrap().into_inner()
}

fn refused(bytes: Vec<u8>) -> String {
    match read(&DawProject, "a.dawproject", bytes) {
        Err(error @ (ReadError::Refused(_) | ReadError::NotThis(..))) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn bombs_are_refused() {
    // 200 MB of nothing in 200 kB.
    let mut packer = Packer::new(Cursor::new(Vec::new()));
    packer.add("project.xml", true, &mut std::io::repeat(b' ').take(200 << 20)).unwrap();
    let bomb = packer.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    assert!(refused(bomb).contains("MB"));
    // An entry that says it is small and is not: its size stands in the list at the end.
    let mut liar = archive(&[("project.xml", &vec![b' '; 30 << 20])]);
    let at = liar.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    liar[at + 24..at + 28].copy_from_slice(&1000u32.to_le_bytes());
    assert!(read(&DawProject, "a.dawproject", liar).is_err());
    // More entries than any project has.
    let mut many = archive(&[("project.xml", b"<Project/>")]);
    let end = many.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").unwrap();
    many[end + 8..end + 12].copy_from_slice(&[0xff; 4]);
    assert!(refused(many).contains("65535 entries"));
}

fn gzip(text: &mut dyn Read) -> Vec<u8> {
    let mut packer = GzEncoder::new(text, Compression::best());
    let mut packed = Vec::new();
    packer.read_to_end(&mut packed).unwrap();
    packed
}

#[test]
fn sets_that_were_made_to_do_harm_are_refused() {
    let refused = |bytes: Vec<u8>| match read(&Live, "a.als", bytes) {
        Err(error @ (ReadError::Refused(_) | ReadError::NotThis(..))) => error.to_string(),
        other => panic!("{other:?}"),
    };
    // 10 GB of nothing would be 10 MB packed; 400 MB in 400 kB do.
    let bomb = gzip(&mut std::io::repeat(b' ').take(400 << 20));
    assert!(bomb.len() < 1 << 20);
    let start = Instant::now();
    let said = refused(bomb.clone());
    println!("a bomb of {} kB is refused within {} ms", bomb.len() >> 10, start.elapsed().as_millis());
    assert!(said.contains("48 MB"), "{said}");
    // A small one that unpacks to more than any text of that size does.
    assert!(refused(gzip(&mut std::io::repeat(b' ').take(1 << 20))).contains("1 MB"));
    // One in another, and several in a row: what is behind the first is not looked at.
    refused(gzip(&mut bomb.as_slice()));
    refused([gzip(&mut &b"<Ableton/>"[..]), bomb].concat());
    let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\">]><Ableton><LiveSet>&a;</LiveSet></Ableton>";
    let deep = format!("<Ableton><LiveSet>{}", "<Tracks>".repeat(100_000));
    let left = format!("<Ableton><LiveSet>{}", "<Buffer>".repeat(100_000));
    for text in [laughs, &deep, &left] {
        let said = refused(gzip(&mut text.as_bytes()));
        assert!(said.starts_with("refused"), "{said}");
    }
    for not in [&b""[..], b"\x1f\x8b", b"<Ableton/>", &gzip(&mut &b"<Ableton>\xff</Ableton>"[..])] {
        refused(not.to_vec());
    }
    let whole = gzip(&mut &b"<Ableton><LiveSet/></Ableton>"[..]);
    assert!(read(&Live, "a.als", whole.clone()).is_ok());
    refused(whole[..whole.len() / 2].to_vec());
}

#[test]
fn xml_that_was_made_to_do_harm_is_refused() {
    let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><Project>&b;</Project>";
    let outside = "<!DOCTYPE l [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Project>&a;</Project>";
    let deep = format!("<Project>{}", "<Track>".repeat(100_000));
    let long = format!("<Project a=\"{}\"/>", "x".repeat(25 << 20));
    for text in [laughs, outside, &deep, &long] {
        let said = refused(archive(&[("project.xml", text.as_bytes())]));
        assert!(said.starts_with("refused"), "{said}");
    }
    refused(archive(&[("project.xml", b"<Project>\xff\xfe</Project>")]));
    refused(archive(&[("other.xml", b"<Project/>")]));
    refused(b"PK\x03\x04".to_vec());
    refused(Vec::new());
}

#[test]
fn sounds_outside_of_the_project_are_not_read() {
    let project = |path: &str| {
        let xml = format!(
            "<Project version=\"1.0\"><Structure><Track id=\"t\" name=\"A\"><Channel id=\"c\"/></Track></Structure>\
             <Arrangement><Lanes timeUnit=\"seconds\"><Lanes track=\"t\"><Clips><Clip time=\"0\" duration=\"1\">\
             <Audio channels=\"1\" sampleRate=\"48000\" duration=\"1\"><File path=\"{path}\" external=\"true\"/></Audio>\
             </Clip></Clips></Lanes></Lanes></Arrangement></Project>"
        );
        read(&DawProject, "a.dawproject", archive(&[("project.xml", xml.as_bytes())])).unwrap()
    };
    let long = "a/".repeat(4096);
    for path in [
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\a.wav",
        "\\\\?\\C:\\a",
        "a/../../b",
        "..",
        "file:///a",
        &long,
    ] {
        let (desk, losses) = project(path);
        assert!(matches!(&desk.sounds[0].of, SoundOf::Found(Place::Elsewhere(_))), "{path}");
        assert!(losses.iter().any(|loss| loss.at == path), "{path} is said to be lost");
    }
    let (desk, _) = project("takes/a.wav");
    assert_eq!(desk.sounds[0].of, SoundOf::Found(Place::Beside("takes/a.wav".to_owned())));
}

#[test]
fn what_unpacks_to_more_than_it_may_is_cut_off() {
    let file = archive(&[("audio/a.wav", &vec![0u8; 4 << 20])]);
    let mut out = Vec::new();
    let error = copy_entry(&mut Cursor::new(&file), "audio/a.wav", &mut out, 1 << 30).unwrap_err();
    assert!(matches!(error, ReadError::Refused(_)), "{error}");
    assert!(out.len() <= 1 << 20);
    let plain = archive(&[("audio/a.wav", b"RIFF")]);
    out.clear();
    assert_eq!(copy_entry(&mut Cursor::new(&plain), "audio/a.wav", &mut out, 100).unwrap(), 4);
    assert!(copy_entry(&mut Cursor::new(&plain), "audio/b.wav", &mut out, 100).is_err());
}

fn refused_as_aaf(bytes: Vec<u8>) -> String {
    match read(&Aaf, "a.aaf", bytes) {
        Err(error @ (ReadError::Refused(_) | ReadError::NotThis(..))) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Number, form and content of properties.
type Properties<'a> = &'a [(u16, u16, &'a [u8])];

/// A compound file whose objects have these properties: folder, and number, form and content of each.
fn objects(folders: &[(&str, Properties<'_>)], streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
    let streams: Vec<(String, Vec<u8>)> = folders
        .iter()
        .map(|(folder, properties)| {
            let mut bytes = vec![0x4c, 0x20];
            bytes.extend((properties.len() as u16).to_le_bytes());
            for (pid, form, content) in *properties {
                [*pid, *form, content.len() as u16].iter().for_each(|n| bytes.extend(n.to_le_bytes()));
            }
            properties.iter().for_each(|(.., content)| bytes.extend(*content));
            (format!("{folder}/properties"), bytes)
        })
        .chain(streams.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())))
        .collect();
    for (folder, _) in folders.iter().filter(|(folder, _)| !folder.is_empty()) {
        file.create_storage_all(folder).unwrap();
    }
    for (path, bytes) in &streams {
        file.create_stream(path).unwrap().write_all(bytes).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn compound_files_that_were_made_to_do_harm_are_refused() {
    let (one, row, header) = (0x22, 0x32, utf16("H"));
    for bytes in [Vec::new(), vec![0; 600], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()] {
        refused_as_aaf(bytes);
    }
    assert!(refused_as_aaf(vec![0; 25 << 20]).contains("larger than 24 MB"));
    // A list that names the same table of sectors ten thousand times and more: 5 MB that would unpack to 5 GB.
    let mut tables = objects(&[("", &[])], &[]);
    tables.resize(512, 0);
    tables[68..72].copy_from_slice(&0u32.to_le_bytes());
    for n in 0..10_000u32 {
        tables.extend([0u8; 508]);
        tables.extend((n + 1).to_le_bytes());
    }
    assert!(refused_as_aaf(tables).contains("larger than the file needs"));
    // An object in itself, by its name and by a path.
    let up = utf16("../H");
    let file = objects(&[("", &[(2, one, &header)]), ("/H", &[(9, one, &up)])], &[]);
    assert!(refused_as_aaf(file).contains("a path"));
    // A row that is the same object again and again.
    let mut index = [1_000_000u32, 0, 0].map(u32::to_le_bytes).concat();
    index.extend(vec![0u8; 4_000_000]);
    let file = objects(&[("", &[(2, row, &header)]), ("/H{0}", &[])], &[("/H index", &index)]);
    assert!(refused_as_aaf(file).contains("share"));
    // Objects in objects, deeper than any project.
    let paths: Vec<String> = (0..100).map(|n| "/H".repeat(n)).collect();
    let inner = [(2u16, one, header.as_slice())];
    let deep: Vec<(&str, Properties<'_>)> = paths.iter().map(|path| (path.as_str(), &inner[..])).collect();
    assert!(refused_as_aaf(objects(&deep, &[])).contains("deeper"));
    // Properties that are not there.
    let file = objects(&[], &[("/properties", &[0x4c, 0x20, 0xff, 0xff, 1])]);
    assert!(refused_as_aaf(file).contains("cut off"));
    assert!(refused_as_aaf(objects(&[("", &[])], &[])).contains("no header"));
}

/// A small generator, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

#[test]
fn damaged_projects_break_nothing() {
    let mut dice = Dice(0x1234_5678_9abc_def1);
    let mut files = Vec::new();
    for format in ALL.iter().filter(|format| !format.endings().is_empty()) {
        let (_, written, _) = written(*format, &Wishes::default());
        files.push((*format, bytes(&written[0])));
    }
    let samples = [
        ("reaper-vst.rpp", "reaper"),
        ("ardour73-mixa/mixa.ardour", "ardour"),
        ("protools-audio-levels.aaf", "aaf"),
        ("live-example-120.als", "live"),
        ("live12-automation.als", "live"),
    ];
    for (name, id) in samples {
        let format = mixsmith_interchange::all::named(id).unwrap();
        files.extend(sample(name).map(|bytes| (format, bytes)));
    }
    let numbers: [&[u8]; 8] =
        [b"-1", b"NaN", b"1e999", b"99999999999999999999", b"0", b"", b"inf", b"-1e300"];
    for (format, whole) in files {
        // What is packed is damaged inside: damage outside is found by its sum.
        let packed = format.id() == "live";
        let mut whole = whole;
        if packed {
            let mut text = Vec::new();
            GzDecoder::new(whole.as_slice()).read_to_end(&mut text).unwrap();
            whole = text;
        }
        for _ in 0..60 {
            let mut file = whole.clone();
            for _ in 0..1 + dice.below(6) {
                let at = dice.below(file.len());
                match dice.below(4) {
                    0 => file[at] = dice.below(256) as u8,
                    1 => file.truncate(at.max(1)),
                    2 => {
                        let end = (at + dice.below(40)).min(file.len());
                        file.drain(at..end);
                    }
                    // Another number in place of the next one.
                    _ => {
                        let Some(from) = file[at..].iter().position(u8::is_ascii_digit).map(|n| n + at)
                        else {
                            continue;
                        };
                        let end = file[from..].iter().position(|b| !b.is_ascii_digit() && *b != b'.');
                        let end = end.map_or(file.len(), |n| n + from);
                        file.splice(from..end, numbers[dice.below(numbers.len())].iter().copied());
                    }
                }
                if file.is_empty() {
                    break;
                }
            }
            if packed {
                file = gzip(&mut file.as_slice());
            }
            // Whatever is read becomes a session, and what is wrong with that is said.
            if let Ok((desk, _)) = read(format, "a", file) {
                let imported = import(&desk);
                let _ = mixsmith_session::print(&imported.session, &mixsmith_effects::KINDS);
            }
        }
    }
}
