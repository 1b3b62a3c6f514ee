//! Curves that bend a waveform, averaged between one sample and the next.
//!
//! The value given out is the mean of the curve over the straight line between two samples, which keeps
//! overtones beyond half the sample rate from folding back (Parker, Zavalishin and Le Bivic, *Reducing the
//! aliasing of nonlinear waveshaping using continuous-time convolution*, DAFx-16).
//! Each mean is written so that nothing cancels: it is exact in `f32` however close the two samples are.
//! Unless it says otherwise, a curve has slope one at nought and ends at plus and minus one.
//!
//! [`Bender`] takes these means over half steps.

use crate::Lane;

/// Bends a stream by the means of a curve over half steps.
///
/// The sample half way between two is found by the polynomial through their four neighbours, and four means in a row are
/// weighed by 1, 3, 3 and 1: nought, three times over, at the rate of the stream, where the overtones lie that fold back
/// to the bottom. Means over whole steps, as in the paper, leave 15 kHz that is driven 24 dB into [`hard`] at eight
/// times 44.1 kHz with an alias of -66 dBc; the straight line between samples alone accounts for -76 dBc. This leaves
/// -100 dBc. It is [`Bender::LATE`] samples late, and 0.14 dB down at 20 kHz of eight times 44.1 kHz.
#[derive(Clone, Debug)]
pub struct Bender<L> {
    /// The last samples, oldest first.
    past: [L; 3],
    /// The means over the halves of the last step.
    means: [L; 2],
}

impl<L: Lane> Bender<L> {
    /// Samples by which what comes out is late.
    pub const LATE: usize = 2;

    /// After a constant, which the curve has made `mean` of.
    pub fn new(constant: L, mean: L) -> Self {
        Bender { past: [constant; 3], means: [mean; 2] }
    }

    /// Bends samples in place. `mean` is asked with the place of a sample and the two ends of a half step before it.
    #[inline(always)]
    pub fn run(&mut self, samples: &mut [L], mean: impl Fn(usize, L, L) -> L) {
        let ([mut a, mut b, mut c], [mut first, mut second]) = (self.past, self.means);
        let (half, sixteenth, eighth) = (L::splat(0.5), L::splat(1.0 / 16.0), L::splat(0.125));
        for (i, x) in samples.iter_mut().enumerate() {
            let now = *x;
            // Written so that a constant stays what it is, to the bit.
            let inner = b + c;
            let middle = half * inner + sixteenth * (inner - (a + now));
            let (third, fourth) = (mean(i, b, middle), mean(i, middle, c));
            let around = (first - second) + (fourth - second);
            let next = third - second;
            *x = second + eighth * (around + next + next + next);
            (a, b, c) = (b, c, now);
            (first, second) = (third, fourth);
        }
        (self.past, self.means) = ([a, b, c], [first, second]);
    }
}

/// `x / sqrt(1 + x^2)`: bends early and evenly.
#[inline(always)]
pub fn soft<L: Lane>(before: L, now: L) -> L {
    let one = L::splat(1.0);
    // The mean is (F(b) - F(a)) / (b - a) with F = sqrt(1 + x^2), expanded by F(b) + F(a).
    (now + before) / ((one + now * now).sqrt() + (one + before * before).sqrt())
}

/// Mean of a curve that is flat outside of `limit`, and inside has the mean `inner(c0, c1)`.
#[inline(always)]
fn limited<L: Lane>(before: L, now: L, limit: f32, inner: impl Fn(L, L) -> L) -> L {
    let (low, high) = (L::splat(-limit), L::splat(limit));
    let (c0, c1) = (before.clamp(low, high), now.clamp(low, high));
    let mean = inner(c0, c1);
    let beyond = (now.abs() - c1.abs()) - (before.abs() - c0.abs());
    let step = now - before;
    let moves = L::splat(1e-20).lt(step.abs());
    let safe = L::select(moves, step, L::splat(1.0));
    // Standing still outside of the limit, the inner mean of the limit itself is right as well.
    L::select(moves, ((c1 - c0) * mean + beyond) / safe, mean)
}

