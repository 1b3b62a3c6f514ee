//! Loudness: the cases of EBU Tech 3341 and 3342, and programme against other meters.

use std::f64::consts::TAU;

use mixsmith_analysis::ears::loudness::integrated;
use mixsmith_analysis::{Fact, Qty, measure_stem};
use mixsmith_audio::Audio;
use mixsmith_dsp::loudness::KWeighting;
use mixsmith_dsp::meter::LoudnessMeter;

use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{amplitude, noise, sine};
use crate::weighting::{PASS, SHELF};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 28,
        title: "EBU Tech 3341 cases 1 to 6: integrated loudness",
        unit: "LU",
        gate: 0.1,
        best: 0.02,
        only_told: false,
        measure: integrated_cases,
    },
    Row {
        number: 28,
        title: "EBU Tech 3341 cases 9 to 11: short-term loudness",
        unit: "LU",
        gate: 0.1,
        best: 0.02,
        only_told: false,
        measure: short_cases,
    },
    Row {
        number: 28,
        title: "EBU Tech 3341 cases 12 to 14: momentary loudness",
        unit: "LU",
        gate: 0.1,
        best: 0.02,
        only_told: false,
        measure: momentary_cases,
    },
    Row {
        number: 28,
        title: "EBU Tech 3341 cases 10, 11, 13 and 14 on the meter that runs along",
        unit: "LU",
        gate: 0.1,
        best: 0.02,
        only_told: false,
        measure: running_cases,
    },
    Row {
        number: 28,
        title: "EBU Tech 3341 cases 1 to 5, 9 and 12 against what BS.1770 gives for them to the letter",
        unit: "LU",
        gate: 0.02,
        best: 0.005,
        only_told: false,
        measure: cases_by_the_letter,
    },
    Row {
        number: 30,
        title: "EBU Tech 3342 cases 1 to 4: loudness range",
        unit: "LU",
        gate: 1.0,
        best: 0.1,
        only_told: false,
        measure: ranges,
    },
    Row {
        number: 31,
        title: "Loudness of programme-like sound against another meter (libebur128)",
        unit: "LU",
        gate: 0.1,
        best: 0.02,
        only_told: false,
        measure: another_meter,
    },
    Row {
        number: 31,
        title: "Loudness range of programme-like sound against the letter of EBU Tech 3342",
        unit: "LU",
        gate: 0.1,
        best: 0.02,
        only_told: false,
        measure: range_of_programme,
    },
];

const RATE: f64 = 48_000.0;

/// Parts of 1 kHz after each other, with the wave running on: peak level in dBFS and seconds. Below -200 is silence.
fn parts(of: &[(f64, f64)]) -> Vec<f32> {
    let mut sound = Vec::new();
    for &(level, seconds) in of {
        let size = if level < -200.0 { 0.0 } else { amplitude(level) };
        let from = sound.len();
        sound.extend(
            (0..(seconds * RATE).round() as usize)
                .map(|n| (size * (TAU * 1000.0 * (from + n) as f64 / RATE).sin()) as f32),
        );
    }
    sound
}

/// What is measured of a stereo sound with equal channels.
fn facts(sound: Vec<f32>) -> Vec<Fact> {
    measure_stem("x", &Audio::stereo(RATE as u32, sound.clone(), sound)).0
}

fn number(facts: &[Fact], what: &str) -> Result<f64, Failed> {
    let found = facts.iter().find(|fact| fact.what == what).map(|fact| &fact.value);
    match found {
        Some(Qty::Number(number)) => Ok(*number),
        _ => Err(Failed(format!("{what} was not measured"))),
    }
}

fn series(facts: &[Fact], what: &str) -> Result<Vec<f64>, Failed> {
    let found = facts.iter().find(|fact| fact.what == what).map(|fact| &fact.value);
    match found {
        Some(Qty::Series { values, .. }) => Ok(values.iter().map(|x| f64::from(*x)).collect()),
        _ => Err(Failed(format!("{what} was not measured"))),
    }
}

const SILENT: f64 = -999.0;

