//! What a sound session is: one walk that reports each fault and mends it, so that what is checked and what a file
//! is mended to cannot drift apart.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use mixsmith_processor::{Change, Kinds, Param, Unit};

use crate::routes::Routes;
use crate::{Address, Insert, Lane, Problem, SEND, STRIP, Session, Slot, Strip, StripKind, Values};

/// Rates that a song may have, frames a second.
pub(crate) const RATES: RangeInclusive<u32> = 8000..=768_000;
/// Tempi that a song may have, quarter notes a minute.
const TEMPI: RangeInclusive<f32> = 10.0..=1000.0;
/// Longest song, hours: more is a slip of the finger, and prints without end.
const HOURS: u64 = 24;
/// Gains that a clip may have, dB.
const CLIP_GAINS: RangeInclusive<f32> = -120.0..=60.0;

/// What is wrong with a session; nothing when it is sound.
pub fn check(session: &Session, kinds: &Kinds) -> Vec<Problem> {
    let mut problems = Vec::new();
    mend(&mut session.clone(), kinds, &mut problems);
    problems
}

/// Can an address be made of it?
fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

const ID_HELP: &str = "It was left out; a name here is made of lower-case letters, digits, `-` and `_`";

/// May the parameter have the value? Choices have no values between them.
pub(crate) fn fits(param: &Param, value: f32) -> bool {
    param.accepts(value) && (!matches!(param.unit, Unit::Choice(_)) || value.fract() == 0.0)
}

/// Makes a session sound, reporting each fault.
pub(crate) fn mend(session: &mut Session, kinds: &Kinds, problems: &mut Vec<Problem>) {
    song(session, problems);
    sources(session, problems);
    strips(session, problems);
    masters(session, problems);
    for i in 0..session.strips.len() {
        let mut strip = Arc::clone(&session.strips[i]);
        let inner = Arc::make_mut(&mut strip);
        let before = problems.len();
        clips(session, inner, problems);
        values(&mut inner.values, STRIP, &format!("{}/", inner.id), problems);
        inserts(inner, kinds, problems);
        sends(session, inner, problems);
        feeds(session, inner, problems);
        if problems.len() > before {
            session.strips[i] = strip;
        }
        lanes(session, i, kinds, problems);
    }
    length(session, problems);
    loops(session, problems);
}

/// The longest that anything may be or be away, in frames.
fn longest(rate: u32) -> u64 {
    HOURS * 3600 * u64::from(rate)
}

/// A song that is longer than a day ends with its last clip, as far as anybody knows.
fn length(session: &mut Session, problems: &mut Vec<Problem>) {
    let (rate, most) = (session.song.rate, longest(session.song.rate));
    if session.song.frames <= most {
        return;
    }
    // Clips have been mended, so their ends are within two days.
    let ends =
        session.tracks().flat_map(Strip::clips).map(|clip| clip.at.saturating_add_unsigned(clip.frames));
    let end = ends.max().unwrap_or(0).max(0).unsigned_abs().min(most);
    let says = format!("a song lasts {HOURS} hours at most");
    let help = format!("It ends with its last clip, after {:.3} s", end as f64 / f64::from(rate));
    problems.push(Problem::new("song/length", says, help));
    session.song.frames = end;
}

fn song(session: &mut Session, problems: &mut Vec<Problem>) {
    let song = &mut session.song;
    if !RATES.contains(&song.rate) {
        let help = "Rates go from 8000 to 768000; 48000 was taken";
        problems.push(Problem::new("song/rate", format!("{} frames a second is no rate", song.rate), help));
        song.rate = 48_000;
    }
    if !TEMPI.contains(&song.tempo) {
        let help = "Tempi go from 10 to 1000; 120 was taken";
        problems.push(Problem::new("song/tempo", format!("{} beats a minute is no tempo", song.tempo), help));
        song.tempo = 120.0;
    }
    if song.markers.windows(2).any(|pair| pair[1].at < pair[0].at) {
        let help = "They were put in order of time";
        problems.push(Problem::new("song/markers", "the markers are not in order of time", help));
        song.markers.sort_by_key(|marker| marker.at);
    }
}