/// `x - 4 x^3 / 27` up to 1.5, flat beyond: clean for long, then the third harmonic first.
#[inline(always)]
pub fn warm<L: Lane>(before: L, now: L) -> L {
    limited(before, now, 1.5, |a, b| (a + b) * (L::splat(0.5) - (a * a + b * b) * L::splat(1.0 / 27.0)))
}

/// Untouched up to one, flat beyond.
#[inline(always)]
pub fn hard<L: Lane>(before: L, now: L) -> L {
    limited(before, now, 1.0, |a, b| (a + b) * L::splat(0.5))
}

/// How far down the lower half of [`tube`] ends.
pub const TUBE_LOW: f32 = 0.5;

/// `x / sqrt(1 + x^2)` above nought and `x / sqrt(1 + (x / m)^2)` below, with `m` of [`TUBE_LOW`]: a stage biased off
/// the middle of its way, which runs out of room on one side first. Even harmonics that come with the level; it ends at
/// one and at `-m`.
#[inline(always)]
pub fn tube<L: Lane>(before: L, now: L) -> L {
    let (one, none, wider) = (L::splat(1.0), L::zero(), L::splat(1.0 / TUBE_LOW));
    let root = |x: L| (one + x * x).sqrt();
    let (p0, p1, n0, n1) = (before.max(none), now.max(none), before.min(none), now.min(none));
    let (up0, up1, low0, low1) = (root(p0), root(p1), root(n0 * wider), root(n1 * wider));
    let sum = (p1 - p0) * (p0 + p1) / (up0 + up1) + (n1 - n0) * (n0 + n1) / (low0 + low1);
    let step = now - before;
    let moves = L::splat(1e-20).lt(step.abs());
    // Standing still, the mean is the curve itself.
    L::select(moves, sum / L::select(moves, step, one), p1 / up1 + n1 / low1)
}

/// `(x / sqrt(1 + x^2))^3`: the third harmonic of a small sound, and nothing of the sound itself but what comes with
/// it. Slope nought at nought.
#[inline(always)]
pub fn cubed<L: Lane>(before: L, now: L) -> L {
    let one = L::splat(1.0);
    let (r0, r1) = ((one + before * before).sqrt(), (one + now * now).sqrt());
    (now + before) / (r0 + r1) * (one - one / (r0 * r1))
}

/// `1 - (1 + x^2)^(-3/2)`: the same on either side, so that a sine becomes even harmonics and a constant. Nought at
/// nought, ends at one.
#[inline(always)]
pub fn folded<L: Lane>(before: L, now: L) -> L {
    let one = L::splat(1.0);
    let (r0, r1) = ((one + before * before).sqrt(), (one + now * now).sqrt());
    one - (one + r0 * r1 - before * now) / ((r0 + r1) * r0 * r1)
}

/// Untouched up to a knee, then a parabola whose slope falls evenly to nought, then flat at one. The parabola is as
/// long beyond one as the knee lies below it, so that the curve has no corner.
#[derive(Clone, Copy, Debug)]
pub struct Clip<L> {
    knee: L,
    end: L,
    bend: L,
}

impl<L: Lane> Clip<L> {
    /// Begins to bend at `knee`, from nought to one; one is a hard corner.
    pub fn new(knee: L) -> Self {
        // A knee within a thousandth of one (0.01 dB) is a hard one.
        let knee = knee.clamp(L::zero(), L::splat(0.999));
        let half = L::splat(1.0) - knee;
        Clip { knee, end: knee + half + half, bend: L::splat(0.25) / half }
    }

