//! True peak: how far the wave goes between the samples (ITU-R BS.1770-5, Annex 2).
//!
//! The standard asks for at least four points a frame, which can read 0.6 dB too little. Here there are eight, the
//! first by a filter of 144 taps, and a parabola through three neighbours finds the top between them: within
//! 0.002 dB up to 0.45 of the rate. With 64 taps, noise up to half the rate read up to 0.4 dB less than by a longer
//! filter.

use crate::Lane;
use crate::lane::{Mask, largest};
use crate::oversample::{TIMES, Upsampler};

/// Half the taps of each filter on the way up. Together they are flat within 0.001 dB up to 0.47 of the rate.
const HALVES: [usize; 3] = [72, 7, 5];
/// Most frames looked at in one go.
pub(crate) const BLOCK: usize = 64;
/// Frames that a peak depends on: 143 of the first filter's past, 7 of the second's, 3 of the third's, one of the
/// points before, rounded up to whole blocks.
pub(crate) const PAST: usize = 3 * BLOCK;
/// No peak is higher than this many times the largest sample: the sum of the way up's taps, each taken positive, and a
/// quarter for the parabola, whose top is at most an eighth of its bend over its middle. Tested.
const REACH: f32 = 4.1;

/// Interpolates a signal and reads its peaks.
#[derive(Clone, Debug)]
pub struct TruePeak<L> {
    up: Upsampler<L>,
    /// The points of the last frame, then those of the block.
    points: Vec<L>,
    /// The tops about the points of the block.
    tops: Vec<L>,
    /// The last frames.
    past: Vec<L>,
    /// How many frames in a row were too soft to be read.
    quiet: usize,
    /// Is only `past` up to date?
    behind: bool,
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
        TruePeak {
            up: Upsampler::new(HALVES, BLOCK),
            points: vec![L::zero(); (1 + BLOCK) * TIMES],
            tops: vec![L::zero(); BLOCK * TIMES],
            past: vec![L::zero(); PAST],
            quiet: 0,
            behind: false,
        }
    }

    /// For each frame the largest amplitude from [`TruePeak::LATENCY`] frames ago to the frame after that. How a sound
    /// is cut into calls does not change a bit.
    #[inline(always)]
    pub fn process(&mut self, sound: &[L], peaks: &mut [L]) {
        self.process_above(L::zero(), sound, peaks);
    }

    /// The same where a peak can reach `least`. Where none can, peaks may read as nought: a sound much softer than what
    /// it is asked about costs nearly nothing.
    #[inline(always)]
    pub fn process_above(&mut self, least: L, sound: &[L], peaks: &mut [L]) {
        for (block, peaks) in sound.chunks(BLOCK).zip(peaks.chunks_mut(BLOCK)) {
            let soft = !(!(largest(block) * L::splat(REACH)).lt(least)).any();
            self.step(soft, block, peaks);
        }
    }

    /// Reads at most [`BLOCK`] frames. Where such a block and all that it hears of are `soft`, so that nobody asks for its
    /// peaks, these are nought.
    #[inline(always)]
    pub(crate) fn step(&mut self, soft: bool, block: &[L], peaks: &mut [L]) {
        self.quiet = if soft { self.quiet + block.len() } else { 0 };
        if self.quiet >= PAST + block.len() {
            peaks.fill(L::zero());
            self.behind = true;
        } else {
            if self.behind {
                self.catch_up();
            }
            self.read(block, peaks);
        }
        self.past.copy_within(block.len().., 0);
        self.past[PAST - block.len()..].copy_from_slice(block);
    }

    #[cfg(test)]
    pub(crate) fn is_behind(&self) -> bool {
        self.behind
    }

    /// Brings the filters to where they would be: all that they remember is in the last frames.
    #[inline(always)]
    fn catch_up(&mut self) {
        let (past, mut peaks) = (std::mem::take(&mut self.past), [L::zero(); BLOCK]);
        for block in past.chunks(BLOCK) {
            self.read(block, &mut peaks[..block.len()]);
        }
        (self.past, self.behind) = (past, false);
    }

    #[inline(always)]
    fn read(&mut self, block: &[L], peaks: &mut [L]) {
        let new = &mut self.points[TIMES..][..block.len() * TIMES];
        self.up.run(block, new);
        for point in new {
            *point = point.abs();
        }
        // From the last point before a frame to its last but one: that is the frame after that of 76 frames ago.
        let (points, tops) = (&self.points[TIMES - 2..], &mut self.tops[..block.len() * TIMES]);
        for (k, top) in tops.iter_mut().enumerate() {
            *top = summit(points[k], points[k + 1], points[k + 2]);
        }
        let (tops, _) = tops.as_chunks::<TIMES>();
        for (peak, &[a, b, c, d, e, f, g, h]) in peaks.iter_mut().zip(tops) {
            *peak = (a.max(e).max(c.max(g))).max(b.max(f).max(d.max(h)));
        }
        self.points.copy_within(block.len() * TIMES..(block.len() + 1) * TIMES, 0);
    }
}

/// The top of the parabola through three neighbours, where it lies within half a step of the middle one.
#[inline(always)]
fn summit<L: Lane>(left: L, middle: L, right: L) -> L {
    let bend = middle + middle - left - right;
    let tilt = right - left;
    // That is where |tilt| <= bend.
    let inside = !bend.lt(tilt.abs());
    let rise = tilt * tilt / (L::splat(8.0) * bend.max(L::splat(1e-20)));
    middle + L::select(inside, rise, L::zero())
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
    fn no_peak_is_higher_than_its_reach() {
        let mut up = Upsampler::<f32>::new(HALVES, BLOCK);
        let mut response = Vec::new();
        for block in 0..8 {
            let mut sound = [0.0; BLOCK];
            sound[0] = if block == 0 { 1.0 } else { 0.0 };
            let mut points = [0.0; BLOCK * TIMES];
            up.run(&sound, &mut points);
            response.extend(points);
        }
        let of_phase =
            |phase: usize| response.iter().skip(phase).step_by(TIMES).map(|x| x.abs()).sum::<f32>();
        let most = (0..TIMES).map(of_phase).fold(0.0, f32::max);
        println!("the taps of a point add up to at most {most:.3}");
        assert!(1.25 * most < REACH, "{most}");
        assert!(response[PAST * TIMES..].iter().all(|&x| x == 0.0), "it remembers more");
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
            assert!(all == some || (*some == 0.0 && *all < 0.5), "frame {i}: {all} and {some}");
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
