//! Faders, pans, sends and processors of a strip on the desk.

use mixsmith_effects::KINDS;
use mixsmith_session::{Address, FADER_OFF, Insert, Strip};

use super::{Laying, cost, is_mono, own_instead, rides};
use crate::format::Carries;
use crate::portable::{Portable, portable};
use crate::{Channel, Course, Loss, Processing, SendTo};

impl Laying<'_> {
    /// What could be had instead of a print, where it can.
    pub fn instead(&self, strip: &Strip, insert: &Insert) -> String {
        let Ok(found) = portable(strip, insert, self.session.song.tempo) else { return String::new() };
        let word = found.device.does.word();
        let has = found.device.does.only_resembles() && self.carries.devices.contains(&word);
        if has && !self.wishes.own_effects {
            format!("; {}", own_instead(word, self.carries))
        } else {
            String::new()
        }
    }

    /// Fader, pan and mute.
    pub fn levels(&mut self, strip: &Strip, channel: &mut Channel) {
        let knob = |param: &str| self.course(&Address::strip(&strip.id, param));
        let (fader, ride) = (knob("fader"), knob("ride"));
        channel.pan = knob("pan");
        channel.mute = knob("mute");
        let rides = ride.moves() || ride.value != 0.0;
        let (volume, over) = capped(fader.plus(&ride), self.carries.fader_max);
        channel.volume = volume;
        let at = format!("{}/fader", strip.id);
        self.losses.push(if over > 0.0 {
            let says = format!("the faders of {} end at {:.1} dB", self.carries.name, self.carries.fader_max);
            Loss::near(&at, Some(over), says)
        } else {
            Loss::exact(&at)
        });
        if rides {
            self.losses.push(Loss::near(format!("{}/ride", strip.id), Some(0.02), self.carries.ride));
        }
        let at = format!("{}/pan", strip.id);
        // A stereo channel in the middle is the same by every law.
        let middle = !channel.pan.moves() && channel.pan.value == 0.0;
        if middle && (self.carries.pan.is_empty() || !is_mono(self.session, strip)) {
            return;
        }
        self.losses.push(if self.carries.pan.is_empty() {
            Loss::exact(at)
        } else {
            Loss::near(at, None, self.carries.pan)
        });
    }

    pub fn sends(&mut self, strip: &Strip, channel: &mut Channel) {
        for send in &strip.sends {
            let at = format!("{}/send.{}", strip.id, send.to);
            if self.printed.contains(send.to.as_str()) {
                self.losses.push(Loss::printed(at, format!("in the sound of {}", send.to)));
                continue;
            }
            let level = self.course(&Address::send(&strip.id, &send.to, "level"));
            let (level, over) = capped(level, self.carries.send_max);
            channel.sends.push(SendTo { to: send.to.clone(), tap: send.tap, level });
            self.losses.push(if over > 0.0 {
                let says =
                    format!("the sends of {} end at {:.1} dB", self.carries.name, self.carries.send_max);
                Loss::near(at, Some(over), says)
            } else {
                Loss::exact(at)
            });
        }
    }

    /// A bus, a return that needs no print, or the master.
    pub fn sum(&mut self, strip: &Strip, channel: &mut Channel) {
        if self.carries.dry {
            return;
        }
        self.devices(strip, 0, channel);
        let knob = |param: &str| self.course(&Address::strip(&strip.id, param));
        let (trim, polarity, width) = (knob("trim"), knob("polarity"), knob("width"));
        if trim.moves() || trim.value != 0.0 {
            let at = format!("{}/trim", strip.id);
            if self.carries.trim && !trim.moves() {
                channel.trim = trim.value;
                self.losses.push(Loss::exact(at));
            } else {
                for device in &mut channel.devices {
                    device.does = device.does.lowered(trim.value);
                }
                let (volume, over) = capped(channel.volume.plus(&trim), self.carries.fader_max);
                channel.volume = volume;
                let says = "added to the fader, and taken from the thresholds before it";
                self.losses.push(Loss::near(at, Some(over), says));
            }
        }
        if polarity.value >= 0.5 {
            self.losses.push(Loss::lost(format!("{}/polarity", strip.id), "invert it by hand"));
        }
        if width.moves() || width.value != 100.0 {
            let says = format!("set a width of {:.0} % by hand", width.value);
            self.losses.push(Loss::lost(format!("{}/width", strip.id), says));
        }
    }

    /// The processors from a place on; those before are printed.
    pub fn devices(&mut self, strip: &Strip, from: usize, channel: &mut Channel) {
        for (place, insert) in strip.inserts.iter().enumerate() {
            let at = format!("{}/{}", strip.id, insert.id);
            if place < from {
                if insert.on {
                    let says = format!("in the sound of the track{}", self.instead(strip, insert));
                    self.losses.push(Loss::printed(at, says));
                } else {
                    self.losses.push(Loss::lost(at, "it was bypassed, and stands before what is printed"));
                }
                continue;
            }
            let rate = self.session.song.rate;
            let found = portable(strip, insert, self.session.song.tempo);
            let found = found.and_then(|found| {
                let error = cost(&found.device, self.carries, self.wishes, rate)?;
                Ok((found, error))
            });
            match found {
                Ok((found, error)) => {
                    self.losses.push(match near(&found, error, self.carries, rate) {
                        None => Loss::exact(at),
                        Some((error, says)) => Loss::near(at, error, says),
                    });
                    channel.devices.push(found.device);
                }
                Err(_) if !insert.on => self.losses.push(Loss::lost(at, "it was bypassed")),
                Err(_) if self.ride(strip, insert) => {
                    self.losses.push(Loss::near(at, None, rides::SAYS));
                }
                Err(why) => {
                    let says = format!(
                        "{why}; what it does is in the wet stems and the printed master{}",
                        by_hand(insert)
                    );
                    self.losses.push(Loss::lost(at, says));
                }
            }
        }
    }
}