    /// The mean over the straight line between two samples.
    #[inline(always)]
    pub fn mean(&self, before: L, now: L) -> L {
        let half = L::splat(0.5);
        // The line is cut where the curve changes; the pieces are differences of held values, which are exact.
        let middle = |x: L| x.clamp(-self.knee, self.knee);
        let (m0, m1) = (middle(before), middle(now));
        let mut sum = (m1 - m0) * half * (m1 + m0);
        let (mut flat, third) = (L::zero(), L::splat(1.0 / 3.0));
        for sign in [L::splat(1.0), L::splat(-1.0)] {
            let (b, n) = (before * sign, now * sign);
            let (k0, k1) = (b.clamp(self.knee, self.end), n.clamp(self.knee, self.end));
            let (e0, e1) = (k0 - self.knee, k1 - self.knee);
            let lost = self.bend * third * (e0 * e0 + e0 * e1 + e1 * e1);
            sum += (k1 - k0) * (half * (k0 + k1) - lost);
            sum += n.max(self.end) - b.max(self.end);
            flat += sign * (n.clamp(L::zero(), self.end) - self.bend * e1 * e1);
        }
        let step = now - before;
        let moves = L::splat(1e-20).lt(step.abs());
        // Standing still, the mean is the curve itself.
        L::select(moves, sum / L::select(moves, step, L::splat(1.0)), flat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bender_leaves_a_constant_and_delays_what_is_not_bent() {
        let mut still = [0.3f32; 100];
        let at = soft(0.3, 0.3);
        Bender::new(0.3, at).run(&mut still, |_, a, b| soft(a, b));
        assert!(still.iter().all(|x| *x == at));
        let wave = |i: usize| (0.11 * i as f32).sin();
        let mut bent: Vec<f32> = (0..1000).map(wave).collect();
        let mut bender = Bender::new(0.0, 0.0);
        for piece in bent.chunks_mut(37) {
            bender.run(piece, |_, a, b| hard(a, b));
        }
        // Means of two ends half a step apart, weighed by 1, 3, 3 and 1: the cosine of a quarter of the angle, four times.
        let down = (0.0275f32).cos().powi(4);
        for (i, bent) in bent.iter().enumerate().skip(10) {
            let want = down * wave(i - Bender::<f32>::LATE);
            assert!((bent - want).abs() < 1e-4, "{i}: {bent} for {want}");
        }
    }

    #[test]
    fn the_mean_is_the_mean_however_close_the_samples() {
        let exact = |f: fn(f64) -> f64, a: f32, b: f32| {
            let n = 2000;
            (0..n)
                .map(
                    |i| f(f64::from(a) + (f64::from(b) - f64::from(a)) * (f64::from(i) + 0.5) / f64::from(n)),
                )
                .sum::<f64>()
                / f64::from(n)
        };
        fn knee(x: f64, knee: f64) -> f64 {
            let over = (x.abs() - knee).clamp(0.0, 2.0 - 2.0 * knee);
            (x.abs().min(2.0 - knee) - over * over / (4.0 - 4.0 * knee)) * x.signum()
        }
        type Curve = (fn(f32, f32) -> f32, fn(f64) -> f64);
        let curves: [Curve; 9] = [
            (tube, |x| x / (1.0 + (if x < 0.0 { 2.0 * x } else { x }).powi(2)).sqrt()),
            (cubed, |x| (x / (1.0 + x * x).sqrt()).powi(3)),
            (folded, |x| 1.0 - (1.0 + x * x).powf(-1.5)),
            (|a, b| Clip::new(0.7f32).mean(a, b), |x| knee(x, 0.7)),
            (|a, b| Clip::new(0.25f32).mean(a, b), |x| knee(x, 0.25)),
            (|a, b| Clip::new(1.0f32).mean(a, b), |x| knee(x, 0.999)),
            (soft, |x| x / (1.0 + x * x).sqrt()),
            (warm, |x| if x.abs() < 1.5 { x - 4.0 * x * x * x / 27.0 } else { x.signum() }),
            (hard, |x| x.clamp(-1.0, 1.0)),
        ];
        for (mean, curve) in curves {
            for a in [-40.0f32, -1.6, -1.0, -0.3, 0.0, 0.999, 1.0, 1.4999, 7.0] {
                for step in [-50.0f32, -1.0, -1e-3, -1e-6, 0.0, 1e-7, 1e-4, 0.02, 3.0] {
                    let (got, want) = (f64::from(mean(a, a + step)), exact(curve, a, a + step));
                    assert!((got - want).abs() < 1e-5, "{a} + {step}: {got} for {want}");
                }
            }
        }
    }
}
