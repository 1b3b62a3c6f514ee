//! One strip a recorded track, named, coloured and in the order of a desk.

use mixsmith_analysis::Stem;
use mixsmith_session::{Clip, Edit, Map, Source, Strip, StripKind};

use super::{SURE, leave_out, pairs, role_of};
use crate::says::count;
use crate::{Decision, Desk, Evidence, Phase, Rule};
use mixsmith_analysis::roles::Role;

/// The rule.
pub const RULE: Rule = Rule {
    code: "prepare.open",
    phase: Phase::Prepare,
    doc: "**What it does.** Makes one strip of every recorded track, names and colours it by its role and puts the \
          strips in the order of a desk: drums, bass, guitars, keys, voices, effects. Two files that are left and \
          right of one recording become one stereo strip; a stereo file with equal channels, or with one dead \
          channel, becomes a mono strip. \
          **Why.** A desk that reads from left to right; no strip that pretends to be stereo. \
          **When it is wrong.** When a role is wrong: a doubtful role has a question mark and can be corrected in \
          song.toml. \
          **How far it goes.** No sound is changed. \
          **Sources.** Facts `role`, `pair`, `stereo.dual_mono`, `fault.dead_channel`; time stamps of broadcast \
          wave files.",
    decide,
};

/// Names that buses and returns have: a track of that name gets `-track` at its end.
const TAKEN: [&str; 6] = ["mix", "master", "room", "plate", "hall", "delay"];

struct Track<'a> {
    stem: &'a Stem,
    right: Option<&'a Stem>,
    role: &'static Role,
    confidence: f32,
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let title = desk.brief.title.clone().unwrap_or_default();
    let measured = desk.facts.number("tempo.bpm", "").map(|bpm| bpm as f32);
    let tempo = desk.brief.tempo.or(measured).unwrap_or(120.0);
    let (rate, frames) = (Some(desk.song.rate), Some(desk.song.frames));
    let song = Edit::Song { title: Some(title), rate, tempo: Some(tempo), frames };
    let tracks = tracks(desk);
    let says = format!("The song has {} at {} Hz.", count(tracks.len(), "track"), desk.song.rate);
    let mut first = Decision::new(RULE.code, &[], says).edit(song);
    if let (None, Some(bpm)) = (desk.brief.tempo, measured) {
        first = first.because(Evidence::new("tempo.bpm", &[], f64::from(bpm), "bpm"));
    }
    let mut decisions = vec![first];
    decisions.extend(tracks.iter().map(|track| open(desk, track)));
    decisions
}

/// Tracks in desk order.
fn tracks<'a>(desk: &Desk<'a>) -> Vec<Track<'a>> {
    let playing = |stem: &&Stem| leave_out::reason(desk, stem).is_none();
    let stem = |id: &str| desk.song.stems.iter().filter(playing).find(|stem| stem.id == id);
    let mut sides: Vec<(&Stem, &Stem)> = Vec::new();
    for (a, b, sure) in pairs(desk.facts, "left-right") {
        let (Some(a), Some(b)) = (stem(a), stem(b)) else { continue };
        let free = |s: &Stem| !sides.iter().any(|(l, r)| l.id == s.id || r.id == s.id);
        if sure >= SURE && a.channels == 1 && b.channels == 1 && free(a) && free(b) {
            let swapped = desk.facts.text("role.pair", &a.id) == Some("R");
            sides.push(if swapped { (b, a) } else { (a, b) });
        }
    }
    let mut tracks: Vec<Track<'a>> = Vec::new();
    for stem in desk.song.stems.iter().filter(playing) {
        if sides.iter().any(|(_, right)| right.id == stem.id) {
            continue;
        }
        let right = sides.iter().find(|(left, _)| left.id == stem.id).map(|&(_, right)| right);
        let (role, confidence) = role_of(desk, stem);
        tracks.push(Track { stem, right, role, confidence });
    }
    tracks.sort_by_key(|track| track.role.order);
    tracks
}

