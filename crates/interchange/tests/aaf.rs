//! AAF: what is written is read back, and what Pro Tools and Media Composer wrote is read as it stands in their files.

mod common;

use std::sync::Arc;

use common::{bytes, read, sample, session, written};
use mixsmith_interchange::aaf::Aaf;
use mixsmith_interchange::{
    Channel, Content, Course, Desk, Format, Kind, Place, Region, Sound, SoundOf, Wishes, import, lay_out,
};
use mixsmith_session::{Curve, FADER_OFF, Point};

fn point(at: u64, value: f32, curve: Curve) -> Point {
    Point { at, value, curve, label: String::new() }
}

fn again(desk: &Desk) -> Desk {
    let (files, _) = Aaf.write(desk, &Wishes::default());
    let (found, losses) = read(&Aaf, "song.aaf", bytes(&files[0])).unwrap();
    assert_eq!(losses.iter().map(|loss| loss.at.as_str()).collect::<Vec<_>>(), ["tempo"]);
    found
}

fn near(found: &Course, wanted: impl Fn(u64) -> f32, within: f32, what: &str) {
    for frame in (0..480_000).step_by(100) {
        let (a, b) = (found.at(frame), wanted(frame));
        // Nobody hears what lies between -80 dB and nothing.
        let unheard = within == LEVEL && a.max(b) < -80.0;
        assert!(unheard || (a - b).abs() < within, "{what} at {frame}: {a} {b}");
    }
}

/// Largest difference of levels, dB, and of pans, percent.
const LEVEL: f32 = 0.05;
const PAN: f32 = 1.0;

#[test]
fn a_mix_is_written_and_read_back() {
    let mut session = session();
    // A mute would leave nothing to see of the pan.
    let keys = session.strips.iter_mut().find(|strip| strip.id == "keys").unwrap();
    Arc::make_mut(keys).values.remove("mute");
    let desk = lay_out(&session, &Aaf.carries(), &Wishes::default()).desk;
    let found = again(&desk);
    assert_eq!((&found.title, found.rate, found.frames), (&desk.title, desk.rate, desk.frames));
    assert_eq!(found.markers, desk.markers);
    let names: Vec<&str> = found.channels.iter().map(|channel| channel.name.as_str()).collect();
    assert_eq!(names, ["KICK", "VOX", "KEYS", "Plate", "Air"]);
    for got in &found.channels {
        let wanted = desk.channels.iter().find(|channel| channel.name == got.name).unwrap();
        let what = &wanted.name;
        assert_eq!((got.width, got.kind), (wanted.width, Kind::Track), "{what}");
        // Kick goes through the drums, whose fader stands at -1.5 dB.
        let bus = if what == "KICK" { -1.5 } else { 0.0 };
        near(&got.volume, |at| wanted.volume.at(at) + bus, LEVEL, what);
        near(&got.pan, |at| wanted.pan.at(at), PAN, what);
        let place = |region: &Region| (region.at, region.from, region.frames, region.gain);
        let of = |channel: &Channel| channel.regions.iter().map(place).collect::<Vec<_>>();
        assert_eq!(of(got), of(wanted), "{what}");
        let (a, b) = (&found.sounds[got.regions[0].sound], &desk.sounds[wanted.regions[0].sound]);
        assert_eq!((&a.name, a.channels, a.frames), (&b.name, b.channels, b.frames), "{what}");
    }
    let place = |name: &str| Place::Beside(format!("audio/{name}.wav"));
    assert_eq!(found.sounds[found.channels[0].regions[0].sound].of, SoundOf::Found(place("KICK")));
    let keys = &found.sounds[found.channels[2].regions[0].sound].of;
    assert_eq!(keys, &SoundOf::Channels(vec![(place("keys.L"), 0), (place("keys.R"), 0)]));
    assert_eq!(mixsmith_session::check(&import(&found).session, &mixsmith_effects::KINDS), []);
}

/// Two tracks with clips all over the place.
fn clips() -> Desk {
    let mut desk =
        Desk { title: "clips".to_owned(), rate: 44_100, tempo: 120.0, frames: 441_000, ..Desk::default() };
    for (name, channels) in [("take", 1), ("room", 2)] {
        let of = SoundOf::Source(name.to_owned());
        desk.sounds.push(Sound { name: name.to_owned(), channels, frames: 300_000, of });
    }
    let region = |sound: usize, at: i64, from: u64, frames: u64, gain: f32| Region {
        sound,
        at,
        from,
        frames,
        gain,
        fade_in: 0,
        fade_out: 0,
    };
    let mut mono = Channel::new("a", "A ü/1", Kind::Track);
    mono.width = 1;
    mono.regions =
        vec![region(0, 1000, 7, 500, 0.0), region(0, 1500, 20_000, 9, -6.5), region(0, 50_000, 0, 1, 15.0)];
    mono.volume.points = vec![
        point(0, -3.0, Curve::Hold),
        point(100_000, -20.0, Curve::Line),
        point(200_000, 6.0, Curve::Line),
        point(300_000, FADER_OFF, Curve::Hold),
    ];
    mono.volume.value = -3.0;
    mono.pan = Course {
        value: -100.0,
        points: vec![point(0, -100.0, Curve::Line), point(400_000, 25.0, Curve::Line)],
    };
    let mut stereo = Channel::new("b", "B", Kind::Track);
    stereo.regions = vec![region(1, 0, 0, 300_000, 2.25)];
    stereo.pan = Course::still(40.0);
    stereo.volume = Course::still(-12.0);
    desk.channels = vec![mono, stereo];
    desk
}

