//! Writes a session of version 7002, which Ardour 7 and 8 load.

use std::collections::BTreeMap;

use mixsmith_session::{Curve, Point, Tap};

use super::panners::{balance, from_mono};
use super::plugins;
use crate::course::amplitude;
use crate::xml::Writer;
use crate::{Channel, Content, Course, Desk, Device, Kind, Loss, Region, SendTo, Written};

/// Parts of a second in which Ardour counts.
pub(super) const SUPERCLOCK: u64 = 282_240_000;

/// Ardour lets levels glide to what automation says: a low pass of 156.825 a second (`libs/ardour/amp.cc`), so that a line is
/// late by one over that. Drawn earlier by as much, it is in time.
pub(super) const GLIDE: f64 = 156.825;

/// The panner of stereo channels. Unlike Ardour's own choice it leaves the near side as it is, as ours does.
const BALANCE: &str = "http://ardour.org/plugin/panner_balance";
const FROM_MONO: &str = "http://ardour.org/plugin/panner_1in2out";

/// Writes the files of a session.
pub(super) fn write(desk: &Desk) -> (Vec<Written>, Vec<Loss>) {
    let name = crate::file_stem(&desk.title, &mut Vec::new());
    let mut pen = Pen::new(desk, &name);
    pen.session();
    let session = pen.to.finish();
    let losses = pen.losses;
    let mut files =
        vec![Written { path: format!("{name}.ardour"), content: Content::Bytes(session.into_bytes()) }];
    let sounds = desk.sounds.iter().enumerate();
    files.extend(sounds.map(|(n, sound)| Written {
        path: format!("interchange/{name}/audiofiles/{}.wav", sound.name),
        content: Content::Sound(n),
    }));
    (files, losses)
}

struct Pen<'a> {
    desk: &'a Desk,
    session: &'a str,
    to: Writer,
    last: u32,
    /// Names of routes, which must differ.
    names: BTreeMap<&'a str, String>,
    routes: BTreeMap<&'a str, u32>,
    playlists: BTreeMap<&'a str, u32>,
    /// Ids of the channels of each sound.
    sources: Vec<Vec<u32>>,
    losses: Vec<Loss>,
}

fn yes_no(is: bool) -> String {
    u8::from(is).to_string()
}

impl<'a> Pen<'a> {
    fn new(desk: &'a Desk, session: &'a str) -> Self {
        let mut taken = Vec::new();
        let name = |channel: &'a Channel| (channel.id.as_str(), crate::file_stem(&channel.name, &mut taken));
        let mut last = 100;
        let mut next = || {
            last += 1;
            last
        };
        let names = desk.channels.iter().map(name).collect();
        let routes = desk.channels.iter().map(|channel| (channel.id.as_str(), next())).collect();
        let playlists = desk.channels.iter().map(|channel| (channel.id.as_str(), next())).collect();
        let sources =
            desk.sounds.iter().map(|sound| (0..sound.channels.max(1)).map(|_| next()).collect()).collect();
        Pen {
            desk,
            session,
            to: Writer::new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"),
            last,
            names,
            routes,
            playlists,
            sources,
            losses: Vec::new(),
        }
    }

    fn id(&mut self) -> String {
        self.last += 1;
        self.last.to_string()
    }

    fn clock(&self, frames: u64) -> u64 {
        (u128::from(frames) * u128::from(SUPERCLOCK) / u128::from(self.desk.rate.max(1))) as u64
    }

    fn session(&mut self) {
        let counter = (self.last + 100 * (self.desk.channels.len() as u32 + 10)).to_string();
        self.to.open(
            "Session",
            &[
                ("version", "7002".to_owned()),
                ("name", self.session.to_owned()),
                ("sample-rate", self.desk.rate.to_string()),
                ("session-range-is-free", "0".to_owned()),
                ("id-counter", counter),
                ("name-counter", "1".to_owned()),
                ("event-counter", "0".to_owned()),
                ("vca-counter", "1".to_owned()),
            ],
        );
        self.to.empty(
            "ProgramVersion",
            &[("created-with", "Mixsmith".to_owned()), ("modified-with", "Mixsmith".to_owned())],
        );
        self.to.open("Config", &[]);
        // Regions begin and end where they do: what fades, is faded in the sound.
        for (name, value) in [
            ("use-region-fades", "0"),
            ("use-transport-fades", "0"),
            ("native-file-data-format", "FormatFloat"),
            ("native-file-header-format", "WAVE"),
            ("auto-return", "1"),
        ] {
            self.to.empty("Option", &[("name", name.to_owned()), ("value", value.to_owned())]);
        }
        self.to.close();
        self.to.empty("Metadata", &[]);
        self.sounds();
        self.to.empty("Regions", &[]);
        self.locations();
        self.to.empty("Bundles", &[]);
        self.to.open("Routes", &[]);
        let master_first = |channel: &&Channel| channel.kind != Kind::Master;
        let mut channels: Vec<&'a Channel> = self.desk.channels.iter().collect();
        channels.sort_by_key(|channel| master_first(channel));
        for (order, channel) in channels.into_iter().enumerate() {
            self.route(channel, order);
        }
        self.to.close();
        self.to.open("Playlists", &[]);
        for channel in self.desk.channels.iter().filter(|channel| channel.kind == Kind::Track) {
            self.playlist(channel);
        }
        self.to.close();
        self.to.empty("UnusedPlaylists", &[]);
        self.to.empty("RouteGroups", &[]);
        self.tempo();
    }

