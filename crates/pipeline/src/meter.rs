//! Loudness and true peak of what is being printed.

use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};

/// Level of a print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Integrated loudness, LUFS (ITU-R BS.1770-5); -120 for silence.
    pub loudness: f64,
    /// Loudness range, LU (EBU Tech 3342).
    pub range: f64,
    /// True peak, dBTP; -120 for silence.
    pub true_peak: f64,
}

/// Measures two channels while they pass.
#[derive(Debug)]
pub(crate) struct Meter(EbuR128);

impl Meter {
    /// A meter at rest. The rate must be one that ebur128 takes (16 Hz to 2.8 MHz), which any song's rate is.
    pub fn new(rate: u32) -> Option<Self> {
        EbuR128::new(2, rate, Mode::I | Mode::LRA | Mode::TRUE_PEAK | Mode::HISTOGRAM).ok().map(Meter)
    }

    pub fn add(&mut self, left: &[f32], right: &[f32]) {
        // It fails only on a wrong number of channels.
        let _ = self.0.add_frames_planar_f32(&[left, right]);
    }

    pub fn level(&self) -> Level {
        let floor = |value: f64| if value.is_finite() { value.max(-120.0) } else { -120.0 };
        let peak = [0, 1].iter().filter_map(|&c| self.0.true_peak(c).ok()).fold(0.0, f64::max);
        Level {
            loudness: floor(self.0.loudness_global().unwrap_or(f64::NEG_INFINITY)),
            range: self.0.loudness_range().unwrap_or(0.0),
            true_peak: floor(20.0 * peak.log10()),
        }
    }
}
