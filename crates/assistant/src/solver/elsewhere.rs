//! The tracks on other playback systems: what of each the others mask there, and by how much that is more than at home.

use mixsmith_analysis::sketch::BANDS;

use super::bands::{Heard, frames, spread};
use super::systems::SYSTEMS;

/// Moments of the song that are looked at, evenly over it.
const MOMENTS: usize = 24;
/// A cell of a track counts when it lies within this of the track's loudest at that moment, dB, and the moment when it lies
/// within this of its loudest (as in the fact `masking.fraction`).
const COUNTS: (f64, f64) = (12.0, 40.0);
/// A cell is masked this far under what lies over it, dB.
const UNDER: f64 = 4.0;

/// A cell that counts.
#[derive(Clone, Debug, PartialEq)]
struct Cell {
    track: usize,
    band: usize,
    /// Its energy before the fader, with what it may lie under.
    own: f64,
    /// Its share of all that counts of the track at that place, over the tracks.
    share: f64,
}

/// A moment of the song at a place.
#[derive(Clone, Debug, PartialEq)]
struct Moment {
    /// What every track spreads over every band, before the faders.
    spread: Vec<[f64; BANDS]>,
    cells: Vec<Cell>,
}

/// The tracks at home, and then on every system.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Elsewhere {
    places: Vec<Vec<Moment>>,
}

impl Elsewhere {
    /// From the tracks as their faders find them.
    pub fn new(heard: &[Option<Heard<'_>>]) -> Elsewhere {
        let sounds = |frame: usize| heard.iter().flatten().any(|track| track.loud(frame) > 0.0);
        let sounding: Vec<usize> = (0..frames(heard)).filter(|&frame| sounds(frame)).collect();
        let step = sounding.len().div_ceil(MOMENTS).max(1);
        let moments: Vec<usize> = sounding.into_iter().step_by(step).collect();
        let home = [[1.0f32; BANDS]; 2];
        let places = std::iter::once(home).chain(SYSTEMS.iter().map(|system| system.gains()));
        let place = |gains: [[f32; BANDS]; 2]| {
            let mut place: Vec<Moment> = moments.iter().map(|&frame| moment(heard, frame, &gains)).collect();
            weigh(&mut place, heard.len());
            place
        };
        Elsewhere { places: places.map(place).collect() }
    }

    /// How many systems there are.
    pub fn systems(&self) -> usize {
        self.places.len().saturating_sub(1)
    }

    /// Share of the tracks that is masked at a place for these gains of power, 0 being home.
    fn masked(&self, place: usize, gains: &[f64]) -> f64 {
        let mut masked = 0.0;
        for moment in &self.places[place] {
            let all = moment.all(gains);
            masked +=
                moment.cells.iter().map(|cell| cell.share * moment.lost(cell, &all, gains).0).sum::<f64>();
        }
        masked
    }

    /// By how much more of the tracks is masked on each system than at home, for these levels (faders), dB.
    pub fn rises(&self, levels: &[f64]) -> Vec<f64> {
        let gains = powers(levels);
        let home = if self.places.is_empty() { 0.0 } else { self.masked(0, &gains) };
        (1..self.places.len()).map(|place| self.masked(place, &gains) - home).collect()
    }

    /// Adds to a gradient what a cost rises by that rises so much with each system's rise.
    pub fn steeper(&self, levels: &[f64], by: &[f64], slope: &mut [f64]) {
        let gains = powers(levels);
        let home = -by.iter().sum::<f64>();
        for (place, by) in std::iter::once(&home).chain(by).enumerate().filter(|(_, by)| **by != 0.0) {
            for moment in &self.places[place] {
                let all = moment.all(&gains);
                for cell in &moment.cells {
                    let (_, per_db) = moment.lost(cell, &all, &gains);
                    let steep = by * cell.share * per_db;
                    let others = all[cell.band] - gains[cell.track] * moment.spread[cell.track][cell.band];
                    if steep == 0.0 || others <= 0.0 {
                        continue;
                    }
                    for (i, (slope, spread)) in slope.iter_mut().zip(&moment.spread).enumerate() {
                        let share = gains[i] * spread[cell.band] / others;
                        *slope += steep * if i == cell.track { -1.0 } else { share };
                    }
                }
            }
        }
    }
}

impl Moment {
    /// What all spread over every band.
    fn all(&self, gains: &[f64]) -> [f64; BANDS] {
        let mut all = [0.0; BANDS];
        for (spread, gain) in self.spread.iter().zip(gains) {
            all.iter_mut().zip(spread).for_each(|(sum, e)| *sum += gain * e);
        }
        all
    }

