//! Reads a project that REAPER has saved.

use std::collections::{BTreeMap, BTreeSet};

use mixsmith_session::{Curve, FADER_OFF, Marker, Point, Tap};

use super::chunks;
use super::text::{Block, number, parse};
use crate::course::decibels;
use crate::format::text_of;
use crate::{
    Channel, Course, Desk, Device, Kind, Loss, Place, Processing, Project, ReadError, Region, SendTo, Sound,
    SoundOf, beneath, file_stem,
};

struct Reading {
    desk: Desk,
    losses: Vec<Loss>,
    taken: Vec<String>,
}

/// Reads the file.
pub(super) fn read(project: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
    let root = parse(&text_of(project.file)?)?;
    let stem = project.name.rsplit_once('.').map_or(project.name, |(stem, _)| stem);
    let rate = root.number("SAMPLERATE", 0).filter(|rate| (8000.0..=768_000.0).contains(rate));
    let tempo = root.number("TEMPO", 0).filter(|tempo| (10.0..=1000.0).contains(tempo));
    let mut reading = Reading {
        desk: Desk {
            title: stem.to_owned(),
            rate: rate.map_or(48_000, |rate| rate as u32),
            tempo: tempo.map_or(120.0, |tempo| tempo as f32),
            ..Desk::default()
        },
        losses: Vec::new(),
        taken: Vec::new(),
    };
    let tempi = root.inside("TEMPOENVEX").flat_map(|block| block.all("PT")).count();
    if tempi > 1 {
        reading.losses.push(Loss::lost("tempo", "its automation: the song has one tempo here"));
    }
    reading.markers(&root);
    reading.tracks(&root);
    reading.master(&root);
    let regions = reading.desk.channels.iter().flat_map(|channel| &channel.regions);
    let end = regions.map(|region| region.at.max(0).unsigned_abs() + region.frames).max();
    reading.desk.frames = end.unwrap_or(0);
    Ok((reading.desk, reading.losses))
}

impl Reading {
    fn markers(&mut self, root: &Block) {
        let mut ends = BTreeSet::new();
        for words in root.all("MARKER") {
            let (Some(id), Some(at)) = (words.first(), number(words, 1)) else { continue };
            // A region is two lines of one number; the second is its end.
            let region = number(words, 3).is_some_and(|flags| flags as i64 & 1 == 1);
            if region && !ends.insert(id.clone()) {
                ends.remove(id);
                continue;
            }
            let at = self.desk.frame(at).max(0).unsigned_abs();
            let name = words.get(2).cloned().unwrap_or_default();
            if !name.is_empty() {
                self.desk.markers.push(Marker { at, name });
            }
        }
        self.desk.markers.sort_by_key(|marker| marker.at);
    }

    fn tracks(&mut self, root: &Block) {
        let tracks: Vec<&Block> = root.inside("TRACK").collect();
        let mut folders: Vec<usize> = Vec::new();
        let mut receives = Vec::new();
        for (n, track) in tracks.iter().enumerate() {
            let name = track.line("NAME").and_then(|words| words.first()).filter(|name| !name.is_empty());
            let name = name.cloned().unwrap_or_else(|| format!("Track {}", n + 1));
            let mut channel = Channel::new(&key(n), &name, Kind::Track);
            channel.colour = track.number("PEAKCOL", 0).map_or_else(String::new, colour);
            channel.inverted = track.number("IPHASE", 0) == Some(1.0);
            channel.mute = Course::still(f32::from(track.number("MUTESOLO", 0) == Some(1.0)));
            if track.number("MUTESOLO", 1).is_some_and(|solo| solo != 0.0) {
                self.losses.push(Loss::lost(format!("{name}/solo"), "all tracks play"));
            }
            if let Some(volume) = track.number("VOLPAN", 0) {
                channel.volume = Course::still(decibels(volume));
            }
            channel.pan =
                Course::still(100.0 * track.number("VOLPAN", 1).unwrap_or(0.0).clamp(-1.0, 1.0) as f32);
            self.envelopes(track, &mut channel);
            self.devices(track.inside("FXCHAIN"), &mut channel);
            for item in track.inside("ITEM") {
                self.item(item, &mut channel);
            }
            let parent = folders.last().map(|&parent| key(parent));
            let main = track.number("MAINSEND", 0) != Some(0.0);
            channel.to = main.then(|| parent.unwrap_or_else(|| MASTER.to_owned()));
            match (track.number("ISBUS", 0), track.number("ISBUS", 1)) {
                (Some(1.0), _) => folders.push(n),
                (Some(2.0), Some(by)) => {
                    let by = (-by).clamp(0.0, folders.len() as f64) as usize;
                    folders.truncate(folders.len() - by);
                }
                _ => {}
            }
            receives.push(self.receives(track, n, tracks.len()));
            self.desk.channels.push(channel);
        }
        self.connect(receives);
    }

