//! DAWproject: what is written is read back, and what Bitwig wrote is read as it stands in its files.

mod common;

use common::{alike, bytes, read, sample, session, written};
use mixsmith_interchange::dawproject::DawProject;
use mixsmith_interchange::{
    BandKind, Content, Desk, Format, Kind, Place, Processing, Region, SoundOf, Wishes, Written, import,
};
use mixsmith_session::{Curve, Tap};

fn again(wishes: &Wishes) -> (Desk, Desk) {
    let (desk, files, _) = written(&DawProject, wishes);
    let (found, losses) = read(&DawProject, "song.dawproject", bytes(&files[0])).unwrap();
    assert_eq!(losses, []);
    (desk, found)
}

#[test]
fn what_is_written_is_read_back() {
    for flat in [false, true] {
        let (desk, found) = again(&Wishes { flat, ..Wishes::default() });
        assert_eq!(found.title, desk.title);
        for [got, wanted] in alike(&found, &desk, 0.05, &[Tap::Pre, Tap::Post]) {
            assert_eq!(got.colour, wanted.colour, "{}", wanted.name);
            let named = |desk: &Desk, region: &Region| {
                (desk.sounds[region.sound].name.clone(), Region { sound: 0, ..region.clone() })
            };
            for (a, b) in got.regions.iter().zip(&wanted.regions) {
                assert_eq!(named(&found, a), named(&desk, b), "{}", wanted.name);
            }
            assert_eq!(got.devices.len(), wanted.devices.len());
            for (a, b) in got.devices.iter().zip(&wanted.devices) {
                close(&a.does, &b.does);
            }
        }
    }
}

fn close(a: &Processing, b: &Processing) {
    let near = |(a, b): (f32, f32)| assert!((a - b).abs() <= 1e-4 * b.abs().max(1.0), "{a} {b}");
    match (a, b) {
        (Processing::Equaliser(a), Processing::Equaliser(b)) => {
            assert_eq!(a.len(), b.len());
            for (a, b) in a.iter().zip(b) {
                assert_eq!((a.kind, a.order, a.on), (b.kind, b.order, b.on));
                [(a.freq, b.freq), (a.gain, b.gain), (a.q, b.q)].into_iter().for_each(near);
            }
        }
        (Processing::Compressor(a), Processing::Compressor(b)) => {
            let pairs = [
                (a.threshold, b.threshold),
                (a.ratio, b.ratio),
                (a.attack, b.attack),
                (a.release, b.release),
            ];
            pairs.into_iter().for_each(near);
            near((a.makeup, b.makeup));
        }
        (Processing::Gate(a), Processing::Gate(b)) => {
            let pairs =
                [(a.threshold, b.threshold), (a.ratio, b.ratio), (a.range, b.range), (a.release, b.release)];
            pairs.into_iter().for_each(near);
        }
        (Processing::Limiter(a), Processing::Limiter(b)) => {
            [(a.ceiling, b.ceiling), (a.gain, b.gain), (a.release, b.release)].into_iter().for_each(near);
        }
        _ => panic!("{a:?} {b:?}"),
    }
}

#[test]
fn what_no_other_program_has_is_printed() {
    let (desk, _, losses) = written(&DawProject, &Wishes::default());
    let plate = desk.channel("plate").unwrap();
    assert_eq!((plate.kind, plate.regions.len(), plate.devices.len()), (Kind::Track, 1, 0));
    let print = &desk.sounds[plate.regions[0].sound];
    assert_eq!(print.of, SoundOf::Print("plate-print".to_owned()));
    let vox = desk.channel("vox").unwrap();
    assert_eq!(vox.sends.iter().map(|send| send.to.as_str()).collect::<Vec<_>>(), ["air"]);
    let fate = |at: &str| losses.iter().find(|loss| loss.at == at).map(|loss| loss.fate.word());
    assert_eq!(fate("plate/verb"), Some("printed"));
    assert_eq!(fate("vox/send.plate"), Some("printed"));
    assert_eq!(fate("vox/trim"), Some("printed"));
    assert_eq!(fate("vox/fader"), Some("exact"));
    assert_eq!(fate("vox/comp"), Some("near"));
    assert_eq!(fate("kick/gate"), Some("near"));
}

