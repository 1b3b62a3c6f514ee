//! Projects that real programs saved, against the values in their files, taken out line by line without our reader.

mod common;

use std::collections::BTreeMap;

use common::{read, sample};
use mixsmith_interchange::ardour::Ardour;
use mixsmith_interchange::reaper::Reaper;
use mixsmith_interchange::{Channel, Desk};

/// The value of an attribute in a line of XML.
fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn number(line: &str, name: &str) -> Option<f64> {
    attribute(line, name)?.parse().ok()
}

/// What a route of Ardour has in its lines.
#[derive(Debug, Default)]
struct Route {
    id: String,
    name: String,
    ins: usize,
    gain: f64,
    azimuth: f64,
    muted: bool,
    sends: Vec<f64>,
}

fn routes(text: &str) -> Vec<Route> {
    let mut found: Vec<Route> = Vec::new();
    let (mut processor, mut input) = (String::new(), false);
    // Behind this come the click's own processors.
    let text = text.split("</Routes>").next().unwrap_or(text);
    for line in text.lines().map(str::trim) {
        if line.starts_with("<Route ") {
            let text = |name: &str| attribute(line, name).unwrap_or_default().to_owned();
            found.push(Route { id: text("id"), name: text("name"), azimuth: 0.5, ..Route::default() });
            processor.clear();
        }
        let Some(route) = found.last_mut() else { continue };
        if line.starts_with("<IO ") {
            input = attribute(line, "direction") == Some("Input");
        } else if line.starts_with("<Port ") && input && processor.is_empty() {
            route.ins += usize::from(attribute(line, "type") == Some("audio"));
        } else if line.starts_with("<Processor ") {
            processor = attribute(line, "type").unwrap_or_default().to_owned();
        } else if line.starts_with("<Controllable ") {
            let value = number(line, "value").unwrap_or(0.0);
            match (attribute(line, "name"), processor.as_str()) {
                (Some("gaincontrol"), "amp") => route.gain = value,
                (Some("gaincontrol"), "intsend") => route.sends.push(value),
                (Some("pan-azimuth"), "") => route.azimuth = value,
                (Some("mute"), "") => route.muted = value != 0.0,
                _ => {}
            }
        }
    }
    found
}

/// Where the regions that sound lie and how long they are, in frames, by the id of the track.
fn regions(text: &str, rate: f64) -> BTreeMap<String, Vec<(i64, u64)>> {
    let mut found: BTreeMap<String, Vec<(i64, u64)>> = BTreeMap::new();
    let mut track = None;
    let frames = |text: &str| match text.strip_prefix('a') {
        Some(clock) => clock.parse::<f64>().map(|clock| clock / 282_240_000.0 * rate),
        None => text.parse::<f64>(),
    };
    // Behind this come playlists that no track plays.
    let played = text.split("</Playlists>").next().unwrap_or(text);
    for line in played.lines().map(str::trim) {
        if line.starts_with("<Playlist ") {
            let audio = attribute(line, "type") == Some("audio");
            track = attribute(line, "orig-track-id").filter(|_| audio).map(str::to_owned);
        } else if line.starts_with("</Playlist") {
            track = None;
        }
        let Some(track) = track.as_ref().filter(|_| line.starts_with("<Region ")) else { continue };
        if attribute(line, "muted") == Some("1") {
            continue;
        }
        let length = attribute(line, "length").unwrap_or_default();
        let (length, position) =
            length.split_once('@').unwrap_or((length, attribute(line, "position").unwrap_or_default()));
        let (at, length) = (frames(position).unwrap(), frames(length).unwrap());
        found.entry(track.clone()).or_default().push((at.round() as i64, length.round() as u64));
    }
    found.values_mut().for_each(|list| list.sort_unstable());
    found
}

fn decibels(gain: f64) -> f64 {
    20.0 * gain.max(1e-9).log10()
}

/// Which way a sound comes out of Ardour's panner from mono: right against left.
fn sides(azimuth: f64) -> f64 {
    let bend = 2.0 - 4.0 * 10f64.powf(-3.0 / 20.0);
    let side = |near: f64| near * (bend * near + 1.0 - bend);
    side(azimuth) / side(1.0 - azimuth)
}

