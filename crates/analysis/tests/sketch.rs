//! The sketch keeps the energy.

mod common;
use common::*;
use mixsmith_analysis::sketch::{BANDS, STEP, centres, edges};

#[test]
fn bands_sum_to_the_mean_square() {
    // Three tones well inside the bands, different on both sides, and the noise of a slow random walk.
    let left = mix(&[sine(100.0, -12.0, 6.0), sine(1000.0, -20.0, 6.0), sine(9000.0, -26.0, 6.0)]);
    let right = mix(&[sine(300.0, -18.0, 6.0), sine(2500.0, -15.0, 6.0)]);
    let (_, sketch) = measured(&stereo(left.clone(), right.clone()));
    assert_eq!(sketch.frames(), 60);
    let expect = |sign: f32| -> f64 {
        let squares = left.iter().zip(&right).map(|(l, r)| f64::from(0.5 * (l + sign * r)).powi(2));
        squares.sum::<f64>() / left.len() as f64
    };
    for (energies, sign) in [(&sketch.mid, 1.0), (&sketch.side, -1.0)] {
        // The first and last frames hold windows that reach beyond the file.
        let inner = &energies[BANDS..energies.len() - BANDS];
        let sum: f64 = inner.iter().map(|&e| f64::from(e)).sum::<f64>() / 58.0;
        let error = 10.0 * (sum / expect(sign)).log10();
        assert!(error.abs() < 0.3, "off by {error} dB");
    }
}

#[test]
fn a_burst_counts_alike_wherever_it_falls() {
    for start in [1.0, 1.02, 1.05, 1.081] {
        let mut x = vec![0.0f32; frames(2.0)];
        let burst = sine(2000.0, 0.0, 0.01);
        x[frames(start)..][..burst.len()].copy_from_slice(&burst);
        let (_, sketch) = measured(&mono(x));
        let energy = sketch.mid.iter().map(|&e| f64::from(e)).sum::<f64>() * STEP;
        let error = 10.0 * (energy / 0.005).log10();
        assert!(error.abs() < 0.3, "at {start} s off by {error} dB");
    }
}

#[test]
fn bands_are_equal_steps_of_erb_rate() {
    use mixsmith_analysis::sketch::{erb_hz, erb_rate};
    let steps: Vec<f64> = centres().windows(2).map(|c| erb_rate(c[1]) - erb_rate(c[0])).collect();
    assert!(steps.iter().all(|step| (step - steps[0]).abs() < 1e-9));
    assert!((erb_hz(erb_rate(1234.5)) - 1234.5).abs() < 1e-6);
    for band in 0..BANDS {
        assert!(edges()[band] < centres()[band] && centres()[band] < edges()[band + 1]);
    }
}
