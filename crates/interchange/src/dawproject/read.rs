//! Reads a project of any program that writes them.

use std::collections::{BTreeMap, BTreeSet};

use mixsmith_session::{Curve, Marker, Point, Tap};

use super::clips::{Scissors, Unit};
use super::devices;
use super::units::{level, pan, parameter};
use crate::archive::Archive;
use crate::xml::{Node, parse};
use crate::{
    Channel, Course, Desk, Kind, Loss, Place, Project, ReadError, Region, SendTo, Sound, SoundOf, beneath,
    file_stem,
};

/// What a parameter's id stands for.
#[derive(Clone, Debug)]
enum Knob {
    Volume(usize),
    Pan(usize),
    Mute(usize),
    Send(usize, usize),
    Tempo,
}

struct Reading<'a> {
    desk: Desk,
    losses: Vec<Loss>,
    knobs: BTreeMap<&'a str, Knob>,
    /// Channels by the ids of their tracks.
    tracks: BTreeMap<&'a str, usize>,
    taken: Vec<String>,
}

/// Reads the file.
pub(super) fn read(project: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
    let not = |what: &str| ReadError::NotThis("DAWproject", what.to_owned());
    let mut archive = Archive::open(project.file, "DAWproject")?;
    let text = archive.text("project.xml")?.ok_or_else(|| not("it has no project.xml"))?;
    let title = match archive.text("metadata.xml")? {
        Some(text) => parse(&text)?.child("Title").map(|title| title.text.trim().to_owned()),
        None => None,
    };
    let title = title.filter(|title| !title.is_empty());
    let stem = project.name.rsplit_once('.').map_or(project.name, |(stem, _)| stem);
    let root = parse(&text)?;
    drop(text);
    if root.name != "Project" {
        return Err(not("its root is no Project"));
    }
    let mut reading = Reading {
        desk: Desk { title: title.unwrap_or_else(|| stem.to_owned()), tempo: 120.0, ..Desk::default() },
        losses: Vec::new(),
        knobs: BTreeMap::new(),
        tracks: BTreeMap::new(),
        taken: Vec::new(),
    };
    reading.transport(&root);
    let mut rates = BTreeMap::new();
    count_rates(&root, &mut rates);
    let most = rates.iter().max_by_key(|(_, count)| **count).map(|(rate, _)| *rate);
    reading.desk.rate = most.unwrap_or(48_000);
    if let Some(structure) = root.child("Structure") {
        reading.structure(structure);
    }
    if let Some(arrangement) = root.child("Arrangement") {
        reading.arrangement(arrangement);
    }
    if root.child("Scenes").is_some_and(has_clips) {
        reading
            .losses
            .push(Loss::lost("scenes", "clips that are launched by hand have no place in the song"));
    }
    let regions = reading.desk.channels.iter().flat_map(|channel| &channel.regions);
    let end = regions.map(|region| region.at.max(0).unsigned_abs() + region.frames).max();
    reading.desk.frames = end.unwrap_or(0);
    Ok((reading.desk, reading.losses))
}

fn has_clips(node: &Node) -> bool {
    node.name == "Clip" || node.children.iter().any(has_clips)
}

/// How often each sample rate is named.
fn count_rates(node: &Node, rates: &mut BTreeMap<u32, u32>) {
    if node.name == "Audio"
        && let Some(rate) = node.number("sampleRate").filter(|rate| (8000.0..=768_000.0).contains(rate))
    {
        *rates.entry(rate as u32).or_default() += 1;
    }
    node.children.iter().for_each(|child| count_rates(child, rates));
}

impl<'a> Reading<'a> {
    fn transport(&mut self, root: &'a Node) {
        let Some(tempo) = root.child("Transport").and_then(|transport| transport.child("Tempo")) else {
            return;
        };
        if let Some(value) = tempo.number("value").filter(|tempo| (10.0..=1000.0).contains(tempo)) {
            self.desk.tempo = value as f32;
        }
        if let Some(id) = tempo.get("id") {
            self.knobs.insert(id, Knob::Tempo);
        }
    }

