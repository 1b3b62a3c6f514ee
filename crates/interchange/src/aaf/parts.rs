//! A desk as AAF can have it: tracks of one channel each with all that turns them up and down, and no buses.

use std::f64::consts::{FRAC_PI_2, SQRT_2};

use mixsmith_session::{Curve, FADER_OFF, Point};

use crate::course::decibels;
use crate::{Channel, Course, Desk, Kind, Loss, Region};

/// A track of one channel.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// What a person reads.
    pub name: String,
    /// Which side of the sounds it plays: 0 left or all there is, 1 right.
    pub side: usize,
    /// Level in dB, buses included.
    pub volume: Course,
    /// -100 left to 100 right.
    pub pan: Course,
    /// What it plays: in order, and no two at once.
    pub regions: Vec<Region>,
}

/// By how much a side that is panned hard must be lower than a stereo track, so that both are as loud beside mono tracks: a
/// panner has the sides 3 dB above the middle, whose level is ours.
pub(super) fn hard_panned() -> f32 {
    -(20.0 * SQRT_2.log10()) as f32
}

/// Takes a desk apart.
pub(super) fn parts(desk: &Desk, losses: &mut Vec<Loss>) -> Vec<Part> {
    let mut parts = Vec::new();
    for channel in desk.channels.iter().filter(|channel| channel.kind == Kind::Track) {
        let volume = level(desk, channel);
        for (n, regions) in layers(&channel.regions).into_iter().enumerate() {
            let name = if n == 0 { channel.name.clone() } else { format!("{} {}", channel.name, n + 1) };
            if channel.width == 1 {
                let (volume, pan) = (volume.clone(), channel.pan.clone());
                parts.push(Part { name, side: 0, volume, pan, regions });
                continue;
            }
            for (side, letter) in ["L", "R"].into_iter().enumerate() {
                let volume = volume.plus(&balance(&channel.pan, side)).plus(&Course::still(hard_panned()));
                let pan = Course::still(if side == 0 { -100.0 } else { 100.0 });
                let name = format!("{name}.{letter}");
                parts.push(Part { name, side, volume, pan, regions: regions.clone() });
            }
        }
        if channel.width != 1 {
            let says = "as two mono tracks, left and right, with its place in their volumes";
            losses.push(Loss::near(format!("{}/pan", channel.id), None, says));
        }
        for send in channel.sends.iter() {
            let at = format!("{}/send.{}", channel.id, send.to);
            losses.push(Loss::lost(at, "AAF has no sends, and what it feeds is no track"));
        }
    }
    for channel in desk.channels.iter().filter(|channel| channel.kind != Kind::Track) {
        let says = "in the volumes of the tracks that feed it: AAF has no buses";
        losses.push(Loss::near(format!("{}/fader", channel.id), None, says));
        if channel.pan.moves() || channel.pan.value != 0.0 {
            losses.push(Loss::lost(format!("{}/pan", channel.id), "AAF has no buses that could be panned"));
        }
        for send in &channel.sends {
            losses.push(Loss::lost(format!("{}/send.{}", channel.id, send.to), "AAF has no sends"));
        }
    }
    parts
}

/// All that turns a channel up and down, from its own fader to that of the master.
fn level(desk: &Desk, channel: &Channel) -> Course {
    let mut level = open(channel);
    let mut next = channel.to.as_deref();
    for _ in 0..desk.channels.len() {
        let Some(bus) = next.and_then(|id| desk.channel(id)) else { break };
        level = level.plus(&open(bus));
        next = bus.to.as_deref();
    }
    level
}

/// A fader, shut where the channel is mute.
fn open(channel: &Channel) -> Course {
    if !channel.mute.moves() && channel.mute.value < 0.5 {
        return channel.volume.clone();
    }
    let shut = |value: f32| if value >= 0.5 { FADER_OFF } else { 0.0 };
    let mut mute = channel.mute.map(shut);
    // A switch has nothing in between.
    mute.points.iter_mut().for_each(|point| point.curve = Curve::Hold);
    channel.volume.plus(&mute)
}

