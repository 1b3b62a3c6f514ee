//! Does the equaliser have the shape of its analogue prototype, and is it quiet at the bottom?

use mixsmith_dsp::filter::{Prototype, design::Shape, design::butterworth, matched, matched_closely};
use mixsmith_effects::equaliser::{EqualiserParams, response_db};
use mixsmith_effects::{KINDS, all};
use mixsmith_processor::{Io, ParamSet, QUANTUM, Ramp, Setup};

const CORNERS: [f64; 13] = [20.0, 60.0, 200.0, 700.0, 2e3, 4e3, 6e3, 8e3, 10e3, 12e3, 14e3, 16e3, 18e3];

fn frequencies() -> impl Iterator<Item = f64> {
    (0..200).map(|i| 20.0 * 1000f64.powf(f64::from(i) / 199.0))
}

/// Largest distance from the prototypes' sum wherever that is above `floor` dB.
fn distance(prototypes: &[Prototype], rate: f64, floor: f64) -> f64 {
    let sections: Vec<_> = prototypes.iter().flat_map(|p| matched_closely(p, rate)).collect();
    frequencies()
        .filter_map(|hz| {
            let want: f64 = prototypes.iter().map(|p| p.response_db(hz)).sum();
            let got: f64 = sections.iter().map(|s| s.response_db(hz, rate)).sum();
            (want > floor).then_some((got - want).abs())
        })
        .fold(0.0, f64::max)
}

fn worst(name: &str, bound: f64, distances: impl Iterator<Item = f64>) {
    let worst = distances.fold(0.0, f64::max);
    println!("{name}: within {worst:.3} dB of the prototype at 44.1 kHz, 20 Hz to 20 kHz");
    assert!(worst < bound, "{name}: {worst}");
}

#[test]
fn bells_and_shelves_follow_the_prototype_to_the_top() {
    let each = |qs: &'static [f64], dbs: &'static [f64], make: fn(f64, f64) -> Shape| {
        qs.iter().flat_map(move |&q| {
            dbs.iter().flat_map(move |&db| {
                CORNERS.map(|hz| distance(&[Prototype { hz, shape: make(db, q) }], 44_100.0, -300.0))
            })
        })
    };
    let bell = |db, q| Shape::Bell { db, q };
    worst(
        "bells of 6 dB, Q 0.3 to 12",
        0.1,
        each(&[0.3, 0.5, 0.71, 1.0, 2.0, 5.0, 12.0], &[6.0, -6.0], bell),
    );
    worst(
        "bells of 12 dB, Q 0.3 to 12",
        0.1,
        each(&[0.3, 0.5, 0.71, 1.0, 2.0, 5.0, 12.0], &[12.0, -12.0], bell),
    );
    worst(
        "bells of 24 dB, Q 0.3 to 12",
        0.1,
        each(&[0.3, 0.5, 0.71, 1.0, 2.0, 5.0, 12.0], &[24.0, -24.0], bell),
    );
    let low = |db, q| Shape::LowShelf { db, q };
    let high = |db, q| Shape::HighShelf { db, q };
    worst("low shelves of 12 dB, Q 0.4 to 1", 0.1, each(&[0.4, 0.5, 0.71, 1.0], &[12.0, -12.0], low));
    worst("high shelves of 12 dB, Q 0.4 to 1", 0.1, each(&[0.4, 0.5, 0.71, 1.0], &[12.0, -12.0], high));
}

#[test]
fn passes_follow_the_prototype_down_to_minus_sixty() {
    for high in [true, false] {
        for order in [1, 2, 3, 4, 6, 8] {
            let corners = CORNERS.into_iter().filter(|&hz| high || hz <= 16e3);
            let name = format!("{} of {} dB/oct", if high { "high-pass" } else { "low-pass" }, 6 * order);
            worst(
                &name,
                0.5,
                corners.map(|hz| {
                    let sections: Vec<_> =
                        butterworth(hz, order, std::f64::consts::FRAC_1_SQRT_2, high).collect();
                    distance(&sections, 44_100.0, -60.0)
                }),
            );
        }
    }
}

/// Runs a signal through both channels.
fn run(params: &EqualiserParams, rate: f32, left: &mut [f32], right: &mut [f32]) {
    let kind = KINDS.get("tone.equaliser").expect("on the shelf");
    let setup = Setup { rate, tempo: 120.0, channels: 2, impulse: None };
    let values = params.to_vec();
    let mut processor = (kind.build)(&setup, &values);
    let ramps: Vec<_> = values.iter().map(|&v| Ramp::still(v)).collect();
    for (l, r) in left.chunks_exact_mut(QUANTUM).zip(right.chunks_exact_mut(QUANTUM)) {
        processor.process(&ramps, Io { left: l, right: Some(r), key: None });
    }
}

