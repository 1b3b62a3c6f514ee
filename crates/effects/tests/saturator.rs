//! How much folds back, how flat the way up and down is, and whether dry and wet are in time.

use std::f64::consts::TAU;

use mixsmith_effects::KINDS;
use mixsmith_effects::saturator::{CURVES, SaturatorParams};
use mixsmith_processor::{Io, ParamSet, QUANTUM, Ramp, Setup};

fn run(params: &SaturatorParams, rate: f32, sound: &mut [f32]) {
    let kind = KINDS.get("colour.saturator").expect("on the shelf");
    let values = params.to_vec();
    let mut processor = (kind.build)(&Setup { rate, tempo: 120.0, channels: 1, impulse: None }, &values);
    let ramps: Vec<_> = values.iter().map(|&v| Ramp::still(v)).collect();
    for chunk in sound.chunks_exact_mut(QUANTUM) {
        processor.process(&ramps, Io { left: chunk, right: None, key: None });
    }
}

fn sine(hz: f64, rate: f64, frames: usize, peak: f64) -> Vec<f32> {
    (0..frames).map(|n| (peak * (TAU * hz * n as f64 / rate).sin()) as f32).collect()
}

/// Amplitude of one frequency; the sound must hold whole periods of it.
fn part(sound: &[f32], hz: f64, rate: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, &x) in sound.iter().enumerate() {
        let (s, c) = (TAU * hz * n as f64 / rate).sin_cos();
        re += f64::from(x) * c;
        im += f64::from(x) * s;
    }
    2.0 * re.hypot(im) / sound.len() as f64
}

#[test]
fn little_folds_back() {
    // 15 kHz at 44.1 kHz: whatever folds back lies on multiples of 300 Hz, 147 frames a period.
    for (curve, name) in CURVES.iter().enumerate() {
        for (drive, bound) in [(0.0, -90.0), (6.0, -90.0), (12.0, -88.0), (24.0, -85.0), (36.0, -85.0)] {
            let params = SaturatorParams { drive, curve: curve as f32, ..Default::default() };
            let mut sound = sine(15_000.0, 44_100.0, QUANTUM * 147, 1.0);
            run(&params, 44_100.0, &mut sound);
            let late = &sound[sound.len() - 147 * 20..];
            let carrier = part(late, 15_000.0, 44_100.0);
            let worst = (1..=33).map(|i| part(late, 300.0 * f64::from(i), 44_100.0)).fold(0.0, f64::max);
            let db = 20.0 * (worst / carrier).log10();
            println!("{name} at {drive} dB: the worst alias of 15 kHz below 10 kHz is {db:.1} dBc");
            assert!(db < bound, "{name} at {drive} dB: {db}");
        }
    }
}

#[test]
fn quiet_sound_keeps_its_level_and_its_time() {
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for hz in [30.0, 1000.0, 10_000.0, 18_000.0, 20_000.0] {
            let whole = (rate / 100.0) as usize * QUANTUM;
            let dry = sine(hz, rate, whole, 1e-3);
            let mut wet = dry.clone();
            run(&SaturatorParams { drive: 6.0, ..Default::default() }, rate as f32, &mut wet);
            let db = 20.0 * (part(&wet[whole / 2..], hz, rate) / part(&dry[whole / 2..], hz, rate)).log10();
            assert!(db.abs() < 0.2, "{hz} Hz at {rate}: {db:.2} dB");
            // In time with the dry path: half and half must be as loud as either.
            let mut both = dry.clone();
            run(&SaturatorParams { drive: 6.0, mix: 50.0, ..Default::default() }, rate as f32, &mut both);
            let half =
                20.0 * (part(&both[whole / 2..], hz, rate) / part(&wet[whole / 2..], hz, rate)).log10();
            println!("{hz} Hz at {rate}: wet {db:.3} dB, half wet {half:.3} dB on");
            assert!(half.abs() < 0.1, "{hz} Hz at {rate}: {half:.3} dB");
        }
    }
}

#[test]
fn the_curves_make_the_harmonics_they_promise() {
    let harmonics = |params: SaturatorParams| {
        let mut sound = sine(441.0, 44_100.0, QUANTUM * 1000, 0.5);
        run(&params, 44_100.0, &mut sound);
        let late = &sound[sound.len() - 22_000..];
        let at = |n: f64| 20.0 * (part(late, 441.0 * n, 44_100.0) / part(late, 441.0, 44_100.0)).log10();
        [at(2.0), at(3.0), part(late, 0.0, 44_100.0)]
    };
    let [second, third, shift] = harmonics(SaturatorParams { drive: 12.0, ..Default::default() });
    println!("soft at 12 dB: second {second:.1}, third {third:.1} dBc, shift {shift:.2e}");
    assert!(second < -100.0 && third > -25.0 && shift < 1e-5);
    let [second, third, shift] = harmonics(SaturatorParams { drive: 6.0, even: 100.0, ..Default::default() });
    println!("soft at 6 dB, even: second {second:.1}, third {third:.1} dBc, shift {shift:.2e}");
    assert!(second > -25.0 && third > -40.0 && shift < 2e-3);
    let [_, clean, _] = harmonics(SaturatorParams { curve: 2.0, ..Default::default() });
    assert!(clean < -100.0, "below one, hard does nothing: {clean}");
}

#[test]
fn a_tube_has_the_harmonics_of_its_two_halves() {
    for (drive, peak) in [(0.0f32, 0.05), (6.0, 0.5), (18.0, 1.0)] {
        let gain = 10f64.powf(f64::from(drive) / 20.0);
        let curve = |x: f64| {
            let u = x * gain;
            u / (1.0 + (if u < 0.0 { 2.0 * u } else { u }).powi(2)).sqrt() / gain
        };
        let mut sound = sine(441.0, 44_100.0, QUANTUM * 1500, peak);
        run(&SaturatorParams { drive, curve: 3.0, ..Default::default() }, 44_100.0, &mut sound);
        let late = &sound[sound.len() - 22_000..];
        // The harmonics of one period of the curve; the constant is taken out.
        for k in 1..6 {
            let (mut re, mut im) = (0.0, 0.0);
            for i in 0..10_000 {
                let turn = TAU * (f64::from(i) + 0.5) / 10_000.0;
                let y = curve(peak * turn.sin());
                re += y * (f64::from(k) * turn).cos() / 5000.0;
                im += y * (f64::from(k) * turn).sin() / 5000.0;
            }
            let (got, want) = (part(late, 441.0 * f64::from(k), 44_100.0), re.hypot(im));
            println!("tube at {drive} dB, harmonic {k}: {got:.5} for {want:.5}");
            assert!((got - want).abs() < 1e-3 * peak);
        }
        assert!(part(late, 0.0, 44_100.0) < 2e-3);
    }
}
