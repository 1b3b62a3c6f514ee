//! What folds back from effects that bend the wave.

use crate::judge::transform;
use crate::rig::{Set, mono};
use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{db, sine};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 21,
        title: "Saturator and limiter: the largest alias below 10 kHz of 15 kHz at 0 dBFS, up to 12 dB of drive",
        unit: "dBc",
        gate: -80.0,
        best: -110.0,
        only_told: false,
        measure: usual,
    },
    Row {
        number: 21,
        title: "Saturator, tape, exciter and clipper: the same with 24 dB of drive",
        unit: "dBc",
        gate: -80.0,
        best: -110.0,
        only_told: false,
        measure: hard,
    },
];

/// The largest alias of 15 kHz at 44.1 kHz, where all of them lie on multiples of 300 Hz.
fn alias(id: &str, sets: &[Set]) -> Result<f64, Failed> {
    let rate = 44_100.0;
    let out = mono(id, sets, rate, &sine(rate, 15_000.0, 0.0, 147 * 150))?;
    let late = &out[out.len() - 147 * 40..];
    let part = |hz: f64| {
        let (re, im) = transform(late, hz, rate);
        re.hypot(im)
    };
    let most = (1..=33).map(|i| part(300.0 * f64::from(i))).fold(0.0, f64::max);
    Ok(db(most / part(15_000.0)))
}

fn saturator(drives: &[f32]) -> Result<Vec<(f64, String)>, Failed> {
    let mut cases = Vec::new();
    for &drive in drives {
        for (curve, name) in mixsmith_effects::saturator::CURVES.iter().enumerate() {
            let sets: [Set; 2] = [("drive", drive), ("curve", curve as f32)];
            cases.push((alias("colour.saturator", &sets)?, format!("{name}, {drive} dB of drive")));
        }
    }
    Ok(cases)
}

fn usual(_: Length) -> Result<Measured, Failed> {
    let mut cases = saturator(&[0.0, 6.0, 12.0])?;
    for gain in [3.0, 12.0] {
        cases.push((alias("dynamics.limiter", &[("gain", gain)])?, format!("limiter, {gain} dB of gain")));
    }
    Ok(Measured::worst(cases))
}

fn hard(_: Length) -> Result<Measured, Failed> {
    let mut cases = saturator(&[24.0])?;
    for speed in [0.0, 1.0, 2.0] {
        let alias = alias("colour.tape", &[("drive", 24.0), ("speed", speed)])?;
        cases.push((alias, format!("tape, speed {speed}")));
    }
    for even in [0.0, 100.0] {
        let alias = alias("colour.exciter", &[("drive", 24.0), ("mix", 100.0), ("even", even)])?;
        cases.push((alias, format!("exciter, {even} % even")));
    }
    for knee in [0.0, 3.0, 12.0] {
        let alias = alias("dynamics.clipper", &[("drive", 24.0), ("knee", knee)])?;
        cases.push((alias, format!("clipper, knee {knee} dB")));
    }
    Ok(Measured::worst(cases))
}