    fn structure(&mut self, structure: &'a Node) {
        // Channels first, then where they lead, which may be any of them.
        let mut found: Vec<(&'a Node, Option<usize>)> = Vec::new();
        for node in &structure.children {
            self.track(node, None, &mut found);
        }
        let by_id: BTreeMap<&str, usize> =
            found.iter().enumerate().filter_map(|(n, (channel, _))| Some((channel.get("id")?, n))).collect();
        let master = found
            .iter()
            .position(|(channel, folder)| folder.is_none() && channel.get("role") == Some("master"));
        let mut fed = BTreeSet::new();
        for (n, (node, folder)) in found.iter().enumerate() {
            let named = node.get("destination").and_then(|to| by_id.get(to)).copied();
            let to =
                if Some(n) == master { None } else { named.or(*folder).or(master).filter(|to| *to != n) };
            fed.extend(to);
            self.desk.channels[n].to = to.map(|to| self.desk.channels[to].id.clone());
            let sends = node.child("Sends").into_iter().flat_map(|sends| sends.all("Send"));
            for send in sends {
                self.send(n, send, &by_id);
            }
        }
        for (n, (node, _)) in found.iter().enumerate() {
            let channel = &mut self.desk.channels[n];
            channel.kind = match node.get("role") {
                _ if Some(n) == master => Kind::Master,
                Some("effect") => Kind::Return,
                Some("vca") => {
                    self.losses.push(Loss::lost(&channel.id, "a VCA: what it turns must be turned by hand"));
                    Kind::Bus
                }
                _ if fed.contains(&n) => Kind::Bus,
                Some("submix" | "master") => Kind::Bus,
                _ => channel.kind,
            };
        }
        self.desk.channels.sort_by_key(|channel| channel.kind == Kind::Master);
        let places: BTreeMap<&str, usize> =
            self.desk.channels.iter().enumerate().map(|(n, channel)| (channel.id.as_str(), n)).collect();
        let now: Vec<usize> =
            (0..found.len()).map(|n| places.get(key(n).as_str()).copied().unwrap_or(0)).collect();
        for knob in self.knobs.values_mut() {
            match knob {
                Knob::Volume(n) | Knob::Pan(n) | Knob::Mute(n) | Knob::Send(n, _) => *n = now[*n],
                Knob::Tempo => {}
            }
        }
        self.tracks.values_mut().for_each(|n| *n = now[*n]);
    }

    fn track(&mut self, node: &'a Node, folder: Option<usize>, found: &mut Vec<(&'a Node, Option<usize>)>) {
        let own = match node.name.as_str() {
            "Track" => node.child("Channel"),
            "Channel" => Some(node),
            _ => return,
        };
        let place = own.map(|own| {
            let n = found.len();
            let name = node.get("name").unwrap_or("Track");
            let folds = node.child("Track").is_some() || node.get("contentType") == Some("tracks");
            let mut channel = Channel::new(&key(n), name, if folds { Kind::Bus } else { Kind::Track });
            channel.colour = colour(node.get("color").unwrap_or_default());
            let sheet = node.get("comment").unwrap_or_default().split("; ").filter(|line| !line.is_empty());
            channel.sheet = sheet.map(str::to_owned).collect();
            self.knobs_of(n, own, &mut channel);
            if let Some(id) = node.get("id") {
                self.tracks.insert(id, n);
            }
            self.desk.channels.push(channel);
            found.push((own, folder));
            n
        });
        for inner in node.all("Track") {
            self.track(inner, place.or(folder), found);
        }
    }

    fn knobs_of(&mut self, n: usize, own: &'a Node, channel: &mut Channel) {
        let mut knob = |name: &str, knob: Knob| {
            let node = own.child(name)?;
            if let Some(id) = node.get("id") {
                self.knobs.insert(id, knob);
            }
            Some(node)
        };
        if let Some((value, unit)) = knob("Volume", Knob::Volume(n)).and_then(parameter) {
            channel.volume = Course::still(level(value, unit));
        }
        if let Some((value, unit)) = knob("Pan", Knob::Pan(n)).and_then(parameter) {
            channel.pan = Course::still(pan(value, unit));
        }
        if let Some(mute) = knob("Mute", Knob::Mute(n)) {
            channel.mute = Course::still(f32::from(mute.get("value") == Some("true")));
        }
        if own.get("solo") == Some("true") {
            self.losses.push(Loss::lost(format!("{}/solo", channel.name), "all tracks play"));
        }
        let devices = own.child("Devices").into_iter().flat_map(|devices| &devices.children);
        for device in devices {
            match devices::read(device, self.desk.tempo) {
                Some(found) => channel.devices.push(found),
                None => {
                    let name = device.get("deviceName").or(device.get("name")).unwrap_or(&device.name);
                    let at = format!("{}/{name}", channel.name);
                    self.losses.push(Loss::lost(at, "a plugin or device of the other program"));
                }
            }
        }
    }

