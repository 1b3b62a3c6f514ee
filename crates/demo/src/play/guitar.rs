//! Strings with a player: bass, rhythm guitar, hook guitar, acoustic guitar; and their amplifiers.

use super::Stage;
use super::string::{Pluck, pluck};
use crate::filter::Biquad;
use crate::score::{Note, band::Strum};
use crate::sound::ratio;

/// Bass guitar, straight from the pick-up.
pub(crate) fn bass(stage: &Stage, part: &[Note]) -> Vec<f32> {
    let mut track = stage.silence();
    let mut chance = stage.random("bass");
    for note in part {
        let at = stage.frame(note.at, 5.0 * chance.spread() + 3.0);
        let how = Pluck {
            hz: stage.hertz(note.pitch),
            decay: 3.5,
            bright: 0.35,
            touch: 140.0 + 260.0 * note.velocity,
            place: 0.17,
        };
        let gain = ratio(16.0 * (note.velocity - 1.0) + 0.8 * chance.spread());
        pluck(&mut track, stage.rate, (at, stage.span(note.length)), &how, gain, &mut chance);
    }
    // The pick-up near the neck favours the fundamentals.
    Biquad::bell(stage.rate, 70.0, 0.7, 8.0).apply(&mut track);
    Biquad::high_pass(stage.rate, 28.0, 0.7).apply(&mut track);
    track
}

/// What the bass cabinet makes of the direct signal: saturated, without top.
pub(crate) fn bass_amp(stage: &Stage, direct: &[f32]) -> Vec<f32> {
    let level = 1.6 / crate::sound::hit_level(direct, stage.rate as u32).max(1e-9);
    let mut track: Vec<f32> = direct.iter().map(|x| (level * x + 0.2).tanh() - 0.2f32.tanh()).collect();
    Biquad::low_pass(stage.rate, 3200.0, 0.7).apply(&mut track);
    Biquad::bell(stage.rate, 800.0, 0.8, 2.0).apply(&mut track);
    Biquad::high_pass(stage.rate, 45.0, 0.7).apply(&mut track);
    track
}

/// One take of the distorted rhythm guitar. `take` names the player's luck.
pub(crate) fn rhythm(stage: &Stage, part: &[(Note, bool)], take: &str) -> Vec<f32> {
    let mut track = stage.silence();
    let mut chance = stage.random(take);
    let mut late = 0.0;
    let mut stroke = f64::NAN;
    let cents = 4.0 * chance.spread();
    for (i, (note, muted)) in part.iter().enumerate() {
        if note.at != stroke {
            (stroke, late) = (note.at, 7.0 * chance.spread());
        }
        let at = stage.frame(note.at, late + 1.5 * (i % 3) as f32);
        let how = Pluck {
            hz: stage.hertz(note.pitch + 0.01 * (cents + 2.0 * chance.spread())),
            decay: if *muted { 0.25 } else { 4.0 },
            bright: if *muted { 0.5 } else { 0.8 },
            touch: 2500.0 + 2500.0 * note.velocity,
            place: 0.12,
        };
        let gain = ratio(14.0 * (note.velocity - 1.0) + chance.spread());
        pluck(&mut track, stage.rate, (at, stage.span(note.length)), &how, gain, &mut chance);
    }
    amplify(stage.rate, &mut track, 9.0, 4600.0);
    track
}

/// Valve amplifier and a closed cabinet: rumble off before the valves, fizz off behind them.
fn amplify(rate: f32, track: &mut [f32], drive: f32, top: f32) {
    Biquad::high_pass(rate, 110.0, 0.7).apply(track);
    Biquad::bell(rate, 750.0, 0.7, 4.0).apply(track);
    // The second valve is biased: even harmonics, and no hard edge.
    track.iter_mut().for_each(|x| *x = (0.8 * (drive * *x).tanh() + 0.25).tanh() - 0.25f32.tanh());
    Biquad::low_pass(rate, top, 0.9).apply(track);
    Biquad::low_pass(rate, top * 1.15, 0.6).apply(track);
    Biquad::bell(rate, 2300.0, 1.0, 3.0).apply(track);
    Biquad::bell(rate, 420.0, 0.9, -3.0).apply(track);
    Biquad::high_pass(rate, 85.0, 0.8).apply(track);
}

/// The clean guitar: a touch of valve, a tremolo slow enough to breathe.
pub(crate) fn hook(stage: &Stage, part: &[Note]) -> Vec<f32> {
    let mut track = stage.silence();
    let mut chance = stage.random("hook guitar");
    for note in part {
        let at = stage.frame(note.at, 6.0 * chance.spread());
        let how = Pluck {
            hz: stage.hertz(note.pitch + 0.03 * chance.spread()),
            decay: 2.8,
            bright: 0.7,
            touch: 1800.0 + 2200.0 * note.velocity,
            place: 0.22,
        };
        let gain = ratio(16.0 * (note.velocity - 1.0) + chance.spread());
        pluck(&mut track, stage.rate, (at, stage.span(note.length)), &how, gain, &mut chance);
    }
    amplify(stage.rate, &mut track, 1.6, 5200.0);
    track
}

/// Acoustic guitar: six strings strummed one after the other, and a box that rings with them.
pub(crate) fn acoustic(stage: &Stage, part: &[Strum]) -> Vec<f32> {
    let mut track = stage.silence();
    let mut chance = stage.random("acoustic guitar");
    for strum in part {
        let late = 6.0 * chance.spread();
        let spread = 7.0 + 9.0 * (1.0 - strum.velocity) + chance.spread();
        let count = strum.frets.len();
        for (i, &pitch) in strum.frets.iter().enumerate() {
            // An upstroke catches the thin strings first, and seldom the thick ones.
            let order = if strum.down { i } else { count - 1 - i };
            if !strum.down && order > 3 {
                continue;
            }
            let at = stage.frame(strum.at, late + spread * order as f32 / count as f32 * 2.0);
            let how = Pluck {
                hz: stage.hertz(pitch as f32 + 0.02 * chance.spread()),
                decay: 2.6,
                bright: 0.82,
                touch: 3000.0 + 4500.0 * strum.velocity,
                place: 0.18,
            };
            let fall = if strum.down { 0.0 } else { -3.0 };
            let gain = ratio(18.0 * (strum.velocity - 1.0) + fall + 1.2 * chance.spread());
            pluck(&mut track, stage.rate, (at, stage.span(strum.length)), &how, gain, &mut chance);
        }
    }
    let rate = stage.rate;
    for (hz, q, db) in [(104.0, 3.0, 5.0), (205.0, 3.0, 4.0), (390.0, 2.0, 2.0), (1100.0, 0.8, -3.0)] {
        Biquad::bell(rate, hz, q, db).apply(&mut track);
    }
    Biquad::high_shelf(rate, 6000.0, 0.7, 3.0).apply(&mut track);
    Biquad::high_pass(rate, 75.0, 0.7).apply(&mut track);
    track
}
