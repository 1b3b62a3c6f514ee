//! The level that is usual for every track of a song: the table of levels, made to add up.

use super::state::row;
use crate::mixmodel::{MixModel, Part};
use crate::{Desk, Genre, tables};

/// How far songs differ beyond what engineers do with one song, LU: the table's spreads are of one song's mixes.
const SONGS: f64 = 1.5;
/// How much tracks of one part share its level. The tables do not say whether a value is that of a part or of each of its
/// tracks, and arrangements with more tracks of a part have it louder: half way.
const SHARED: f64 = 0.5;

/// The level that a track usually has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usual {
    /// LU against the mix.
    pub level: f64,
    /// How far good mixes differ from it, LU.
    pub sd: f64,
    /// Does it keep the level of the table while the others fill the rest?
    pub anchor: bool,
}

/// The usual level of each track of the model. The lead vocal (without one, the lead instrument) keeps the level of the
/// table, the others are moved together until their energies fill the mix; tracks that a hand holds fill it as they are.
pub fn usual(desk: &Desk<'_>, model: &MixModel, genre: Genre, fixed: &[bool], mix: f64) -> Vec<Usual> {
    let rows: Vec<&tables::LevelRow> = model.parts.iter().map(|part| row(desk, &part.id)).collect();
    let lead = ["lead-vocal", "synth-lead"].iter().find(|lead| rows.iter().any(|row| row.part == **lead));
    let table = |i: usize| {
        let group: Vec<usize> = (0..rows.len()).filter(|&j| rows[j].part == rows[i].part).collect();
        let place = group.iter().position(|&j| j == i).unwrap_or(0);
        let share = SHARED * 10.0 * model.sharing(&group)[place].log10();
        Usual {
            level: rows[i].level(genre) - share,
            sd: rows[i].sd.hypot(SONGS),
            anchor: lead.is_some_and(|lead| rows[i].part == *lead),
        }
    };
    let mut usual: Vec<Usual> = (0..rows.len()).map(table).collect();
    let more = filling(model, &usual, fixed, mix);
    usual.iter_mut().filter(|usual| !usual.anchor).for_each(|usual| usual.level += more);
    usual
}

/// By how much all but the anchors are moved so that the mix has its loudness, LU.
fn filling(model: &MixModel, usual: &[Usual], fixed: &[bool], mix: f64) -> f64 {
    let is_fixed = |i: usize| fixed.get(i).copied().unwrap_or(false);
    if usual.iter().enumerate().all(|(i, usual)| usual.anchor || is_fixed(i)) {
        return 0.0;
    }
    let fader = |more: f64, (i, part): (usize, &Part)| {
        let Usual { level, anchor, .. } = usual[i];
        let wanted = mix + level + if anchor { 0.0 } else { more } - part.active;
        if is_fixed(i) { part.fader } else { wanted }
    };
    // Table values need a few dB to add up; more would mean that fixed faders fill the mix, and that is no reason to
    // lose the others.
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..24 {
        let middle = 0.5 * (low + high);
        let faders: Vec<f64> = model.parts.iter().enumerate().map(|part| fader(middle, part)).collect();
        match model.loudness(&faders) {
            Some(loudness) if loudness > mix => high = middle,
            _ => low = middle,
        }
    }
    0.5 * (low + high)
}
