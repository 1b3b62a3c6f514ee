//! What the solver knows of the bands: the mean spectrum of every track, and the moments of the lead in which it can be lost.

use std::sync::LazyLock;

use mixsmith_analysis::Sketch;
use mixsmith_analysis::sketch::{BANDS, centres, erb_rate};

use super::predict::{Stand, Take};

/// Frequencies between which a voice is understood, Hz.
const PRESENCE: (f64, f64) = (1000.0, 4000.0);
/// A cell of the lead counts when it lies within this of its frame's loudest, dB, and its frame within this of the loudest.
const COUNTS: (f64, f64) = (12.0, 20.0);
/// Most frames of the lead that are looked at, evenly over the song.
const FRAMES: usize = 400;
/// How fast a sound that masks falls off, dB an ERB: upwards and downwards (Moore, An Introduction to the Psychology of
/// Hearing, chapter 3; as in the fact `masking.fraction`).
const SLOPES: (f64, f64) = (10.0, 24.0);

/// A moment of the lead in one band.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Which band of the ear.
    pub band: usize,
    /// Its share of all that counts; all cells have 1 together.
    pub weight: f64,
    /// Energy of the lead there, before its fader.
    pub own: f64,
    /// What every track spreads over it, before the faders; nothing from the lead itself.
    pub over: Vec<f64>,
}

/// Bands of the tracks of a scene, before their faders.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bands {
    /// Mean energy of each track in every band over the louder half of the song.
    pub mean: Vec<[f64; BANDS]>,
    /// Does anybody play in the band? Not where all together are 50 dB under the sum of the bands.
    pub counts: Vec<bool>,
    /// The lead: places among the tracks.
    pub lead: Vec<usize>,
    /// What of the lead must be heard.
    pub cells: Vec<Cell>,
}

/// Energies of a track before its fader, by frame.
pub struct Heard<'a> {
    take: &'a Take,
    factor: [f64; BANDS],
    /// Energy of its loudest frame.
    pub(super) loudest: f64,
}

impl Heard<'_> {
    /// Energy of a frame.
    pub(super) fn loud(&self, frame: usize) -> f64 {
        (0..BANDS).map(|band| self.at(frame, band)).sum()
    }

    /// Energies of a frame by band, with what is left of mid and of side.
    pub(super) fn through(&self, frame: usize, gains: &[[f32; BANDS]; 2]) -> [f64; BANDS] {
        let Some(frame) = usize::try_from(frame as i64 - self.take.late).ok() else { return [0.0; BANDS] };
        std::array::from_fn(|band| {
            let of = |x: &[f32], gain: f32| x.get(frame * BANDS + band).map_or(0.0, |&e| f64::from(gain * e));
            let Sketch { mid, side } = &*self.take.sketch;
            self.factor[band] * (of(mid, gains[0][band]) + of(side, gains[1][band]))
        })
    }

    fn at(&self, frame: usize, band: usize) -> f64 {
        let Some(frame) = usize::try_from(frame as i64 - self.take.late).ok() else { return 0.0 };
        let of = |x: &[f32]| x.get(frame * BANDS + band).map_or(0.0, |&e| f64::from(e));
        self.factor[band] * (of(&self.take.sketch.mid) + of(&self.take.sketch.side))
    }
}

impl Bands {
    /// From the tracks as they are heard before these faders, dB.
    pub fn new(heard: &[Option<Heard<'_>>], faders: &[f64], lead: Vec<usize>) -> Bands {
        let frames = frames(heard);
        let mean = mean(heard, faders, frames);
        let gains: Vec<f64> = faders.iter().map(|fader| 10f64.powf(fader / 10.0)).collect();
        let sum = |band: usize| mean.iter().zip(&gains).map(|(m, g)| g * m[band]).sum::<f64>();
        let all: f64 = (0..BANDS).map(sum).sum();
        let counts = (0..BANDS).map(|band| sum(band) > 1e-5 * all).collect();
        Bands { cells: cells(heard, &lead, frames), mean, counts, lead }
    }
}

/// The tracks in the order of a scene before these faders, dB; one whose sketch is not known is silent.
pub fn heard<'a>(tracks: &[Option<&'a (Take, Stand)>], faders: &[f64]) -> Vec<Option<Heard<'a>>> {
    let of = |(track, fader): (&Option<&'a (Take, Stand)>, &f64)| {
        let (take, stand) = (*track)?;
        let gain = 10f64.powf((stand.level - fader) / 10.0);
        let mut heard = Heard { take, factor: stand.tone.map(|tone| tone * gain), loudest: 0.0 };
        heard.loudest = (0..take.end()).map(|frame| heard.loud(frame)).fold(0.0, f64::max);
        Some(heard)
    };
    tracks.iter().zip(faders).map(of).collect()
}

