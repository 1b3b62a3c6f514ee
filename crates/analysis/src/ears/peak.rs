//! Peaks and plain level.

use mixsmith_dsp::meter::PeakMeter;

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
    notes.number("peak.true", decibels(sound.each().map(PeakMeter::of).fold(peak, f32::max)));
    let channels = sound.each().count() as f64;
    let square: f64 = sound.each().flatten().map(|&x| f64::from(x) * f64::from(x)).sum();
    notes.number("level.rms", power_db(square / (channels * sound.len() as f64)));
}

/// Largest absolute sample.
pub(crate) fn largest(x: &[f32]) -> f32 {
    x.iter().fold(0.0, |peak, x| peak.max(x.abs()))
}
