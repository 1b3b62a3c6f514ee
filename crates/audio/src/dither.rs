//! From floating point to whole numbers of a given width.

use mixsmith_dsp::Lane;
use mixsmith_dsp::lane::wide::Kernel;

/// Noise added before samples are rounded, so that the error does not follow the sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dither {
    /// Round only: for sound that already has this width.
    #[default]
    None,
    /// White triangular noise, 2 LSB peak to peak: the least that makes mean and power of the error
    /// independent of the sound (Lipshitz, Wannamaker and Vanderkooy, JAES 40(5), 1992).
    Tpdf,
}

/// Rounds one channel to whole numbers, with dither, and counts what did not fit.
#[derive(Clone, Debug)]
pub struct Quantiser {
    scale: f64,
    limit: f64,
    noise: Option<Noise>,
    clipped: u64,
}

impl Quantiser {
    /// For samples of `bits` (2 to 32), of the channel with this number: each channel has its own noise.
    pub fn new(bits: u32, dither: Dither, channel: usize) -> Quantiser {
        let scale = f64::from(1u32 << (bits.clamp(2, 32) - 1));
        let noise = (dither == Dither::Tpdf).then(|| Noise::new(channel));
        Quantiser { scale, limit: scale - 1.0, noise, clipped: 0 }
    }

    /// One sample, rounded to nearest and held to the range that is symmetric about nought.
    pub fn quantise(&mut self, sample: f32) -> i32 {
        let mut whole = 0;
        self.quantise_each(&[sample], std::slice::from_mut(&mut whole));
        whole
    }

    /// As [`Quantiser::quantise`], one sample after the other; as many as both slices have.
    pub fn quantise_each(&mut self, samples: &[f32], to: &mut [i32]) {
        f32::run(Quantise { by: self, samples, to });
    }

    /// How many samples did not fit so far.
    pub fn clipped(&self) -> u64 {
        self.clipped
    }
}

struct Quantise<'a> {
    by: &'a mut Quantiser,
    samples: &'a [f32],
    to: &'a mut [i32],
}

impl Kernel for Quantise<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        // Copies, which stay in registers.
        let Quantiser { scale, limit, mut noise, mut clipped } = self.by.clone();
        let frames = self.to.iter_mut().zip(self.samples);
        match &mut noise {
            Some(noise) => {
                for (to, &sample) in frames {
                    *to = whole(f64::from(sample) * scale + noise.triangular(), limit, &mut clipped);
                }
            }
            None => {
                for (to, &sample) in frames {
                    *to = whole(f64::from(sample) * scale, limit, &mut clipped);
                }
            }
        }
        (self.by.noise, self.by.clipped) = (noise, clipped);
    }
}

/// The nearest whole number within a limit.
#[inline(always)]
fn whole(exact: f64, limit: f64, clipped: &mut u64) -> i32 {
    // What is not a number becomes nought.
    let exact = if exact.is_nan() { 0.0 } else { exact };
    // Adding 1.5 * 2^52 rounds to nearest, ties to even, and leaves the whole number in the lowest bits; `as i32`
    // is slower, and `round_ties_even` a library call on plain x86-64.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let whole = (exact + WHOLE) - WHOLE;
    *clipped += u64::from(whole.abs() > limit);
    let held = if whole > limit { limit } else { whole };
    let held = if held < -limit { -limit } else { held };
    (held + WHOLE).to_bits() as i32
}

/// SplitMix64 (Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, 2014): a number does not wait for
/// the one before it.
#[derive(Clone, Debug)]
struct Noise(u64);

impl Noise {
    /// What the state gains each time: the golden ratio, odd.
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    fn new(channel: usize) -> Noise {
        // Neighbouring channel numbers are spread over the whole cycle.
        Noise(Self::mixed((channel as u64 + 1).wrapping_mul(Self::STEP)))
    }

    #[inline(always)]
    fn mixed(mut z: u64) -> u64 {
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The sum of two even distributions: between -1 and 1, variance 1/6.
    #[inline(always)]
    fn triangular(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(Self::STEP);
        let bits = Self::mixed(self.0);
        let sum = ((bits >> 32) + (bits & 0xffff_ffff)) as i64;
        (sum as f64 + 1.0) * (1.0 / 4_294_967_296.0) - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: usize = 1_000_000;

    /// The error in LSB of a constant sample lying at `offset` LSB.
    fn errors(offset: f64, channel: usize) -> Vec<f64> {
        let mut q = Quantiser::new(16, Dither::Tpdf, channel);
        let x = ((100.0 + offset) / 32768.0) as f32;
        (0..N).map(|_| f64::from(q.quantise(x)) - f64::from(x) * 32768.0).collect()
    }

    fn mean(x: &[f64]) -> f64 {
        x.iter().sum::<f64>() / x.len() as f64
    }

    #[test]
    fn mean_and_variance_do_not_follow_the_sound() {
        for step in 0..=10 {
            let offset = f64::from(step) / 10.0 - 0.5;
            let e = errors(offset, 0);
            // The mean of a million values of variance 1/4 scatters by 0.0005.
            let m = mean(&e);
            assert!(m.abs() < 0.002, "mean {m} at {offset}");
            let variance = mean(&e.iter().map(|x| x * x).collect::<Vec<_>>());
            assert!((variance / 0.25 - 1.0).abs() < 0.01, "variance {variance} at {offset}");
            assert!(e.iter().all(|x| x.abs() <= 1.5));
        }
    }

    #[test]
    fn white_and_channels_apart() {
        let (a, b) = (errors(0.25, 0), errors(0.25, 1));
        let product =
            |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>() / N as f64 / 0.25;
        assert!(product(&a, &b).abs() < 0.01);
        for lag in 1..20 {
            assert!(product(&a[lag..], &a[..N - lag]).abs() < 0.01, "lag {lag}");
        }
    }

    #[test]
    fn the_same_file_every_time() {
        assert_eq!(errors(0.3, 5)[..1000], errors(0.3, 5)[..1000]);
    }

    #[test]
    fn never_wraps_and_is_symmetric() {
        for bits in [16, 24, 32] {
            let top = ((1i64 << (bits - 1)) - 1) as i32;
            let mut q = Quantiser::new(bits, Dither::None, 0);
            assert_eq!(q.quantise(1.0), top);
            assert_eq!(q.quantise(-1.0), -top);
            assert_eq!(q.quantise(f32::INFINITY), top);
            assert_eq!(q.quantise(-1e30), -top);
            assert_eq!(q.clipped(), 4);
            assert_eq!(q.quantise(f32::NAN), 0);
            assert_eq!(q.quantise(0.5), 1 << (bits - 2));
            assert_eq!(q.quantise(-0.5), -(1 << (bits - 2)));
            assert_eq!(q.clipped(), 4);
        }
    }
}