    fn sounds(&mut self) {
        self.to.open("Sources", &[]);
        for (sound, ids) in self.desk.sounds.iter().zip(self.sources.clone()) {
            for (channel, id) in ids.into_iter().enumerate() {
                let attributes = [
                    ("name", format!("{}.wav", sound.name)),
                    ("type", "audio".to_owned()),
                    ("flags", String::new()),
                    ("id", id.to_string()),
                    ("channel", channel.to_string()),
                    ("origin", String::new()),
                    ("gain", "1".to_owned()),
                ];
                self.to.empty("Source", &attributes);
            }
        }
        self.to.close();
    }

    fn locations(&mut self) {
        self.to.open("Locations", &[]);
        let mut places = vec![("session".to_owned(), 0, self.desk.frames, "IsSessionRange")];
        let markers = self.desk.markers.iter().map(|m| (m.name.clone(), m.at, m.at, "IsMark"));
        places.extend(markers);
        for (name, start, end, flags) in places {
            let attributes = [
                ("id", self.id()),
                ("name", name),
                ("start", format!("a{}", self.clock(start))),
                ("end", format!("a{}", self.clock(end))),
                ("flags", flags.to_owned()),
                ("locked", "0".to_owned()),
            ];
            self.to.empty("Location", &attributes);
        }
        self.to.close();
        self.losses.push(Loss::exact("song/tempo"));
        if !self.desk.markers.is_empty() {
            self.losses.push(Loss::exact("song/markers"));
        }
    }

    fn tempo(&mut self) {
        self.to.open("TempoMap", &[("superclocks-per-second", SUPERCLOCK.to_string())]);
        let start =
            || [("sclock", "0".to_owned()), ("quarters", "0:0".to_owned()), ("bbt", "1|1|0".to_owned())];
        self.to.open("Tempos", &[]);
        let mut tempo = vec![
            ("npm", self.desk.tempo.to_string()),
            ("enpm", self.desk.tempo.to_string()),
            ("note-type", "4".to_owned()),
            ("type", "Tempo::Constant".to_owned()),
            ("active", "1".to_owned()),
            ("locked-to-meter", "0".to_owned()),
            ("continuing", "0".to_owned()),
        ];
        tempo.extend(start());
        tempo.push(("omega", "0".to_owned()));
        self.to.empty("Tempo", &tempo);
        self.to.close();
        self.to.open("Meters", &[]);
        let mut meter = vec![("note-value", "4".to_owned()), ("divisions-per-bar", "4".to_owned())];
        meter.extend(start());
        self.to.empty("Meter", &meter);
        self.to.close();
        self.to.empty("MusicTimes", &[]);
        self.to.close();
    }

