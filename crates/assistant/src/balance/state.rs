//! Do the tracks come balanced, as stems of a mix, or raw, as they were recorded?

use super::usual::{Usual, usual};
use crate::mixmodel::{MixModel, Part};
use crate::{Desk, Genre, tables};

/// The verdict, with its three witnesses.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Do they come balanced?
    pub balanced: bool,
    /// Share of files with two channels, equal or not. Microphones are recorded in mono, stems are printed in stereo.
    pub stereo: f64,
    /// How much better the levels are explained by a mix than by gains at random, as the logarithm of the odds, for the
    /// nearest genre.
    pub odds: f64,
    /// What is asked of the odds, which few tracks cannot make high.
    pub asked: f64,
    /// Spread (standard deviation) of the tracks' own levels, LU. Recorded or normalised tracks are all alike.
    pub spread: f64,
    /// Level of every track of the model against the plain sum of all, as delivered, LU.
    pub delivered: Vec<f64>,
}

/// How near to the person's balance levels are, dB (standard deviation): of stems of a mix, and of files with any gain.
/// Gains at random within +-12 dB have a standard deviation of 6.9 dB.
pub const TRUST: (f64, f64) = (1.0, 7.0);
/// How many tracks of a balanced set are not, and how far off they are, dB: one bad track does not make a set of stems raw.
const STRAYS: (f64, f64) = (0.05, 12.0);
/// Odds that are asked for, as a logarithm: a track, and at most. Four sets of mixed stems measured 2.9 to 12 (10 to 23
/// tracks), the same with gains at random -3 to -9 in the median and below 0.5 nine times in ten; two raw sessions -2.5 and
/// -2.9.
const ASKED: (f64, f64) = (0.15, 2.0);
/// Recorded or normalised tracks are all alike within this, LU: their levels say nothing.
pub const ALIKE: f64 = 2.0;

/// Judges the tracks as they were delivered: trims and faders do not count.
pub fn judge(desk: &Desk<'_>, model: &MixModel) -> State {
    let delivered: Vec<Part> = desk
        .session
        .tracks()
        .filter(|strip| model.part(&strip.id).is_some())
        .filter_map(|strip| Part::new(&strip.id, crate::mixmodel::recorded(desk, strip)?, 0.0))
        .collect();
    let count = delivered.len().max(1) as f64;
    let stereo = delivered.iter().filter(|part| is_stereo(desk, &part.id)).count() as f64 / count;
    let mean = delivered.iter().map(|part| part.active).sum::<f64>() / count;
    let spread = (delivered.iter().map(|part| (part.active - mean).powi(2)).sum::<f64>() / count).sqrt();
    let delivered = MixModel::of(desk, delivered);
    let sum = delivered.loudness(&delivered.faders()).unwrap_or(0.0);
    let levels = delivered.parts.iter().map(|part| part.active - sum).collect();
    // Whether stems are mixed does not hang on the genre that the person names: the nearest column counts.
    let columns = Genre::ALL.map(|genre| usual(desk, &delivered, genre, &[], sum));
    let nearest = |trust: f64| {
        let likely = columns.iter().map(|usual| likelihood(&delivered, usual, trust));
        likely.fold(f64::NEG_INFINITY, f64::max)
    };
    let odds = if delivered.parts.is_empty() { 0.0 } else { nearest(TRUST.0) - nearest(TRUST.1) };
    let asked = ASKED.1.min(ASKED.0 * count);
    let balanced = stereo >= 0.5 && spread >= ALIKE && odds >= asked;
    State { balanced, stereo, odds, asked, spread, delivered: levels }
}

fn is_stereo(desk: &Desk<'_>, id: &str) -> bool {
    let clips = desk.session.strip(id).map_or(&[][..], |strip| strip.clips());
    clips.iter().any(|clip| desk.session.source(&clip.source).is_some_and(|source| source.channels == 2))
}

/// Logarithm of how likely the levels are if they differ from the usual ones by the spread of good mixes and by gains of
/// this standard deviation, or by anything once in a while; whatever is common to all.
fn likelihood(model: &MixModel, usual: &[Usual], trust: f64) -> f64 {
    let off: Vec<f64> =
        model.parts.iter().zip(usual).map(|(part, usual)| part.active + part.fader - usual.level).collect();
    let normal = |off: f64, sd: f64| (-0.5 * (off / sd).powi(2)).exp() / sd;
    let likely = |common: f64| -> f64 {
        let of = |(off, usual): (&f64, &Usual)| {
            let (off, sd) = (off - common, usual.sd);
            let plain = normal(off, sd.hypot(trust));
            ((1.0 - STRAYS.0) * plain + STRAYS.0 * normal(off, sd.hypot(STRAYS.1))).max(1e-300).ln()
        };
        off.iter().zip(usual).map(of).sum()
    };
    off.iter().map(|&common| likely(common)).fold(f64::NEG_INFINITY, f64::max)
}

/// The row of the level table that counts for a strip.
pub fn row(desk: &Desk<'_>, id: &str) -> &'static tables::LevelRow {
    let role = desk.session.strip(id).map_or("unknown", |strip| desk.role(strip));
    tables::level_row(role)
}
