//! Partial loudness: how loud a stem is among the others, as a share of how loud it is alone.
//!
//! After Moore, Glasberg and Baer, A model for the prediction of thresholds, loudness and partial loudness (JAES 45(4),
//! 1997): the level at the ear becomes excitation, excitation becomes specific loudness, and specific loudness that a
//! masker leaves over follows their equations 17 and 18. Three things are plainer here. The bands are the 40 of the
//! sketch instead of steps of a tenth of an ERB, and spread with the two slopes that [`crate::masking`] has. The
//! compression grows with the loss of gain below 500 Hz in a straight line. Frames of 100 ms stand alone.

use crate::Sketch;
use crate::masking::{cells, linear, loudest, spread};
use crate::sketch::{BANDS, centres};

/// How loud the mix is played, dB SPL where it reads its integrated loudness: a person who mixes at a moderate level.
pub const PLAYED: f64 = 80.0;
/// A stem plays where it is within this of its loudest frame, dB. Loudness falls slowly, so the tails of a drum, which
/// anything covers, would otherwise count for as much as its hits.
const PLAYS: f32 = 20.0;
/// Compression of the ear in mid and high bands (equation 7).
const ALPHA: f32 = 0.2;
/// Excitation at the threshold in quiet at and above 500 Hz (3.63 dB, section 4).
const THRESHOLD: f32 = 2.31;
/// Twice the threshold's excitation times its gain (equation 7): the same in every band.
const A: f32 = 2.0 * THRESHOLD;

/// Sound field to inner ear at a frequency in Hz, dB: diffuse field and middle ear of ANSI S3.4-2007, tables 1 and 3.
const INTO_THE_EAR: [(f64, f64); 20] = [
    (40.0, -21.4),
    (63.0, -15.9),
    (100.0, -12.4),
    (160.0, -9.3),
    (250.0, -6.9),
    (400.0, -3.2),
    (630.0, -1.1),
    (800.0, 0.3),
    (1000.0, 1.2),
    (1250.0, 0.8),
    (1600.0, 1.1),
    (2000.0, 1.7),
    (2500.0, 4.5),
    (3150.0, 7.4),
    (4000.0, 6.1),
    (5000.0, 3.8),
    (6300.0, -1.5),
    (8000.0, -3.7),
    (10_000.0, -5.1),
    (16_000.0, -30.3),
];

/// Excitation at the threshold in quiet, dB (ANSI S3.4-2007, table 4).
const QUIET: [(f64, f64); 8] = [
    (50.0, 28.18),
    (80.0, 19.2),
    (125.0, 12.67),
    (160.0, 10.09),
    (200.0, 8.08),
    (250.0, 6.3),
    (400.0, 4.5),
    (500.0, 3.63),
];

/// Signal against noise in the band at the masked threshold, dB (the paper's figure of K).
const MASKED: [(f64, f64); 9] = [
    (50.0, 13.5),
    (63.0, 10.0),
    (80.0, 7.1),
    (100.0, 4.9),
    (160.0, 1.5),
    (200.0, 0.4),
    (300.0, -1.1),
    (500.0, -2.3),
    (1000.0, -3.0),
];

/// A value of a table at a frequency, in a straight line over its logarithm.
fn at(table: &[(f64, f64)], hz: f64) -> f32 {
    let after = table.partition_point(|&(there, _)| there <= hz);
    let value = match (after.checked_sub(1).map(|i| table[i]), table.get(after)) {
        (Some((from, low)), Some(&(to, high))) => low + (high - low) * (hz / from).ln() / (to / from).ln(),
        (Some((_, only)), None) | (None, Some(&(_, only))) => only,
        (None, None) => 0.0,
    };
    value as f32
}

/// The ear at one band.
#[derive(Clone, Copy)]
struct Place {
    /// From the sketch's energy to excitation.
    scale: f32,
    /// Excitation at the threshold in quiet.
    threshold: f32,
    /// Gain of the cochlea against 500 Hz.
    gain: f32,
    alpha: f32,
    /// Signal against noise at the masked threshold.
    k: f32,
    /// Compressed excitation of nothing and of the threshold in quiet.
    nothing: f32,
    least: f32,
}

impl Place {
    fn new(hz: f64, full: f64) -> Place {
        let threshold = linear(at(&QUIET, hz));
        let gain = THRESHOLD / threshold;
        // 0.2 where the gain is whole, 0.267 where 25 dB are lost (their table of alpha against G).
        let alpha = ALPHA - 0.00267 * 10.0 * gain.log10();
        // Both sides together: twice the mean square of mid and side.
        let scale = 2.0 * linear(full as f32 + at(&INTO_THE_EAR, hz));
        let (nothing, least) = (A.powf(alpha), (threshold * gain + A).powf(alpha));
        Place { scale, threshold, gain, alpha, k: linear(at(&MASKED, hz)), nothing, least }
    }

    fn compress(&self, excitation: f32) -> f32 {
        (excitation * self.gain + A).powf(self.alpha)
    }

    /// Specific loudness of a signal alone, in units of the paper's C (equations 7 and 9).
    fn quiet(&self, signal: f32) -> f32 {
        let whole = self.compress(signal) - self.nothing;
        if signal >= self.threshold {
            whole
        } else {
            (2.0 * signal / (signal + self.threshold)).powf(1.5) * whole
        }
    }

