//! REAPER: what is written is read back, and what REAPER saved is read as it stands in its file.

mod common;

use common::{alike, bytes, read, sample, written};
use mixsmith_interchange::reaper::Reaper;
use mixsmith_interchange::{Content, Kind, Processing, Wishes, import};
use mixsmith_session::Tap;

#[test]
fn what_is_written_is_read_back() {
    for flat in [false, true] {
        let (desk, files, _) = written(&Reaper, &Wishes { flat, ..Wishes::default() });
        let (found, losses) = read(&Reaper, "Songs.rpp", bytes(&files[0])).unwrap();
        assert_eq!(losses, [], "flat {flat}");
        for [got, wanted] in alike(&found, &desk, 0.05, &[Tap::Pre, Tap::Post]) {
            assert_eq!(got.colour, wanted.colour, "{}", wanted.name);
            assert_eq!(got.devices.len(), wanted.devices.len(), "{}", wanted.name);
            for (a, b) in got.regions.iter().zip(&wanted.regions) {
                assert_eq!((a.at, a.from, a.frames), (b.at, b.from, b.frames), "{}", wanted.name);
                assert!((a.gain - b.gain).abs() < 1e-4, "{}: {} {}", wanted.name, a.gain, b.gain);
            }
        }
        let session = import(&found).session;
        assert_eq!(mixsmith_session::check(&session, &mixsmith_effects::KINDS), []);
    }
}

#[test]
fn the_trim_of_a_track_is_the_gain_of_its_item() {
    let (desk, _, losses) = written(&Reaper, &Wishes::default());
    let vox = desk.channel("vox").unwrap();
    assert_eq!((vox.regions[0].gain, vox.devices.len()), (4.0, 2));
    assert!(losses.iter().any(|loss| loss.at == "vox/trim" && loss.fate.word() == "exact"));
    assert!(losses.iter().any(|loss| loss.at == "kick/gate" && loss.fate.word() == "printed"));
}

#[test]
fn folders_open_and_close() {
    let (_, files, _) = written(&Reaper, &Wishes::default());
    let Content::Bytes(text) = &files[0].content else { panic!() };
    let text = String::from_utf8(text.clone()).unwrap();
    let mut depth = 0i32;
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("ISBUS ")) {
        let by: i32 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        depth += by;
        assert!(depth >= 0, "{line}");
    }
    assert_eq!(depth, 0);
    assert_eq!(text.matches("ISBUS 1 1").count(), 2);
}

// The values below stand in REAPER's own file, and were taken from it by eye.

#[test]
fn reapers_own_file_is_read() {
    let Some(file) = sample("reaper-vst.rpp") else { return };
    let (desk, losses) = read(&Reaper, "vst.rpp", file).unwrap();
    assert_eq!((desk.rate, desk.tempo), (44_100, 120.0));
    let names: Vec<&str> = desk.channels.iter().map(|channel| channel.name.as_str()).collect();
    assert_eq!(names.last(), Some(&"Master"));
    for name in ["5.50", "\"hey", "hey\"", "<", ">", "<>"] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    let Processing::Compressor(c) = desk.channels[0].devices[0].does else { panic!() };
    // ReaComp's defaults are 3 and 100 ms, and a ratio of 1:1 stands for 0.
    assert!(
        (c.attack - 3.0).abs() < 1e-3 && (c.release - 100.0).abs() < 1e-3 && (c.ratio - 1.0).abs() < 1e-3
    );
    assert!((c.threshold + 9.526).abs() < 1e-2, "{}", c.threshold);
    assert!(losses.iter().any(|loss| loss.at.contains("item at 0.000 s")), "its notes are lost: {losses:?}");
    assert_eq!(desk.channels[0].kind, Kind::Track);
}
