//! A string pad: detuned saws, wide, behind a low-pass that opens slowly.

use super::Stage;
use crate::filter::Biquad;
use crate::score::Note;

/// A saw without most of its aliases (polynomial band-limited step, Valimaki and Huovilainen 2007).
#[inline]
fn saw(phase: f32, step: f32) -> f32 {
    let naive = 2.0 * phase - 1.0;
    if phase < step {
        let t = phase / step;
        naive - (t + t - t * t - 1.0)
    } else if phase > 1.0 - step {
        let t = (phase - 1.0) / step;
        naive - (t * t + t + t + 1.0)
    } else {
        naive
    }
}

/// Plays the part in stereo: each side has its own three saws a note.
pub(crate) fn pad(stage: &Stage, part: &[Note]) -> [Vec<f32>; 2] {
    let mut sides = [stage.silence(), stage.silence()];
    let mut chance = stage.random("pad");
    let rate = stage.rate;
    let (attack, release) = (0.22 * rate, 0.45 * rate);
    for note in part {
        let at = stage.frame(note.at, 0.0);
        let held = stage.span(note.length) as f32;
        for side in &mut sides {
            for detune in [-0.09f32, 0.0, 0.09] {
                let step = stage.hertz(note.pitch + detune + 0.02 * chance.spread()) / rate;
                let mut phase = chance.unit();
                for (n, out) in side.iter_mut().skip(at).take((held + release) as usize).enumerate() {
                    let n = n as f32;
                    phase += step;
                    if phase >= 1.0 {
                        phase -= 1.0;
                    }
                    let up = (n / attack).min(1.0);
                    let down = if n > held { 1.0 - (n - held) / release } else { 1.0 };
                    *out += note.velocity * up * down * saw(phase, step);
                }
            }
        }
    }
    for side in &mut sides {
        Biquad::low_pass(rate, 2600.0, 0.6).apply(side);
        Biquad::low_pass(rate, 5200.0, 0.7).apply(side);
        Biquad::high_pass(rate, 140.0, 0.7).apply(side);
    }
    sides
}