    fn send(&mut self, n: usize, node: &'a Node, by_id: &BTreeMap<&str, usize>) {
        let Some(&to) = node.get("destination").and_then(|to| by_id.get(to)) else { return };
        let Some(volume) = node.child("Volume") else { return };
        let off = node.child("Enable").and_then(|enable| enable.get("value")) == Some("false");
        let gain = parameter(volume).map_or(0.0, |(value, unit)| level(value, unit));
        // Programs list every return at every track; those that are off send nothing.
        if to == n || off {
            return;
        }
        let tap = if node.get("type") == Some("pre") { Tap::Pre } else { Tap::Post };
        let place = self.desk.channels[n].sends.len();
        let to = self.desk.channels[to].id.clone();
        self.desk.channels[n].sends.push(SendTo { to, tap, level: Course::still(gain) });
        if let Some(id) = volume.get("id") {
            self.knobs.insert(id, Knob::Send(n, place));
        }
    }

    fn arrangement(&mut self, arrangement: &'a Node) {
        let unit = Unit::of(arrangement, "timeUnit", Unit::Beats);
        if let Some(lanes) = arrangement.child("Lanes") {
            self.lanes(lanes, unit, None);
        }
        if let Some(markers) = arrangement.child("Markers") {
            let unit = Unit::of(markers, "timeUnit", unit);
            for marker in markers.all("Marker") {
                let Some(time) = marker.number("time") else { continue };
                let at = self.frame(time, unit);
                let name = marker.get("name").unwrap_or_default().to_owned();
                self.desk.markers.push(Marker { at, name });
            }
            self.desk.markers.sort_by_key(|marker| marker.at);
        }
        for name in ["TempoAutomation", "TimeSignatureAutomation"] {
            if arrangement.child(name).is_some_and(|points| points.children.len() > 2) {
                self.losses.push(Loss::lost(
                    name,
                    "the song has one tempo here: what moves with it may be elsewhere",
                ));
            }
        }
    }

    fn lanes(&mut self, lanes: &'a Node, unit: Unit, track: Option<usize>) {
        let unit = Unit::of(lanes, "timeUnit", unit);
        let named = |node: &'a Node| node.get("track").and_then(|id| self.tracks.get(id)).copied();
        let track = named(lanes).or(track);
        for node in &lanes.children {
            let own = node.get("track").and_then(|id| self.tracks.get(id)).copied().or(track);
            match node.name.as_str() {
                "Lanes" => self.lanes(node, unit, own),
                "Clips" => self.clips(node, unit, own),
                "Points" => self.points(node, unit),
                _ => {}
            }
        }
    }

    fn clips(&mut self, clips: &'a Node, unit: Unit, track: Option<usize>) {
        let Some(n) = track else { return };
        let mut scissors =
            Scissors { tempo: f64::from(self.desk.tempo), found: Vec::new(), left: Vec::new() };
        scissors.lane(clips, unit);
        let Scissors { found, mut left, .. } = scissors;
        left.sort();
        left.dedup();
        let at = format!("{}/clips", self.desk.channels[n].name);
        self.losses.extend(left.into_iter().map(|what| Loss::lost(&at, what)));
        let mut bent = 0.0f64;
        for stretch in found {
            bent = bent.max((stretch.speed - 1.0).abs());
            let Some(sound) = self.sound(stretch.audio) else { continue };
            let frames = |seconds: f64| self.desk.frame(seconds).max(0).unsigned_abs();
            let region = Region {
                sound,
                at: self.desk.frame(stretch.at),
                from: frames(stretch.from),
                frames: frames(stretch.length),
                gain: 0.0,
                fade_in: frames(stretch.fade_in),
                fade_out: frames(stretch.fade_out),
            };
            self.desk.channels[n].regions.push(region);
        }
        if bent > 1e-4 {
            let says = format!("stretched by up to {:.2} %: it plays at its own speed", 100.0 * bent);
            self.losses.push(Loss::lost(&at, says));
        }
    }