    /// How much of a cell is lost, 0 to 1, and by how much that rises for a decibel that the others rise. The border is soft by
    /// three decibels: with a sharp one a track's level jumps where others change a little.
    fn lost(&self, cell: &Cell, all: &[f64; BANDS], gains: &[f64]) -> (f64, f64) {
        let gain = gains[cell.track];
        let others = all[cell.band] - gain * self.spread[cell.track][cell.band];
        if others <= 0.0 {
            return (0.0, 0.0);
        }
        // The power of 3/2 is a logistic curve over the decibels, 2.9 dB wide.
        let over = gain * cell.own / others;
        let lost = 1.0 / (1.0 + over * over.sqrt());
        (lost, 0.15 * std::f64::consts::LN_10 * lost * (1.0 - lost))
    }
}

fn powers(levels: &[f64]) -> Vec<f64> {
    levels.iter().map(|level| 10f64.powf(level / 10.0)).collect()
}

/// The tracks at a moment, through the gains of a place.
fn moment(heard: &[Option<Heard<'_>>], frame: usize, gains: &[[f32; BANDS]; 2]) -> Moment {
    let mut moment = Moment { spread: vec![[0.0; BANDS]; heard.len()], cells: Vec::new() };
    for (track, heard) in heard.iter().enumerate() {
        let Some(heard) = heard else { continue };
        let energies = heard.through(frame, gains);
        moment.spread[track] = std::array::from_fn(|band| spread(|other| energies[other], band));
        let top = energies.iter().copied().fold(0.0, f64::max);
        // Silence stays silence everywhere.
        if top <= 0.0 || heard.loud(frame) < heard.loudest * 10f64.powf(-COUNTS.1 / 10.0) {
            continue;
        }
        for (band, &energy) in energies.iter().enumerate() {
            if energy >= top * 10f64.powf(-COUNTS.0 / 10.0) {
                let own = energy * 10f64.powf(UNDER / 10.0);
                moment.cells.push(Cell { track, band, own, share: energy });
            }
        }
    }
    moment
}

/// Makes the energies of the cells shares: of each track as much, all together 1.
fn weigh(moments: &mut [Moment], tracks: usize) {
    let mut sums = vec![0.0; tracks];
    for cell in moments.iter().flat_map(|moment| &moment.cells) {
        sums[cell.track] += cell.share;
    }
    let count = sums.iter().filter(|sum| **sum > 0.0).count().max(1) as f64;
    for cell in moments.iter_mut().flat_map(|moment| &mut moment.cells) {
        cell.share /= count * sums[cell.track];
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use mixsmith_analysis::Sketch;
    use mixsmith_analysis::masking::masking;

    use super::*;
    use crate::solver::bands;
    use crate::solver::predict::{Stand, Take};

    /// Six tracks of which the low ones are lost on small speakers.
    fn tracks() -> Vec<(Take, Stand)> {
        let track = |i: usize| {
            let at = |cell: usize, part: f32| {
                let (frame, band) = (cell / BANDS, (cell % BANDS) as f32);
                let swell = 1.0 + ((frame * (i + 3)) % 11) as f32;
                let near = (band - 5.0 * i as f32).powi(2);
                part * swell * 1e-4 / (1.0 + near)
            };
            let mono = i.is_multiple_of(2);
            let side = if mono { 0.0 } else { 0.5 };
            let sketch = Sketch {
                mid: (0..20 * BANDS).map(|cell| at(cell, 1.0)).collect(),
                side: (0..20 * BANDS).map(|cell| at(cell, side)).collect(),
            };
            let take = Take { id: format!("t{i}"), sketch: Arc::new(sketch), late: 0, mono, lean: 0.0 };
            let tone = [1.0; BANDS];
            let stand = Stand {
                level: 0.0,
                tone,
                pan: 0.0,
                width: 100.0,
                press: None,
                sends: Vec::new(),
                before: 0.0,
            };
            (take, stand)
        };
        (0..6).map(track).collect()
    }

    pub(crate) fn elsewhere() -> Elsewhere {
        let tracks = tracks();
        let known: Vec<Option<&(Take, Stand)>> = tracks.iter().map(Some).collect();
        Elsewhere::new(&bands::heard(&known, &[0.0; 6]))
    }

    #[test]
    fn rises_are_those_of_the_measured_masking() {
        let (tracks, levels) = (tracks(), [-3.0, 2.5, -14.0, 8.0, 0.5, 10.0]);
        let masked = |gains: [[f32; BANDS]; 2]| -> f64 {
            let through = |energies: &[f32], gains: &[f32; BANDS]| -> Vec<f32> {
                energies.chunks(BANDS).flat_map(|frame| frame.iter().zip(gains).map(|(e, g)| e * g)).collect()
            };
            let played: Vec<Sketch> = tracks
                .iter()
                .map(|(take, _)| Sketch {
                    mid: through(&take.sketch.mid, &gains[0]),
                    side: through(&take.sketch.side, &gains[1]),
                })
                .collect();
            let named: Vec<(&str, &Sketch)> =
                tracks.iter().zip(&played).map(|((take, _), sketch)| (take.id.as_str(), sketch)).collect();
            let gains = levels.map(|level: f64| level as f32);
            masking(&named, &gains).iter().map(|masked| f64::from(masked.fraction)).sum::<f64>() / 6.0
        };
        let home = masked([[1.0; BANDS]; 2]);
        let found = elsewhere().rises(&levels);
        assert_eq!(found.len(), SYSTEMS.len());
        for (system, found) in SYSTEMS.iter().zip(found) {
            let measured = masked(system.gains()) - home;
            // The border is hard there and soft here.
            assert!((found - measured).abs() < 0.06, "{}: {found} for {measured}", system.name);
        }
    }

    #[test]
    fn nothing_is_lost_of_what_is_not_known() {
        assert!(Elsewhere::default().rises(&[0.0]).is_empty());
        assert_eq!(Elsewhere::new(&[None, None]).rises(&[0.0, 0.0]), vec![0.0; SYSTEMS.len()]);
    }
}
