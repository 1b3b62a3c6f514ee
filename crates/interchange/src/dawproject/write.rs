//! Writes a project as Bitwig Studio 5.3 would.

use std::collections::BTreeMap;

use mixsmith_session::{Curve, Point, Tap};

use super::devices::{self, Ids};
use crate::course::amplitude;
use crate::xml::Writer;
use crate::{Channel, Content, Course, Desk, Kind, Loss, Region, Wishes, Written};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";

/// The ids by which other parts of the file speak of a channel.
#[derive(Clone, Debug)]
struct Refs {
    track: String,
    channel: String,
    volume: String,
    pan: String,
    mute: String,
    /// Send levels by the channel that they feed.
    sends: Vec<(String, String)>,
}

/// What a lane of automation is about.
struct Aim {
    parameter: String,
    unit: Option<&'static str>,
    points: Vec<(Point, String)>,
}

struct Pen<'a> {
    desk: &'a Desk,
    flat: bool,
    /// The channels as they stand in the file: what lies in a folder follows it. So a project that is read and written again
    /// is the same file.
    order: Vec<&'a Channel>,
    to: Writer,
    ids: Ids,
    refs: BTreeMap<&'a str, Refs>,
}

/// Writes the files of a project.
pub(super) fn write(desk: &Desk, wishes: &Wishes) -> (Vec<Written>, Vec<Loss>) {
    let mut pen = Pen {
        desk,
        flat: wishes.flat,
        order: Vec::new(),
        to: Writer::new(DECLARATION),
        ids: Ids::default(),
        refs: BTreeMap::new(),
    };
    let top = |channel: &&Channel| pen.flat || pen.folder_of(channel).is_none();
    let tops: Vec<&Channel> = desk.channels.iter().filter(top).collect();
    tops.iter().for_each(|channel| pen.line_up(channel));
    pen.name();
    pen.to.open("Project", &[("version", "1.0".to_owned())]);
    let version = env!("CARGO_PKG_VERSION").to_owned();
    pen.to.empty("Application", &[("name", "Mixsmith".to_owned()), ("version", version)]);
    pen.transport();
    pen.to.open("Structure", &[]);
    tops.into_iter().for_each(|channel| pen.track(channel));
    pen.to.close();
    pen.arrangement();
    let project = pen.to.finish();
    let mut meta = Writer::new(DECLARATION);
    meta.open("MetaData", &[]);
    meta.text("Title", &[], &desk.title);
    meta.close();
    let mut entries = vec![
        Written { path: "project.xml".to_owned(), content: Content::Bytes(project.into_bytes()) },
        Written { path: "metadata.xml".to_owned(), content: Content::Bytes(meta.finish().into_bytes()) },
    ];
    let sounds = desk.sounds.iter().enumerate();
    entries.extend(
        sounds.map(|(n, sound)| Written {
            path: format!("audio/{}.wav", sound.name),
            content: Content::Sound(n),
        }),
    );
    let name = crate::file_stem(&desk.title, &mut Vec::new());
    let written = Written { path: format!("{name}.dawproject"), content: Content::Archive(entries) };
    let mut losses = vec![Loss::exact("song/tempo")];
    if !desk.markers.is_empty() {
        losses.push(Loss::exact("song/markers"));
    }
    (vec![written], losses)
}

impl<'a> Pen<'a> {
    /// Gives every channel its ids.
    fn name(&mut self) {
        for channel in &self.order {
            let mut id = || self.ids.next();
            let refs = Refs {
                track: id(),
                channel: id(),
                volume: id(),
                pan: id(),
                mute: id(),
                sends: channel.sends.iter().map(|send| (send.to.clone(), id())).collect(),
            };
            self.refs.insert(&channel.id, refs);
        }
    }

    /// Takes a channel and what lies in its folder into the order.
    fn line_up(&mut self, channel: &'a Channel) {
        self.order.push(channel);
        self.inside(channel).into_iter().for_each(|channel| self.line_up(channel));
    }

