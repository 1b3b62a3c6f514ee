//! From a clip to the sound file that it plays: mobs that speak of mobs, up to one that names a file.

use std::collections::BTreeMap;

use super::id::MobId;
use super::object::Object;
use super::terms::{classes, pids};
use crate::{Place, beneath};

/// Most mobs between a clip and its file.
const MOST: usize = 16;

/// Mobs by their ids.
#[derive(Debug)]
pub(super) struct Media<'a> {
    pub mobs: BTreeMap<MobId, &'a Object>,
}

/// A sound file, and where in it a clip begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub place: Place,
    /// The name that a person would know it by.
    pub name: String,
    /// Seconds from the start of the file.
    pub from: f64,
    /// Seconds.
    pub length: f64,
    pub channels: u32,
    /// The one channel that is played, counted from 0; none where all are.
    pub channel: Option<usize>,
}

impl Media<'_> {
    /// The file that a clip plays, or what is in the way. `rate` is that of the clip's own track.
    pub fn find(&self, clip: &Object, rate: f64) -> Result<Found, String> {
        let mut from = seconds(clip, rate);
        let (mut clip, mut name, mut channel) = (clip, String::new(), None);
        for _ in 0..MOST {
            let id = clip.read_mob(pids::SOURCE_ID).filter(|id| *id != MobId::NONE);
            let id = id.ok_or("it plays nothing")?;
            let mob = self.mobs.get(&id).ok_or("what it plays is not in the project")?;
            if name.is_empty() {
                name = mob.read_text(pids::MOB_NAME).unwrap_or_default();
            }
            if let Some(descriptor) = mob.read_one(pids::ESSENCE_DESCRIPTION) {
                let found = file(descriptor, name, from)?;
                return Ok(Found { channel: channel.filter(|_| found.channels > 1), ..found });
            }
            let number = clip.read_u32(pids::SOURCE_MOB_SLOT_ID);
            let slots = mob.all(pids::SLOTS);
            if mob.class == classes::MASTER_MOB && slots.len() > 1 {
                // Each slot is a channel, whose number is that of the track.
                let own = slots.iter().position(|slot| slot.read_u32(pids::SLOT_ID) == number);
                let own = own.map(|n| (n, slots[n].read_u32(pids::PHYSICAL_TRACK)));
                channel = own.map(|(n, track)| track.map_or(n, |track| track.saturating_sub(1) as usize));
            }
            let slot = slots.into_iter().find(|slot| slot.read_u32(pids::SLOT_ID) == number);
            let slot = slot.ok_or("what it plays has no such track")?;
            let rate = edit_rate(slot).ok_or("what it plays has no time")?;
            clip = slot.read_one(pids::SEGMENT).and_then(innermost).ok_or("what it plays is no sound")?;
            from += seconds(clip, rate) + slot.read_i64(pids::ORIGIN).unwrap_or(0) as f64 / rate;
        }
        Err("what it plays goes round in a circle".to_owned())
    }
}

/// Where a clip begins in what it plays.
fn seconds(clip: &Object, rate: f64) -> f64 {
    clip.read_i64(pids::START_TIME).unwrap_or(0) as f64 / rate
}

/// Units a second of a track, if they are more than none.
pub(super) fn edit_rate(slot: &Object) -> Option<f64> {
    let rate = slot.read_rational(pids::EDIT_RATE).or_else(|| slot.read_rational(pids::EVENT_EDIT_RATE));
    rate?.number().filter(|rate| *rate > 0.0)
}

/// The first clip in what a slot holds.
fn innermost(segment: &Object) -> Option<&Object> {
    let mut segment = segment;
    for _ in 0..MOST {
        segment = match segment.class {
            classes::SOURCE_CLIP => return Some(segment),
            classes::OPERATION_GROUP => segment.all(pids::INPUT_SEGMENTS).into_iter().next()?,
            classes::SELECTOR => segment.read_one(pids::SELECTED)?,
            classes::SEQUENCE => {
                segment.all(pids::COMPONENTS).into_iter().find(|part| part.class != classes::FILLER)?
            }
            _ => return None,
        };
    }
    None
}

