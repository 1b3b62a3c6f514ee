//! Peaks and plain level.

use super::Notes;
use super::sound::{Sound, dot, power_db};
use crate::Measure;

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "peak.true",
        unit: "dBTP",
        doc: "True peak: four times oversampled with a 48-tap windowed sinc (ITU-R BS.1770-5, annex 2); the sample \
              peak when that is higher.",
    },
    Measure { id: "peak.sample", unit: "dBFS", doc: "Largest sample of any channel." },
    Measure {
        id: "level.rms",
        unit: "dBFS",
        doc: "Root mean square of all channels over the whole file; a full-scale sine is -3.01 dBFS.",
    },
];

/// Taps of each of the three interpolating phases.
const TAPS: usize = 16;

/// Notes peaks and level.
pub(crate) fn measure(sound: &Sound, notes: &mut Notes) {
    let peak = sound.each().map(largest).fold(0.0, f32::max);
    if peak == 0.0 {
        return;
    }
    let decibels = |x: f32| 20.0 * f64::from(x).log10();
    notes.number("peak.sample", decibels(peak));
    notes.number("peak.true", decibels(sound.each().map(true_peak).fold(peak, f32::max)));
    let channels = sound.each().count() as f64;
    let square: f64 = sound.each().flatten().map(|&x| f64::from(x) * f64::from(x)).sum();
    notes.number("level.rms", power_db(square / (channels * sound.len() as f64)));
}

/// Largest absolute sample.
pub(crate) fn largest(x: &[f32]) -> f32 {
    x.iter().fold(0.0, |peak, x| peak.max(x.abs()))
}

/// Largest value between samples. Only stretches that could hold a new peak are interpolated: no output exceeds
/// the largest input times the sum of the taps' sizes.
fn true_peak(x: &[f32]) -> f32 {
    let phases = phases();
    let reach = phases.iter().map(|taps| taps.iter().map(|t| t.abs()).sum::<f32>()).fold(1.0, f32::max);
    let mut padded = vec![0.0f32; TAPS / 2];
    let mut peak = largest(x);
    const BLOCK: usize = 256;
    for start in (0..x.len()).step_by(BLOCK) {
        let end = (start + BLOCK).min(x.len());
        // Output between samples n - 1 and n reads n - TAPS / 2 .. n + TAPS / 2.
        let from = start.saturating_sub(TAPS / 2);
        let to = (end + TAPS / 2).min(x.len());
        if largest(&x[from..to]) * reach <= peak {
            continue;
        }
        padded.clear();
        padded.resize(TAPS / 2 - (start - from), 0.0);
        padded.extend_from_slice(&x[from..to]);
        padded.resize(end - start + TAPS, 0.0);
        for window in padded.windows(TAPS) {
            for taps in &phases {
                peak = peak.max(dot(window, taps).abs());
            }
        }
    }
    peak
}

/// Sinc at a quarter, a half and three quarters of a sample, under a Blackman window, with unit gain at 0 Hz.
fn phases() -> [[f32; TAPS]; 3] {
    [0.25, 0.5, 0.75].map(|shift: f64| {
        let taps: [f64; TAPS] = std::array::from_fn(|i| {
            let t = i as f64 - (TAPS / 2 - 1) as f64 - shift;
            let w = std::f64::consts::PI * t / (TAPS / 2) as f64;
            let sinc = (std::f64::consts::PI * t).sin() / (std::f64::consts::PI * t);
            sinc * (0.42 + 0.5 * w.cos() + 0.08 * (2.0 * w).cos())
        });
        let sum: f64 = taps.iter().sum();
        taps.map(|tap| (tap / sum) as f32)
    })
}
