//! A vocal rider's moves as automation.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod common;

use common::{OnDisk, few, flat};
use mixsmith_effects::KINDS;
use mixsmith_pipeline::{Options, Silent, write_rides};
use mixsmith_session::{Edit, Insert, Lane, Point, Session, parse, print};

const VOICE: &str = "lead-vocal";

/// The song with a rider on its voice, and on disk.
fn with_rider(song: &OnDisk) -> Session {
    let mut session = flat(&song.decide().session);
    let values = [("target", -16.0), ("range", 9.0), ("speed", 120.0), ("gate", -60.0), ("lookahead", 20.0)];
    let insert = Insert::new("rider", "dynamics.rider", &values);
    let point = |at, value| Point { at, value, curve: Default::default(), label: String::new() };
    let lane = Lane { target: "ride".to_owned(), points: vec![point(0, -2.0), point(200_000, 1.0)] };
    for edit in [
        Edit::AddInsert { strip: VOICE.to_owned(), place: None, insert },
        Edit::Draw { strip: VOICE.to_owned(), lane },
    ] {
        session.apply(&KINDS, &edit).unwrap();
    }
    std::fs::write(song.folder().session(), print(&session, &KINDS)).unwrap();
    session
}

#[test]
fn it_sounds_as_before() {
    let song = OnDisk::of(&few());
    let session = with_rider(&song);
    let name = &session.strip(VOICE).unwrap().name;
    song.render();
    let before = song.sound(&format!("stems/{name}.wav"));
    let said = write_rides(&song.folder(), VOICE, &Options::default(), &Silent).unwrap();
    println!("{}", said.join("\n"));
    let (after, odd) = parse(&song.session_text(), &KINDS).unwrap();
    assert!(odd.is_empty(), "{odd:?}");
    let strip = after.strip(VOICE).unwrap();
    assert!(!strip.insert("rider").unwrap().on);
    let lane = strip.lanes.iter().find(|lane| lane.target == "ride").unwrap();
    let moves = lane.points.iter().map(|point| point.value).fold(0f32, |most, x| most.max(x.abs()));
    let frames = before.frames();
    assert!(moves > 2.0 && (10..frames / 640).contains(&lane.points.len()), "{}", lane.points.len());
    song.render();
    let after = song.sound(&format!("stems/{name}.wav"));
    // A tenth of a dB, and the dither of both prints.
    let (share, dither) = (10f32.powf(0.105 / 20.0) - 1.0, 4.0 / 8_388_608.0);
    let pairs = before.channels.iter().flatten().zip(after.channels.iter().flatten());
    let worst = pairs.map(|(a, b)| (a - b).abs() - share * a.abs().max(b.abs())).fold(0f32, f32::max);
    assert!(worst <= dither, "{worst}");
}

#[test]
fn what_cannot_be_written_is_said() {
    let song = OnDisk::of(&few());
    with_rider(&song);
    let refused = |rider: &str| {
        write_rides(&song.folder(), rider, &Options::default(), &Silent).unwrap_err().to_string()
    };
    assert!(refused("keys").contains("no vocal rider"));
    assert!(refused(&format!("{VOICE}/comp")).contains("`lead-vocal/rider`"));
    assert!(refused("nobody").contains("no track or bus"));
    write_rides(&song.folder(), "lead-vocal/rider", &Options::default(), &Silent).unwrap();
    assert!(refused(&format!("{VOICE}/rider")).contains("bypassed"));
}