/// Peak level in dBFS and seconds of the parts of a signal.
type Parts = &'static [(f64, f64)];
/// Cases 1 to 5, and what they are to read, LUFS.
const INTEGRATED: [(Parts, f64); 5] = [
    (&[(-23.0, 20.0)], -23.0),
    (&[(-33.0, 20.0)], -33.0),
    (&[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)], -23.0),
    (&[(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)], -23.0),
    (&[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)], -23.0),
];
/// A round of case 9.
const NINE: Parts = &[(-20.0, 1.34), (-30.0, 1.66)];
/// A round of case 12.
const TWELVE: Parts = &[(-20.0, 0.18), (-30.0, 0.22)];

fn integrated_cases(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for (place, &(signal, wanted)) in INTEGRATED.iter().enumerate() {
        let found = facts(parts(signal));
        cases.push(((number(&found, "loudness.integrated")? - wanted).abs(), format!("case {}", place + 1)));
        if place < 2 {
            for what in ["loudness.momentary_max", "loudness.short_max"] {
                cases.push(((number(&found, what)? - wanted).abs(), format!("case {}, {what}", place + 1)));
            }
        }
    }
    // Case 6 has five channels, which no strip here has: the filter and the gate are what is judged. Left, right, centre;
    // the surrounds count 1.41 times.
    let mut energies = vec![0.0; 200];
    for (level, weight) in [(-28.0, 1.0), (-28.0, 1.0), (-24.0, 1.0), (-30.0, 1.41), (-30.0, 1.41)] {
        let (sound, mut weighting) = (sine(RATE, 1000.0, level, 20 * 48_000), KWeighting::new(RATE));
        for (energy, part) in energies.iter_mut().zip(sound.chunks(4800)) {
            *energy += weight * weighting.energy(part, part).squares[0] / 4800.0;
        }
    }
    let found = integrated(&energies).unwrap_or(f64::NAN);
    cases.push(((found + 23.0).abs(), "case 6".to_owned()));
    Ok(Measured::worst(cases))
}

/// How far a series lies from a level between two times.
fn steady(series: &[f64], from: f64, to: f64, wanted: f64) -> f64 {
    let span = (from / 0.1).ceil() as usize..(to / 0.1).floor() as usize;
    series[span].iter().map(|x| (x - wanted).abs()).fold(0.0, f64::max)
}

fn short_cases(length: Length) -> Result<Measured, Failed> {
    let every = length.pick(7, 1);
    let nine = facts(parts(&NINE.repeat(5)));
    let mut cases = vec![(steady(&series(&nine, "loudness.short")?, 1.5, 13.4, -23.0), "case 9".to_owned())];
    for i in (0..20).step_by(every) {
        let late = f64::from(i) * 0.15;
        let ten = facts(parts(&[(SILENT, late), (-23.0, 3.0), (SILENT, 1.0)]));
        cases.push(((number(&ten, "loudness.short_max")? + 23.0).abs(), format!("case 10, {late:.2} s")));
        // Case 11 is one after the other; what came before is quieter, so the largest so far is the segment's own.
        let level = -38.0 + f64::from(i);
        let signal = [(SILENT, late), (level, 3.0), (SILENT, 3.0 - late)];
        let eleven = facts(parts(&signal));
        cases
            .push(((number(&eleven, "loudness.short_max")? - level).abs(), format!("case 11, {level} dBFS")));
    }
    Ok(Measured::worst(cases))
}

fn momentary_cases(length: Length) -> Result<Measured, Failed> {
    let every = length.pick(7, 1);
    let twelve = facts(parts(&TWELVE.repeat(25)));
    let mut cases =
        vec![(steady(&series(&twelve, "loudness.momentary")?, 0.8, 9.7, -23.0), "case 12".to_owned())];
    for i in (0..20).step_by(every) {
        let late = f64::from(i) * 0.02;
        let thirteen = facts(parts(&[(SILENT, late), (-23.0, 0.4), (SILENT, 1.0)]));
        cases.push((
            (number(&thirteen, "loudness.momentary_max")? + 23.0).abs(),
            format!("case 13, {late:.2} s"),
        ));
        let level = -38.0 + f64::from(i);
        let fourteen = facts(parts(&[(SILENT, late), (level, 0.4), (SILENT, 0.4 - late)]));
        cases.push((
            (number(&fourteen, "loudness.momentary_max")? - level).abs(),
            format!("case 14, {level} dBFS"),
        ));
    }
    Ok(Measured::worst(cases))
}

