//! The limiter against hostile signals, by a meter that is not its own.

use std::f64::consts::{PI, TAU};

use crate::judge::{below, true_peak};
use crate::rig::{Set, mono};
use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{Chance, db, faded, lively, noise};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 22,
        title: "Limiter: true peak over the ceiling, hostile signals at sixteen times the rate",
        unit: "dB",
        gate: 0.05,
        best: 0.0,
        only_told: false,
        measure: overs,
    },
    Row {
        number: 22,
        title: "The same with noise up to half the rate, behind converters that are flat to 0.453, 0.46 and 0.47 of it",
        unit: "dB",
        gate: 0.05,
        best: 0.0,
        only_told: false,
        measure: overs_of_the_top,
    },
];

const RATE: f64 = 48_000.0;
const CEILING: f64 = -1.0;
const FRAMES: usize = 64 * 64;

/// Signal number `n` of its kind: peaks between the samples, or without a warning.
fn hostile(n: usize) -> (String, Vec<f32>) {
    let (kind, seed) = (n % 10, n / 10);
    let mut chance = Chance::new(n as u64);
    let make = |f: &dyn Fn(usize) -> f64| (0..FRAMES).map(|i| f(i) as f32).collect::<Vec<f32>>();
    let wave = |per_frame: f64, phase: f64| move |i: usize| (TAU * per_frame * i as f64 + phase).sin();
    let white = noise(n as u64, FRAMES, 1.0);
    match kind {
        0 => {
            let parts = [4.0, 6.0, 3.0, 8.0, 5.0, 2.5, 2.2, 12.0, 48.0, 700.0][seed % 10];
            let degrees = [0.0, 30.0, 45.0, 60.0, 67.5, 90.0, 15.0, 22.5, 75.0, 10.0][seed / 10 % 10];
            let tone = wave(1.0 / parts, f64::to_radians(degrees));
            (format!("a tone of rate/{parts} at {degrees} degrees"), make(&|i| tone(i)))
        }
        1 => {
            let parts = [4.0, 6.0, 3.0, 8.0, 5.0, 2.5, 2.2, 12.0, 48.0, 700.0][seed % 10];
            let length = 40 + 37 * (seed / 10);
            let tone = wave(1.0 / parts, 0.7);
            (
                format!("bursts of rate/{parts}"),
                make(&|i| if i / length % 2 == 0 { tone(i) } else { 0.05 * tone(i) }),
            )
        }
        2 => (format!("white noise {seed}"), white),
        3 => {
            let length = 3 + 40 * seed;
            (
                format!("bursts of noise, {length} frames"),
                make(&|i| if (i / length).is_multiple_of(3) { f64::from(white[i]) } else { 0.0 }),
            )
        }
        4 => {
            // A mix pushed into clipping, as masters are.
            let (low, mid) = (wave(0.001 * (seed + 1) as f64, 0.5), wave(0.0131 * (seed + 1) as f64, 0.1));
            (
                format!("a clipped master {seed}"),
                make(&|i| (2.0 * low(i) + mid(i) + f64::from(white[i])).clamp(-1.0, 1.0)),
            )
        }
        5 => (format!("noise that swells {seed}"), lively(seed as u64, FRAMES)),
        6 => {
            let apart = 17 + 31 * seed;
            let hit = |i: usize| f64::from(white[i].signum());
            (
                format!("clicks {apart} frames apart"),
                make(&|i| if i % apart == 0 { hit(i) } else { 0.01 * f64::from(white[i]) }),
            )
        }
        7 => {
            let end = 0.49 * (seed + 1) as f64 / 100.0;
            (
                format!("a sweep to {end:.3} of the rate"),
                make(&|i| (PI * end / FRAMES as f64 * (i * i) as f64).sin()),
            )
        }
        8 => {
            let (a, b) = (wave(0.2501, 0.0), wave(0.25 + 0.0024 * (seed + 1) as f64, 0.7));
            (format!("beats near a quarter of the rate {seed}"), make(&|i| 0.5 * (a(i) + b(i))))
        }
        _ => {
            // A square-ish wave whose level jumps.
            let tone = wave(0.0005 + 0.002 * seed as f64, chance.next());
            let length = 100 + 10 * seed;
            (
                format!("jumps of a square-ish wave {seed}"),
                make(&|i| {
                    let size = if (i / length).is_multiple_of(2) { 0.1 } else { 1.0 };
                    size * (20.0 * tone(i)).tanh()
                }),
            )
        }
    }
}

/// The largest over of the signals, made ready in some way, behind converters that are flat to a share of the rate.
fn worst(length: Length, prepare: impl Fn(Vec<f32>) -> Vec<f32>, flat: &[f64]) -> Result<Measured, Failed> {
    let settings: [&[Set]; 3] = [
        &[("gain", 6.0), ("ceiling", CEILING as f32)],
        &[("gain", 18.0), ("lookahead", 1.0), ("release", 10.0), ("ceiling", CEILING as f32)],
        &[("gain", 12.0), ("lookahead", 5.0), ("release", 50.0), ("ceiling", CEILING as f32)],
    ];
    let mut cases = Vec::new();
    for n in (0..1000).step_by(length.pick(17, 1)) {
        let (name, mut sound) = hostile(n);
        if n % 20 == 0 {
            faded(&mut sound, 960);
        }
        // With silence around it, so that all of it comes out.
        let sound = prepare([&[0.0; 512], &sound[..], &[0.0; 512]].concat());
        let out = mono("dynamics.limiter", settings[n / 10 % 3], RATE, &sound)?;
        for &flat in flat {
            cases.push((db(true_peak(&out, flat)) - CEILING, format!("{name}, flat to {flat:.3}")));
        }
    }
    let count = cases.len() / flat.len();
    let worst = Measured::worst(cases);
    let note = format!("{count} signals; the worst: {}", worst.note);
    Ok(Measured { note, ..worst })
}

fn overs(length: Length) -> Result<Measured, Failed> {
    // Up to 22.5 kHz at 48 kHz, all that a reconstruction can be asked for; judged by one without error.
    worst(length, |sound| below(&sound, 0.45, 0.47), &[0.5])
}

fn overs_of_the_top(length: Length) -> Result<Measured, Failed> {
    // From a usual converter, flat to 20 kHz at 44.1 kHz, to one as steep as the limiter's own detector. What lies above is
    // reconstructed by each in its own way: one without error puts the jumps of a square wave 1.4 dB over.
    worst(length, |sound| sound, &[20.0 / 44.1, 0.46, 0.47])
}
