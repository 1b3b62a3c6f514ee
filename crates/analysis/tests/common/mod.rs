//! Signals with known properties.
#![allow(dead_code)] // every test file uses its own part

use std::f64::consts::TAU;

use mixsmith_analysis::{Fact, Facts, Sketch, measure_stem};
use mixsmith_audio::Audio;

/// Rate of the test signals.
pub const RATE: u32 = 48_000;

/// A sine of a level in dBFS (0 is full scale).
pub fn sine(hz: f64, db: f64, seconds: f64) -> Vec<f32> {
    let gain = amplitude(db);
    (0..frames(seconds)).map(|i| (gain * (TAU * hz * i as f64 / f64::from(RATE)).sin()) as f32).collect()
}

/// White noise between -1 and 1 times the amplitude: a linear congruential generator.
pub fn noise(seed: u64, amplitude: f32, seconds: f64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..frames(seconds)).map(|_| amplitude * next()).collect()
}

/// Frames in a time.
pub fn frames(seconds: f64) -> usize {
    (seconds * f64::from(RATE)).round() as usize
}

/// Factor of a level in dB.
pub fn amplitude(db: f64) -> f64 {
    10f64.powf(db / 20.0)
}

/// One after the other.
pub fn join(parts: &[Vec<f32>]) -> Vec<f32> {
    parts.concat()
}

/// Sample by sample sum, as long as the longest.
pub fn mix(parts: &[Vec<f32>]) -> Vec<f32> {
    let mut sum = vec![0.0; parts.iter().map(Vec::len).max().unwrap_or(0)];
    for part in parts {
        sum.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
    }
    sum
}

/// A mono file.
pub fn mono(samples: Vec<f32>) -> Audio {
    Audio { rate: RATE, channels: vec![samples] }
}

/// A stereo file.
pub fn stereo(left: Vec<f32>, right: Vec<f32>) -> Audio {
    Audio { rate: RATE, channels: vec![left, right] }
}

/// What is measured about it, as the stem `x`.
pub fn measured(audio: &Audio) -> (Facts, Sketch) {
    let (facts, sketch) = measure_stem("x", audio);
    (store(facts), sketch)
}

/// A store of these facts.
pub fn store(facts: Vec<Fact>) -> Facts {
    let mut store = Facts::default();
    store.extend(facts);
    store
}

/// A number about the stem `x`.
#[track_caller]
pub fn number(facts: &Facts, what: &str) -> f64 {
    facts.number(what, "x").unwrap_or_else(|| panic!("{what} was not measured"))
}

/// Asserts a number about the stem `x`.
#[track_caller]
pub fn near(facts: &Facts, what: &str, value: f64, tolerance: f64) {
    let found = number(facts, what);
    assert!((found - value).abs() <= tolerance, "{what} is {found}, not {value} +- {tolerance}");
}