fn running_cases(length: Length) -> Result<Measured, Failed> {
    let every = length.pick(4, 1);
    let meter = |signal: &[(f64, f64)]| {
        let (sound, mut meter) = (parts(signal), LoudnessMeter::new(RATE));
        sound.chunks(517).for_each(|part| meter.run(part, part));
        meter
    };
    let mut cases = Vec::new();
    // One after the other on one meter; each is louder than those before.
    let (mut eleven, mut fourteen) = (Vec::new(), Vec::new());
    for i in (0..20).step_by(every) {
        let (late, short) = (f64::from(i) * 0.15, f64::from(i) * 0.02);
        let ten = meter(&[(SILENT, late), (-23.0, 3.0), (SILENT, 1.0)]).short_term_most();
        cases.push(((ten + 23.0).abs(), format!("case 10, {late:.2} s")));
        let thirteen = meter(&[(SILENT, short), (-23.0, 0.4), (SILENT, 1.0)]).momentary_most();
        cases.push(((thirteen + 23.0).abs(), format!("case 13, {short:.2} s")));
        let level = -38.0 + f64::from(i);
        eleven.extend([(SILENT, late), (level, 3.0), (SILENT, 3.0 - late)]);
        fourteen.extend([(SILENT, short), (level, 0.4), (SILENT, 0.4 - short)]);
        cases.push(((meter(&eleven).short_term_most() - level).abs(), format!("case 11, {level} dBFS")));
        cases.push(((meter(&fourteen).momentary_most() - level).abs(), format!("case 14, {level} dBFS")));
    }
    Ok(Measured::worst(cases))
}

