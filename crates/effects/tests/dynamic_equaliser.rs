//! The dynamic equaliser against its transfer functions, its curve and its labels.

mod dynamics_rig;
use dynamics_rig::*;

const ID: &str = "tone.dynamic-equaliser";

/// Tangent ratio: where a frequency lies against another after the bilinear transform.
fn warped(hz: f64, corner: f64) -> f64 {
    let tan = |hz: f64| (std::f64::consts::PI * hz / f64::from(RATE)).tan();
    tan(hz) / tan(corner)
}

/// Gain in dB at a frequency of a band of this shape, gain in dB and Q, as the documentation has it.
fn response(kind: f32, hz: f64, corner: f64, gain: f64, q: f64) -> f64 {
    let (s, g) = (warped(hz, corner), 10f64.powf(gain / 20.0));
    let (high, band, low) = match kind as usize {
        1 => (1.0, g, 1.0),
        2 => (1.0, g.sqrt(), g),
        _ => (g, g.sqrt(), 1.0),
    };
    let up = (low - high * s * s).powi(2) + (band * s / q).powi(2);
    let down = (1.0 - s * s).powi(2) + (s / q).powi(2);
    10.0 * (up / down).log10()
}

/// Level in dB of what a band hears of a tone.
fn heard(kind: f32, hz: f64, corner: f64, q: f64) -> f64 {
    let s = warped(hz, corner);
    let up = match kind as usize {
        1 => (s / q).powi(2),
        2 => 1.0,
        _ => s.powi(4),
    };
    10.0 * (up / ((1.0 - s * s).powi(2) + (s / q).powi(2))).log10()
}

/// What the gain moves by, in dB.
fn moves(level: f64, threshold: f64, ratio: f64, range: f64) -> f64 {
    let over = level - threshold;
    let full = if over < 0.0 {
        0.0
    } else if over < 6.0 {
        over * over / 12.0
    } else {
        over - 3.0
    };
    (full * (1.0 - 1.0 / ratio)).min(range.abs()) * range.signum()
}

#[test]
fn below_the_threshold_the_gain_stands_still() {
    let sound = [lively(48_000, 1), lively(48_000, 2)];
    let quiet: Stereo = sound.each_ref().map(|x| x.iter().map(|x| x * 0.01).collect());
    for kind in [1.0, 2.0, 3.0] {
        let out = stereo(ID, &[("type2", kind), ("threshold2", -30.0)], &quiet, None);
        assert!(out == quiet, "type {kind}: every bit passes");
    }
    // With a gain of its own it is an equaliser.
    for (kind, hz, gain, q) in [
        (1.0f32, 400.0, 9.0f32, 2.0f32),
        (1.0, 250.0, -12.0, 0.7),
        (2.0, 300.0, -6.0, 0.7),
        (3.0, 900.0, 6.0, 1.0),
    ] {
        let sets = [("type2", kind), ("gain2", gain), ("q2", q), ("threshold2", 0.0)];
        let tone = sine(96_000, hz, -20.0);
        let got = db(rms(&mono(ID, &sets, &tone)[48_000..]) / rms(&tone[48_000..]));
        let want = response(kind, hz, 400.0, gain.into(), q.into());
        println!("type {kind}, {gain} dB at {hz} Hz: {got:.4} dB for {want:.4}");
        assert!((got - want).abs() < 0.005);
    }
}

#[test]
fn static_curve() {
    for (kind, hz, ratio, range) in [
        (1.0f32, 2500.0, 2.0f32, -6.0f32),
        (1.0, 2000.0, 4.0, 9.0),
        (2.0, 300.0, 20.0, -24.0),
        (3.0, 7919.0, 3.0, -12.0),
    ] {
        let mut worst = 0f64;
        for step in 0..31 {
            let level = -60.0 + 2.0 * f64::from(step);
            let sets = [
                ("type3", kind),
                ("threshold3", -36.0),
                ("ratio3", ratio),
                ("range3", range),
                ("attack3", 20.0),
                ("release3", 400.0),
            ];
            let tone = sine(96_000, hz, level);
            let got = db(rms(&mono(ID, &sets, &tone)[48_000..]) / rms(&tone[48_000..]));
            let by = moves(level + heard(kind, hz, 2500.0, 1.0), -36.0, ratio.into(), range.into());
            worst = worst.max((got - response(kind, hz, 2500.0, by, 1.0)).abs());
        }
        println!("type {kind} at {hz} Hz, {ratio}:1, range {range} dB: within {worst:.4} dB of the curve");
        assert!(worst < 0.05);
    }
}

