//! True peak: how far the wave goes between the samples (ITU-R BS.1770-5, Annex 2).
//!
//! The standard asks for at least four points a frame, which can read 0.6 dB too little. Here there are eight, the
//! first by a filter of 144 taps, and a parabola about the highest of a frame finds the top between them: within
//! 0.002 dB up to 0.45 of the rate. With 64 taps, noise up to half the rate read up to 0.4 dB less than by a longer
//! filter.

mod points;

use crate::Lane;
use crate::lane::{Mask, largest};
use points::Points;

/// Most frames looked at in one go.
pub(crate) const BLOCK: usize = 64;
/// Frames that a peak depends on: 143 of the first filter's past, 7 of the second's, 3 of the third's, one of the
/// points before, rounded up to whole blocks.
pub(crate) const PAST: usize = 3 * BLOCK;
/// One side of a sinc half-way between two samples, under a Kaiser window (beta 4) of sixteen.
const HALF: [f32; 8] = [0.6323, -0.1996, 0.1072, -0.0644, 0.0393, -0.0231, 0.0126, -0.0058];
/// Samples that a point half-way between two depends on.
const AROUND: usize = 2 * HALF.len();
/// No point half-way is larger than this many times the largest sample around it: the sum of the taps, each taken positive.
const HALF_REACH: f32 = 2.17;
/// How far a wave rises above what is found at its samples and half-way between them: by up to 3 dB, as far as a band to
/// half the rate can swing between points at twice the rate, and by 0.3 dB more where the few taps see too little of noise
/// near half the rate. The rest is for what no sound that was tried has.
const MARGIN: f32 = 1.75;

/// Interpolates a signal and reads its peaks.
#[derive(Clone, Debug)]
pub struct TruePeak<L> {
    points: Points<L>,
    /// How many frames in a row were too soft to be read.
    quiet: usize,
}

impl<L: Lane> Default for TruePeak<L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<L: Lane> TruePeak<L> {
    /// Frames by which peaks are known later than their sound: the way up takes 75 7/8.
    pub const LATENCY: usize = 76;

    /// At rest, after endless silence. Allocates here and never again.
    pub fn new() -> Self {
        TruePeak { points: Points::new(), quiet: 0 }
    }

    /// For each frame the largest amplitude from [`TruePeak::LATENCY`] frames ago to the frame after that. How a sound
    /// is cut into calls does not change a bit.
    #[inline(always)]
    pub fn process(&mut self, sound: &[L], peaks: &mut [L]) {
        self.process_above(L::zero(), sound, peaks);
    }

    /// The same where a peak can be above `least`. Where none can, peaks may read as nought: a sound much softer than what
    /// it is asked about costs nearly nothing.
    #[inline(always)]
    pub fn process_above(&mut self, least: L, sound: &[L], peaks: &mut [L]) {
        for (block, peaks) in sound.chunks(BLOCK).zip(peaks.chunks_mut(BLOCK)) {
            self.points.push(block);
            self.quiet = if self.soft(least, block.len()) { self.quiet + block.len() } else { 0 };
            if self.quiet >= PAST + block.len() {
                self.points.skip();
                peaks.fill(L::zero());
            } else {
                self.points.read(peaks);
            }
        }
    }

    /// Is no peak above `least` where the last so many frames are the loudest that it hears of?
    #[inline(always)]
    fn soft(&self, least: L, frames: usize) -> bool {
        let line = self.points.last(AROUND - 1 + frames);
        let below = |most: L| !least.lt(most * L::splat(MARGIN)).any();
        let sample = largest(line);
        // What is found at few points says enough of most blocks.
        below(sample * L::splat(HALF_REACH)) || (below(sample) && below(half_way(line)))
    }

    #[cfg(test)]
    pub(crate) fn is_behind(&self) -> bool {
        self.quiet >= PAST
    }
}

