//! The harmonics of what has a pitch: what a reed, a string and a square wave differ in.

use std::f64::consts::TAU;

use super::Notes;
use super::frames::hann;
use super::pitch::{Pitch, STEP};
use crate::{Measure, Qty};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "timbre.harmonics",
        unit: "dB",
        doc: "Levels of the first eight harmonics against the sum of all eight, at least -50; mean over the moments of \
              one clear pitch, every 100 ms.",
    },
    Measure {
        id: "timbre.harmonics_move",
        unit: "dB",
        doc: "Mean standard deviation of timbre.harmonics over time, of the first four and of the others.",
    },
    Measure {
        id: "timbre.odd",
        unit: "dB",
        doc: "Power of the harmonics 3, 5 and 7 over that of 2, 4 and 6, held within 20; mean over the same moments.",
    },
    Measure {
        id: "timbre.beside",
        unit: "dB",
        doc: "Power up to 8 kHz over that of the first eight harmonics: noise, other notes and what lies higher; mean \
              over the same moments.",
    },
];

/// Harmonics that are looked at.
const COUNT: usize = 8;
/// Frames of the pitch from one look to the next.
const EVERY: usize = 5;
/// Seconds of each look: partials of a bass are told apart.
const WINDOW: f64 = 0.096;

/// Notes the harmonics of the line that the pitch was found in.
pub(crate) fn measure(line: &[f32], rate: f64, pitch: &Pitch, notes: &mut Notes) {
    let window = hann((WINDOW * rate) as usize);
    let mut looks: Vec<[f64; COUNT + 2]> = Vec::new();
    let mut samples = vec![0.0f64; window.len()];
    for frame in (0..pitch.track.len()).step_by(EVERY).filter(|&frame| pitch.track[frame] > 0.0) {
        let centre = (frame as f64 * STEP * rate).round() as usize;
        let Some(start) = centre.checked_sub(window.len() / 2) else { continue };
        let Some(sound) = line.get(start..start + window.len()) else { continue };
        for ((y, x), w) in samples.iter_mut().zip(sound).zip(&window) {
            *y = f64::from(x * w);
        }
        looks.extend(look(&samples, f64::from(pitch.track[frame]) / rate));
    }
    if looks.len() < 4 {
        return;
    }
    let count = looks.len() as f64;
    let mean: [f64; COUNT + 2] =
        std::array::from_fn(|k| looks.iter().map(|look| look[k]).sum::<f64>() / count);
    let spread =
        |k: usize| (looks.iter().map(|look| (look[k] - mean[k]).powi(2)).sum::<f64>() / count).sqrt();
    let moves = [(0..4).map(spread).sum::<f64>() / 4.0, (4..COUNT).map(spread).sum::<f64>() / 4.0];
    notes.note("timbre.harmonics", Qty::Bands(mean[..COUNT].iter().map(|&db| db as f32).collect()));
    notes.note("timbre.harmonics_move", Qty::Bands(moves.map(|db| db as f32).to_vec()));
    notes.number("timbre.odd", mean[COUNT]);
    notes.number("timbre.beside", mean[COUNT + 1]);
}

/// Levels of the harmonics, odd over even, and what is beside them; none in silence. `pitch` in periods a sample.
fn look(samples: &[f64], pitch: f64) -> Option<[f64; COUNT + 2]> {
    let all = samples.iter().map(|x| x * x).sum::<f64>();
    let powers: [f64; COUNT] = std::array::from_fn(|k| {
        let turn = pitch * (k + 1) as f64;
        if turn < 0.48 { power(samples, turn) } else { 0.0 }
    });
    let sum: f64 = powers.iter().sum();
    if all <= 0.0 || sum <= 0.0 {
        return None;
    }
    let decibels = |x: f64| 10.0 * x.max(1e-5).log10();
    let (odd, even) = (powers[2] + powers[4] + powers[6], powers[1] + powers[3] + powers[5]);
    let mut found = [0.0; COUNT + 2];
    found.iter_mut().zip(powers).for_each(|(db, power)| *db = decibels(power / sum));
    found[COUNT] = (decibels(odd / sum) - decibels(even / sum)).clamp(-20.0, 20.0);
    // A windowed sine of amplitude one: |sum|^2 is (n / 4)^2, its squares sum to 3 n / 16.
    let scale = 3.0 / samples.len() as f64;
    found[COUNT + 1] = decibels(all / (scale * sum)).clamp(-10.0, 30.0);
    Some(found)
}

/// Squared magnitude at `turn` periods a sample (Goertzel 1958).
fn power(samples: &[f64], turn: f64) -> f64 {
    let twice = 2.0 * (TAU * turn).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for x in samples {
        (last, before) = (x + twice * last - before, last);
    }
    last * last + before * before - twice * last * before
}
