//! A track's spectrum against the usual one of its family.

use std::sync::LazyLock;

use serde::Deserialize;

use super::bands::{self, Band};
use crate::Desk;
use mixsmith_session::Strip;

/// What stands out by less than this is character, dB (tolerance of the reference spectra).
pub const TOLERANCE: f64 = 4.0;
/// Bells that a track gets from its spectrum at most.
pub const MOST_BELLS: usize = 3;
/// Parts of the spectrum this far under the strongest third octave are not what the track sounds like, dB.
const FAINT: f64 = 15.0;
/// What stands out by more is not a fault of the sound, it is the sound, dB.
const NATURE: f64 = 16.0;
/// What a track may stand out by where its own notes are, beyond the tolerance, dB.
const NOTES: f64 = 5.0;
/// What stands out of its octaves by more is a fault, dB: sound tracks have 7.1 at most where they have no notes, bells of 9 dB
/// come to 8 to 9.
const FAULT: f64 = 7.2;
/// What stands out of what lies beside it by more is one, whatever is usual, dB. Forty tracks of six songs have 3.9 at most where
/// they have no notes, but for two synthesisers; a bell of 9 dB gives 5 to 10.
pub const BUMP: f64 = 4.5;
/// By how much more a voice may stand out of what lies beside it at its singer's formant, dB: clean voices have 5.4, with a bell
/// of 9 dB 5.3 to 11.2.
const FORMANT: f64 = 1.0;
/// The same out of its octaves: twenty clean voices have 7.8 at most, with a bell of 9 dB the same voices 12.8 and more, where it
/// is not a bump already.
const SINGER: f64 = 4.5;
/// What a voice stands out by there all the same when a bump is cut, dB: clean voices have 3 in the mean.
const RING: f64 = 3.0;
/// Above this a voice has its singer's formant, and below it a guitar its body, Hz.
const FORMANTS: f64 = 1000.0;
/// What a guitar that is lifted stands out by of what lies beside it below 1 kHz, dB: 25 clean ones have 1.2 at most, strummed
/// ones with a bell of 9 dB 4.1 to 6.4.
const BODY: f64 = 3.2;
/// A guitar is lifted where the bell that fits best is higher, dB: nine clean strummed ones have 2.9 at most, with a bell of 9 dB
/// 8.9 to 11.3.
const LIFTED: f64 = 7.0;
/// Octaves on either side over which a bell is fitted, its height in dB, and its quality factor.
const FITTED: f64 = 2.2;
const BELL: (f64, f64) = (9.0, 1.0);
/// What lies further under the strongest third octave has no part in it, dB; and how many third octaves there must be.
const WEAK: f64 = 20.0;
const ENOUGH: usize = 8;
/// The octaves that a hump is measured against: far enough that a bell of an octave is over, near enough to belong to the same
/// sound.
const OCTAVES: (f64, f64) = (2.3, 4.2);
/// What lies beside a bump.
const BESIDE: (f64, f64) = (1.9, 3.0);
/// Third octaves that stand out by so much less than the highest still belong to its summit, dB.
const SUMMIT: f64 = 3.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    roles: Vec<String>,
    #[allow(dead_code, reason = "for the reader of the table; a test sees that it is there")]
    source: String,
    levels: Vec<(f64, f64)>,
}

#[derive(Deserialize)]
struct Table {
    spectrum: Vec<Row>,
}

static SPECTRA: LazyLock<Vec<Row>> = LazyLock::new(|| {
    toml::from_str::<Table>(include_str!("../../tables/spectra.toml")).expect("tables/spectra.toml").spectrum
});

/// A third octave of a track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Third {
    /// Centre, Hz.
    pub hz: f64,
    /// Level after the equaliser as it stands, dB.
    pub db: f64,
    /// That level less the usual one; only differences between bands mean anything.
    pub away: f64,
}

/// The track's third octaves from 50 Hz to where its file ends; none for roles without a usual spectrum.
pub fn thirds(desk: &Desk<'_>, strip: &Strip) -> Option<Vec<Third>> {
    through(desk, strip, &bands::present(strip))
}

