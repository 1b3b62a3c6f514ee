//! Loudness and true peak of what is being printed.

use mixsmith_analysis::ears::loudness::{integrated, range};
use mixsmith_dsp::loudness::{Energy, KWeighting};
use mixsmith_dsp::meter::PeakMeter;
use serde::{Deserialize, Serialize};

use crate::envelope::{Envelope, Follower};

/// Level of a print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Integrated loudness, LUFS (ITU-R BS.1770-5); -120 for silence.
    pub loudness: f64,
    /// True peak, dBTP (BS.1770-5 annex 2, read as the fact `peak.true`); -120 for silence.
    pub true_peak: f64,
}

/// Measures two channels while they pass.
#[derive(Debug)]
pub struct Meter {
    weighting: KWeighting,
    /// Frames in 100 ms.
    block: f64,
    /// Frames that have passed.
    frames: u64,
    /// Mean squares of both channels, K-weighted, every 100 ms.
    energies: Vec<f64>,
    peaks: [PeakMeter; 2],
    follower: Follower,
}

impl Meter {
    /// A meter at rest.
    pub fn new(rate: u32) -> Self {
        Meter {
            weighting: KWeighting::new(f64::from(rate)),
            block: f64::from(rate) / 10.0,
            frames: 0,
            energies: Vec::new(),
            peaks: [PeakMeter::default(), PeakMeter::default()],
            follower: Follower::new(rate),
        }
    }

    /// Measures the next stretch, of two equal lengths.
    pub fn add(&mut self, left: &[f32], right: &[f32]) {
        let mut from = 0;
        while from < left.len() {
            // The last block that has begun ends where the next begins.
            let end = (self.energies.len() as f64 * self.block).round() as u64;
            if self.frames == end {
                self.energies.push(0.0);
                continue;
            }
            let to = left.len().min(from + (end - self.frames) as usize);
            let Energy { squares, .. } = self.weighting.energy(&left[from..to], &right[from..to]);
            if let Some(energy) = self.energies.last_mut() {
                *energy += (squares[0] + squares[1]) / self.block;
            }
            self.frames += (to - from) as u64;
            from = to;
        }
        self.peaks[0].add(left);
        self.peaks[1].add(right);
        self.follower.add(left, right);
    }

    /// The level, and what the print is like over time.
    pub fn finish(self) -> (Level, Envelope) {
        (self.level(), self.follower.finish())
    }

    /// The level so far.
    pub fn level(&self) -> Level {
        let peak = self.peaks[0].highest().max(self.peaks[1].highest());
        Level {
            loudness: integrated(&self.energies).unwrap_or(FLOOR).max(FLOOR),
            true_peak: (20.0 * f64::from(peak).log10()).max(FLOOR),
        }
    }

    /// Loudness range so far, LU (EBU Tech 3342); 0 for silence.
    pub fn range(&self) -> f64 {
        range(&self.energies).unwrap_or(0.0)
    }
}

/// Below this a level says only "silent", LUFS or dBTP.
const FLOOR: f64 = -120.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn true_peaks_are_those_of_ebu_tech_3341() {
        // Cases 15 to 19: tones whose samples miss their peaks; -6.0, and +3.0 dBTP, +0.2 / -0.4 dB.
        for (divisor, degrees, amplitude, wanted) in [
            (4.0, 0.0, 0.5, -6.0),
            (4.0, 45.0, 0.5, -6.0),
            (6.0, 60.0, 0.5, -6.0),
            (8.0, 67.5, 0.5, -6.0),
            (4.0, 45.0, 1.41, 3.0),
        ] {
            let tone: Vec<f32> = (0..48_000)
                .map(|i| {
                    let fade = (f64::from(i) / 960.0).min(f64::from(47_999 - i) / 960.0).min(1.0);
                    let angle = std::f64::consts::TAU * f64::from(i) / divisor + f64::to_radians(degrees);
                    (amplitude * (0.5 - 0.5 * (fade * std::f64::consts::PI).cos()) * angle.sin()) as f32
                })
                .collect();
            let mut meter = Meter::new(48_000);
            tone.chunks(1000).for_each(|block| meter.add(block, block));
            let found = meter.level().true_peak;
            assert!((-0.4..=0.2).contains(&(found - wanted)), "1/{divisor} at {degrees}: {found} dBTP");
        }
    }

    #[test]
    fn ranges_are_those_of_ebu_tech_3342() {
        // Cases 1 to 3: 20 s of a tone, then 20 s of it at another level, dBFS. The standard allows 1 LU.
        for (first, second, range) in [(-20.0, -30.0, 10.0), (-20.0, -15.0, 5.0), (-40.0, -20.0, 20.0f64)] {
            let mut meter = Meter::new(48_000);
            for (db, seconds) in [(first, 20), (second, 20)] {
                let size = 10f64.powf(db / 20.0);
                let turn = std::f64::consts::TAU * 1000.0 / 48_000.0;
                let tone: Vec<f32> =
                    (0..48_000 * seconds).map(|i| (size * (turn * f64::from(i)).sin()) as f32).collect();
                meter.add(&tone, &tone);
            }
            let found = meter.range();
            assert!((found - range).abs() < 0.1, "{first} and {second} dBFS: {found} LU");
        }
    }

    #[test]
    fn loudness_is_that_of_another_meter() {
        use ebur128::{EbuR128, Mode};
        for rate in [44_100, 48_000, 96_000] {
            // Noise whose level wanders, so that the gates have work.
            let mut state = 1u32;
            let mut noise = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state as f32 / u32::MAX as f32 - 0.5
            };
            let level = |i: u32| 0.3 * (0.5 + 0.5 * (i as f32 / (2 * rate) as f32).cos()).powi(4);
            let left: Vec<f32> = (0..20 * rate).map(|i| level(i) * noise()).collect();
            let right: Vec<f32> = (0..20 * rate).map(|i| level(i + rate) * noise()).collect();
            let (mut ours, mut theirs) = (Meter::new(rate), EbuR128::new(2, rate, Mode::I).unwrap());
            for (left, right) in left.chunks(8192).zip(right.chunks(8192)) {
                ours.add(left, right);
                theirs.add_frames_planar_f32(&[left, right]).unwrap();
            }
            let (ours, theirs) = (ours.level().loudness, theirs.loudness_global().unwrap());
            // Theirs is 0.02 dB higher at 96 kHz than at 48, as the tabled numerator is kept at every rate.
            assert!((ours - theirs).abs() < 0.03, "{rate} Hz: {ours} and {theirs} LUFS");
        }
    }
}
