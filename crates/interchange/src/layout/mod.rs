//! From a session to a desk: what other programs have is laid out, and what they have not is marked to be printed.

mod knobs;
mod rides;

use std::collections::BTreeSet;
use std::sync::Arc;

use mixsmith_effects::KINDS;
use mixsmith_session::{Address, Clip, Lane, Map, Send, Session, Strip, StripKind};

pub use rides::GainRide;

use crate::format::{Carries, Wishes};
use crate::portable::portable;
use crate::{Channel, Course, Desk, Device, Kind, Loss, Processing, Region, Sound, SoundOf, file_stem};

/// Largest difference of a compressor's curve that passes as near, dB.
const COMPRESSOR_ERROR: f32 = 1.0;
/// Largest difference of an equaliser's curve that passes as near, dB.
const EQUALISER_ERROR: f32 = 0.5;

/// A session as a desk of another program.
#[derive(Debug)]
pub struct Layout {
    /// The desk.
    pub desk: Desk,
    /// The session with strips of its own for what is to be printed; see [`SoundOf::Print`].
    pub session: Session,
    /// Gains that move by themselves and are to be drawn into faders.
    pub rides: Vec<GainRide>,
    /// What became of everything.
    pub losses: Vec<Loss>,
}

/// Lays a session out for a format. What that has only nearly is printed where it can be, if it is wished so.
pub fn lay_out(session: &Session, carries: &Carries, wishes: &Wishes) -> Layout {
    let song = &session.song;
    let desk = Desk {
        title: song.title.clone(),
        rate: song.rate,
        tempo: song.tempo,
        frames: song.frames,
        markers: song.markers.clone(),
        ..Desk::default()
    };
    let printed = session.strips.iter().filter(|strip| strip.kind == StripKind::Return);
    // Where there are no processors at all, there are no sends either: what they feed becomes a track.
    let plain = carries.devices.is_empty() && !carries.dry;
    let printed = printed.filter(|strip| plain || last_printed(session, strip, carries, wishes).is_some());
    let mut laying = Laying {
        session,
        carries,
        wishes,
        printed: printed.map(|strip| strip.id.as_str()).collect(),
        desk,
        with_prints: session.clone(),
        losses: Vec::new(),
        rides: Vec::new(),
        taken: Vec::new(),
    };
    for strip in &session.strips {
        let channel = laying.channel(strip);
        laying.desk.channels.push(channel);
    }
    // Programs want the master last, or do not mind.
    laying.desk.channels.sort_by_key(|channel| channel.kind == Kind::Master);
    Layout { desk: laying.desk, session: laying.with_prints, losses: laying.losses, rides: laying.rides }
}

/// Is a strip's sound mono up to the panner, as the engine has it?
pub(crate) fn is_mono(session: &Session, strip: &Strip) -> bool {
    let one = |clip: &Clip| match clip.map {
        Map::First | Map::Second => true,
        Map::All => session.source(&clip.source).is_some_and(|source| source.channels == 1),
        _ => false,
    };
    let inserts = strip.inserts.iter().filter(|insert| insert.on);
    matches!(strip.kind, StripKind::Track { .. })
        && strip.clips().iter().all(one)
        && inserts.into_iter().all(|insert| KINDS.get(&insert.kind).is_some_and(|kind| kind.ports.mono))
}

/// What a device would cost in a format, dB where it is a number; or why it is not there.
fn cost(device: &Device, carries: &Carries, wishes: &Wishes, rate: u32) -> Result<Option<f32>, String> {
    let word = device.does.word();
    if !carries.devices.contains(&word) {
        return Err(format!("{} has no {word} that it could become", carries.name));
    }
    let (error, limit) = match &device.does {
        Processing::Equaliser(bands) => ((carries.equaliser_error)(bands, rate), EQUALISER_ERROR),
        Processing::Compressor(c) => ((carries.compressor_error)(c), COMPRESSOR_ERROR),
        Processing::Gate(_) | Processing::Limiter(_) => return Ok(None),
        Processing::Delay(_) | Processing::Reverb(_) if wishes.own_effects => {
            return Ok((carries.resembles)(&device.does, rate).0);
        }
        Processing::Delay(_) | Processing::Reverb(_) => return Err(own_instead(word, carries)),
    };
    if !error.is_finite() {
        return Err(format!("the {word} of {} cannot do this", carries.name));
    }
    if error > limit {
        return Err(format!("the nearest {word} of {} is {error:.1} dB away", carries.name));
    }
    Ok(Some(error))
}

/// What to say of a delay or a reverb that is printed although the other program has one.
fn own_instead(word: &str, carries: &Carries) -> String {
    format!("{} has a {word} that only resembles it, which `--own-effects` takes instead", carries.name)
}

