//! Analogue prototypes: what each filter ought to do at every frequency.
//!
//! Bell and shelves after Bristow-Johnson, *Cookbook formulae for audio EQ biquad filter coefficients*
//! (their analogue transfer functions, not their digital ones); passes after Butterworth.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// An analogue section at its corner frequency, `s` being `i f / hz`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prototype {
    /// Corner or centre in Hz.
    pub hz: f64,
    /// What it does there.
    pub shape: Shape,
}

/// The transfer function of a [`Prototype`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// `(s^2 + s A/Q + 1) / (s^2 + s/(A Q) + 1)`, `A^2` being the gain at the centre.
    Bell {
        /// Gain at the centre in dB.
        db: f64,
        /// Quality factor.
        q: f64,
    },
    /// `A (s^2 + s sqrt(A)/Q + A) / (A s^2 + s sqrt(A)/Q + 1)`: `A^2` at 0 Hz, 1 far above.
    LowShelf {
        /// Gain at 0 Hz in dB.
        db: f64,
        /// Quality factor; 0.71 is the steepest without a bump.
        q: f64,
    },
    /// The low shelf with `s` upside down.
    HighShelf {
        /// Gain far above in dB.
        db: f64,
        /// Quality factor; 0.71 is the steepest without a bump.
        q: f64,
    },
    /// `1 / (s^2 + s/Q + 1)`.
    LowPass {
        /// Quality factor.
        q: f64,
    },
    /// `s^2 / (s^2 + s/Q + 1)`.
    HighPass {
        /// Quality factor.
        q: f64,
    },
    /// `1 / (s + 1)`.
    LowPass1,
    /// `s / (s + 1)`.
    HighPass1,
    /// `(s^2 + 1) / (s^2 + s/Q + 1)`.
    Notch {
        /// Quality factor.
        q: f64,
    },
}

impl Prototype {
    /// Numerator and denominator, highest power of `s` first.
    pub fn polynomials(&self) -> ([f64; 3], [f64; 3]) {
        let root = |db: f64| 10f64.powf(db / 40.0);
        match self.shape {
            Shape::Bell { db, q } => {
                let a = root(db);
                ([1.0, a / q, 1.0], [1.0, 1.0 / (a * q), 1.0])
            }
            Shape::LowShelf { db, q } => {
                let a = root(db);
                ([a, a * a.sqrt() / q, a * a], [a, a.sqrt() / q, 1.0])
            }
            Shape::HighShelf { db, q } => {
                let a = root(db);
                ([a * a, a * a.sqrt() / q, a], [1.0, a.sqrt() / q, a])
            }
            Shape::LowPass { q } => ([0.0, 0.0, 1.0], [1.0, 1.0 / q, 1.0]),
            Shape::HighPass { q } => ([1.0, 0.0, 0.0], [1.0, 1.0 / q, 1.0]),
            Shape::LowPass1 => ([0.0, 0.0, 1.0], [0.0, 1.0, 1.0]),
            Shape::HighPass1 => ([0.0, 1.0, 0.0], [0.0, 1.0, 1.0]),
            Shape::Notch { q } => ([1.0, 0.0, 1.0], [1.0, 1.0 / q, 1.0]),
        }
    }

    /// Squared magnitude at a frequency.
    pub fn power(&self, hz: f64) -> f64 {
        let x = (hz / self.hz).powi(2);
        let (up, down) = self.polynomials();
        let square = |p: [f64; 3]| (p[2] - p[0] * x).powi(2) + p[1] * p[1] * x;
        square(up) / square(down)
    }

    /// Gain at a frequency in dB.
    pub fn response_db(&self, hz: f64) -> f64 {
        10.0 * self.power(hz).max(1e-40).log10()
    }
}

/// The most sections that [`butterworth`] gives.
pub const MOST_SECTIONS: usize = 4;

/// The sections of a Butterworth pass of the given order (1 to 8, 6 dB an octave each), least resonant
/// first; `high` for a high-pass. `q` of 0.71 is Butterworth; it scales the most resonant section.
pub fn butterworth(hz: f64, order: usize, q: f64, high: bool) -> impl Iterator<Item = Prototype> {
    let pairs = order / 2;
    let first = (order % 2 == 1).then_some(if high { Shape::HighPass1 } else { Shape::LowPass1 });
    let second = (0..pairs).rev().map(move |i| {
        // Pole pair i lies at the angle (2i + 1 + order mod 2) pi / (2 order) from the imaginary axis.
        let angle = (2 * i + 1) as f64 * PI / (2 * order) as f64;
        let own = 1.0 / (2.0 * angle.sin());
        let q = if i == 0 { own * q / FRAC_1_SQRT_2 } else { own };
        if high { Shape::HighPass { q } } else { Shape::LowPass { q } }
    });
    first.into_iter().chain(second).map(move |shape| Prototype { hz, shape })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_butterworth_is_three_db_down_at_its_corner_and_has_its_slope() {
        for order in 1..=8 {
            for high in [false, true] {
                let at = |hz: f64| -> f64 {
                    butterworth(1000.0, order, FRAC_1_SQRT_2, high).map(|p| p.response_db(hz)).sum()
                };
                assert!((at(1000.0) + 3.0103).abs() < 1e-3, "{order} {high}: {}", at(1000.0));
                let (near, far) = if high { (20.0, 10.0) } else { (50_000.0, 100_000.0) };
                assert!((at(near) - at(far) - 6.0206 * order as f64).abs() < 0.05, "{order} {high}");
                assert!(butterworth(1000.0, order, 1.0, high).count() <= MOST_SECTIONS);
            }
        }
    }

    #[test]
    fn bells_and_shelves_have_their_gain_where_they_say() {
        let at = |shape, hz| Prototype { hz: 500.0, shape }.response_db(hz);
        assert!((at(Shape::Bell { db: 7.0, q: 2.0 }, 500.0) - 7.0).abs() < 1e-9);
        assert!((at(Shape::LowShelf { db: -5.0, q: 0.7 }, 0.01) + 5.0).abs() < 1e-6);
        assert!((at(Shape::HighShelf { db: -5.0, q: 0.7 }, 500.0) + 2.5).abs() < 1e-6);
    }
}