fn sources(session: &mut Session, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    session.sources.retain_mut(|source| {
        let address = format!("source.{}", source.id);
        if !is_id(&source.id) {
            problems.push(Problem::new(address, format!("`{}` is no name for a source", source.id), ID_HELP));
            return false;
        }
        if !seen.insert(source.id.clone()) {
            problems.push(Problem::new(address, "there are two sources of this name", "The first was kept"));
            return false;
        }
        if !(1..=2).contains(&source.channels) {
            let says = format!("a source has 1 or 2 channels, not {}", source.channels);
            problems.push(Problem::new(format!("{address}/channels"), says, "2 were taken"));
            source.channels = 2;
        }
        true
    });
}

fn strips(session: &mut Session, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    session.strips.retain(|strip| {
        if !is_id(&strip.id) {
            problems.push(Problem::new(&strip.id, format!("`{}` is no name for a strip", strip.id), ID_HELP));
            return false;
        }
        let new = seen.insert(strip.id.clone());
        if !new {
            problems.push(Problem::new(&strip.id, "there are two strips of this name", "The first was kept"));
        }
        new
    });
}

/// Exactly one master, and it is the last strip. Of several, the one that feeds nothing is the master.
fn masters(session: &mut Session, problems: &mut Vec<Problem>) {
    let masters: Vec<usize> =
        (0..session.strips.len()).filter(|&i| session.strips[i].kind == StripKind::Master).collect();
    let end = masters.iter().copied().find(|&i| session.strips[i].to.is_none());
    let master = end.or(masters.first().copied());
    for &i in masters.iter().filter(|&&i| Some(i) != master) {
        let keeper = master.map(|master| session.strips[master].id.clone());
        let strip = Arc::make_mut(&mut session.strips[i]);
        let help = format!("It was taken for a bus that feeds `{}`", keeper.as_deref().unwrap_or_default());
        problems.push(Problem::new(format!("{}/kind", strip.id), "there is a second master", help));
        strip.kind = StripKind::Bus;
        strip.to = keeper;
    }
    match master {
        Some(place) if place + 1 < session.strips.len() => {
            // Not a fault: a file may name the strips in any order.
            let strip = session.strips.remove(place);
            session.strips.push(strip);
        }
        Some(_) => {}
        None => {
            let id = crate::slug("master", |id| session.strip(id).is_some());
            problems.push(Problem::new("strip", "there is no master", format!("A master `{id}` was added")));
            session.strips.push(Arc::new(Strip::new(&id, "Master", StripKind::Master)));
        }
    }
}

fn clips(session: &Session, strip: &mut Strip, problems: &mut Vec<Problem>) {
    let StripKind::Track { clips } = &mut strip.kind else { return };
    let mut place = 0;
    clips.retain_mut(|clip| {
        let address = format!("{}/clips[{place}]", strip.id);
        place += 1;
        if session.source(&clip.source).is_none() {
            let sources = session.sources.iter().map(|source| source.id.as_str());
            let says = crate::address::unknown("source", &clip.source, sources).0;
            problems.push(Problem::new(address, says, "The clip was left out"));
            return false;
        }
        let most = longest(session.song.rate);
        let spans = [clip.at.unsigned_abs(), clip.from, clip.frames, clip.fade_in, clip.fade_out];
        if spans.iter().any(|&span| span > most) {
            let says = format!("nothing in a clip is more than {HOURS} hours long or away");
            problems.push(Problem::new(address, says, "The clip was left out"));
            return false;
        }
        if !CLIP_GAINS.contains(&clip.gain) {
            let says = format!("a clip's gain goes from -120 dB to 60 dB, not {} dB", clip.gain);
            problems.push(Problem::new(address, says, "The clip plays at 0 dB"));
            clip.gain = 0.0;
        }
        true
    });
}

fn values(values: &mut Values, table: &[Param], address: &str, problems: &mut Vec<Problem>) {
    values.retain(|id, value| {
        let at = format!("{address}{id}");
        let Some(param) = table.iter().find(|param| param.id == id) else {
            let says = crate::address::unknown("knob", id, table.iter().map(|param| param.id)).0;
            problems.push(Problem::new(at, says, "It does nothing"));
            return false;
        };
        let good = fits(param, *value);
        if !good {
            let says = format!("{} is out of range", param.unit.print(*value));
            let stands = param.unit.print(param.default);
            let help = format!("It stands at {stands}; {} goes from {}", param.name, param.range_text());
            problems.push(Problem::new(at, says, help));
        }
        good
    });
}

