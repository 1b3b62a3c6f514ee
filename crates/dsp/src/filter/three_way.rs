//! A second-order filter that gives what lies below, about and above a frequency at once.

use std::f64::consts::PI;

use crate::Lane;

/// Low-pass, band-pass and high-pass of one state-variable filter, which add up to what came in. The band-pass is one at
/// its centre. With `G` as weight of the band this makes a bell, with `G` and its root as weights of one end and the
/// band a shelf, whose poles stand still however the gain moves: so the gain may move every frame.
///
/// Trapezoidal, in the form of [`super::Svf`]: what the integrators gain is computed, which keeps low corners quiet.
#[derive(Clone, Copy, Debug)]
pub struct ThreeWay<L> {
    rate: f32,
    tuned: (L, L),
    g: L,
    k: L,
    share: L,
    state: [L; 2],
}

impl<L: Lane> ThreeWay<L> {
    /// At rest, not tuned yet.
    pub fn new(rate: f32) -> Self {
        let none = L::zero();
        ThreeWay { rate, tuned: (none, none), g: none, k: none, share: none, state: [none; 2] }
    }

    /// Sets the frequency, held below 0.49 of the rate, and the quality factor.
    pub fn tune(&mut self, hz: L, q: L) {
        if self.tuned == (hz, q) {
            return;
        }
        self.tuned = (hz, q);
        let rate = f64::from(self.rate);
        self.g = hz.map(|hz| (PI * (f64::from(hz) / rate).min(0.49)).tan() as f32);
        let k = L::splat(1.0) / q;
        // The band goes on where it was, however its height over the integrator changes.
        let moves = (self.k.lt(k) | k.lt(self.k)) & L::zero().lt(self.k);
        self.state[0] *= L::select(moves, self.k / k, L::splat(1.0));
        self.k = k;
        self.share = self.g / (L::splat(1.0) + self.g * (self.g + self.k));
    }

    /// One sample in; what is below, about and above out.
    #[inline(always)]
    pub fn next(&mut self, x: L) -> [L; 3] {
        let [s1, s2] = self.state;
        let d = self.share * (x - s2 - (self.g + self.k) * s1);
        let v1 = s1 + d;
        let low = s2 + self.g * v1;
        self.state = [v1 + d, s2 + (self.g + self.g) * v1];
        let band = self.k * v1;
        [low, band, x - band - low]
    }

    /// Comes to rest where the block ended in silence, `last` being its last sample, and only an inaudible trace
    /// (-300 dBFS) is left, so that a decay does not end in subnormal numbers, which are slow.
    pub fn settle(&mut self, last: L) {
        let trace = L::splat(1e-15);
        let [s1, s2] = self.state;
        let rests = s1.abs().max(s2.abs()).lt(trace) & !L::zero().lt(last.abs());
        self.state = self.state.map(|s| L::select(rests, L::zero(), s));
    }

    /// Forgets the sound in the channels where `mask` is true.
    pub fn silence(&mut self, mask: L::Mask) {
        self.state = self.state.map(|s| L::select(mask, L::zero(), s));
    }

    /// Frames until its ringing has fallen by 120 dB in channel `i`.
    pub fn tail(&self, i: usize) -> f64 {
        let (g, k) = (f64::from(self.g.get(i)), f64::from(self.k.get(i)));
        super::Section { g, k, high: 0.0, band: 0.0, low: 0.0 }.tail()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_responses_of_its_prototype() {
        let rate = 48_000.0;
        for (hz, q) in [(30.0f32, 4.0f32), (1000.0, 0.7), (9000.0, 2.0)] {
            for at in [20.0f64, 100.0, 1000.0, 10_000.0] {
                let mut filter = ThreeWay::<f32>::new(rate as f32);
                filter.tune(hz, q);
                let mut power = [0f64; 3];
                let turn = std::f64::consts::TAU * at / rate;
                for i in 0..192_000 {
                    let parts = filter.next((turn * f64::from(i)).sin() as f32);
                    if i >= 96_000 {
                        for (power, x) in power.iter_mut().zip(parts) {
                            *power += f64::from(x).powi(2) / 48_000.0;
                        }
                    }
                }
                // The bilinear transform puts the frequency where the tangents say.
                let s = (PI * at / rate).tan() / (PI * f64::from(hz) / rate).tan();
                let damp = s / f64::from(q);
                let down = (1.0 - s * s).powi(2) + damp * damp;
                for (got, want) in power.iter().zip([1.0, damp * damp, s.powi(4)]) {
                    let off = 10.0 * (got / (want / down)).log10();
                    assert!(off.abs() < 0.001 || want / down < 1e-6, "{hz} Hz at {at}: {off} dB");
                }
            }
        }
    }
}
