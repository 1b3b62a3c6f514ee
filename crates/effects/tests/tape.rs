//! The tape: flat but for its bump when quiet, treble first when loud, odd harmonics only.

mod dynamics_rig;
use dynamics_rig::*;

const ID: &str = "colour.tape";
/// Corners of the emphasis in Hz, from 70, 35 and 17.5 microseconds.
const CORNERS: [f64; 3] = [2273.6, 4547.3, 9094.6];

fn tan(hz: f64) -> f64 {
    (std::f64::consts::PI * hz / f64::from(RATE)).tan()
}

/// Gain of a bell of Q 1 whose poles stand still.
fn bump(hz: f64, centre: f64, gain: f64) -> f64 {
    let (s, g) = (tan(hz) / tan(centre), 10f64.powf(gain / 20.0));
    let square = |damp: f64| (1.0 - s * s).powi(2) + (damp * s).powi(2);
    10.0 * (square(g) / square(1.0)).log10()
}

/// Gain of the emphasis, as a factor.
fn emphasis(hz: f64, corner: f64) -> f64 {
    let s = tan(hz) / tan(corner);
    ((1.0 + 10.0 * s * s) / (1.0 + s * s)).sqrt()
}

#[test]
fn quiet_sound_has_the_response_of_the_bump_alone() {
    let mut worst = 0f64;
    for (speed, centre) in [(0.0, 30.0), (1.0, 60.0), (2.0, 120.0)] {
        for hz in [20.0, 30.0, 60.0, 90.0, 120.0, 400.0, 1000.0, 5000.0, 12_000.0] {
            let tone = sine(144_000, hz, -70.0);
            let out = mono(ID, &[("speed", speed), ("bump", 4.0)], &tone);
            let got = db(rms(&out[96_000..]) / rms(&tone[96_000..]));
            worst = worst.max((got - bump(hz, centre, 4.0)).abs());
        }
    }
    println!("quiet: within {worst:.3} dB of the bump");
    assert!(worst < 0.05);
}

#[test]
fn loud_treble_bends_first_and_by_the_curve() {
    for (speed, corner) in CORNERS.into_iter().enumerate() {
        let mut before = 0.0;
        for hz in [500.0, 2000.0, 5000.0] {
            let sets = [("speed", speed as f32), ("drive", 6.0), ("bump", 0.0)];
            let out = mono(ID, &sets, &sine(96_000, hz, -6.0));
            let raised = 10f64.powf(-0.3) * emphasis(hz, corner);
            let gain = 10f64.powf(0.3);
            let curve = fourier(raised, |x| x / (1.0 + (gain * x).powi(2)).sqrt());
            for k in [1, 3] {
                let at = hz * k as f64;
                let (got, want) = (part(&out[48_000..], at), curve[k] / emphasis(at, corner));
                println!("{hz} Hz, harmonic {k}: {:.3} dB, {:.3} by the curve", db(got), db(want));
                assert!(db(got / want).abs() < 0.15, "{hz} Hz harmonic {k}");
            }
            assert!(db(part(&out[48_000..], 2.0 * hz)) < -100.0, "no even harmonics");
            let loss = db(10f64.powf(-0.3) / part(&out[48_000..], hz));
            assert!(loss > before, "{hz} Hz loses more than what is below it");
            before = loss;
        }
    }
}

#[test]
fn little_folds_back() {
    for (drive, bound) in [(0.0, -80.0), (6.0, -80.0), (12.0, -70.0)] {
        for hz in [15_000.0, 14_900.0] {
            let out = mono(ID, &[("drive", drive)], &sine(480 * 300, hz, 0.0));
            let late = &out[480 * 260..];
            let worst = (1..100).map(|i| part(late, 100.0 * f64::from(i))).fold(0.0, f64::max);
            let dbc = db(worst / part(late, hz));
            println!("drive {drive} dB: worst alias of {hz} Hz below 10 kHz {dbc:.1} dBc");
            assert!(dbc < bound);
        }
    }
}

#[test]
fn dry_and_taped_are_in_time() {
    for hz in [100.0, 1000.0, 10_000.0] {
        let tone = sine(96_000, hz, -70.0);
        let level = |mix: f32| rms(&mono(ID, &[("mix", mix), ("bump", 0.0)], &tone)[48_000..]);
        assert!(db(level(50.0) / level(100.0)).abs() < 0.03, "{hz} Hz");
    }
    let sound = both(&lively(6400, 1));
    let out = stereo(ID, &[("mix", 0.0)], &sound, None);
    assert!(out[0][71..] == sound[0][..6400 - 71]);
    assert_eq!(latency_by_impulse(ID, &[]), 71);
    pieces_do_not_matter(ID, &[("drive", 24.0), ("bump", 6.0)], 0.0);
}
