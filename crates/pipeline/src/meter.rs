//! Loudness and true peak of what is being printed.

use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};

/// Level of a print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Integrated loudness, LUFS (ITU-R BS.1770-5); -120 for silence.
    pub loudness: f64,
    /// True peak, dBTP (BS.1770-5 annex 2); -120 for silence.
    pub true_peak: f64,
}

/// Measures two channels while they pass.
#[derive(Debug)]
pub(crate) struct Meter {
    loudness: EbuR128,
    peaks: [TruePeak; 2],
}

impl Meter {
    /// A meter at rest. The rate must be one that ebur128 takes (16 Hz to 2.8 MHz), which any song's rate is.
    pub fn new(rate: u32) -> Option<Self> {
        let loudness = EbuR128::new(2, rate, Mode::I | Mode::HISTOGRAM).ok()?;
        Some(Meter { loudness, peaks: [TruePeak::default(), TruePeak::default()] })
    }

    pub fn add(&mut self, left: &[f32], right: &[f32]) {
        // It fails only on a wrong number of channels.
        let _ = self.loudness.add_frames_planar_f32(&[left, right]);
        self.peaks[0].add(left);
        self.peaks[1].add(right);
    }

    pub fn level(&self) -> Level {
        let floor = |value: f64| if value.is_finite() { value.max(-120.0) } else { -120.0 };
        let peak = self.peaks[0].most.max(self.peaks[1].most);
        Level {
            loudness: floor(self.loudness.loudness_global().unwrap_or(f64::NEG_INFINITY)),
            true_peak: floor(20.0 * f64::from(peak).log10()),
        }
    }
}

/// The interpolating filter of BS.1770-5 annex 2: four phases of twelve taps. The third and fourth phases are the
/// second and first read backwards.
const PHASES: [[f32; 12]; 2] = [
    [
        0.001_708_984_4,
        0.010_986_328,
        -0.019_653_32,
        0.033_203_125,
        -0.059_448_242,
        0.137_329_1,
        0.972_167_97,
        -0.102_294_92,
        0.047_607_422,
        -0.026_611_328,
        0.014_892_578,
        -0.008_300_781,
    ],
    [
        -0.029_174_805,
        0.029_296_875,
        -0.051_757_813,
        0.089_111_33,
        -0.166_503_9,
        0.465_087_9,
        0.779_785_16,
        -0.200_317_38,
        0.101_562_5,
        -0.058_227_54,
        0.033_081_055,
        -0.018_920_898,
    ],
];

/// No interpolated sample is larger than the largest sample times this: the sum of the taps of the second phase.
const MOST: f32 = 2.03;
const TAPS: usize = 12;
const BLOCK: usize = 64;

/// Largest interpolated sample of a channel.
#[derive(Clone, Debug, Default)]
struct TruePeak {
    /// The last samples of the block before.
    held: [f32; TAPS - 1],
    most: f32,
}

impl TruePeak {
    fn add(&mut self, samples: &[f32]) {
        for block in samples.chunks(BLOCK) {
            let largest = self.held.iter().chain(block).fold(0.0f32, |most, x| most.max(x.abs()));
            self.most = self.most.max(largest);
            let mut line = [0.0; TAPS - 1 + BLOCK];
            let line = &mut line[..TAPS - 1 + block.len()];
            line[..TAPS - 1].copy_from_slice(&self.held);
            line[TAPS - 1..].copy_from_slice(block);
            // Most blocks are too soft to hold the peak of the song.
            if largest * MOST > self.most {
                for window in line.windows(TAPS) {
                    for phase in &PHASES {
                        let ahead: f32 = window.iter().zip(phase).map(|(x, h)| x * h).sum();
                        let back: f32 = window.iter().rev().zip(phase).map(|(x, h)| x * h).sum();
                        self.most = self.most.max(ahead.abs()).max(back.abs());
                    }
                }
            }
            self.held.copy_from_slice(&line[line.len() - (TAPS - 1)..]);
        }
    }
}

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
            let mut meter = Meter::new(48_000).unwrap();
            tone.chunks(1000).for_each(|block| meter.add(block, block));
            let found = meter.level().true_peak;
            assert!((-0.4..=0.2).contains(&(found - wanted)), "1/{divisor} at {degrees}: {found} dBTP");
        }
    }
}
