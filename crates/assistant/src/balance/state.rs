//! Do the tracks come balanced, as stems of a mix, or raw, as they were recorded?

use super::levels::{Wanted, solve};
use crate::mixmodel::{MixModel, Part};
use crate::{Desk, Genre, tables};

/// The verdict, with its three witnesses.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Do they come balanced?
    pub balanced: bool,
    /// Share of files with two channels, equal or not. Microphones are recorded in mono, stems are printed in stereo.
    pub stereo: f64,
    /// Median distance of a track from the level of its role, in standard deviations of good mixes, for
    /// the nearest genre.
    pub distance: f64,
    /// Spread (standard deviation) of the tracks' own levels, LU. Recorded or normalised tracks are all alike.
    pub spread: f64,
    /// Level of every track of the model against the plain sum of all, as delivered, LU.
    pub delivered: Vec<f64>,
}

/// Largest median distance of balanced tracks, standard deviations. Four sets of mixed stems measured 0.3, 0.6, 0.6
/// and 1.2, a raw session 1.5.
pub const BALANCED: f64 = 1.3;

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
    let nearest = |genre| distance(&delivered, &Wanted::table(desk, &delivered, genre));
    let distance = Genre::ALL.map(nearest).into_iter().fold(f64::INFINITY, f64::min);
    State {
        balanced: stereo >= 0.5 && spread >= 2.0 && distance <= BALANCED,
        stereo,
        distance,
        spread,
        delivered: levels,
    }
}

fn is_stereo(desk: &Desk<'_>, id: &str) -> bool {
    let clips = desk.session.strip(id).map_or(&[][..], |strip| strip.clips());
    clips.iter().any(|clip| desk.session.source(&clip.source).is_some_and(|source| source.channels == 2))
}

fn distance(model: &MixModel, wanted: &[Wanted]) -> f64 {
    let (Some(now), true) = (model.loudness(&model.faders()), model.parts.len() > 1) else { return 0.0 };
    let faders = solve(model, wanted, now, &[]);
    let mut z: Vec<f64> = model
        .parts
        .iter()
        .zip(&faders)
        .zip(wanted)
        .map(|((part, fader), wanted)| (fader - part.fader).abs() / wanted.sd)
        .collect();
    z.sort_by(f64::total_cmp);
    z.get(z.len() / 2).copied().unwrap_or(0.0)
}

/// The row of the level table that counts for a strip.
pub fn row(desk: &Desk<'_>, id: &str) -> &'static tables::LevelRow {
    let role = desk.session.strip(id).map_or("unknown", |strip| desk.role(strip));
    tables::level_row(role)
}
