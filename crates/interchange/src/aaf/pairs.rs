//! Left and right that come as two tracks, as one again.

use std::f64::consts::FRAC_PI_2;

use mixsmith_session::{Curve, FADER_OFF, Point};

use super::parts::hard_panned;
use crate::{Channel, Course, Desk, Place, Region, Sound, SoundOf};

/// Joins neighbours that are the two sides of one track: named alike but for `.L` and `.R`, or alike, and playing at the same
/// places.
pub(super) fn join(desk: &mut Desk) {
    let (mut channels, mut waiting) = (Vec::new(), std::mem::take(&mut desk.channels).into_iter().peekable());
    while let Some(left) = waiting.next() {
        let joined = waiting.peek().and_then(|right| pair(desk, &left, right));
        if let Some(channel) = joined {
            waiting.next();
            channels.push(channel);
        } else {
            channels.push(left);
        }
    }
    desk.channels = channels;
    leave_out_unheard(desk);
}

/// The name of a side without its letter.
fn base<'a>(name: &'a str, letter: &str) -> &'a str {
    name.strip_suffix(letter).unwrap_or(name)
}

fn pair(desk: &mut Desk, left: &Channel, right: &Channel) -> Option<Channel> {
    let name = base(&left.name, ".L");
    let sided = name != left.name && base(&right.name, ".R") == name && right.name != name;
    let still = |channel: &Channel| (!channel.pan.moves()).then_some(channel.pan.value);
    let hard = (still(left)?, still(right)?) == (-100.0, 100.0);
    let alike = left.name == right.name;
    let wide = [left, right].iter().any(|side| side.width != 1) || left.regions.is_empty();
    if wide || !(hard && (sided || alike) || alike && still(left) == still(right)) {
        return None;
    }
    let place = |region: &Region| {
        (region.at, region.from, region.frames, region.gain, region.fade_in, region.fade_out)
    };
    if !left.regions.iter().map(place).eq(right.regions.iter().map(place)) {
        return None;
    }
    let mut both = Vec::new();
    for (a, b) in left.regions.iter().zip(&right.regions) {
        both.push((side(desk, a)?, side(desk, b)?));
    }
    let mut channel = Channel::new(&left.id, name, left.kind);
    for (region, (a, b)) in left.regions.iter().zip(both) {
        let sound = sound(desk, region.sound, side_by_side(a, b));
        channel.regions.push(Region { sound, ..region.clone() });
    }
    if hard {
        (channel.volume, channel.pan) = volume_and_pan(&left.volume, &right.volume);
    } else {
        channel.volume = left.volume.clone();
    }
    Some(channel)
}

/// The file and the channel of a region that plays one channel.
fn side(desk: &Desk, region: &Region) -> Option<(Place, usize)> {
    let sound = desk.sounds.get(region.sound)?;
    match &sound.of {
        SoundOf::Found(place) if sound.channels == 1 => Some((place.clone(), 0)),
        SoundOf::Channels(channels) => channels.first().filter(|_| channels.len() == 1).cloned(),
        _ => None,
    }
}

/// Two channels as left and right; both channels of a file are that file.
pub(super) fn side_by_side(left: (Place, usize), right: (Place, usize)) -> SoundOf {
    if left.0 == right.0 && (left.1, right.1) == (0, 1) {
        SoundOf::Found(left.0)
    } else {
        SoundOf::Channels(vec![left, right])
    }
}

/// The place on the desk of a sound of two channels, named after the left one.
fn sound(desk: &mut Desk, left: usize, of: SoundOf) -> usize {
    if let Some(known) = desk.sounds.iter().position(|sound| sound.of == of) {
        return known;
    }
    let Sound { name, frames, .. } = desk.sounds[left].clone();
    desk.sounds.push(Sound { name: base(&name, ".L").to_owned(), channels: 2, frames, of });
    desk.sounds.len() - 1
}

/// Volume and pan of a track from those of its sides: the louder one is the volume, and how far the other lies below it is
/// the pan.
fn volume_and_pan(left: &Course, right: &Course) -> (Course, Course) {
    let one = |left: f32, right: f32| {
        let (high, low) = (left.max(right), left.min(right));
        let volume = if high <= FADER_OFF { FADER_OFF } else { high - hard_panned() };
        let far = if low <= FADER_OFF { 0.0 } else { 10f64.powf(f64::from(low - high) / 20.0) };
        let pan = if high <= FADER_OFF { 0.0 } else { (far.acos() / FRAC_PI_2 * 100.0) as f32 };
        // A thousandth of a decibel is no place.
        let pan = if pan < 1.0 { 0.0 } else { pan };
        (volume, if left > right { -pan } else { pan })
    };
    let (volume, pan) = one(left.value, right.value);
    let mut frames: Vec<u64> = left.points.iter().chain(&right.points).map(|point| point.at).collect();
    frames.sort_unstable();
    frames.dedup();
    let values: Vec<(u64, (f32, f32))> =
        frames.into_iter().map(|at| (at, one(left.at(at), right.at(at)))).collect();
    let course = |value: f32, of: &dyn Fn((f32, f32)) -> f32| {
        let held = left.points.iter().chain(&right.points).all(|point| point.curve == Curve::Hold);
        let curve = if held { Curve::Hold } else { Curve::Line };
        let point =
            |&(at, both): &(u64, (f32, f32))| Point { at, value: of(both), curve, label: String::new() };
        let points: Vec<Point> = values.iter().map(point).collect();
        if points.iter().all(|point| (point.value - value).abs() < 1e-4) {
            Course::still(value)
        } else {
            Course { value, points }
        }
    };
    (course(volume, &|(volume, _)| volume), course(pan, &|(_, pan)| pan))
}

/// Takes sounds off the desk that nothing plays.
fn leave_out_unheard(desk: &mut Desk) {
    let mut heard = vec![false; desk.sounds.len()];
    desk.channels.iter().flat_map(|channel| &channel.regions).for_each(|region| heard[region.sound] = true);
    let mut place = 0;
    let places: Vec<usize> = heard
        .iter()
        .map(|heard| {
            place += usize::from(*heard);
            place.saturating_sub(1)
        })
        .collect();
    let mut kept = heard.iter();
    desk.sounds.retain(|_| kept.next().copied().unwrap_or(false));
    for region in desk.channels.iter_mut().flat_map(|channel| &mut channel.regions) {
        region.sound = places[region.sound];
    }
}
