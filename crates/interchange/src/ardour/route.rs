//! A route of a session: ports, panner, processors, sends.

use mixsmith_session::{Curve, Point, Tap};

use super::glide::{GLIDE, is_fast, undone};
use super::panners::{balance, from_mono};
use super::plugins;
use super::write::Pen;
use crate::course::amplitude;
use crate::{Channel, Course, Device, Kind, SendTo};

/// The panner of stereo channels. Unlike Ardour's own choice it leaves the near side as it is, as ours does.
const BALANCE: &str = "http://ardour.org/plugin/panner_balance";
const FROM_MONO: &str = "http://ardour.org/plugin/panner_1in2out";

fn yes_no(is: bool) -> String {
    u8::from(is).to_string()
}

impl<'a> Pen<'a> {
    /// Writes the route of a channel.
    pub fn route(&mut self, channel: &'a Channel, order: usize) {
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
        self.lane(id, style, points, scale, 0);
    }

    /// The automation of a level in dB, which Ardour lets glide.
    fn level(&mut self, id: &str, level: &Course, gain: &dyn Fn(f32) -> f64) {
        let rate = self.desk.rate;
        if is_fast(level, rate) {
            let scale = gain(0.0);
            let drawn = undone(level, rate);
            return self.lane(id, "Linear", &drawn, &|value| scale * f64::from(value), 0);
        }
        let early = (f64::from(rate) / GLIDE).round() as u64;
        self.lane(id, "Linear", &level.dense(0.25, true), gain, early);
    }

    /// A lane that is drawn earlier by some frames.
    fn lane(&mut self, id: &str, style: &str, points: &[Point], scale: &dyn Fn(f32) -> f64, early: u64) {
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
            self.level("gain", &channel.volume, &amplitude);
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
        for plugin in plugins::write(&device.does, channels, self.desk.rate) {
            self.plugin(device, plugin);
        }
    }

    fn plugin(&mut self, device: &Device, plugin: plugins::Plugin) {
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
            self.level("send", &send.level, &gain);
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
}

/// A colour as Ardour has it: red, green, blue and 255, from high to low.
fn colour(text: &str) -> String {
    let number = text.strip_prefix('#').and_then(|digits| u32::from_str_radix(digits, 16).ok());
    (number.unwrap_or(0x80_8080) << 8 | 0xff).to_string()
}
