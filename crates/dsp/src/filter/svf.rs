//! The second-order section that every filter here runs on: a trapezoidal state-variable filter.
//!
//! Two integrators keep the rounding of `f32` quiet at low frequencies and stay stable while the
//! coefficients move (Zavalishin, *The Art of VA Filter Design*, 2018, ch. 4; Simper, *Solving the continuous
//! SVF equations using trapezoidal integration*, 2013). Its outputs, weighted and summed, make any biquad.
//! While the coefficients stand still it runs as [`super::settled`].

use std::f64::consts::PI;

use super::cascade::together;
use super::settled::{self, Settled};
use crate::{Lane, lane::Mask};

/// One designed section: `(high s^2 + band g s + low g^2) / (s^2 + k g s + g^2)`, `s` being the bilinear
/// variable `(z - 1)/(z + 1)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    /// Pole frequency: tan of half the angle.
    pub g: f64,
    /// Damping: one over Q.
    pub k: f64,
    /// Weight of the high-pass output: the gain at half the sample rate.
    pub high: f64,
    /// Weight of the band-pass output.
    pub band: f64,
    /// Weight of the low-pass output: the gain at 0 Hz.
    pub low: f64,
}

impl Section {
    /// Lets everything pass, bit for bit.
    pub const IDENTITY: Section = Section { g: 0.5, k: 2.0, high: 1.0, band: 2.0, low: 1.0 };

    /// Squared magnitude at a frequency, in closed form.
    pub fn power(&self, hz: f64, rate: f64) -> f64 {
        self.power_at((PI * hz / rate).tan().powi(2))
    }

    /// Squared magnitude where the tangent of half the angle has this square.
    pub fn power_at(&self, x: f64) -> f64 {
        let g2 = self.g * self.g;
        let up = (self.low * g2 - self.high * x).powi(2) + self.band * self.band * g2 * x;
        let down = (g2 - x).powi(2) + self.k * self.k * g2 * x;
        up / down
    }

    /// Gain at a frequency in dB.
    pub fn response_db(&self, hz: f64, rate: f64) -> f64 {
        10.0 * self.power(hz, rate).max(1e-40).log10()
    }

    /// Frames until a ringing has fallen by 120 dB.
    pub fn tail(&self) -> f64 {
        // The slower pole: s = g (-k/2 +- sqrt(k^2/4 - 1)).
        let half = self.k / 2.0;
        let radius = if half < 1.0 {
            let (re, im) = (-self.g * half, self.g * (1.0 - half * half).sqrt());
            (((1.0 + re).powi(2) + im * im) / ((1.0 - re).powi(2) + im * im)).sqrt()
        } else {
            let s = -self.g / (half + (half * half - 1.0).sqrt());
            ((1.0 + s) / (1.0 - s)).abs()
        };
        1e6f64.ln() / -radius.max(1e-6).ln()
    }
}

/// Coefficients that glide: those of the analogue shape, and the weights of the input and of the two integrators.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Weights<L> {
    pub g: L,
    pub k: L,
    pub m: [L; 3],
}

/// What one sample is multiplied with. The loop without delay is solved, so that each integrator and what comes out follow
/// from the input and the integrators alone: a sample waits eight cycles for the one before it, not twenty-four.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Solved<L> {
    /// What the first integrator gains of itself: it loses, so less than nought.
    own: L,
    /// What each integrator gains of the input less the second; the second gains as much of the first as the first of these.
    gain: [L; 2],
    /// What comes out of the input and of the integrators.
    out: [L; 3],
}

/// Where two numbers are not the same.
#[inline(always)]
fn differ<L: Lane>(a: L, b: L) -> L::Mask {
    a.lt(b) | b.lt(a)
}

/// The weights of what lets everything pass.
const IDLE: [f32; 3] = [1.0, 0.0, 0.0];

impl<L: Lane> Weights<L> {
    /// Those of lane `i`.
    fn lane(&self, i: usize) -> Weights<f32> {
        Weights { g: self.g.get(i), k: self.k.get(i), m: self.m.map(|m| m.get(i)) }
    }

    fn set_lane(&mut self, i: usize, weights: &Weights<f32>) {
        self.g.set(i, weights.g);
        self.k.set(i, weights.k);
        for (m, &of_lane) in self.m.iter_mut().zip(&weights.m) {
            m.set(i, of_lane);
        }
    }

