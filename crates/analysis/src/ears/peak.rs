//! Peaks and plain level.

use mixsmith_dsp::true_peak::TruePeak;

use super::Notes;
use super::sound::{Sound, power_db};
use crate::Measure;

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "peak.true",
        unit: "dBTP",
        doc: "True peak (ITU-R BS.1770-5, annex 2): at eight points a frame and the tops between them, within 0.01 dB up \
              to 0.45 of the rate; the sample peak when that is higher.",
    },
    Measure { id: "peak.sample", unit: "dBFS", doc: "Largest sample of any channel." },
    Measure {
        id: "level.rms",
        unit: "dBFS",
        doc: "Root mean square of all channels over the whole file; a full-scale sine is -3.01 dBFS.",
    },
];

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

/// Largest value between samples. Only stretches that may hold a new peak are interpolated.
fn true_peak(x: &[f32]) -> f32 {
    let mut peak = largest(x);
    let mut blocks: Vec<(f32, usize)> =
        (0..x.len()).step_by(BLOCK).map(|start| (coarse(x, start), start)).collect();
    // The most promising first: after it few are left.
    blocks.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (most, start) in blocks {
        if most * MARGIN <= peak {
            break;
        }
        peak = peak.max(fine(x, start));
    }
    peak
}

/// Frames looked at in one go.
const BLOCK: usize = 1024;
/// A wave does not rise further above what is found half-way between its samples: 3 dB.
const MARGIN: f32 = 1.42;

/// Largest value of a block at its samples and half-way between them.
fn coarse(x: &[f32], start: usize) -> f32 {
    let end = (start + BLOCK).min(x.len());
    let mut most = largest(&x[start..end]);
    let (from, to) = (start.saturating_sub(HALF.len()), (end + HALF.len()).min(x.len()));
    for window in x[from..to].windows(2 * HALF.len()) {
        let (left, right) = window.split_at(HALF.len());
        let pairs = left.iter().rev().zip(right).zip(HALF);
        most = most.max(pairs.map(|((l, r), tap)| (l + r) * tap).sum::<f32>().abs());
    }
    most
}

/// One side of a sinc half-way between two samples, under a Hann window of eight.
const HALF: [f32; 4] = [0.612_4, -0.146_7, 0.039_3, -0.003_5];

/// Largest value of a block by the interpolation of the limiter.
fn fine(x: &[f32], start: usize) -> f32 {
    const AROUND: usize = 192;
    let mut line = vec![0.0; AROUND + BLOCK + AROUND];
    let from = start as isize - AROUND as isize;
    for (i, to) in line.iter_mut().enumerate() {
        *to = usize::try_from(from + i as isize).ok().and_then(|i| x.get(i)).copied().unwrap_or(0.0);
    }
    let mut peaks = vec![0.0; line.len()];
    TruePeak::new().process(&line, &mut peaks);
    let late = TruePeak::<f32>::LATENCY;
    largest(&peaks[AROUND + late..AROUND + late + BLOCK])
}
