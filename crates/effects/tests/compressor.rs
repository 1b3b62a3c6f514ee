//! The compressor against its formula and its labels.

mod dynamics_rig;
use dynamics_rig::*;

const ID: &str = "dynamics.compressor";

/// Giannoulis, Massberg and Reiss 2012, eq. 4, in plain decibels.
fn formula(level: f64, threshold: f64, ratio: f64, knee: f64) -> f64 {
    let over = level - threshold;
    if 2.0 * over < -knee {
        level
    } else if 2.0 * over.abs() <= knee {
        level + (1.0 / ratio - 1.0) * (over + knee / 2.0).powi(2) / (2.0 * knee)
    } else {
        threshold + over / ratio
    }
}

#[test]
fn static_curve() {
    for (threshold, ratio, knee, detector) in [
        (-18.0f32, 3.0f32, 6.0f32, 0.0f32),
        (-30.0, 20.0, 0.0, 0.0),
        (-12.0, 1.5, 24.0, 1.0),
        (-24.0, 4.0, 12.0, 1.0),
    ] {
        let sets = [
            ("threshold", threshold),
            ("ratio", ratio),
            ("knee", knee),
            ("detector", detector),
            ("attack", 20.0),
            ("release", 400.0),
        ];
        let mut worst = 0f64;
        for step in 0..61 {
            let peak = f64::from(step) - 60.0;
            // A sine, as an engineer would measure; the rms detector reads 3.01 dB below its peak.
            let out = mono(ID, &sets, &sine(48_000, 997.0, peak));
            let got = db(rms(&out[24_000..])) + db(2f64.sqrt());
            let offset = if detector == 1.0 { db(2f64.sqrt()) } else { 0.0 };
            let level = peak - offset;
            let want = formula(level, threshold.into(), ratio.into(), knee.into()) + offset;
            worst = worst.max((got - want).abs());
        }
        println!(
            "static curve {threshold} dB {ratio}:1 knee {knee} detector {detector}: within {worst:.4} dB"
        );
        assert!(worst < 0.05);
    }
}

#[test]
fn attack_and_release_are_what_their_labels_say() {
    for (attack, release) in
        [(10.0f32, 120.0f32), (0.1, 5.0), (1.0, 50.0), (30.0, 250.0), (200.0, 100.0), (50.0, 100.0)]
    {
        let sets =
            [("attack", attack), ("release", release), ("knee", 0.0), ("ratio", 4.0), ("threshold", -40.0)];
        // Steps of a constant, so that the course of the gain can be read at every frame.
        let (quiet, loud) = (0.001f32, 0.5f32);
        let part = 96_000;
        let sound = [vec![quiet; part], vec![loud; part], vec![quiet; part]].concat();
        let out = mono(ID, &sets, &sound);
        let gain: Vec<f64> = out.iter().zip(&sound).map(|(y, x)| db(f64::from(y / x))).collect();
        let frames = |ms: f32| f64::from(ms) * f64::from(RATE) / 1000.0;
        for (name, from, label) in [("attack", part, attack), ("release", 2 * part, release)] {
            let took = covers_63(&gain[from - 1..from + part]) as f64;
            let off = took / frames(label) - 1.0;
            println!("{name} {label} ms: 63 % after {:.2} ms ({:+.1} %)", took / frames(1.0), 100.0 * off);
            assert!((took - frames(label)).abs() <= 1.0 + 0.05 * frames(label));
        }
    }
}

#[test]
fn every_setting_passes_what_all_must() {
    let hard: &[Set] = &[("threshold", -50.0), ("ratio", 20.0), ("attack", 0.1), ("release", 30.0)];
    passes_all(ID, hard);
    let odd =
        [hard, &[("detector", 1.0), ("keylowcut", 150.0), ("keyhighcut", 5000.0), ("link", 30.0)]].concat();
    passes_all(ID, &odd);
    passes_all(ID, &[&odd[..], &[("lookahead", 3.0), ("mix", 40.0), ("makeup", 9.0)]].concat());
}

#[test]
fn look_ahead_is_the_latency_and_parallel_sound_is_aligned() {
    for ms in [0.0, 0.5, 1.0, 7.3, 10.0] {
        let latency = latency_by_impulse(ID, &[("lookahead", ms), ("mix", 50.0)]);
        assert_eq!(latency, (ms * 48.0).round() as usize);
    }
    // Below the threshold, mixed or not, nothing changes but the time.
    let sound = both(&sine(9600, 997.0, -30.0));
    let out = stereo(ID, &[("lookahead", 2.0), ("mix", 50.0)], &sound, None);
    assert!(out[0][96..] == sound[0][..9600 - 96]);
}

#[test]
fn the_key_the_link_and_the_mix_do_as_they_say() {
    let loud = sine(96_000, 997.0, 0.0);
    let quiet = sine(96_000, 997.0, -40.0);
    let gain = |out: &[f32], of: &[f32]| db(rms(&out[48_000..]) / rms(&of[48_000..]));
    let sound = [quiet.clone(), loud.clone()];
    let linked = stereo(ID, &[], &sound, None);
    let apart = stereo(ID, &[("link", 0.0)], &sound, None);
    assert!((gain(&linked[0], &quiet) + 12.0).abs() < 0.1);
    assert!(gain(&apart[0], &quiet).abs() < 1e-6);
    assert!((gain(&apart[1], &loud) + 12.0).abs() < 0.1);
    let keyed = stereo(ID, &[], &both(&quiet), Some(&both(&loud)));
    assert!((gain(&keyed[0], &quiet) + 12.0).abs() < 0.1);
    // Half compressed by 12 dB: 20 log10 (0.5 + 0.5 * 0.251).
    let half = stereo(ID, &[("mix", 50.0)], &both(&loud), None);
    assert!((gain(&half[0], &loud) - db(0.5 + 0.5 * 10f64.powf(-0.6))).abs() < 0.1);
    // The side chain does not hear 100 Hz through a low cut of 2 kHz.
    let bass = both(&sine(96_000, 100.0, 0.0));
    let filtered = stereo(ID, &[("keylowcut", 2000.0)], &bass, None);
    assert!(gain(&filtered[0], &bass[0]).abs() < 0.01);
}

#[test]
fn the_reduction_is_reported() {
    let mut rig = Rig::new(ID, &[], true);
    rig.run(&both(&sine(96_000, 997.0, 0.0)), None);
    assert!((rig.processor.reduction_db() - 12.0).abs() < 0.1, "{}", rig.processor.reduction_db());
}