/// The same through other bands.
pub fn through(desk: &Desk<'_>, strip: &Strip, bands: &[Band]) -> Option<Vec<Third>> {
    let row = SPECTRA.iter().find(|row| row.roles.iter().any(|role| role == desk.role(strip)))?;
    let stem = desk.stem_of(strip);
    let levels = desk.facts.bands("spectrum.third_octave", stem)?;
    let top = desk.facts.number("spectrum.top", stem).unwrap_or(16_000.0);
    let third = |(i, &level): (usize, &f32)| {
        let hz = 1000.0 * 10f64.powf((i as f64 - 15.0) / 10.0);
        let power: f64 = bands.iter().map(|band| band.power(hz)).product();
        let db = f64::from(level) + 10.0 * power.max(1e-12).log10();
        Third { hz, db, away: db - usual(&row.levels, hz) }
    };
    let inside = |third: &Third| third.hz > 45.0 && third.hz < 0.8 * top;
    Some(levels.iter().enumerate().map(third).filter(inside).collect())
}

fn usual(levels: &[(f64, f64)], hz: f64) -> f64 {
    let after = levels.partition_point(|(at, _)| *at < hz).clamp(1, levels.len() - 1);
    let ((from, a), (to, b)) = (levels[after - 1], levels[after]);
    a + (b - a) * ((hz / from).ln() / (to / from).ln()).clamp(0.0, 1.0)
}

/// A place where a spectrum stands out of its own surroundings, or sinks into them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Where, Hz.
    pub hz: f64,
    /// By how much, dB: over the higher of the octaves below and above (or under the lower one), each against the
    /// usual spectrum; of a bump, over what lies beside it.
    pub by: f64,
}

/// What stands out of a spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Excess {
    /// Out of its octaves, against the usual spectrum: it may be character.
    Hump(Place),
    /// Out of what lies beside it, whatever is usual: a bump in the track's own spectrum.
    Bump(Place),
}

impl Excess {
    /// Where it is and by how much it stands out.
    pub fn place(self) -> Place {
        match self {
            Excess::Hump(place) | Excess::Bump(place) => place,
        }
    }
}

/// Where a track's spectrum stands out between two frequencies by more than a sound of its kind does by nature:
/// beyond the tolerance, more so where its own notes are, and yet so little that it is not the sound itself.
pub fn excess(desk: &Desk<'_>, strip: &Strip, low: f64, high: f64) -> Option<Excess> {
    let notes = notes(desk, strip);
    let thirds = thirds(desk, strip)?;
    let tolerance = least_hump(desk, strip, low);
    let hump = hump(&thirds, low, high).filter(|place| is_hump(place, tolerance, &notes));
    let least = least_bump(desk, strip, &thirds, (low, high));
    let bump = bump(&thirds, low, high).filter(|place| is_bump(place, least, &notes));
    match (hump.map(Excess::Hump), bump.map(Excess::Bump)) {
        (Some(hump), Some(bump)) if hump.place().by < bump.place().by => Some(bump),
        (hump, bump) => hump.or(bump),
    }
}

/// What a bump of a track of this family may stand out by when it is cured, dB; none where clean tracks have not told.
pub fn natural(desk: &Desk<'_>, strip: &Strip, bump: &Place) -> Option<f64> {
    if sings(desk, strip, bump.hz) { Some(RING) } else { is_body(desk, strip, bump.hz).then_some(0.0) }
}

/// The smallest excess of this kind that is one, dB.
pub fn least(desk: &Desk<'_>, strip: &Strip, found: &Excess) -> f64 {
    match found {
        Excess::Hump(place) => least_hump(desk, strip, place.hz),
        Excess::Bump(place) => {
            least_bump(desk, strip, &thirds(desk, strip).unwrap_or_default(), beside(place.hz))
        }
    }
}

/// What a bump stands out by behind one more band, dB.
pub fn behind(desk: &Desk<'_>, strip: &Strip, bump: &Place, band: Band) -> Option<f64> {
    let mut bands = bands::present(strip);
    bands.push(band);
    let thirds = through(desk, strip, &bands)?;
    around(&thirds, bump.hz, BESIDE, |third| third.db).map(|place| place.by)
}

/// Is what a bell turns down at a frequency a fault of the track's sound, seen through these other bands?
pub fn is_fault(desk: &Desk<'_>, strip: &Strip, others: &[Band], hz: f64) -> bool {
    let Some(thirds) = through(desk, strip, others) else { return false };
    let notes = notes(desk, strip);
    let near = beside(hz);
    let fault = FAULT.max(least_hump(desk, strip, hz));
    hump(&thirds, near.0, near.1).is_some_and(|place| is_hump(&place, fault, &notes))
        || bump(&thirds, near.0, near.1)
            .is_some_and(|place| is_bump(&place, least_bump(desk, strip, &thirds, near), &notes))
}