    /// Where these are not the same.
    #[inline(always)]
    fn differ(&self, other: &Self) -> L::Mask {
        let mut any = differ(self.g, other.g) | differ(self.k, other.k);
        for (&a, &b) in self.m.iter().zip(&other.m) {
            any = any | differ(a, b);
        }
        any
    }

    /// Solves the loop.
    #[inline(always)]
    pub fn solve(&self) -> Solved<L> {
        let Heard { twice, around, first, second } = Heard::new(self);
        Solved {
            own: -(twice * (self.g + self.k)),
            gain: [twice, self.g * twice],
            out: [self.m[0] + around, first, second],
        }
    }
}

/// What is heard of the integrators, once the loop is solved.
pub(super) struct Heard<L> {
    /// What each gains of the input.
    pub twice: L,
    /// What comes out of the input by way of the first.
    pub around: L,
    /// What comes out of each.
    pub first: L,
    pub second: L,
}

impl<L: Lane> Heard<L> {
    #[inline(always)]
    pub fn new(weights: &Weights<L>) -> Self {
        let Weights { g, k, m: [_, band, low] } = *weights;
        let sum = g + k;
        let a = g / (L::splat(1.0) + g * sum);
        // The first integrator's way through the second adds to its weight.
        let first = band + low * g;
        let around = first * a;
        Heard { twice: a + a, around, first: first - around * sum, second: low - around }
    }
}

impl<L: Lane> Solved<L> {
    /// One sample. What the integrators gain is computed, not what they become: the difference is as small as the corner is
    /// low, and would drown in the rounding of a coefficient near one.
    #[inline(always)]
    pub fn next(&self, [s1, s2]: &mut [L; 2], x: L) -> L {
        let ([first, second], [through, band, low]) = (self.gain, self.out);
        let y = through.mul_add(x, band.mul_add(*s1, low * *s2));
        let d = x - *s2;
        *s2 = second.mul_add(d, first.mul_add(*s1, *s2));
        *s1 = first.mul_add(d, self.own.mul_add(*s1, *s1));
        y
    }
}

/// One section for `N` channels that share coefficients, each lane with its own.
#[derive(Clone, Copy, Debug)]
pub struct Svf<L: Lane, const N: usize> {
    now: Weights<L>,
    to: Weights<L>,
    active: L::Mask,
    /// Of each channel: the integrators, or in lanes that have settled the states of [`super::settled`].
    pub(super) state: [[L; 2]; N],
    /// 1 in lanes that have settled since they were last aimed.
    rests: L,
    /// Of what it stands at, unless that has changed since it was last asked for.
    settled: Settled<L>,
    changed: bool,
}

impl<L: Lane, const N: usize> Default for Svf<L, N> {
    fn default() -> Self {
        let one = L::splat(1.0);
        let idle = Weights { g: L::splat(0.5), k: one, m: IDLE.map(L::splat) };
        Svf {
            now: idle,
            to: idle,
            active: one.lt(one),
            state: [[L::zero(); 2]; N],
            rests: L::zero(),
            settled: Settled::default(),
            changed: true,
        }
    }
}

impl<L: Lane, const N: usize> Svf<L, N> {
    /// As it runs where it stands.
    #[inline(always)]
    pub(super) fn settled(&mut self) -> &Settled<L> {
        if self.changed {
            self.settled = Settled::new(&self.now);
            self.changed = false;
        }
        &self.settled
    }

    /// Lanes that glide nowhere settle.
    #[inline(always)]
    pub(super) fn rest(&mut self) {
        let glides = self.now.differ(&self.to);
        let settles = !(L::zero().lt(self.rests) | glides);
        if settles.any() {
            for state in &mut self.state {
                let entered = settled::enter(&self.now, *state);
                for (s, settled) in state.iter_mut().zip(entered) {
                    *s = L::select(settles, settled, *s);
                }
            }
            self.rests = L::select(glides, L::zero(), L::splat(1.0));
        }
    }

    /// Lane `i` has integrators again.
    fn rise(&mut self, i: usize) {
        if self.rests.get(i) > 0.0 {
            for state in &mut self.state {
                let left = settled::leave(&self.now, *state);
                for (s, integrator) in state.iter_mut().zip(left) {
                    s.set(i, integrator.get(i));
                }
            }
            self.rests.set(i, 0.0);
        }
    }

