//! The slow oscillator that modulation effects share: a phase counted in frames, and the shapes read at it.
//!
//! The phase is a whole number that wraps, so it neither drifts nor depends on how time is cut into pieces: ten thousand
//! frames at once or one by one end at the same phase, for ever.

use crate::Lane;

/// Lanes that one oscillator can turn.
const MOST: usize = 8;
/// Adding and taking away 1.5 * 2^23 leaves the nearest whole number; `floor` is a library call on plain x86-64.
const NEAREST: f32 = 12_582_912.0;

/// A phase for each lane, in 2^-64 of a cycle.
#[derive(Clone, Debug, Default)]
pub struct Oscillator {
    phase: [u64; MOST],
    step: [u64; MOST],
}

impl Oscillator {
    /// Sets the speed of a lane in cycles a frame (0 or more, below a half). The phase goes on from where it is.
    pub fn set_speed(&mut self, lane: usize, cycles_per_frame: f64) {
        // 2^64; a cast holds what is too large, and makes nought of what is no number.
        self.step[lane] = (cycles_per_frame.min(0.5) * 18_446_744_073_709_551_616.0) as u64;
    }

    /// The phase at each of the next frames, in cycles from 0 up to, not including, 1.
    pub fn run<L: Lane>(&mut self, out: &mut [L]) {
        for lane in 0..L::WIDTH {
            let (mut phase, step) = (self.phase[lane], self.step[lane]);
            for out in out.iter_mut() {
                // The upper 24 bits are a float exactly.
                out.set(lane, (phase >> 40) as i32 as f32 * (1.0 / 16_777_216.0));
                phase = phase.wrapping_add(step);
            }
            self.phase[lane] = phase;
        }
    }
}

/// The sine of a number of cycles (below a million either way), from exactly rounded operations alone: within 3e-7.
#[inline(always)]
pub fn sine<L: Lane>(cycles: L) -> L {
    let whole = (cycles + L::splat(NEAREST)) - L::splat(NEAREST);
    let x = cycles - whole; // -0.5 to 0.5
    // Folded at the quarter: the sine of half a cycle less x is that of x.
    let size = x.abs();
    let z = size.min(L::splat(0.5) - size) * L::splat(std::f32::consts::TAU);
    let q = z * z;
    // Taylor series: at a quarter of a cycle the first term left out is 6e-8.
    let p = ((((L::splat(-1.0 / 39_916_800.0)) * q + L::splat(1.0 / 362_880.0)) * q
        + L::splat(-1.0 / 5040.0))
        * q
        + L::splat(1.0 / 120.0))
        * q
        + L::splat(-1.0 / 6.0);
    let s = z + z * q * p;
    L::select(x.lt(L::zero()), -s, s)
}

/// A triangle with the phase of [`sine`]: nought and rising at 0, one at a quarter.
#[inline(always)]
pub fn triangle<L: Lane>(cycles: L) -> L {
    let shifted = cycles - L::splat(0.25);
    let whole = (shifted + L::splat(NEAREST)) - L::splat(NEAREST);
    L::splat(1.0) - L::splat(4.0) * (shifted - whole).abs()
}

/// How much steeper than a sine the edge of [`square`] is.
const EDGE: f32 = 12.0;

/// A square with rounded edges and the phase of [`sine`]: from -0.9 to 0.9 in 5 % of a cycle, so that it does not click.
#[inline(always)]
pub fn square<L: Lane>(cycles: L) -> L {
    let s = sine(cycles) * L::splat(EDGE);
    // Brought to exactly one at the top.
    let top = (1.0 + EDGE * EDGE).sqrt() / EDGE;
    s / (L::splat(1.0) + s * s).sqrt() * L::splat(top)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::X8;

    #[test]
    fn the_sine_is_close_to_the_truth() {
        for i in -300_000..300_000 {
            let cycles = i as f32 * 1.37e-5;
            let truth = (std::f64::consts::TAU * f64::from(cycles)).sin();
            assert!((f64::from(sine(cycles)) - truth).abs() < 3e-7, "{cycles}");
        }
        assert_eq!([0.0f32, 0.5, 1.0, -7.0].map(sine), [0.0; 4]);
        assert_eq!(triangle(0.25f32), 1.0);
        assert_eq!(triangle(0.0f32), 0.0);
        assert!((square(0.25f32) - 1.0).abs() < 1e-6);
        // The edge goes from -0.9 to 0.9 within 5.5 % of a cycle.
        assert!(square(0.0275f32) > 0.9 && square(-0.0275f32) < -0.9);
    }

    #[test]
    fn eight_lanes_give_the_bits_of_one() {
        for i in 0..500 {
            let x: [f32; 8] = std::array::from_fn(|k| (i * 8 + k) as f32 * 7.3e-4 - 1.0);
            let wide = [sine(X8(x)), triangle(X8(x)), square(X8(x))];
            for (k, &one) in x.iter().enumerate() {
                assert_eq!(
                    wide.map(|w| w.0[k].to_bits()),
                    [sine(one), triangle(one), square(one)].map(f32::to_bits)
                );
            }
        }
    }

    #[test]
    fn the_phase_does_not_depend_on_the_pieces_and_does_not_drift() {
        let speed = 0.37 / 48_000.0;
        let mut whole = Oscillator::default();
        let mut pieces = Oscillator::default();
        whole.set_speed(0, speed);
        pieces.set_speed(0, speed);
        let mut all = vec![0.0f32; 10_000];
        whole.run(&mut all);
        let mut sizes = [1, 64, 7, 33].into_iter().cycle();
        let mut rest = &all[..];
        while !rest.is_empty() {
            let mut piece = vec![0.0f32; sizes.next().unwrap_or(1).min(rest.len())];
            pieces.run(&mut piece);
            assert_eq!(piece, rest[..piece.len()]);
            rest = &rest[piece.len()..];
        }
        // After an hour it is where the clock says, to a millionth of a cycle.
        let mut frames = vec![0.0f32; 48_000];
        let mut hour = Oscillator::default();
        hour.set_speed(0, speed);
        (0..3600).for_each(|_| hour.run(&mut frames));
        let wanted = (0.37f64 * (3600.0 - 1.0 / 48_000.0)).fract();
        assert!((f64::from(frames[47_999]) - wanted).abs() < 1e-6, "{} for {wanted}", frames[47_999]);
    }
}
