//! Curves that bend a waveform, averaged between one sample and the next.
//!
//! The value given out is the mean of the curve over the straight line between two samples, which keeps
//! overtones beyond half the sample rate from folding back (Parker, Zavalishin and Le Bivic, *Reducing the
//! aliasing of nonlinear waveshaping using continuous-time convolution*, DAFx-16). It is half a sample late.
//! Each mean is written so that nothing cancels: it is exact in `f32` however close the two samples are.
//! Every curve has slope one at nought and ends at plus and minus one.

use crate::Lane;

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

#[cfg(test)]
mod tests {
    use super::*;

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
        type Curve = (fn(f32, f32) -> f32, fn(f64) -> f64);
        let curves: [Curve; 3] = [
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
