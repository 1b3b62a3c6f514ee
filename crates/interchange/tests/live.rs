//! Live: what is written is read back, and what Live saved is read as it stands in its files.

mod common;

use std::collections::BTreeSet;
use std::io::Read;

use common::{bytes, near, read, sample, session, written};
use flate2::read::GzDecoder;
use mixsmith_interchange::live::Live;
use mixsmith_interchange::{Channel, Desk, Kind, Place, Processing, SoundOf, Wishes, import};
use mixsmith_session::Tap;

/// What a set is read back as, and its text.
fn again() -> (Desk, Desk, String) {
    let (desk, files, _) = written(&Live, &Wishes::default());
    let set = bytes(&files[0]);
    let mut text = String::new();
    GzDecoder::new(set.as_slice()).read_to_string(&mut text).unwrap();
    let (found, losses) = read(&Live, "Songs.als", set).unwrap();
    assert_eq!(losses, []);
    (desk, found, text)
}

fn named<'a>(desk: &'a Desk, name: &str) -> &'a Channel {
    desk.channels.iter().find(|channel| channel.name == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn what_is_written_is_read_back() {
    let (desk, found, _) = again();
    assert_eq!((found.rate, found.tempo, found.frames), (desk.rate, desk.tempo, desk.frames));
    assert_eq!(found.markers, desk.markers);
    // The bus before the master is part of it.
    assert_eq!(found.channels.len(), desk.channels.len() - 1);
    let to = |desk: &Desk, channel: &Channel| {
        channel.to.as_ref().and_then(|id| desk.channel(id)).map(|c| c.name.clone())
    };
    for wanted in desk.channels.iter().filter(|channel| channel.name != "Mix" && channel.name != "Master") {
        let got = named(&found, &wanted.name);
        let what = &wanted.name;
        assert_eq!((got.kind, &got.mute), (wanted.kind, &wanted.mute), "{what}");
        near(&got.volume, &wanted.volume, 0.05, what);
        near(&got.pan, &wanted.pan, 0.05, what);
        let leads = to(&desk, wanted).map(|name| if name == "Mix" { "Master".to_owned() } else { name });
        assert_eq!(to(&found, got), leads, "{what}");
        assert_eq!(got.sends.len(), wanted.sends.len(), "{what}");
        for (a, b) in got.sends.iter().zip(&wanted.sends) {
            assert_eq!(a.tap, b.tap, "{what}");
            near(&a.level, &b.level, 0.05, what);
        }
        assert_eq!(got.regions.len(), wanted.regions.len(), "{what}");
        for (a, b) in got.regions.iter().zip(&wanted.regions) {
            assert_eq!((a.at, a.from, a.frames), (b.at, b.from, b.frames), "{what}");
            assert!((a.gain - b.gain).abs() < 1e-4, "{what}");
        }
        assert_eq!(got.devices.len(), wanted.devices.len(), "{what}");
    }
    assert!(named(&found, "VOX").sends.iter().any(|send| send.tap == Tap::Pre));
    assert_eq!(found.sounds.len(), desk.sounds.len());
    for sound in &desk.sounds {
        let of = SoundOf::Found(Place::Beside(format!("Samples/Imported/{}.wav", sound.name)));
        assert!(found.sounds.iter().any(|s| s.of == of && s.frames == sound.frames), "{}", sound.name);
    }
    let session = import(&found).session;
    assert_eq!(mixsmith_session::check(&session, &mixsmith_effects::KINDS), []);
}

#[test]
fn devices_come_back() {
    let (desk, found, _) = again();
    let close = |a: f32, b: f32| assert!((a - b).abs() <= 1e-3 * b.abs().max(1.0), "{a} {b}");
    let (a, b) = (&named(&found, "VOX").devices, &named(&desk, "VOX").devices);
    let (Processing::Equaliser(eq), Processing::Compressor(c)) = (&a[0].does, &a[1].does) else {
        panic!("{a:?}")
    };
    let (Processing::Equaliser(own), Processing::Compressor(d)) = (&b[0].does, &b[1].does) else {
        panic!("{b:?}")
    };
    assert_eq!(eq.len(), own.len());
    for (a, b) in eq.iter().zip(own) {
        assert_eq!((a.kind, a.order), (b.kind, b.order));
        [(a.freq, b.freq), (a.gain, b.gain), (a.q, b.q)].into_iter().for_each(|(a, b)| close(a, b));
    }
    let pairs = [
        (c.threshold, d.threshold),
        (c.ratio, d.ratio),
        (c.knee, d.knee),
        (c.attack, d.attack),
        (c.release, d.release),
        (c.makeup, d.makeup),
    ];
    pairs.into_iter().for_each(|(a, b)| close(a, b));
    let Processing::Limiter(limiter) = &named(&found, "Master").devices[0].does else { panic!() };
    close(limiter.ceiling, -1.0);
    close(limiter.gain, 6.0);
}

#[test]
fn ids_are_unlike_and_below_the_next_one() {
    let (desk, _, text) = again();
    let value = |line: &str, key: &str| {
        let from = line.find(key)? + key.len();
        line[from..].split('"').next()?.parse::<u64>().ok()
    };
    let next = text.lines().find_map(|line| value(line, "<NextPointeeId Value=\"")).unwrap();
    let targets =
        ["AutomationTarget", "ModulationTarget", "Pointee", "AudioTrack", "GroupTrack", "ReturnTrack"];
    let mut seen = BTreeSet::new();
    for line in text.lines() {
        let line = line.trim();
        let name = line.trim_start_matches('<').split([' ', '>', '/']).next().unwrap_or_default();
        if !targets.contains(&name) && !name.ends_with("ModulationTarget") {
            continue;
        }
        if let Some(id) = value(line, "Id=\"") {
            assert!(seen.insert(id), "{id} is there twice: {line}");
            assert!(id < next, "{id} is not below {next}");
        }
    }
    assert!(seen.len() > 100);
    // Whatever is pointed at is there.
    let pointed: Vec<u64> = text.lines().filter_map(|line| value(line, "<PointeeId Value=\"")).collect();
    assert!(pointed.len() >= 4 && pointed.iter().all(|id| seen.contains(id)), "{pointed:?}");
    // Every mixer has a send for every return.
    let returns = text.matches("<ReturnTrack Id=").count();
    let mixers = desk.channels.len() - 1;
    assert_eq!(returns, 1);
    assert_eq!(text.matches("<TrackSendHolder Id=").count(), returns * mixers);
    assert_eq!(text.matches("<SendPreBool Id=").count(), returns);
}

#[test]
fn a_bus_before_the_master_keeps_its_sound() {
    let mut session = session();
    for strip in &mut session.strips {
        if strip.id == "mix" {
            let strip = std::sync::Arc::make_mut(strip);
            strip.values.insert("fader".to_owned(), -3.0);
        }
    }
    let layout = mixsmith_interchange::lay_out(
        &session,
        &mixsmith_interchange::Format::carries(&Live),
        &Wishes::default(),
    );
    let (files, losses) = mixsmith_interchange::Format::write(&Live, &layout.desk, &Wishes::default());
    assert!(losses.iter().any(|loss| loss.at == "mix/channel" && loss.fate.word() == "near"), "{losses:?}");
    let (found, _) = read(&Live, "Songs.als", bytes(&files[0])).unwrap();
    let master = named(&found, "Master");
    // Its limiter, whose gain was 6 dB, takes the fader of the bus with it.
    let Processing::Limiter(limiter) = &master.devices[0].does else { panic!() };
    assert!((limiter.gain - 3.0).abs() < 1e-3 && (limiter.ceiling + 1.0).abs() < 1e-3, "{limiter:?}");
    assert_eq!(master.volume.value, 0.0);
}

// The values below stand in Live's own files, and were taken from their XML by eye.

#[test]
fn a_set_of_live_10_is_read() {
    let Some(file) = sample("live-example-120.als") else { return };
    let (desk, losses) = read(&Live, "example.als", file).unwrap();
    assert_eq!((desk.tempo, desk.rate), (120.0, 44_100));
    let names: Vec<(&str, Kind)> = desk.channels.iter().map(|c| (c.name.as_str(), c.kind)).collect();
    assert_eq!(names.last(), Some(&("Master", Kind::Master)));
    let clips: Vec<(i64, u64)> = desk.channels[0].regions.iter().map(|r| (r.at, r.from)).collect();
    assert_eq!(clips.len(), 4);
    // 2378.1072562853815 beats at 120 a minute.
    assert_eq!(clips[1], ((2_378.107_256_285_381_5_f64 / 2.0 * 44_100.0).round() as i64, 0));
    // The sound is seven folders up, where nothing is read.
    assert!(
        matches!(&desk.sounds[0].of, SoundOf::Found(Place::Elsewhere(path)) if path.ends_with("divineboys-v1.mp3"))
    );
    assert!(losses.iter().any(|loss| loss.at.ends_with("divineboys-v1.mp3")));
}

#[test]
fn tempo_and_locators_of_live_12_are_read() {
    let Some(file) = sample("live12-automation.als") else { return };
    let (desk, losses) = read(&Live, "automation.als", file).unwrap();
    let names: Vec<&str> = desk.markers.iter().map(|marker| marker.name.as_str()).collect();
    assert_eq!(names, ["A", "B", "D", "C", "Z", "E"]);
    assert_eq!(desk.markers[0].at, 0);
    assert!(desk.markers.windows(2).all(|pair| pair[0].at < pair[1].at));
    assert!(losses.iter().any(|loss| loss.at == "tempo"));
    let Some(file) = sample("live-automation.als") else { return };
    let (old, _) = read(&Live, "automation.als", file).unwrap();
    assert_eq!(old.markers, desk.markers, "the same set, saved by Live 10");
}