/// The range of the track's own notes, Hz; none where it has no clear ones.
fn notes(desk: &Desk<'_>, strip: &Strip) -> std::ops::Range<f64> {
    let number = |what: &str| desk.facts.number(what, desk.stem_of(strip));
    match (number("pitch.low"), number("pitch.high"), number("pitch.voiced")) {
        (Some(low), Some(high), Some(voiced)) if voiced > 0.3 => 0.9 * low..1.1 * high,
        _ => 0.0..0.0,
    }
}

/// A track's own notes stand out by nature.
fn is_hump(place: &Place, tolerance: f64, notes: &std::ops::Range<f64>) -> bool {
    let tolerance = tolerance + if notes.contains(&place.hz) { NOTES } else { 0.0 };
    place.by > tolerance && place.by < NATURE
}

/// Has a track its singer's formant at a frequency?
fn sings(desk: &Desk<'_>, strip: &Strip, hz: f64) -> bool {
    hz > FORMANTS && family(desk, strip).ends_with("vocals")
}

/// Is this where a guitar has its body?
fn is_body(desk: &Desk<'_>, strip: &Strip, hz: f64) -> bool {
    hz < FORMANTS && family(desk, strip) == "guitars"
}

fn family(desk: &Desk<'_>, strip: &Strip) -> &'static str {
    mixsmith_analysis::role(desk.role(strip)).map_or("", |role| role.family)
}

/// What stands out of its octaves by more is a hump, dB.
fn least_hump(desk: &Desk<'_>, strip: &Strip, hz: f64) -> f64 {
    TOLERANCE + if sings(desk, strip, hz) { SINGER } else { 0.0 }
}

/// The third octaves beside a frequency.
fn beside(hz: f64) -> (f64, f64) {
    (hz / 1.26, hz * 1.26)
}

/// What stands out of what lies beside it by more, between two frequencies, is a bump, dB.
fn least_bump(desk: &Desk<'_>, strip: &Strip, thirds: &[Third], (low, high): (f64, f64)) -> f64 {
    if sings(desk, strip, low) {
        BUMP + FORMANT
    } else if is_body(desk, strip, high) && lift(thirds, low, high) > LIFTED {
        BODY
    } else {
        BUMP
    }
}

/// How high the bell is that explains most of the spectrum around a place between two frequencies, beside a straight line and
/// against the usual spectrum, dB: it holds against far more of it than what lies right beside, which the flanks of a wide bell
/// lift, too.
fn lift(thirds: &[Third], low: f64, high: f64) -> f64 {
    let loudest = thirds.iter().map(|third| third.db).fold(f64::NEG_INFINITY, f64::max);
    let inside = |third: &&Third| third.hz >= low && third.hz <= high && third.db > loudest - FAINT;
    let fitted = |centre: &Third| {
        let bell = Band { shape: bands::Shape::Bell, hz: centre.hz, gain: BELL.0, q: BELL.1 };
        let near = thirds
            .iter()
            .filter(|third| (third.hz / centre.hz).log2().abs() <= FITTED && third.db > loudest - WEAK);
        let rows: Vec<[f64; 3]> = near
            .map(|third| [(third.hz / centre.hz).log2(), bell.bell_db(third.hz).0 / BELL.0, third.away])
            .collect();
        // What a straight line leaves of the bell and of the spectrum, held against each other.
        let count = rows.len() as f64;
        let mean = |k: usize| rows.iter().map(|row| row[k]).sum::<f64>() / count;
        let means = [mean(0), mean(1), mean(2)];
        let product = |a: usize, b: usize| {
            rows.iter().map(|row| (row[a] - means[a]) * (row[b] - means[b])).sum::<f64>()
        };
        let along = product(0, 0);
        let bell = product(1, 1) - product(0, 1) * product(0, 1) / along;
        let both = product(1, 2) - product(0, 1) * product(0, 2) / along;
        if rows.len() >= ENOUGH && bell > 0.0 { both / bell } else { 0.0 }
    };
    thirds.iter().filter(inside).map(fitted).fold(0.0, f64::max)
}

/// Single notes are bumps by themselves.
fn is_bump(place: &Place, least: f64, notes: &std::ops::Range<f64>) -> bool {
    place.by > least && place.by < NATURE && !notes.contains(&place.hz)
}

/// Where the spectrum stands out most between two frequencies.
pub fn hump(thirds: &[Third], low: f64, high: f64) -> Option<Place> {
    place(thirds, low, high, |hz| out(thirds, hz, 1.0))
}

/// Where it stands out most of what lies beside it, whatever is usual.
fn bump(thirds: &[Third], low: f64, high: f64) -> Option<Place> {
    place(thirds, low, high, |hz| around(thirds, hz, BESIDE, |third| third.db))
}

/// Where it sinks in most between two frequencies.
pub fn dip(thirds: &[Third], low: f64, high: f64) -> Option<Place> {
    place(thirds, low, high, |hz| out(thirds, hz, -1.0))
}

/// By how much the spectrum stands out at a frequency, dB; under 0 where it sinks in.
pub fn stands(thirds: &[Third], hz: f64) -> Option<f64> {
    let out = |sign: f64| out(thirds, hz, sign).map(|place| sign * place.by);
    // Out of the higher side, or into the lower one; between them it is a slope.
    let (up, down) = (out(1.0)?, out(-1.0)?);
    Some(if up > 0.0 { up } else { down.min(0.0) })
}

/// The place between two frequencies that stands out most, of those that the track sounds like. It lies amid the third octaves
/// that stand out nearly as much.
fn place(thirds: &[Third], low: f64, high: f64, out: impl Fn(f64) -> Option<Place>) -> Option<Place> {
    let loudest = thirds.iter().map(|third| third.db).fold(f64::NEG_INFINITY, f64::max);
    let inside = |third: &&Third| third.hz >= low && third.hz <= high && third.db > loudest - FAINT;
    let places: Vec<Place> = thirds.iter().filter(inside).filter_map(|third| out(third.hz)).collect();
    let most = *places.iter().max_by(|a, b| a.by.total_cmp(&b.by))?;
    let (mut centre, mut weights) = (0.0, 0.0);
    for place in &places {
        let weight = (place.by - most.by + SUMMIT).max(0.0);
        centre += weight * place.hz.ln();
        weights += weight;
    }
    Some(Place { hz: (centre / weights).exp(), by: most.by })
}

/// By how much the spectrum stands out at a frequency against the usual one; with the sign turned over, by how much it sinks
/// in.
fn out(thirds: &[Third], hz: f64, sign: f64) -> Option<Place> {
    around(thirds, hz, OCTAVES, |third| third.away * sign)
}

/// By how much the levels at a frequency stand over those from the one to the other factor below and above it.
fn around(
    thirds: &[Third],
    hz: f64,
    (near, far): (f64, f64),
    level: impl Fn(&Third) -> f64,
) -> Option<Place> {
    let mean = |low: f64, high: f64| {
        let inside: Vec<f64> = thirds.iter().filter(|t| t.hz >= low && t.hz <= high).map(&level).collect();
        (!inside.is_empty()).then(|| inside.iter().sum::<f64>() / inside.len() as f64)
    };
    let here = mean(hz / 1.3, hz * 1.3)?;
    let sides = [mean(hz / far, hz / near), mean(hz * near, hz * far)];
    let around = sides.into_iter().flatten().fold(f64::NEG_INFINITY, f64::max);
    around.is_finite().then_some(Place { hz, by: here - around })
}

/// The usual third octaves of a role, lifted around a frequency: for the tests of the rules.
#[cfg(test)]
pub(crate) fn lifted(role: &str, at: f64, by: f64) -> mixsmith_analysis::Qty {
    let row = SPECTRA.iter().find(|row| row.roles.iter().any(|known| known == role)).expect("a row");
    let level = |i: i32| {
        let hz = 1000.0 * 10f64.powf((f64::from(i) - 15.0) / 10.0);
        let near = (hz / at).log2().abs() < 0.5;
        (usual(&row.levels, hz) - 20.0 + if near { by } else { 0.0 }) as f32
    };
    mixsmith_analysis::Qty::Bands((0..28).map(level).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixsmith_analysis::ROLES;

    #[test]
    fn every_row_of_the_table_is_about_roles_and_has_a_source() {
        for row in SPECTRA.iter() {
            assert!(!row.source.is_empty() && row.levels.windows(2).all(|pair| pair[0].0 < pair[1].0));
            assert!(
                row.roles.iter().all(|role| ROLES.iter().any(|known| known.id == role)),
                "{:?}",
                row.roles
            );
        }
    }

    #[test]
    fn a_hump_is_found_where_it_is_and_a_slope_is_none() {
        let line = |lift: f64| -> Vec<Third> {
            (0..24)
                .map(|i| {
                    let hz = 63.0 * 10f64.powf(f64::from(i) / 10.0);
                    let away = -0.3 * f64::from(i) + if (6..=8).contains(&i) { lift } else { 0.0 };
                    Third { hz, db: away, away }
                })
                .collect()
        };
        let found = hump(&line(8.0), 200.0, 500.0).unwrap();
        assert!((found.hz - 316.0).abs() < 5.0 && found.by > 6.0, "{found:?}");
        assert!(hump(&line(0.0), 200.0, 500.0).unwrap().by < 0.0);
    }
}
