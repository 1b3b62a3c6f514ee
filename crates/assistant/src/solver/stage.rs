//! The stage from left to right: where the tracks stand that may be placed, and what stands already.

use std::f64::consts::FRAC_PI_2;

/// Parts of the spectrum in which both ears should be busy, by their upper borders in Hz; the first is all of it.
pub const ZONES: [f64; 5] = [f64::INFINITY, 250.0, 1000.0, 4000.0, f64::INFINITY];

/// A track that may be placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Seat {
    /// Energy in all and in each zone.
    pub power: [f64; ZONES.len()],
    /// Where its part usually stands, -100 to 100.
    pub home: f64,
}

/// All that is heard, before it is placed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stage {
    /// What is placed: a variable each, from -100 to 100.
    pub seats: Vec<Seat>,
    /// Energies left and right of everything else.
    pub others: [(f64, f64); ZONES.len()],
}

/// Left and right of a zone, and how they change with every seat.
#[derive(Clone, Debug, PartialEq)]
pub struct Sides {
    /// Left over right, dB.
    pub lean: f64,
    /// By how much that changes for a step of each seat.
    pub slope: Vec<f64>,
}

/// Shares of left and right of a mono track at a place: constant power.
pub fn shares(pan: f64) -> (f64, f64) {
    let angle = (pan + 100.0) / 200.0 * FRAC_PI_2;
    (angle.cos().powi(2), angle.sin().powi(2))
}

impl Stage {
    /// How the sides stand in a zone; none where next to nothing is heard of it.
    pub fn sides(&self, zone: usize, places: &[f64]) -> Option<Sides> {
        let (mut left, mut right) = self.others[zone];
        for (seat, &place) in self.seats.iter().zip(places) {
            let (l, r) = shares(place);
            left += seat.power[zone] * l;
            right += seat.power[zone] * r;
        }
        if left <= 0.0 || right <= 0.0 {
            return None;
        }
        // The share of the left falls with the sine of twice the angle, and that of the right rises as much.
        let step = FRAC_PI_2 / 200.0;
        let by = |(seat, &place): (&Seat, &f64)| {
            let turn = seat.power[zone] * (2.0 * (place + 100.0) * step).sin() * step;
            -10.0 / std::f64::consts::LN_10 * turn * (1.0 / left + 1.0 / right)
        };
        let slope = self.seats.iter().zip(places).map(by).collect();
        Some(Sides { lean: 10.0 * (left / right).log10(), slope })
    }
}