fn file(descriptor: &Object, name: String, from: f64) -> Result<Found, String> {
    let rate = descriptor.read_rational(pids::SAMPLE_RATE).and_then(|rate| rate.number());
    let length = descriptor.read_i64(pids::FILE_LENGTH).unwrap_or(0).max(0) as f64;
    let rate = rate.filter(|rate| *rate > 0.0).ok_or("it is on a tape, or its file has no rate")?;
    let address =
        |locator: &Object| locator.read_text(pids::URL).or_else(|| locator.read_text(pids::LOCATOR_NAME));
    let address = descriptor.all(pids::LOCATOR).into_iter().find_map(address);
    let address = address
        .filter(|address| !address.is_empty())
        .ok_or("its sound is inside of the project: export it with its audio files beside it")?;
    Ok(Found {
        place: place(&address),
        name: if name.is_empty() { stem(&address) } else { name },
        from,
        length: length / rate,
        channels: channels(descriptor).unwrap_or(2),
        channel: None,
    })
}

/// How many channels a file has, by what is said of it.
fn channels(descriptor: &Object) -> Option<u32> {
    if let Some(channels) = descriptor.read_u32(pids::CHANNELS) {
        return Some(channels.clamp(1, 2));
    }
    // The head of a WAV file: in its part `fmt `, after its size and kind.
    let head = descriptor.data(pids::SUMMARY)?;
    let at = head.windows(4).position(|four| four == b"fmt ")? + 10;
    let channels = u16::from_le_bytes([*head.get(at)?, *head.get(at + 1)?]);
    Some(u32::from(channels).clamp(1, 2))
}

/// Where an address leads. Absolute ones name a folder of another machine: the file is looked for beside the project.
fn place(address: &str) -> Place {
    let plain = decoded(address);
    let (path, absolute) = match plain.strip_prefix("file:") {
        Some(rest) => (rest.to_owned(), rest.starts_with(['/', '\\'])),
        None => (plain.clone(), plain.starts_with(['/', '\\']) || plain.get(1..2) == Some(":")),
    };
    let path = if absolute { path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned() } else { path };
    match beneath(&path) {
        Some(_) => Place::Beside(path),
        None => Place::Elsewhere(address.to_owned()),
    }
}

fn stem(address: &str) -> String {
    let name = decoded(address).rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    name.rsplit_once('.').map_or(name.clone(), |(stem, _)| stem.to_owned())
}

/// An address with its codes of two digits as what they stand for.
fn decoded(address: &str) -> String {
    let (bytes, mut found, mut at) = (address.as_bytes(), Vec::new(), 0);
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                found.push((16 * high + low) as u8);
                at += 3;
            }
            _ => {
                found.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&found).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_below_or_beside_the_project() {
        let beside = |path: &str| Place::Beside(path.to_owned());
        for (address, path) in [
            ("audio/Kick%20In.wav", "audio/Kick In.wav"),
            ("file:audio/a.wav", "audio/a.wav"),
            ("file:///c%3a/Users/user/dumb/PT_Audio.wav", "PT_Audio.wav"),
            ("file://localhost/Volumes/Mix/Audio Files/Vox.L.wav", "Vox.L.wav"),
            ("/home/a/%C3%BC.wav", "ü.wav"),
            ("C:\\Mix\\a.wav", "a.wav"),
            ("100%.wav", "100%.wav"),
        ] {
            assert_eq!(place(address), beside(path), "{address}");
        }
        for address in ["../a.wav", "audio/../../a.wav", "file:///", "", "http://a.example/a.wav"] {
            assert_eq!(place(address), Place::Elsewhere(address.to_owned()), "{address}");
        }
        assert_eq!(stem("file:///c%3a/PT_Audio.x.wav"), "PT_Audio.x");
    }
}
