//! DAWproject, read by somebody else: the crate `dawproject`, whose types are made from the format's schema.

mod common;

use std::collections::BTreeMap;
use std::io::Cursor;

use common::{bytes, written};
use dawproject::prelude::*;
use mixsmith_interchange::dawproject::DawProject;
use mixsmith_interchange::{Kind, Processing, Wishes};

type Channel = dawproject::ChannelType;

fn real(parameter: &Option<RealParameterType>) -> f64 {
    let value = parameter.as_ref().and_then(|parameter| parameter.value.as_deref());
    value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no number: {value:?}"))
}

/// The tracks of a project with those that lie in them, and of each the one that it lies in.
fn tracks<'a>(track: &'a TrackType, inside: &str, all: &mut Vec<(&'a TrackType, String)>) {
    all.push((track, inside.to_owned()));
    let own = track.name.clone().unwrap_or_default();
    track.track.iter().for_each(|inner| tracks(inner, &own, all));
}

fn near(a: f64, b: f64, what: &str) {
    assert!((a - b).abs() <= 1e-4 * b.abs().max(1.0), "{what}: {a} {b}");
}

#[test]
fn another_reader_finds_the_same_values() {
    let (desk, files, _) = written(&DawProject, &Wishes::default());
    let mut reader = DawprojectReader::new(Cursor::new(bytes(&files[0]))).unwrap();
    reader.read_dawproject().unwrap();
    let read = reader.build_dawproject().unwrap();
    let project = read.project();
    near(real(&project.transport.as_ref().unwrap().tempo), f64::from(desk.tempo), "tempo");
    let mut all = Vec::new();
    for content in &project.structure.as_ref().unwrap().content {
        if let ProjectStructureElementTypeContent::Track(track) = content {
            tracks(track, "", &mut all);
        }
    }
    assert_eq!(all.len(), desk.channels.len());
    let channels: BTreeMap<&str, &Channel> =
        all.iter().filter_map(|(track, _)| Some((track.name.as_deref()?, track.channel.as_ref()?))).collect();
    let id = |name: &str| channels[name].id.clone();
    let amplitude = |db: f32| 10f64.powf(f64::from(db) / 20.0);
    for wanted in &desk.channels {
        let what = wanted.name.as_str();
        let (track, inside) = all.iter().find(|(track, _)| track.name.as_deref() == Some(what)).unwrap();
        let channel = channels[what];
        let to = wanted.to.as_deref().and_then(|to| desk.channel(to));
        assert_eq!(channel.destination, to.and_then(|to| id(&to.name)), "{what}");
        let folder = to.filter(|to| to.kind == Kind::Bus).map_or("", |to| to.name.as_str());
        assert_eq!(inside, folder, "{what}");
        assert_eq!(track.color.clone().unwrap_or_default(), wanted.colour, "{what}");
        let role = match wanted.kind {
            Kind::Track => MixerRoleType::Regular,
            Kind::Bus => MixerRoleType::Submix,
            Kind::Return => MixerRoleType::Effect,
            Kind::Master => MixerRoleType::Master,
        };
        assert_eq!(channel.role, Some(role), "{what}");
        near(real(&channel.volume), amplitude(wanted.volume.value), what);
        near(real(&channel.pan), (f64::from(wanted.pan.value) + 100.0) / 200.0, what);
        let mute = channel.mute.as_ref().and_then(|mute| mute.value);
        assert_eq!(mute, Some(wanted.mute.value >= 0.5), "{what}");
        let sends = channel.sends.as_ref().map_or(&[][..], |sends| &sends.send);
        assert_eq!(sends.len(), wanted.sends.len(), "{what}");
        for (send, wanted) in sends.iter().zip(&wanted.sends) {
            near(real(&Some(send.volume.clone())), amplitude(wanted.level.value), what);
            assert_eq!(send.destination, id(&desk.channel(&wanted.to).unwrap().name), "{what}");
        }
        let devices = channel.devices.as_ref().map_or(&[][..], |devices| &devices.content);
        assert_eq!(devices.len(), wanted.devices.len(), "{what}");
        for (device, wanted) in devices.iter().zip(&wanted.devices) {
            device_is(device, &wanted.does, what);
        }
    }
    let arrangement = project.arrangement.as_ref().unwrap();
    let markers = &arrangement.markers.as_ref().unwrap().marker;
    assert_eq!(markers.len(), desk.markers.len());
    for (marker, wanted) in markers.iter().zip(&desk.markers) {
        assert_eq!(marker.name.as_deref(), Some(wanted.name.as_str()));
        near(marker.time, desk.beats(wanted.at as f64), "marker");
    }
}

fn device_is(device: &ChannelDevicesElementTypeContent, wanted: &Processing, what: &str) {
    use ChannelDevicesElementTypeContent as Found;
    let f = f64::from;
    match (device, wanted) {
        (Found::Equalizer(eq), Processing::Equaliser(bands)) => {
            assert_eq!(eq.band.len(), bands.len(), "{what}");
            for (band, wanted) in eq.band.iter().zip(bands) {
                // Pitches of MIDI: 69 is 440 Hz.
                let hz = 440.0 * 2f64.powf((real(&Some(band.freq.clone())) - 69.0) / 12.0);
                near(hz, f(wanted.freq), what);
                near(real(&band.q), f(wanted.q), what);
                assert_eq!(band.order, Some(wanted.order as i32), "{what}");
            }
        }
        (Found::Compressor(c), Processing::Compressor(wanted)) => {
            near(real(&c.threshold), f(wanted.threshold), what);
            near(1.0 / (1.0 - real(&c.ratio) / 100.0), f(wanted.ratio), what);
            near(1000.0 * real(&c.attack), f(wanted.attack), what);
            near(1000.0 * real(&c.release), f(wanted.release), what);
            near(real(&c.output_gain), f(wanted.makeup), what);
        }
        (Found::NoiseGate(gate), Processing::Gate(wanted)) => {
            near(real(&gate.threshold), f(wanted.threshold), what);
        }
        (Found::Limiter(limiter), Processing::Limiter(wanted)) => {
            near(real(&limiter.threshold), f(wanted.ceiling), what);
            near(real(&limiter.input_gain), f(wanted.gain), what);
        }
        _ => panic!("{what}: {device:?} for {wanted:?}"),
    }
}
