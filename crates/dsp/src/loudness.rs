//! K-weighting: the ear's sensitivity that loudness is measured with (ITU-R BS.1770-5, annex 1).

use std::f64::consts::PI;

use crate::filter::Section;

/// What is added to ten times the logarithm of the mean square to get LUFS, dB.
pub const OFFSET_DB: f32 = -0.691;

/// The shelf: corner in Hz, quality factor, and the gain far above it as a factor.
const SHELF: (f64, f64, f64) = (1_681.974_450_955_533, 0.707_175_236_955_419_6, 1.584864701130856);
/// The high-pass: corner in Hz and quality factor.
const PASS: (f64, f64) = (38.135_470_876_024_44, 0.500_327_037_323_877_3);

/// The tangent of half an angle, held below the Nyquist frequency, so that rates no one records at stay harmless.
fn warp(hz: f64, rate: f64) -> f64 {
    (PI * (hz / rate).min(0.45)).tan()
}

/// The gain of the shelf's band against its gain far above.
fn band(high: f64) -> f64 {
    high.powf(0.499_666_774_154_541_6)
}

/// The two filters as sections for lanes, in single precision: for detectors. `rate` is in frames a second.
pub fn sections(rate: f64) -> [Section; 2] {
    let (hz, q, high) = SHELF;
    let shelf = Section { g: warp(hz, rate), k: 1.0 / q, high, band: band(high) / q, low: 1.0 };
    let (hz, q) = PASS;
    let g = warp(hz, rate);
    // The standard's high-pass has the numerator 1, -2, 1 whatever its denominator's scale.
    let pass = Section { g, k: 1.0 / q, high: 1.0 + g / q + g * g, band: 0.0, low: 0.0 };
    [shelf, pass]
}

/// What a stretch of two K-weighted channels holds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Energy {
    /// Sums of squares, left and right.
    pub squares: [f64; 2],
    /// Sum of left times right.
    pub product: f64,
}

/// The two filters of the standard at any rate, for two channels side by side: analogue prototypes that give the
/// tabled coefficients at 48 kHz (as in libebur128). In double precision, as the high-pass at 38 Hz needs.
#[derive(Clone, Debug)]
pub struct KWeighting {
    shelf: Biquad,
    pass: Biquad,
    /// The last two frames of the input, of the shelf and of the high-pass.
    past: [[[f64; 2]; 2]; 3],
}

impl KWeighting {
    /// At rest. `rate` is in frames a second.
    pub fn new(rate: f64) -> Self {
        let (hz, q, high) = SHELF;
        let (k, band) = (warp(hz, rate), band(high));
        let shelf = Biquad::new(
            [high + band * k / q + k * k, 2.0 * (k * k - high), high - band * k / q + k * k],
            [1.0 + k / q + k * k, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k],
        );
        let (hz, q) = PASS;
        let k = warp(hz, rate);
        let a = [1.0 + k / q + k * k, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k];
        // At 48 kHz the numerator is 1, -2, 1; at every rate what is far above passes as it does there.
        let unit = (a[0] - a[1] + a[2]) / PASS_AT_48_KHZ;
        let pass = Biquad::new([unit, -2.0 * unit, unit], a);
        KWeighting { shelf, pass, past: [[[0.0; 2]; 2]; 3] }
    }

    /// Filters the next stretch, of two equal lengths, and sums its energy.
    pub fn energy(&mut self, left: &[f32], right: &[f32]) -> Energy {
        let [mut x, mut y, mut z] = self.past;
        let (mut squares, mut product) = ([0.0; 2], 0.0);
        for (&l, &r) in left.iter().zip(right) {
            let now = [f64::from(l), f64::from(r)];
            let shelved = self.shelf.next(now, &x, &y);
            let heard = self.pass.next(shelved, &y, &z);
            x = [now, x[0]];
            y = [shelved, y[0]];
            z = [heard, z[0]];
            squares[0] += heard[0] * heard[0];
            squares[1] += heard[1] * heard[1];
            product += heard[0] * heard[1];
        }
        // What is too small to be heard must not end in denormal numbers, which are slow.
        for past in [&mut x, &mut y, &mut z].into_iter().flatten().flatten() {
            *past = if past.abs() < 1e-30 { 0.0 } else { *past };
        }
        self.past = [x, y, z];
        Energy { squares, product }
    }
}

/// The standard's high-pass, denominator at half the rate: 1 + 1.990 047 454 833 98 + 0.990 072 250 366 21.
const PASS_AT_48_KHZ: f64 = 3.980_119_705_200_19;

/// Second-order filter, direct form 1: the shortest way from one output to the next.
#[derive(Clone, Debug)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
}

impl Biquad {
    fn new(b: [f64; 3], a: [f64; 3]) -> Self {
        Biquad { b: b.map(|b| b / a[0]), a: [a[1] / a[0], a[2] / a[0]] }
    }

    /// The next output of both channels, from the input, its past and the output's past.
    #[inline(always)]
    fn next(&self, x: [f64; 2], past: &[[f64; 2]; 2], out: &[[f64; 2]; 2]) -> [f64; 2] {
        std::array::from_fn(|c| {
            let known =
                self.b[0] * x[c] + self.b[1] * past[0][c] + self.b[2] * past[1][c] - self.a[1] * out[1][c];
            known - self.a[0] * out[0][c]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coefficients_at_48_khz_are_those_of_the_standard() {
        let weighting = KWeighting::new(48_000.0);
        let near = |found: &[f64], wanted: &[f64]| {
            found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-9)
        };
        // Tables 1 and 2 of annex 1.
        assert!(near(&weighting.shelf.a, &[-1.690_659_293_182_41, 0.732_480_774_215_85]));
        assert!(near(
            &weighting.shelf.b,
            &[1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85]
        ));
        assert!(near(&weighting.pass.a, &[-1.990_047_454_833_98, 0.990_072_250_366_21]));
        assert!(near(&weighting.pass.b, &[1.0, -2.0, 1.0]));
    }

    #[test]
    fn the_sections_have_the_same_response() {
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            let KWeighting { shelf, pass, .. } = KWeighting::new(rate);
            let sections = sections(rate);
            for hz in [20.0f64, 100.0, 1000.0, 3000.0, 15_000.0] {
                let square = |c: [f64; 3]| {
                    let turn = std::f64::consts::TAU * hz / rate;
                    let re = c[0] + c[1] * turn.cos() + c[2] * (2.0 * turn).cos();
                    let im = c[1] * turn.sin() + c[2] * (2.0 * turn).sin();
                    re * re + im * im
                };
                for (biquad, section) in [&shelf, &pass].into_iter().zip(sections) {
                    let want = square(biquad.b) / square([1.0, biquad.a[0], biquad.a[1]]);
                    assert!((section.power(hz, rate) / want - 1.0).abs() < 1e-6, "{hz} Hz at {rate}");
                }
            }
        }
    }

    #[test]
    fn the_length_of_a_stretch_does_not_matter() {
        let sound: Vec<f32> = (0..4096).map(|i| (i as f32 * 0.11).sin()).collect();
        let (mut whole, mut parts) = (KWeighting::new(44_100.0), KWeighting::new(44_100.0));
        let of_whole = whole.energy(&sound, &sound);
        let sum: f64 = sound.chunks(100).map(|part| parts.energy(part, part).squares[0]).sum();
        assert!((of_whole.squares[0] - sum).abs() < 1e-9 * sum);
        assert_eq!(of_whole.product, of_whole.squares[0]);
        assert_eq!(whole.past, parts.past);
    }
}
