//! The colour of a sound, how it moves, and how notes begin and fall: what tells instruments apart by ear.

use std::f64::consts::PI;

use super::Notes;
use super::activity::Activity;
use super::frames::{FINES, Frames};
use super::hops::{Hops, STEP};
use super::pitch::Pitch;
use super::sound::percentile;
use crate::sketch::{erb_hz, erb_rate};
use crate::{Measure, Qty};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "timbre.shape",
        unit: "dB",
        doc: "Mean cepstrum while the track sounds: cosine transform, orders 1 to 12, of the levels in 24 equal steps of \
              ERB rate from 40 Hz to 16 kHz, every 10 ms (Davis and Mermelstein 1980, on the scale of Glasberg and \
              Moore 1990).",
    },
    Measure {
        id: "timbre.spread",
        unit: "dB",
        doc: "Standard deviation over time of the level and of the orders of timbre.shape, 13 in all.",
    },
    Measure {
        id: "timbre.moves",
        unit: "dB",
        doc: "Mean change over 20 ms of the level and of the orders of timbre.shape, 13 in all.",
    },
    Measure {
        id: "timbre.attack",
        unit: "dB",
        doc: "Level and orders 1 to 7 of timbre.shape in the first 40 ms from an onset, less those 100 to 200 ms after \
              it; mean over the onsets.",
    },
    Measure {
        id: "timbre.fall",
        unit: "dB",
        doc: "Level below the peak of an onset after 20, 50, 100, 200, 400 and 800 ms, or where the next one begins; \
              mean over the onsets.",
    },
    Measure {
        id: "timbre.beats",
        unit: "dB",
        doc: "How much the level moves at 1-2, 2-4, 4-8, 8-16 and 16-32 Hz: standard deviation of the differences of \
              moving means.",
    },
    Measure {
        id: "timbre.tones",
        unit: "dB",
        doc: "In each octave from 100 Hz to 12.8 kHz how far the strongest twelfth lies above the mean, over the frames \
              of 100 ms in which the octave sounds: 10.8 for one tone, near 3 for noise.",
    },
    Measure {
        id: "timbre.turns",
        unit: "dB",
        doc: "Mean change from one frame of 100 ms to the next of the twelfth octaves within 30 dB of the strongest, for \
              rises and for falls.",
    },
    Measure {
        id: "timbre.held",
        unit: "share, cents, cents",
        doc: "Share of the playing time that belongs to held notes of half a second, their mean glide, and their mean \
              deviation from it.",
    },
];

/// Steps of the ERB scale.
const STEPS: usize = 24;
/// Orders of the cepstrum, with the level.
const ORDERS: usize = 13;
/// A step counts as at least this share of the loud level: 50 dB below lies noise.
const FLOOR: f64 = 1e-5;
/// A hop below this share of the loud level is silence between sounds.
const QUIET: f64 = 1e-3;

/// Notes the colour of a sound and how it moves.
pub(crate) fn measure(
    (hops, frames): (&Hops, &Frames),
    activity: &Activity,
    onsets: &[usize],
    pitch: &Pitch,
    notes: &mut Notes,
) {
    let Some(colour) = Colour::new(hops, activity) else { return };
    colour.note(onsets, notes);
    tones(&frames.fine, notes);
    let held = pitch.held();
    let glides: Vec<(f64, f64)> = held.iter().map(|cents| glide(cents)).collect();
    let count = glides.len().max(1) as f64;
    let share = held.iter().map(Vec::len).sum::<usize>() as f64 / pitch.playing.max(1) as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| glides.iter().map(of).sum::<f64>() / count;
    bands("timbre.held", [share, mean(|g| g.0), mean(|g| g.1)], notes);
}

fn bands(what: &str, values: impl IntoIterator<Item = f64>, notes: &mut Notes) {
    notes.note(what, Qty::Bands(values.into_iter().map(|x| x as f32).collect()));
}

/// Cepstra by hop.
struct Colour {
    /// Level in dB, then orders 1 to 12.
    orders: Vec<[f64; ORDERS]>,
    /// Does it sound at this hop?
    sounds: Vec<bool>,
}