    /// What a track receives: from which track, where it is taken, how loud.
    fn receives(&self, track: &Block, n: usize, tracks: usize) -> Vec<(usize, Tap, Course)> {
        let mut found = Vec::new();
        let receive = |line: &&Vec<String>| line.first().is_some_and(|word| word == "AUXRECV");
        for (place, line) in track.lines.iter().enumerate().filter(|(_, line)| receive(line)) {
            let words = &line[1..];
            let from =
                number(words, 0).filter(|from| *from >= 0.0 && *from < tracks as f64 && *from as usize != n);
            let Some(from) = from else { continue };
            if number(words, 4) == Some(1.0) {
                continue;
            }
            // Its envelope is the block that stands after it and before the next line.
            let own = track.blocks.iter().zip(&track.after);
            let own = own.filter(|(block, after)| **after == place + 1 && block.name() == "AUXVOLENV");
            let mut level = Course::still(decibels(number(words, 2).unwrap_or(1.0)));
            for (block, _) in own {
                let points = self.points(block, decibels);
                if !points.is_empty() {
                    level = Course { value: points[0].value, points }.straight_in_amplitude();
                }
            }
            let tap = if number(words, 1).is_some_and(|mode| mode != 0.0) { Tap::Pre } else { Tap::Post };
            found.push((from as usize, tap, level));
        }
        found
    }

    /// Makes buses and returns of the tracks that others feed.
    fn connect(&mut self, receives: Vec<Vec<(usize, Tap, Course)>>) {
        let folders: BTreeSet<String> =
            self.desk.channels.iter().filter_map(|channel| channel.to.clone()).collect();
        let mut routed: BTreeMap<usize, usize> = BTreeMap::new();
        let mut fed: BTreeSet<usize> = BTreeSet::new();
        for (to, received) in receives.into_iter().enumerate() {
            for (from, tap, level) in received {
                let channel = &mut self.desk.channels[from];
                let whole = tap == Tap::Post && !level.moves() && level.value == 0.0;
                // What goes nowhere else, and goes there whole, is routed there.
                if channel.to.is_none() && whole && !routed.contains_key(&from) {
                    routed.insert(from, to);
                    channel.to = Some(key(to));
                } else {
                    channel.sends.push(SendTo { to: key(to), tap, level });
                }
                fed.insert(to);
            }
        }
        for (n, channel) in self.desk.channels.iter_mut().enumerate() {
            let summed = folders.contains(&key(n)) || routed.values().any(|to| *to == n);
            let sums = summed || fed.contains(&n);
            if sums && channel.regions.is_empty() {
                channel.kind = if summed { Kind::Bus } else { Kind::Return };
            } else if sums {
                let says = "it plays items and sums other tracks: what feeds it goes past its processors";
                self.losses.push(Loss::lost(&channel.name, says));
            }
        }
        let plays: BTreeSet<String> =
            self.desk.channels.iter().filter(|c| c.kind == Kind::Track).map(|c| c.id.clone()).collect();
        for channel in &mut self.desk.channels {
            let dead = channel.to.as_ref().is_some_and(|to| plays.contains(to));
            if dead {
                channel.to = Some(MASTER.to_owned());
            }
            channel.sends.retain(|send| !plays.contains(&send.to));
            if channel.to.is_none() {
                // It is heard through its sends alone.
                self.losses.push(Loss::near(
                    format!("{}/to", channel.name),
                    None,
                    "it fed no one but by sends; here it feeds the master with its fader shut where they are before it",
                ));
                if channel.sends.iter().all(|send| send.tap == Tap::Pre) {
                    channel.volume = Course::still(FADER_OFF);
                }
                channel.to = Some(MASTER.to_owned());
            }
        }
    }

