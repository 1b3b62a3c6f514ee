//! Has the linear-phase equaliser the equaliser's curves, and is its phase straight?

mod dynamics_rig;
use dynamics_rig::*;
use mixsmith_dsp::X8;
use mixsmith_effects::WIDE;
use mixsmith_effects::equaliser::{EqualiserParams, response_db};
use mixsmith_processor::{Io, ParamSet, QUANTUM, Ramp, Setup};

const ID: &str = "tone.linear-equaliser";

/// What comes out of a click on the left, at a rate.
fn click(params: &EqualiserParams, rate: f32, channels: usize) -> (usize, [Vec<f32>; 2]) {
    let values = params.to_vec();
    let mut processor = (kind(ID).build)(&Setup { impulse: None, rate, tempo: 120.0, channels }, &values);
    let ramps: Vec<_> = values.iter().map(|&v| Ramp::still(v)).collect();
    let latency = processor.latency();
    let mut out = [vec![0.0; 3 * latency], vec![0.0; 3 * latency]];
    out[0][0] = 1.0;
    let [left, right] = &mut out;
    for (left, right) in left.chunks_mut(QUANTUM).zip(right.chunks_mut(QUANTUM)) {
        let right = (channels == 2).then_some(right);
        processor.process(&ramps, Io { left, right, key: None });
    }
    (latency, out)
}

/// Gain in dB at a frequency of what followed a click.
fn response(click: &[f32], hz: f64, rate: f64) -> f64 {
    let turn = std::f64::consts::TAU * hz / rate;
    let (re, im) = click.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, &x)| {
        let (s, c) = (turn * n as f64).sin_cos();
        (re + f64::from(x) * c, im + f64::from(x) * s)
    });
    db(re.hypot(im).max(1e-9))
}

fn settings() -> Vec<EqualiserParams> {
    let none = EqualiserParams::default();
    vec![
        none,
        EqualiserParams {
            type1: 4.0,
            freq1: 80.0,
            slope1: 3.0,
            type2: 1.0,
            freq2: 300.0,
            gain2: -5.0,
            q2: 1.4,
            type3: 1.0,
            freq3: 3000.0,
            gain3: 4.0,
            q3: 8.0,
            type4: 3.0,
            freq4: 10_000.0,
            gain4: 6.0,
            ..none
        },
        EqualiserParams { type1: 2.0, freq1: 60.0, gain1: 12.0, type8: 5.0, freq8: 16_000.0, ..none },
        EqualiserParams {
            type1: 1.0,
            freq1: 50.0,
            gain1: -12.0,
            q1: 1.0,
            type2: 1.0,
            freq2: 150.0,
            gain2: 12.0,
            q2: 4.0,
            ..none
        },
    ]
}

#[test]
fn the_magnitude_is_the_equalisers() {
    for rate in [44_100.0f32, 48_000.0, 96_000.0] {
        for (i, params) in settings().iter().enumerate() {
            let (latency, [left, right]) = click(params, rate, 2);
            let mut worst = 0f64;
            for step in 0..120 {
                let hz = 40.0 * 500f64.powf(f64::from(step) / 119.0);
                let want = f64::from(response_db(params, rate, hz as f32));
                if want > -60.0 {
                    worst = worst.max((response(&left, hz, rate.into()) - want).abs());
                }
            }
            println!(
                "setting {i} at {rate} Hz, {latency} frames late: within {worst:.3} dB from 40 Hz to 20 kHz"
            );
            assert!(worst < 0.1);
            assert!(right.iter().all(|x| x.abs() < 1e-6), "nothing of the left goes to the right");
        }
    }
}

#[test]
fn the_phase_is_straight() {
    for params in settings() {
        let (latency, [left, _]) = click(&params, 48_000.0, 2);
        let off = (1..latency).map(|t| (left[latency - t] - left[latency + t]).abs()).fold(0.0, f32::max);
        println!("before and after the middle differ by {off:.1e}");
        assert!(off < 1e-6);
    }
}