    fn route(&mut self, channel: &'a Channel, order: usize) {
        let name = self.names[channel.id.as_str()].clone();
        let track = channel.kind == Kind::Track;
        let mut attributes = vec![
            ("version", "7002".to_owned()),
            ("id", self.routes[channel.id.as_str()].to_string()),
            ("name", name.clone()),
            ("default-type", "audio".to_owned()),
            ("strict-io", "0".to_owned()),
            ("active", "1".to_owned()),
            ("denormal-protection", "0".to_owned()),
            ("meter-point", "MeterPostFader".to_owned()),
            ("disk-io-point", "DiskIOPreFader".to_owned()),
            ("meter-type", "MeterPeak".to_owned()),
        ];
        if track {
            attributes.push(("audio-playlist", self.playlists[channel.id.as_str()].to_string()));
            attributes.push(("saved-meter-point", "MeterPostFader".to_owned()));
            attributes.push(("mode", "Normal".to_owned()));
        }
        self.to.open("Route", &attributes);
        let flags = match channel.kind {
            Kind::Master => "MasterOut,OrderSet",
            Kind::Track => "AudioTrack,OrderSet",
            _ => "AudioBus,OrderSet",
        };
        let presentation =
            [("order", order.to_string()), ("flags", flags.to_owned()), ("color", colour(&channel.colour))];
        self.to.empty("PresentationInfo", &presentation);
        self.ports(channel, &name);
        let muted = channel.mute.value >= 0.5;
        let mute_point = ("mute-point", "PreFader,PostFader,Listen,Main".to_owned());
        self.to.empty("MuteMaster", &[mute_point, ("muted", yes_no(muted))]);
        self.control("mute", "Toggle,RealTime", f64::from(u8::from(muted)));
        if channel.mute.moves() {
            self.to.open("Automation", &[]);
            let points = channel.mute.dense(f32::INFINITY, true);
            self.automation("mute", "Discrete", &points, &|value| f64::from(u8::from(value >= 0.5)));
            self.to.close();
        }
        let mono = channel.width == 1 && track;
        let place = move |pan: f32| if mono { from_mono(pan).0 } else { balance(pan) };
        self.pannable(&channel.pan, &place, !mono);
        self.processors(channel, &name, track);
        self.to.empty("Slavable", &[]);
        self.to.close();
    }

    fn control(&mut self, name: &str, flags: &str, value: f64) {
        let attributes = [
            ("name", name.to_owned()),
            ("id", self.id()),
            ("flags", flags.to_owned()),
            ("value", value.to_string()),
        ];
        self.to.empty("Controllable", &attributes);
    }

    fn ports(&mut self, channel: &Channel, name: &str) {
        let desk = self.desk;
        let feeding: Vec<String> = desk
            .channels
            .iter()
            .filter(|other| other.to.as_deref() == Some(&channel.id))
            .map(|other| self.names[other.id.as_str()].clone())
            .collect();
        let ins = if channel.kind == Kind::Track { channel.width } else { 2 };
        for (direction, port, count) in [("Input", "audio_in", ins), ("Output", "audio_out", 2)] {
            let attributes = [
                ("name", name.to_owned()),
                ("id", self.id()),
                ("direction", direction.to_owned()),
                ("default-type", "audio".to_owned()),
            ];
            self.to.open("IO", &attributes);
            for n in 1..=count {
                let own = [("type", "audio".to_owned()), ("name", format!("{name}/{port} {n}"))];
                let others: Vec<String> = match (direction, channel.to.as_deref()) {
                    ("Input", _) => feeding.iter().map(|from| format!("{from}/audio_out {n}")).collect(),
                    (_, Some(to)) => {
                        self.names.get(to).map(|to| format!("{to}/audio_in {n}")).into_iter().collect()
                    }
                    (_, None) => vec![format!("system:playback_{n}")],
                };
                self.to.open("Port", &own);
                for other in others {
                    self.to.empty("Connection", &[("other", other)]);
                }
                self.to.close();
            }
            self.to.close();
        }
    }

    fn pannable(&mut self, pan: &Course, place: &dyn Fn(f32) -> f64, stereo: bool) {
        self.to.open("Pannable", &[]);
        self.control("pan-azimuth", "", place(pan.value));
        self.control("pan-width", "", f64::from(u8::from(stereo)));
        if pan.moves() {
            self.to.open("Automation", &[]);
            self.automation("pan-azimuth", "Linear", &pan.dense(2.0, true), place);
            self.to.close();
        }
        self.to.close();
    }

    /// A lane; where the value jumps, two points stand at one time.
    fn automation(&mut self, id: &str, style: &str, points: &[Point], scale: &dyn Fn(f32) -> f64) {
        let early = match id {
            "gain" | "send" => (f64::from(self.desk.rate) / GLIDE).round() as u64,
            _ => 0,
        };
        let attributes = [
            ("automation-id", id.to_owned()),
            ("id", self.id()),
            ("interpolation-style", style.to_owned()),
            ("time-domain", "AudioTime".to_owned()),
            ("state", "Play".to_owned()),
        ];
        self.to.open("AutomationList", &attributes);
        let mut events = String::new();
        for (n, point) in points.iter().enumerate() {
            let mut event = |at: u64| {
                let at = self.clock(at.saturating_sub(early));
                events.push_str(&format!("a{at} {}\n", scale(point.value)));
            };
            event(point.at);
            if let Some(next) = points.get(n + 1).filter(|_| point.curve == Curve::Hold) {
                event(next.at);
            }
        }
        self.to.text("events", &[], &events);
        self.to.close();
    }

