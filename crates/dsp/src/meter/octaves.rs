//! The spectrum in octaves or parts of them.

use std::f64::consts::TAU;
use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

use super::FLOOR;

/// Frames of a window at the rates up to 50 kHz; above, as many times more.
const WINDOW: usize = 32_768;
/// Ratio of two octaves' centres (IEC 61260-1, 5.2: base ten).
const OCTAVE: f64 = 1.995_262_314_968_88;
/// Lowest and highest centre in Hz.
const RANGE: (f64, f64) = (19.0, 20_500.0);

/// Mean power in parts of an octave, from windows half over each other (Welch 1967).
pub struct Octaves {
    rate: f64,
    parts: u32,
    shape: Vec<f32>,
    transform: Arc<dyn RealToComplex<f32>>,
    /// Frames of each channel that wait for a window.
    waiting: [Vec<f32>; 2],
    /// Sum of both channels' powers, and windows so far.
    power: Vec<f64>,
    windows: u64,
}

impl Octaves {
    /// Bands of `1/parts` octave (1, 3, 6 or 12 are usual) at `rate` frames a second.
    pub fn new(parts: u32, rate: f64) -> Self {
        let window = WINDOW * (rate / 50_000.0).ceil().clamp(1.0, 16.0) as usize;
        let shape = (0..window).map(|i| (0.5 - 0.5 * (TAU * i as f64 / window as f64).cos()) as f32);
        Octaves {
            rate,
            parts: parts.max(1),
            shape: shape.collect(),
            transform: RealFftPlanner::new().plan_fft_forward(window),
            // The first window begins half a window before the sound, so that its start counts as much as its middle.
            waiting: [0, 1].map(|_| vec![0.0; window / 2]),
            power: vec![0.0; window / 2 + 1],
            windows: 0,
        }
    }

    /// Watches the next stretch of two equal lengths.
    pub fn run(&mut self, left: &[f32], right: &[f32]) {
        for (waiting, sound) in self.waiting.iter_mut().zip([left, right]) {
            waiting.extend(sound.iter().map(|x| if x.is_finite() { *x } else { 0.0 }));
        }
        let window = self.shape.len();
        while self.waiting[0].len() >= window {
            self.look();
            self.waiting.iter_mut().for_each(|waiting| drop(waiting.drain(..window / 2)));
        }
    }

    fn look(&mut self) {
        let mut bins = self.transform.make_output_vec();
        for waiting in &self.waiting {
            let mut time: Vec<f32> = waiting.iter().zip(&self.shape).map(|(x, w)| x * w).collect();
            // The lengths are those of the plan.
            if self.transform.process(&mut time, &mut bins).is_ok() {
                for (power, bin) in self.power.iter_mut().zip(&bins) {
                    *power += f64::from(bin.norm_sqr());
                }
            }
        }
        self.windows += 1;
    }

    /// Centre in Hz and mean level in dB of each band from 20 Hz to 20 kHz that the rate has room for: mean of both channels; a
    /// full-scale sine on both reads -3.01.
    pub fn bands(&self) -> Vec<(f64, f64)> {
        let window = self.shape.len() as f64;
        let squares: f64 = self.shape.iter().map(|&w| f64::from(w) * f64::from(w)).sum();
        // Two halves of the spectrum, two channels.
        let share = 2.0 / (window * squares) / 2.0 / self.windows.max(1) as f64;
        let bin = self.rate / window;
        let parts = f64::from(self.parts);
        // Where the parts are even the centres lie between those of the octaves (IEC 61260-1, 5.4).
        let off = if self.parts.is_multiple_of(2) { 0.5 } else { 0.0 };
        let centre = |k: i32| 1000.0 * OCTAVE.powf((f64::from(k) + off) / parts);
        let half = OCTAVE.powf(0.5 / parts);
        let most = 6 * self.parts as i32;
        (-most..=most)
            .map(centre)
            .filter(|hz| (RANGE.0..=RANGE.1).contains(hz) && hz * half <= 0.5 * self.rate)
            .map(|hz| {
                let (low, high) = (hz / half / bin, hz * half / bin);
                let first = (low + 0.5).floor() as usize;
                let last = ((high + 0.5).floor() as usize).min(self.power.len() - 1);
                // A bin counts with the share of it that lies inside.
                let part = |k: usize| (high.min(k as f64 + 0.5) - low.max(k as f64 - 0.5)).max(0.0);
                let sum: f64 = (first..=last).map(|k| self.power[k] * part(k)).sum();
                (hz, (10.0 * (sum * share).log10()).max(FLOOR))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bands(parts: u32, rate: f64, sound: &[f32]) -> Vec<(f64, f64)> {
        let mut octaves = Octaves::new(parts, rate);
        sound.chunks(1000).for_each(|part| octaves.run(part, part));
        octaves.bands()
    }

    #[test]
    fn a_tone_reads_its_level_in_its_band_and_nowhere_else() {
        for rate in [44_100.0, 96_000.0] {
            for hz in [25.0, 997.0, 16_000.0] {
                // It begins and ends softly: a step is no tone.
                let fade = |i: i32| {
                    0.5 - 0.5 * (TAU * 0.5 * f64::from(i.min(399_999 - i).min(20_000)) / 20_000.0).cos()
                };
                let tone: Vec<f32> =
                    (0..400_000).map(|i| (fade(i) * (TAU * hz * f64::from(i) / rate).sin()) as f32).collect();
                let found = bands(3, rate, &tone);
                let loudest = found.iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("a band");
                // Windows at the ends are partly filled: the mean is a little less.
                assert!((loudest.1 + 3.01).abs() < 0.6, "{hz} Hz: {loudest:?}");
                assert!((loudest.0 / hz).log2().abs() < 1.0 / 6.0, "{hz} Hz: {loudest:?}");
                let far = found.iter().filter(|(centre, _)| (centre / hz).log2().abs() > 0.6);
                assert!(far.clone().count() > 20 && far.clone().all(|(_, db)| *db < -60.0), "{hz} Hz");
            }
        }
    }

    #[test]
    fn white_noise_rises_by_one_decibel_a_third_and_adds_up() {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        let noise: Vec<f32> = (0..2_000_000).map(|_| next()).collect();
        let found = bands(3, 48_000.0, &noise);
        assert_eq!(found.len(), 31);
        let at =
            |hz: f64| found.iter().find(|(centre, _)| (centre / hz).log2().abs() < 0.1).expect("a band").1;
        assert!((at(10_000.0) - at(1000.0) - 10.0).abs() < 0.5, "{} {}", at(1000.0), at(10_000.0));
        let sum: f64 = found.iter().map(|(_, db)| 10f64.powf(db / 10.0)).sum();
        // A third of full scale, and 22.4 of 24 kHz of it.
        let wanted = (22_387.0 - 17.8) / 24_000.0 / 3.0;
        assert!((10.0 * (sum / wanted).log10()).abs() < 0.1, "{sum} for {wanted}");
        assert_eq!(bands(1, 48_000.0, &noise).len(), 10);
        assert!(bands(12, 48_000.0, &noise).len() > 110);
        assert!(bands(3, 48_000.0, &[]).iter().all(|(_, db)| *db == FLOOR));
    }
}