#[test]
fn clips_and_their_gains_are_where_they_were() {
    let desk = clips();
    let found = again(&desk);
    for (got, wanted) in found.channels.iter().zip(&desk.channels) {
        let place = |region: &Region| (region.at, region.from, region.frames);
        assert!(got.regions.iter().map(place).eq(wanted.regions.iter().map(place)), "{}", wanted.name);
        for (a, b) in got.regions.iter().zip(&wanted.regions) {
            assert!((a.gain - b.gain).abs() < 1e-4, "{} {}", a.gain, b.gain);
        }
        near(&got.volume, |at| wanted.volume.at(at), LEVEL, &wanted.name);
        near(&got.pan, |at| wanted.pan.at(at), PAN, &wanted.name);
    }
}

#[test]
fn the_same_desk_gives_the_same_bytes() {
    let files = || Aaf.write(&clips(), &Wishes::default()).0;
    assert_eq!(files(), files());
    let paths: Vec<String> = files().into_iter().map(|file| file.path).collect();
    assert_eq!(
        paths,
        ["clips.aaf", "audio/take.wav", "audio/room.L.wav", "audio/room.R.wav", "tempo and markers.mid"]
    );
    let mut other = clips();
    other.channels[0].sheet.push("compressor".to_owned());
    let other = Aaf.write(&other, &Wishes::default()).0;
    assert_ne!(other[0].content, files()[0].content, "another mix has other ids");
}

#[test]
fn what_aaf_has_not_is_printed_or_said() {
    let (desk, files, losses) = written(&Aaf, &Wishes::default());
    assert!(desk.channels.iter().all(|channel| channel.devices.is_empty() && channel.sends.is_empty()));
    let fate = |at: &str| losses.iter().filter(|loss| loss.at == at).map(|loss| loss.fate.word()).next_back();
    for (at, word) in [
        ("kick/gate", "printed"),
        ("vox/comp", "printed"),
        ("vox/send.plate", "printed"),
        // A return that other formats keep is printed too, as there are no sends.
        ("vox/send.air", "printed"),
        ("drums/fader", "near"),
        ("master/limit", "lost"),
        ("song/tempo", "near"),
        ("song/markers", "exact"),
    ] {
        assert_eq!(fate(at), Some(word), "{at}");
    }
    assert!(matches!(files.last().unwrap().content, Content::Bytes(_)), "a MIDI file with the tempo");
}

// The values below stand in the programs' own files, and were read there with pyaaf2.

#[test]
fn a_project_of_pro_tools_is_read() {
    let Some(file) = sample("protools-audio-levels.aaf") else { return };
    let (desk, _) = read(&Aaf, "PT.aaf", file).unwrap();
    assert_eq!(desk.rate, 44_100);
    let names: Vec<&str> = desk.channels.iter().map(|channel| channel.name.as_str()).collect();
    assert_eq!(names, ["Audio 1", "Audio 2"]);
    let [mono, stereo] = [&desk.channels[0], &desk.channels[1]];
    assert_eq!((mono.width, stereo.width), (1, 2));
    assert_eq!(mono.regions.len(), 6);
    let first = &mono.regions[0];
    assert_eq!((first.at, first.from, first.frames, first.gain), (0, 0, 132_300, 0.0));
    assert_eq!(mono.regions[1].at, 132_300 + 1_190_700);
    let sound = |region: &Region| &desk.sounds[region.sound].of;
    assert_eq!(sound(first), &SoundOf::Found(Place::Beside("PT_Audio_GayrgzWVCWpcszWZFB.wav".to_owned())));
    assert!(matches!(sound(&stereo.regions[0]), SoundOf::Channels(_)));
    assert!(mono.volume.moves(), "clip gains that move are in the volume");
}

#[test]
fn a_project_of_media_composer_is_read() {
    let Some(file) = sample("mediacomposer-audio-pan.aaf") else { return };
    let (desk, _) = read(&Aaf, "MC.aaf", file).unwrap();
    let pans: Vec<&Channel> = desk.channels.iter().filter(|channel| channel.pan.moves()).collect();
    assert_eq!(pans.len(), 1, "{:?}", desk.channels);
    let values: Vec<f32> = pans[0].pan.points.iter().map(|point| point.value).collect();
    assert_eq!(values, [-100.0, -100.0, 0.0, 100.0, -100.0, 0.0]);
}