#[test]
fn what_is_near_is_printed_where_that_is_wished() {
    let (desk, _, losses) = written(&DawProject, &Wishes { print_near: true, ..Wishes::default() });
    let fate = |at: &str| losses.iter().find(|loss| loss.at == at).map(|loss| loss.fate.word());
    for at in ["vox/comp", "kick/gate", "plate/verb"] {
        assert_eq!(fate(at), Some("printed"), "{at}");
    }
    // A sum cannot be printed without its tracks.
    assert_eq!(fate("master/limit"), Some("near"));
    assert!(desk.channel("vox").unwrap().devices.is_empty());
}

#[test]
fn what_is_written_read_and_written_again_is_the_same_file() {
    for flat in [false, true] {
        let wishes = Wishes { flat, ..Wishes::default() };
        let (_, files, _) = written(&DawProject, &wishes);
        let (found, _) = read(&DawProject, "Songs.dawproject", bytes(&files[0])).unwrap();
        let (again, losses) = DawProject.write(&found, &wishes);
        assert!(losses.iter().all(|loss| loss.fate.word() == "exact"), "{losses:?}");
        let text = |file: &Written| {
            let Content::Archive(entries) = &file.content else { panic!("no archive") };
            let texts = entries.iter().filter(|entry| entry.path.ends_with(".xml"));
            texts.map(|entry| String::from_utf8(bytes(entry)).unwrap()).collect::<Vec<_>>()
        };
        for (first, second) in text(&files[0]).iter().zip(text(&again[0])) {
            for (first, second) in first.lines().zip(second.lines()) {
                assert_eq!(first, second, "flat {flat}");
            }
            assert_eq!(first.len(), second.len());
        }
    }
}

#[test]
fn prints_leave_the_mix_as_it_is() {
    let layout = mixsmith_interchange::lay_out(
        &session(),
        &mixsmith_interchange::all::named("dawproject").unwrap().carries(),
        &Wishes::default(),
    );
    assert_eq!(mixsmith_session::check(&layout.session, &mixsmith_effects::KINDS), []);
    let plate = layout.session.strip("plate-print").unwrap();
    assert_eq!((plate.inserts.len(), plate.values.len()), (1, 0));
    assert!(layout.session.strip("vox").unwrap().send("plate-print").is_some());
}

#[test]
fn a_project_becomes_a_session_that_is_sound() {
    let (_, desk) = again(&Wishes::default());
    let imported = import(&desk);
    assert_eq!(mixsmith_session::check(&imported.session, &mixsmith_effects::KINDS), []);
    let vox = imported.session.strip("vox").unwrap();
    assert_eq!(
        vox.inserts.iter().map(|i| i.kind.as_str()).collect::<Vec<_>>(),
        ["tone.equaliser", "dynamics.compressor"]
    );
    assert_eq!(vox.to.as_deref(), Some("mix"));
    assert_eq!(imported.session.strip("air").unwrap().inserts.len(), 1);
}

// The values below stand in Bitwig's own files, and were taken from their XML by eye.

#[test]
fn bitwigs_equaliser_is_read() {
    let Some(file) = sample("bitwig53-eq.dawproject") else { return };
    let (desk, _) = read(&DawProject, "eq.dawproject", file).unwrap();
    assert_eq!(desk.tempo, 110.0);
    let names: Vec<(&str, Kind)> = desk.channels.iter().map(|c| (c.name.as_str(), c.kind)).collect();
    assert_eq!(names, [("Inst 1", Kind::Track), ("EQ+", Kind::Return), ("Master", Kind::Master)]);
    assert!((desk.channels[0].volume.value + 10.0).abs() < 1e-3, "0.316228 is -10 dB");
    assert!(desk.channels[0].sends.is_empty(), "its only send is off");
    let Processing::Equaliser(bands) = &desk.channels[1].devices[0].does else { panic!() };
    let wanted = [
        (BandKind::HighPass, 240.0, 0.0, 1.0375),
        (BandKind::Bell, 900.0, -9.0, 1.0),
        (BandKind::HighShelf, 12_000.0, 6.0, 1.0),
        (BandKind::Bell, 2000.0, 12.0, 2.0),
        (BandKind::Bell, 1173.43, 10.2941, 1.0),
        (BandKind::Bell, 487.71, -5.5898, 1.0),
    ];
    assert_eq!(bands.len(), wanted.len());
    for (band, (kind, freq, gain, q)) in bands.iter().zip(wanted) {
        assert_eq!((band.kind, band.on), (kind, true));
        assert!(
            (band.freq / freq - 1.0f32).abs() < 1e-4
                && (band.gain - gain).abs() < 1e-3
                && (band.q - q).abs() < 1e-3
        );
    }
    assert_eq!(bands[0].order, 8);
}

