//! The strips of two sessions, knob by knob; where automation differs, section by section.

use mixsmith_assistant::mixmodel::value_at;
use mixsmith_effects::KINDS;
use mixsmith_processor::{Param, Unit};
use mixsmith_session::{Address, Insert, Lane, SEND, STRIP, Send, Session, Strip, StripKind, Values};
use serde::Serialize;

/// What differs on a strip.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StripChange {
    /// Strip id.
    pub strip: String,
    /// Strip name.
    pub name: String,
    /// What differs, in the order of the signal.
    pub changes: Vec<Change>,
}

/// A knob that stands elsewhere, or something that only one of them has.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// `level`, `eq: Gain 2`, `send to plate`, `compressor`.
    pub what: String,
    /// The section, where automation differs there.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub section: String,
    /// In the first; empty where it is not there.
    pub a: String,
    /// In the second.
    pub b: String,
    /// The second less the first, dB, for levels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub db: Option<f32>,
}

impl Change {
    /// As a line.
    pub(super) fn says(&self) -> String {
        let place = if self.section.is_empty() { String::new() } else { format!(" in {}", self.section) };
        match (self.a.is_empty(), self.b.is_empty()) {
            (true, _) => format!("{}{place}: only in B, {}", self.what, self.b),
            (_, true) => format!("{}{place}: only in A, {}", self.what, self.a),
            _ => {
                let by = self.db.map_or(String::new(), |db| format!(" ({db:+.1} dB)"));
                format!("{}{place}: {} -> {}{by}", self.what, self.a, self.b)
            }
        }
    }
}

/// Names of a strip's knobs that mixers call otherwise.
fn knob(param: &Param) -> String {
    match param.id {
        "fader" => "level".to_owned(),
        _ => param.name.to_lowercase(),
    }
}

/// Every strip that differs.
pub(super) fn changes(a: &Session, b: &Session) -> Vec<StripChange> {
    let mut found = Vec::new();
    for new in &b.strips {
        let changes = match a.strip(&new.id) {
            Some(old) => strip(a, b, old, new),
            None => vec![one_sided("strip", String::new(), kind(new).to_owned())],
        };
        if !changes.is_empty() {
            found.push(StripChange { strip: new.id.clone(), name: new.name.clone(), changes });
        }
    }
    for old in a.strips.iter().filter(|old| b.strip(&old.id).is_none()) {
        let changes = vec![one_sided("strip", kind(old).to_owned(), String::new())];
        found.push(StripChange { strip: old.id.clone(), name: old.name.clone(), changes });
    }
    found
}

fn kind(strip: &Strip) -> &'static str {
    match strip.kind {
        StripKind::Track { .. } => "a track",
        StripKind::Bus => "a bus",
        StripKind::Return => "a return",
        StripKind::Master => "the master",
    }
}

fn one_sided(what: &str, a: String, b: String) -> Change {
    Change { what: what.to_owned(), section: String::new(), a, b, db: None }
}

fn strip(a: &Session, b: &Session, old: &Strip, new: &Strip) -> Vec<Change> {
    let mut found = Vec::new();
    let words = |found: &mut Vec<Change>, what: &str, a: &str, b: &str| {
        if a != b {
            found.push(one_sided(what, shown(a), shown(b)));
        }
    };
    words(&mut found, "role", &old.role, &new.role);
    words(&mut found, "goes to", old.to.as_deref().unwrap_or(""), new.to.as_deref().unwrap_or(""));
    if old.clips() != new.clips() {
        found.push(one_sided("clips", "as in A".to_owned(), "cut, moved or replaced".to_owned()));
    }
    values(&mut found, "", STRIP, &old.values, &new.values);
    for insert in &new.inserts {
        inserts(&mut found, old.insert(&insert.id), Some(insert));
    }
    for insert in old.inserts.iter().filter(|insert| new.insert(&insert.id).is_none()) {
        inserts(&mut found, Some(insert), None);
    }
    for send in &new.sends {
        sends(&mut found, old.send(&send.to), Some(send));
    }
    for send in old.sends.iter().filter(|send| new.send(&send.to).is_none()) {
        sends(&mut found, Some(send), None);
    }
    lanes(&mut found, (a, old), (b, new));
    found
}

