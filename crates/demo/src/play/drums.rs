//! Skins: kick, snare and toms, stroke by stroke.

use std::f32::consts::TAU;

use super::Stage;
use crate::filter::Biquad;
use crate::random::Random;
use crate::score::drums::{Drum, Stroke};
use crate::sound::{add, ratio};

/// The kit's sounds before any microphone: one track for each thing that is struck.
#[derive(Clone)]
pub(crate) struct Kit {
    /// The kick's batter head: click and body.
    pub kick: Vec<f32>,
    /// What blows out of the kick's front: body without click.
    pub kick_body: Vec<f32>,
    /// The snare's skin.
    pub snare_head: Vec<f32>,
    /// The snare's wires.
    pub snare_wires: Vec<f32>,
    /// The hi-hat.
    pub hat: Vec<f32>,
    /// High, middle and floor tom.
    pub toms: [Vec<f32>; 3],
    /// Crash and ride.
    pub cymbals: Vec<f32>,
}

/// Plays the kit's part.
pub(crate) fn kit(stage: &Stage, part: &[Stroke]) -> Kit {
    let mut kit = Kit {
        kick: stage.silence(),
        kick_body: stage.silence(),
        snare_head: stage.silence(),
        snare_wires: stage.silence(),
        hat: stage.silence(),
        toms: [stage.silence(), stage.silence(), stage.silence()],
        cymbals: stage.silence(),
    };
    let mut chance = stage.random("drummer");
    for (i, stroke) in part.iter().enumerate() {
        let late = 3.0 * chance.spread() + if stroke.drum == Drum::Snare { 2.0 } else { 0.0 };
        let at = stage.frame(stroke.at, late);
        let velocity = (stroke.velocity * (1.0 + 0.06 * chance.spread())).clamp(0.05, 1.0);
        let rate = stage.rate;
        match stroke.drum {
            Drum::Kick => {
                let (body, click) = kick(rate, velocity, &mut chance);
                add(&mut kit.kick, &body, at, 1.0);
                add(&mut kit.kick, &click, at, 0.9);
                add(&mut kit.kick_body, &body, at, 1.0);
            }
            Drum::Snare => {
                let (head, wires) = snare(rate, velocity, &mut chance);
                add(&mut kit.snare_head, &head, at, 1.0);
                add(&mut kit.snare_wires, &wires, at, 1.0);
            }
            Drum::Tom(which) => add(&mut kit.toms[which], &tom(rate, which, velocity, &mut chance), at, 1.0),
            Drum::ClosedHat | Drum::OpenHat => {
                let open = stroke.drum == Drum::OpenHat;
                // The pedal closes for the next stroke on the hat.
                let next = part[i + 1..].iter().find(|s| matches!(s.drum, Drum::ClosedHat | Drum::OpenHat));
                let until = next.map_or(stage.span(1.0), |s| stage.span((s.at - stroke.at).min(1.0)));
                let hat = super::cymbals::hat(rate, open, velocity, until, &mut chance);
                add(&mut kit.hat, &hat, at, 1.0);
            }
            Drum::Crash => {
                add(&mut kit.cymbals, &super::cymbals::crash(rate, velocity, &mut chance), at, 1.0);
            }
            Drum::Ride => add(&mut kit.cymbals, &super::cymbals::ride(rate, velocity, &mut chance), at, 0.8),
            Drum::Shaker | Drum::Tambourine => {}
        }
    }
    kit
}

/// A sine that falls from `high` to `low` Hz with time constant `fall`, dying away with `decay` (seconds).
fn drop(rate: f32, high: f32, low: f32, fall: f32, decay: f32) -> Vec<f32> {
    let mut phase = 0.0f32;
    (0..(rate * decay * 7.0) as usize)
        .map(|n| {
            let t = n as f32 / rate;
            phase = (phase + (low + (high - low) * (-t / fall).exp()) / rate).fract();
            let attack = (t / 0.0008).min(1.0);
            attack * (-t / decay).exp() * (TAU * phase).sin()
        })
        .collect()
}

/// Noise through a filter, dying away with `decay` seconds.
pub(super) fn burst(rate: f32, mut filter: Biquad, decay: f32, chance: &mut Random) -> Vec<f32> {
    (0..(rate * decay * 7.0) as usize)
        .map(|n| filter.run(chance.noise()) * (-(n as f32) / rate / decay).exp())
        .collect()
}

fn kick(rate: f32, velocity: f32, chance: &mut Random) -> (Vec<f32>, Vec<f32>) {
    let loud = ratio(20.0 * (velocity - 1.0));
    let mut body = drop(rate, 190.0, 54.0, 0.022, 0.15);
    let knock = drop(rate, 420.0, 150.0, 0.01, 0.035);
    add(&mut body, &knock, 0, 0.3);
    let mut click = burst(rate, Biquad::band_pass(rate, 3200.0, 0.8), 0.006, chance);
    let slap = drop(rate, 2600.0, 1900.0, 0.005, 0.005);
    add(&mut click, &slap, 0, 0.35);
    body.iter_mut().for_each(|x| *x *= loud);
    // A harder stroke clicks more than it booms.
    click.iter_mut().for_each(|x| *x *= 1.1 * loud * velocity);
    (body, click)
}

fn snare(rate: f32, velocity: f32, chance: &mut Random) -> (Vec<f32>, Vec<f32>) {
    let loud = ratio(26.0 * (velocity - 1.0));
    let bend = 1.0 + 0.03 * velocity;
    let mut head = drop(rate, 260.0 * bend, 188.0, 0.015, 0.075);
    add(&mut head, &drop(rate, 430.0 * bend, 338.0, 0.012, 0.045), 0, 0.55);
    add(&mut head, &drop(rate, 640.0, 560.0, 0.01, 0.025), 0, 0.3);
    let stick = burst(rate, Biquad::band_pass(rate, 2400.0, 0.6), 0.007, chance);
    add(&mut head, &stick, 0, 1.2);
    let mut wires = burst(rate, Biquad::band_pass(rate, 4200.0, 0.45), 0.062, chance);
    let air = burst(rate, Biquad::high_pass(rate, 6500.0, 0.7), 0.035, chance);
    add(&mut wires, &air, 0, 0.5);
    head.iter_mut().for_each(|x| *x *= loud);
    wires.iter_mut().for_each(|x| *x *= loud);
    (head, wires)
}

fn tom(rate: f32, which: usize, velocity: f32, chance: &mut Random) -> Vec<f32> {
    let hz = [148.0, 112.0, 78.0][which];
    let mut tom = drop(rate, hz * 1.35, hz, 0.04, 0.19 + 0.05 * which as f32);
    add(&mut tom, &drop(rate, hz * 2.0, hz * 1.59, 0.03, 0.08), 0, 0.35);
    let stick = burst(rate, Biquad::band_pass(rate, 2800.0, 0.7), 0.008, chance);
    add(&mut tom, &stick, 0, 0.7);
    let loud = ratio(22.0 * (velocity - 1.0));
    tom.iter_mut().for_each(|x| *x *= loud);
    tom
}