    /// The section that lane `i` has reached by the end of the next quantum; at once where `jump` is set.
    pub fn aim(&mut self, i: usize, section: &Section, jump: bool) {
        let (now, before) = (self.now.lane(i), self.to.lane(i));
        let to = if *section == Section::IDENTITY {
            // The poles stay where they are while the section fades out.
            Weights { m: IDLE, ..before }
        } else {
            let (g, k) = (section.g as f32, section.k as f32);
            let (high, band, low) = (section.high as f32, section.band as f32, section.low as f32);
            Weights { g, k, m: [high, band - k * high, low - high] }
        };
        if to == before && (!jump || to == now) {
            return;
        }
        self.rise(i);
        self.to.set_lane(i, &to);
        if jump {
            self.now.set_lane(i, &to);
        } else if now.m == IDLE {
            self.now.set_lane(i, &Weights { m: IDLE, ..to });
        }
        self.settle();
    }

    fn settle(&mut self) {
        let [high, band, low] = IDLE.map(L::splat);
        let busy = |w: &Weights<L>| differ(w.m[0], high) | differ(w.m[1], band) | differ(w.m[2], low);
        self.active = busy(&self.now) | busy(&self.to);
        self.changed = true;
        for s in self.state.iter_mut().flatten() {
            *s = L::select(self.active, *s, L::zero());
        }
    }

    /// The lanes that have work.
    #[inline(always)]
    pub fn active(&self) -> L::Mask {
        self.active
    }

    /// Is it on its way to what it was aimed at, in any lane?
    #[inline(always)]
    pub(super) fn glides(&self) -> bool {
        self.now != self.to
    }

    /// Has it forgotten every sound, and does it glide nowhere?
    pub fn still(&self) -> bool {
        !self.glides() && self.state == [[L::zero(); 2]; N]
    }

    /// Filters one quantum of the first `M` channels in place, gliding to what was aimed at. A lane without
    /// work is left as it is, bit for bit.
    #[inline(always)]
    pub fn run<const M: usize>(&mut self, mut channels: [&mut [L]; M]) {
        if !self.active.any() {
            return;
        }
        if !self.glides() {
            return together([self], &mut channels);
        }
        self.rest();
        let gliding = self.now.differ(&self.to);
        if (self.active & !gliding).any() {
            // Lanes that stand give what they would alone.
            self.glide::<M, true>(gliding, channels);
        } else {
            self.glide::<M, false>(gliding, channels);
        }
        self.now = self.to;
        self.settle();
        self.clean();
    }

    /// A number that is none, or endless, must not stay in the recursion, and one too small to be heard must not slow
    /// it down.
    #[inline(always)]
    pub(super) fn clean(&mut self) {
        let (least, most) = (L::splat(1e-25), L::splat(1e15));
        for state in &mut self.state {
            for s in state {
                *s = L::select(s.abs().lt(most) & least.lt(s.abs()), *s, L::zero());
            }
        }
    }

    #[inline(always)]
    fn glide<const M: usize, const SOME: bool>(&mut self, gliding: L::Mask, mut channels: [&mut [L]; M]) {
        let frames = channels.iter().map(|c| c.len()).min().unwrap_or(0);
        for channel in &mut channels {
            let whole = std::mem::take(channel);
            *channel = &mut whole[..frames];
        }
        let share = L::splat(1.0 / frames.max(1) as f32);
        let step = |from: L, to: L| (to - from) * share;
        let mut w = self.now;
        let steps = [step(w.g, self.to.g), step(w.k, self.to.k)];
        let steps_m: [L; 3] = std::array::from_fn(|i| step(w.m[i], self.to.m[i]));
        let mut state = self.state;
        let settled = if SOME { Some(*self.settled()) } else { None };
        let mut standing = state;
        for frame in 0..frames {
            w.g += steps[0];
            w.k += steps[1];
            for (m, s) in w.m.iter_mut().zip(steps_m) {
                *m += s;
            }
            let solved = w.solve();
            for ((channel, state), standing) in channels.iter_mut().zip(&mut state).zip(&mut standing) {
                let x = channel[frame];
                let mut y = solved.next(state, x);
                if let Some(settled) = &settled {
                    y = L::select(gliding, y, settled.next(standing, x));
                }
                channel[frame] = L::select(self.active, y, x);
            }
        }
        if SOME {
            for (s, standing) in state.iter_mut().flatten().zip(standing.into_iter().flatten()) {
                *s = L::select(gliding, *s, standing);
            }
        }
        for (kept, s) in self.state.iter_mut().flatten().zip(state.into_iter().flatten()) {
            *kept = L::select(self.active, s, L::zero());
        }
    }
}