fn sine(hz: f32, rate: f32, frames: usize) -> Vec<f32> {
    (0..frames)
        .map(|n| (std::f64::consts::TAU * f64::from(hz) * n as f64 / f64::from(rate)).sin() as f32)
        .collect()
}

fn rms(x: &[f32]) -> f64 {
    (x.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / x.len() as f64).sqrt()
}

fn busy() -> EqualiserParams {
    EqualiserParams {
        type1: 4.0,
        freq1: 70.0,
        slope1: 3.0,
        type2: 1.0,
        freq2: 300.0,
        gain2: -5.0,
        q2: 1.4,
        type3: 1.0,
        freq3: 3000.0,
        gain3: 4.0,
        q3: 0.9,
        type4: 3.0,
        freq4: 10_000.0,
        gain4: 6.0,
        ..Default::default()
    }
}

#[test]
fn what_is_heard_is_what_the_response_says() {
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for hz in [50.0, 300.0, 1000.0, 5000.0, 16_000.0] {
            let mut left = sine(hz, rate, 64 * 1500);
            let mut right = left.clone();
            let half = left.len() / 2;
            let before = rms(&left[half..]);
            run(&busy(), rate, &mut left, &mut right);
            let got = 20.0 * (rms(&left[half..]) / before).log10();
            let want = f64::from(response_db(&busy(), rate, hz));
            assert!((got - want).abs() < 0.01, "{hz} Hz at {rate}: {got} for {want}");
            assert_eq!(left, right);
        }
    }
}

#[test]
fn bands_that_do_nothing_leave_every_bit() {
    let params = EqualiserParams {
        type1: 1.0,
        type2: 2.0,
        place3: 1.0,
        type4: 3.0,
        place4: 2.0,
        ..Default::default()
    };
    let mut left = sine(440.0, 48_000.0, 6400);
    left[7] = -0.0;
    let (mut right, before) = (left.clone(), left.clone());
    run(&params, 48_000.0, &mut left, &mut right);
    let bits = |x: &[f32]| x.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&left), bits(&before));
    assert_eq!(bits(&right), bits(&before));
}

#[test]
fn mid_and_side_are_kept_apart() {
    let params =
        EqualiserParams { type1: 1.0, freq1: 1000.0, gain1: -12.0, place1: 1.0, ..Default::default() };
    let tone = sine(1000.0, 48_000.0, 64 * 400);
    let half = tone.len() / 2;
    let (mut left, mut right) = (tone.clone(), tone.iter().map(|x| -x).collect::<Vec<_>>());
    run(&params, 48_000.0, &mut left, &mut right);
    assert_eq!(left, tone, "a signal that is all side is not touched by a band on the mid");
    let (mut left, mut right) = (tone.clone(), tone.clone());
    run(&params, 48_000.0, &mut left, &mut right);
    assert!((20.0 * (rms(&left[half..]) / rms(&tone[half..])).log10() + 12.0).abs() < 0.05);
}

#[test]
fn a_low_corner_is_quiet_in_single_precision() {
    // Noise is what differs from the same recursion in f64.
    for rate in [44_100.0f32, 96_000.0] {
        let params = EqualiserParams { type1: 1.0, freq1: 25.0, gain1: 12.0, q1: 2.0, ..Default::default() };
        let tone = sine(30.0, rate, 64 * 3000);
        let (mut left, mut right) = (tone.clone(), tone.clone());
        run(&params, rate, &mut left, &mut right);
        let section =
            matched(&Prototype { hz: 25.0, shape: Shape::Bell { db: 12.0, q: 2.0 } }, f64::from(rate));
        let (a1, mut s) = (1.0 / (1.0 + section.g * (section.g + section.k)), [0.0f64; 2]);
        let noise: Vec<f32> = tone
            .iter()
            .zip(&left)
            .map(|(&x, &y)| {
                let v3 = f64::from(x) - s[1];
                let v1 = a1 * s[0] + section.g * a1 * v3;
                let v2 = s[1] + section.g * a1 * s[0] + section.g * section.g * a1 * v3;
                s = [2.0 * v1 - s[0], 2.0 * v2 - s[1]];
                let high = f64::from(x) - section.k * v1 - v2;
                (f64::from(y) - section.high * high - section.band * v1 - section.low * v2) as f32
            })
            .collect();
        let half = noise.len() / 2;
        let db = 20.0 * (rms(&noise[half..]) / rms(&left[half..])).log10();
        println!("noise of a 25 Hz bell at {rate} Hz in f32: {db:.1} dB below the signal");
        assert!(db < -105.0, "{db}");
    }
    assert_eq!(all::ALL.len(), all::WIDE.len());
}