#[test]
fn middle_and_side_are_kept_apart() {
    let params =
        EqualiserParams { type1: 1.0, freq1: 1000.0, gain1: -12.0, place1: 1.0, ..Default::default() };
    let (_, [left, right]) = click(&params, 48_000.0, 2);
    let sum: Vec<f32> = left.iter().zip(&right).map(|(a, b)| a + b).collect();
    let difference: Vec<f32> = left.iter().zip(&right).map(|(a, b)| a - b).collect();
    let at = |sound: &[f32]| response(sound, 1000.0, 48_000.0);
    assert!((at(&sum) + 12.0).abs() < 0.02, "the middle of a click on one side: {}", at(&sum));
    assert!(at(&difference).abs() < 0.001, "the side: {}", at(&difference));
    // One channel alone is the middle.
    let (_, [alone, _]) = click(&params, 48_000.0, 1);
    assert!((at(&alone) + 12.0).abs() < 0.02);
    let (_, [alone, _]) = click(&EqualiserParams { place1: 2.0, ..params }, 48_000.0, 1);
    assert!(at(&alone).abs() < 0.001);
}

#[test]
fn a_flat_one_is_a_quiet_delay_and_pieces_do_not_matter() {
    let sound = [lively(200 * QUANTUM, 1), lively(200 * QUANTUM, 2)];
    let out = stereo(ID, &[], &sound, None);
    let latency = 5 * 1024;
    let noise: Vec<f32> = (latency..out[0].len()).map(|i| out[0][i] - sound[0][i - latency]).collect();
    let below = db(rms(&noise) / rms(&sound[0]));
    println!("noise of the transform: {below:.1} dB below the sound");
    assert!(below < -125.0);
    pieces_do_not_matter(ID, &[("type3", 1.0), ("gain3", 6.0)], 0.0);
}

#[test]
fn a_change_fades_without_a_click() {
    let tone = sine(64 * QUANTUM * 10, 200.0, -6.0);
    let mut processor = (kind(ID).build)(
        &Setup { impulse: None, rate: RATE, tempo: 120.0, channels: 1 },
        &values(kind(ID), &[]),
    );
    let mut out = tone.clone();
    for (q, left) in out.chunks_mut(QUANTUM).enumerate() {
        let gain = if q < 320 { 0.0 } else { 12.0 };
        let values = values(kind(ID), &[("type2", 2.0), ("freq2", 1000.0), ("gain2", gain)]);
        let ramps: Vec<_> = values.iter().map(|&v| Ramp::still(v)).collect();
        processor.process(&ramps, Io { left, right: None, key: None });
    }
    // The third difference of the tone grows by the shelf's 12 dB, and by no step.
    let rough = |span: std::ops::Range<usize>| {
        let rough = |w: &[f32]| (w[3] - 3.0 * w[2] + 3.0 * w[1] - w[0]).abs();
        out[span].windows(4).map(rough).fold(0.0, f32::max)
    };
    let (before, during, after) = (rough(15_000..20_000), rough(20_000..30_000), rough(32_000..40_000));
    assert!(after > 3.0 * before && during < 2.0 * after, "{before} {during} {after}");
}