    fn processor(&mut self, name: &str, kind: &str, more: &[(&str, String)]) -> Vec<(&'static str, String)> {
        let mut attributes = vec![
            ("id", self.id()),
            ("name", name.to_owned()),
            ("active", "1".to_owned()),
            ("user-latency", "0".to_owned()),
            ("use-user-latency", "0".to_owned()),
        ];
        for (key, value) in more {
            let key = [
                "own-input",
                "own-output",
                "output",
                "role",
                "target",
                "allow-feedback",
                "bitslot",
                "selfdestruct",
                "record-safe",
            ]
            .into_iter()
            .find(|known| known == key);
            attributes.extend(key.map(|key| (key, value.clone())));
        }
        attributes.push(("type", kind.to_owned()));
        attributes
    }

    fn plain(&mut self, name: &str, kind: &str, more: &[(&str, String)]) {
        let attributes = self.processor(name, kind, more);
        self.to.empty("Processor", &attributes);
    }

    fn processors(&mut self, channel: &'a Channel, name: &str, track: bool) {
        if track {
            self.plain(&format!("recorder:{name}"), "diskwriter", &[("record-safe", "0".to_owned())]);
            self.plain(&format!("player:{name}"), "diskreader", &[]);
        } else if channel.kind != Kind::Master {
            // Ardour falls over a send to a bus without it.
            self.plain("return", "intreturn", &[]);
        }
        let attributes = self.processor("Amp", "trim", &[]);
        self.to.open("Processor", &attributes);
        self.control("trimcontrol", "GainLike", amplitude(channel.trim));
        self.to.close();
        for device in &channel.devices {
            self.device(device, if track { channel.width } else { 2 });
        }
        let (pre, post): (Vec<&SendTo>, Vec<&SendTo>) =
            channel.sends.iter().partition(|send| send.tap == Tap::Pre);
        pre.into_iter().for_each(|send| self.send(channel, send));
        let attributes = self.processor("Amp", "amp", &[]);
        self.to.open("Processor", &attributes);
        if channel.volume.moves() {
            self.to.open("Automation", &[]);
            self.automation("gain", "Linear", &channel.volume.dense(0.25, true), &amplitude);
            self.to.close();
        }
        self.control("gaincontrol", "GainLike", amplitude(channel.volume.value));
        self.to.close();
        post.into_iter().for_each(|send| self.send(channel, send));
        self.plain("meter", "meter", &[]);
        let own = ("own-output", "0".to_owned());
        let more =
            [("own-input", "1".to_owned()), own, ("output", name.to_owned()), ("role", "Main".to_owned())];
        let attributes = self.processor(name, "main-outs", &more);
        self.to.open("Processor", &attributes);
        self.panner(channel.width == 1 && track, true);
        self.to.close();
    }

    fn device(&mut self, device: &Device, channels: u32) {
        let Some(plugin) = plugins::write(&device.does, channels) else { return };
        let mut attributes = self.processor(plugin.name, "lv2", &[]);
        attributes[2].1 = yes_no(device.on);
        attributes.push(("unique-id", plugin.uri.to_owned()));
        attributes.push(("count", plugin.count.to_string()));
        self.to.open("Processor", &attributes);
        self.to.open("lv2", &[]);
        for (symbol, value) in plugin.ports {
            self.to.empty("Port", &[("symbol", symbol), ("value", value.to_string())]);
        }
        self.to.close();
        self.to.close();
    }

    fn panner(&mut self, mono: bool, linked: bool) {
        let uri = if mono { FROM_MONO } else { BALANCE };
        let shell = [
            ("bypassed", "0".to_owned()),
            ("user-panner", uri.to_owned()),
            ("linked-to-route", yes_no(linked)),
        ];
        self.to.open("PannerShell", &shell);
        let kind = if mono { "Mono to Stereo Panner" } else { "Stereo Balance" };
        self.to.empty("Panner", &[("uri", uri.to_owned()), ("type", kind.to_owned())]);
        self.to.close();
    }