fn inserts(strip: &mut Strip, kinds: &Kinds, problems: &mut Vec<Problem>) {
    let (id, mut seen) = (strip.id.clone(), BTreeSet::new());
    strip.inserts.retain_mut(|insert| {
        let address = format!("{id}/{}", insert.id);
        if !is_id(&insert.id) || insert.id == "send" {
            problems.push(Problem::new(
                address,
                format!("`{}` is no name for an insert", insert.id),
                ID_HELP,
            ));
            return false;
        }
        if !seen.insert(insert.id.clone()) {
            problems.push(Problem::new(address, "there are two inserts of this name", "The first was kept"));
            return false;
        }
        let Some(kind) = kinds.get(&insert.kind) else {
            let says = crate::address::unknown("effect", &insert.kind, kinds.0.iter().map(|kind| kind.id)).0;
            let help = "The strip plays without it; its lines stay in the file";
            problems.push(Problem::new(format!("{address}.kind"), says, help));
            return false;
        };
        values(&mut insert.values, kind.params, &format!("{address}."), problems);
        if insert.key.is_some() && !kind.ports.key {
            let says = format!("{} listens to no key", kind.name);
            problems.push(Problem::new(format!("{address}.key"), says, "The key was left out"));
            insert.key = None;
        }
        let wrong = match &insert.impulse {
            Some(_) if !kind.ports.impulse => Some(format!("{} takes no impulse response", kind.name)),
            Some(impulse) => outside(impulse),
            None => None,
        };
        if let Some(says) = wrong {
            let help = "The impulse response was left out";
            problems.push(Problem::new(format!("{address}.impulse"), says, help));
            insert.impulse = None;
        }
        true
    });
}

/// What is wrong with a path that does not stay below the song's folder.
pub(crate) fn outside(path: &str) -> Option<String> {
    let stays = !path.contains(['\\', ':'])
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    (!stays).then(|| format!("`{path}` is no path below the song's folder, such as `impulses/church.wav`"))
}

fn is_sum(session: &Session, id: &str) -> bool {
    session.strip(id).is_some_and(|strip| !matches!(strip.kind, StripKind::Track { .. }))
}

/// What is wrong with feeding a strip that is missing or is a track.
fn not_a_sum(session: &Session, id: &str) -> String {
    match session.strip(id) {
        Some(_) => format!("`{id}` is a track: nothing can feed it"),
        None => {
            let sums = session.strips.iter().map(|strip| strip.id.as_str()).filter(|id| is_sum(session, id));
            crate::address::unknown("bus or return", id, sums.collect::<Vec<_>>()).0
        }
    }
}

fn sends(session: &Session, strip: &mut Strip, problems: &mut Vec<Problem>) {
    let (id, mut seen) = (strip.id.clone(), BTreeSet::new());
    strip.sends.retain_mut(|send| {
        let address = format!("{id}/send.{}", send.to);
        if !is_sum(session, &send.to) {
            problems.push(Problem::new(address, not_a_sum(session, &send.to), "The send was left out"));
            return false;
        }
        if !seen.insert(send.to.clone()) {
            problems.push(Problem::new(address, "there are two sends to one return", "The first was kept"));
            return false;
        }
        values(&mut send.values, SEND, &format!("{address}."), problems);
        true
    });
}

/// Where a strip goes, and what its inserts listen to.
fn feeds(session: &Session, strip: &mut Strip, problems: &mut Vec<Problem>) {
    let master = session.master().map(|master| master.id.clone());
    let address = format!("{}/to", strip.id);
    match strip.to.clone() {
        Some(_) if strip.kind == StripKind::Master => {
            problems.push(Problem::new(address, "the master feeds nothing", "Its `to` was left out"));
            strip.to = None;
        }
        None if strip.kind != StripKind::Master => {
            let help = "It feeds the master; write `to = \"…\"`";
            problems.push(Problem::new(address, "it does not say what it feeds", help));
            strip.to = master;
        }
        Some(to) if !is_sum(session, &to) => {
            problems.push(Problem::new(address, not_a_sum(session, &to), "It feeds the master"));
            strip.to = master;
        }
        _ => {}
    }
    let id = &strip.id;
    for Insert { id: insert, key, .. } in &mut strip.inserts {
        let Some(to) = key.as_deref().filter(|key| session.strip(key).is_none()) else { continue };
        let says = crate::address::unknown("strip", to, session.strips.iter().map(|s| s.id.as_str())).0;
        problems.push(Problem::new(format!("{id}/{insert}.key"), says, "It listens to its own input"));
        *key = None;
    }
}

