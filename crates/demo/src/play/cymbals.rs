//! Metal: hi-hat, crash and ride as dense inharmonic partials and noise, and the small percussion.

use super::{Stage, drums::burst};
use crate::filter::Biquad;
use crate::random::Random;
use crate::score::drums::{Drum, Stroke};
use crate::sound::{add, ratio};

/// Sines at random frequencies between `low` and `high` Hz; the higher, the shorter.
fn metal(rate: f32, count: usize, low: f32, high: f32, decay: f32, chance: &mut Random) -> Vec<f32> {
    let mut sound = vec![0.0; (rate * decay * 4.0) as usize];
    for _ in 0..count {
        let hz = low * (high / low).powf(chance.unit());
        let shorter = decay * (low / hz).powf(0.3);
        let r = (-1.0 / (shorter * rate)).exp();
        // A decaying sine by recurrence: two multiplications a sample.
        let w = std::f32::consts::TAU * hz / rate;
        let (b, c) = (2.0 * r * w.cos(), -r * r);
        let (mut y1, mut y2) = (0.0, -w.sin() * chance.noise());
        for out in &mut sound {
            let y = b * y1 + c * y2;
            *out += y;
            (y2, y1) = (y1, y);
        }
    }
    let gain = 1.0 / (count as f32).sqrt();
    sound.iter_mut().for_each(|x| *x *= gain);
    sound
}

/// One stroke on the hi-hat, choked after `until` frames.
pub(super) fn hat(rate: f32, open: bool, velocity: f32, until: usize, chance: &mut Random) -> Vec<f32> {
    let decay = if open { 0.28 } else { 0.025 + 0.02 * velocity };
    let mut hat = metal(rate, 14, 3300.0, 11_500.0, decay, chance);
    let noise = burst(rate, Biquad::high_pass(rate, 7200.0, 0.8), decay * 0.8, chance);
    add(&mut hat, &noise, 0, 0.8);
    let tick = burst(rate, Biquad::band_pass(rate, 4800.0, 1.0), 0.004, chance);
    add(&mut hat, &tick, 0, 0.5);
    let fade = (rate * 0.012) as usize;
    hat.truncate(until + fade);
    let end = hat.len().saturating_sub(fade);
    let fading = hat.len() - end;
    for (n, x) in hat[end..].iter_mut().enumerate() {
        *x *= 1.0 - n as f32 / fading as f32;
    }
    let loud = ratio(18.0 * (velocity - 1.0));
    hat.iter_mut().for_each(|x| *x *= loud);
    Biquad::high_pass(rate, 2500.0, 0.7).apply(&mut hat);
    hat
}

/// A crash: it opens within 10 ms and hisses on for two seconds.
pub(super) fn crash(rate: f32, velocity: f32, chance: &mut Random) -> Vec<f32> {
    let mut crash = metal(rate, 60, 420.0, 11_000.0, 1.1, chance);
    for (hz, decay, gain) in [(1800.0, 0.35, 0.5), (4500.0, 0.5, 0.8), (9000.0, 0.42, 0.9)] {
        add(&mut crash, &burst(rate, Biquad::band_pass(rate, hz, 0.8), decay, chance), 0, gain);
    }
    let opening = rate * 0.006;
    let loud = ratio(16.0 * (velocity - 1.0));
    for (n, x) in crash.iter_mut().enumerate() {
        *x *= loud * (1.0 - 0.7 * (-(n as f32) / opening).exp());
    }
    Biquad::high_pass(rate, 350.0, 0.7).apply(&mut crash);
    crash
}

/// A ride: a ping over a quiet wash.
pub(super) fn ride(rate: f32, velocity: f32, chance: &mut Random) -> Vec<f32> {
    let mut ride = metal(rate, 22, 900.0, 9000.0, 0.45, chance);
    let ping = metal(rate, 5, 3100.0, 5200.0, 0.16, chance);
    add(&mut ride, &ping, 0, 0.9);
    let tick = burst(rate, Biquad::high_pass(rate, 5000.0, 0.7), 0.005, chance);
    add(&mut ride, &tick, 0, 0.9);
    let loud = 0.7 * ratio(18.0 * (velocity - 1.0));
    ride.iter_mut().for_each(|x| *x *= loud);
    Biquad::high_pass(rate, 500.0, 0.7).apply(&mut ride);
    ride
}

/// Plays shaker and tambourine, into one microphone.
pub(crate) fn percussion(stage: &Stage, part: &[Stroke]) -> Vec<f32> {
    let mut track = stage.silence();
    let mut chance = stage.random("percussion");
    let rate = stage.rate;
    for stroke in part {
        let at = stage.frame(stroke.at, 4.0 * chance.spread() - 3.0);
        let loud = ratio(20.0 * (stroke.velocity - 1.0) + chance.spread());
        if stroke.drum == Drum::Tambourine {
            let mut jingles = metal(rate, 9, 5200.0, 11_000.0, 0.09, &mut chance);
            add(&mut jingles, &burst(rate, Biquad::high_pass(rate, 6000.0, 0.7), 0.04, &mut chance), 0, 0.6);
            add(&mut track, &jingles, at, loud);
        } else {
            // Beads fly before they land: the noise swells, then stops.
            let length = (rate * 0.055) as usize;
            let mut filter = Biquad::band_pass(rate, 6800.0, 0.9);
            let beads: Vec<f32> = (0..length)
                .map(|n| {
                    let t = n as f32 / length as f32;
                    filter.run(chance.noise()) * (std::f32::consts::PI * t.powf(0.7)).sin().powi(2)
                })
                .collect();
            add(&mut track, &beads, at.saturating_sub(length / 3), 0.9 * loud);
        }
    }
    track
}
