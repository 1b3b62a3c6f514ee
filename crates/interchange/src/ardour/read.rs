//! Reads sessions of Ardour 5 to 8.

use std::collections::BTreeMap;

use mixsmith_session::{Curve, Marker, Point, Tap};

use super::glide::GLIDE;
use super::panners::{from_balance, to_mono};
use super::plugins;
use super::write::SUPERCLOCK;
use crate::course::decibels;
use crate::format::text_of;
use crate::xml::{Node, parse};
use crate::{
    Channel, Course, Desk, Device, Kind, Loss, Place, Project, ReadError, Region, SendTo, Sound, SoundOf,
    beneath, file_stem,
};

struct Reading<'a> {
    desk: Desk,
    losses: Vec<Loss>,
    /// Places of sounds by the ids of their sources.
    sources: BTreeMap<&'a str, usize>,
    playlists: BTreeMap<&'a str, &'a Node>,
    by_track: BTreeMap<&'a str, &'a Node>,
    /// Of the desk's channels: id of the route, and the channel of the sound that it is.
    routes: BTreeMap<&'a str, usize>,
    session: String,
}

/// Reads the file.
pub(super) fn read(project: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
    let root = parse(&text_of(project.file)?)?;
    if root.name != "Session" {
        return Err(ReadError::NotThis("Ardour", "its root is no Session".to_owned()));
    }
    let stem = project.name.rsplit_once('.').map_or(project.name, |(stem, _)| stem);
    let rate = root.number("sample-rate").filter(|rate| (8000.0..=768_000.0).contains(rate));
    let session = root.get("name").unwrap_or(stem).to_owned();
    let tempo = root.child("TempoMap").map(tempi).unwrap_or_default();
    let mut reading = Reading {
        desk: Desk {
            title: session.clone(),
            rate: rate.map_or(48_000, |rate| rate as u32),
            tempo: tempo.first().map_or(120.0, |tempo| *tempo as f32),
            ..Desk::default()
        },
        losses: Vec::new(),
        sources: BTreeMap::new(),
        playlists: BTreeMap::new(),
        by_track: BTreeMap::new(),
        routes: BTreeMap::new(),
        session,
    };
    if tempo.len() > 1 {
        reading.losses.push(Loss::lost("tempo", "its changes: the song has one tempo here"));
    }
    reading.sources(&root);
    for playlist in root.child("Playlists").into_iter().flat_map(|lists| lists.all("Playlist")) {
        reading.playlists.extend(playlist.get("id").map(|id| (id, playlist)));
        reading.by_track.extend(playlist.get("orig-track-id").map(|id| (id, playlist)));
    }
    reading.locations(&root);
    reading.routes(&root);
    Ok((reading.desk, reading.losses))
}

/// Every tempo of the song, quarter notes a minute.
fn tempi(map: &Node) -> Vec<f64> {
    let inside = map.child("Tempos").unwrap_or(map);
    let tempo = |node: &Node| {
        let note = node.number("note-type").filter(|note| *note > 0.0).unwrap_or(4.0);
        let notes = node.number("npm").or_else(|| node.number("beats-per-minute"))?;
        Some(notes * 4.0 / note)
    };
    inside.all("Tempo").filter_map(tempo).filter(|tempo| (10.0..=1000.0).contains(tempo)).collect()
}

impl<'a> Reading<'a> {
    /// A time: parts of a second (`a`), ticks of which a quarter note has 1920 (`b`), or frames.
    fn frames(&self, text: &str) -> Option<f64> {
        let text = text.trim();
        let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
        let rate = f64::from(self.desk.rate);
        match text.chars().next()? {
            'a' => Some(number(&text[1..])? / SUPERCLOCK as f64 * rate),
            'b' => Some(number(&text[1..])? / 1920.0 * 60.0 / f64::from(self.desk.tempo) * rate),
            _ => number(text),
        }
    }

    fn time(&self, node: &Node, name: &str) -> Option<u64> {
        Some(self.frames(node.get(name)?)?.max(0.0).round() as u64)
    }