/// Frames of the song.
pub(super) fn frames(heard: &[Option<Heard<'_>>]) -> usize {
    heard.iter().flatten().map(|track| track.take.end()).max().unwrap_or(0)
}

/// Mean energies over the frames that are louder than the median of those that sound, with the faders as they stand.
fn mean(heard: &[Option<Heard<'_>>], faders: &[f64], frames: usize) -> Vec<[f64; BANDS]> {
    let gains: Vec<f64> = faders.iter().map(|fader| 10f64.powf(fader / 10.0)).collect();
    let level = |frame: usize| -> f64 {
        let of = |(heard, gain): (&Option<Heard<'_>>, &f64)| {
            heard.as_ref().map_or(0.0, |heard| gain * (0..BANDS).map(|b| heard.at(frame, b)).sum::<f64>())
        };
        heard.iter().zip(&gains).map(of).sum()
    };
    let levels: Vec<f64> = (0..frames).map(level).collect();
    let mut sorted: Vec<f64> = levels.iter().copied().filter(|&level| level > 1e-9).collect();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(f64::INFINITY);
    let loud: Vec<usize> = (0..frames).filter(|&frame| levels[frame] >= median).collect();
    let share = 1.0 / loud.len().max(1) as f64;
    let of = |heard: &Option<Heard<'_>>| -> [f64; BANDS] {
        std::array::from_fn(|band| {
            heard
                .as_ref()
                .map_or(0.0, |heard| share * loud.iter().map(|&frame| heard.at(frame, band)).sum::<f64>())
        })
    };
    heard.iter().map(of).collect()
}

/// The cells of the lead that count, in at most [`FRAMES`] of its frames.
fn cells(heard: &[Option<Heard<'_>>], lead: &[usize], frames: usize) -> Vec<Cell> {
    let own = |frame: usize, band: usize| -> f64 {
        lead.iter().filter_map(|&i| heard[i].as_ref()).map(|heard| heard.at(frame, band)).sum()
    };
    let levels: Vec<f64> = (0..frames).map(|frame| (0..BANDS).map(|band| own(frame, band)).sum()).collect();
    let loudest = levels.iter().copied().fold(0.0, f64::max);
    let gate = loudest * 10f64.powf(-COUNTS.1 / 10.0);
    let sings: Vec<usize> = (0..frames).filter(|&frame| levels[frame] > gate && loudest > 0.0).collect();
    let step = sings.len().div_ceil(FRAMES).max(1);
    let mut cells = Vec::new();
    for &frame in sings.iter().step_by(step) {
        let top = (0..BANDS).map(|band| own(frame, band)).fold(0.0, f64::max);
        for band in (0..BANDS).filter(|&band| (PRESENCE.0..=PRESENCE.1).contains(&centres()[band])) {
            let energy = own(frame, band);
            if energy < top * 10f64.powf(-COUNTS.0 / 10.0) {
                continue;
            }
            let over = heard.iter().enumerate().map(|(i, heard)| match heard {
                Some(heard) if !lead.contains(&i) => spread(|other| heard.at(frame, other), band),
                _ => 0.0,
            });
            cells.push(Cell { band, weight: energy, own: energy, over: over.collect() });
        }
    }
    let all: f64 = cells.iter().map(|cell| cell.weight).sum();
    cells.iter_mut().for_each(|cell| cell.weight /= all);
    cells
}

/// How much of each band is spread over each other, by the other: far ones do not count.
static SPREAD: LazyLock<Vec<Vec<(usize, f64)>>> = LazyLock::new(|| {
    let place = |band: usize| erb_rate(centres()[band]);
    let of = |band: usize| {
        let falls = (0..BANDS).map(move |other| {
            let away = place(band) - place(other);
            (other, if away >= 0.0 { SLOPES.0 * away } else { -SLOPES.1 * away })
        });
        falls
            .filter(|(_, fall)| *fall < 40.0)
            .map(|(other, fall)| (other, 10f64.powf(-fall / 10.0)))
            .collect()
    };
    (0..BANDS).map(of).collect()
});

/// What a sound spreads over a band.
pub(super) fn spread(energy: impl Fn(usize) -> f64, band: usize) -> f64 {
    SPREAD[band].iter().map(|&(other, share)| share * energy(other)).sum()
}
