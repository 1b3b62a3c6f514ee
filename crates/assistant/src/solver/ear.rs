//! How the ear weighs frequencies.

use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

/// K-weighting of power at a frequency (ITU-R BS.1770-5, annex 1): the analogue filters of which the standard tables the
/// coefficients for 48 kHz, a shelf of 4 dB at 1.7 kHz and a high-pass at 38 Hz. The standard's offset of -0.691 dB, which
/// makes 1 kHz read as it is, is included.
pub fn k_weight(hz: f64) -> f64 {
    let offset = 10f64.powf(-0.0691);
    offset * shelf(hz / 1681.97) * pass(hz / 38.135)
}

/// Gain of power of the shelf, at a frequency over its corner: band and high gain over a Butterworth denominator.
fn shelf(x: f64) -> f64 {
    let high: f64 = 1.584_864_7;
    let band = high.sqrt() * SQRT_2;
    let numerator = (1.0 - high * x * x).powi(2) + (band * x).powi(2);
    numerator / ((1.0 - x * x).powi(2) + (x / FRAC_1_SQRT_2).powi(2))
}

/// Gain of power of the high-pass, at a frequency over its corner: two poles, quality factor a half.
fn pass(x: f64) -> f64 {
    (x * x / (1.0 + x * x)).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_of_a_kilohertz_reads_as_it_is_and_the_shelf_is_four_decibels() {
        let db = |hz: f64| 10.0 * k_weight(hz).log10();
        assert!(db(997.0).abs() < 0.1, "{}", db(997.0));
        assert!((db(10_000.0) - 3.3).abs() < 0.2, "{}", db(10_000.0));
        assert!((db(38.135) + 0.69 + 6.02).abs() < 0.1, "{}", db(38.135));
    }
}