#[test]
fn bitwigs_automation_is_read() {
    let Some(file) = sample("bitwig53-automation.dawproject") else { return };
    let (desk, losses) = read(&DawProject, "automation.dawproject", file).unwrap();
    let track = &desk.channels[0];
    // A quarter note at 110 a minute and 48000 frames a second.
    let beat = |beats: f64| (beats * 60.0 / 110.0 * 48_000.0).round() as u64;
    for (beats, pan, gain) in
        [(0.0, 0.0, 1.0), (1.5, -75.0, 0.354_813), (2.0, -100.0, 0.425_44), (4.0, 100.0, 0.707_946f64)]
    {
        assert!((track.pan.at(beat(beats)) - pan).abs() < 0.1, "{beats}");
        let db = 20.0 * gain.log10() as f32;
        assert!(
            (track.volume.at(beat(beats)) - db).abs() < 0.1,
            "{beats}: {} {db}",
            track.volume.at(beat(beats))
        );
    }
    assert_eq!((track.mute.at(beat(1.9)), track.mute.at(beat(2.1))), (0.0, 1.0));
    assert_eq!(track.mute.points[1].curve, Curve::Hold);
    assert!(losses.iter().any(|loss| loss.at == "Inst 1/clips"), "notes are lost, and said to be");
}

#[test]
fn bitwigs_looped_clip_is_read() {
    let Some(file) = sample("bitwig53-audio-regions.dawproject") else { return };
    let (desk, _) = read(&DawProject, "regions.dawproject", file).unwrap();
    assert_eq!((desk.rate, desk.sounds.len()), (44_100, 1));
    assert_eq!(desk.sounds[0].of, SoundOf::Found(Place::Inside("audio/chirp.wav".to_owned())));
    let found: Vec<(i64, u64, u64)> =
        desk.channels[0].regions.iter().map(|r| (r.at, r.from, r.frames)).collect();
    // Eight quarters at 110 a minute are 4.3636 s: a second of sound four times, and the beginning of the fifth.
    assert_eq!(
        found,
        [
            (0, 0, 44_100),
            (44_100, 0, 44_100),
            (88_200, 0, 44_100),
            (132_300, 0, 44_100),
            (176_400, 0, 16_036)
        ]
    );
    assert_eq!(desk.channels[0].colour, "#d99d10");
}

#[test]
fn sends_that_are_on_are_read_where_they_are_taken() {
    let (_, desk) = again(&Wishes::default());
    let vox = desk.channels.iter().find(|channel| channel.name == "VOX").unwrap();
    assert_eq!((vox.sends.len(), vox.sends[0].tap), (1, Tap::Pre));
    assert!((vox.sends[0].level.value + 20.0).abs() < 1e-4);
}

#[test]
fn an_imported_mix_can_be_printed() {
    // The road prints what comes out of a strip `mix` and of the master.
    let (_, desk) = again(&Wishes::default());
    let session = import(&desk).session;
    assert_eq!(
        session.strips.iter().filter(|strip| strip.id.starts_with("mix")).count(),
        1,
        "it had one already"
    );
    let Some(file) = sample("bitwig53-eq.dawproject") else { return };
    let (desk, _) = read(&DawProject, "eq.dawproject", file).unwrap();
    let session = import(&desk).session;
    assert_eq!(session.strip("mix").and_then(|mix| mix.to.as_deref()), Some("master"));
    assert_eq!(session.strip("eq").and_then(|strip| strip.to.as_deref()), Some("mix"));
    assert_eq!(mixsmith_session::check(&session, &mixsmith_effects::KINDS), []);
}