/// Place of the last insert in circuit that a format does not have, or not as it is wished.
fn last_printed(session: &Session, strip: &Strip, carries: &Carries, wishes: &Wishes) -> Option<usize> {
    if carries.dry {
        return None;
    }
    strip.inserts.iter().rposition(|insert| {
        insert.on
            && match portable(strip, insert, session.song.tempo) {
                Ok(found) => match cost(&found.device, carries, wishes, session.song.rate) {
                    Ok(error) => {
                        wishes.print_near && knobs::near(&found, error, carries, session.song.rate).is_some()
                    }
                    Err(_) => true,
                },
                Err(_) => true,
            }
    })
}

struct Laying<'a> {
    session: &'a Session,
    carries: &'a Carries,
    wishes: &'a Wishes,
    /// Returns that come as printed sound.
    printed: BTreeSet<&'a str>,
    desk: Desk,
    with_prints: Session,
    losses: Vec<Loss>,
    rides: Vec<GainRide>,
    taken: Vec<String>,
}

impl Laying<'_> {
    fn value(&self, at: &Address) -> f32 {
        self.session.value(&KINDS, at).unwrap_or(0.0)
    }

    fn course(&self, at: &Address) -> Course {
        let target = at.target();
        let lane =
            self.session.strip(&at.strip).and_then(|s| s.lanes.iter().find(|lane| lane.target == target));
        Course::new(self.value(at), lane)
    }

    fn channel(&mut self, strip: &Strip) -> Channel {
        let kind = match strip.kind {
            StripKind::Track { .. } => Kind::Track,
            StripKind::Bus => Kind::Bus,
            StripKind::Return => Kind::Return,
            StripKind::Master => Kind::Master,
        };
        let mut channel = Channel::new(&strip.id, &strip.name, kind);
        channel.role.clone_from(&strip.role);
        channel.colour.clone_from(&strip.colour);
        channel.to.clone_from(&strip.to);
        channel.sheet = strip.inserts.iter().map(knobs::settings).collect();
        let said = self.losses.len();
        self.levels(strip, &mut channel);
        self.sends(strip, &mut channel);
        if self.carries.dry {
            self.losses.truncate(said);
            let says = "in the printed stems; what it is set to stands in the sheet of settings";
            self.losses.push(Loss::printed(format!("{}/mixer", strip.id), says));
        }
        match kind {
            Kind::Track => self.track(strip, &mut channel),
            Kind::Return if self.printed.contains(strip.id.as_str()) => {
                self.printed_return(strip, &mut channel)
            }
            _ => self.sum(strip, &mut channel),
        }
        channel
    }

    fn track(&mut self, strip: &Strip, channel: &mut Channel) {
        let mono = is_mono(self.session, strip);
        channel.width = if mono { 1 } else { 2 };
        let knob = |param: &str| self.course(&Address::strip(&strip.id, param));
        let (trim, polarity, width) = (knob("trim"), knob("polarity"), knob("width"));
        let last = last_printed(self.session, strip, self.carries, self.wishes);
        let turned =
            trim.value != 0.0 || polarity.value >= 0.5 || strip.clips().iter().any(|clip| clip.gain != 0.0);
        let bent = !mono && (width.moves() || width.value != 100.0);
        let odd = |clip: &Clip| clip.map != Map::All || clip.fade_in > 0 || clip.fade_out > 0;
        let joined =
            strip.clips().iter().any(odd) || trim.moves() || polarity.moves() || polarity.value >= 0.5;
        let print = last.is_some() || bent || joined || (turned && !self.carries.region_gain);
        let kept = last.map_or(0, |last| last + 1);
        if self.carries.dry {
            self.dry(strip, channel);
            return;
        }
        self.devices(strip, kept, channel);
        if !print {
            channel.regions = strip.clips().iter().filter_map(|clip| self.region(clip, trim.value)).collect();
            if trim.value != 0.0 {
                self.losses.push(Loss::exact(format!("{}/trim", strip.id)));
            }
            self.losses.push(Loss::exact(format!("{}/clips", strip.id)));
            return;
        }
        for (name, is) in [("trim", trim.moves() || trim.value != 0.0), ("polarity", polarity.value >= 0.5)] {
            if is {
                self.losses.push(Loss::printed(format!("{}/{name}", strip.id), "in the sound of the track"));
            }
        }
        if bent {
            let at = format!("{}/width", strip.id);
            let dynamics =
                channel.devices.iter().any(|d| d.on && !matches!(d.does, Processing::Equaliser(_)));
            let says = "in the sound of the track, before its processors";
            self.losses.push(if dynamics {
                Loss::printed(at, format!("{says}, whose detectors hear it"))
            } else {
                Loss::printed(at, says)
            });
        }
        self.losses.push(Loss::printed(
            format!("{}/clips", strip.id),
            "joined in one sound from the start of the song",
        ));
        let values = ["trim", "polarity", "width"];
        let print = Strip {
            values: strip.values.iter().filter(|(id, _)| values.contains(&id.as_str())).map(copied).collect(),
            inserts: strip.inserts[..kept].to_vec(),
            lanes: lanes(strip, kept, &values),
            ..Strip::new(&self.print_id(&strip.id), &strip.name, strip.kind.clone())
        };
        self.print(print, channel);
    }

    /// A track as it was recorded: clips joined and aligned, and nothing else.
    fn dry(&mut self, strip: &Strip, channel: &mut Channel) {
        self.losses.push(Loss::exact(format!("{}/clips", strip.id)));
        let print = Strip::new(&self.print_id(&strip.id), &strip.name, strip.kind.clone());
        self.print(print, channel);
    }

    /// A return whose processors no other program has: its sound becomes a track.
    fn printed_return(&mut self, strip: &Strip, channel: &mut Channel) {
        let id = self.print_id(&strip.id);
        for feeding in &self.session.strips {
            let sends = feeding.sends.iter().filter(|send| send.to == strip.id);
            let more: Vec<Send> = sends.map(|send| Send { to: id.clone(), ..send.clone() }).collect();
            if more.is_empty() {
                continue;
            }
            let from = format!("send.{}.", strip.id);
            let moved = |lane: &Lane| {
                let rest = lane.target.strip_prefix(&from)?;
                Some(Lane { target: format!("send.{id}.{rest}"), points: lane.points.clone() })
            };
            let lanes: Vec<Lane> = feeding.lanes.iter().filter_map(moved).collect();
            if let Some(found) = self.with_prints.strips.iter_mut().find(|s| s.id == feeding.id) {
                let found = Arc::make_mut(found);
                found.sends.extend(more);
                found.lanes.extend(lanes);
            }
        }
        for insert in strip.inserts.iter().filter(|insert| insert.on) {
            let at = format!("{}/{}", strip.id, insert.id);
            let says = format!("the return is a track with its sound{}", self.instead(strip, insert));
            self.losses.push(Loss::printed(at, says));
        }
        let values = ["trim", "polarity", "width"];
        let print = Strip {
            values: strip.values.iter().filter(|(id, _)| values.contains(&id.as_str())).map(copied).collect(),
            inserts: strip.inserts.clone(),
            lanes: lanes(strip, strip.inserts.len(), &values),
            ..Strip::new(&id, &strip.name, StripKind::Return)
        };
        channel.kind = Kind::Track;
        self.print(print, channel);
    }

    fn region(&mut self, clip: &Clip, trim: f32) -> Option<Region> {
        let source = self.session.source(&clip.source)?;
        let of = SoundOf::Source(source.id.clone());
        let known = self.desk.sounds.iter().position(|sound| sound.of == of);
        let sound = known.unwrap_or_else(|| {
            let name = source.file.rsplit('/').next().unwrap_or(&source.file);
            let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            let name = file_stem(name, &mut self.taken);
            self.desk.sounds.push(Sound { name, channels: source.channels, frames: source.frames, of });
            self.desk.sounds.len() - 1
        });
        let cut = (-clip.at).max(0).unsigned_abs();
        let from = clip.from.saturating_add(cut);
        let frames = clip.frames.saturating_sub(cut).min(source.frames.saturating_sub(from));
        let gain = clip.gain + trim;
        (frames > 0).then_some(Region {
            sound,
            at: clip.at.max(0),
            from,
            frames,
            gain,
            fade_in: 0,
            fade_out: 0,
        })
    }

    fn print_id(&self, id: &str) -> String {
        let mut found = format!("{id}-print");
        while self.with_prints.strip(&found).is_some() {
            found.push('-');
        }
        found
    }

    /// Adds a strip to be printed, and its sound to a channel.
    fn print(&mut self, print: Strip, channel: &mut Channel) {
        let name = file_stem(&channel.name, &mut self.taken);
        let frames = self.session.song.frames;
        self.desk.sounds.push(Sound {
            name,
            channels: channel.width,
            frames,
            of: SoundOf::Print(print.id.clone()),
        });
        let sound = self.desk.sounds.len() - 1;
        channel.regions = vec![Region { sound, at: 0, from: 0, frames, gain: 0.0, fade_in: 0, fade_out: 0 }];
        self.add(print);
    }

    /// Adds a strip to be printed.
    fn add(&mut self, mut print: Strip) {
        print.to = self.session.master().map(|master| master.id.clone());
        let master = self.with_prints.strips.iter().position(|strip| strip.kind == StripKind::Master);
        let end = self.with_prints.strips.len();
        self.with_prints.strips.insert(master.unwrap_or(end), Arc::new(print));
    }
}

fn copied((id, value): (&String, &f32)) -> (String, f32) {
    (id.clone(), *value)
}

/// The lanes of some of a strip's own values and of its first inserts.
fn lanes(strip: &Strip, inserts: usize, values: &[&str]) -> Vec<Lane> {
    let kept = &strip.inserts[..inserts];
    let of = |lane: &&Lane| {
        values.contains(&lane.target.as_str())
            || kept
                .iter()
                .any(|insert| lane.target.strip_prefix(&insert.id).is_some_and(|rest| rest.starts_with('.')))
    };
    strip.lanes.iter().filter(of).cloned().collect()
}