    fn sources(&mut self, root: &'a Node) {
        let mut taken = Vec::new();
        let sources = root.child("Sources").into_iter().flat_map(|sources| sources.all("Source"));
        for source in sources.filter(|source| source.get("type") == Some("audio")) {
            let (Some(id), Some(file)) = (source.get("id"), source.get("name")) else { continue };
            // A name with folders is a file that was left where it was.
            let inside = !file.starts_with('/') && beneath(file).is_some();
            let place = if inside {
                Place::Beside(format!("interchange/{}/audiofiles/{file}", self.session))
            } else {
                Place::Elsewhere(file.to_owned())
            };
            let of = SoundOf::Found(place);
            let channels = 1 + source.number("channel").unwrap_or(0.0).clamp(0.0, 1.0) as u32;
            let known = self.desk.sounds.iter().position(|sound| sound.of == of);
            let n = known.unwrap_or_else(|| {
                if !inside {
                    let says = "it lies outside of the session's folder, where nothing is read";
                    self.losses.push(Loss::lost(file, says));
                }
                let name = file.rsplit('/').next().unwrap_or(file);
                let name = file_stem(name.rsplit_once('.').map_or(name, |(stem, _)| stem), &mut taken);
                self.desk.sounds.push(Sound { name, channels, frames: 0, of });
                self.desk.sounds.len() - 1
            });
            self.desk.sounds[n].channels = self.desk.sounds[n].channels.max(channels);
            self.sources.insert(id, n);
        }
    }

    fn locations(&mut self, root: &Node) {
        for place in root.child("Locations").into_iter().flat_map(|places| places.all("Location")) {
            let flags = place.get("flags").unwrap_or_default();
            if flags.contains("IsSessionRange") {
                self.desk.frames = self.time(place, "end").unwrap_or(0);
            } else if flags.contains("IsMark")
                && let Some(at) = self.time(place, "start")
            {
                let name = place.get("name").unwrap_or_default().to_owned();
                self.desk.markers.push(Marker { at, name });
            }
        }
        self.desk.markers.sort_by_key(|marker| marker.at);
    }

