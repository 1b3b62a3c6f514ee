//! Prepare: what plays and what is left out, names, order, polarity, time, gain staging.

pub mod faults;
pub mod gain;
pub mod imbalance;
pub mod leave_out;
pub mod markers;
pub mod open;
pub mod polarity;
pub mod time;

use mixsmith_analysis::{Fact, Facts, Qty, Stem};

use mixsmith_session::Strip;

use crate::Desk;
use mixsmith_analysis::roles::{Role, role};

/// Below this a role is a question to the person.
pub const SURE: f32 = 0.6;

/// Does a name from the brief mean this stem? With or without the extension, in any case, or by id.
pub fn names(name: &str, stem: &Stem) -> bool {
    let bare = stem.file.rsplit_once('.').map_or(stem.file.as_str(), |(bare, _)| bare);
    [stem.file.as_str(), bare, stem.id.as_str()].iter().any(|known| known.eq_ignore_ascii_case(name.trim()))
}

/// The role of a stem and how sure it is: the person's word, else what was measured.
pub fn role_of(desk: &Desk<'_>, stem: &Stem) -> (&'static Role, f32) {
    let unknown = || role("unknown").unwrap_or(&mixsmith_analysis::roles::ROLES[0]);
    let told = desk.brief.roles.iter().find(|(file, _)| names(file, stem));
    if let Some(known) = told.and_then(|(_, id)| role(id)) {
        return (known, 1.0);
    }
    match desk.facts.get("role", &[&stem.id]) {
        Some(Fact { value: Qty::Text(id), confidence, .. }) => {
            role(id).map_or((unknown(), 0.0), |known| (known, *confidence))
        }
        _ => (unknown(), 0.0),
    }
}

/// The facts of kind `pair` that say this kind (`left-right`, `snare-mics`): both stems and how sure it is.
pub fn pairs<'a>(facts: &'a Facts, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a str, f32)> {
    facts.of("pair").filter_map(move |fact| match (&fact.value, fact.about.as_slice()) {
        (Qty::Text(text), [a, b]) if text == kind => Some((a.as_str(), b.as_str(), fact.confidence)),
        _ => None,
    })
}

/// A number about a pair of stems with its confidence.
pub fn pair_number(facts: &Facts, what: &str, a: &str, b: &str) -> Option<(f64, f32)> {
    match facts.get(what, &[a, b])? {
        Fact { value: Qty::Number(value), confidence, .. } => Some((*value, *confidence)),
        _ => None,
    }
}

/// The track that plays a stem.
pub fn track_of<'a>(desk: &Desk<'a>, stem: &str) -> Option<&'a Strip> {
    desk.session.tracks().find(|strip| strip.clips().iter().any(|clip| clip.source == stem))
}

/// The side that a mono track's name gives it, and the track that its name gives the other side: `GTR L`, `GTR R`.
pub fn other_side<'a>(desk: &Desk<'a>, strip: &'a Strip) -> Option<(&'a str, &'a Strip)> {
    let side = |strip: &'a Strip| desk.facts.text("role.pair", desk.stem_of(strip));
    let base = |strip: &Strip| {
        let bare = strip.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
        bare.trim_end_matches(['L', 'R']).trim_end().to_owned()
    };
    let own = side(strip)?;
    let other = desk.session.tracks().find(|other| {
        side(other).is_some_and(|theirs| theirs != own)
            && desk.role(other) == desk.role(strip)
            && base(other) == base(strip)
    })?;
    Some((own, other))
}

/// What a person calls a stem.
pub fn name_of<'a>(desk: &'a Desk<'_>, stem: &'a str) -> &'a str {
    desk.facts.text("role.name", stem).unwrap_or(stem)
}
