//! Trim, fader, ride, mute, width and pan: a strip's own gains, exact to the frame.

use mixsmith_dsp::math;
use mixsmith_session::FADER_OFF;

use crate::Curve;
use crate::plan::Gains;

/// Amplitude of a fader; shut at [`FADER_OFF`].
pub(crate) fn amplitude(db: f32) -> f32 {
    if db <= FADER_OFF { 0.0 } else { math::amplitude(db) }
}

/// Multiplies a block by a gain that follows a function of the curves' values, frame by frame where they move.
pub(crate) fn apply(curves: &[&Curve], frame: i64, blocks: &mut [&mut [f32]], gain: impl Fn(&[f32]) -> f32) {
    debug_assert!(curves.len() <= 4, "more curves than values");
    let frames = blocks.first().map_or(0, |block| block.len());
    let mut values = [0.0f32; 4];
    if curves.iter().all(|curve| !curve.moves()) {
        for (value, curve) in values.iter_mut().zip(curves) {
            *value = curve.at(frame);
        }
        let gain = gain(&values);
        // A gain of one leaves the bits alone; do not touch them at all.
        if gain != 1.0 {
            for block in blocks {
                block.iter_mut().for_each(|sample| *sample *= gain);
            }
        }
        return;
    }
    for i in 0..frames {
        for (value, curve) in values.iter_mut().zip(curves) {
            *value = curve.at(frame + i as i64);
        }
        let gain = gain(&values);
        for block in blocks.iter_mut() {
            block[i] *= gain;
        }
    }
}

/// Gains of left and right of a mono strip: constant power, full level in both at the centre.
fn pan_mono(pan: f32) -> (f32, f32) {
    if pan == 0.0 {
        return (1.0, 1.0);
    }
    let angle = (f64::from(pan) + 100.0) / 200.0 * std::f64::consts::FRAC_PI_2;
    let root_two = std::f64::consts::SQRT_2;
    ((root_two * angle.cos()) as f32, (root_two * angle.sin()) as f32)
}

/// Gains of left and right of a stereo strip: the near side stays, the other goes down along a cosine.
fn pan_stereo(pan: f32) -> (f32, f32) {
    let far = (f64::from(pan.abs()) / 100.0 * std::f64::consts::FRAC_PI_2).cos() as f32;
    match pan {
        p if p > 0.0 => (far, 1.0),
        p if p < 0.0 => (1.0, far),
        _ => (1.0, 1.0),
    }
}

/// Trim and polarity, before the inserts.
pub(crate) fn enter(gains: &Gains, frame: i64, blocks: &mut [&mut [f32]]) {
    apply(&[&gains.trim, &gains.polarity], frame, blocks, |v| {
        math::amplitude(v[0]) * if v[1] >= 0.5 { -1.0 } else { 1.0 }
    });
}

/// Width, fader, ride, mute and pan, after the inserts. A mono strip has its sound in both blocks already.
pub(crate) fn leave(gains: &Gains, mono: bool, frame: i64, left: &mut [f32], right: &mut [f32]) {
    if !mono && (gains.width.moves() || gains.width.at(frame) != 100.0) {
        for (i, (l, r)) in left.iter_mut().zip(right.iter_mut()).enumerate() {
            let width = gains.width.at(frame + i as i64) * 0.01;
            let (mid, side) = ((*l + *r) * 0.5, (*l - *r) * 0.5 * width);
            (*l, *r) = (mid + side, mid - side);
        }
    }
    let pan = if mono { pan_mono } else { pan_stereo };
    let level = |v: &[f32]| if v[2] >= 0.5 { 0.0 } else { amplitude(v[0]) * amplitude(v[1]) };
    let curves = [&gains.fader, &gains.ride, &gains.mute, &gains.pan];
    apply(&curves, frame, &mut [left], |v| level(v) * pan(v[3]).0);
    apply(&curves, frame, &mut [right], |v| level(v) * pan(v[3]).1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pan_law_keeps_power_and_is_exact_at_the_centre() {
        for step in -20..=20 {
            let pan = 5.0 * step as f32;
            let (l, r) = pan_mono(pan);
            let power_db = 10.0 * ((l * l + r * r) / 2.0).log10();
            assert!(power_db.abs() < 1e-3, "pan {pan}: {power_db} dB");
        }
        assert_eq!(pan_mono(0.0), (1.0, 1.0));
        assert_eq!(pan_stereo(0.0), (1.0, 1.0));
        assert!(pan_mono(-100.0).1.abs() < 1e-7 && pan_stereo(100.0).0.abs() < 1e-7);
        assert_eq!((amplitude(0.0), amplitude(-90.0)), (1.0, 0.0));
    }
}
