//! Test signals, the same on every run, and plain levels.

use std::f64::consts::TAU;

/// Left and right.
pub(crate) type Stereo = [Vec<f32>; 2];

/// What [`db`] gives for nought.
pub(crate) const NOTHING_DB: f64 = -400.0;

/// Decibels of an amplitude, at least [`NOTHING_DB`].
pub(crate) fn db(amplitude: f64) -> f64 {
    if amplitude.is_nan() { f64::NAN } else { (20.0 * amplitude.log10()).max(NOTHING_DB) }
}

/// Amplitude of a level in dB.
pub(crate) fn amplitude(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}

/// A sine of a peak level in dBFS, from a phase in degrees.
pub(crate) fn sine_at(rate: f64, hz: f64, db: f64, degrees: f64, frames: usize) -> Vec<f32> {
    let (size, turn) = (amplitude(db), TAU * hz / rate);
    (0..frames).map(|n| (size * (turn * n as f64 + degrees.to_radians()).sin()) as f32).collect()
}

/// A sine of a peak level in dBFS.
pub(crate) fn sine(rate: f64, hz: f64, db: f64, frames: usize) -> Vec<f32> {
    sine_at(rate, hz, db, 0.0, frames)
}

/// A generator of numbers that look random (xorshift64*, Vigna 2016).
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        (0..8).for_each(|_| {
            chance.next();
        });
        chance
    }

    /// The next number between -1 and 1.
    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        bits as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.next() * 0.5 + 0.5) * n as f64) as usize % n.max(1)
    }
}

/// White noise up to a peak.
pub(crate) fn noise(seed: u64, frames: usize, peak: f64) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    (0..frames).map(|_| (peak * chance.next()) as f32).collect()
}

/// Noise whose level changes all the time, between silence and full scale.
pub(crate) fn lively(seed: u64, frames: usize) -> Vec<f32> {
    let swell = noise(seed + 1000, frames / 1000 + 1, 1.0);
    noise(seed, frames, 1.0)
        .iter()
        .enumerate()
        .map(|(i, x)| x * (swell[i / 1000] * 0.5 + 0.5).powi(3))
        .collect()
}

/// A click of a size at a frame.
pub(crate) fn click(frames: usize, at: usize, size: f32) -> Vec<f32> {
    let mut click = vec![0.0; frames];
    click[at] = size;
    click
}

/// Gain of a fade in and out along a raised cosine of `edge` frames.
pub(crate) fn faded(sound: &mut [f32], edge: usize) {
    let frames = sound.len();
    for (n, x) in sound.iter_mut().enumerate() {
        let from_edge = (n.min(frames - 1 - n).min(edge)) as f64 / edge as f64;
        *x *= (0.5 - 0.5 * (std::f64::consts::PI * from_edge).cos()) as f32;
    }
}

/// Root mean square.
pub(crate) fn rms(x: &[f32]) -> f64 {
    (x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / x.len().max(1) as f64).sqrt()
}

/// Largest size; not a number when a sample is none.
pub(crate) fn peak(x: &[f32]) -> f64 {
    x.iter().fold(0.0, |peak: f64, &x| if x.is_nan() { f64::NAN } else { peak.max(f64::from(x.abs())) })
}

/// How many samples differ in their bits.
pub(crate) fn differing(a: &[f32], b: &[f32]) -> usize {
    let unlike = a.iter().zip(b).filter(|(a, b)| a.to_bits() != b.to_bits()).count();
    unlike + a.len().abs_diff(b.len())
}
