//! True peak: what the meters read between the samples.

use std::f64::consts::TAU;

use mixsmith_analysis::{Qty, measure_stem};
use mixsmith_audio::Audio;
use mixsmith_dsp::true_peak::TruePeak;

use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{db, faded, sine_at};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 29,
        title: "EBU Tech 3341 cases 15 to 23: a meter that reads too much",
        unit: "dB",
        gate: 0.2,
        best: 0.1,
        only_told: false,
        measure: too_much,
    },
    Row {
        number: 29,
        title: "EBU Tech 3341 cases 15 to 23: a meter that reads too little",
        unit: "dB",
        gate: 0.4,
        best: 0.1,
        only_told: false,
        measure: too_little,
    },
    Row {
        number: 33,
        title: "True peak of full tones up to 20 kHz: how much the limiter's detector reads too little",
        unit: "dB",
        gate: 0.3,
        best: 0.05,
        only_told: false,
        measure: under_read_of_the_detector,
    },
    Row {
        number: 33,
        title: "True peak of full tones up to 20 kHz: how much the fact peak.true reads too little",
        unit: "dB",
        gate: 0.3,
        best: 0.05,
        only_told: false,
        measure: under_read_of_the_fact,
    },
];

const FRAMES: usize = 64 * 375;

/// The limiter's detector.
fn detector(x: &[f32]) -> f64 {
    let mut padded = x.to_vec();
    padded.extend(vec![0.0; 192 - x.len() % 64]);
    let mut peaks = vec![0.0f32; padded.len()];
    TruePeak::new().process(&padded, &mut peaks);
    db(peaks.into_iter().fold(0.0, f32::max).into())
}

/// The fact.
fn fact(x: &[f32], rate: u32) -> f64 {
    let facts = measure_stem("x", &Audio::mono(rate, x.to_vec())).0;
    let found = facts.iter().find(|fact| fact.what == "peak.true");
    found.map_or(f64::NAN, |fact| if let Qty::Number(number) = fact.value { number } else { f64::NAN })
}

/// Cases 20 to 23: at four times the rate, a tone of fs/6 with one period of fs/4 at full scale in it, the wave running on;
/// low-passed, and every fourth sample from an offset on.
fn burst(offset: usize) -> Vec<f32> {
    let frames = 4 * FRAMES;
    let mut wave = Vec::with_capacity(frames);
    let mut phase = 0.0f64;
    let middle = frames / 2;
    // The period begins where the phase is nought: 24 samples of a period at four times the rate divide the middle.
    for n in 0..frames {
        let inside = (middle..middle + 16).contains(&n);
        wave.push(if inside { 1.0 } else { 0.5 } * phase.sin());
        phase += TAU / if inside { 16.0 } else { 24.0 };
    }
    let edge = 3840;
    for (n, x) in wave.iter_mut().enumerate() {
        let near = n.min(frames - 1 - n).min(edge) as f64 / edge as f64;
        *x *= 0.5 - 0.5 * (std::f64::consts::PI * near).cos();
    }
    // A sinc of 1025 taps under a Blackman window, at half the lower rate.
    const HALF: i64 = 512;
    let taps: Vec<f64> = (-HALF..=HALF)
        .map(|n| {
            let t = n as f64;
            let w = std::f64::consts::PI * t / HALF as f64;
            let sinc = if n == 0 {
                0.25
            } else {
                (std::f64::consts::PI * t / 4.0).sin() / (std::f64::consts::PI * t)
            };
            sinc * (0.42 + 0.5 * w.cos() + 0.08 * (2.0 * w).cos())
        })
        .collect();
    let at = |n: usize| -> f64 {
        let from = n as i64 - HALF;
        let tap = |(i, h): (usize, &f64)| wave.get((from + i as i64).max(0) as usize).map_or(0.0, |x| x * h);
        taps.iter().enumerate().map(tap).sum()
    };
    (0..FRAMES).map(|n| at(4 * n + offset) as f32).collect()
}

/// Over-reading (or, turned round, under-reading) of both meters in all cases.
fn readings() -> Vec<(f64, String)> {
    let table = [
        (4.0, 0.0, 0.50, -6.0),
        (4.0, 45.0, 0.50, -6.0),
        (6.0, 60.0, 0.50, -6.0),
        (8.0, 67.5, 0.50, -6.0),
        (4.0, 45.0, 1.41, 3.0),
    ];
    let mut signals: Vec<(String, Vec<f32>, f64)> = Vec::new();
    for (place, (parts, degrees, size, wanted)) in table.into_iter().enumerate() {
        let mut tone = sine_at(48_000.0, 48_000.0 / parts, db(size), degrees, FRAMES);
        faded(&mut tone, 960);
        signals.push((format!("case {}", place + 15), tone, wanted));
    }
    for offset in 0..4 {
        signals.push((format!("case {}", 20 + offset), burst(offset), 0.0));
    }
    let each = signals.into_iter().flat_map(|(name, signal, wanted)| {
        [
            (detector(&signal) - wanted, format!("{name}, detector")),
            (fact(&signal, 48_000) - wanted, format!("{name}, peak.true")),
        ]
    });
    each.collect()
}

fn too_much(_: Length) -> Result<Measured, Failed> {
    Ok(Measured::worst(readings()))
}

fn too_little(_: Length) -> Result<Measured, Failed> {
    Ok(Measured::worst(readings().into_iter().map(|(over, name)| (-over, name))))
}

/// How much too little a meter reads of faded full tones, at any phase.
fn under_read(length: Length, read: impl Fn(&[f32], u32) -> f64) -> Measured {
    let mut cases = Vec::new();
    for rate in [44_100u32, 48_000] {
        for step in 1..=length.pick(4, 40) {
            let hz = 20_000.0 * f64::from(step) / f64::from(length.pick(4, 40));
            for degrees in [0.0, 33.0, 45.0, 71.0] {
                let mut tone = sine_at(rate.into(), hz, 0.0, degrees, length.pick(4800, FRAMES));
                faded(&mut tone, 1920);
                cases.push((-read(&tone, rate), format!("{hz:.0} Hz at {rate} Hz, {degrees} degrees")));
            }
        }
    }
    Measured::worst(cases)
}

fn under_read_of_the_detector(length: Length) -> Result<Measured, Failed> {
    Ok(under_read(length, |x, _| detector(x)))
}

fn under_read_of_the_fact(length: Length) -> Result<Measured, Failed> {
    Ok(under_read(length, fact))
}