    fn master(&mut self, root: &Block) {
        let mut master = Channel::new(MASTER, "Master", Kind::Master);
        if let Some(volume) = root.number("MASTER_VOLUME", 0) {
            master.volume = Course::still(decibels(volume));
        }
        master.pan =
            Course::still(100.0 * root.number("MASTER_VOLUME", 1).unwrap_or(0.0).clamp(-1.0, 1.0) as f32);
        for block in root.inside("MASTERVOLENV2") {
            let points = self.points(block, decibels);
            if !points.is_empty() {
                master.volume = Course { value: points[0].value, points }.straight_in_amplitude();
            }
        }
        self.devices(root.inside("MASTERFXLIST"), &mut master);
        self.desk.channels.push(master);
    }

    fn points(&self, block: &Block, scale: impl Fn(f64) -> f32) -> Vec<Point> {
        if block.number("ACT", 0) == Some(0.0) {
            return Vec::new();
        }
        let point = |words: &[String]| {
            let (at, value) = (number(words, 0)?, number(words, 1)?);
            let curve = if number(words, 2) == Some(1.0) { Curve::Hold } else { Curve::Line };
            let at = self.desk.frame(at).max(0).unsigned_abs();
            Some(Point { at, value: scale(value), curve, label: String::new() })
        };
        let mut points: Vec<Point> = block.all("PT").filter_map(point).collect();
        points.sort_by_key(|point| point.at);
        points
    }

    fn envelopes(&mut self, track: &Block, channel: &mut Channel) {
        for block in &track.blocks {
            let course =
                |points: Vec<Point>| Course { value: points.first().map_or(0.0, |p| p.value), points };
            match block.name() {
                "VOLENV2" => {
                    let course = course(self.points(block, decibels));
                    if course.moves() {
                        // The fader stays where it is and the envelope turns what comes after it (recalled).
                        channel.volume = course.straight_in_amplitude();
                    }
                }
                "PANENV2" => {
                    let course =
                        course(self.points(block, |value| (-100.0 * value).clamp(-100.0, 100.0) as f32));
                    if course.moves() {
                        channel.pan = course;
                    }
                }
                "MUTEENV" => {
                    let course = course(self.points(block, |value| f32::from(value < 0.5)));
                    if course.moves() {
                        channel.mute = course;
                    }
                }
                "VOLENV" | "PANENV" | "WIDTHENV" | "WIDTHENV2"
                    if self.points(block, |v| v as f32).len() > 1 =>
                {
                    let at = format!("{}/{}", channel.name, block.name());
                    self.losses.push(Loss::lost(at, "an envelope of a knob that is not here"));
                }
                _ => {}
            }
        }
    }

