//! Ardour: what is written is read back, and what Ardour saved is read as it stands in its files. Ardour itself judges in
//! the tests of the pipeline.

mod common;

use common::{alike, bytes, read, sample, written};
use mixsmith_interchange::ardour::Ardour;
use mixsmith_interchange::{Format, Kind, Processing, Wishes, import, lay_out};
use mixsmith_session::Tap;

#[test]
fn what_is_written_is_read_back() {
    let (desk, files, _) = written(&Ardour, &Wishes::default());
    assert!(
        files.iter().skip(1).all(|file| file
            .path
            .starts_with("interchange/Songs - <Things>".replace(['<', '>'], "-").as_str()))
    );
    let (found, losses) = read(&Ardour, "Songs.ardour", bytes(&files[0])).unwrap();
    assert_eq!(losses, []);
    for [got, wanted] in alike(&found, &desk, 0.06, &[Tap::Post]) {
        assert_eq!(got.width, wanted.width, "{}", wanted.name);
        for (a, b) in got.regions.iter().zip(&wanted.regions) {
            assert_eq!((a.at, a.from, a.frames), (b.at, b.from, b.frames), "{}", wanted.name);
            // What the panner takes away is given by the region, and taken away here by the trim.
            assert!((a.gain + got.trim - b.gain - wanted.trim).abs() < 1e-3, "{}", wanted.name);
        }
    }
    let session = import(&found).session;
    assert_eq!(mixsmith_session::check(&session, &mixsmith_effects::KINDS), []);
}

// The values below stand in Ardour's own files and in the table of what Ardour 7.3 showed of them.

#[test]
fn a_session_that_ardour_saved_is_read() {
    let Some(file) = sample("ardour73-mixa/mixa.ardour") else { return };
    let (desk, losses) = read(&Ardour, "mixa.ardour", file).unwrap();
    assert_eq!((desk.rate, desk.frames), (48_000, 96_000));
    assert!((desk.tempo - 97.0).abs() < 1e-4);
    assert_eq!((desk.markers[0].name.as_str(), desk.markers[0].at), ("Chorus", 96_000));
    let kinds: Vec<(&str, Kind)> = desk.channels.iter().map(|c| (c.name.as_str(), c.kind)).collect();
    let wanted = [("Drums", Kind::Bus), ("Verb", Kind::Return), ("Kick", Kind::Track), ("Gtr", Kind::Track)];
    assert_eq!(kinds[..4], wanted);
    assert_eq!(kinds[4..], [("Vox", Kind::Track), ("Master", Kind::Master)]);
    let kick = &desk.channels[2];
    assert_eq!(desk.channel(kick.to.as_deref().unwrap()).unwrap().name, "Drums");
    assert!((kick.volume.value + 6.0206).abs() < 1e-3);
    assert_eq!((kick.regions[0].at, kick.regions[0].frames, kick.width), (0, 96_000, 1));
    let vox = &desk.channels[4];
    assert_eq!((vox.sends.len(), vox.sends[0].tap), (1, Tap::Post));
    assert!((vox.sends[0].level.value + 6.0206).abs() < 1e-3);
    // A step from 1 to a tenth after a second.
    assert_eq!((vox.volume.at(47_000), vox.volume.at(49_000)), (0.0, -20.0));
    // Its equaliser has one bell that does anything: measured, it takes 11.96 dB at 331 Hz.
    let Processing::Equaliser(bands) = &desk.channels[3].devices[0].does else { panic!() };
    let live: Vec<(f32, f32)> =
        bands.iter().filter(|band| band.on).map(|band| (band.freq, band.gain)).collect();
    assert_eq!(live, [(331.0, -12.0)]);
    assert_eq!(losses, []);
}

#[test]
fn a_session_of_ardour_5_is_read() {
    let Some(file) = sample("ardour5-with-you/200119-song-idea.ardour") else { return };
    let Some(table) = sample("ardour5-with-you/as-loaded-by-ardour7.3.tsv") else { return };
    let (desk, losses) = read(&Ardour, "200119-song-idea.ardour", file).unwrap();
    assert_eq!((desk.rate, desk.tempo), (44_100, 110.0));
    let table = String::from_utf8(table).unwrap();
    let mut compared = 0;
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let Some(channel) = desk.channels.iter().find(|channel| channel.name == cells[0]) else { continue };
        let db: f32 = cells[1].parse().unwrap();
        assert!((channel.volume.value - db).abs() < 0.006, "{}: {} {db}", cells[0], channel.volume.value);
        assert_eq!(channel.mute.value >= 0.5, cells[3] == "muted", "{}", cells[0]);
        compared += 1;
    }
    assert!(compared >= 25, "{compared} routes compared");
    let regions: usize = desk.channels.iter().map(|channel| channel.regions.len()).sum();
    assert_eq!(regions, 97, "as another XML reader counts those of the audio tracks that are not muted");
    let calf = losses.iter().filter(|loss| loss.at.contains("Calf")).count();
    assert_eq!(calf, 42, "plugins are lost, and said to be");
}

