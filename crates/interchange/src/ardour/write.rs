//! Writes a session of version 7002, which Ardour 7 and 8 load.

use std::collections::BTreeMap;

use super::panners::from_mono;
use crate::course::amplitude;
use crate::xml::Writer;
use crate::{Channel, Content, Desk, Kind, Loss, Region, Written};

/// Parts of a second in which Ardour counts.
pub(super) const SUPERCLOCK: u64 = 282_240_000;

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

pub(super) struct Pen<'a> {
    pub desk: &'a Desk,
    session: &'a str,
    pub to: Writer,
    last: u32,
    /// Names of routes, which must differ.
    pub names: BTreeMap<&'a str, String>,
    pub routes: BTreeMap<&'a str, u32>,
    pub playlists: BTreeMap<&'a str, u32>,
    /// Ids of the channels of each sound.
    sources: Vec<Vec<u32>>,
    losses: Vec<Loss>,
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

    pub fn id(&mut self) -> String {
        self.last += 1;
        self.last.to_string()
    }

    pub fn clock(&self, frames: u64) -> u64 {
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