fn compare(file: &str, name: &str, least: [usize; 3]) -> Option<Desk> {
    let bytes = sample(file)?;
    let text = String::from_utf8(bytes.clone()).unwrap();
    let (desk, _) = read(&Ardour, name, bytes).unwrap();
    let lie = regions(&text, f64::from(desk.rate));
    let mut compared = [0; 3];
    for route in routes(&text) {
        let Some(channel) = desk.channels.iter().find(|channel| channel.name == route.name) else { continue };
        let what = &route.name;
        // What the panner from mono takes away is kept in the trim, so that the fader stands as it stood.
        if !channel.volume.moves() {
            assert!((f64::from(channel.volume.value) - decibels(route.gain)).abs() < 1e-3, "{what}");
            compared[0] += 1;
        }
        assert_eq!(channel.mute.value >= 0.5, route.muted, "{what}");
        if route.ins == 1 && route.azimuth != 0.5 && route.azimuth > 0.0 && route.azimuth < 1.0 {
            let angle = (f64::from(channel.pan.value) + 100.0) / 200.0 * std::f64::consts::FRAC_PI_2;
            assert!((angle.tan() / sides(route.azimuth) - 1.0).abs() < 1e-3, "{what}: {}", channel.pan.value);
            compared[1] += 1;
        }
        let sends: Vec<f64> = channel.sends.iter().map(|send| f64::from(send.level.value)).collect();
        assert_eq!(sends.len(), route.sends.len(), "{what}");
        for (send, gain) in sends.iter().zip(&route.sends) {
            assert!((send - decibels(*gain)).abs() < 1e-3, "{what}: {send}");
        }
        if !channel.regions.is_empty() {
            assert_eq!(places(channel), lie[&route.id], "{what}");
            compared[2] += channel.regions.len();
        }
    }
    for (found, least) in compared.iter().zip(least) {
        assert!(*found >= least, "compared {compared:?}, wanted {least}");
    }
    Some(desk)
}

fn places(channel: &Channel) -> Vec<(i64, u64)> {
    let mut places: Vec<(i64, u64)> =
        channel.regions.iter().map(|region| (region.at, region.frames)).collect();
    places.sort_unstable();
    places
}

#[test]
fn the_session_of_a_band() {
    compare("ardour5-with-you/200119-song-idea.ardour", "200119-song-idea.ardour", [20, 5, 97]);
}

#[test]
fn a_session_with_a_bus_a_send_and_automation() {
    let Some(desk) = compare("ardour73-mixa/mixa.ardour", "mixa.ardour", [5, 1, 3]) else { return };
    // One second at 1, the rest at a tenth: two lines in the file.
    let text = String::from_utf8(sample("ardour73-mixa/mixa.ardour").unwrap()).unwrap();
    let (_, vox) = text.split_once("name=\"Vox\" default-type").unwrap();
    let (_, gain) = vox.split_once("automation-id=\"gain\"").unwrap();
    let events: Vec<(f64, f64)> = gain
        .split("</events>")
        .next()
        .unwrap_or(gain)
        .replace("<events>", "")
        .lines()
        .filter_map(|line| line.trim().strip_prefix('a')?.split_once(' '))
        .filter_map(|(at, value)| Some((at.parse().ok()?, value.parse().ok()?)))
        .collect();
    let vox = desk.channels.iter().find(|channel| channel.name == "Vox").unwrap();
    assert!(!events.is_empty() && vox.volume.moves());
    for (clock, value) in events {
        let frame = (clock / 282_240_000.0 * 48_000.0).round() as u64;
        // A step stands at one frame with both values; levels that glide are read where they arrive.
        let found = [frame.saturating_sub(1), frame + 400].map(|at| f64::from(vox.volume.at(at)));
        assert!(
            found.iter().any(|found| (found - decibels(value)).abs() < 0.01),
            "{clock} {value}: {found:?}"
        );
    }
}

#[test]
fn what_reaper_saved() {
    let Some(bytes) = sample("reaper-vst.rpp") else { return };
    let text = String::from_utf8(bytes.clone()).unwrap();
    let (desk, _) = read(&Reaper, "vst.rpp", bytes).unwrap();
    let (mut tracks, mut inside_item) = (Vec::new(), false);
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.first().copied() {
            Some("<TRACK") => tracks.push((String::new(), 0.0f64, 0.0f64, false)),
            Some("<ITEM") => inside_item = true,
            Some(">") if depth == 4 => inside_item = false,
            Some("NAME") if depth == 4 && !inside_item => {
                let name = line.trim_start().trim_start_matches("NAME ");
                let quote = name.chars().next().filter(|c| "\"'`".contains(*c) && name.ends_with(*c));
                let name = quote.map_or(name, |_| &name[1..name.len() - 1]);
                tracks.last_mut().unwrap().0 = name.to_owned();
            }
            Some("VOLPAN") if depth == 4 => {
                let track = tracks.last_mut().unwrap();
                (track.1, track.2) = (words[1].parse().unwrap(), words[2].parse().unwrap());
            }
            Some("MUTESOLO") if depth == 4 => tracks.last_mut().unwrap().3 = words[1] == "1",
            _ => {}
        }
    }
    assert_eq!(tracks.len(), 10);
    for (name, volume, pan, muted) in &tracks {
        let Some(channel) = desk.channels.iter().find(|channel| channel.name == *name) else {
            panic!("{name} is not among {:?}", desk.channels.iter().map(|c| &c.name).collect::<Vec<_>>())
        };
        assert!((f64::from(channel.volume.value) - decibels(*volume)).abs() < 1e-3, "{name}");
        assert!((f64::from(channel.pan.value) - 100.0 * pan).abs() < 1e-3, "{name}");
        assert_eq!(channel.mute.value >= 0.5, *muted, "{name}");
    }
}
