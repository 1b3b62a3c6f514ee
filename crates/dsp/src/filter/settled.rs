//! A section whose coefficients stand still, in fewer operations than [`super::svf`] needs for one that glides.
//!
//! The same filter with other states: what the integrators put into the output, and how much that gains of itself. It is the
//! transposed direct form with differences in place of delays (the delta operator of Middleton and Goodwin, *Digital Control
//! and Estimation*, 1990), as quiet at low frequencies as the integrators are, since what a state gains is computed and not
//! what it becomes.

use super::svf::{Heard, Weights};
use crate::Lane;

/// What one sample is multiplied with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Settled<L> {
    /// What comes out of the input.
    pub through: L,
    /// What each state gains of the input.
    pub feed: [L; 2],
    /// What each state gains of the first: both lose, so less than nought.
    pub own: [L; 2],
}

impl<L: Lane> Settled<L> {
    /// Of a section that stands at these weights.
    #[inline(always)]
    pub fn new(weights: &Weights<L>) -> Self {
        let Weights { g, k, m: [high, ..] } = *weights;
        let Heard { twice, around, second, .. } = Heard::new(weights);
        let double = g + g;
        Settled {
            through: high + around,
            feed: [twice * ((weights.m[1] - k * around) + double * second), double * twice * second],
            own: [-(twice * (k + double)), -(double * twice)],
        }
    }

    /// One sample.
    #[inline(always)]
    pub fn next(&self, [p, q]: &mut [L; 2], x: L) -> L {
        let y = self.through.mul_add(x, *p);
        let gained = self.own[0].mul_add(*p, self.feed[0].mul_add(x, *q));
        *q += self.own[1].mul_add(*p, self.feed[1] * x);
        *p += gained;
        y
    }
}

/// What the second state has of each integrator, over [`Heard::twice`].
#[inline(always)]
fn across<L: Lane>(weights: &Weights<L>, heard: &Heard<L>) -> [L; 2] {
    let Weights { g, k, .. } = *weights;
    [heard.first * g + heard.second, heard.second * (g + k) - heard.first]
}

/// The states, from the integrators.
#[inline(always)]
pub(super) fn enter<L: Lane>(weights: &Weights<L>, [s1, s2]: [L; 2]) -> [L; 2] {
    let heard = Heard::new(weights);
    let [one, other] = across(weights, &heard);
    [heard.first.mul_add(s1, heard.second * s2), heard.twice * one.mul_add(s1, other * s2)]
}

/// The integrators, from the states.
#[inline(always)]
pub(super) fn leave<L: Lane>(weights: &Weights<L>, [p, q]: [L; 2]) -> [L; 2] {
    let heard = Heard::new(weights);
    let ([one, other], Heard { twice, first, second, .. }) = (across(weights, &heard), heard);
    let size = first * first + second * second;
    let apart = first * second * weights.k - size;
    // Where a pole meets a zero, one of the integrators is not heard, and not known: the smallest that sound alike are taken.
    let lost = apart.abs().lt(size * L::splat(1e-6)) | size.lt(L::splat(1e-30));
    let alike = p / size.max(L::splat(f32::MIN_POSITIVE));
    let (p, q) = (p / apart, q / (twice * apart));
    [
        L::select(lost, first * alike, other.mul_add(p, -(second * q))),
        L::select(lost, second * alike, first.mul_add(q, -(one * p))),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::svf::Section;
    use super::*;

    fn weights(section: &Section) -> Weights<f32> {
        let Section { g, k, high, band, low } = *section;
        Weights { g: g as f32, k: k as f32, m: [high, band - k * high, low - high].map(|x| x as f32) }
    }

    #[test]
    fn it_is_the_filter_that_glides() {
        for (g, k, band, low) in
            [(0.001, 1.4, 0.0, 0.0), (0.05, 0.1, 0.3, 1.0), (0.4, 1.9, 2.5, 0.5), (1.5, 3.0, 1.0, 1.2)]
        {
            let weights = weights(&Section { g, k, high: 1.0, band, low });
            let (solved, settled) = (weights.solve(), Settled::new(&weights));
            let mut integrators = [0.3, -0.2];
            let mut states = enter(&weights, integrators);
            for i in 0..2000 {
                let x = ((i * i) as f32 * 0.37).sin();
                let (a, b) = (solved.next(&mut integrators, x), settled.next(&mut states, x));
                assert!((a - b).abs() < 2e-5, "{a} and {b} at {i} of {g}");
            }
            for (a, b) in leave(&weights, states).into_iter().zip(integrators) {
                assert!((a - b).abs() < 1e-4 * (1.0 + 1.0 / k as f32), "{a} and {b} of {g}");
            }
        }
    }

    #[test]
    fn there_and_back_nothing_is_lost_that_is_heard() {
        // A band that hardly does anything, one that does nothing, and a pole on a zero.
        for (g, k, high, band, low) in [
            (0.02, 0.7, 1.0, 0.701, 1.0),
            (0.02, 0.7, 1.0, 0.7, 1.0),
            (0.1, 2.5, 1.0, 2.6, 1.2),
            (0.1, 2.5, 0.0, 0.1, 0.2),
        ] {
            let weights = weights(&Section { g, k, high, band, low });
            let states = enter(&weights, [0.5, -0.25]);
            let again = enter(&weights, leave(&weights, states));
            for (a, b) in states.into_iter().zip(again) {
                assert!((a - b).abs() <= 1e-5 * states[0].abs() + 1e-8, "{a} and {b} of {g} {k} {band}");
            }
        }
    }
}