impl Colour {
    /// None where nothing sounds.
    fn new(hops: &Hops, activity: &Activity) -> Option<Colour> {
        let playing: Vec<f64> =
            (0..hops.len()).filter(|&hop| activity.at(hop)).map(|hop| f64::from(hops.total[hop])).collect();
        let loud = percentile(&playing, 0.95).filter(|&loud| loud > 0.0)?;
        let places = places(&hops.edges);
        let cosines: [[f64; STEPS]; ORDERS] = std::array::from_fn(|order| {
            std::array::from_fn(|step| {
                let angle = PI * order as f64 * (step as f64 + 0.5) / STEPS as f64;
                angle.cos() * if order == 0 { 1.0 } else { 2.0 } / STEPS as f64
            })
        });
        let mut colour =
            Colour { orders: Vec::with_capacity(hops.len()), sounds: Vec::with_capacity(hops.len()) };
        for hop in 0..hops.len() {
            let total = f64::from(hops.total[hop]);
            colour.sounds.push(activity.at(hop) && total > QUIET * loud);
            let mut orders = [0.0; ORDERS];
            if activity.at(hop) {
                let mut steps = [FLOOR * loud / STEPS as f64; STEPS];
                for (&place, &energy) in places.iter().zip(hops.hop(hop)) {
                    steps[place] += f64::from(energy);
                }
                let levels = steps.map(|energy| 10.0 * (energy / loud).log10());
                for (order, cosines) in orders.iter_mut().zip(&cosines) {
                    *order = levels.iter().zip(cosines).map(|(level, cosine)| level * cosine).sum();
                }
            }
            orders[0] = 10.0 * (total / loud).max(FLOOR).log10();
            colour.orders.push(orders);
        }
        Some(colour)
    }

    fn note(&self, onsets: &[usize], notes: &mut Notes) {
        let sounding: Vec<&[f64; ORDERS]> =
            self.orders.iter().zip(&self.sounds).filter(|(_, on)| **on).map(|(orders, _)| orders).collect();
        let count = sounding.len().max(1) as f64;
        let mean: [f64; ORDERS] =
            std::array::from_fn(|k| sounding.iter().map(|orders| orders[k]).sum::<f64>() / count);
        let spread = |k: usize| {
            (sounding.iter().map(|orders| (orders[k] - mean[k]).powi(2)).sum::<f64>() / count).sqrt()
        };
        let pairs: Vec<usize> =
            (2..self.orders.len()).filter(|&hop| self.sounds[hop] && self.sounds[hop - 2]).collect();
        let moves = |k: usize| {
            let change = |&hop: &usize| (self.orders[hop][k] - self.orders[hop - 2][k]).abs();
            pairs.iter().map(change).sum::<f64>() / pairs.len().max(1) as f64
        };
        bands("timbre.shape", mean[1..].iter().copied(), notes);
        bands("timbre.spread", (0..ORDERS).map(spread), notes);
        bands("timbre.moves", (0..ORDERS).map(moves), notes);
        if !onsets.is_empty() {
            bands("timbre.attack", self.attack(onsets), notes);
            bands("timbre.fall", self.fall(onsets), notes);
        }
        bands("timbre.beats", self.beats(), notes);
    }

    fn mean(&self, hops: std::ops::Range<usize>, order: usize) -> Option<f64> {
        let found = self.orders.get(hops)?;
        let sum: f64 = found.iter().map(|orders| orders[order]).sum();
        (!found.is_empty()).then(|| sum / found.len() as f64)
    }

    fn attack(&self, onsets: &[usize]) -> [f64; 8] {
        std::array::from_fn(|order| {
            let one =
                |&hop: &usize| Some(self.mean(hop..hop + 4, order)? - self.mean(hop + 10..hop + 20, order)?);
            let all: Vec<f64> = onsets.iter().filter_map(one).collect();
            all.iter().sum::<f64>() / all.len().max(1) as f64
        })
    }

    fn fall(&self, onsets: &[usize]) -> [f64; 6] {
        let mut sums = [0.0; 6];
        for (i, &start) in onsets.iter().enumerate() {
            let end = onsets.get(i + 1).map_or(self.orders.len(), |&next| next.saturating_sub(1));
            let end = end.max(start + 1).min(self.orders.len());
            let level = |hop: usize| self.orders[hop.min(end - 1)][0];
            let peak =
                (start..end.min(start + 7)).fold(start, |a, b| if level(b) > level(a) { b } else { a });
            for (sum, after) in sums.iter_mut().zip([2, 5, 10, 20, 40, 80]) {
                *sum += level(peak) - level(peak + after);
            }
        }
        sums.map(|sum| sum / onsets.len() as f64)
    }