/// Something empty still has to be seen.
fn shown(word: &str) -> String {
    if word.is_empty() { "none".to_owned() } else { word.to_owned() }
}

fn values(found: &mut Vec<Change>, of: &str, table: &[Param], old: &Values, new: &Values) {
    for param in table {
        let at = |values: &Values| values.get(param.id).copied().unwrap_or(param.default);
        let (a, b) = (at(old), at(new));
        if param.unit.show(a) != param.unit.show(b) {
            let what = if of.is_empty() { knob(param) } else { format!("{of}: {}", knob(param)) };
            let db = (param.unit == Unit::Db).then_some(b - a);
            found.push(Change {
                what,
                section: String::new(),
                a: param.unit.show(a),
                b: param.unit.show(b),
                db,
            });
        }
    }
}

fn table(kind: &str) -> &'static [Param] {
    KINDS.get(kind).map_or(&[], |kind| kind.params)
}

/// An effect as a person calls it, and where it is not the only one, its own name.
fn called(insert: &Insert) -> String {
    let name = KINDS.get(&insert.kind).map_or(insert.kind.as_str(), |kind| kind.name);
    format!("{} ({})", name.to_lowercase(), insert.id)
}

fn inserts(found: &mut Vec<Change>, old: Option<&Insert>, new: Option<&Insert>) {
    match (old, new) {
        (Some(old), Some(new)) if old.kind == new.kind => {
            let of = called(new);
            if old.on != new.on {
                let word = |on: bool| if on { "in" } else { "bypassed" }.to_owned();
                found.push(one_sided(&of, word(old.on), word(new.on)));
            }
            if old.key != new.key {
                let key = |insert: &Insert| shown(insert.key.as_deref().unwrap_or_default());
                found.push(one_sided(&format!("{of}: listens to"), key(old), key(new)));
            }
            values(found, &of, table(&new.kind), &old.values, &new.values);
        }
        (old, new) => {
            if let Some(old) = old {
                found.push(one_sided(&called(old), settings(table(&old.kind), &old.values), String::new()));
            }
            if let Some(new) = new {
                found.push(one_sided(&called(new), String::new(), settings(table(&new.kind), &new.values)));
            }
        }
    }
}

fn sends(found: &mut Vec<Change>, old: Option<&Send>, new: Option<&Send>) {
    let of = |send: &Send| format!("send to {}", send.to);
    match (old, new) {
        (Some(old), Some(new)) => values(found, &of(new), SEND, &old.values, &new.values),
        (Some(old), None) => found.push(one_sided(&of(old), settings(SEND, &old.values), String::new())),
        (None, Some(new)) => found.push(one_sided(&of(new), String::new(), settings(SEND, &new.values))),
        (None, None) => {}
    }
}

/// What stands elsewhere than usual.
fn settings(table: &[Param], values: &Values) -> String {
    let turned = table.iter().filter_map(|param| {
        let value = values.get(param.id).copied().filter(|value| *value != param.default)?;
        Some(format!("{} {}", knob(param), param.unit.show(value)))
    });
    let turned: Vec<String> = turned.collect();
    if turned.is_empty() { "as it comes".to_owned() } else { turned.join(", ") }
}

/// Points at which a lane is looked at in each section.
const LOOKS: u64 = 64;