/// What a person can do about a limiter that is not there.
fn by_hand(insert: &Insert) -> String {
    if insert.kind != "dynamics.limiter" {
        return String::new();
    }
    format!("; put any limiter there, set as ours is: {}", settings(insert))
}

/// What an insert is set to, in words.
pub(super) fn settings(insert: &Insert) -> String {
    let Some(kind) = KINDS.get(&insert.kind) else { return format!("{}: {}", insert.id, insert.kind) };
    let mut parts = Vec::new();
    for param in kind.params {
        if let Some(value) = insert.values.get(param.id).filter(|value| **value != param.default) {
            parts.push(format!("{} {}", param.name.to_lowercase(), param.unit.print(*value)));
        }
    }
    parts.extend(insert.key.as_ref().map(|key| format!("listens to {key}")));
    let off = if insert.on { "" } else { " (bypassed)" };
    let values = if parts.is_empty() { "as it comes".to_owned() } else { parts.join(", ") };
    format!("{} {}{off}: {values}", kind.name, insert.id)
}

/// A level no higher than a limit, and by how much it was.
fn capped(level: Course, most: f32) -> (Course, f32) {
    let values = level.points.iter().map(|point| point.value).chain([level.value]);
    let over = values.fold(0.0f32, |over, value| over.max(value - most));
    (level.map(|value| value.clamp(FADER_OFF, most)), over)
}

/// By how much a device that a format has is another there, and in what; nothing where it is the same.
pub(super) fn near(
    found: &Portable,
    error: Option<f32>,
    carries: &Carries,
    rate: u32,
) -> Option<(Option<f32>, String)> {
    let mut without = found.without.clone();
    match &found.device.does {
        Processing::Compressor(c) if !carries.knee && c.knee > 0.0 => {
            without.push(format!("the knee of {:.0} dB", c.knee));
        }
        Processing::Gate(g) if !carries.hold && g.hold > 0.0 => {
            without.push(format!("the hold of {:.0} ms", g.hold));
        }
        _ => {}
    }
    // Only an equaliser is all curve.
    let curve = matches!(found.device.does, Processing::Equaliser(_));
    let error = error.filter(|error| !curve || *error >= 0.005);
    let mut says = Vec::new();
    if found.device.does.only_resembles() {
        says.push((carries.resembles)(&found.device.does, rate).1);
    } else if !curve {
        says.push("its detector and times are the other program's".to_owned());
    } else if error.is_some() {
        says.push("its curve, by the filters that most programs have".to_owned());
    }
    if !without.is_empty() {
        says.push(format!("without {}", without.join(", ")));
    }
    (!says.is_empty()).then(|| (error, says.join("; ")))
}