#[test]
fn attack_and_release_are_what_their_labels_say() {
    for (attack, release) in [(1.0f32, 50.0f32), (10.0, 120.0), (50.0, 400.0)] {
        // The key switches a tone in the band. The gain is read from a constant: a low shelf passes it whole.
        let part = 96_000;
        let tone = |level| sine(part, 15_000.0, level);
        let key = [tone(-80.0), tone(0.0), tone(-80.0)].concat();
        let sound = vec![0.25f32; 3 * part];
        let sets = [
            ("type1", 2.0),
            ("freq1", 20_000.0),
            ("threshold1", -40.0),
            ("range1", -6.0),
            ("ratio1", 20.0),
            ("attack1", attack),
            ("release1", release),
        ];
        let out = stereo(ID, &sets, &both(&sound), Some(&both(&key)));
        let gain: Vec<f64> = out[0].iter().map(|y| db(f64::from(y / 0.25))).collect();
        let comes = covers_63(&gain[part - 1..2 * part]) as f32 / 48.0;
        let leaves = &gain[2 * part - 1..];
        let moves = leaves.iter().position(|g| *g > leaves[0] + 1e-3).expect("it leaves") - 1;
        let goes = covers_63(&leaves[moves..]) as f32 / 48.0;
        println!("attack {attack} ms: {comes:.3}; release {release} ms: {goes:.2}");
        assert!((comes - attack).abs() <= 0.1 + 0.05 * attack);
        assert!((goes - release).abs() <= 0.1 + 0.05 * release);
    }
}

#[test]
fn a_band_hears_the_key_and_not_what_other_bands_did() {
    let tone = both(&sine(96_000, 1000.0, -40.0));
    let loud = both(&sine(96_000, 1000.0, 0.0));
    let sets = [("type1", 1.0), ("freq1", 1000.0), ("range1", -9.0), ("ratio1", 20.0)];
    let gain = |out: &Stereo| db(rms(&out[0][48_000..]) / rms(&tone[0][48_000..]));
    assert!(gain(&stereo(ID, &sets, &tone, None)).abs() < 1e-6);
    assert!((gain(&stereo(ID, &sets, &tone, Some(&loud))) + 9.0).abs() < 0.01);
    // Band 1 boosts by 18 dB; band 2 at the same place still hears the sound as it came, below its threshold.
    let two = [
        ("type1", 1.0),
        ("freq1", 1000.0),
        ("gain1", 18.0),
        ("threshold1", 0.0),
        ("type2", 1.0),
        ("freq2", 1000.0),
    ];
    assert!((gain(&stereo(ID, &two, &tone, None)) - 18.0).abs() < 0.01);
}

#[test]
fn every_setting_passes_what_all_must() {
    let hard: &[Set] =
        &[("type1", 2.0), ("type2", 1.0), ("type3", 1.0), ("type4", 3.0), ("threshold2", -60.0)];
    passes_all(ID, hard);
    passes_all(
        ID,
        &[hard, &[("range2", 12.0), ("q3", 8.0), ("threshold3", -50.0), ("attack1", 0.1)]].concat(),
    );
    pieces_do_not_matter(ID, hard, 0.0);
}

#[test]
fn the_reduction_is_reported() {
    let mut rig = Rig::new(ID, &[("type3", 1.0), ("range3", -6.0), ("ratio3", 20.0)], true);
    rig.run(&both(&sine(48_000, 2500.0, 0.0)), None);
    assert!((rig.processor.reduction_db() - 6.0).abs() < 0.01);
}