    /// A moving mean over `n` hops lets pass what moves slower than about 0.44 / (n STEP) Hz.
    fn beats(&self) -> [f64; 5] {
        let levels: Vec<f64> = self.orders.iter().map(|orders| orders[0].max(-30.0)).collect();
        let smooth = |hz: f64| smooth(&levels, ((0.44 / (hz * STEP)).round() as usize) | 1);
        let means: Vec<Vec<f64>> = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0].map(smooth).to_vec();
        std::array::from_fn(|k| {
            let (mut sum, mut count) = (0.0, 0);
            for hop in (0..levels.len()).filter(|&hop| self.sounds[hop]) {
                sum += (means[k + 1][hop] - means[k][hop]).powi(2);
                count += 1;
            }
            (sum / f64::from(count.max(1))).sqrt()
        })
    }
}

/// Mean over `width` values around each.
fn smooth(values: &[f64], width: usize) -> Vec<f64> {
    let mut sums = vec![0.0];
    values.iter().for_each(|x| sums.push(sums[sums.len() - 1] + x));
    (0..values.len())
        .map(|i| {
            let (from, to) = (i.saturating_sub(width / 2), (i + width / 2 + 1).min(values.len()));
            (sums[to] - sums[from]) / (to - from) as f64
        })
        .collect()
}

/// In which step of the ERB scale each band of the hops lies.
fn places(edges: &[f64]) -> Vec<usize> {
    let (low, high) = (erb_rate(40.0), erb_rate(16_000.0));
    let tops: Vec<f64> =
        (1..STEPS).map(|step| erb_hz(low + (high - low) * step as f64 / STEPS as f64)).collect();
    let middle = |edge: &[f64]| (edge[0] * edge[1]).sqrt();
    edges.windows(2).map(|edge| tops.iter().take_while(|&&top| top < middle(edge)).count()).collect()
}

/// Peaks within octaves, and how the twelfths of an octave change.
fn tones(fine: &[[f32; FINES]], notes: &mut Notes) {
    const OCTAVES: usize = FINES / 12;
    let (mut peaks, mut sounding) = ([0.0f64; OCTAVES], [0.0f64; OCTAVES]);
    for frame in fine {
        let all: f32 = frame.iter().sum();
        for (octave, twelfths) in frame.chunks_exact(12).enumerate() {
            let (sum, most) =
                twelfths.iter().fold((0.0f32, 0.0f32), |(sum, most), &e| (sum + e, most.max(e)));
            if sum > 1e-4 * all {
                peaks[octave] += 10.0 * (12.0 * f64::from(most / sum)).log10();
                sounding[octave] += 1.0;
            }
        }
    }
    bands("timbre.tones", peaks.iter().zip(sounding).map(|(sum, count)| sum / count.max(1.0)), notes);
    let (mut rises, mut falls, mut count) = (0.0, 0.0, 0.0f64);
    for pair in fine.windows(2) {
        let most = pair.iter().flatten().fold(0.0f32, |a, &b| a.max(b));
        let gate = 1e-3 * most;
        for (&then, &now) in pair[0].iter().zip(&pair[1]).filter(|(a, b)| a.max(**b) > gate) {
            let change = 10.0 * f64::from(now.max(gate) / then.max(gate)).log10();
            (rises, falls) = (rises + change.max(0.0), falls + (-change).max(0.0));
            count += 1.0;
        }
    }
    bands("timbre.turns", [rises / count.max(1.0), falls / count.max(1.0)], notes);
}

/// How far a held note glides from its first to its last moment, and its deviation from that line, in cents.
fn glide(cents: &[f64]) -> (f64, f64) {
    let count = cents.len().max(2) as f64;
    let mean = cents.iter().sum::<f64>() / count;
    let place = |i: usize| i as f64 - 0.5 * (count - 1.0);
    let (xy, xx) = cents
        .iter()
        .enumerate()
        .fold((0.0, 0.0), |(xy, xx), (i, c)| (xy + place(i) * (c - mean), xx + place(i) * place(i)));
    let slope = xy / xx;
    let rest = cents.iter().enumerate().map(|(i, c)| (c - mean - slope * place(i)).powi(2)).sum::<f64>();
    ((slope * (count - 1.0)).abs(), (rest / count).sqrt())
}
