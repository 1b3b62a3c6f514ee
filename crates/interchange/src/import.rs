//! From the desk of another program to a session.

use std::collections::BTreeMap;
use std::sync::Arc;

use mixsmith_effects::KINDS;
use mixsmith_processor::Param;
use mixsmith_session::{
    Clip, FADER_OFF, Map, SEND, STRIP, Send, Session, SongInfo, Source, Strip, StripKind, check, slug,
};

use crate::portable::insert;
use crate::{Channel, Course, Desk, Kind, Loss};

/// A project as a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The mix. Its sources have the ids of the desk's sounds, no hash, and the length that the project gives them.
    pub session: Session,
    /// What did not come with it.
    pub losses: Vec<Loss>,
}

/// Makes a session of a desk.
pub fn import(desk: &Desk) -> Import {
    let mut losses = Vec::new();
    let mut session = Session {
        song: SongInfo {
            title: desk.title.clone(),
            rate: desk.rate,
            tempo: desk.tempo,
            frames: desk.frames,
            markers: desk.markers.clone(),
        },
        ..Session::default()
    };
    let mut taken: Vec<String> = Vec::new();
    for sound in &desk.sounds {
        let id = slug(&sound.name, |id| taken.iter().any(|known| known == id));
        taken.push(id.clone());
        session.sources.push(Source {
            id,
            file: format!("{}.wav", sound.name),
            stream: 0,
            hash: String::new(),
            channels: sound.channels.clamp(1, 2),
            frames: sound.frames,
        });
    }
    let ids = ids(desk);
    let mix = mix_of(desk);
    let master = desk.channels.iter().find(|channel| channel.kind == Kind::Master);
    let end = master.map_or_else(|| "master".to_owned(), |channel| ids[channel.id.as_str()].clone());
    for channel in &desk.channels {
        let strip = strip(channel, &ids, &end, &session, &mut losses);
        session.strips.push(Arc::new(strip));
    }
    if master.is_none() {
        session.strips.push(Arc::new(Strip::new(&end, "Master", StripKind::Master)));
    }
    if mix.is_none() {
        under_one_mix(&mut session, &end);
    }
    if session.song.frames == 0 {
        let clips = session.tracks().flat_map(Strip::clips);
        session.song.frames =
            clips.map(|clip| clip.at.max(0).unsigned_abs() + clip.frames).max().unwrap_or(0);
    }
    losses.extend(
        check(&session, &KINDS).into_iter().map(|problem| Loss::lost("session", problem.to_string())),
    );
    Import { session, losses }
}

/// The id of the bus that alone feeds the master: the mix, without what makes a master of it.
const MIX: &str = "mix";

/// The channel that is such a bus already.
fn mix_of(desk: &Desk) -> Option<&Channel> {
    let master = desk.channels.iter().find(|channel| channel.kind == Kind::Master)?;
    let mut feeding = desk.channels.iter().filter(|channel| channel.to.as_deref() == Some(&master.id));
    let only = feeding.next().filter(|only| only.kind == Kind::Bus && slug(&only.name, |_| false) == MIX);
    only.filter(|_| feeding.next().is_none())
}

/// Puts a bus between the master and all that feeds it.
fn under_one_mix(session: &mut Session, master: &str) {
    for strip in &mut session.strips {
        if strip.to.as_deref() == Some(master) {
            Arc::make_mut(strip).to = Some(MIX.to_owned());
        }
    }
    let mut mix = Strip::new(MIX, "Mix", StripKind::Bus);
    mix.role = MIX.to_owned();
    mix.to = Some(master.to_owned());
    let place = session.strips.iter().position(|strip| strip.id == master);
    session.strips.insert(place.unwrap_or(session.strips.len()), Arc::new(mix));
}

/// Ids of strips by ids of channels.
fn ids(desk: &Desk) -> BTreeMap<&str, String> {
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    let mix = mix_of(desk).map(|channel| channel.id.as_str());
    for channel in &desk.channels {
        let free = |id: &str| id != MIX || mix == Some(&channel.id);
        let id = slug(&channel.name, |id| !free(id) || ids.values().any(|known| known == id));
        ids.insert(&channel.id, id);
    }
    ids
}