fn lanes(session: &mut Session, i: usize, kinds: &Kinds, problems: &mut Vec<Problem>) {
    let mut strip = Arc::clone(&session.strips[i]);
    if strip.lanes.is_empty() {
        return;
    }
    let (id, before, mut seen) = (strip.id.clone(), problems.len(), BTreeSet::new());
    Arc::make_mut(&mut strip).lanes.retain_mut(|lane| {
        let address = format!("{id}/{}", lane.target);
        let slot = lane.target.parse::<Slot>();
        let param = slot.and_then(|slot| session.param(kinds, &Address { strip: id.clone(), slot }));
        let param = match param {
            Ok(param) => param,
            Err(error) => {
                problems.push(Problem::new(address, error.0, "The lane was left out"));
                return false;
            }
        };
        if param.change == Change::Rebuild {
            let says = format!("{} cannot be automated", param.name);
            problems.push(Problem::new(address, says, "The lane was left out"));
            return false;
        }
        if !seen.insert(lane.target.clone()) {
            problems.push(Problem::new(address, "there are two lanes for one knob", "The first was kept"));
            return false;
        }
        points(lane, param, &address, problems);
        !lane.points.is_empty()
    });
    if problems.len() > before {
        session.strips[i] = strip;
    }
}

fn points(lane: &mut Lane, param: &Param, address: &str, problems: &mut Vec<Problem>) {
    let mut place = 0;
    lane.points.retain(|point| {
        let good = fits(param, point.value);
        if !good {
            let says = format!("{} is out of range", param.unit.print(point.value));
            let help = format!("The point was left out; {} goes from {}", param.name, param.range_text());
            problems.push(Problem::new(format!("{address}[{place}]"), says, help));
        }
        place += 1;
        good
    });
    if lane.points.is_sorted_by(|a, b| a.at < b.at) {
        return;
    }
    if !lane.points.is_sorted_by_key(|point| point.at) {
        lane.points.sort_by_key(|point| point.at);
        let help = "They were put in order";
        problems.push(Problem::new(address, "the points are not in order of time", help));
    }
    let count = lane.points.len();
    lane.points.dedup_by(|later, earlier| later.at == earlier.at);
    if lane.points.len() < count {
        let help = "The first of them was kept; for a jump write `hold` on the point before it";
        problems.push(Problem::new(address, "two points have the same time", help));
    }
}

/// Takes out the route, send or key that closes a loop: routes are laid first, then sends, then keys.
fn loops(session: &mut Session, problems: &mut Vec<Problem>) {
    let mut routes = Routes::default();
    let master = session.master().map(|master| master.id.clone());
    for i in 0..session.strips.len() {
        let strip = &session.strips[i];
        let Some(to) = strip.to.clone() else { continue };
        if let Some(round) = routes.lay(&strip.id, &to) {
            let help = "It feeds the master instead";
            problems.push(Problem::new(format!("{}/to", strip.id), round, help));
            if let Some(master) = &master {
                routes.lay(&strip.id, master);
            }
            Arc::make_mut(&mut session.strips[i]).to.clone_from(&master);
        }
    }
    for i in 0..session.strips.len() {
        let strip = Arc::clone(&session.strips[i]);
        for send in &strip.sends {
            if let Some(round) = routes.lay(&strip.id, &send.to) {
                let address = format!("{}/send.{}", strip.id, send.to);
                problems.push(Problem::new(address, round, "The send was left out, with its lanes"));
                let prefix = format!("send.{}.", send.to);
                let found = Arc::make_mut(&mut session.strips[i]);
                found.sends.retain(|s| s.to != send.to);
                found.lanes.retain(|lane| !lane.target.starts_with(&prefix));
            }
        }
    }
    for i in 0..session.strips.len() {
        let strip = Arc::clone(&session.strips[i]);
        for (j, insert) in strip.inserts.iter().enumerate() {
            let Some(key) = &insert.key else { continue };
            if let Some(round) = routes.lay(key, &strip.id) {
                let address = format!("{}/{}.key", strip.id, insert.id);
                problems.push(Problem::new(address, round, "It listens to its own input"));
                Arc::make_mut(&mut session.strips[i]).inserts[j].key = None;
            }
        }
    }
}
