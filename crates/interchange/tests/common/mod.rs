//! A mix with one of everything, and projects made of it.
#![allow(dead_code, clippy::disallowed_methods, reason = "not every test uses all of it; tests read files")]

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use mixsmith_interchange::{
    Channel, Content, Course, Desk, Format, Loss, Packer, Project, ReadError, Wishes, Written, lay_out,
};
use mixsmith_session::{
    Clip, Curve, Insert, Lane, Marker, Point, Send, Session, SongInfo, Source, Strip, StripKind, Tap,
};

fn point(at: u64, value: f32, curve: Curve) -> Point {
    Point { at, value, curve, label: String::new() }
}

/// Three tracks, a bus in a bus, a return of our own reverb, one that is an equaliser alone, and a master.
pub fn session() -> Session {
    let song = SongInfo {
        title: "Songs & <Things>".to_owned(),
        rate: 48_000,
        tempo: 97.5,
        frames: 480_000,
        markers: vec![
            Marker { at: 0, name: "verse 1".to_owned() },
            Marker { at: 240_000, name: "chorus \"1\"".to_owned() },
        ],
    };
    let mut session = Session { song, ..Session::default() };
    let mut add = |id: &str, channels: u32| {
        let file = format!("{id}.wav");
        session.sources.push(Source {
            id: id.to_owned(),
            file,
            stream: 0,
            hash: String::new(),
            channels,
            frames: 480_000,
        });
        Strip::new(id, &id.to_uppercase(), StripKind::Track { clips: vec![Clip::whole(id, 480_000)] })
    };
    let (mut kick, mut vox, mut keys) = (add("kick", 1), add("vox", 1), add("keys", 2));
    let values = |strip: &mut Strip, values: &[(&str, f32)]| {
        strip.values.extend(values.iter().map(|&(id, value)| (id.to_owned(), value)));
    };
    kick.colour = "#c0392b".to_owned();
    kick.to = Some("drums".to_owned());
    values(&mut kick, &[("fader", -7.25), ("pan", -30.0)]);
    kick.inserts.push(Insert::new(
        "gate",
        "dynamics.gate",
        &[("threshold", -30.0), ("range", 12.0), ("ratio", 4.0), ("release", 120.0), ("hysteresis", 0.0)],
    ));
    vox.to = Some("mix".to_owned());
    values(&mut vox, &[("fader", -3.0), ("trim", 4.0)]);
    let eq =
        [("type1", 4.0), ("freq1", 90.0), ("type2", 1.0), ("freq2", 320.0), ("gain2", -3.5), ("q2", 1.4)];
    vox.inserts.push(Insert::new("eq", "tone.equaliser", &eq));
    let comp = [
        ("threshold", -24.0),
        ("ratio", 4.0),
        ("knee", 6.0),
        ("attack", 12.0),
        ("release", 150.0),
        ("makeup", 3.0),
    ];
    vox.inserts.push(Insert::new("comp", "dynamics.compressor", &comp));
    for (to, tap, level) in [("plate", Tap::Post, -14.0), ("air", Tap::Pre, -20.0)] {
        vox.sends.push(Send { to: to.to_owned(), tap, values: [("level".to_owned(), level)].into() });
    }
    let rides = vec![
        point(48_000, 0.0, Curve::Line),
        point(96_000, 2.5, Curve::Line),
        point(200_000, 0.0, Curve::Hold),
    ];
    vox.lanes.push(Lane { target: "ride".to_owned(), points: rides });
    keys.to = Some("mix".to_owned());
    values(&mut keys, &[("fader", -9.0), ("mute", 1.0)]);
    let pans = vec![point(0, -50.0, Curve::Line), point(240_000, 50.0, Curve::Line)];
    keys.lanes.push(Lane { target: "pan".to_owned(), points: pans });
    let mut drums = Strip::new("drums", "Drums", StripKind::Bus);
    drums.to = Some("mix".to_owned());
    values(&mut drums, &[("fader", -1.5)]);
    let mut mix = Strip::new("mix", "Mix", StripKind::Bus);
    mix.to = Some("master".to_owned());
    let mut plate = Strip::new("plate", "Plate", StripKind::Return);
    plate.inserts.push(Insert::new("verb", "space.reverb", &[]));
    plate.to = Some("mix".to_owned());
    let mut air = Strip::new("air", "Air", StripKind::Return);
    air.inserts.push(Insert::new(
        "eq",
        "tone.equaliser",
        &[("type1", 3.0), ("freq1", 3000.0), ("gain1", 4.0)],
    ));
    air.to = Some("mix".to_owned());
    let mut master = Strip::new("master", "Master", StripKind::Master);
    master.inserts.push(Insert::new("limit", "dynamics.limiter", &[("ceiling", -1.0), ("gain", 6.0)]));
    session.strips = [kick, vox, keys, drums, mix, plate, air, master].map(Arc::new).to_vec();
    assert_eq!(mixsmith_session::check(&session, &mixsmith_effects::KINDS), []);
    session
}

