//! The highest true peak of a channel, without interpolating where it cannot be.

use crate::Lane;
use crate::lane::{largest, wide::Kernel};
use crate::true_peak::{BLOCK, PAST, TruePeak};

/// The highest true peak of one channel so far, read as [`TruePeak`] reads it. How the sound is cut into calls does not change
/// a bit.
#[derive(Clone, Debug)]
pub struct PeakMeter {
    reader: TruePeak<f32>,
    /// The block while it fills.
    line: [f32; BLOCK],
    filled: usize,
    highest: f32,
}

impl Default for PeakMeter {
    /// At rest, after endless silence.
    fn default() -> Self {
        PeakMeter { reader: TruePeak::new(), line: [0.0; BLOCK], filled: 0, highest: 0.0 }
    }
}

impl PeakMeter {
    /// The highest true peak of a whole channel, as an amplitude.
    pub fn of(sound: &[f32]) -> f32 {
        // The highest sample is known at once, and saves reading most of what comes before it.
        let mut meter = PeakMeter { highest: largest(sound), ..PeakMeter::default() };
        meter.add(sound);
        meter.highest()
    }

    /// Measures the next stretch.
    pub fn add(&mut self, sound: &[f32]) {
        f32::run(Pass { meter: self, sound });
    }

    /// The highest true peak so far, as if silence followed.
    pub fn highest(&self) -> f32 {
        let mut rest = self.clone();
        rest.add(&[0.0; PAST + BLOCK]);
        rest.highest
    }

    /// Reads a whole block, or what of it may hold the highest peak.
    #[inline(always)]
    fn block(&mut self) {
        self.highest = self.highest.max(largest(&self.line));
        let mut peaks = [0.0; BLOCK];
        self.reader.process_above(self.highest, &self.line, &mut peaks);
        self.highest = self.highest.max(largest(&peaks));
        self.filled = 0;
    }
}

struct Pass<'a> {
    meter: &'a mut PeakMeter,
    sound: &'a [f32],
}

impl Kernel for Pass<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Pass { meter, mut sound } = self;
        while !sound.is_empty() {
            let (now, later) = sound.split_at(sound.len().min(BLOCK - meter.filled));
            meter.line[meter.filled..][..now.len()].copy_from_slice(now);
            meter.filled += now.len();
            sound = later;
            if meter.filled == BLOCK {
                meter.block();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything is read.
    fn plainly(sound: &[f32]) -> f32 {
        let padded = [sound, &[0.0; PAST + BLOCK]].concat();
        let mut peaks = vec![0.0; padded.len()];
        TruePeak::new().process(&padded, &mut peaks);
        largest(sound).max(largest(&peaks))
    }

    fn noise(seed: u32, frames: usize) -> impl Iterator<Item = f32> {
        let mut state = seed;
        std::iter::repeat_with(move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state as f32 / u32::MAX as f32 - 0.5
        })
        .take(frames)
    }

    #[test]
    fn nothing_is_missed_by_what_is_left_out() {
        let tone = |hz: f64| -> Vec<f32> {
            (0..20_000).map(|i| (std::f64::consts::TAU * hz * f64::from(i) + 0.3).sin() as f32).collect()
        };
        let swelling = |x: Vec<f32>| -> Vec<f32> {
            x.into_iter().enumerate().map(|(i, x)| x * (i as f32 / 3000.0).sin().powi(2)).collect()
        };
        let low_passed =
            |x: Vec<f32>| -> Vec<f32> { x.windows(6).map(|x| x.iter().sum::<f32>() / 2.0).collect() };
        let sounds = [
            ("noise", noise(1, 20_000).collect()),
            ("noise that swells", swelling(noise(2, 20_000).collect())),
            ("dull noise", low_passed(noise(3, 20_000).collect())),
            (
                "noise near half the rate",
                noise(6, 20_000).zip(noise(6, 20_001).skip(1)).map(|(a, b)| a - b).collect(),
            ),
            ("clipped noise", noise(4, 20_000).map(|x| (4.0 * x).clamp(-0.5, 0.5)).collect()),
            ("a tone between two points", swelling(tone(0.25))),
            ("a high tone", swelling(tone(0.45))),
            ("a square", swelling(tone(0.011).into_iter().map(f32::signum).collect())),
            ("silence", vec![0.0; 1000]),
            ("one sample", vec![0.5]),
            ("nothing", Vec::new()),
        ];
        for (what, sound) in sounds {
            let (all, found) = (plainly(&sound), PeakMeter::of(&sound));
            assert_eq!(found, all, "{what}");
            let mut meter = PeakMeter::default();
            for piece in sound.chunks(37) {
                meter.add(piece);
            }
            assert_eq!(meter.highest(), all, "{what}, in pieces");
        }
    }

    #[test]
    fn soft_sound_is_not_read() {
        let mut meter = PeakMeter::default();
        meter.add(&[0.0, 0.0, 0.9, 0.0, 0.0]);
        meter.add(&[0.0; 1000]);
        assert!(meter.reader.is_behind());
        for piece in noise(5, 64_000).map(|x| 0.4 * x).collect::<Vec<f32>>().chunks(64) {
            meter.add(piece);
            assert!(meter.reader.is_behind());
        }
    }
}