/// The largest size half-way between samples, but for the first that are only there to be heard.
#[inline(always)]
fn half_way<L: Lane>(line: &[L]) -> L {
    let mut points = [L::zero(); BLOCK];
    let frames = line.len() + 1 - AROUND;
    let points = &mut points[..frames];
    for (tap, &h) in HALF.iter().enumerate() {
        let (left, right) = (&line[HALF.len() - 1 - tap..][..frames], &line[HALF.len() + tap..][..frames]);
        for k in 0..frames {
            points[k] = L::splat(h).mul_add(left[k] + right[k], points[k]);
        }
    }
    largest(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::X8;

    fn read(hz: f64, phase: f64) -> f64 {
        let turn = std::f64::consts::TAU * hz;
        // Faded in and out: an abrupt start rings above the tone's own peak.
        let fade =
            |i: usize| 0.5 - 0.5 * (std::f64::consts::PI * (i.min(9983 - i).min(2000) as f64 / 2000.0)).cos();
        let tone: Vec<f32> = (0..9984).map(|i| (fade(i) * (turn * i as f64 + phase).sin()) as f32).collect();
        let mut peaks = vec![0.0; tone.len()];
        TruePeak::new().process(&tone, &mut peaks);
        20.0 * f64::from(peaks.into_iter().fold(0.0, f32::max)).log10()
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
    fn it_remembers_no_more_than_its_past_and_screens_by_what_its_taps_can_give() {
        let mut sound = vec![0.0; 2 * PAST];
        sound[0] = 1.0;
        let mut peaks = vec![0.0; sound.len()];
        TruePeak::new().process(&sound, &mut peaks);
        assert!(peaks[TruePeak::<f32>::LATENCY] > 0.5);
        assert!(peaks[PAST..].iter().all(|&x| x == 0.0), "it remembers more");
        // The sound that lets every tap of a point half-way count for most.
        let line: Vec<f32> = HALF.iter().rev().chain(&HALF).map(|tap| tap.signum()).collect();
        let most = half_way(&line);
        println!("a point half-way is at most {most:.3} times the largest sample");
        assert!(most > 2.0 && most <= HALF_REACH, "{most}");
    }

    #[test]
    fn what_is_softer_than_asked_about_changes_no_other_peak() {
        // Loud and soft by turns, in pieces of odd lengths.
        let loud = |i: usize| if (i / 700).is_multiple_of(3) { 0.9 } else { 0.01 };
        let sound: Vec<f32> = (0..9000).map(|i| loud(i) * (i as f32 * 0.71).sin()).collect();
        let (mut all, mut some) = (vec![0.0; sound.len()], vec![0.0; sound.len()]);
        TruePeak::new().process(&sound, &mut all);
        let mut peaks = TruePeak::new();
        for (number, (sound, some)) in sound.chunks(37).zip(some.chunks_mut(37)).enumerate() {
            let split = sound.len().min(number % 40);
            peaks.process_above(0.5, &sound[..split], &mut some[..split]);
            peaks.process_above(0.5, &sound[split..], &mut some[split..]);
        }
        let mut skipped = 0;
        for (i, (all, some)) in all.iter().zip(&some).enumerate() {
            assert!(all == some || (*some == 0.0 && *all <= 0.5), "frame {i}: {all} and {some}");
            skipped += usize::from(all != some);
        }
        assert!(skipped > 2000, "{skipped}");
    }

    #[test]
    fn eight_lanes_give_the_bits_of_one() {
        let sound = |lane: usize, i: usize| ((i * (lane + 3)) as f32 * 0.37).sin();
        let mut wide = TruePeak::new();
        let mut peaks = [X8::default(); 1024];
        let block: Vec<X8> = (0..1024).map(|i| X8(std::array::from_fn(|lane| sound(lane, i)))).collect();
        wide.process(&block, &mut peaks);
        for lane in 0..8 {
            let mut one = TruePeak::new();
            let block: Vec<f32> = (0..1024).map(|i| sound(lane, i)).collect();
            let mut got = [0.0; 1024];
            // In pieces of other lengths, which must not matter.
            let (mut block, mut rest) = (&block[..], &mut got[..]);
            for length in [1, 7, 128, 31, 64, 3].into_iter().cycle() {
                let length = length.min(block.len());
                let (peaks, later) = rest.split_at_mut(length);
                one.process(&block[..length], peaks);
                (block, rest) = (&block[length..], later);
                if block.is_empty() {
                    break;
                }
            }
            for i in 0..1024 {
                assert_eq!(got[i].to_bits(), peaks[i].0[lane].to_bits());
            }
        }
    }
}
