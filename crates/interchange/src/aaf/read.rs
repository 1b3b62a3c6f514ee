//! Reads a project of any program that writes AAF, so far as it is sound.

use std::collections::BTreeMap;

use mixsmith_session::{Curve, Marker, Point};

use super::id::Auid;
use super::load::load;
use super::media::{Found, Media, edit_rate};
use super::object::Object;
use super::pairs::{join, side_by_side};
use super::terms::{classes, defined, pids};
use crate::course::decibels;
use crate::{
    Channel, Course, Desk, Kind, Loss, Place, Project, ReadError, Region, Sound, SoundOf, file_stem,
};

/// How deep segments may lie in each other.
const DEEPEST: usize = 32;

/// Reads the file.
pub(super) fn read(project: Project<'_>) -> Result<(Desk, Vec<Loss>), ReadError> {
    let loaded = load(project.file)?;
    let by_id = loaded.mobs.iter().filter_map(|mob| Some((mob.read_mob(pids::MOB_ID)?, mob)));
    let media = Media { mobs: by_id.collect() };
    let song = song(&loaded.mobs);
    let song = song.ok_or_else(|| ReadError::NotThis("AAF", "it has no composition".to_owned()))?;
    let stem = project.name.rsplit_once('.').map_or(project.name, |(stem, _)| stem);
    let title = song.read_text(pids::MOB_NAME).filter(|name| !name.is_empty());
    let mut reading = Reading {
        media: &media,
        desk: Desk {
            title: title.unwrap_or_else(|| stem.to_owned()),
            rate: rate(&loaded.mobs),
            tempo: 120.0,
            ..Desk::default()
        },
        losses: Vec::new(),
        taken: Vec::new(),
    };
    if loaded.holds_sound {
        let says = "sound inside of the project is not read: export it with its audio files beside it";
        reading.losses.push(Loss::lost("sound", says));
    }
    for slot in song.all(pids::SLOTS) {
        reading.slot(slot);
    }
    let Reading { mut desk, mut losses, .. } = reading;
    join(&mut desk);
    desk.markers.sort_by_key(|marker| marker.at);
    let regions = desk.channels.iter().flat_map(|channel| &channel.regions);
    let ends = regions.map(|region| region.at.max(0).unsigned_abs().saturating_add(region.frames));
    desk.frames = ends.fold(desk.frames, u64::max);
    losses.push(Loss::lost("tempo", "AAF has no musical time: set it in song.toml"));
    Ok((desk, losses))
}

/// The composition that is the song: one that says so, or the first.
fn song(mobs: &[Object]) -> Option<&Object> {
    let mut songs = mobs.iter().filter(|mob| mob.class == classes::COMPOSITION_MOB);
    let first = songs.clone().next();
    songs.find(|mob| mob.read_id(pids::USAGE_CODE) == Some(defined::TOP_LEVEL)).or(first)
}

/// The rate that most sound files have.
fn rate(mobs: &[Object]) -> u32 {
    let mut rates: BTreeMap<u32, u32> = BTreeMap::new();
    for descriptor in mobs.iter().filter_map(|mob| mob.read_one(pids::ESSENCE_DESCRIPTION)) {
        let rate = descriptor.read_rational(pids::SAMPLE_RATE).and_then(|rate| rate.number());
        if let Some(rate) = rate.filter(|rate| (8000.0..=768_000.0).contains(rate)) {
            *rates.entry(rate as u32).or_default() += 1;
        }
    }
    rates.into_iter().max_by_key(|(_, count)| *count).map_or(48_000, |(rate, _)| rate)
}

struct Reading<'a> {
    media: &'a Media<'a>,
    desk: Desk,
    losses: Vec<Loss>,
    taken: Vec<String>,
}

/// A track while it is read.
struct Track {
    channel: Channel,
    /// Units of its time in a second.
    rate: f64,
    /// Gains of clips that move: where they begin and end, and the gain between.
    rides: Vec<(u64, u64, Course)>,
    /// Where the next part begins, in units.
    now: i64,
    /// Length of a fade that the next clip begins with, frames.
    fade: u64,
}

