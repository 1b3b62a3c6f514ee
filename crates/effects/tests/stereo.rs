//! Does the mono maker leave the mono sum alone, and does a sound come back from middle and side?

mod stand;

use mixsmith_effects::midside::MidSideParams;
use mixsmith_effects::mono::MonoMakerParams;
use stand::{at, click, db, noise, run, size};

#[test]
fn a_mono_maker_does_not_touch_the_sum() {
    let (left, right) = (noise(1, 48_000), noise(2, 48_000));
    for below in [20.0, 120.0, 500.0] {
        let out = run("stereo.mono", &MonoMakerParams { below, ..Default::default() }, [&left, &right]);
        let off = (0..left.len())
            .map(|i| {
                (f64::from(out[0][i]) + f64::from(out[1][i]) - f64::from(left[i]) - f64::from(right[i])).abs()
            })
            .fold(0.0, f64::max);
        assert!(db(off) < -126.0, "{below} Hz: the sum is off by {} dB", db(off));
    }
}

#[test]
fn the_side_falls_by_twenty_four_decibels_an_octave() {
    let sound = click(96_000);
    let other: Vec<f32> = sound.iter().map(|x| -x).collect();
    for below in [60.0, 120.0, 500.0] {
        let out = run("stereo.mono", &MonoMakerParams { below, ..Default::default() }, [&sound, &other]);
        for ratio in [0.125, 0.25, 0.5, 0.8, 1.0, 1.5, 2.0, 8.0, 20.0] {
            let hz = f64::from(below) * ratio;
            // Linkwitz-Riley, fourth order: x^4 / (1 + x^4).
            let x4 = ratio.powi(4);
            let (found, wanted) = (db(size(at(&out[0], hz))), db(x4 / (1.0 + x4)));
            assert!((found - wanted).abs() < 0.1, "{below} Hz, {hz} Hz: {found} for {wanted} dB");
        }
    }
    let half = run("stereo.mono", &MonoMakerParams { amount: 0.0, ..Default::default() }, [&sound, &other]);
    assert!(half[0] == sound);
}

#[test]
fn a_sound_comes_back_from_middle_and_side() {
    let (encode, decode) = (MidSideParams { way: 0.0 }, MidSideParams { way: 1.0 });
    let there_and_back = |left: &[f32], right: &[f32]| {
        let [middle, side] = run("stereo.midside", &encode, [left, right]);
        run("stereo.midside", &decode, [&middle, &side])
    };
    let (left, right) = (noise(3, 20_000), noise(4, 20_000));
    let out = there_and_back(&left, &right);
    let off = left.iter().zip(&out[0]).chain(right.iter().zip(&out[1]));
    let off = off.map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max);
    assert!(db(off) <= -140.0, "{} dB", db(off));
    // Samples of 16 bits, and of 23, come back to the bit.
    for bits in [16, 23] {
        let scale = (1u32 << (bits - 1)) as f32;
        let whole =
            |sound: &[f32]| -> Vec<f32> { sound.iter().map(|x| (x * scale).floor() / scale).collect() };
        let (left, right) = (whole(&left), whole(&right));
        assert!(there_and_back(&left, &right) == [left, right]);
    }
    let [middle, side] = run("stereo.midside", &encode, [&[0.5, 1.0], &[0.25, -1.0]]);
    assert_eq!((middle, side), (vec![0.375, 0.0], vec![0.125, 1.0]));
}
