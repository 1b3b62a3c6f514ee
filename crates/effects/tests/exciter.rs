//! The exciter: harmonics as its curves say, of what is above, and nothing else.

mod dynamics_rig;
use dynamics_rig::*;

const ID: &str = "colour.exciter";

/// Gain of a Butterworth high-pass of 12 dB an octave.
fn high_pass(hz: f64, corner: f64) -> f64 {
    let tan = |hz: f64| (std::f64::consts::PI * hz / f64::from(RATE)).tan();
    let s = (tan(hz) / tan(corner)).powi(2);
    s / (1.0 + s * s).sqrt()
}

#[test]
fn the_harmonics_are_those_of_the_curves() {
    for (drive, even, peak) in
        [(0.0f32, 0.0f32, -6.0), (18.0, 50.0, -20.0), (30.0, 100.0, -12.0), (24.0, 0.0, -12.0)]
    {
        let (hz, corner) = (3000.0, 1500.0);
        let sets = [("frequency", corner as f32), ("drive", drive), ("even", even), ("mix", 100.0)];
        let out = mono(ID, &sets, &sine(48_000, hz, peak));
        let gain = 10f64.powf(f64::from(drive) / 20.0);
        let share = f64::from(even) * 0.01;
        let curve = |x: f64| {
            let u = x * gain;
            let (odd, folded) = ((u / (1.0 + u * u).sqrt()).powi(3), 1.0 - (1.0 + u * u).powf(-1.5));
            ((1.0 - share) * odd + share * folded) / gain
        };
        let want = fourier(10f64.powf(peak / 20.0) * high_pass(hz, corner), curve);
        let loudest = want[2].max(want[3]);
        for k in 2..6 {
            let hz = hz * k as f64;
            let (got, want) = (part(&out[24_000..], hz), want[k] * high_pass(hz, corner));
            println!(
                "drive {drive}, even {even}: harmonic {k} is {:.2} dB, {:.2} by the curve",
                db(got),
                db(want)
            );
            // The mean over each step at eight times the rate is 0.1 dB low at 15 kHz.
            assert!((got - want).abs() < 0.02 * loudest, "harmonic {k}: {got} for {want}");
        }
        assert!(part(&out[24_000..], 0.0) < 1e-6, "no constant is left");
    }
}

#[test]
fn what_is_below_stays_clean() {
    let tone = sine(48_000, 200.0, -6.0);
    let out = mono(ID, &[("frequency", 6000.0), ("mix", 100.0)], &tone);
    let off = db(part(&out[24_000..], 200.0) / part(&tone[24_000..], 200.0));
    let most = (2..20).map(|k| part(&out[24_000..], 200.0 * f64::from(k))).fold(0.0, f64::max);
    println!("200 Hz under 6 kHz: {off:.4} dB, harmonics {:.1} dBc", db(most / 0.5));
    assert!(off.abs() < 0.001 && db(most / 0.5) < -110.0);
}

#[test]
fn little_folds_back() {
    for even in [0.0, 100.0] {
        for (drive, bound) in [(0.0, -80.0), (12.0, -80.0), (24.0, -80.0)] {
            for hz in [15_000.0, 14_900.0] {
                let sets = [("drive", drive), ("even", even), ("mix", 100.0), ("frequency", 1000.0)];
                let out = mono(ID, &sets, &sine(480 * 64, hz, 0.0));
                let late = &out[480 * 40..];
                let worst = (0..100).map(|i| part(late, 100.0 * f64::from(i))).fold(0.0, f64::max);
                let dbc = db(worst / part(late, hz));
                println!("drive {drive} dB, even {even}: worst alias of {hz} Hz below 10 kHz {dbc:.1} dBc");
                assert!(dbc < bound);
            }
        }
    }
}

#[test]
fn without_harmonics_every_bit_passes_in_time() {
    let sound = [lively(6400, 1), lively(6400, 2)];
    let out = stereo(ID, &[("mix", 0.0)], &sound, None);
    assert!(out[0][71..] == sound[0][..6400 - 71] && out[1][71..] == sound[1][..6400 - 71]);
    assert_eq!(latency_by_impulse(ID, &[]), 71);
    pieces_do_not_matter(ID, &[("drive", 36.0), ("mix", 100.0)], 0.0);
}