/// The mix with echoes, and a bass bus that gives way to the kick.
fn more() -> mixsmith_session::Session {
    use std::sync::Arc;
    let mut session = common::session();
    for strip in &mut session.strips {
        let strip = Arc::make_mut(strip);
        let mut add = |id: &str, kind: &str, values: &[(&str, f32)]| {
            strip.inserts.push(mixsmith_session::Insert::new(id, kind, values));
        };
        match strip.id.as_str() {
            "air" => add("echo", "space.delay", &[("note", 8.0), ("duck", 6.0), ("pingpong", 1.0)]),
            "drums" => {
                add("duck", "dynamics.compressor", &[("threshold", -20.0)]);
                strip.inserts[0].key = Some("kick".to_owned());
            }
            _ => {}
        }
    }
    session
}

#[test]
fn delay_and_reverb_are_printed_or_as_is_wished_ardours_own() {
    let (session, carries) = (more(), Ardour.carries());
    let fate = |layout: &mixsmith_interchange::Layout, at: &str| {
        let loss = layout.losses.iter().find(|loss| loss.at == at).unwrap();
        (loss.fate.word(), format!("{:?}", loss.fate))
    };
    let printed = lay_out(&session, &carries, &Wishes::default());
    for at in ["plate/verb", "air/echo"] {
        let (word, says) = fate(&printed, at);
        assert!(word == "printed" && says.contains("--own-effects"), "{at}: {says}");
    }
    let own = lay_out(&session, &carries, &Wishes { own_effects: true, ..Wishes::default() });
    let (word, says) = fate(&own, "air/echo");
    // An eighth at 97.5 a minute, of which the honest list names what is missing.
    assert!(word == "near" && says.contains("307.7 ms") && says.contains("side to side"), "{says}");
    let (word, says) = fate(&own, "plate/verb");
    assert!(word == "near" && says.contains("1.50 s"), "{says}");
    let (files, _) = Ardour.write(&own.desk, &Wishes::default());
    let (found, _) = read(&Ardour, "Songs.ardour", bytes(&files[0])).unwrap();
    let does = |name: &str| {
        let channel = found.channels.iter().find(|channel| channel.name == name).unwrap();
        channel.devices.iter().map(|device| device.does.word()).collect::<Vec<_>>()
    };
    assert_eq!(does("Air"), ["equaliser", "delay", "equaliser"]);
    assert_eq!(does("Plate"), ["delay", "reverb", "equaliser"]);
    let air = found.channels.iter().find(|channel| channel.name == "Air").unwrap();
    let Processing::Delay(delay) = air.devices[1].does else { panic!() };
    assert!((delay.time - 307.692).abs() < 0.02, "{}", delay.time);
}

#[test]
fn what_a_key_does_to_a_bus_is_a_ride() {
    let layout = lay_out(&more(), &Ardour.carries(), &Wishes::default());
    let [ride] = &layout.rides[..] else { panic!("{:?}", layout.rides) };
    assert_eq!(ride.channel, "drums");
    let print = layout.session.strip(&ride.print).unwrap();
    assert_eq!((print.inserts[0].key.as_deref(), print.clips()[0].source.as_str()), (Some("kick"), "ones"));
    let loss = layout.losses.iter().find(|loss| loss.at == "drums/duck").unwrap();
    assert_eq!(loss.fate.word(), "near");
    // Where faders cannot be automated it stays lost.
    let desk = lay_out(&more(), &mixsmith_interchange::x32::X32.carries(), &Wishes::default());
    assert_eq!(desk.rides, []);
}

#[test]
fn a_gain_becomes_few_points() {
    let gains: Vec<f32> = (0..48_000).map(|n| if n < 24_000 { 1.0 } else { 0.5 }).collect();
    let course = mixsmith_interchange::Course::of_gain(&gains);
    assert!(course.points.len() <= 4, "{:?}", course.points);
    assert!(course.at(10_000).abs() < 0.02 && (course.at(40_000) + 6.02).abs() < 0.02);
}
