//! The clipper against its curve, and how much folds back.

mod dynamics_rig;
use dynamics_rig::*;
use mixsmith_processor::QUANTUM;

const ID: &str = "dynamics.clipper";

/// The curve in the documentation, in plain numbers.
fn formula(x: f64, drive: f64, ceiling: f64, knee: f64) -> f64 {
    let (gain, end) = (10f64.powf(drive / 20.0), 10f64.powf(ceiling / 20.0));
    let begin = 10f64.powf(-knee / 20.0).min(0.999);
    let u = x.abs() * gain / end;
    let over = (u - begin).clamp(0.0, 2.0 - 2.0 * begin);
    let y = u.min(2.0 - begin) - over * over / (4.0 * (1.0 - begin));
    y * end * x.signum()
}

#[test]
fn the_static_curve_is_the_formula() {
    for (drive, ceiling, knee) in
        [(0.0f32, 0.0f32, 0.0f32), (6.0, -3.0, 3.0), (12.0, -12.0, 12.0), (24.0, 0.0, 6.0)]
    {
        let mut worst = 0f64;
        for step in -20..=20 {
            let x = step as f32 / 20.0;
            let sets = [("drive", drive), ("ceiling", ceiling), ("knee", knee)];
            let y = mono(ID, &sets, &vec![x; 10 * QUANTUM]);
            let want = formula(x.into(), drive.into(), ceiling.into(), knee.into());
            worst = worst.max((f64::from(y[9 * QUANTUM]) - want).abs());
        }
        println!("clipper {drive} dB into {ceiling} dB, knee {knee} dB: within {worst:.1e}");
        assert!(worst < 1e-5);
    }
}

#[test]
fn the_harmonics_are_those_of_the_curve() {
    for (drive, knee) in [(6.0f32, 0.0f32), (6.0, 3.0), (12.0, 12.0)] {
        let out = mono(ID, &[("drive", drive), ("knee", knee)], &sine(48_000, 100.0, 0.0));
        let want = fourier(1.0, |x| formula(x, drive.into(), 0.0, knee.into()));
        for (k, want) in want.iter().enumerate() {
            let got = part(&out[24_000..43_200], 100.0 * k as f64);
            assert!((got - want).abs() < 1e-3, "drive {drive} knee {knee}: harmonic {k} is {got} for {want}");
        }
    }
}

#[test]
fn little_folds_back() {
    // 15 kHz at 48 kHz would alias onto multiples of 3 kHz; 14.9 kHz onto multiples of 100 Hz, 480 frames a period.
    for knee in [0.0, 3.0, 12.0] {
        for (drive, bound) in [(0.0, -80.0), (6.0, -80.0), (12.0, -80.0), (24.0, -65.0)] {
            for hz in [15_000.0, 14_900.0] {
                let out = mono(ID, &[("drive", drive), ("knee", knee)], &sine(480 * 64, hz, 0.0));
                let late = &out[480 * 40..];
                let carrier = part(late, hz);
                let worst = (0..100).map(|i| part(late, 100.0 * f64::from(i))).fold(0.0, f64::max);
                let dbc = db(worst / carrier);
                println!(
                    "drive {drive} dB, knee {knee} dB: worst alias of {hz} Hz below 10 kHz {dbc:.1} dBc"
                );
                assert!(dbc < bound);
            }
        }
    }
}

#[test]
fn below_the_knee_nothing_changes_and_peaks_stay_near_the_ceiling() {
    let sound = sine(48_000, 997.0, -9.0);
    let out = mono(ID, &[("knee", 6.0)], &sound);
    let off = (200..48_000).map(|i| (out[i] - sound[i - 71]).abs()).fold(0.0, f32::max);
    println!("below the knee: within {:.1} dB of the sound", db(f64::from(off) / rms(&sound)));
    assert!(off < 3e-5);
    for (drive, knee, bound) in [(3.0, 3.0, 3.0), (12.0, 0.0, 4.5), (24.0, 0.0, 4.5), (24.0, 6.0, 4.5)] {
        let out = mono(ID, &[("drive", drive), ("ceiling", -6.0), ("knee", knee)], &lively(48_000, 3));
        let over = db(out.iter().fold(0f32, |m, x| m.max(x.abs())).into()) + 6.0;
        println!("white noise driven {drive} dB in, knee {knee} dB: peaks {over:.2} dB over the ceiling");
        assert!(over < bound);
    }
    assert_eq!(latency_by_impulse(ID, &[]), 71);
}

#[test]
fn pieces_of_any_length_give_the_same_bits() {
    pieces_do_not_matter(ID, &[("drive", 12.0), ("ceiling", -6.0)], 0.0);
}
