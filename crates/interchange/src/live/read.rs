//! Reads sets of Live 10 to 12.

use std::collections::BTreeMap;

use mixsmith_session::{Curve, FADER_OFF, Marker, Point, Tap};

use super::devices::{self, switch};
use super::read_clips::value;
use super::tempo::Tempo;
use super::{colours, gzip};
use crate::course::decibels;
use crate::xml::{Node, parse_without};
use crate::{Channel, Course, Desk, Kind, Loss, Project, ReadError, SendTo};

/// What takes most of a set and says nothing of the mix: states of plugins, notes, what is frozen and what is shown.
const LEFT: &[&str] = &[
    "PluginDesc",
    "ParameterList",
    "Buffer",
    "KeyTracks",
    "PerNoteEventStore",
    "FreezeSequencer",
    "GroovePool",
    "PreHearTrack",
    "Scenes",
    "SceneNames",
    "NoteAlgorithms",
    "AutomationLanes",
    "LastPresetRef",
    "SourceContext",
    "Branches",
    "UserOnsets",
    "SearchHint",
    "Data",
    "SpectrumAnalyzer",
];
/// What Live calls silence: -70 dB.
const SILENCE: f64 = 0.000_316_3;

pub(super) struct Reading<'a> {
    pub desk: Desk,
    pub losses: Vec<Loss>,
    pub tempo: Tempo,
    /// Places of groups on the desk by the ids of their tracks.
    groups: BTreeMap<&'a str, usize>,
    returns: Vec<usize>,
    /// Which returns take sends before the fader.
    before: Vec<bool>,
    pub taken: Vec<String>,
}

/// Reads the file.
pub(super) fn read(project: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
    let text = gzip::unpack(project.file)?;
    let root = parse_without(&text, LEFT)?;
    drop(text);
    let set = root.child("LiveSet").filter(|_| root.name == "Ableton");
    let set = set.ok_or_else(|| ReadError::NotThis("Live", "it holds no set".to_owned()))?;
    let stem = project.name.rsplit_once('.').map_or(project.name, |(stem, _)| stem);
    let master = set.child("MainTrack").or_else(|| set.child("MasterTrack"));
    let mut rates = BTreeMap::new();
    count_rates(set, &mut rates);
    let tempo = master.map_or_else(|| Tempo::new(120.0, &[]), tempo);
    let mut reading = Reading {
        desk: Desk {
            title: stem.to_owned(),
            rate: rates.iter().max_by_key(|(_, count)| **count).map_or(48_000, |(rate, _)| *rate),
            tempo: tempo.at_start() as f32,
            ..Desk::default()
        },
        losses: Vec::new(),
        tempo,
        groups: BTreeMap::new(),
        returns: Vec::new(),
        before: Vec::new(),
        taken: Vec::new(),
    };
    if reading.tempo.moves() {
        let says = "its changes: clips stand where they did, and the song has one tempo here";
        reading.losses.push(Loss::lost("tempo", says));
    }
    reading.channels(set, master);
    reading.markers(set);
    let regions = reading.desk.channels.iter().flat_map(|channel| &channel.regions);
    let end = regions.map(|region| region.at.max(0).unsigned_abs().saturating_add(region.frames)).max();
    reading.desk.frames = end.unwrap_or(0);
    Ok((reading.desk, reading.losses))
}

/// How often each sample rate is named.
fn count_rates(node: &Node, rates: &mut BTreeMap<u32, u32>) {
    if node.name == "SampleRef"
        && let Some(rate) =
            value(node, "DefaultSampleRate").filter(|rate| (8000.0..=768_000.0).contains(rate))
    {
        *rates.entry(rate as u32).or_default() += 1;
    }
    node.children.iter().for_each(|child| count_rates(child, rates));
}

fn mixer(track: &Node) -> Option<&Node> {
    track.child("DeviceChain")?.child("Mixer")
}

/// The events of the lane of a knob.
fn events<'a>(track: &'a Node, knob: &Node) -> Option<&'a [Node]> {
    let id = knob.child("AutomationTarget")?.get("Id")?;
    let lanes = track.child("AutomationEnvelopes")?.child("Envelopes")?;
    let of = |lane: &&Node| {
        let target = lane.child("EnvelopeTarget").and_then(|target| target.child("PointeeId"));
        target.and_then(|target| target.get("Value")) == Some(id)
    };
    let lane = lanes.all("AutomationEnvelope").find(of)?;
    Some(&lane.child("Automation")?.child("Events")?.children)
}