/// Writes a project of the mix.
pub fn written(format: &dyn Format, wishes: &Wishes) -> (Desk, Vec<Written>, Vec<Loss>) {
    let layout = lay_out(&session(), &format.carries(), wishes);
    let (written, more) = format.write(&layout.desk, wishes);
    (layout.desk, written, [layout.losses, more].concat())
}

/// The bytes of a file; sounds are a few bytes that stand for them.
pub fn bytes(written: &Written) -> Vec<u8> {
    match &written.content {
        Content::Bytes(bytes) => bytes.clone(),
        Content::Sound(_) | Content::Channel(..) | Content::Print(_) => b"RIFF".to_vec(),
        Content::Archive(entries) => {
            let mut packer = Packer::new(Cursor::new(Vec::new()));
            for entry in entries {
                packer.add(&entry.path, true, &mut bytes(entry).as_slice()).unwrap();
            }
            packer.finish().unwrap().into_inner()
        }
    }
}

/// Two courses as near as this, in decibels or percent of pan, at every hundredth frame.
pub fn near(a: &Course, b: &Course, within: f32, what: &str) {
    for frame in (0..480_000).step_by(100) {
        let (a, b) = (a.at(frame), b.at(frame));
        assert!((a - b).abs() < within, "{what} at {frame}: {a} {b}");
    }
}

/// Compares what every format keeps of a desk: the song, and of each channel its kind, level, place, mute, routes and, where
/// they are taken at one of these `taps`, the levels of its sends. Gives each channel that was found with the one wanted.
pub fn alike<'a>(found: &'a Desk, wanted: &'a Desk, within: f32, taps: &[Tap]) -> Vec<[&'a Channel; 2]> {
    assert_eq!((found.rate, found.tempo, found.frames), (wanted.rate, wanted.tempo, wanted.frames));
    assert_eq!(found.markers, wanted.markers);
    assert_eq!(found.channels.len(), wanted.channels.len());
    let name = |desk: &Desk, id: &str| desk.channel(id).map(|channel| channel.name.clone());
    let pair = |b: &'a Channel| {
        let what = &b.name;
        let a = found.channels.iter().find(|channel| channel.name == b.name).unwrap();
        assert_eq!((a.kind, a.mute.clone()), (b.kind, b.mute.clone()), "{what}");
        near(&a.volume, &b.volume, within, what);
        near(&a.pan, &b.pan, within, what);
        let to = |desk: &Desk, of: &Channel| of.to.as_ref().and_then(|id| name(desk, id));
        assert_eq!(to(found, a), to(wanted, b), "{what}");
        assert_eq!((a.sends.len(), a.regions.len()), (b.sends.len(), b.regions.len()), "{what}");
        for (a, b) in a.sends.iter().zip(&b.sends) {
            assert_eq!((name(found, &a.to), a.tap), (name(wanted, &b.to), b.tap), "{what}");
            if taps.contains(&b.tap) {
                near(&a.level, &b.level, within, what);
            }
        }
        [a, b]
    };
    wanted.channels.iter().map(pair).collect()
}

/// Reads a project from bytes.
pub fn read(format: &dyn Format, name: &str, bytes: Vec<u8>) -> Result<(Desk, Vec<Loss>), ReadError> {
    format.read(Project { name, file: &mut Cursor::new(bytes) })
}

/// A sample of a real program's project; none where the folder of samples is not there.
pub fn sample(name: &str) -> Option<Vec<u8>> {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/interchange/samples");
    let found = [shared].iter().find_map(|folder| std::fs::read(folder.join(name)).ok());
    if found.is_none() {
        println!("skipped: there is no sample {name}");
    }
    found
}