    fn routes(&mut self, root: &'a Node) {
        let all = root.child("Routes").into_iter().flat_map(|routes| routes.all("Route"));
        let flags = |route: &Node| {
            let info = route.child("PresentationInfo").and_then(|info| info.get("flags"));
            info.or_else(|| route.get("flags")).unwrap_or_default().to_owned()
        };
        let mut routes: Vec<(&'a Node, String)> = all.map(|route| (route, flags(route))).collect();
        routes.retain(|(_, flags)| !flags.contains("MonitorOut") && !flags.contains("Auditioner"));
        let order = |route: &Node| route.child("PresentationInfo").and_then(|info| info.number("order"));
        routes.sort_by_key(|(route, flags)| {
            (flags.contains("MasterOut"), order(route).unwrap_or(f64::from(u32::MAX)) as u64)
        });
        let mut names = BTreeMap::new();
        for (n, (route, _)) in routes.iter().enumerate() {
            self.routes.extend(route.get("id").map(|id| (id, n)));
            names.extend(route.get("name").map(|name| (name, n)));
        }
        for (n, (route, flags)) in routes.iter().enumerate() {
            let kind = match flags {
                flags if flags.contains("MasterOut") => Kind::Master,
                flags if flags.contains("AudioTrack") => Kind::Track,
                flags if flags.contains("MidiTrack") => {
                    self.losses.push(Loss::lost(
                        route.get("name").unwrap_or_default(),
                        "its notes: they need an instrument",
                    ));
                    Kind::Track
                }
                _ => Kind::Bus,
            };
            let mut channel = Channel::new(&key(n), route.get("name").unwrap_or("Track"), kind);
            let info = route.child("PresentationInfo");
            channel.colour = info.and_then(|info| info.number("color")).map_or_else(String::new, colour);
            if kind != Kind::Master {
                let to = leads_to(route).and_then(|name| names.get(name)).filter(|to| **to != n);
                channel.to = Some(to.map_or_else(|| key(routes.len() - 1), |to| key(*to)));
            }
            self.knobs(route, &mut channel);
            self.desk.channels.push(channel);
        }
        let fed: Vec<String> = self.desk.channels.iter().filter_map(|channel| channel.to.clone()).collect();
        for channel in self.desk.channels.iter_mut().filter(|channel| channel.kind == Kind::Bus) {
            if !fed.contains(&channel.id) {
                channel.kind = Kind::Return;
            }
        }
    }

    fn knobs(&mut self, route: &'a Node, channel: &mut Channel) {
        let list = |node: &'a Node, id: &str| {
            let lists =
                node.child("Automation").into_iter().flat_map(|automation| automation.all("AutomationList"));
            lists
                .into_iter()
                .find(|list| list.get("automation-id") == Some(id) && list.get("state") == Some("Play"))
        };
        let control = |node: &Node, name: &str| {
            node.all("Controllable").find(|control| control.get("name") == Some(name))?.number("value")
        };
        let muted = route.child("MuteMaster").and_then(|mute| mute.get("muted"));
        channel.mute = Course::still(f32::from(muted == Some("1") || muted == Some("yes")));
        if let Some(list) = list(route, "mute") {
            channel.mute = self.course(list, &|value| f32::from(value >= 0.5), channel.mute.value);
            channel.mute.points.iter_mut().for_each(|point| point.curve = Curve::Hold);
        }
        if channel.kind == Kind::Track {
            self.regions(route, channel);
        }
        let mono = channel.kind == Kind::Track && channel.width == 1;
        if let Some(pannable) = route.child("Pannable") {
            let place = control(pannable, "pan-azimuth").unwrap_or(0.5);
            let pan = move |place: f64| if mono { to_mono(place).0 } else { from_balance(place) };
            channel.pan = Course::still(pan(place));
            if let Some(list) = list(pannable, "pan-azimuth") {
                channel.pan = self.course(list, &pan, channel.pan.value);
            }
            if mono && !channel.regions.is_empty() {
                // In the middle Ardour's panner takes 3 dB away.
                channel.trim -= to_mono(place).1;
            }
            let width = control(pannable, "pan-width").unwrap_or(1.0);
            if !mono && width.abs() < 0.999 && channel.kind != Kind::Master && width != 0.0 {
                let says = format!("a width of {:.0} %", 100.0 * width);
                self.losses.push(Loss::lost(format!("{}/width", channel.name), says));
            }
        }
        let mut tap = Tap::Pre;
        for processor in route.all("Processor") {
            let name = processor.get("name").unwrap_or_default();
            match processor.get("type").unwrap_or_default() {
                "trim" => channel.trim += control(processor, "trimcontrol").map_or(0.0, decibels),
                "amp" => {
                    tap = Tap::Post;
                    if let Some(gain) = control(processor, "gaincontrol") {
                        channel.volume = Course::still(decibels(gain));
                    }
                    if let Some(list) = list(processor, "gain") {
                        let course = self.course(list, &decibels, channel.volume.value);
                        channel.volume = self.late(course).straight_in_amplitude();
                    }
                }
                "intsend" if processor.get("role") == Some("Aux") => {
                    let target = processor.get("target").and_then(|id| self.routes.get(id)).copied();
                    let Some(to) = target.filter(|_| processor.get("active") != Some("0")) else { continue };
                    let gain = control(processor, "gaincontrol").map_or(0.0, decibels);
                    let mut level = Course::still(gain);
                    let lane = list(processor, "send").or_else(|| list(processor, "gain"));
                    if let Some(list) = lane {
                        level = self.late(self.course(list, &decibels, gain)).straight_in_amplitude();
                    }
                    channel.sends.push(SendTo { to: key(to), tap, level });
                }
                "lv2" if plugins::read(processor, self.desk.rate).is_some() => {
                    let on = processor.get("active") != Some("0");
                    for does in
                        plugins::read(processor, self.desk.rate).into_iter().filter(|_| tap == Tap::Pre)
                    {
                        let id = if does.word() == "compressor" { "comp" } else { "eq" }.to_owned();
                        channel.devices.push(Device { id, name: name.to_owned(), on, does });
                    }
                    if tap == Tap::Post {
                        self.losses.push(Loss::lost(
                            format!("{}/{name}", channel.name),
                            "it stands after the fader",
                        ));
                    }
                }
                "lv2" | "ladspa" | "vst" | "lxvst" | "windows-vst" | "vst3" | "mac-vst" | "audiounit"
                | "luaproc" => {
                    let off = if processor.get("active") == Some("0") { " (bypassed)" } else { "" };
                    let at = format!("{}/{name}", channel.name);
                    self.losses.push(Loss::lost(at, format!("a plugin of the other program{off}")));
                }
                "send" | "port" | "insert" => {
                    let at = format!("{}/{name}", channel.name);
                    self.losses.push(Loss::lost(at, "a way out to other programs or machines"));
                }
                _ => {}
            }
        }
    }