fn open(desk: &Desk<'_>, track: &Track<'_>) -> Decision {
    let (stem, role) = (track.stem, track.role);
    let told = desk.facts.text("role", &stem.id).is_some_and(|measured| measured == role.id);
    let name = match desk.facts.text("role.name", &stem.id) {
        Some(name) if told || track.confidence < SURE => name.to_owned(),
        _ if role.id == "unknown" => stem.id.clone(),
        _ => role.name.to_owned(),
    };
    let name = if track.right.is_some() { name.trim_end_matches(" L").to_owned() } else { name };
    let (map, form) = form(desk, track);
    let mut clips = vec![clip(stem, map)];
    if let Some(right) = track.right {
        clips.push(clip(right, Map::ToRight));
    }
    let id = if TAKEN.contains(&stem.id.as_str()) { format!("{}-track", stem.id) } else { stem.id.clone() };
    let mut strip = Strip::new(&id, &name, StripKind::Track { clips });
    strip.role = if track.confidence < SURE { format!("{}?", role.id) } else { role.id.to_owned() };
    role.colour.clone_into(&mut strip.colour);
    let sure = f64::from(track.confidence) * 100.0;
    let part =
        if role.id == "unknown" { "a part that is not known".to_owned() } else { role.name.to_owned() };
    let doubt = if track.confidence < SURE { ", please check" } else { "" };
    let says = format!("{name} is {}, played as {form}: {part} ({sure:.0} % sure{doubt}).", stem.file);
    let mut decision = Decision::new(RULE.code, &[&id], says).because(
        Evidence::new("role", &[&stem.id], f64::from(track.confidence), "").at_least(f64::from(SURE)),
    );
    for stem in std::iter::once(stem).chain(track.right) {
        decision = decision.edit(Edit::AddSource { source: source(stem) });
    }
    decision.edit(Edit::AddStrip { strip })
}

/// Which channels play, and how a person calls that.
fn form(desk: &Desk<'_>, track: &Track<'_>) -> (Map, String) {
    let stem = track.stem;
    if let Some(right) = track.right {
        return (Map::ToLeft, format!("the left side with {} as the right side", right.file));
    }
    if stem.channels < 2 {
        return (Map::All, "mono".to_owned());
    }
    if let Some(dead) = dead_channel(desk, &stem.id) {
        let (map, side) = if dead == Side::Left { (Map::Second, "left") } else { (Map::First, "right") };
        return (map, format!("mono, because its {side} channel is silent"));
    }
    if desk.facts.number("stereo.dual_mono", &stem.id).is_some_and(|yes| yes > 0.5) {
        return (Map::First, "mono, because both channels are the same".to_owned());
    }
    (Map::All, "stereo".to_owned())
}

/// A side of a stereo file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The first channel.
    Left,
    /// The second channel.
    Right,
}

/// The dead channel of a stereo file: the fact is 0 for left, 1 for right.
pub fn dead_channel(desk: &Desk<'_>, stem: &str) -> Option<Side> {
    let channel = desk.facts.number("fault.dead_channel", stem)?;
    Some(if channel < 0.5 { Side::Left } else { Side::Right })
}

fn clip(stem: &Stem, map: Map) -> Clip {
    Clip { at: stem.start, map, ..Clip::whole(&stem.id, stem.clip.frames) }
}

fn source(stem: &Stem) -> Source {
    Source {
        id: stem.id.clone(),
        file: stem.file.clone(),
        stream: stem.stream,
        hash: stem.hash.clone(),
        channels: stem.channels as u32,
        frames: stem.clip.frames,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Take;

    #[test]
    fn strips_are_in_desk_order_and_doubt_is_marked() {
        let mut take =
            Take::new().mono("vox", "lead-vocal", -20.0).mono("bd", "kick", -20.0).mono("x", "pad", -20.0);
        take.brief.roles.insert("x".to_owned(), "bass".to_owned());
        let (session, _) = take.mix(Phase::Prepare);
        let ids: Vec<(&str, &str)> = session.tracks().map(|s| (s.id.as_str(), s.role.as_str())).collect();
        assert_eq!(ids, [("bd", "kick"), ("x", "bass"), ("vox", "lead-vocal")]);
        let mut doubtful = Take::new().mono("a", "kick", -20.0);
        doubtful.facts = Default::default();
        let (session, _) = doubtful.mix(Phase::Prepare);
        assert_eq!(session.strip("a").map(|s| s.role.as_str()), Some("unknown?"));
    }

    #[test]
    fn two_sides_become_one_stereo_strip_and_false_stereo_becomes_mono() {
        let take = Take::new()
            .mono("pno-r", "piano", -20.0)
            .mono("pno-l", "piano", -20.0)
            .stereo("gtr", "guitar", -20.0)
            .stereo("bass", "bass", -20.0)
            .stereo("room", "room", -20.0)
            .text("pair", &["pno-r", "pno-l"], "left-right")
            .text("role.pair", &["pno-r"], "R")
            .number("stereo.dual_mono", "gtr", 1.0)
            .number("fault.dead_channel", "bass", 0.0);
        let (session, decisions) = take.mix(Phase::Prepare);
        assert!(decisions.iter().all(|d| d.status == crate::Status::Taken), "{decisions:?}");
        let maps =
            |id: &str| -> Vec<Map> { session.strip(id).unwrap().clips().iter().map(|c| c.map).collect() };
        assert_eq!(maps("pno-l"), [Map::ToLeft, Map::ToRight]);
        assert!(session.strip("pno-r").is_none() && session.source("pno-r").is_some());
        assert_eq!((maps("gtr"), maps("bass")), (vec![Map::First], vec![Map::Second]));
        assert_eq!(maps("room-track"), [Map::All], "`room` is a return's name");
    }
}