/// Automation that differs, by section: the mean of the knob there.
fn lanes(found: &mut Vec<Change>, (a, old): (&Session, &Strip), (b, new): (&Session, &Strip)) {
    let mut targets: Vec<&str> = new.lanes.iter().map(|lane| lane.target.as_str()).collect();
    targets.extend(old.lanes.iter().map(|lane| lane.target.as_str()));
    targets.sort_unstable();
    targets.dedup();
    for target in targets {
        let lane =
            |strip: &Strip| -> Option<Lane> { strip.lanes.iter().find(|l| l.target == target).cloned() };
        let (before, after) = (lane(old), lane(new));
        if before == after {
            continue;
        }
        let Ok(at) = format!("{}/{target}", new.id).parse::<Address>() else { continue };
        let Ok(param) = b.param(&KINDS, &at).or_else(|_| a.param(&KINDS, &at)) else { continue };
        let value = |session: &Session, lane: &Option<Lane>, at_frame: u64| -> f64 {
            let still = || session.value(&KINDS, &at).unwrap_or(param.default);
            lane.as_ref().map_or_else(|| f64::from(still()), |lane| value_at(lane, at_frame))
        };
        for (name, from, to) in sections(b) {
            let mean = |session: &Session, lane: &Option<Lane>| -> f32 {
                let looks = (0..LOOKS).map(|k| from + (to - from) * (2 * k + 1) / (2 * LOOKS));
                (looks.map(|frame| value(session, lane, frame)).sum::<f64>() / LOOKS as f64) as f32
            };
            let (x, y) = (mean(a, &before), mean(b, &after));
            if param.unit.show(x) != param.unit.show(y) {
                let db = (param.unit == Unit::Db).then_some(y - x);
                let (a, b) = (param.unit.show(x), param.unit.show(y));
                found.push(Change { what: target.to_owned(), section: name, a, b, db });
            }
        }
    }
}

/// The sections of a song by its markers; without markers the whole of it.
fn sections(session: &Session) -> Vec<(String, u64, u64)> {
    let (markers, end) = (&session.song.markers, session.song.frames);
    if markers.is_empty() {
        return vec![("the song".to_owned(), 0, end)];
    }
    let ends = markers.iter().skip(1).map(|marker| marker.at).chain([end]);
    markers
        .iter()
        .zip(ends)
        .map(|(marker, end)| (marker.name.clone(), marker.at, end.max(marker.at)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mixsmith_session::{Marker, Point, SongInfo};

    use super::*;

    fn session(turn: impl Fn(&mut Strip)) -> Session {
        let mut vox = Strip::new("vox", "Vox", StripKind::Track { clips: Vec::new() });
        vox.to = Some("master".to_owned());
        turn(&mut vox);
        let marker = |at, name: &str| Marker { at, name: name.to_owned() };
        let song = SongInfo {
            rate: 48_000,
            frames: 96_000,
            markers: vec![marker(0, "verse"), marker(48_000, "chorus")],
            ..SongInfo::default()
        };
        let master = Strip::new("master", "Master", StripKind::Master);
        Session { song, sources: Vec::new(), strips: vec![Arc::new(vox), Arc::new(master)] }
    }

    fn says(a: &Session, b: &Session) -> Vec<String> {
        changes(a, b).iter().flat_map(|strip| strip.changes.iter().map(Change::says)).collect()
    }

    #[test]
    fn knobs_are_told_in_decibels_and_words() {
        let plain = session(|_| {});
        let turned = session(|vox| {
            vox.values.insert("fader".to_owned(), -3.0);
            vox.values.insert("pan".to_owned(), -20.0);
            vox.inserts.push(Insert::new("comp", "dynamics.compressor", &[("threshold", -30.0)]));
        });
        assert!(says(&plain, &plain).is_empty());
        let found = says(&plain, &turned);
        assert_eq!(found[..2], ["level: 0 dB -> -3 dB (-3.0 dB)", "pan: C -> L20"]);
        assert_eq!(found[2], "compressor (comp): only in B, threshold -30 dB");
        assert!(says(&turned, &plain)[2].contains("only in A"));
    }

    #[test]
    fn automation_is_told_by_section() {
        let plain = session(|_| {});
        let ridden = session(|vox| {
            let point = |at, value| Point { at, value, curve: Default::default(), label: String::new() };
            let points = vec![point(47_999, 0.0), point(48_000, 2.0)];
            vox.lanes = vec![Lane { target: "ride".to_owned(), points }];
        });
        assert_eq!(says(&plain, &ridden), ["ride in chorus: 0 dB -> 2 dB (+2.0 dB)"]);
    }

    #[test]
    fn strips_that_only_one_has_are_told() {
        let one = session(|_| {});
        let mut two = one.clone();
        two.strips.insert(1, Arc::new(Strip::new("plate", "Plate", StripKind::Return)));
        let found = changes(&one, &two);
        assert_eq!(
            (found[0].name.as_str(), found[0].changes[0].says()),
            ("Plate", "strip: only in B, a return".to_owned())
        );
        assert_eq!(changes(&two, &one)[0].changes[0].says(), "strip: only in A, a return");
    }
}
