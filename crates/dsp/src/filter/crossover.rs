//! Bands that add up to the sound.

use crate::Lane;
use crate::dynamics::Split;

/// Splits a sound into `low` and `high`, 24 dB an octave, in phase with each other and each 6 dB down at the crossover:
/// two Butterworth filters of the second order in a row (Linkwitz, *Active crossover networks for noncoincident
/// drivers*, JAES 24/1, 1976). Their sum is the all-pass `(s^2 - sqrt(2) s + 1) / (s^2 + sqrt(2) s + 1)`, which costs
/// nothing where the first Butterworth filter has run; so the high band is the all-pass less the low one.
#[derive(Clone, Copy, Debug)]
struct Cut<L> {
    first: Split<L>,
    second: Split<L>,
}

impl<L: Lane> Cut<L> {
    fn new(rate: f32) -> Self {
        Cut { first: Split::new(rate), second: Split::new(rate) }
    }

    fn tune(&mut self, hz: L) {
        self.first.tune(hz);
        self.second.tune(hz);
    }

    #[inline(always)]
    fn next(&mut self, x: L) -> [L; 2] {
        let all = all_pass(&mut self.first, x);
        let (low, _) = self.second.next(all.0);
        [low, all.1 - low]
    }

    fn settle(&mut self) {
        self.first.settle();
        self.second.settle();
    }
}

/// The low-pass and the all-pass of a Butterworth filter.
#[inline(always)]
fn all_pass<L: Lane>(split: &mut Split<L>, x: L) -> (L, L) {
    let (low, high) = split.next(x);
    // What lies between is x - low - high, and changes its sign.
    let ends = low + high;
    (low, ends + ends - x)
}

/// How many bands a [`Crossover`] makes.
pub const BANDS: usize = 4;

/// Four bands of one channel by three crossovers. The sound is cut in the middle first; each half passes the all-pass of
/// the crossover in the other half, so that the bands add up to one all-pass: the magnitude of the sum is flat.
#[derive(Clone, Copy, Debug)]
pub struct Crossover<L> {
    cuts: [Cut<L>; BANDS - 1],
    /// The low half through the highest crossover, the high half through the lowest.
    passes: [Split<L>; 2],
}

impl<L: Lane> Crossover<L> {
    /// At rest, not tuned yet.
    pub fn new(rate: f32) -> Self {
        Crossover { cuts: [Cut::new(rate); 3], passes: [Split::new(rate); 2] }
    }

    /// Sets the crossovers in Hz, lowest first.
    pub fn tune(&mut self, hz: [L; BANDS - 1]) {
        for (cut, hz) in self.cuts.iter_mut().zip(hz) {
            cut.tune(hz);
        }
        self.passes[0].tune(hz[2]);
        self.passes[1].tune(hz[0]);
    }

    /// One sample in; the bands out, lowest first.
    #[inline(always)]
    pub fn next(&mut self, x: L) -> [L; BANDS] {
        let [low, high] = self.cuts[1].next(x);
        let (_, low) = all_pass(&mut self.passes[0], low);
        let (_, high) = all_pass(&mut self.passes[1], high);
        let [a, b] = self.cuts[0].next(low);
        let [c, d] = self.cuts[2].next(high);
        [a, b, c, d]
    }

    /// Comes to rest where only an inaudible trace is left, once a block.
    pub fn settle(&mut self) {
        self.cuts.iter_mut().for_each(Cut::settle);
        self.passes.iter_mut().for_each(Split::settle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    /// Powers of the bands and of their sum at a frequency, in dB.
    fn levels(corners: [f32; 3], hz: f64) -> [f64; BANDS + 1] {
        let mut crossover = Crossover::<f32>::new(RATE as f32);
        crossover.tune(corners);
        let mut power = [1e-20f64; BANDS + 1];
        for i in 0..72_000 {
            let bands = crossover.next((std::f64::consts::TAU * hz * f64::from(i) / RATE).sin() as f32);
            if i >= 24_000 {
                for (power, x) in power.iter_mut().zip(bands.into_iter().chain([bands.iter().sum()])) {
                    *power += f64::from(x).powi(2) / 24_000.0;
                }
            }
        }
        power.map(|power| 10.0 * power.log10())
    }

    #[test]
    fn the_bands_add_up_to_a_flat_sum() {
        for corners in [[120.0, 800.0, 4000.0], [300.0, 300.0, 300.0], [40.0, 5000.0, 16_000.0]] {
            let off = (0..20).map(|i| {
                // Whole frequencies, of which a second holds whole periods.
                let hz = (20.0 * 1000f64.powf(f64::from(i) / 19.0)).round();
                levels(corners, hz)[BANDS].abs()
            });
            let worst = off.fold(0.0, f64::max);
            println!("crossovers at {corners:?}: flat within {worst:.4} dB");
            assert!(worst < 0.01);
        }
    }

    #[test]
    fn each_band_has_its_slopes() {
        let corners = [200.0, 1000.0, 5000.0];
        let tan = |hz: f64| (std::f64::consts::PI * hz / RATE).tan();
        for hz in [100.0, 200.0, 400.0, 1000.0, 2500.0, 5000.0, 10_000.0] {
            let got = levels(corners, hz);
            // Two Butterworth filters in a row have the squared power of one.
            let high = |corner: f32| -> f64 {
                let s = tan(hz) / tan(corner.into());
                20.0 * (s.powi(4) / (1.0 + s.powi(4))).log10()
            };
            let low = |corner: f32| -> f64 {
                let s = tan(hz) / tan(corner.into());
                -20.0 * (1.0 + s.powi(4)).log10()
            };
            let [a, b, c] = corners;
            let want = [low(a) + low(b), high(a) + low(b), high(b) + low(c), high(b) + high(c)];
            for (band, (got, want)) in got.iter().zip(want).enumerate() {
                assert!((got - want).abs() < 0.01 || want < -90.0, "{hz} Hz, band {band}: {got} for {want}");
            }
        }
    }
}
