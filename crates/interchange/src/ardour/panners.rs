//! Ardour's panners beside ours: where they put a sound, and how loud.

use std::f64::consts::{FRAC_PI_2, SQRT_2};

/// How far Ardour's panner from mono bends from a straight line, for 3 dB less in the middle
/// (`libs/panners/1in2out/panner_1in2out.cc`).
fn scale() -> f64 {
    2.0 - 4.0 * 10f64.powf(-3.0 / 20.0)
}

/// Gain of a side of the panner from mono, which the sound is this near to, 0 to 1.
fn side(near: f64) -> f64 {
    near * (scale() * near + 1.0 - scale())
}

/// Where Ardour's panner from mono (0 left, 1 right) puts a sound where ours (-100 to 100) does, and by how many dB it must
/// be louder.
pub(super) fn from_mono(pan: f32) -> (f64, f32) {
    let angle = (f64::from(pan) + 100.0) / 200.0 * FRAC_PI_2;
    let (left, right) = (SQRT_2 * angle.cos(), SQRT_2 * angle.sin());
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if side(middle) * left < side(1.0 - middle) * right { low = middle } else { high = middle }
    }
    let place = f64::midpoint(low, high);
    let gain = if pan > 0.0 { right / side(place) } else { left / side(1.0 - place) };
    (place, (20.0 * gain.log10()) as f32)
}

/// The way back: our pan, and by how many dB ours is louder.
pub(super) fn to_mono(place: f64) -> (f32, f32) {
    let place = place.clamp(0.0, 1.0);
    let (left, right) = (side(1.0 - place), side(place));
    let angle = right.atan2(left);
    let gain = SQRT_2 / left.hypot(right);
    ((angle / FRAC_PI_2 * 200.0 - 100.0) as f32, (20.0 * gain.log10()) as f32)
}

/// Where Ardour's balance (0 left, 1 right) turns the far side down as our pan of a stereo strip does.
pub(super) fn balance(pan: f32) -> f64 {
    let far = (f64::from(pan.abs()) / 100.0 * FRAC_PI_2).cos();
    if pan < 0.0 { far / 2.0 } else { 1.0 - far / 2.0 }
}

/// The way back.
pub(super) fn from_balance(place: f64) -> f32 {
    let place = place.clamp(0.0, 1.0);
    let far = if place < 0.5 { 2.0 * place } else { 2.0 - 2.0 * place };
    let pan = (far.acos() / FRAC_PI_2 * 100.0) as f32;
    if place < 0.5 { -pan } else { pan }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_as_loud_as_ours() {
        for pan in [-100.0f32, -60.0, -12.5, 0.0, 33.0, 99.0, 100.0] {
            let (place, gain) = from_mono(pan);
            let amplitude = 10f64.powf(f64::from(gain) / 20.0);
            let angle = (f64::from(pan) + 100.0) / 200.0 * FRAC_PI_2;
            assert!((side(1.0 - place) * amplitude - SQRT_2 * angle.cos()).abs() < 1e-6, "{pan}");
            assert!((side(place) * amplitude - SQRT_2 * angle.sin()).abs() < 1e-6, "{pan}");
            let (back, louder) = to_mono(place);
            assert!(
                (back - pan).abs() < 1e-3 && (louder - gain).abs() < 1e-4,
                "{pan} {back} {louder} {gain}"
            );
            assert!((from_balance(balance(pan)) - pan).abs() < 0.05, "{pan}");
        }
        // Measured with Ardour 7.3: a mono sound at 0.25 comes out at 0.90607 and 0.40596 of itself.
        assert!((side(0.75) - 0.906).abs() < 1e-3 && (side(0.25) - 0.406).abs() < 1e-3);
    }
}