#[test]
fn a_knob_that_moves_is_followed_block_by_block() {
    // Up by 12 dB in a second, each quantum a ramp, and still before and after, as the engine sets it.
    let quanta = 64 * 22;
    let gain = |q: usize| (12.0 * (q as f32 - 250.0) / 750.0).clamp(0.0, 12.0);
    let tone = sine(quanta * QUANTUM, 997.0, -20.0);
    let shape = [("type2", 1.0), ("freq2", 997.0), ("q2", 1.0)];
    let of = |gain: f32| values(kind(ID), &[&shape[..], &[("gain2", gain)]].concat());
    let setup = Setup { impulse: None, rate: RATE, tempo: 120.0, channels: 1 };
    let mut processor = (kind(ID).build)(&setup, &of(0.0));
    let (mut out, latency, mut set) = (tone, processor.latency(), None);
    for (q, left) in out.chunks_mut(QUANTUM).enumerate() {
        let ramps: Vec<_> =
            of(gain(q)).into_iter().zip(of(gain(q + 1))).map(|(from, to)| Ramp { from, to }).collect();
        if set.as_ref() != Some(&ramps) {
            processor.set(&ramps);
            set = Some(ramps);
        }
        processor.run(Io { left, right: None, key: None });
    }
    // Within three blocks of 1024 frames, since a filter is that of the knob at the end of a block and is faded in over the
    // next; and early by as much as the filter looks ahead, since it works on the sound of its latency ago.
    let block = 3 * 1024;
    // Twenty periods.
    let level = |q: usize| db(rms(&out[q * QUANTUM + latency..][..963]) * 2f64.sqrt()) + 20.0;
    for q in (200..1250).step_by(7) {
        let level = level(q);
        let (least, most) = (gain(q - block / QUANTUM), gain(q + (latency + block) / QUANTUM));
        assert!(level > f64::from(least) - 0.05 && level < f64::from(most) + 0.05, "quantum {q}: {level}");
    }
    // No step between one quantum and the next: a block moves by 0.26 dB.
    let step = (200..1250).map(|q| (level(q + 1) - level(q)).abs()).fold(0.0, f64::max);
    println!("the level moves by at most {step:.4} dB from a quantum to the next");
    assert!(step < 0.1, "{step}");
}

#[test]
fn eight_lanes_with_their_own_bands_give_the_bits_of_each_alone() {
    let k = kind(ID);
    let wide = WIDE.iter().find(|w| w.id == ID).expect("on the shelf");
    let setup = Setup { impulse: None, rate: RATE, tempo: 120.0, channels: 2 };
    let quanta = 16 * 8;
    let lane_values = |lane: usize, q: usize| {
        let place = (lane % 3) as f32;
        // Half of the lanes move in the middle.
        let gain = 3.0 * lane as f32 - 9.0 + if lane.is_multiple_of(2) && q > 60 { 3.0 } else { 0.0 };
        values(k, &[("type3", 1.0), ("gain3", gain), ("place3", place), ("type1", (lane % 2) as f32 * 4.0)])
    };
    let sounds: Vec<Stereo> =
        (0..8).map(|lane| [lively(quanta * QUANTUM, lane), lively(quanta * QUANTUM, lane + 20)]).collect();
    let mut bundle = (wide.build)(&setup, &lane_values(0, 0));
    let mut alone: Vec<_> = (0..8).map(|lane| (k.build)(&setup, &lane_values(lane, 0))).collect();
    for q in 0..quanta {
        let all: Vec<Vec<f32>> = (0..8).map(|lane| lane_values(lane, q)).collect();
        let ramps: Vec<_> =
            (0..all[0].len()).map(|p| Ramp::still(X8(std::array::from_fn(|lane| all[lane][p])))).collect();
        let at = |c: usize, i: usize| X8(std::array::from_fn(|lane| sounds[lane][c][q * QUANTUM + i]));
        let mut left: Vec<X8> = (0..QUANTUM).map(|i| at(0, i)).collect();
        let mut right: Vec<X8> = (0..QUANTUM).map(|i| at(1, i)).collect();
        bundle.process(&ramps, Io { left: &mut left, right: Some(&mut right), key: None });
        for lane in 0..8 {
            let mut one = sounds[lane].each_ref().map(|x| x[q * QUANTUM..][..QUANTUM].to_vec());
            let [l, r] = &mut one;
            let ramps: Vec<_> = all[lane].iter().map(|&v| Ramp::still(v)).collect();
            alone[lane].process(&ramps, Io { left: l, right: Some(r), key: None });
            for i in 0..QUANTUM {
                assert_eq!(left[i].0[lane].to_bits(), l[i].to_bits(), "quantum {q} lane {lane} frame {i}");
                assert_eq!(right[i].0[lane].to_bits(), r[i].to_bits(), "quantum {q} lane {lane} frame {i}");
            }
        }
    }
}
