//! The de-esser against its formula and its labels.

mod dynamics_rig;
use dynamics_rig::*;

const ID: &str = "dynamics.deesser";

/// Power that a 12 dB/octave Butterworth high-pass lets through (bilinear, corner matched).
fn high_pass(hz: f64, corner: f64) -> f64 {
    let warp = |hz: f64| (std::f64::consts::PI * hz / f64::from(RATE)).tan();
    let ratio = (warp(hz) / warp(corner)).powi(4);
    ratio / (1.0 + ratio)
}

/// A vowel at 2 kHz and an s at 9 kHz, each at a level in dB.
fn voice(frames: usize, vowel: f64, s: f64) -> Vec<f32> {
    sine(frames, 2000.0, vowel).iter().zip(sine(frames, 9000.0, s)).map(|(a, b)| a + b).collect()
}

/// What the curve says the reduction must be.
fn formula(vowel: f64, s: f64, threshold: f64, ratio: f64, range: f64, corner: f64) -> f64 {
    let power = |through: &dyn Fn(f64) -> f64| {
        10f64.powf(vowel / 10.0) * through(2000.0) + 10f64.powf(s / 10.0) * through(9000.0)
    };
    let sharp = power(&|hz| high_pass(hz, corner));
    let body = power(&|hz| high_pass(hz, 1000.0) * (1.0 - high_pass(hz, 4000.0)));
    let over = 10.0 * (sharp / body).log10() - threshold;
    let knee = 3.0;
    let full = if over < -knee / 2.0 {
        0.0
    } else if over < knee / 2.0 {
        (over + knee / 2.0).powi(2) / (2.0 * knee)
    } else {
        over
    };
    (full * (1.0 - 1.0 / ratio)).min(range)
}

#[test]
fn static_curve_at_any_level_of_the_voice() {
    for vowel in [-12.0, -36.0] {
        let mut worst = 0f64;
        for step in 0..61 {
            let s = vowel - 30.0 + 0.7 * f64::from(step);
            let sets = [
                ("mode", 1.0),
                ("threshold", -6.0),
                ("ratio", 3.0),
                ("range", 9.0),
                ("attack", 20.0),
                ("release", 300.0),
            ];
            let sound = voice(96_000, vowel, s);
            let out = mono(ID, &sets, &sound);
            let got = -db(rms(&out[72_000..]) / rms(&sound[72_000..]));
            worst = worst.max((got - formula(vowel, s, -6.0, 3.0, 9.0, 5500.0)).abs());
        }
        println!("static curve, voice at {vowel} dB: within {worst:.4} dB");
        assert!(worst < 0.05);
    }
}

#[test]
fn attack_and_release_are_what_their_labels_say() {
    for (attack, release) in [(0.1f32, 45.0f32), (1.0, 100.0), (5.0, 200.0), (20.0, 300.0)] {
        // A constant as the sound; the key is a vowel with an s that comes and goes, far above the threshold.
        let part = 96_000;
        let key = [voice(part, -12.0, -90.0), voice(part, -12.0, 18.0), voice(part, -12.0, -90.0)].concat();
        let sound = vec![0.25f32; 3 * part];
        let sets = [("mode", 1.0), ("attack", attack), ("release", release), ("ratio", 20.0)];
        let out = stereo(ID, &sets, &both(&sound), Some(&both(&key)));
        let gain: Vec<f64> = out[0].iter().map(|y| db(f64::from(y / 0.25))).collect();
        let comes = covers_63(&gain[part - 1..2 * part]) as f32;
        let leaves = &gain[2 * part - 1..];
        let moves = leaves.iter().position(|g| *g > leaves[0] + 1e-4).expect("it leaves") - 1;
        let goes = covers_63(&leaves[moves..]) as f32;
        println!("attack {attack} ms: {:.3}; release {release} ms: {:.2}", comes / 48.0, goes / 48.0);
        for (took, label) in [(comes, attack), (goes, release)] {
            assert!((took - label * 48.0).abs() <= 2.0 + 0.05 * label * 48.0);
        }
    }
}

#[test]
fn a_voice_without_sibilance_passes_bit_for_bit() {
    // Faded in over 20 ms: a tone that starts abruptly is a click, and a click is sharp.
    let fade = |i: usize| 0.5 - 0.5 * (std::f64::consts::PI * i.min(960) as f64 / 960.0).cos() as f32;
    let vowel: Vec<f32> = voice(96_000, -12.0, -40.0).iter().enumerate().map(|(i, x)| x * fade(i)).collect();
    let sound = both(&vowel);
    for mode in [0.0, 1.0] {
        assert!(stereo(ID, &[("mode", mode)], &sound, None) == sound, "mode {mode}");
    }
    assert_eq!(latency_by_impulse(ID, &[("range", 0.0)]), 0);
}

#[test]
fn the_band_mode_spares_the_vowel() {
    let (vowel, s) = (voice(96_000, -12.0, -200.0), voice(96_000, -200.0, 0.0));
    let key = both(&voice(96_000, -12.0, 0.0));
    // Under the same key each tone can be heard alone.
    let gain = |mode: f32, x: &[f32]| {
        let out = stereo(ID, &[("mode", mode), ("frequency", 4000.0)], &both(x), Some(&key));
        db(rms(&out[0][48_000..]) / rms(&x[48_000..]))
    };
    println!(
        "band: vowel {:+.2} dB, s {:+.2} dB; wide: {:+.2} dB",
        gain(0.0, &vowel),
        gain(0.0, &s),
        gain(1.0, &vowel)
    );
    assert!(gain(0.0, &vowel).abs() < 0.3);
    assert!((gain(0.0, &s) + 5.7).abs() < 0.1);
    assert!((gain(1.0, &vowel) + 6.0).abs() < 0.01);
}

#[test]
fn every_setting_passes_what_all_must() {
    passes_all(ID, &[("threshold", -20.0), ("range", 12.0), ("ratio", 20.0)]);
    passes_all(ID, &[("mode", 1.0), ("threshold", -15.0), ("attack", 0.1), ("frequency", 9000.0)]);
}

#[test]
fn the_reduction_is_reported() {
    let mut rig = Rig::new(ID, &[], true);
    rig.run(&both(&voice(48_000, -12.0, 0.0)), None);
    assert!((rig.processor.reduction_db() - 6.0).abs() < 0.05);
}
