//! True peak: how far the wave goes between the samples (ITU-R BS.1770-5, Annex 2).
//!
//! The standard asks for at least four points a frame, which can read 0.6 dB too little. Here eight points are
//! interpolated by a filter of 128 taps each, and a parabola through three neighbours finds the top between
//! them: within 0.002 dB up to 0.45 of the rate. With 64 taps, noise up to half the rate read up to 0.4 dB less
//! than by a longer filter.

use crate::Lane;

/// Frames on each side of the point that is interpolated.
const HALF: usize = 64;
/// Points a frame.
const POINTS: usize = 8;
/// Frames looked at in one go.
const BLOCK: usize = 64;

/// Interpolates a signal and reads its peaks.
///
/// A point `k/8` after a frame and its mirror image `(8-k)/8` share their arithmetic: with `a` and `b` the
/// samples at equal distance before and after the middle, one is the sum and the other the difference of a
/// filter over `a + b` and one over `a - b`.
#[derive(Clone, Debug)]
pub struct TruePeak<L> {
    even: Vec<[f32; 4]>,
    odd: Vec<[f32; 3]>,
    heard: Vec<L>,
    before: L,
}

/// Sinc under a Kaiser window that ends at `HALF`; `t` in frames.
fn kernel(t: f64) -> f64 {
    let bessel = |x: f64| {
        let (mut sum, mut term) = (1.0, 1.0);
        for k in 1..40 {
            term *= (x / (2.0 * f64::from(k))).powi(2);
            sum += term;
        }
        sum
    };
    const BETA: f64 = 9.0;
    let edge = t / HALF as f64;
    let window = bessel(BETA * (1.0 - edge * edge).max(0.0).sqrt()) / bessel(BETA);
    let turn = std::f64::consts::PI * t;
    window * if t == 0.0 { 1.0 } else { turn.sin() / turn }
}

impl<L: Lane> Default for TruePeak<L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<L: Lane> TruePeak<L> {
    /// Frames by which peaks are known later than their sound.
    pub const LATENCY: usize = HALF;

    /// At rest, after endless silence. Allocates here and never again.
    pub fn new() -> Self {
        let pair = |k: usize, m: usize| {
            let (tau, m) = (k as f64 / POINTS as f64, m as f64);
            // Each point's filter passes a constant unchanged.
            let all: f64 = (0..HALF).map(|m| kernel(m as f64 + tau) + kernel(m as f64 + 1.0 - tau)).sum();
            (kernel(m + tau) / all, kernel(m + 1.0 - tau) / all)
        };
        let half_sum = |(a, b): (f64, f64)| ((a + b) * 0.5) as f32;
        let half_difference = |(a, b): (f64, f64)| ((a - b) * 0.5) as f32;
        TruePeak {
            even: (0..HALF).map(|m| std::array::from_fn(|k| half_sum(pair(k + 1, m)))).collect(),
            odd: (0..HALF).map(|m| std::array::from_fn(|k| half_difference(pair(k + 1, m)))).collect(),
            // The last group may reach beyond the block; what it reads there is not used.
            heard: vec![L::zero(); 2 * HALF + 2 * BLOCK],
            before: L::zero(),
        }
    }

    /// The largest true peak of a block (amplitude, 0 or more). Peaks of the last [`TruePeak::LATENCY`] frames
    /// come with the next block; feed that much silence at the end.
    pub fn peak(&mut self, block: &[L]) -> L {
        let mut peaks = [L::zero(); BLOCK];
        let mut largest = L::zero();
        for part in block.chunks(BLOCK) {
            self.process(part, &mut peaks[..part.len()]);
            largest = peaks[..part.len()].iter().fold(largest, |largest, &peak| largest.max(peak));
        }
        largest
    }

    /// For each frame the largest amplitude from [`TruePeak::LATENCY`] frames ago to the frame after that.
    pub fn process(&mut self, block: &[L], peaks: &mut [L]) {
        for (block, peaks) in block.chunks(BLOCK).zip(peaks.chunks_mut(BLOCK)) {
            self.heard[2 * HALF..][..block.len()].copy_from_slice(block);
            // As many frames side by side as fill the registers; each frame's sums are the same.
            if L::WIDTH == 1 {
                self.read::<8>(peaks)
            } else {
                self.read::<1>(peaks)
            }
            self.heard.copy_within(block.len()..block.len() + 2 * HALF, 0);
        }
    }

    fn read<const SIDE: usize>(&mut self, peaks: &mut [L]) {
        for (group, peaks) in peaks.chunks_mut(SIDE).enumerate() {
            let heard = &self.heard[1 + group * SIDE..];
            // The points from 1/8 before each frame to the next frame.
            let mut line = [[L::zero(); SIDE]; POINTS + 2];
            line[1] = side(heard, HALF - 1).map(L::abs);
            line[POINTS + 1] = side(heard, HALF).map(L::abs);
            self.points::<SIDE>(heard, &mut line);
            line[0][0] = self.before;
            for f in 1..SIDE {
                line[0][f] = line[POINTS][f - 1];
            }
            self.before = line[POINTS][peaks.len() - 1];
            peaks.copy_from_slice(&tops(&line)[..peaks.len()]);
        }
    }