    /// What lies in the folder of a channel.
    fn inside(&self, channel: &Channel) -> Vec<&'a Channel> {
        if self.flat || channel.kind != Kind::Bus {
            return Vec::new();
        }
        let own = |c: &&Channel| self.folder_of(c).is_some_and(|folder| folder.id == channel.id);
        self.desk.channels.iter().filter(own).collect()
    }

    /// The bus whose folder a channel lies in.
    fn folder_of(&self, channel: &Channel) -> Option<&'a Channel> {
        let to = self.desk.channel(channel.to.as_deref()?)?;
        (to.kind == Kind::Bus).then_some(to)
    }

    fn transport(&mut self) {
        self.to.open("Transport", &[]);
        let tempo = [
            ("max", "666.000000".to_owned()),
            ("min", "20.000000".to_owned()),
            ("unit", "bpm".to_owned()),
            ("value", format!("{:.6}", self.desk.tempo)),
            ("id", self.ids.next()),
            ("name", "Tempo".to_owned()),
        ];
        self.to.empty("Tempo", &tempo);
        let four = || "4".to_owned();
        let signature = [("denominator", four()), ("numerator", four()), ("id", self.ids.next())];
        self.to.empty("TimeSignature", &signature);
        self.to.close();
    }

    fn track(&mut self, channel: &'a Channel) {
        let refs = self.refs[channel.id.as_str()].clone();
        let inside = self.inside(channel);
        let content = if inside.is_empty() { "audio" } else { "tracks" };
        let role = match channel.kind {
            Kind::Track => "regular",
            Kind::Bus => "submix",
            Kind::Return => "effect",
            Kind::Master => "master",
        };
        let mut attributes = vec![
            ("contentType", content.to_owned()),
            ("loaded", "true".to_owned()),
            ("id", refs.track),
            ("name", channel.name.clone()),
        ];
        if !channel.colour.is_empty() {
            attributes.push(("color", channel.colour.clone()));
        }
        attributes.push(("comment", channel.sheet.join("; ")));
        self.to.open("Track", &attributes);
        let mut attributes = vec![("audioChannels", "2".to_owned())];
        if let Some(to) = channel.to.as_deref().and_then(|to| self.refs.get(to)) {
            attributes.push(("destination", to.channel.clone()));
        }
        attributes.push(("role", role.to_owned()));
        attributes.push(("solo", "false".to_owned()));
        attributes.push(("id", refs.channel));
        self.to.open("Channel", &attributes);
        if !channel.devices.is_empty() {
            self.to.open("Devices", &[]);
            channel.devices.iter().for_each(|device| devices::write(device, &mut self.to, &mut self.ids));
            self.to.close();
        }
        self.switch("Mute", Some("Mute"), channel.mute.value >= 0.5, refs.mute);
        self.real("Pan", "Pan", ("normalized", 1.0), pan(channel.pan.value), refs.pan);
        if !channel.sends.is_empty() {
            self.to.open("Sends", &[]);
            for (send, (to, id)) in channel.sends.iter().zip(refs.sends) {
                let Some(destination) = self.refs.get(to.as_str()).map(|refs| refs.channel.clone()) else {
                    continue;
                };
                let tap = if send.tap == Tap::Pre { "pre" } else { "post" };
                let own = self.ids.next();
                let attributes = [("destination", destination), ("type", tap.to_owned()), ("id", own)];
                self.to.open("Send", &attributes);
                let enable = self.ids.next();
                self.switch("Enable", None, true, enable);
                self.real("Volume", "Send", ("linear", 1.0), amplitude(send.level.value), id);
                self.to.close();
            }
            self.to.close();
        }
        self.real("Volume", "Volume", ("linear", 2.0), amplitude(channel.volume.value), refs.volume);
        self.to.close();
        inside.into_iter().for_each(|channel| self.track(channel));
        self.to.close();
    }

    fn switch(&mut self, element: &str, name: Option<&str>, on: bool, id: String) {
        let mut attributes = vec![("value", on.to_string()), ("id", id)];
        attributes.extend(name.map(|name| ("name", name.to_owned())));
        self.to.empty(element, &attributes);
    }

    fn real(&mut self, element: &str, name: &str, (unit, most): (&str, f64), value: f64, id: String) {
        let attributes = [
            ("max", format!("{most:.6}")),
            ("min", "0.000000".to_owned()),
            ("unit", unit.to_owned()),
            // More digits than Bitwig's six, so that soft sends keep their level.
            ("value", format!("{value:.9}")),
            ("id", id),
            ("name", name.to_owned()),
        ];
        self.to.empty(element, &attributes);
    }

    fn arrangement(&mut self) {
        let id = self.ids.next();
        self.to.open("Arrangement", &[("id", id)]);
        let id = self.ids.next();
        self.to.open("Lanes", &[("timeUnit", "beats".to_owned()), ("id", id)]);
        for channel in std::mem::take(&mut self.order) {
            let refs = self.refs[channel.id.as_str()].clone();
            let id = self.ids.next();
            self.to.open("Lanes", &[("track", refs.track.clone()), ("id", id)]);
            let id = self.ids.next();
            if channel.regions.is_empty() {
                self.to.empty("Clips", &[("id", id)]);
            } else {
                self.to.open("Clips", &[("id", id)]);
                channel.regions.iter().for_each(|region| self.clip(channel, region));
                self.to.close();
            }
            self.automation(channel, &refs);
            self.to.close();
        }
        self.to.close();
        if !self.desk.markers.is_empty() {
            let id = self.ids.next();
            self.to.open("Markers", &[("timeUnit", "beats".to_owned()), ("id", id)]);
            for marker in &self.desk.markers {
                let time = self.desk.beats(marker.at as f64).to_string();
                self.to.empty("Marker", &[("time", time), ("name", marker.name.clone())]);
            }
            self.to.close();
        }
        self.to.close();
    }

    fn clip(&mut self, channel: &Channel, region: &Region) {
        let Some(sound) = self.desk.sounds.get(region.sound) else { return };
        let beats = |frames: f64| self.desk.beats(frames);
        let text = |number: f64| format!("{number:?}");
        let (seconds, whole) = (self.desk.seconds(sound.frames as f64), beats(sound.frames as f64));
        let outer = [
            ("time", text(beats(region.at as f64))),
            ("duration", text(beats(region.frames as f64))),
            ("contentTimeUnit", "beats".to_owned()),
            ("playStart", text(beats(region.from as f64))),
            ("fadeTimeUnit", "beats".to_owned()),
            ("fadeInTime", text(beats(region.fade_in as f64))),
            ("fadeOutTime", text(beats(region.fade_out as f64))),
            ("enable", "true".to_owned()),
            ("name", channel.name.clone()),
        ];
        let inner = [
            ("time", "0.0".to_owned()),
            ("duration", text(whole)),
            ("contentTimeUnit", "beats".to_owned()),
            ("playStart", "0.0".to_owned()),
        ];
        self.to.open("Clip", &outer);
        let id = self.ids.next();
        self.to.open("Clips", &[("id", id)]);
        self.to.open("Clip", &inner);
        let id = self.ids.next();
        let warps = [("contentTimeUnit", "seconds".to_owned()), ("timeUnit", "beats".to_owned()), ("id", id)];
        self.to.open("Warps", &warps);
        let audio = [
            ("algorithm", "raw".to_owned()),
            ("channels", sound.channels.to_string()),
            ("sampleRate", self.desk.rate.to_string()),
            ("duration", text(seconds)),
            ("id", self.ids.next()),
        ];
        self.to.open("Audio", &audio);
        self.to.empty("File", &[("path", format!("audio/{}.wav", sound.name))]);
        self.to.close();
        for (time, content) in [(0.0, 0.0), (whole, seconds)] {
            self.to.empty("Warp", &[("time", text(time)), ("contentTime", text(content))]);
        }
        for _ in 0..4 {
            self.to.close();
        }
    }

    fn automation(&mut self, channel: &Channel, refs: &Refs) {
        let real = |parameter: &str, unit, course: &Course, step: f32, scale: &dyn Fn(f32) -> f64| Aim {
            parameter: parameter.to_owned(),
            unit: Some(unit),
            points: course
                .dense(step, true)
                .into_iter()
                .map(|p| (p.clone(), format!("{:.9}", scale(p.value))))
                .collect(),
        };
        let mut aims = Vec::new();
        if channel.pan.moves() {
            aims.push(real(&refs.pan, "normalized", &channel.pan, f32::INFINITY, &pan));
        }
        if channel.volume.moves() {
            aims.push(real(&refs.volume, "linear", &channel.volume, 1.0, &amplitude));
        }
        if channel.mute.moves() {
            let points = channel.mute.points.iter().map(|p| (p.clone(), (p.value >= 0.5).to_string()));
            aims.push(Aim { parameter: refs.mute.clone(), unit: None, points: points.collect() });
        }
        for (send, (_, id)) in channel.sends.iter().zip(&refs.sends) {
            if send.level.moves() {
                aims.push(real(id, "linear", &send.level, 1.0, &amplitude));
            }
        }
        for aim in aims {
            let mut attributes = Vec::new();
            attributes.extend(aim.unit.map(|unit| ("unit", unit.to_owned())));
            attributes.push(("id", self.ids.next()));
            self.to.open("Points", &attributes);
            self.to.empty("Target", &[("parameter", aim.parameter)]);
            for (point, value) in aim.points {
                let time = ("time", format!("{:.6}", self.desk.beats(point.at as f64)));
                if aim.unit.is_none() {
                    self.to.empty("BoolPoint", &[("value", value), time]);
                    continue;
                }
                let way = if point.curve == Curve::Hold { "hold" } else { "linear" };
                self.to.empty("RealPoint", &[("value", value), ("interpolation", way.to_owned()), time]);
            }
            self.to.close();
        }
    }
}

/// A pan from 0 to 1.
fn pan(value: f32) -> f64 {
    (f64::from(value) + 100.0) / 200.0
}
