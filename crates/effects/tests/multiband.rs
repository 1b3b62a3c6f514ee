//! The multiband compressor: a flat sum, a curve in each band, times as their labels say.

mod dynamics_rig;
use dynamics_rig::*;

const ID: &str = "dynamics.multiband";
const OFF: [Set; 4] = [("on1", 0.0), ("on2", 0.0), ("on3", 0.0), ("on4", 0.0)];

#[test]
fn with_nothing_turned_down_the_sum_is_flat() {
    let mut worst = 0f64;
    for corners in [[120.0f32, 800.0, 4000.0], [500.0, 500.0, 1000.0], [30.0, 6000.0, 16_000.0]] {
        let sets = [&OFF[..], &[("low", corners[0]), ("middle", corners[1]), ("high", corners[2])]].concat();
        for i in 0..40 {
            let hz = (20.0 * 1000f64.powf(f64::from(i) / 39.0)).round();
            let tone = sine(96_000, hz, -6.0);
            let out = mono(ID, &sets, &tone);
            worst = worst.max(db(rms(&out[48_000..]) / rms(&tone[48_000..])).abs());
        }
    }
    println!("four bands add up within {worst:.4} dB");
    assert!(worst < 0.05);
}

/// What a compressor takes off, dB (Giannoulis, Massberg and Reiss 2012, eq. 4, knee of 6 dB).
fn reduction(level: f64, threshold: f64, ratio: f64) -> f64 {
    let within = (level - threshold + 3.0).clamp(0.0, 6.0);
    (1.0 - 1.0 / ratio) * (within * within / 12.0 + (level - threshold - 3.0).max(0.0))
}

/// Amplitudes of a tone in the bands, which are in phase: Linkwitz-Riley filters have the power of a Butterworth filter
/// as their amplitude.
fn shares(hz: f64, corners: [f64; 3]) -> [f64; 4] {
    let tan = |hz: f64| (std::f64::consts::PI * hz / f64::from(RATE)).tan();
    let high = corners.map(|corner| {
        let s = (tan(hz) / tan(corner)).powi(4);
        s / (1.0 + s)
    });
    let [a, b, c] = high;
    [(1.0 - a) * (1.0 - b), a * (1.0 - b), b * (1.0 - c), b * c]
}

#[test]
fn each_band_has_its_static_curve() {
    let corners = [200.0, 800.0, 5000.0];
    for (band, hz) in [61.0, 401.0, 1789.0, 13_007.0].into_iter().enumerate() {
        let names =
            ["on", "threshold", "ratio", "attack", "release"].map(|name| format!("{name}{}", band + 1));
        let values = [1.0, -30.0, 4.0, 20.0, 2000.0];
        let mut sets = OFF.to_vec();
        sets.extend(names.iter().map(String::as_str).zip(values));
        sets.extend(["low", "middle", "high"].into_iter().zip(corners.map(|hz| hz as f32)));
        let mut worst = 0f64;
        for step in 0..16 {
            let level = -48.0 + 3.0 * f64::from(step);
            let tone = sine(144_000, hz, level);
            let got = db(rms(&mono(ID, &sets, &tone)[96_000..]) / rms(&tone[96_000..]));
            let shares = shares(hz, corners);
            let by = reduction(level + db(shares[band]), -30.0, 4.0);
            let want = db(1.0 - shares[band] * (1.0 - 10f64.powf(-by / 20.0)));
            worst = worst.max((got - want).abs());
        }
        println!("band {} at {hz} Hz: within {worst:.3} dB of its curve", band + 1);
        assert!(worst < 0.1);
    }
}

#[test]
fn one_band_does_not_move_another() {
    // A loud bass brings band 1 down; a tone in band 4 stays.
    let bass = sine(96_000, 50.0, 0.0);
    let both_tones: Vec<f32> = bass.iter().zip(sine(96_000, 12_000.0, -40.0)).map(|(a, b)| a + b).collect();
    let sets = [("threshold1", -40.0), ("ratio1", 20.0)];
    let out = mono(ID, &sets, &both_tones);
    let (low, high) = (db(part(&out[48_000..], 50.0)), db(part(&out[48_000..], 12_000.0)) + 40.0);
    println!("the bass moved by {low:.2} dB, the treble by {high:.3} dB");
    assert!(low < -25.0 && high.abs() < 0.1);
}

#[test]
fn attack_and_release_are_what_their_labels_say() {
    for (attack, release) in [(5.0f32, 60.0f32), (30.0, 300.0)] {
        // A constant lies in band 1; the key is one as well.
        let part = 96_000;
        let key = [vec![0.001f32; part], vec![1.0f32; part], vec![0.001f32; part]].concat();
        let sound = vec![0.25f32; 3 * part];
        let sets = [
            ("low", 1000.0),
            ("attack1", attack),
            ("release1", release),
            ("threshold1", -40.0),
            ("knee", 0.0),
        ];
        let out = stereo(ID, &sets, &both(&sound), Some(&both(&key)));
        let gain: Vec<f64> = out[0].iter().map(|y| db(f64::from(y / 0.25))).collect();
        let comes = covers_63(&gain[part - 1..2 * part]) as f32 / 48.0;
        let goes = covers_63(&gain[2 * part - 1..]) as f32 / 48.0;
        println!("attack {attack} ms: {comes:.2}; release {release} ms: {goes:.2}");
        // The crossover at 1 kHz takes half a millisecond to let a step through.
        assert!((comes - attack).abs() <= 0.6 + 0.05 * attack);
        assert!((goes - release).abs() <= 0.6 + 0.05 * release);
    }
}

#[test]
fn the_mix_is_in_phase() {
    // Half of a sound at half its level (6 dB down in every band, by make-up) and half as it came.
    let sets: Vec<Set> = ["makeup1", "makeup2", "makeup3", "makeup4"].map(|name| (name, -6.0)).to_vec();
    let open: Vec<Set> =
        ["threshold1", "threshold2", "threshold3", "threshold4"].map(|name| (name, 0.0)).to_vec();
    let sets = [&sets[..], &open, &[("mix", 50.0)]].concat();
    for hz in [60.0, 120.0, 800.0, 2000.0, 4000.0, 15_000.0] {
        let tone = sine(96_000, hz, -20.0);
        let got = db(rms(&mono(ID, &sets, &tone)[48_000..]) / rms(&tone[48_000..]));
        let want = db(0.5 + 0.5 * 10f64.powf(-0.3));
        assert!((got - want).abs() < 0.01, "{hz} Hz: {got} dB for {want}");
    }
}

#[test]
fn every_setting_passes_what_all_must() {
    let hard: &[Set] = &[
        ("threshold1", -50.0),
        ("threshold2", -50.0),
        ("threshold3", -50.0),
        ("ratio4", 20.0),
        ("attack2", 0.1),
    ];
    passes_all(ID, hard);
    passes_all(ID, &[hard, &[("on2", 0.0), ("mix", 40.0), ("knee", 0.0), ("low", 900.0)]].concat());
    pieces_do_not_matter(ID, hard, 0.0);
}

#[test]
fn the_reduction_is_reported() {
    // 0.7 dB of the tone lie in the neighbours: 3/4 of 23.3 dB.
    let mut rig = Rig::new(ID, &[("ratio3", 4.0), ("release3", 1000.0)], true);
    rig.run(&both(&sine(96_000, 1789.0, 0.0)), None);
    assert!((rig.processor.reduction_db() - 17.5).abs() < 0.1);
}
