//! The gate against its formula and its labels.

mod dynamics_rig;
use dynamics_rig::*;

const ID: &str = "dynamics.gate";

#[test]
fn static_curve() {
    for (threshold, ratio, range) in [(-30.0f32, 2.0f32, 40.0f32), (-20.0, 4.0, 20.0), (-40.0, 20.0, 80.0)] {
        let sets = [
            ("threshold", threshold),
            ("ratio", ratio),
            ("range", range),
            ("hysteresis", 0.0),
            ("hold", 0.0),
            ("release", 20.0),
        ];
        let mut worst = 0f64;
        for step in 0..61 {
            let level = f64::from(step) - 60.5;
            let out = mono(ID, &sets, &sine(24_000, 1000.0, level));
            let got = db(rms(&out[12_000..]) * 2f64.sqrt());
            let off = (f64::from(threshold) - level).max(0.0) * (f64::from(ratio) - 1.0);
            worst = worst.max((got - (level - off.min(range.into()))).abs());
        }
        println!("static curve {threshold} dB 1:{ratio} range {range} dB: within {worst:.4} dB");
        assert!(worst < 0.05);
    }
}

/// Steps of a constant below, above and below the threshold, and the course of the gain in dB.
fn course(sets: &[Set], part: usize) -> Vec<f64> {
    let sound = [vec![0.001f32; part], vec![0.5; part], vec![0.001; part]].concat();
    let out = mono(ID, &[&[("lookahead", 0.0)], sets].concat(), &sound);
    out.iter().zip(&sound).map(|(y, x)| db(f64::from(y / x))).collect()
}

#[test]
fn attack_hold_and_release_are_what_their_labels_say() {
    for (attack, hold, release) in
        [(0.05f32, 10.0f32, 5.0f32), (0.5, 60.0, 150.0), (5.0, 100.0, 50.0), (50.0, 500.0, 400.0)]
    {
        let sets = [("attack", attack), ("hold", hold), ("release", release)];
        let part = 192_000;
        let gain = course(&sets, part);
        let opens = covers_63(&gain[part - 1..2 * part]) as f32;
        let closing = &gain[2 * part - 1..];
        let held = closing.iter().position(|g| *g < closing[0] - 1e-4).expect("it closes") - 1;
        let closes = covers_63(&closing[held..]) as f32;
        println!(
            "attack {attack} ms: {:.3}; hold {hold} ms: {:.2}; release {release} ms: {:.2}",
            opens / 48.0,
            held as f32 / 48.0,
            closes / 48.0
        );
        for (took, label) in [(opens, attack), (held as f32, hold), (closes, release)] {
            assert!((took - label * 48.0).abs() <= 1.0 + 0.05 * label * 48.0);
        }
    }
}

#[test]
fn hysteresis_keeps_it_open() {
    let gain = |sets: &[Set]| {
        // Up to -37 dB and down to -42: above and below a threshold of -40, then silence.
        let sound = [sine(48_000, 1000.0, -37.0), sine(48_000, 1000.0, -42.0)].concat();
        let out = mono(ID, &[&[("hold", 0.0), ("release", 10.0), ("lookahead", 0.0)], sets].concat(), &sound);
        db(rms(&out[72_000..]) / rms(&sound[72_000..]))
    };
    assert!(gain(&[("hysteresis", 3.0)]).abs() < 1e-6);
    assert!((gain(&[("hysteresis", 0.0)]) + 18.0).abs() < 0.05);
}

#[test]
fn an_open_gate_passes_bit_for_bit_and_look_ahead_is_the_latency() {
    for ms in [0.0, 1.0, 7.3, 10.0] {
        let sets = [("lookahead", ms), ("threshold", -60.0)];
        assert_eq!(latency_by_impulse(ID, &sets), (ms * 48.0).round() as usize);
    }
    let sound = both(&sine(96_000, 997.0, -6.0));
    let out = stereo(ID, &[("lookahead", 2.0)], &sound, None);
    assert!(out[0][48_000..] == sound[0][48_000 - 96..96_000 - 96]);
}

#[test]
fn the_key_opens_it() {
    let (loud, quiet) = (both(&sine(48_000, 100.0, 0.0)), both(&sine(48_000, 997.0, -60.0)));
    let gain = |sets: &[Set], key: Option<&Stereo>| {
        let out = stereo(ID, sets, &quiet, key);
        db(rms(&out[1][24_000..]) / rms(&quiet[1][24_000..]))
    };
    assert!((gain(&[], None) + 20.0).abs() < 0.05);
    assert!(gain(&[], Some(&loud)).abs() < 0.05);
    assert!((gain(&[("keylowcut", 2000.0), ("release", 10.0)], Some(&loud)) + 20.0).abs() < 0.05);
}

#[test]
fn every_setting_passes_what_all_must() {
    passes_all(
        ID,
        &[("threshold", -20.0), ("range", 60.0), ("release", 5.0), ("hold", 0.0), ("attack", 0.05)],
    );
    passes_all(
        ID,
        &[("threshold", -12.0), ("ratio", 2.0), ("keylowcut", 200.0), ("lookahead", 5.0), ("release", 30.0)],
    );
}

#[test]
fn the_reduction_is_reported() {
    let mut rig = Rig::new(ID, &[("range", 35.0)], true);
    rig.run(&both(&vec![0.0; 96_000]), None);
    assert!((rig.processor.reduction_db() - 35.0).abs() < 0.1);
}