    fn devices<'a>(&mut self, chains: impl Iterator<Item = &'a Block>, channel: &mut Channel) {
        for chain in chains {
            for (block, after) in chain.blocks.iter().zip(&chain.after) {
                let before = chain.lines[..*after].iter().rev().find(|line| line[0] == "BYPASS");
                let on = before.and_then(|line| number(line, 1)) != Some(1.0);
                let read = match block.name() {
                    "VST" => block.head.get(5).and_then(|id| chunks::read(id, &block.lines)),
                    "PARMENV" => continue,
                    _ => None,
                };
                let called = block.head.get(1).cloned().unwrap_or_default();
                match read {
                    Some(does) => {
                        let id = if matches!(does, Processing::Compressor(_)) { "comp" } else { "eq" };
                        channel.devices.push(Device { id: id.to_owned(), name: called, on, does });
                    }
                    None => {
                        let at = format!("{}/{called}", channel.name);
                        self.losses.push(Loss::lost(at, "a plugin of the other program"));
                    }
                }
            }
        }
    }

    fn item(&mut self, item: &Block, channel: &mut Channel) {
        if item.number("MUTE", 0) == Some(1.0) {
            return;
        }
        let (Some(at), Some(length)) = (item.number("POSITION", 0), item.number("LENGTH", 0)) else { return };
        let mut from = item.number("SOFFS", 0).unwrap_or(0.0);
        let Some(mut source) = item.inside("SOURCE").next() else { return };
        while source.head.get(1).is_some_and(|kind| kind == "SECTION") {
            from += source.number("STARTPOS", 0).unwrap_or(0.0);
            let Some(inner) = source.inside("SOURCE").next() else { return };
            source = inner;
        }
        let place = format!("{}/item at {at:.3} s", channel.name);
        let Some(path) = source.line("FILE").and_then(|words| words.first()) else {
            let kind = source.head.get(1).map_or("", String::as_str);
            self.losses.push(Loss::lost(place, format!("its source ({kind}) is no sound file")));
            return;
        };
        if item.number("PLAYRATE", 0).is_some_and(|rate| rate != 1.0) {
            self.losses.push(Loss::lost(&place, "its own speed: it plays at the speed of the file"));
        }
        let frames = |seconds: f64| self.desk.frame(seconds.max(0.0)).unsigned_abs();
        let (from, frames_long) = (frames(from), frames(length));
        let fade = |name: &str| frames(item.number(name, 1).unwrap_or(0.0));
        let gain = item.number("VOLPAN", 0).unwrap_or(1.0) * item.number("VOLPAN", 2).unwrap_or(1.0).abs();
        if item.number("VOLPAN", 2).is_some_and(|gain| gain < 0.0) {
            self.losses.push(Loss::lost(&place, "its inverted polarity: invert the track"));
        }
        let region = Region {
            sound: 0,
            at: self.desk.frame(at),
            from,
            frames: frames_long,
            gain: decibels(gain).max(-120.0),
            fade_in: fade("FADEIN"),
            fade_out: fade("FADEOUT"),
        };
        let sound = self.sound(path, from + frames_long);
        channel.regions.push(Region { sound, ..region });
    }

    /// The place of a sound file on the desk. How long it is, is not known before it is read.
    fn sound(&mut self, path: &str, reaches: u64) -> usize {
        let place = match beneath(path) {
            Some(_) => Place::Beside(path.to_owned()),
            None => Place::Elsewhere(path.to_owned()),
        };
        let of = SoundOf::Found(place);
        if let Some(known) = self.desk.sounds.iter().position(|sound| sound.of == of) {
            let sound = &mut self.desk.sounds[known];
            sound.frames = sound.frames.max(reaches);
            return known;
        }
        if matches!(&of, SoundOf::Found(Place::Elsewhere(_))) {
            let says =
                "it lies outside of the project's folder, where nothing is read: copy it beside the project";
            self.losses.push(Loss::lost(path, says));
        }
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let name = file_stem(name, &mut self.taken);
        self.desk.sounds.push(Sound { name, channels: 2, frames: reaches, of });
        self.desk.sounds.len() - 1
    }
}

/// The id of the master.
const MASTER: &str = "reaper-master";

/// The id of a track.
fn key(n: usize) -> String {
    format!("track-{n}")
}

/// A number of Windows as a colour, if it is set.
fn colour(number: f64) -> String {
    let number = number as i64;
    if number & 0x0100_0000 == 0 {
        return String::new();
    }
    let [_, blue, green, red] = (number as u32).to_be_bytes();
    format!("#{red:02x}{green:02x}{blue:02x}")
}