    /// A send. Before the fader ours is taken before the panner too, so it gets one of its own, in the middle.
    fn send(&mut self, channel: &'a Channel, send: &SendTo) {
        let Some(target) = self.routes.get(send.to.as_str()).copied() else { return };
        let linked = send.tap == Tap::Post;
        let mono = channel.width == 1 && channel.kind == Kind::Track;
        // The sound of a mono track is louder by what the panner of the track wants.
        let apart = if mono && !linked { from_mono(0.0).1 - from_mono(channel.pan.value).1 } else { 0.0 };
        let gain = move |db: f32| amplitude(db) * 10f64.powf(f64::from(apart) / 20.0);
        let name = self.names[send.to.as_str()].clone();
        let more = [
            ("own-input", "1".to_owned()),
            ("own-output", "1".to_owned()),
            ("role", "Aux".to_owned()),
            ("selfdestruct", "0".to_owned()),
            ("target", target.to_string()),
            ("allow-feedback", "0".to_owned()),
        ];
        let attributes = self.processor(&name, "intsend", &more);
        self.to.open("Processor", &attributes);
        if send.level.moves() {
            self.to.open("Automation", &[]);
            self.automation("send", "Linear", &send.level.dense(0.25, true), &gain);
            self.to.close();
        }
        self.panner(mono, linked);
        if !linked {
            let place = move |_: f32| if mono { from_mono(0.0).0 } else { 0.5 };
            self.pannable(&Course::default(), &place, !mono);
        }
        self.control("gaincontrol", "GainLike", gain(send.level.value));
        self.to.close();
    }

    fn playlist(&mut self, channel: &'a Channel) {
        let attributes = [
            ("id", self.playlists[channel.id.as_str()].to_string()),
            ("name", self.names[channel.id.as_str()].clone()),
            ("type", "audio".to_owned()),
            ("orig-track-id", self.routes[channel.id.as_str()].to_string()),
            ("shared-with-ids", String::new()),
            ("frozen", "0".to_owned()),
            ("combine-ops", "0".to_owned()),
        ];
        self.to.open("Playlist", &attributes);
        // The panner of a mono track takes away what is given here.
        let louder = if channel.width == 1 { from_mono(channel.pan.value).1 } else { 0.0 };
        for (layer, region) in channel.regions.iter().enumerate() {
            self.region(channel, region, louder, layer);
        }
        self.to.close();
    }

    fn region(&mut self, channel: &Channel, region: &Region, louder: f32, layer: usize) {
        let Some(ids) = self.sources.get(region.sound).cloned() else { return };
        let at = self.clock(region.at.max(0).unsigned_abs());
        let mut attributes = vec![("name", channel.name.clone())];
        let flags = [
            ("muted", "0"),
            ("opaque", "0"),
            ("locked", "0"),
            ("automatic", "0"),
            ("whole-file", "0"),
            ("import", "0"),
            ("external", "0"),
            ("sync-marked", "0"),
            ("left-of-split", "0"),
            ("right-of-split", "0"),
            ("hidden", "0"),
            ("position-locked", "0"),
            ("valid-transients", "0"),
        ];
        attributes.extend(flags.map(|(key, value)| (key, value.to_owned())));
        let text = |text: &str| text.to_owned();
        attributes.extend([
            ("start", format!("a{}", self.clock(region.from))),
            ("length", format!("a{}@a{at}", self.clock(region.frames))),
            ("sync-position", text("a0")),
            ("ancestral-start", text("a0")),
            ("ancestral-length", text("a0@a0")),
            ("stretch", text("1")),
            ("shift", text("1")),
            ("layering-index", layer.to_string()),
            ("envelope-active", text("0")),
            ("default-fade-in", text("0")),
            ("default-fade-out", text("0")),
            ("fade-in-active", text("0")),
            ("fade-out-active", text("0")),
            ("scale-amplitude", amplitude(region.gain + louder).to_string()),
            ("id", self.id()),
            ("type", text("audio")),
            ("first-edit", text("nothing")),
        ]);
        // A mono sound on a stereo track plays on both sides.
        let channels = channel.width.max(ids.len() as u32) as usize;
        const OWN: [&str; 2] = ["source-0", "source-1"];
        const MASTER: [&str; 2] = ["master-source-0", "master-source-1"];
        for names in [OWN, MASTER] {
            for (n, name) in names.into_iter().enumerate().take(channels) {
                attributes.push((name, ids[n.min(ids.len() - 1)].to_string()));
            }
        }
        attributes.push(("channels", channels.to_string()));
        self.to.empty("Region", &attributes);
    }
}

/// A colour as Ardour has it: red, green, blue and 255, from high to low.
fn colour(text: &str) -> String {
    let number = text.strip_prefix('#').and_then(|digits| u32::from_str_radix(digits, 16).ok());
    (number.unwrap_or(0x80_8080) << 8 | 0xff).to_string()
}