fn strip(
    channel: &Channel,
    ids: &BTreeMap<&str, String>,
    end: &str,
    session: &Session,
    losses: &mut Vec<Loss>,
) -> Strip {
    let clips = channel.regions.iter().filter_map(|region| {
        let source = session.sources.get(region.sound)?;
        Some(Clip {
            source: source.id.clone(),
            at: region.at,
            from: region.from,
            frames: region.frames,
            gain: region.gain,
            fade_in: region.fade_in,
            fade_out: region.fade_out,
            map: Map::All,
        })
    });
    let kind = match channel.kind {
        Kind::Track => StripKind::Track { clips: clips.collect() },
        Kind::Bus => StripKind::Bus,
        Kind::Return => StripKind::Return,
        Kind::Master => StripKind::Master,
    };
    let mut strip = Strip::new(&ids[channel.id.as_str()], &channel.name, kind);
    strip.role.clone_from(&channel.role);
    strip.colour.clone_from(&channel.colour);
    strip.to = match channel.kind {
        Kind::Master => None,
        _ => {
            Some(channel.to.as_deref().and_then(|to| ids.get(to)).cloned().unwrap_or_else(|| end.to_owned()))
        }
    };
    let knobs = [
        ("trim", Course::still(channel.trim)),
        ("polarity", Course::still(f32::from(channel.inverted))),
        ("fader", channel.volume.clone()),
        ("pan", channel.pan.clone()),
        ("mute", channel.mute.clone()),
    ];
    for (id, course) in knobs {
        let at = format!("{}/{id}", strip.id);
        let Some(course) = fitted(&course, STRIP, id, &at, losses) else { continue };
        if course.value != default(STRIP, id) {
            strip.values.insert(id.to_owned(), course.value);
        }
        strip.lanes.extend(course.lane(id));
    }
    for device in &channel.devices {
        let id = slug(&device.id, |id| strip.insert(id).is_some());
        let (insert, gave) = insert(device, &id);
        let at = format!("{}/{id}", strip.id);
        losses.push(if gave.is_empty() {
            Loss::near(
                at,
                None,
                "by the labels of its knobs; other programs build their processors differently",
            )
        } else {
            Loss::near(at, None, format!("beyond our ranges: {}", gave.join(", ")))
        });
        strip.inserts.push(insert);
    }
    for send in &channel.sends {
        let Some(to) = ids.get(send.to.as_str()) else { continue };
        let at = format!("{}/send.{to}", strip.id);
        if strip.send(to).is_some() {
            losses.push(Loss::lost(at, "a second send to the same place"));
            continue;
        }
        let Some(level) = fitted(&send.level, SEND, "level", &at, losses) else { continue };
        let values = [("level".to_owned(), level.value)].into_iter().filter(|(_, v)| *v != 0.0).collect();
        strip.sends.push(Send { to: to.clone(), tap: send.tap, values });
        strip.lanes.extend(level.lane(&format!("send.{to}.level")));
    }
    strip
}

fn param<'a>(table: &'a [Param], id: &str) -> Option<&'a Param> {
    table.iter().find(|param| param.id == id)
}

fn default(table: &[Param], id: &str) -> f32 {
    param(table, id).map_or(0.0, |param| param.default)
}

/// A knob within its range.
fn fitted(course: &Course, table: &[Param], id: &str, at: &str, losses: &mut Vec<Loss>) -> Option<Course> {
    let param = param(table, id)?;
    let (low, high) = (*param.range.start(), *param.range.end());
    let fits = course.map(|value| if value.is_finite() { value.clamp(low, high) } else { param.default });
    let values = |course: &Course| -> Vec<f32> {
        course.points.iter().map(|point| point.value).chain([course.value]).collect()
    };
    // What is below a shut fader is as silent.
    let apart = |(a, b): (f32, f32)| if a <= FADER_OFF { 0.0 } else { (a - b).abs() };
    let over = values(course).into_iter().zip(values(&fits)).map(apart).fold(0.0f32, f32::max);
    if over > 1e-3 || over.is_nan() {
        losses.push(Loss::near(at, Some(over), format!("its range here is {}", param.range_text())));
    }
    Some(fits)
}
