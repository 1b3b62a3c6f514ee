//! The transient shaper against the law of its envelopes.

mod dynamics_rig;
use dynamics_rig::*;

const ID: &str = "dynamics.transient";

/// The course of the gain in dB that a key brings about: heard on a constant.
fn course(sets: &[Set], key: &[f32]) -> Vec<f64> {
    let sound = both(&vec![0.25f32; key.len()]);
    let out = stereo(ID, sets, &sound, Some(&both(key)));
    out[0].iter().map(|y| db(f64::from(y / 0.25))).collect()
}

/// A constant that falls by so many dB a second, from a level in dB.
fn fading(frames: usize, db: f64, a_second: f64) -> Vec<f32> {
    (0..frames).map(|i| 10f64.powf((db - a_second * i as f64 / f64::from(RATE)) / 20.0) as f32).collect()
}

#[test]
fn a_stroke_gets_the_attack_and_then_its_own_level_back() {
    for (attack, length) in [(6.0f32, 20.0f32), (-9.0, 20.0), (12.0, 60.0)] {
        // A step by 20 dB: what is known of it is 20 dB (1 - e^(-t / length)).
        let key = [vec![0.01f32; 48_000], vec![0.1f32; 48_000]].concat();
        let gain = course(&[("attack", attack), ("length", length)], &key);
        let mut worst = 0f64;
        for i in 0..24_000 {
            let ms = i as f64 / 48.0;
            let unknown = 20.0 * (-(ms + 1.0 / 48.0) / f64::from(length)).exp();
            // Left out: the first 5 ms and where the law has its corner, which the smoothing rounds.
            if ms > 5.0 && (unknown - 6.02).abs() > 1.0 {
                let want = f64::from(attack) * (unknown / 6.0206).min(1.0);
                worst = worst.max((gain[48_000 + i] - want).abs());
            }
        }
        println!("attack {attack} dB over {length} ms: within {worst:.3} dB of the law");
        // The smoothing is 0.5 ms late: at the steepest attack * 20 / 6 / length * 0.5 ms.
        assert!(worst < 0.02 + f64::from(attack.abs() / length) * 0.6);
        assert!(gain[40_000..47_999].iter().all(|g| g.abs() < 1e-3), "a steady sound is left alone");
    }
}

#[test]
fn what_dies_away_gets_the_sustain_in_proportion_to_how_fast() {
    for (a_second, memory) in [(10.0, 250.0), (20.0, 100.0), (60.0, 250.0)] {
        let key = fading(48_000, -6.0, a_second);
        let gain = course(&[("sustain", 8.0), ("memory", memory)], &key);
        // A one-pole comes to lag behind a ramp by its time constant.
        let second = f64::from(memory) * 0.001;
        let lag = a_second * second * (1.0 - (-47_000.0 / 48_000.0 / second).exp());
        let want = 8.0 * (lag / 6.0206).min(1.0);
        let got = gain[47_000];
        println!("{a_second} dB/s remembered for {memory} ms: {got:.3} dB for {want:.3}");
        assert!((got - want).abs() < 0.02);
    }
}

#[test]
fn soft_strokes_are_shaped_as_loud_ones_are() {
    let sets = [("attack", 9.0), ("sustain", -6.0)];
    let key: Vec<f32> = (0..96_000).map(|i| 0.5 * (-((i % 12_000) as f32) / 4000.0).exp()).collect();
    let (loud, soft) =
        (course(&sets, &key), course(&sets, &key.iter().map(|x| x / 64.0).collect::<Vec<_>>()));
    let off = (24_000..96_000).map(|i| (loud[i] - soft[i]).abs()).fold(0.0, f64::max);
    println!("36 dB softer, above the floor: within {off:.1e} dB");
    assert!(off < 1e-3);
}

#[test]
fn at_nought_every_bit_passes_and_nothing_is_late() {
    let sound = [lively(48_000, 1), lively(48_000, 2)];
    assert!(stereo(ID, &[], &sound, None) == sound);
    assert_eq!(latency_by_impulse(ID, &[("attack", 6.0)]), 0);
}

#[test]
fn every_setting_passes_what_all_must() {
    passes_all(ID, &[("attack", 18.0), ("sustain", -18.0)]);
    passes_all(ID, &[("attack", -12.0), ("sustain", 12.0), ("length", 5.0), ("memory", 50.0)]);
    pieces_do_not_matter(ID, &[("attack", 12.0), ("sustain", 6.0)], 0.0);
}