impl Reading<'_> {
    fn slot(&mut self, slot: &Object) {
        let (Some(rate), Some(segment)) = (edit_rate(slot), slot.read_one(pids::SEGMENT)) else { return };
        if slot.class == classes::EVENT_MOB_SLOT {
            return self.markers(segment, rate);
        }
        let kind = segment.read_weak(pids::DATA_DEFINITION);
        if !kind.is_some_and(|kind| [defined::SOUND, defined::SOUND_LATER].contains(&kind)) {
            return;
        }
        // Silence after the last clip is part of the song.
        self.desk.frames = self.desk.frames.max(self.length(segment, rate));
        let n = self.desk.channels.len();
        let name = slot.read_text(pids::SLOT_NAME).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| format!("Track {}", n + 1));
        let mut track = Track {
            channel: Channel::new(&format!("channel-{n}"), &name, Kind::Track),
            rate,
            rides: Vec::new(),
            now: -slot.read_i64(pids::ORIGIN).unwrap_or(0),
            fade: 0,
        };
        let inside = self.knobs(segment, &mut track);
        self.segment(inside, &mut track, 0.0, 0);
        let Track { mut channel, rides, .. } = track;
        if let Some(ride) = ride(rides) {
            channel.volume = channel.volume.plus(&ride);
        }
        let mono = |region: &Region| self.desk.sounds[region.sound].channels == 1;
        channel.width = if channel.regions.iter().all(mono) { 1 } else { 2 };
        self.desk.channels.push(channel);
    }

    /// Takes volume and pan off the outside of a track; gives what is inside of them.
    fn knobs<'o>(&mut self, segment: &'o Object, track: &mut Track) -> &'o Object {
        let mut segment = segment;
        for _ in 0..DEEPEST {
            // What joins channels belongs to the clips.
            if segment.class != classes::OPERATION_GROUP || segment.all(pids::INPUT_SEGMENTS).len() != 1 {
                break;
            }
            let Some(inside) = self.input(segment, &track.channel.name) else { break };
            let at = self.frames(track.now, track.rate).max(0).unsigned_abs();
            let frames = self.length(segment, track.rate);
            for (knob, course) in courses(segment, at, frames) {
                if knob == defined::AMPLITUDE {
                    let volume = course.map(|x| decibels(f64::from(x))).straight_in_amplitude();
                    track.channel.volume = track.channel.volume.plus(&volume);
                } else {
                    track.channel.pan = course.map(|place| (200.0 * place - 100.0).clamp(-100.0, 100.0));
                }
            }
            segment = inside;
        }
        segment
    }

    /// What a processor works on.
    fn input<'o>(&mut self, group: &'o Object, name: &str) -> Option<&'o Object> {
        let inputs = group.all(pids::INPUT_SEGMENTS);
        if inputs.len() > 1 {
            let says = "of several channels that are joined, the first is read";
            self.losses.push(Loss::lost(name, says));
        }
        let known = [defined::GAIN, defined::STEREO_GAIN, defined::PAN];
        let operation = group.read_weak(pids::OPERATION);
        if inputs.len() == 1 && !operation.is_some_and(|id| known.contains(&id)) {
            self.losses.push(Loss::lost(name, "a processor of the other program"));
        }
        inputs.into_iter().next()
    }

    fn segment(&mut self, segment: &Object, track: &mut Track, gain: f32, depth: usize) {
        let length = segment.read_i64(pids::LENGTH).unwrap_or(0).max(0);
        if depth > DEEPEST {
            track.now = track.now.saturating_add(length);
            return;
        }
        match segment.class {
            classes::SEQUENCE => {
                let start = track.now;
                for part in segment.all(pids::COMPONENTS) {
                    self.segment(part, track, gain, depth + 1);
                }
                if segment.get(pids::LENGTH).is_some() {
                    track.now = start.saturating_add(length);
                }
            }
            classes::SOURCE_CLIP => {
                self.clip(&[segment], track, gain);
                track.now = track.now.saturating_add(length);
            }
            classes::TRANSITION => {
                // What stands before and behind it lies over each other for its length.
                track.now = track.now.saturating_sub(length);
                track.fade = self.frames(length, track.rate).max(0).unsigned_abs();
                if let Some(last) = track.channel.regions.last_mut() {
                    last.fade_out = track.fade.min(last.frames);
                }
            }
            classes::OPERATION_GROUP => {
                let start = track.now;
                let at = self.frames(start, track.rate).max(0).unsigned_abs();
                let frames = self.length(segment, track.rate);
                let mut gain = gain;
                for (knob, course) in courses(segment, at, frames) {
                    let level = course.map(|x| decibels(f64::from(x)));
                    if knob != defined::AMPLITUDE {
                        let says = "a clip has no pan of its own here";
                        self.losses.push(Loss::lost(format!("{}/pan", track.channel.name), says));
                    } else if level.moves() {
                        track.rides.push((at, at.saturating_add(frames), level.straight_in_amplitude()));
                    } else {
                        gain += level.value;
                    }
                }
                let inputs = segment.all(pids::INPUT_SEGMENTS);
                if inputs.len() == 2 && inputs.iter().all(|input| input.class == classes::SOURCE_CLIP) {
                    // Media Composer and Pro Tools join the sides of a track in this way.
                    self.clip(&inputs, track, gain);
                } else if let Some(inside) = self.input(segment, &track.channel.name) {
                    self.segment(inside, track, gain, depth + 1);
                }
                track.now = start.saturating_add(length);
            }
            classes::SELECTOR => match segment.read_one(pids::SELECTED) {
                Some(selected) => self.segment(selected, track, gain, depth + 1),
                None => track.now = track.now.saturating_add(length),
            },
            classes::FILLER => track.now = track.now.saturating_add(length),
            _ => {
                track.now = track.now.saturating_add(length);
                let says = "a part of the track that is neither clip nor silence";
                self.losses.push(Loss::lost(&track.channel.name, says));
            }
        }
    }

    /// A clip, or two that are the sides of one.
    fn clip(&mut self, sides: &[&Object], track: &mut Track, gain: f32) {
        let fade_in = std::mem::take(&mut track.fade);
        let found: Result<Vec<Found>, String> =
            sides.iter().map(|clip| self.media.find(clip, track.rate)).collect();
        let (Some(clip), Ok(found)) = (sides.first(), &found) else {
            let at = format!("{}/clips", track.channel.name);
            return self.losses.extend(found.err().map(|why| Loss::lost(at, why)));
        };
        let Some(first) = found.first() else { return };
        let (at, from) = (self.frames(track.now, track.rate), self.desk.frame(first.from));
        let frames = self.length(clip, track.rate);
        if frames == 0 {
            return;
        }
        let own = |pid: u16| {
            let units = clip.read_i64(pid).unwrap_or(0);
            self.frames(units, track.rate).max(0).unsigned_abs().min(frames)
        };
        let (fade_in, fade_out) = (fade_in.max(own(pids::FADE_IN_LENGTH)), own(pids::FADE_OUT_LENGTH));
        let sound = self.sound(found);
        let from = from.max(0).unsigned_abs();
        track.channel.regions.push(Region { sound, at, from, frames, gain, fade_in, fade_out });
    }

    /// The place on the desk of a sound file, or of channels side by side.
    fn sound(&mut self, sides: &[Found]) -> usize {
        let side = |found: &Found| match (found.channel, found.channels) {
            (None, 2..) => None,
            (channel, _) => Some((found.place.clone(), channel.unwrap_or(0))),
        };
        let found = &sides[0];
        let (channels, of) = match (side(found), sides.get(1).and_then(side)) {
            (Some(left), Some(right)) => (2, side_by_side(left, right)),
            (Some(one), None) if found.channel.is_some() => (1, SoundOf::Channels(vec![one])),
            _ => (found.channels, SoundOf::Found(found.place.clone())),
        };
        if let Some(known) = self.desk.sounds.iter().position(|sound| sound.of == of) {
            return known;
        }
        if let SoundOf::Found(Place::Elsewhere(address)) = &of {
            let says = "it lies where nothing is read: copy it beside the project";
            self.losses.push(Loss::lost(address, says));
        }
        self.desk.sounds.push(Sound {
            name: file_stem(&found.name, &mut self.taken),
            channels,
            frames: self.desk.frame(found.length).max(0).unsigned_abs(),
            of,
        });
        self.desk.sounds.len() - 1
    }

    fn markers(&mut self, segment: &Object, rate: f64) {
        for event in segment.all(pids::COMPONENTS) {
            let markers = [classes::COMMENT_MARKER, classes::DESCRIPTIVE_MARKER];
            let Some(at) = event.read_i64(pids::EVENT_POSITION).filter(|_| markers.contains(&event.class))
            else {
                continue;
            };
            let name = event.read_text(pids::EVENT_COMMENT).unwrap_or_default();
            let at = self.frames(at, rate).max(0).unsigned_abs();
            self.desk.markers.push(Marker { at, name });
        }
    }

    /// Units of a track as frames.
    fn frames(&self, units: i64, rate: f64) -> i64 {
        (units as f64 * f64::from(self.desk.rate) / rate).round() as i64
    }

    /// The length of a segment in frames.
    fn length(&self, segment: &Object, rate: f64) -> u64 {
        self.frames(segment.read_i64(pids::LENGTH).unwrap_or(0), rate).max(0).unsigned_abs()
    }
}