    fn course(&self, list: &Node, scale: &dyn Fn(f64) -> f32, value: f32) -> Course {
        let events = list.child("events").map_or("", |events| events.text.as_str());
        let mut words = events.split_whitespace();
        let mut points: Vec<Point> = Vec::new();
        let hold = list.get("interpolation-style") == Some("Discrete");
        while let (Some(at), Some(number)) = (words.next(), words.next()) {
            let Some((at, number)) = self.frames(at).zip(number.parse::<f64>().ok()) else { continue };
            let at = at.max(0.0).round() as u64;
            let curve = if hold { Curve::Hold } else { Curve::Line };
            let point = Point { at, value: scale(number), curve, label: String::new() };
            // Two at one time are a jump.
            match points.last().map(|last| last.at == at) {
                Some(true) => {
                    points.pop();
                    if let Some(before) = points.last_mut() {
                        before.curve = Curve::Hold;
                    }
                    points.push(point);
                }
                _ => points.push(point),
            }
        }
        points.sort_by_key(|point| point.at);
        Course { value: points.first().map_or(value, |point| point.value), points }
    }

    /// A level as Ardour plays it, which is late by its glide.
    fn late(&self, mut course: Course) -> Course {
        let late = (f64::from(self.desk.rate) / GLIDE).round() as u64;
        course.points.iter_mut().filter(|point| point.at > 0).for_each(|point| point.at += late);
        course
    }

    fn regions(&mut self, route: &'a Node, channel: &mut Channel) {
        let own = route.get("audio-playlist").and_then(|id| self.playlists.get(id));
        let diskstream = || self.by_track.get(route.get("id")?);
        let Some(playlist) = own.or_else(diskstream).copied() else { return };
        let regions = playlist.all("Region").filter(|region| region.get("muted") != Some("1"));
        let mut width = 1;
        for region in regions {
            let source = region.get("source-0").and_then(|id| self.sources.get(id)).copied();
            let Some(sound) = source else { continue };
            width = width.max(region.number("channels").unwrap_or(1.0).clamp(1.0, 2.0) as u32);
            let joined = region.get("length").unwrap_or_default();
            let (length, position) =
                joined.split_once('@').unwrap_or((joined, region.get("position").unwrap_or("0")));
            let (Some(length), Some(position)) = (self.frames(length), self.frames(position)) else {
                continue;
            };
            let from = self.time(region, "start").unwrap_or(0);
            let frames = length.max(0.0).round() as u64;
            let gain = region.number("scale-amplitude").unwrap_or(1.0);
            channel.regions.push(Region {
                sound,
                at: position.round() as i64,
                from,
                frames,
                gain: decibels(gain.abs()).max(-120.0),
                fade_in: self.fade(region, "FadeIn", "fade-in-active"),
                fade_out: self.fade(region, "FadeOut", "fade-out-active"),
            });
            let sound = &mut self.desk.sounds[sound];
            sound.frames = sound.frames.max(from.saturating_add(frames));
        }
        channel.width = width;
    }

    /// Length of a fade: the time of its last point.
    fn fade(&self, region: &Node, name: &str, active: &str) -> u64 {
        if region.get(active) != Some("1") {
            return 0;
        }
        let list = region.child(name).and_then(|fade| fade.child("AutomationList"));
        let events = list.and_then(|list| list.child("events")).map_or("", |events| events.text.as_str());
        let times = events.split_whitespace().step_by(2).filter_map(|time| self.frames(time));
        times.fold(0.0, f64::max).round() as u64
    }
}

/// The route that a route's first output is connected to.
fn leads_to(route: &Node) -> Option<&str> {
    let output = route.all("IO").find(|io| io.get("direction") == Some("Output"))?;
    let connection = output.child("Port")?.child("Connection")?;
    connection.get("other")?.split_once("/audio_in").map(|(name, _)| name)
}

fn key(n: usize) -> String {
    format!("route-{n}")
}

/// A colour of Ardour: red, green, blue and 255.
fn colour(number: f64) -> String {
    let number = number as u64 as u32;
    if number == 0 || number == 0xff00_00ff { String::new() } else { format!("#{:06x}", number >> 8) }
}