/// What a stereo track's pan does to one of its sides: the near one stays, the other goes down along a cosine.
fn balance(pan: &Course, side: usize) -> Course {
    let gain = |pan: f32| {
        let far = (pan < 0.0) == (side == 1) && pan != 0.0;
        let near = (f64::from(pan.abs()) / 100.0 * FRAC_PI_2).cos();
        if far { decibels(near.max(0.0)) } else { 0.0 }
    };
    // A point in the middle, where one side begins to go down, and others close enough for the cosine.
    let points = Course { points: pan.dense(5.0, true), ..pan.clone() };
    points.map(gain)
}

/// Regions in as few layers as can be, so that none of a layer lie over each other.
fn layers(regions: &[Region]) -> Vec<Vec<Region>> {
    let mut sorted: Vec<&Region> = regions.iter().collect();
    sorted.sort_by_key(|region| region.at);
    let end = |region: &Region| region.at.saturating_add_unsigned(region.frames);
    let mut layers: Vec<Vec<Region>> = Vec::new();
    for region in sorted {
        match layers.iter_mut().find(|layer| layer.last().is_none_or(|last| end(last) <= region.at)) {
            Some(layer) => layer.push(region.clone()),
            None => layers.push(vec![region.clone()]),
        }
    }
    layers
}

/// A course as straight lines in another unit, from the start to the end: times in frames, the last at the end.
pub(super) fn lines(course: &Course, frames: u64, step: f32, scale: &dyn Fn(f32) -> f64) -> Vec<(u64, f64)> {
    let dense = course.dense(step, false);
    let at = |at: u64| Point { at, value: course.at(at), curve: Curve::Line, label: String::new() };
    let inside = dense.into_iter().filter(|point| point.at > 0 && point.at < frames);
    let points = std::iter::once(at(0)).chain(inside).chain([at(frames)]);
    points.map(|point| (point.at, scale(point.value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(at: i64, frames: u64) -> Region {
        Region { sound: 0, at, from: 0, frames, gain: 0.0, fade_in: 0, fade_out: 0 }
    }

    fn point(at: u64, value: f32, curve: Curve) -> Point {
        Point { at, value, curve, label: String::new() }
    }

    #[test]
    fn what_lies_over_each_other_goes_on_another_layer() {
        let found = layers(&[region(100, 50), region(0, 100), region(120, 10), region(150, 1)]);
        let starts: Vec<Vec<i64>> = found.iter().map(|l| l.iter().map(|r| r.at).collect()).collect();
        assert_eq!(starts, [vec![0, 100, 150], vec![120]]);
    }

    #[test]
    fn both_sides_follow_the_balance() {
        for (pan, left, right) in
            [(0.0, 0.0, 0.0), (50.0, -3.0103, 0.0), (-50.0, 0.0, -3.0103), (100.0, -90.0, 0.0)]
        {
            let pan = Course::still(pan);
            assert!((balance(&pan, 0).value - left).abs() < 1e-3, "{pan:?}");
            assert!((balance(&pan, 1).value - right).abs() < 1e-3, "{pan:?}");
        }
    }

    #[test]
    fn a_mute_and_its_bus_are_in_the_level() {
        let mut desk = Desk::default();
        let mut track = Channel::new("a", "A", Kind::Track);
        (track.volume, track.to) = (Course::still(-6.0), Some("bus".to_owned()));
        let mut bus = Channel::new("bus", "Bus", Kind::Bus);
        bus.mute =
            Course { value: 0.0, points: vec![point(0, 0.0, Curve::Line), point(100, 1.0, Curve::Line)] };
        bus.volume = Course::still(-2.0);
        desk.channels = vec![track, bus];
        let level = level(&desk, &desk.channels[0]);
        assert_eq!((level.at(0), level.at(99), level.at(100)), (-8.0, -8.0, FADER_OFF));
    }

    #[test]
    fn lines_go_from_the_start_to_the_end() {
        let points =
            vec![point(100, -6.0, Curve::Hold), point(200, 0.0, Curve::Line), point(900, 0.0, Curve::Line)];
        let found = lines(&Course { value: -6.0, points }, 500, 100.0, &f64::from);
        assert_eq!(found, [(0, -6.0), (100, -6.0), (199, -6.0), (200, 0.0), (500, 0.0)]);
    }
}