/// Volume and pan of a group, from a frame of the song on, as they are stored.
fn courses(group: &Object, from: u64, frames: u64) -> Vec<(Auid, Course)> {
    let mut found = Vec::new();
    for parameter in group.all(pids::PARAMETERS) {
        let knobs = [defined::AMPLITUDE, defined::PLACE];
        let Some(knob) = parameter.read_id(pids::DEFINITION).filter(|id| knobs.contains(id)) else {
            continue;
        };
        let course = match parameter.class {
            classes::CONSTANT_VALUE => parameter.read_any(pids::CONSTANT).map(|x| Course::still(x as f32)),
            classes::VARYING_VALUE => Some(varying(parameter, from, frames)),
            _ => None,
        };
        found.extend(course.map(|course| (knob, course)));
    }
    found
}

fn varying(parameter: &Object, from: u64, frames: u64) -> Course {
    let held = parameter.read_weak(pids::INTERPOLATION) == Some(defined::HELD);
    let curve = if held { Curve::Hold } else { Curve::Line };
    let mut points: Vec<Point> = Vec::new();
    for point in parameter.all(pids::POINT_LIST) {
        let time = point.read_rational(pids::POINT_TIME).and_then(|time| time.number());
        let (Some(time), Some(value)) = (time, point.read_any(pids::POINT_VALUE)) else { continue };
        let at = from.saturating_add((time.clamp(0.0, 1.0) * frames as f64).round() as u64);
        points.push(Point { at, value: value as f32, curve, label: String::new() });
    }
    points.sort_by_key(|point| point.at);
    let value = points.first().map_or(1.0, |point| point.value);
    // What does not move is no automation.
    if points.iter().all(|point| point.value == value) {
        points.clear();
    }
    Course { value, points }
}

/// The gains of clips one after the other, and none between them.
fn ride(mut clips: Vec<(u64, u64, Course)>) -> Option<Course> {
    if clips.is_empty() {
        return None;
    }
    clips.sort_by_key(|(at, ..)| *at);
    let point = |at: u64, value: f32, curve: Curve| Point { at, value, curve, label: String::new() };
    let (mut points, mut now): (Vec<Point>, u64) = (vec![point(0, 0.0, Curve::Hold)], 0);
    for (at, end, course) in clips {
        if at < now || end <= at {
            continue;
        }
        let inside = course.points.iter().filter(|point| point.at > at && point.at + 1 < end).cloned();
        let own = std::iter::once(point(at, course.at(at), Curve::Line))
            .chain(inside)
            .chain([point(end - 1, course.at(end - 1), Curve::Hold), point(end, 0.0, Curve::Hold)]);
        for point in own {
            // The end of one clip can be the start of the next.
            points.pop_if(|last| last.at >= point.at);
            points.push(point);
        }
        now = end;
    }
    let value = points.first()?.value;
    Some(Course { value, points })
}
