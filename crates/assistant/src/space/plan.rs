//! Who goes into which space, and how much.

use std::sync::LazyLock;

use mixsmith_session::{Map, Strip, StripKind};
use serde::Deserialize;

use crate::Desk;
use crate::mixmodel::MixModel;
use crate::tone::{heard, mixed, worked};

/// A shared space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Space {
    /// Id of its return.
    pub id: &'static str,
    /// What a person reads.
    pub name: &'static str,
    /// Its place among the reverb's kinds.
    pub kind: f32,
    /// Decay at 120 BPM, s.
    pub decay: f64,
    /// Does the sound come first, and the space later?
    pub late: bool,
}

/// The spaces there are (sharing three: practice; decays: plate 1.2 to 1.8 s, hall 2 to 3 s, room 0.4 to 0.8 s).
pub const SPACES: [Space; 3] = [
    Space { id: "room", name: "Room", kind: 0.0, decay: 0.6, late: false },
    Space { id: "plate", name: "Plate", kind: 1.0, decay: 1.4, late: true },
    Space { id: "hall", name: "Hall", kind: 2.0, decay: 2.2, late: true },
];

/// All returns together against the mix, LU: -14 is the middle ground between too dry and too wet, and too much is
/// disliked more than too little (De Man, McNally, Reiss 2017).
pub const WANTED: f64 = -15.0;
/// What comes back from a space against what went in, LU: its cuts take off so much of most sounds.
const LOSS: f64 = -2.0;
/// How far all sends are moved together, dB.
const MOVE: (f64, f64) = (-9.0, 3.0);
/// A stereo track with more side against mid brings its own space, dB.
const WIDE: f64 = -12.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    roles: Vec<String>,
    to: String,
    db: f64,
    #[serde(default)]
    kit: bool,
    #[allow(dead_code, reason = "for the reader of the table; a test sees that it is there")]
    source: String,
}

#[derive(Deserialize)]
struct Table {
    row: Vec<Row>,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    toml::from_str::<Table>(include_str!("../../tables/sends.toml")).expect("tables/sends.toml").row
});

/// A send to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned<'a> {
    /// From.
    pub strip: &'a Strip,
    /// To.
    pub space: &'static Space,
    /// Level that is usual for its part, after the fader, dB.
    pub usual: f64,
    /// The same as the loudness of all tracks puts it, dB.
    pub db: f64,
}

/// All sends, and where they put the returns against the mix, LU.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan<'a> {
    /// The sends in the order of the tracks.
    pub sends: Vec<Planned<'a>>,
    /// The returns together against the mix, LU.
    pub returns: f64,
}

/// The plan of a song; empty when it came with its spaces.
pub fn plan<'a>(desk: &Desk<'a>) -> Plan<'a> {
    let none = Plan { sends: Vec::new(), returns: f64::NEG_INFINITY };
    if mixed(desk) {
        return none;
    }
    let room = heard(desk).any(|strip| desk.role(strip) == "room");
    let mut sends: Vec<Planned<'a>> = heard(desk).filter_map(|strip| send(desk, strip, room)).collect();
    let model = MixModel::new(desk);
    let faders = model.faders();
    let sent = |sends: &[Planned<'_>]| -> Vec<f64> {
        let of = |id: &str| sends.iter().find(|send| send.strip.id == id).map_or(-200.0, |send| send.db);
        model.parts.iter().map(|part| part.fader + of(&part.id)).collect()
    };
    let (Some(mix), Some(back)) = (model.loudness(&faders), model.loudness(&sent(&sends))) else {
        return none;
    };
    let shift = (WANTED - (back + LOSS - mix)).clamp(MOVE.0, MOVE.1);
    for send in &mut sends {
        send.db = ((send.db + shift) * 2.0).round() / 2.0;
    }
    let returns = model.loudness(&sent(&sends)).map_or(f64::NEG_INFINITY, |back| back + LOSS - mix);
    Plan { sends, returns }
}

fn send<'a>(desk: &Desk<'a>, strip: &'a Strip, room: bool) -> Option<Planned<'a>> {
    let row = ROWS.iter().find(|row| row.roles.iter().any(|role| role == desk.role(strip)))?;
    let space = SPACES.iter().find(|space| space.id == row.to)?;
    if (row.kit && room) || wet(desk, strip) || !usable(desk, space.id) {
        return None;
    }
    Some(Planned { strip, space, usual: row.db, db: row.db })
}

/// The space that a role usually goes to, and the level of its send, dB; none for roles that stay dry.
pub fn usual(role: &str) -> Option<(&'static Space, f64)> {
    let row = ROWS.iter().find(|row| row.roles.iter().any(|known| known == role))?;
    Some((SPACES.iter().find(|space| space.id == row.to)?, row.db))
}

/// Does the track bring its own space?
pub fn wet(desk: &Desk<'_>, strip: &Strip) -> bool {
    let stereo = |id: &str| desk.session.source(id).is_some_and(|source| source.channels == 2);
    worked(desk, strip)
        || strip.clips().iter().any(|clip| clip.map == Map::All && stereo(&clip.source))
            && desk.facts.number("stereo.width", desk.stem_of(strip)).is_some_and(|width| width > WIDE)
}

/// May a return of this id be used? Not when a hand has taken it away, or the id is a track's.
pub fn usable(desk: &Desk<'_>, id: &str) -> bool {
    match desk.session.strip(id) {
        Some(strip) => strip.kind == StripKind::Return,
        None => !desk.locks.held(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixsmith_analysis::ROLES;

    #[test]
    fn rows_name_roles_and_spaces_and_have_sources() {
        for row in ROWS.iter() {
            assert!(!row.source.is_empty() && (-30.0..-6.0).contains(&row.db));
            assert!(SPACES.iter().any(|space| space.id == row.to), "{}", row.to);
            assert!(
                row.roles.iter().all(|role| ROLES.iter().any(|known| known.id == role)),
                "{:?}",
                row.roles
            );
        }
    }
}
