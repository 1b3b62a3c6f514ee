//! The strip's knobs: smooth, silent when switched, and true to their laws.

use mixsmith_session::Curve;

use crate::judge::spectrum;
use crate::rig::stereo;
use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{amplitude, db, lively, sine, sine_at};
use crate::song::{Song, insert, lane};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 8,
        title: "A fader moves 60 dB in 20 ms under 997 Hz: products that the smooth move does not have",
        unit: "dBc",
        gate: -80.0,
        best: -100.0,
        only_told: false,
        measure: zipper,
    },
    Row {
        number: 9,
        title: "A 50 Hz tone is muted at its crest: peak of what lies above 8 kHz",
        unit: "dBFS",
        gate: -70.0,
        best: -90.0,
        only_told: false,
        measure: mute_click,
    },
    Row {
        number: 13,
        title: "Pan law at 41 positions, mono and stereo, against its formula",
        unit: "dB",
        gate: 0.01,
        best: 0.001,
        only_told: false,
        measure: pan_law,
    },
    Row {
        number: 14,
        title: "Fold-down to mono, polarity, and width there and back: what is left over",
        unit: "dBFS",
        gate: -120.0,
        best: -140.0,
        only_told: false,
        measure: fold_and_flip,
    },
];

const RATE: f64 = 48_000.0;

fn zipper(_: Length) -> Result<Measured, Failed> {
    let (frames, from, to) = (48_000usize, 24_001u64, 24_961u64);
    let tone = sine(RATE, 997.0, -6.0, frames);
    let mut cases = Vec::new();
    for (name, target) in [("fader", "fader"), ("ride", "ride"), ("trim", "trim"), ("insert", "fx.gain")] {
        let mut song = Song::new(48_000);
        let strip = song.track("a", vec![tone.clone()]);
        strip.inserts.push(insert("fx", "tool.trim", &[]));
        strip.lanes.push(lane(target, Curve::Line, &[(from, 0.0), (to, -60.0)]));
        let [left, _] = song.master(1)?;
        let off = left.iter().zip(&tone).enumerate().map(|(i, (x, tone))| {
            let share = ((i as f64 - from as f64) / (to - from) as f64).clamp(0.0, 1.0);
            f64::from(*x) - f64::from(*tone) * amplitude(-60.0 * share)
        });
        let bins = spectrum(&off.collect::<Vec<_>>());
        // One bin a hertz.
        let beside = bins.iter().enumerate().filter(|(hz, _)| hz.abs_diff(997) > 200);
        cases.push((db(beside.fold(0.0, |m, (_, x)| x.max(m)) / amplitude(-6.0)), name.to_owned()));
    }
    Ok(Measured::worst(cases))
}

/// Peak of what lies above a frequency, through a linear-phase filter of 2047 taps (windowed sinc, Blackman).
fn peak_above(x: &[f32], hz: f64, rate: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    const HALF: i64 = 1023;
    let tap = |n: i64| {
        let t = n as f64;
        let w = 0.42 + 0.5 * (PI * t / HALF as f64).cos() + 0.08 * (2.0 * PI * t / HALF as f64).cos();
        let low = if n == 0 { 2.0 * hz / rate } else { (TAU * hz / rate * t).sin() / (PI * t) };
        w * (if n == 0 { 1.0 } else { 0.0 } - low)
    };
    let taps: Vec<f64> = (-HALF..=HALF).map(tap).collect();
    let sum = |window: &[f32]| window.iter().zip(&taps).map(|(x, h)| f64::from(*x) * h).sum::<f64>().abs();
    x.windows(taps.len()).map(sum).fold(0.0, f64::max)
}

fn mute_click(_: Length) -> Result<Measured, Failed> {
    let tone = sine_at(RATE, 50.0, 0.0, 90.0, 9600);
    let mut cases = Vec::new();
    for (name, from, to) in [("off", 0.0, 1.0), ("on again", 1.0, 0.0)] {
        let mut song = Song::new(48_000);
        // A whole number of periods: at the crest.
        song.track("a", vec![tone.clone()]).lanes.push(lane("mute", Curve::Hold, &[(0, from), (4800, to)]));
        let [left, _] = song.master(1)?;
        // Away from the ends of the tone, which click by themselves.
        cases.push((db(peak_above(&left[2000..7600], 8000.0, RATE)), name.to_owned()));
    }
    Ok(Measured::worst(cases))
}

fn pan_law(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for channels in [1usize, 2] {
        for step in -20..=20 {
            let pan = 5.0 * f64::from(step);
            let mut song = Song::new(48_000);
            song.track("a", vec![vec![0.5; 64]; channels]).values.insert("pan".into(), pan as f32);
            let printed = song.master(1)?;
            let quarter = std::f64::consts::FRAC_PI_2;
            let wanted = match channels {
                // Constant power, full level on both sides at the centre.
                1 => [(pan + 100.0) / 200.0 * quarter, (100.0 - pan) / 200.0 * quarter]
                    .map(|angle| 2f64.sqrt() * angle.cos()),
                // The near side stays.
                _ => [pan, -pan].map(|away| (away.max(0.0) / 100.0 * quarter).cos()),
            };
            for (side, (printed, wanted)) in printed.iter().zip(wanted).enumerate() {
                let got = f64::from(printed[32]) / 0.5;
                let off = if wanted < 1e-9 {
                    if got < 1e-6 { 0.0 } else { f64::INFINITY }
                } else {
                    db(got / wanted).abs()
                };
                cases.push((off, format!("{channels} channels at {pan}, side {side}")));
            }
        }
    }
    Ok(Measured::worst(cases))
}

fn fold_and_flip(length: Length) -> Result<Measured, Failed> {
    let frames = length.pick(10_000, 100_000);
    let (l, r) = (lively(1, frames), lively(2, frames));
    let middle: Vec<f64> = l.iter().zip(&r).map(|(l, r)| 0.5 * (f64::from(*l) + f64::from(*r))).collect();
    let off = |x: &[f32], wanted: &dyn Fn(usize) -> f64| {
        db(x.iter().enumerate().map(|(i, x)| (f64::from(*x) - wanted(i)).abs()).fold(0.0, f64::max))
    };
    let mut cases = Vec::new();
    let mut song = Song::new(48_000);
    song.track("a", vec![l.clone(), r.clone()]).values.insert("width".into(), 0.0);
    for side in song.master(1)? {
        cases.push((off(&side, &|i| middle[i]), "a strip's width at 0".to_owned()));
    }
    let folded = stereo("stereo.width", &[("width", 0.0)], RATE, &[l.clone(), r.clone()])?;
    for side in folded {
        cases.push((off(&side, &|i| middle[i]), "the effect's width at 0".to_owned()));
    }
    let mut song = Song::new(48_000);
    song.track("a", vec![l.clone(), r.clone()]);
    song.track("b", vec![l.clone(), r.clone()]).values.insert("polarity".into(), 1.0);
    for side in song.master(1)? {
        cases.push((off(&side, &|_| 0.0), "a track and its inversion".to_owned()));
    }
    let wide = stereo("stereo.width", &[("width", 200.0)], RATE, &[l.clone(), r.clone()])?;
    let back = stereo("stereo.width", &[("width", 50.0)], RATE, &wide)?;
    for (side, wanted) in back.iter().zip([&l, &r]) {
        cases.push((off(side, &|i| f64::from(wanted[i])), "width 200 and back".to_owned()));
    }
    Ok(Measured::worst(cases))
}
