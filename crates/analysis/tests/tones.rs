//! Pitch, onsets, spectrum and width of sounds that are known.

mod common;
use common::*;

#[test]
fn pitch_of_tones() {
    for hz in [41.2, 82.4, 220.0, 440.0, 987.8] {
        let x = mix(&[sine(hz, -14.0, 3.0), sine(2.0 * hz, -18.0, 3.0), sine(3.0 * hz, -22.0, 3.0)]);
        let (facts, _) = measured(&mono(x));
        near(&facts, "pitch.median", hz, 0.003 * hz);
        near(&facts, "pitch.low", hz, 0.01 * hz);
        near(&facts, "pitch.high", hz, 0.01 * hz);
        assert!(number(&facts, "pitch.voiced") > 0.9);
        near(&facts, "pitch.polyphony", 1.0, 0.0);
    }
    let (facts, _) = measured(&mono(noise(5, 0.3, 3.0)));
    assert!(number(&facts, "pitch.voiced") < 0.05);
}

#[test]
fn vibrato_of_a_tone() {
    let mut phase = 0.0f64;
    let x: Vec<f32> = (0..frames(6.0))
        .map(|i| {
            let t = i as f64 / f64::from(RATE);
            let cents = 50.0 * (std::f64::consts::TAU * 5.5 * t).sin();
            phase += std::f64::consts::TAU * 330.0 * (cents / 1200.0).exp2() / f64::from(RATE);
            0.3 * phase.sin() as f32
        })
        .collect();
    let (facts, _) = measured(&mono(x));
    near(&facts, "pitch.vibrato", 5.5, 0.3);
    near(&facts, "pitch.vibrato_extent", 50.0, 12.0);
}

#[test]
fn chroma_of_a_chord() {
    // C major: C4, E4, G4.
    let chord = mix(&[sine(261.63, -20.0, 3.0), sine(329.63, -20.0, 3.0), sine(392.0, -20.0, 3.0)]);
    let (facts, _) = measured(&mono(chord));
    let chroma = facts.bands("harmonic.chroma", "x").unwrap();
    for (class, share) in chroma.iter().enumerate() {
        let expected = if [0, 4, 7].contains(&class) { 1.0 / 3.0 } else { 0.0 };
        assert!((share - expected).abs() < 0.05, "class {class}: {share}");
    }
    near(&facts, "harmonic.tuning", 0.0, 3.0);
    near(&facts, "pitch.polyphony", 3.0, 0.0);
}

#[test]
fn onsets_of_clicks() {
    let mut x = noise(3, 1e-5, 6.0);
    let burst = noise(8, 0.5, 0.05);
    for hit in 0..10 {
        let start = frames(0.5 + 0.5 * f64::from(hit));
        for (i, b) in burst.iter().enumerate() {
            x[start + i] += b * (-(i as f32) / 400.0).exp();
        }
    }
    let (facts, _) = measured(&mono(x));
    let times = facts.times("onset.times", "x");
    assert_eq!(times.len(), 10);
    for (hit, time) in times.iter().enumerate() {
        assert!((time - 0.5 - 0.5 * hit as f64).abs() <= 0.01, "hit {hit} at {time}");
    }
    assert!(number(&facts, "onset.percussive") > 0.8);
    assert!(number(&facts, "onset.decay") < 60.0);
    let (facts, _) = measured(&mono(sine(440.0, -12.0, 6.0)));
    assert!(number(&facts, "onset.percussive") < 0.1);
}

#[test]
fn width_and_balance_of_known_sides() {
    let mid = noise(1, 0.3, 4.0);
    let side: Vec<f32> = noise(2, 0.3, 4.0).iter().map(|x| x * amplitude(-9.0) as f32).collect();
    let left: Vec<f32> = mid.iter().zip(&side).map(|(m, s)| m + s).collect();
    let right: Vec<f32> = mid.iter().zip(&side).map(|(m, s)| m - s).collect();
    let (facts, _) = measured(&stereo(left.clone(), right.clone()));
    near(&facts, "stereo.width", -9.0, 0.2);
    let share = amplitude(-18.0);
    near(&facts, "stereo.correlation", (1.0 - share) / (1.0 + share), 0.02);
    for band in facts.bands("stereo.width_bands", "x").unwrap() {
        assert!((band + 9.0).abs() < 1.0, "{band}");
    }
    near(&facts, "stereo.mono_loss", 10.0 * (1.0 + share).log10(), 0.1);
    let left: Vec<f32> = left.iter().map(|x| 2.0 * x).collect();
    near(&measured(&stereo(left, right)).0, "stereo.balance", 6.02, 0.2);
    let (facts, _) = measured(&stereo(mid.clone(), mid));
    near(&facts, "stereo.dual_mono", 1.0, 0.0);
    near(&facts, "stereo.width", -100.0, 0.0);
}

#[test]
fn spectrum_of_noise() {
    let (facts, _) = measured(&mono(noise(6, 0.3, 6.0)));
    near(&facts, "spectrum.tilt", 0.0, 0.3);
    assert!(number(&facts, "spectrum.flatness") > 0.9);
    assert!(number(&facts, "spectrum.top") > 20_000.0);
    assert!(number(&facts, "spectrum.resonance") < 1.5);
    let thirds = facts.bands("spectrum.third_octave", "x").unwrap();
    assert_eq!(thirds.len(), 28);
    // White noise of amplitude 0.3 has a mean square of 0.03; 1 kHz holds 231.6 of 24000 Hz.
    let expected = 10.0 * (0.03f32 * 231.6 / 24_000.0).log10();
    assert!((thirds[15] - expected).abs() < 0.5, "{} not {expected}", thirds[15]);
}

#[test]
fn a_resonance_is_found_and_a_tune_is_none() {
    // A peaking filter's effect: noise and a narrow band of the same noise on top, through a resonator at 900 Hz.
    let (r, turn) = (0.9985f32, std::f32::consts::TAU * 900.0 / RATE as f32);
    let (mut a, mut b) = (0.0f32, 0.0f32);
    let x: Vec<f32> = noise(6, 0.1, 6.0)
        .iter()
        .map(|x| {
            let y = x * 0.02 + 2.0 * r * turn.cos() * a - r * r * b;
            (a, b) = (y, a);
            x + y
        })
        .collect();
    let (facts, _) = measured(&mono(x));
    assert!(number(&facts, "spectrum.resonance") > 5.0);
    near(&facts, "spectrum.resonance_hz", 900.0, 30.0);
    assert!((facts.bands("spectrum.resonances", "x").unwrap()[0] - 900.0).abs() < 30.0);
    let tune = join(&[300.0, 400.0, 500.0, 630.0, 800.0].map(|hz| sine(hz, -12.0, 1.0)));
    let (facts, _) = measured(&mono(mix(&[tune, noise(1, 0.001, 5.0)])));
    assert_eq!(facts.bands("spectrum.resonances", "x").unwrap().len(), 0);
}
