//! Values with the units that a file gives them.

use mixsmith_session::FADER_OFF;

use crate::course::decibels;
use crate::xml::Node;

/// Semitones of a frequency, as MIDI counts: 69 is 440 Hz.
pub(super) fn semitones(hz: f32) -> f64 {
    69.0 + 12.0 * (f64::from(hz) / 440.0).log2()
}

/// A level in dB, whatever unit it has.
pub(super) fn level(value: f64, unit: &str) -> f32 {
    match unit {
        "decibel" => (value as f32).max(FADER_OFF),
        "percent" => decibels(value / 100.0),
        _ => decibels(value),
    }
}

/// A pan from -100 to 100.
pub(super) fn pan(value: f64, unit: &str) -> f32 {
    let share = match unit {
        "percent" => value / 100.0,
        "linear" => value.midpoint(1.0),
        _ => value,
    };
    (200.0 * share - 100.0).clamp(-100.0, 100.0) as f32
}

/// A frequency in Hz.
pub(super) fn hertz(value: f64, unit: &str) -> f32 {
    match unit {
        "semitones" => (440.0 * 2f64.powf((value - 69.0) / 12.0)) as f32,
        _ => value as f32,
    }
}

/// A time in ms.
pub(super) fn milliseconds(value: f64, unit: &str, tempo: f32) -> f32 {
    match unit {
        "beats" => (value * 60_000.0 / f64::from(tempo)) as f32,
        "linear" => value as f32,
        _ => (value * 1000.0) as f32,
    }
}

/// A ratio. In percent it says how much of what is above the threshold goes: 75 % is 4:1.
pub(super) fn ratio(value: f64, unit: &str) -> f32 {
    let ratio = match unit {
        "percent" => 1.0 / (1.0 - value / 100.0),
        "normalized" => 1.0 / (1.0 - value),
        _ => value,
    };
    if ratio.is_finite() && ratio >= 1.0 { ratio as f32 } else { 1000.0 }
}

/// The value of a parameter with its unit.
pub(super) fn parameter(node: &Node) -> Option<(f64, &str)> {
    Some((node.number("value")?, node.get("unit").unwrap_or("linear")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_as_bitwig_writes_them() {
        assert!((hertz(81.389_058, "semitones") - 900.0).abs() < 0.05, "a bell of the sample at 900 Hz");
        assert!((semitones(440.0) - 69.0).abs() < 1e-9);
        assert!((ratio(75.0, "percent") - 4.0).abs() < 1e-6);
        assert!((level(0.316_228, "linear") + 10.0).abs() < 1e-3);
        assert_eq!(level(0.0, "linear"), FADER_OFF);
        assert_eq!(
            (pan(0.5, "normalized"), pan(0.0, "normalized"), pan(1.0, "linear")),
            (0.0, -100.0, 100.0)
        );
        assert!((milliseconds(0.01, "seconds", 120.0) - 10.0).abs() < 1e-4);
    }
}
