//! Filters in the side chain.

use std::f64::consts::{PI, SQRT_2};

use crate::{Lane, lane::Mask};

/// A state-variable filter that gives low-pass and high-pass, 12 dB an octave, Butterworth, at once
/// (Simper, "Linear Trapezoidal Integrated SVF", 2013). Stable under modulation.
#[derive(Clone, Copy, Debug)]
pub struct Split<L> {
    rate: f32,
    hz: L,
    a: [L; 3],
    state: [L; 2],
}

impl<L: Lane> Split<L> {
    /// At rest, not tuned yet.
    pub fn new(rate: f32) -> Self {
        let none = L::zero();
        Split { rate, hz: none, a: [none; 3], state: [none; 2] }
    }

    /// Sets the corner (-3 dB), held below 0.49 of the rate.
    pub fn tune(&mut self, hz: L) {
        if self.hz == hz {
            return;
        }
        self.hz = hz;
        let rate = f64::from(self.rate);
        let g = |hz: f32| (PI * (f64::from(hz) / rate).min(0.49)).tan();
        let a1 = |hz: f32| 1.0 / (1.0 + g(hz) * (g(hz) + SQRT_2));
        self.a = [
            hz.map(|hz| a1(hz) as f32),
            hz.map(|hz| (g(hz) * a1(hz)) as f32),
            hz.map(|hz| (g(hz) * g(hz) * a1(hz)) as f32),
        ];
    }

    /// One sample in; the low and the high part out. What lies between them is `x - low - high`.
    #[inline(always)]
    pub fn next(&mut self, x: L) -> (L, L) {
        let [a1, a2, a3] = self.a;
        let [s1, s2] = self.state;
        let v3 = x - s2;
        let band = a1 * s1 + a2 * v3;
        let low = s2 + a2 * s1 + a3 * v3;
        self.state = [band + band - s1, low + low - s2];
        (low, x - L::splat(std::f32::consts::SQRT_2) * band - low)
    }

    /// Comes to rest where only an inaudible trace (-300 dBFS) is left, once a block, so that a decay does not
    /// end in subnormal numbers, which are slow.
    #[inline(always)]
    pub fn settle(&mut self) {
        let trace = L::splat(1e-15);
        let [s1, s2] = self.state;
        self.silence(s1.abs().lt(trace) & s2.abs().lt(trace));
    }

    /// Has it forgotten every sound?
    pub fn still(&self) -> bool {
        self.state == [L::zero(); 2]
    }

    /// Forgets the sound in the channels where `mask` is true.
    #[inline(always)]
    pub fn silence(&mut self, mask: L::Mask) {
        self.state = self.state.map(|s| L::select(mask, L::zero(), s));
    }
}

/// Low cut and high cut of a side chain, each of which can be off.
#[derive(Clone, Copy, Debug)]
pub struct KeyFilter<L> {
    low: Split<L>,
    high: Split<L>,
}

impl<L: Lane> KeyFilter<L> {
    /// At or below this the low cut is off, Hz.
    pub const LOW_OFF: f32 = 10.0;
    /// At or above this the high cut is off, Hz.
    pub const HIGH_OFF: f32 = 20_000.0;

    /// At rest.
    pub fn new(rate: f32) -> Self {
        KeyFilter { low: Split::new(rate), high: Split::new(rate) }
    }

    /// Is either on, in any channel?
    #[inline(always)]
    pub fn cuts(low_cut: L, high_cut: L) -> bool {
        (L::splat(Self::LOW_OFF).lt(low_cut) | high_cut.lt(L::splat(Self::HIGH_OFF))).any()
    }

    /// Comes to rest: nothing was heard.
    #[inline(always)]
    pub fn rest(&mut self) {
        let all = L::zero().lt(L::splat(1.0));
        self.low.silence(all);
        self.high.silence(all);
    }

    /// Has it forgotten every sound?
    pub fn still(&self) -> bool {
        self.low.still() && self.high.still()
    }

    /// Filters a block in place, with these corners in Hz.
    #[inline(always)]
    pub fn process(&mut self, low_cut: L, high_cut: L, block: &mut [L]) {
        let cuts_low = L::splat(Self::LOW_OFF).lt(low_cut);
        let cuts_high = high_cut.lt(L::splat(Self::HIGH_OFF));
        if cuts_low.any() {
            self.low.tune(low_cut);
            for x in block.iter_mut() {
                *x = L::select(cuts_low, self.low.next(*x).1, *x);
            }
            self.low.settle();
        }
        if cuts_high.any() {
            self.high.tune(high_cut);
            for x in block.iter_mut() {
                *x = L::select(cuts_high, self.high.next(*x).0, *x);
            }
            self.high.settle();
        }
        // A filter that is off starts from rest when it is turned on, on every lane alike.
        self.low.silence(!cuts_low);
        self.high.silence(!cuts_high);
    }
}
