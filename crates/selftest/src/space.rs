//! Spaces and echoes against their labels.

use mixsmith_effects::reverb::SPACES;

use crate::judge::band;
use crate::rig::{Set, stereo};
use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{click, db, faded, rms, sine};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 24,
        title: "Reverb: time to fall by 60 dB at 1 kHz against its label",
        unit: "%",
        gate: 10.0,
        best: 3.0,
        only_told: false,
        measure: decay,
    },
    Row {
        number: 24,
        title: "Delay: echoes against their place and level",
        unit: "dB",
        gate: 0.1,
        best: 0.001,
        only_told: false,
        measure: echoes,
    },
    Row {
        number: 24,
        title: "Reverb: constant part of its answer to a sound that has none",
        unit: "dB",
        gate: -80.0,
        best: -100.0,
        only_told: false,
        measure: constant,
    },
];

/// Time to fall by 60 dB in seconds, from the slope of the energy still to come between -5 and -35 dB (ISO 3382-1, 5.3.3).
pub(crate) fn decay_time(sound: &[f64], rate: f64) -> Option<f64> {
    let mut left = 0.0;
    let mut rest: Vec<f64> = sound
        .iter()
        .rev()
        .map(|x| {
            left += x * x;
            left
        })
        .collect();
    rest.reverse();
    let whole = *rest.first()?;
    // A line by least squares through what lies between.
    let points: Vec<(f64, f64)> = rest
        .iter()
        .enumerate()
        .map(|(i, e)| (i as f64 / rate, 10.0 * (e / whole).max(1e-30).log10()))
        .filter(|(_, level)| (-35.0..=-5.0).contains(level))
        .collect();
    let n = points.len() as f64;
    let (t, l) = points.iter().fold((0.0, 0.0), |(t, l), p| (t + p.0 / n, l + p.1 / n));
    let (tt, tl) =
        points.iter().fold((0.0, 0.0), |(tt, tl), p| (tt + (p.0 - t).powi(2), tl + (p.0 - t) * (p.1 - l)));
    (tl < 0.0).then(|| -60.0 * tt / tl)
}

fn open(space: usize, decay: f32) -> Vec<Set<'static>> {
    vec![
        ("space", space as f32),
        ("decay", decay),
        ("predelay", 0.0),
        ("lowcut", 20.0),
        ("highcut", 20_000.0),
    ]
}

fn answer(space: usize, decay: f32, rate: f64) -> Result<Vec<f32>, Failed> {
    let frames = ((f64::from(decay) * 2.0 + 0.5) * rate) as usize;
    let [left, _] =
        stereo("space.reverb", &open(space, decay), rate, &[click(frames, 0, 1.0), vec![0.0; frames]])?;
    Ok(left)
}

fn decay(length: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for (space, name) in SPACES.iter().enumerate() {
        for &(seconds, rate) in length.pick(
            &[(0.8f32, 48_000.0), (1.5, 44_100.0)][..],
            &[(0.8f32, 48_000.0), (1.5, 44_100.0), (1.5, 96_000.0), (3.0, 48_000.0), (6.0, 44_100.0)],
        ) {
            let sound = band(&answer(space, seconds, rate)?, 707.0, 1414.0, rate);
            let took = decay_time(&sound, rate).ok_or_else(|| Failed(format!("{name} does not decay")))?;
            let off = 100.0 * (took / f64::from(seconds) - 1.0).abs();
            cases.push((off, format!("{name}, {seconds} s at {rate} Hz: {took:.3} s")));
        }
    }
    Ok(Measured::worst(cases))
}

fn echoes(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for (rate, ms) in [(44_100.0f64, 250.0f32), (48_000.0, 333.0), (96_000.0, 40.0)] {
        let sets: [Set; 5] =
            [("note", 0.0), ("time", ms), ("feedback", 50.0), ("lowcut", 20.0), ("highcut", 20_000.0)];
        let apart = (f64::from(ms) * rate / 1000.0).round() as usize;
        let frames = 5 * apart;
        let [left, _] = stereo("space.delay", &sets, rate, &[click(frames, 0, 1.0), vec![0.0; frames]])?;
        for echo in 1..5 {
            let got = db(f64::from(left[echo * apart].abs()));
            let wanted = -20.0 * 2f64.log10() * (echo - 1) as f64;
            cases.push(((got - wanted).abs(), format!("echo {echo} of {ms} ms at {rate} Hz")));
        }
    }
    Ok(Measured::worst(cases))
}

fn constant(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for (space, name) in SPACES.iter().enumerate() {
        let frames = 4 * 48_000;
        let mut burst = sine(48_000.0, 1000.0, 0.0, 24_000);
        faded(&mut burst, 12_000);
        burst.resize(frames, 0.0);
        let [x, _] = stereo("space.reverb", &open(space, 1.5), 48_000.0, &[burst.clone(), burst])?;
        let mean = x.iter().map(|x| f64::from(*x)).sum::<f64>() / frames as f64;
        cases.push((db(mean.abs() / rms(&x)), (*name).to_owned()));
    }
    Ok(Measured::worst(cases))
}