fn ranges(_: Length) -> Result<Measured, Failed> {
    let table: [(&[f64], f64); 4] = [
        (&[-20.0, -30.0], 10.0),
        (&[-20.0, -15.0], 5.0),
        (&[-40.0, -20.0], 20.0),
        (&[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ];
    let mut cases = Vec::new();
    for (place, (levels, wanted)) in table.into_iter().enumerate() {
        let signal: Vec<(f64, f64)> = levels.iter().map(|&level| (level, 20.0)).collect();
        let found = number(&facts(parts(&signal)), "loudness.range")?;
        cases.push(((found - wanted).abs(), format!("case {}", place + 1)));
    }
    Ok(Measured::worst(cases))
}

/// Noise whose level wanders, so that the gates and the range have work.
fn wandering(seed: u64, phase: f64, rate: u32, seconds: usize) -> Vec<f32> {
    let level = |i: usize| amplitude(-20.0 + 15.0 * (i as f64 / f64::from(rate) / 0.9 + phase).sin());
    let white = noise(seed, seconds * rate as usize, 0.5);
    white.iter().enumerate().map(|(i, x)| (f64::from(*x) * level(i)) as f32).collect()
}

fn another_meter(length: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for &rate in length.pick(&[48_000u32][..], &[44_100, 48_000, 88_200, 96_000]) {
        let seconds = length.pick(20, 60);
        let (left, right) = (wandering(1, 0.0, rate, seconds), wandering(2, 1.0, rate, seconds));
        let mut meter = ebur128::EbuR128::new(2, rate, ebur128::Mode::I).map_err(Failed::of)?;
        meter.add_frames_planar_f32(&[&left, &right]).map_err(Failed::of)?;
        let found = measure_stem("x", &Audio::stereo(rate, left, right)).0;
        let theirs = meter.loudness_global().map_err(Failed::of)?;
        cases.push(((number(&found, "loudness.integrated")? - theirs).abs(), format!("{rate} Hz")));
    }
    Ok(Measured::worst(cases))
}

/// Mean power of both channels, weighted by the letter of ITU-R BS.1770-5 with the filter of its table, over windows of
/// so many frames every 100 ms.
fn windows_by_the_letter(left: &[f32], right: &[f32], frames: usize) -> Vec<f64> {
    let heard = |x: &[f32]| {
        let second = |x: &[f64], b: [f64; 3], a: [f64; 2]| {
            let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
            let next = |&x: &f64| {
                let y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2;
                ((x2, x1), (y2, y1)) = ((x1, x), (y1, y));
                y
            };
            x.iter().map(next).collect::<Vec<f64>>()
        };
        let x: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
        second(&second(&x, SHELF.0, SHELF.1), PASS.0, PASS.1)
    };
    let (l, r) = (heard(left), heard(right));
    let power = |from: usize| {
        let span = from..from + frames;
        l[span.clone()].iter().chain(&r[span]).map(|x| x * x).sum::<f64>() / frames as f64
    };
    (0..=l.len() - frames).step_by(4800).map(power).collect()
}

/// Loudness of a mean power in LKFS.
fn lkfs(power: f64) -> f64 {
    -0.691 + 10.0 * power.log10()
}

/// Integrated loudness by the letter, with both gates.
fn integrated_by_the_letter(blocks: &[f64]) -> f64 {
    let mean = |blocks: &[f64]| blocks.iter().sum::<f64>() / blocks.len() as f64;
    let loud: Vec<f64> = blocks.iter().copied().filter(|power| lkfs(*power) > -70.0).collect();
    let gate = 0.1 * mean(&loud);
    lkfs(mean(&loud.into_iter().filter(|power| *power > gate).collect::<Vec<f64>>()))
}

fn cases_by_the_letter(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for (place, (signal, wanted)) in INTEGRATED.iter().enumerate() {
        let sound = parts(signal);
        let letter = integrated_by_the_letter(&windows_by_the_letter(&sound, &sound, 19_200));
        let found = number(&facts(sound), "loudness.integrated")?;
        cases.push(((found - letter).abs(), format!("case {}: {letter:.3} for {wanted}", place + 1)));
    }
    // As long as the window: it holds the same wherever it lies.
    let (short, momentary) = (parts(&NINE.repeat(5)), parts(&TWELVE.repeat(25)));
    for (name, sound, frames, what, from, to) in [
        ("case 9", short, 144_000, "loudness.short", 1.5, 13.4),
        ("case 12", momentary, 19_200, "loudness.momentary", 0.8, 9.7),
    ] {
        let windows = windows_by_the_letter(&sound, &sound, frames);
        let letter = lkfs(windows[windows.len() / 2]);
        let found = series(&facts(sound), what)?;
        cases.push((steady(&found, from, to, letter), format!("{name}: {letter:.3} for -23")));
    }
    Ok(Measured::worst(cases))
}

/// Loudness range by the letter of EBU Tech 3342, with the filter of the table: windows of 3 s every 100 ms.
fn range_by_the_letter(left: &[f32], right: &[f32]) -> f64 {
    let windows = windows_by_the_letter(left, right, 144_000);
    let loud: Vec<f64> = windows.into_iter().filter(|power| lkfs(*power) >= -70.0).collect();
    let gate = 0.01 * loud.iter().sum::<f64>() / loud.len() as f64;
    let mut levels: Vec<f64> =
        loud.into_iter().filter(|power| *power >= gate).map(|p| 10.0 * p.log10()).collect();
    levels.sort_by(f64::total_cmp);
    let at = |share: f64| levels[((levels.len() - 1) as f64 * share).round() as usize];
    at(0.95) - at(0.10)
}

fn range_of_programme(length: Length) -> Result<Measured, Failed> {
    let seconds = length.pick(20, 60);
    let mut cases = Vec::new();
    for seed in [1, 5] {
        let (left, right) =
            (wandering(seed, 0.0, 48_000, seconds), wandering(seed + 1, 1.0, 48_000, seconds));
        let wanted = range_by_the_letter(&left, &right);
        let found = measure_stem("x", &Audio::stereo(48_000, left, right)).0;
        cases.push(((number(&found, "loudness.range")? - wanted).abs(), format!("{wanted:.2} LU")));
    }
    Ok(Measured::worst(cases))
}