    /// The place of a sound file on the desk.
    fn sound(&mut self, audio: &Node) -> Option<usize> {
        let file = audio.child("File")?;
        let path = file.get("path")?;
        let place = match beneath(path) {
            None => Place::Elsewhere(path.to_owned()),
            Some(_) if file.get("external") == Some("true") => Place::Beside(path.to_owned()),
            Some(_) => Place::Inside(path.to_owned()),
        };
        let of = SoundOf::Found(place);
        if let Some(known) = self.desk.sounds.iter().position(|sound| sound.of == of) {
            return Some(known);
        }
        if let SoundOf::Found(Place::Elsewhere(path)) = &of {
            let says =
                "it lies outside of the project's folder, where nothing is read: copy it beside the project";
            self.losses.push(Loss::lost(path, says));
        }
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let seconds = audio.number("duration").unwrap_or(0.0);
        self.desk.sounds.push(Sound {
            name: file_stem(name, &mut self.taken),
            channels: audio.number("channels").map_or(2, |channels| (channels as u32).clamp(1, 2)),
            frames: self.desk.frame(seconds).max(0).unsigned_abs(),
            of,
        });
        Some(self.desk.sounds.len() - 1)
    }

    fn points(&mut self, node: &'a Node, unit: Unit) {
        let unit = Unit::of(node, "timeUnit", unit);
        let Some(target) = node.child("Target").and_then(|target| target.get("parameter")) else { return };
        let Some(knob) = self.knobs.get(target).cloned() else {
            self.losses.push(Loss::lost(format!("automation of {target}"), "of a knob that is not here"));
            return;
        };
        let scale = node.get("unit").unwrap_or("linear");
        let value = |node: &Node| match knob {
            Knob::Mute(_) => Some(f32::from(node.get("value")? == "true")),
            Knob::Pan(_) => Some(pan(node.number("value")?, scale)),
            _ => Some(level(node.number("value")?, scale)),
        };
        let mut points: Vec<Point> = Vec::new();
        for node in node.children.iter().filter(|child| child.name.ends_with("Point")) {
            let (Some(time), Some(value)) = (node.number("time"), value(node)) else { continue };
            let hold = node.get("interpolation") != Some("linear");
            let curve = if hold { Curve::Hold } else { Curve::Line };
            points.push(Point { at: self.frame(time, unit), value, curve, label: String::new() });
        }
        points.sort_by_key(|point| point.at);
        let course = Course { value: points.first().map_or(0.0, |point| point.value), points };
        if !course.moves() {
            return;
        }
        match knob {
            Knob::Tempo => {
                self.losses.push(Loss::lost("tempo", "its automation: the song has one tempo here"))
            }
            Knob::Volume(n) => self.desk.channels[n].volume = course.straight_in_amplitude(),
            Knob::Pan(n) => self.desk.channels[n].pan = course,
            Knob::Mute(n) => self.desk.channels[n].mute = course,
            Knob::Send(n, send) => self.desk.channels[n].sends[send].level = course.straight_in_amplitude(),
        }
    }

    fn frame(&self, time: f64, unit: Unit) -> u64 {
        let beats = 60.0 / f64::from(self.desk.tempo);
        self.desk.frame(if unit == Unit::Beats { time * beats } else { time }).max(0).unsigned_abs()
    }
}

/// The id of a channel until it has a name.
fn key(n: usize) -> String {
    format!("channel-{n}")
}

/// A colour as `#rrggbb`, if it is one.
fn colour(text: &str) -> String {
    let digits = text.strip_prefix('#').unwrap_or_default();
    let fine = digits.len() >= 6 && digits.is_ascii() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if fine { format!("#{}", digits[..6].to_lowercase()) } else { String::new() }
}
