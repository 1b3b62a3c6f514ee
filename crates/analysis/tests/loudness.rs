//! Loudness and peaks against their standards.

mod common;
use common::*;
use ebur128::{Channel, EbuR128, Mode};

/// EBU Tech 3341, table 1, cases 1 to 5: stereo 1 kHz sines, level and seconds, and the integrated loudness.
#[test]
fn ebu_tech_3341_cases_1_to_5() {
    let cases: [(&[(f64, f64)], f64); 5] = [
        (&[(-23.0, 20.0)], -23.0),
        (&[(-33.0, 20.0)], -33.0),
        (&[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)], -23.0),
        (&[(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)], -23.0),
        (&[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)], -23.0),
    ];
    for (parts, loudness) in cases {
        let x = join(&parts.iter().map(|&(db, seconds)| sine(1000.0, db, seconds)).collect::<Vec<_>>());
        // A mono file counts as two equal channels: it must give the same.
        for audio in [stereo(x.clone(), x.clone()), mono(x)] {
            near(&measured(&audio).0, "loudness.integrated", loudness, 0.1);
        }
    }
}

#[test]
fn loudness_agrees_with_ebur128_on_programme() {
    let (a, b) = (noise(1, 0.5, 12.0), noise(2, 0.5, 12.0));
    // A level that wanders, so that the gates and the range have work.
    let wander = |x: &[f32], phase: f64| -> Vec<f32> {
        let level = |i: usize| amplitude(-20.0 + 15.0 * (i as f64 / 40_000.0 + phase).sin()) as f32;
        x.iter().enumerate().map(|(i, x)| x * level(i)).collect()
    };
    for rate in [44_100, 48_000, 96_000] {
        let mut audio = stereo(wander(&a, 0.0), wander(&b, 1.0));
        audio.rate = rate;
        let mut meter = EbuR128::new(2, rate, Mode::I | Mode::LRA | Mode::TRUE_PEAK).unwrap();
        meter.set_channel_map(&[Channel::Left, Channel::Right]).unwrap();
        meter.add_frames_planar_f32(&[&audio.channels[0], &audio.channels[1]]).unwrap();
        let (facts, _) = measured(&audio);
        near(&facts, "loudness.integrated", meter.loudness_global().unwrap(), 0.05);
        near(&facts, "loudness.range", meter.loudness_range().unwrap(), 0.5);
    }
}

#[test]
fn true_peak_lies_between_the_samples() {
    // EBU Tech 3341, case 17: fs/4 at 45 degrees has all samples 3 dB below its crest.
    let x: Vec<f32> = (0..RATE)
        .map(|i| {
            (0.5 * (std::f64::consts::FRAC_PI_2 * f64::from(i) + std::f64::consts::FRAC_PI_4).sin()) as f32
        })
        .collect();
    let (facts, _) = measured(&mono(x));
    near(&facts, "peak.sample", -9.03, 0.01);
    near(&facts, "peak.true", -6.02, 0.2);
}