    /// Specific loudness that noise leaves of a signal, in the same units (equations 17 and 18).
    fn partial(&self, signal: f32, noise: f32) -> f32 {
        if noise <= 0.0 {
            return self.quiet(signal);
        }
        let masked = self.k * noise + self.threshold;
        let both = self.compress(signal + noise);
        let at_threshold = self.compress(noise * (1.0 + self.k) + self.threshold);
        let left = if signal >= masked {
            let taken = (at_threshold - self.least) * (masked / signal).powf(0.3);
            both - self.nothing - taken
        } else {
            let noise = self.compress(noise);
            let share = (self.least - self.nothing) / (at_threshold - noise).max(1e-12);
            (2.0 * signal / (signal + masked)).powf(1.5) * share * (both - noise)
        };
        left.clamp(0.0, self.quiet(signal))
    }
}

/// How loud each stem is among the others: 1 where none disturbs it, 0 where it is not heard. Loudness in the mix over
/// loudness alone, both summed over bands and over the frames in which the stem plays. `loudness` is that of the whole
/// mix in LUFS, which is played at [`PLAYED`]. The sketches begin together.
pub fn audible(sketches: &[(&str, &Sketch)], loudness: f64) -> Vec<f64> {
    let ear: Vec<Place> = centres().iter().map(|&hz| Place::new(hz, PLAYED - loudness)).collect();
    let frames = sketches.iter().map(|(_, sketch)| sketch.frames()).max().unwrap_or(0);
    let floors: Vec<f32> = sketches.iter().map(|(_, sketch)| loudest(sketch) * linear(-PLAYS)).collect();
    let mut excited = vec![[0f32; BANDS]; sketches.len()];
    let mut sums = vec![(0f64, 0f64); sketches.len()];
    for frame in 0..frames {
        let mut total = [0f32; BANDS];
        let mut sounds = vec![false; sketches.len()];
        for (i, (_, sketch)) in sketches.iter().enumerate() {
            let mut energy = cells(sketch, frame, 1.0);
            let sum: f32 = energy.iter().sum();
            sounds[i] = sum > 0.0 && sum >= floors[i];
            energy.iter_mut().zip(&ear).for_each(|(x, place)| *x *= place.scale);
            excited[i] = spread(&energy);
            total.iter_mut().zip(&excited[i]).for_each(|(sum, x)| *sum += x);
        }
        for ((own, sum), _) in excited.iter().zip(&mut sums).zip(&sounds).filter(|(_, sounds)| **sounds) {
            for ((place, &signal), &all) in ear.iter().zip(own).zip(&total) {
                // Far under the threshold in quiet there is nothing to hide.
                if signal > 0.01 * place.threshold {
                    sum.0 += f64::from(place.partial(signal, (all - signal).max(0.0)));
                    sum.1 += f64::from(place.quiet(signal));
                }
            }
        }
    }
    sums.into_iter().map(|(heard, alone)| if alone > 0.0 { heard / alone } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady(band: usize, energy: f32) -> Sketch {
        let mut sketch = Sketch { mid: vec![0.0; 10 * BANDS], side: vec![0.0; 10 * BANDS] };
        sketch.mid.iter_mut().skip(band).step_by(BANDS).for_each(|x| *x = energy);
        sketch
    }

    #[test]
    fn what_is_alone_is_heard_whole() {
        let one = steady(20, 1e-3);
        assert_eq!(audible(&[("one", &one)], -20.0), [1.0]);
        // A neighbour far away takes nothing that matters.
        let far = steady(2, 1e-4);
        assert!(audible(&[("one", &one), ("far", &far)], -20.0)[0] > 0.99);
        assert_eq!(audible(&[("none", &Sketch::default())], -20.0), [0.0]);
    }

    #[test]
    fn two_equal_sounds_leave_each_other_what_the_equations_say() {
        // Far above the thresholds and above 1 kHz: 2^0.2 - 1.5^0.2 0.5^0.3 = 0.268.
        let (one, two) = (steady(24, 1e-2), steady(24, 1e-2));
        let heard = audible(&[("one", &one), ("two", &two)], -20.0);
        assert!((heard[0] - 0.268).abs() < 0.03 && heard[0] == heard[1], "{heard:?}");
    }

    #[test]
    fn what_is_drowned_is_not_heard() {
        let loud = steady(24, 1e-1);
        let share = |energy: f32| audible(&[("soft", &steady(24, energy)), ("loud", &loud)], -20.0)[0];
        assert!(share(1e-5) < 0.01, "{}", share(1e-5));
        assert!(share(1e-2) < share(1e-1) && share(1e-1) < share(1.0), "louder is heard better");
    }

    #[test]
    fn alone_the_loudness_is_that_of_the_equations() {
        // At the threshold in quiet, 1 kHz: (E + A)^0.2 - A^0.2, where A is 2 E.
        let place = Place::new(1000.0, 0.0);
        let expected = (3.0f32 * THRESHOLD).powf(0.2) - (2.0 * THRESHOLD).powf(0.2);
        assert!((place.quiet(THRESHOLD) - expected).abs() < 1e-3);
        // Well above it ten times the energy is 10^0.2 times the loudness.
        let ratio = place.quiet(1e7) / place.quiet(1e6);
        assert!((ratio - 10f32.powf(0.2)).abs() < 0.1, "{ratio}");
    }
}