fn tempo(master: &Node) -> Tempo {
    let Some(own) = mixer(master).and_then(|mixer| mixer.child("Tempo")) else {
        return Tempo::new(120.0, &[]);
    };
    let start = own.child("Manual").and_then(|manual| manual.number("Value")).unwrap_or(120.0);
    let point = |event: &Node| Some((event.number("Time")?, event.number("Value")?));
    let mut points: Vec<(f64, f64)> =
        events(master, own).unwrap_or_default().iter().filter_map(point).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    Tempo::new(start, &points)
}

fn name(track: &Node) -> &str {
    let names = track.child("Name");
    let word = |which: &str| names.and_then(|names| names.child(which)).and_then(|name| name.get("Value"));
    word("UserName").filter(|name| !name.is_empty()).or_else(|| word("EffectiveName")).unwrap_or("Track")
}

/// The id of a channel.
fn key(n: usize) -> String {
    format!("track-{n}")
}

impl<'a> Reading<'a> {
    fn channels(&mut self, set: &'a Node, master: Option<&'a Node>) {
        let mut tracks: Vec<(&'a Node, Kind)> = Vec::new();
        for track in set.child("Tracks").map_or(&[][..], |tracks| &tracks.children) {
            let kind = match track.name.as_str() {
                "AudioTrack" => Kind::Track,
                "GroupTrack" => Kind::Bus,
                "ReturnTrack" => Kind::Return,
                "MidiTrack" => {
                    self.losses.push(Loss::lost(name(track), "its notes: they need an instrument"));
                    continue;
                }
                _ => continue,
            };
            if kind == Kind::Bus {
                self.groups.extend(track.get("Id").map(|id| (id, tracks.len())));
            }
            if kind == Kind::Return {
                self.returns.push(tracks.len());
            }
            tracks.push((track, kind));
        }
        let pre = set.child("SendsPre").map_or(&[][..], |pre| &pre.children);
        self.before = pre.iter().map(|pre| pre.get("Value") == Some("true")).collect();
        tracks.extend(master.map(|master| (master, Kind::Master)));
        let end = tracks.len().saturating_sub(1);
        for (n, (track, kind)) in tracks.iter().enumerate() {
            let mut channel = Channel::new(&key(n), name(track), *kind);
            let colour = value(track, "Color").or_else(|| value(track, "ColorIndex"));
            channel.colour = colour.map_or_else(String::new, colours::at);
            if *kind != Kind::Master && master.is_some() {
                channel.to = Some(key(self.leads_to(track, &channel.name, n).unwrap_or(end)));
            }
            self.levels(track, &mut channel);
            self.devices(track, &mut channel);
            if *kind == Kind::Track {
                self.clips(track, &mut channel);
            }
            self.desk.channels.push(channel);
        }
    }

    /// The place of the group that a track lies in; nothing where it leads to the master.
    fn leads_to(&mut self, track: &Node, name: &str, own: usize) -> Option<usize> {
        let out = track.child("DeviceChain").and_then(|chain| chain.child("AudioOutputRouting"));
        let target = out.and_then(|out| out.child("Target")).and_then(|target| target.get("Value"));
        let target = target.unwrap_or("AudioOut/Master");
        let group = track.child("TrackGroupId").and_then(|id| id.get("Value"));
        let group = group.and_then(|id| self.groups.get(id)).copied().filter(|group| *group < own);
        match target {
            "AudioOut/GroupTrack" => group,
            "AudioOut/Master" | "AudioOut/Main" => None,
            _ => {
                let says = format!("it leads to {target}; here it goes to the master");
                self.losses.push(Loss::lost(format!("{name}/to"), says));
                None
            }
        }
    }

    fn levels(&mut self, track: &Node, channel: &mut Channel) {
        let Some(mixer) = mixer(track) else { return };
        let volume = |value: f64| if value <= SILENCE { FADER_OFF } else { decibels(value) };
        let pan = |value: f64| (100.0 * value).clamp(-100.0, 100.0) as f32;
        let mut curved = false;
        let mut course = |node: Option<&Node>, scale: &dyn Fn(f64) -> f32, otherwise: f32| {
            let Some(node) = node else { return Course::still(otherwise) };
            let manual = node.child("Manual");
            let manual = manual.and_then(|manual| match manual.get("Value")? {
                "true" => Some(1.0),
                "false" => Some(0.0),
                _ => manual.number("Value"),
            });
            let still = manual.map_or(otherwise, scale);
            let events = events(track, node).unwrap_or_default();
            curved |= events.iter().any(|event| event.get("CurveControl1X").is_some());
            self.course(events, scale, still)
        };
        channel.volume = course(mixer.child("Volume"), &volume, 0.0).straight_in_amplitude();
        channel.pan = course(mixer.child("Pan"), &pan, 0.0);
        channel.mute = course(mixer.child("Speaker"), &|on| f32::from(on < 0.5), 0.0);
        channel.mute.points.iter_mut().for_each(|point| point.curve = Curve::Hold);
        let holders = mixer.child("Sends").into_iter().flat_map(|sends| sends.all("TrackSendHolder"));
        let mut sends = Vec::new();
        // They stand in the order of the returns, whatever their numbers are.
        for (n, holder) in holders.enumerate() {
            let level = course(holder.child("Send"), &volume, FADER_OFF).straight_in_amplitude();
            let off = ["Active", "EnabledByUser"]
                .iter()
                .any(|name| holder.child(name).and_then(|on| on.get("Value")) == Some("false"));
            let silent = !level.moves() && level.value <= FADER_OFF;
            let Some(&to) = self.returns.get(n).filter(|_| !off && !silent) else { continue };
            let tap = if self.before.get(n) == Some(&true) { Tap::Pre } else { Tap::Post };
            if key(to) != channel.id {
                sends.push(SendTo { to: key(to), tap, level });
            }
        }
        channel.sends = sends;
        if curved {
            let at = format!("{}/automation", channel.name);
            self.losses.push(Loss::near(at, None, "curves are straight lines here"));
        }
        if value(mixer, "PanMode") == Some(1.0) {
            let at = format!("{}/pan", channel.name);
            self.losses.push(Loss::lost(at, "left and right are panned apart"));
        }
        let delay = track.child("TrackDelay").and_then(|delay| value(delay, "Value"));
        if let Some(delay) = delay.filter(|delay| *delay != 0.0) {
            let at = format!("{}/delay", channel.name);
            self.losses.push(Loss::lost(at, format!("its delay of {delay}")));
        }
    }

    fn course(&self, events: &[Node], scale: &dyn Fn(f64) -> f32, still: f32) -> Course {
        let mut points: Vec<Point> = Vec::new();
        let mut first = still;
        for event in events {
            let number = match event.get("Value") {
                Some("true") => Some(1.0),
                Some("false") => Some(0.0),
                _ => event.number("Value"),
            };
            let (Some(time), Some(number)) = (event.number("Time"), number) else { continue };
            if time < 0.0 {
                first = scale(number);
                continue;
            }
            let at = self.desk.frame(self.tempo.seconds(time)).max(0).unsigned_abs();
            let point = Point { at, value: scale(number), curve: Curve::Line, label: String::new() };
            // Two at one time are a jump.
            if points.last().is_some_and(|last| last.at == at) {
                points.pop();
                if let Some(before) = points.last_mut() {
                    before.curve = Curve::Hold;
                }
            }
            points.push(point);
        }
        points.sort_by_key(|point| point.at);
        Course { value: points.first().map_or(first, |point| point.value), points }
    }

    fn devices(&mut self, track: &Node, channel: &mut Channel) {
        let chain = track.child("DeviceChain").and_then(|chain| chain.child("DeviceChain"));
        let devices = chain.and_then(|chain| chain.child("Devices"));
        for node in devices.map_or(&[][..], |devices| &devices.children) {
            match devices::read(node) {
                Ok(device) => channel.devices.push(device),
                Err(why) => {
                    let off = if switch(node, "On") == Some(false) { " (bypassed)" } else { "" };
                    let at = format!("{}/{}", channel.name, node.name);
                    self.losses.push(Loss::lost(at, format!("{why}{off}")));
                }
            }
        }
    }

    fn markers(&mut self, set: &Node) {
        let all = set.child("Locators").and_then(|locators| locators.child("Locators"));
        for locator in all.into_iter().flat_map(|all| all.all("Locator")) {
            let Some(beat) = value(locator, "Time") else { continue };
            let at = self.desk.frame(self.tempo.seconds(beat)).max(0).unsigned_abs();
            let name = locator.child("Name").and_then(|name| name.get("Value")).unwrap_or_default();
            self.desk.markers.push(Marker { at, name: name.to_owned() });
        }
        self.desk.markers.sort_by_key(|marker| marker.at);
    }
}
