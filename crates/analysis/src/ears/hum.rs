//! Hum of the mains.

use std::f64::consts::TAU;

use super::Notes;
use super::decimate::decimate;
use super::mains;
use super::sound::{percentile, power_db};
use crate::Measure;

/// The measures of this file. Both are absent where there is no hum.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "fault.hum",
        unit: "dBFS",
        doc: "Root mean square of the mains hum: those of the first six harmonics of 50 or 60 Hz which are narrow, lie \
              within 0.25 Hz of their place by their phase from window to window, and hold one level, in windows of one \
              second. A bass note nearby is off by more (G1 is 49.0 Hz) and moves. Where no window shows the hum alone: of \
              those that are a line at their place for half a minute, 4 dB above all within 1.5 Hz, with each moment \
              weighed by the inverse of its level.",
    },
    Measure { id: "fault.hum_hz", unit: "Hz", doc: "50 or 60: the mains frequency of the hum." },
];

/// Harmonics looked at.
const HARMONICS: usize = 6;
/// Seconds of a window, and from window to window.
const WINDOW: f64 = 1.0;
const STEP: f64 = 0.5;
/// A window below this is digital silence.
const SILENT: f64 = 1e-11;

/// Notes the hum of a line at a rate near 16 kHz.
pub(crate) fn measure(line: &[f32], rate: f64, notes: &mut Notes) {
    let factor = (rate / 1800.0).floor().max(1.0) as usize;
    let low = decimate(line, factor);
    let rate = rate / factor as f64;
    let mut found = [50.0, 60.0].map(|mains| (mains, hum(&low, rate, mains)));
    if found.iter().all(|(_, hum)| hum.is_none()) {
        found = [50.0, 60.0].map(|mains| (mains, mains::hum(&low, rate, mains)));
    }
    if let Some((mains, Some(power))) =
        found.into_iter().max_by(|a, b| a.1.unwrap_or(0.0).total_cmp(&b.1.unwrap_or(0.0)))
    {
        notes.number("fault.hum", power_db(power));
        notes.number("fault.hum_hz", mains);
    }
}

/// Power of the hum at multiples of the mains frequency.
fn hum(low: &[f32], rate: f64, mains: f64) -> Option<f64> {
    let harmonics: Vec<Harmonic> =
        (1..=HARMONICS).map(|h| Harmonic::new(low, rate, mains * h as f64)).collect();
    let certain: Vec<&Harmonic> = harmonics.iter().filter(|harmonic| harmonic.steady()).collect();
    // One harmonic alone may be a drone; the mains distort, so there are two, one of them low.
    let low = certain.iter().any(|harmonic| harmonic.hz < 2.5 * mains);
    (low && certain.len() >= 2).then(|| certain.iter().filter_map(|harmonic| harmonic.power()).sum())
}

/// What was found at one frequency.
struct Harmonic {
    hz: f64,
    /// Windows that are not silent.
    windows: usize,
    /// Levels in dB of the windows in which there is a narrow line at exactly this frequency.
    levels: Vec<f64>,
}

impl Harmonic {
    fn new(low: &[f32], rate: f64, hz: f64) -> Self {
        let size = (WINDOW * rate).round() as usize;
        let step = (STEP * rate).round() as usize;
        let shape: Vec<f64> = (0..size).map(|i| 0.5 - 0.5 * (TAU * i as f64 / size as f64).cos()).collect();
        // Hann: a sine of power p has |X|² = p * (sum of the window)² / 2; noise is seen through 1.5 bins.
        let sum: f64 = shape.iter().sum();
        let probes: Vec<Vec<(f64, f64)>> = [0.0, -5.0, -4.0, 4.0, 5.0]
            .iter()
            .map(|shift| {
                let turn = TAU * (hz + shift) / rate;
                shape
                    .iter()
                    .enumerate()
                    .map(|(i, w)| (w * (turn * i as f64).cos(), w * (turn * i as f64).sin()))
                    .collect()
            })
            .collect();
        let mut harmonic = Harmonic { hz, windows: 0, levels: Vec::new() };
        let mut last: Option<f64> = None;
        for start in (0..(low.len() + 1).saturating_sub(size)).step_by(step.max(1)) {
            let window = &low[start..start + size];
            let energy: f64 = window.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / size as f64;
            if energy < SILENT {
                last = None;
                continue;
            }
            harmonic.windows += 1;
            let bins: Vec<(f64, f64)> = probes
                .iter()
                .map(|probe| {
                    let (re, im) = window.iter().zip(probe).fold((0.0, 0.0), |(re, im), (&x, p)| {
                        (re + f64::from(x) * p.0, im - f64::from(x) * p.1)
                    });
                    (2.0 * (re * re + im * im) / (sum * sum), im.atan2(re))
                })
                .collect();
            let (power, phase) = bins[0];
            let around = bins[1..].iter().map(|bin| bin.0).fold(0.0, f64::max);
            let narrow = power > 10.0 * around && power > 1e-11;
            if let Some(last) = last.filter(|_| narrow) {
                // The phase turns by hz * step; what is left over is the distance from the place.
                let turn = phase - last - TAU * hz * step as f64 / rate;
                let off = (turn / TAU - (turn / TAU).round()) * rate / step as f64;
                if off.abs() < 0.25 {
                    harmonic.levels.push(power_db(power));
                }
            }
            last = narrow.then_some(phase);
        }
        harmonic
    }

    /// Is it there in enough windows, always at the same level?
    fn steady(&self) -> bool {
        let spread = |low, high| Some(percentile(&self.levels, high)? - percentile(&self.levels, low)?);
        self.levels.len() >= 4
            && self.levels.len() * 10 >= self.windows
            && spread(0.2, 0.8).is_some_and(|db| db < 3.0)
    }

    /// Its power: the lower quartile, since all else adds.
    fn power(&self) -> Option<f64> {
        percentile(&self.levels, 0.25).map(|db| 10f64.powf(db / 10.0))
    }
}
