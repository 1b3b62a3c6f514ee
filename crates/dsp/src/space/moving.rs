//! A delay whose length moves: read between frames, one frame at a time.

use crate::Lane;

/// A ring of past frames that is read between them by a polynomial through six (Lagrange, fifth order; Laakso, Valimaki,
/// Karjalainen and Laine, *Splitting the unit delay*, 1996). At whole frames it passes what was
/// pushed, but for a rounding. Half way between two frames,
/// where it is worst, it is 0.1 dB down at 0.19 of the sample rate and 1 dB down at 0.29: 9 kHz and 14 kHz at 48 kHz.
#[derive(Clone, Debug)]
pub struct MovingDelay<L> {
    ring: Vec<L>,
    at: usize,
    longest: f32,
}

/// The shortest delay in frames that [`MovingDelay::read`] gives.
pub const SHORTEST: f32 = 3.0;
/// Adding and taking away 1.5 * 2^23 leaves the nearest whole number.
const NEAREST: f32 = 12_582_912.0;

impl<L: Lane> MovingDelay<L> {
    /// Delays up to `longest` frames. Allocates here and never again.
    pub fn new(longest: usize) -> Self {
        MovingDelay {
            ring: vec![L::zero(); (longest + 8).next_power_of_two()],
            at: 0,
            longest: longest as f32,
        }
    }

    /// What was pushed `ago` frames before the frame that will be pushed next; held from [`SHORTEST`] to the longest.
    #[inline(always)]
    pub fn read(&self, ago: L) -> L {
        let ago = ago.clamp(L::splat(SHORTEST), L::splat(self.longest.max(SHORTEST)));
        let nearest = L::splat(NEAREST);
        let whole = ((ago - L::splat(0.5)) + nearest) - nearest;
        let late = ago - whole; // 0 to 1
        let mut taps = [L::zero(); 6];
        let mask = self.ring.len() - 1;
        for lane in 0..L::WIDTH {
            let first = self.at.wrapping_sub(whole.get(lane) as usize).wrapping_add(2);
            for (k, tap) in taps.iter_mut().enumerate() {
                tap.set(lane, self.ring[first.wrapping_sub(k) & mask].get(lane));
            }
        }
        between(&taps, late)
    }

    /// Takes the next frame in.
    #[inline(always)]
    pub fn push(&mut self, x: L) {
        let mask = self.ring.len() - 1;
        self.ring[self.at & mask] = x;
        self.at = (self.at + 1) & mask;
    }
}

/// The polynomial through six frames, `x` frames (0 to 1) behind the third.
#[inline(always)]
fn between<L: Lane>(taps: &[L; 6], x: L) -> L {
    let at = |k: f32| x - L::splat(k);
    let (a, b, c, d, e, f) = (at(-2.0), at(-1.0), x, at(1.0), at(2.0), at(3.0));
    let (ab, cd, ef) = (a * b, c * d, e * f);
    let weights = [
        (b * cd * ef, -1.0 / 120.0),
        (a * cd * ef, 1.0 / 24.0),
        (ab * d * ef, -1.0 / 12.0),
        (ab * c * ef, 1.0 / 12.0),
        (ab * cd * f, -1.0 / 24.0),
        (ab * cd * e, 1.0 / 120.0),
    ];
    let mut sum = L::zero();
    for (&tap, (weight, share)) in taps.iter().zip(weights) {
        sum += tap * (weight * L::splat(share));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_frames_pass_bit_for_bit() {
        for ago in [3usize, 4, 17, 100] {
            let mut line = MovingDelay::new(100);
            let mut worst = 0.0f32;
            for i in 0..1000usize {
                let heard = line.read(ago as f32);
                line.push((i as f32 * 0.1).sin());
                let wanted = if i < ago { 0.0 } else { ((i - ago) as f32 * 0.1).sin() };
                worst = worst.max((heard - wanted).abs());
            }
            // The weight of the frame itself is 12/12, which is one but for a rounding.
            assert!(worst <= 1.2e-7, "{ago}: {worst}");
        }
    }

    #[test]
    fn between_frames_the_loss_is_what_the_doc_says_and_the_time_is_right() {
        let response = |share: f64, ago: f64| {
            let mut line = MovingDelay::new(64);
            let (mut re, mut im) = (0.0, 0.0);
            let frames = 4000usize;
            for i in 0..frames + 64 {
                let angle = std::f64::consts::TAU * share * i as f64;
                let heard = f64::from(line.read(ago as f32));
                line.push(angle.sin() as f32);
                if i >= 64 {
                    let late = angle - std::f64::consts::TAU * share * ago;
                    re += heard * late.sin() * 2.0 / frames as f64;
                    im += heard * late.cos() * 2.0 / frames as f64;
                }
            }
            (20.0 * (re * re + im * im).sqrt().log10(), im.atan2(re))
        };
        for (share, ago, loss) in
            [(0.19, 10.5, -0.10), (0.29, 10.5, -1.0), (0.1, 7.25, 0.0), (0.02, 33.7, 0.0)]
        {
            let (db, phase) = response(share, ago);
            assert!((db - loss).abs() < 0.06, "{share} at {ago}: {db} dB for {loss}");
            assert!(phase.abs() < 2e-3, "{share} at {ago}: {phase}");
        }
    }
}