    /// Writes the sizes of the points 1/8 to 7/8 after each of `SIDE` frames.
    #[inline(always)]
    fn points<const SIDE: usize>(&self, heard: &[L], line: &mut [[L; SIDE]; POINTS + 2]) {
        let mut sums = [[L::zero(); SIDE]; 4];
        let mut differences = [[L::zero(); SIDE]; 3];
        for (m, (even, odd)) in self.even.iter().zip(&self.odd).enumerate() {
            let (a, b) = (side::<L, SIDE>(heard, HALF - 1 - m), side::<L, SIDE>(heard, HALF + m));
            let sum: [L; SIDE] = std::array::from_fn(|f| a[f] + b[f]);
            let difference: [L; SIDE] = std::array::from_fn(|f| a[f] - b[f]);
            for (sums, &even) in sums.iter_mut().zip(even) {
                for f in 0..SIDE {
                    sums[f] += L::splat(even) * sum[f];
                }
            }
            for (differences, &odd) in differences.iter_mut().zip(odd) {
                for f in 0..SIDE {
                    differences[f] += L::splat(odd) * difference[f];
                }
            }
        }
        for k in 0..3 {
            line[2 + k] = std::array::from_fn(|f| (sums[k][f] + differences[k][f]).abs());
            line[POINTS - k] = std::array::from_fn(|f| (sums[k][f] - differences[k][f]).abs());
        }
        line[5] = sums[3].map(L::abs);
    }
}

/// `SIDE` samples from a place on.
#[inline(always)]
fn side<L: Lane, const SIDE: usize>(heard: &[L], from: usize) -> [L; SIDE] {
    let heard = &heard[from..from + SIDE];
    std::array::from_fn(|f| heard[f])
}

/// The highest top of the parabolas through each three neighbours.
#[inline(always)]
fn tops<L: Lane, const SIDE: usize>(line: &[[L; SIDE]; POINTS + 2]) -> [L; SIDE] {
    let mut top = [L::zero(); SIDE];
    for k in 1..=POINTS {
        for f in 0..SIDE {
            let (left, middle, right) = (line[k - 1][f], line[k][f], line[k + 1][f]);
            let bend = middle + middle - left - right;
            let tilt = right - left;
            // The top lies within half a step of the middle only where |tilt| <= bend.
            let inside = !bend.lt(tilt.abs());
            let rise = tilt * tilt / (L::splat(8.0) * bend.max(L::splat(1e-20)));
            top[f] = top[f].max(middle + L::select(inside, rise, L::zero()));
        }
    }
    top
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::X8;

    fn read(hz: f64, phase: f64) -> f64 {
        let turn = std::f64::consts::TAU * hz;
        // Faded in and out: an abrupt start rings above the tone's own peak.
        let fade =
            |i: usize| 0.5 - 0.5 * (std::f64::consts::PI * (i.min(9999 - i).min(2000) as f64 / 2000.0)).cos();
        let tone: Vec<f32> =
            (0..10_000).map(|i| (fade(i) * (turn * i as f64 + phase).sin()) as f32).collect();
        20.0 * f64::from(TruePeak::new().peak(&tone)).log10()
    }

    #[test]
    fn tones_of_full_scale_read_nought() {
        let mut worst = 0f64;
        for step in 1..=90 {
            for phase in [0.0, 0.3, std::f64::consts::FRAC_PI_4, 1.2] {
                worst = worst.max(read(0.005 * f64::from(step), phase).abs());
            }
        }
        println!("tones up to 0.45 of the rate read within {worst:.4} dB");
        assert!(worst < 0.01);
    }

    #[test]
    fn eight_lanes_give_the_bits_of_one() {
        let sound = |lane: usize, i: usize| ((i * (lane + 3)) as f32 * 0.37).sin();
        let mut wide = TruePeak::new();
        let mut peaks = [X8::default(); 1000];
        let block: Vec<X8> = (0..1000).map(|i| X8(std::array::from_fn(|lane| sound(lane, i)))).collect();
        wide.process(&block, &mut peaks);
        for lane in 0..8 {
            // In blocks of another length, which must not matter either.
            let mut one = TruePeak::new();
            let block: Vec<f32> = (0..1000).map(|i| sound(lane, i)).collect();
            let mut got = [0.0; 1000];
            for (block, got) in block.chunks(37).zip(got.chunks_mut(37)) {
                one.process(block, got);
            }
            for i in 0..1000 {
                assert_eq!(got[i].to_bits(), peaks[i].0[lane].to_bits());
            }
        }
    }
}
