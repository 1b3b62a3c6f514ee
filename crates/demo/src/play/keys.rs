//! Electric piano by frequency modulation (Chowning 1973): a soft body, a tine that dies quickly.

use std::f32::consts::TAU;

use super::Stage;
use crate::score::Note;
use crate::sound::ratio;

/// Plays the part in stereo, swaying gently from side to side.
pub(crate) fn electric_piano(stage: &Stage, part: &[Note]) -> [Vec<f32>; 2] {
    let mut track = stage.silence();
    let mut chance = stage.random("electric piano");
    let rate = stage.rate;
    for note in part {
        let at = stage.frame(note.at, 6.0 * chance.spread());
        let held = stage.span(note.length);
        let (hz, velocity) = (stage.hertz(note.pitch), note.velocity);
        let loud = ratio(18.0 * (velocity - 1.0) + chance.spread());
        let (mut carrier, mut tine) = (0.0f32, 0.0f32);
        for (n, out) in track.iter_mut().skip(at).take(held + (0.25 * rate) as usize).enumerate() {
            let t = n as f32 / rate;
            carrier = (carrier + hz / rate).fract();
            tine = (tine + 14.0 * hz / rate).fract();
            let body = 1.1 * velocity * (-t / 0.5).exp();
            let strike = 0.5 * velocity * (-t / 0.06).exp();
            let release = if n < held { 1.0 } else { (-((n - held) as f32) / rate / 0.05).exp() };
            let envelope = (t / 0.002).min(1.0) * (-t / 1.6).exp() * release;
            let angle = TAU * carrier;
            *out += loud * envelope * (angle + body * angle.sin() + strike * (TAU * tine).sin()).sin();
        }
    }
    let sway = |side: f32| {
        track
            .iter()
            .enumerate()
            .map(|(n, x)| x * (1.0 + side * 0.3 * (TAU * 4.3 * n as f32 / rate).sin()))
            .collect()
    };
    [sway(1.0), sway(-1.0)]
}
