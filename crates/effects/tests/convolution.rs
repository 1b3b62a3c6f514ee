//! Is a convolution the sum of products that it is by definition, and do the places decay as they are told?

use std::sync::Arc;

use mixsmith_dsp::convolution::LONGEST;
use mixsmith_effects::KINDS;
use mixsmith_effects::convolution::{ConvolutionParams, PLACES};
use mixsmith_processor::{Impulse, Io, ParamSet, QUANTUM, Ramp, Setup};

const RATE: f32 = 48_000.0;

fn run(params: &ConvolutionParams, own: Option<Impulse>, sound: [&[f32]; 2]) -> [Vec<f32>; 2] {
    let kind = KINDS.get("space.convolution").expect("on the shelf");
    let values = params.to_vec();
    let setup = Setup { rate: RATE, tempo: 120.0, channels: 2, impulse: own.map(Arc::new) };
    let mut processor = (kind.build)(&setup, &values);
    let ramps: Vec<_> = values.iter().map(|&v| Ramp::still(v)).collect();
    let mut out = sound.map(<[f32]>::to_vec);
    let [left, right] = &mut out;
    for (l, r) in left.chunks_mut(QUANTUM).zip(right.chunks_mut(QUANTUM)) {
        processor.process(&ramps, Io { left: l, right: Some(r), key: None });
    }
    out
}

/// Nothing is cut, nothing is late.
fn plain() -> ConvolutionParams {
    ConvolutionParams { predelay: 0.0, lowcut: 20.0, highcut: 20_000.0, ..Default::default() }
}

fn noise(mut seed: u32, frames: usize) -> Vec<f32> {
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..frames).map(|_| next()).collect()
}

fn click(frames: usize) -> Vec<f32> {
    let mut click = vec![0.0; frames];
    click[0] = 1.0;
    click
}

fn energy(sound: &[f32]) -> f64 {
    sound.iter().map(|x| f64::from(*x).powi(2)).sum()
}

#[test]
fn it_is_direct_convolution_with_an_impulse_response_of_ones_own() {
    let own = Impulse { channels: vec![noise(1, 30_000), noise(2, 30_000)] };
    let (left, right) = (noise(3, 36_000), noise(4, 36_000));
    let found = run(&plain(), Some(own.clone()), [&left, &right]);
    let share = (2.0 / (energy(&own.channels[0]) + energy(&own.channels[1]))).sqrt();
    for (taps, sound, found) in [(&own.channels[0], &left, &found[0]), (&own.channels[1], &right, &found[1])]
    {
        let (mut worst, mut most) = (0.0f64, 0.0f64);
        for n in (0..sound.len()).step_by(101) {
            let products = taps.iter().zip(sound[..=n].iter().rev());
            let wanted = share * products.map(|(h, x)| f64::from(*h) * f64::from(*x)).sum::<f64>();
            worst = worst.max((wanted - f64::from(found[n])).abs());
            most = most.max(wanted.abs());
        }
        let db = 20.0 * (worst / most).log10();
        assert!(db < -120.0, "{db} dB");
    }
}

#[test]
fn with_latency_it_is_the_same_later_dry_sound_and_all() {
    let own = Impulse { channels: vec![noise(6, 20_000), noise(7, 20_000)] };
    let late = LONGEST;
    let mut sound = [noise(8, 30_000), noise(9, 30_000)];
    sound.iter_mut().for_each(|channel| channel.resize(30_000 + late, 0.0));
    let [left, right] = sound.each_ref().map(Vec::as_slice);
    let params = ConvolutionParams { predelay: 3.0, mix: 40.0, ..plain() };
    let at_once = run(&params, Some(own.clone()), [left, right]);
    let later = run(&ConvolutionParams { latency: 1.0, ..params }, Some(own), [left, right]);
    for (at_once, later) in at_once.iter().zip(&later) {
        assert!(later[..late].iter().all(|x| *x == 0.0), "something is early");
        let apart: Vec<f32> = at_once.iter().zip(&later[late..]).map(|(a, b)| a - b).collect();
        let db = 10.0 * (energy(&apart) / energy(at_once)).log10();
        println!("with latency it differs by {db:.1} dB");
        assert!(db < -120.0, "{db} dB");
    }
}

#[test]
fn one_channel_serves_both_sides_and_the_predelay_and_the_length_are_kept() {
    let own = Impulse { channels: vec![noise(5, 48_000)] };
    let params = ConvolutionParams { predelay: 10.0, length: 0.5, ..plain() };
    let sound = click(48_000);
    let [left, right] = run(&params, Some(own), [&sound, &sound]);
    assert!(left == right);
    assert!(left[..480].iter().all(|x| x.abs() < 1e-6) && left[480].abs() > 1e-6);
    let end = 480 + 24_000;
    assert!(energy(&left[end..]) < 1e-10 && energy(&left[end - 4800..end - 2400]) > 1e-2);
    assert!((energy(&left) - 1.0).abs() < 1e-3, "as loud as it went in: {}", energy(&left));
}

#[test]
fn what_is_no_number_in_a_response_is_silence() {
    let own = Impulse { channels: vec![vec![1.0, f32::NAN, f32::INFINITY, 0.0]] };
    let sound = click(1000);
    let [left, _] = run(&plain(), Some(own), [&sound, &sound]);
    assert!((left[0] - 1.0).abs() < 1e-6 && left[1..].iter().all(|x| x.abs() < 1e-6));
    let [left, _] = run(&plain(), Some(Impulse { channels: vec![] }), [&sound, &sound]);
    assert!(left.iter().all(|x| *x == 0.0));
}

/// Time to fall by 60 dB, from the fall between -5 and -35 dB of the energy still to come (Schroeder 1965, ISO 3382-1).
fn decay(sound: &[f32]) -> f64 {
    let mut left: Vec<f64> = sound.iter().rev().map(|x| f64::from(*x).powi(2)).collect();
    for i in 1..left.len() {
        left[i] += left[i - 1];
    }
    left.reverse();
    let when =
        |db: f64| left.iter().position(|e| 10.0 * (e / left[0]).log10() < db).expect("it falls") as f64;
    2.0 * (when(-35.0) - when(-5.0)) / f64::from(RATE)
}

#[test]
fn the_places_decay_as_they_are_told_differ_and_are_apart() {
    let mut heard: Vec<Vec<f32>> = Vec::new();
    for (place, name) in PLACES.iter().enumerate() {
        for seconds in [0.4f32, 1.8, 4.0] {
            let params = ConvolutionParams { place: place as f32, decay: seconds, ..plain() };
            let cut = ConvolutionParams { lowcut: 500.0, highcut: 3000.0, ..params };
            let sound = click((RATE * seconds * 1.8) as usize);
            let [left, right] = run(&cut, None, [&sound, &sound]);
            let found = decay(&left);
            let off = found / f64::from(seconds) - 1.0;
            assert!(off.abs() < 0.05, "{}: {found:.3} s for {seconds} s", name);
            // Left and right have nothing to do with each other: that is what makes them wide.
            let both: f64 = left.iter().zip(&right).map(|(l, r)| f64::from(*l) * f64::from(*r)).sum();
            let alike = both / (energy(&left) * energy(&right)).sqrt();
            assert!(alike.abs() < 0.35, "{}: {alike}", name);
            let whole = run(&params, None, [&sound, &sound]);
            assert!((energy(&whole[0]) + energy(&whole[1]) - 2.0).abs() < 0.02);
            assert!(heard.iter().all(|other| other[..1000] != whole[0][..1000]) || seconds != 0.4);
            heard.push(whole[0].clone());
        }
    }
}
