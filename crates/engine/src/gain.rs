//! Trim, fader, ride, mute, width and pan: a strip's own gains, exact to the frame.

use std::ops::Range;

use mixsmith_dsp::math;
use mixsmith_session::FADER_OFF;

use crate::Curve;
use crate::plan::Gains;

/// Amplitude of a fader; shut at [`FADER_OFF`].
pub(crate) fn amplitude(db: f32) -> f32 {
    if db <= FADER_OFF { 0.0 } else { math::amplitude(db) }
}

/// Amplitude of fader, ride and mute together.
fn level([fader, ride, open]: [f32; 3]) -> f32 {
    amplitude(fader) * amplitude(ride) * open
}

/// Frames whose gains are worked out at a time.
const PIECE: usize = 64;

/// Gains that follow a function of some curves' values, handed out piece by piece with the range of their frames.
fn follow<const N: usize>(
    curves: [&Curve; N],
    frame: i64,
    frames: usize,
    gain: impl Fn([f32; N]) -> f32,
    mut take: impl FnMut(Range<usize>, &[f32]),
) {
    let mut values = [[0.0f32; PIECE]; N];
    let mut gains = [0.0f32; PIECE];
    for from in (0..frames).step_by(PIECE) {
        let to = (from + PIECE).min(frames);
        for (values, curve) in values.iter_mut().zip(curves) {
            curve.fill(frame + from as i64, &mut values[..to - from]);
        }
        for (i, to) in gains.iter_mut().enumerate() {
            *to = gain(std::array::from_fn(|n| values[n][i]));
        }
        take(from..to, &gains[..to - from]);
    }
}

/// Multiplies by one gain. A gain of one leaves the bits alone; they are not touched at all.
fn scale(block: &mut [f32], gain: f32) {
    if gain != 1.0 {
        block.iter_mut().for_each(|sample| *sample *= gain);
    }
}

fn multiply(block: &mut [f32], gains: &[f32]) {
    block.iter_mut().zip(gains).for_each(|(sample, gain)| *sample *= gain);
}

/// Multiplies blocks by a gain that follows a function of the curves' values, frame by frame where they move.
pub(crate) fn apply<const N: usize>(
    curves: [&Curve; N],
    frame: i64,
    blocks: &mut [&mut [f32]],
    gain: impl Fn([f32; N]) -> f32,
) {
    if !curves.iter().any(|curve| curve.moves()) {
        let gain = gain(curves.map(|curve| curve.at(frame)));
        return blocks.iter_mut().for_each(|block| scale(block, gain));
    }
    let frames = blocks.first().map_or(0, |block| block.len());
    follow(curves, frame, frames, gain, |range, gains| {
        blocks.iter_mut().for_each(|block| multiply(&mut block[range.clone()], gains));
    });
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
    apply([&gains.trim, &gains.polarity], frame, blocks, |[trim, polarity]| {
        math::amplitude(trim) * if polarity >= 0.5 { -1.0 } else { 1.0 }
    });
}

/// What [`leave`] multiplies left and right of a mono strip with, if that never changes.
pub(crate) fn still(gains: &Gains) -> Option<[f32; 2]> {
    let curves = [&gains.fader, &gains.ride, &gains.open, &gains.pan];
    if curves.iter().any(|curve| curve.moves()) {
        return None;
    }
    let (to_left, to_right) = pan_mono(gains.pan.at(0));
    let gain = level([gains.fader.at(0), gains.ride.at(0), gains.open.at(0)]);
    Some([gain * to_left, gain * to_right])
}

/// Width, fader, ride, mute and pan, after the inserts. A mono strip has its sound in both blocks already.
pub(crate) fn leave(gains: &Gains, mono: bool, frame: i64, left: &mut [f32], right: &mut [f32]) {
    if !mono && (gains.width.moves() || gains.width.at(frame) != 100.0) {
        follow(
            [&gains.width],
            frame,
            left.len(),
            |[width]| width * 0.01,
            |range, widths| {
                let pairs = left[range.clone()].iter_mut().zip(&mut right[range]);
                for ((l, r), width) in pairs.zip(widths) {
                    let (mid, side) = ((*l + *r) * 0.5, (*l - *r) * 0.5 * width);
                    (*l, *r) = (mid + side, mid - side);
                }
            },
        );
    }
    let pan = if mono { pan_mono } else { pan_stereo };
    let curves = [&gains.fader, &gains.ride, &gains.open];
    if gains.pan.moves() {
        let [fader, ride, open] = curves;
        let curves = [fader, ride, open, &gains.pan];
        apply(curves, frame, &mut [left], |[fader, ride, open, at]| level([fader, ride, open]) * pan(at).0);
        apply(curves, frame, &mut [right], |[fader, ride, open, at]| level([fader, ride, open]) * pan(at).1);
        return;
    }
    let (to_left, to_right) = pan(gains.pan.at(frame));
    if !curves.iter().any(|curve| curve.moves()) {
        let gain = level(curves.map(|curve| curve.at(frame)));
        scale(left, gain * to_left);
        scale(right, gain * to_right);
        return;
    }
    follow(curves, frame, left.len(), level, |range, gains| {
        for (block, side) in [(&mut *left, to_left), (&mut *right, to_right)] {
            block[range.clone()].iter_mut().zip(gains).for_each(|(sample, gain)| *sample *= gain * side);
        }
    });
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
