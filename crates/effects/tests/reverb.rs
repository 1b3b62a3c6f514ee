//! Does the space decay as labelled, densely, smoothly and to silence?

use mixsmith_dsp::filter::{Prototype, Svf, design::Shape, matched};
use mixsmith_effects::KINDS;
use mixsmith_effects::reverb::{ReverbParams, SPACES};
use mixsmith_processor::{Io, ParamSet, QUANTUM, Ramp, Setup};

/// The answer to a click on the left.
fn answer(params: &ReverbParams, rate: f32, seconds: f32) -> [Vec<f32>; 2] {
    let kind = KINDS.get("space.reverb").expect("on the shelf");
    let values = params.to_vec();
    let mut processor = (kind.build)(&Setup { rate, tempo: 120.0, channels: 2, impulse: None }, &values);
    let ramps: Vec<_> = values.iter().map(|&v| Ramp::still(v)).collect();
    let frames = ((seconds * rate) as usize).next_multiple_of(QUANTUM);
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    left[0] = 1.0;
    for (l, r) in left.chunks_exact_mut(QUANTUM).zip(right.chunks_exact_mut(QUANTUM)) {
        processor.process(&ramps, Io { left: l, right: Some(r), key: None });
    }
    [left, right]
}

fn open(space: usize, decay: f32) -> ReverbParams {
    ReverbParams {
        space: space as f32,
        decay,
        predelay: 0.0,
        lowcut: 20.0,
        highcut: 20_000.0,
        ..Default::default()
    }
}

/// Keeps about an octave.
fn band(sound: &[f32], hz: f64, rate: f32) -> Vec<f32> {
    let mut out = sound.to_vec();
    for shape in [Shape::HighPass { q: 1.3 }, Shape::LowPass { q: 1.3 }] {
        let corner = if matches!(shape, Shape::HighPass { .. }) { hz / 1.41 } else { hz * 1.41 };
        for _ in 0..2 {
            let mut svf = Svf::<f32, 1>::default();
            svf.aim(0, &matched(&Prototype { hz: corner, shape }, f64::from(rate)), true);
            svf.run([&mut out]);
        }
    }
    out
}

/// Time to fall by 60 dB, from the slope of what is still to come between -5 and -35 dB (ISO 3382-1, 5.3.3).
fn decay_time(sound: &[f32], rate: f32) -> f64 {
    let mut left = 0.0;
    let mut rest: Vec<f64> = sound
        .iter()
        .rev()
        .map(|&x| {
            left += f64::from(x).powi(2);
            left
        })
        .collect();
    rest.reverse();
    let at =
        |db: f64| rest.iter().position(|&e| 10.0 * (e / rest[0]).log10() < db).expect("it decays") as f64;
    2.0 * (at(-35.0) - at(-5.0)) / f64::from(rate)
}

#[test]
fn the_decay_is_what_the_label_says() {
    for (space, name) in SPACES.iter().enumerate() {
        for (decay, rate) in [
            (0.3, 44_100.0),
            (0.8, 48_000.0),
            (1.5, 44_100.0),
            (1.5, 96_000.0),
            (3.0, 48_000.0),
            (6.0, 44_100.0),
        ] {
            let [left, _] = answer(&open(space, decay), rate, decay * 1.6);
            let at = |hz| decay_time(&band(&left, hz, rate), rate);
            let (low, middle, high) = (at(500.0), at(1000.0), at(6000.0));
            println!("{name} {decay} s at {rate}: 500 Hz {low:.2}, 1 kHz {middle:.2}, 6 kHz {high:.2} s");
            // A hall's diffusers alone take 0.38 s.
            for got in [low, middle].into_iter().filter(|_| space < 2 || decay > 0.5) {
                assert!((got / f64::from(decay) - 1.0).abs() < 0.1, "{name} {decay} s: {got}");
            }
            // A short plate is as long as its diffusers, which do not colour.
            assert!(decay < 0.5 || high < 0.75 * middle, "{name} {decay}: the top must fall faster");
        }
    }
}

#[test]
fn it_grows_dense_soon_and_stays_smooth() {
    for (space, name) in SPACES.iter().enumerate() {
        let rate = 48_000.0;
        let [left, right] = answer(&open(space, 2.0), rate, 2.0);
        // Echo density (Abel and Huang, AES 2006): the share of frames outside of one deviation in 20 ms,
        // against that of Gaussian noise.
        let density = |from: usize| {
            let window = &left[from..from + 960];
            let deviation = (window.iter().map(|x| x * x).sum::<f32>() / 960.0).sqrt();
            window.iter().filter(|x| x.abs() > deviation).count() as f32 / 960.0 / 0.3173
        };
        let soon = (0..200).map(|i| i * 240).find(|&i| density(i) > 0.9).unwrap_or(usize::MAX);
        let ms = soon as f32 / 48.0;
        println!("{name}: dense after {ms:.0} ms");
        assert!(ms < 150.0, "{name}: dense only after {ms} ms");

        // A tail that rings puts its energy into few bins. For Gaussian noise the geometric mean of the power
        // lies 2.5 dB under the arithmetic one (Euler's constant), in each part of the spectrum.
        let window = &left[24_000..24_000 + 8192];
        let bins: Vec<f64> = (100..600)
            .map(|k| {
                let (mut re, mut im) = (0.0, 0.0);
                for (n, &x) in window.iter().enumerate() {
                    let hann = 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / 8192.0).cos();
                    let (s, c) = (std::f64::consts::TAU * (k * n % 8192) as f64 / 8192.0).sin_cos();
                    re += f64::from(x) * hann * c;
                    im += f64::from(x) * hann * s;
                }
                re * re + im * im
            })
            .collect();
        let flatness = |part: &[f64]| {
            let n = part.len() as f64;
            10.0 * ((part.iter().map(|p| p.ln()).sum::<f64>() / n).exp() / (part.iter().sum::<f64>() / n))
                .log10()
        };
        let mean = bins.chunks(50).map(flatness).sum::<f64>() / 10.0;
        let peak = bins
            .chunks(50)
            .map(|part| part.iter().fold(0.0f64, |m, &p| m.max(p)) / (part.iter().sum::<f64>() / 50.0))
            .fold(0.0, f64::max);
        println!(
            "{name}: flatness of the tail {mean:.1} dB (noise -2.5), highest peak {:.1} dB",
            10.0 * peak.log10()
        );
        assert!(mean > -4.0, "{name}: {mean}");
        assert!(10.0 * peak.log10() < 13.0, "{name}: {peak}");

        let dot =
            |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
        let (a, b) = (&left[9600..48_000], &right[9600..48_000]);
        let likeness = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
        println!("{name}: left and right are alike by {likeness:.2}");
        assert!(likeness.abs() < 0.15, "{name}: {likeness}");
    }
}

#[test]
fn it_ends_in_silence_and_not_on_a_shifted_line() {
    let [left, right] = answer(&ReverbParams { lowcut: 20.0, ..open(1, 0.5) }, 44_100.0, 6.0);
    let end = left.len() - 4410;
    let rest = left[end..].iter().chain(&right[end..]).fold(0.0f32, |m, x| m.max(x.abs()));
    println!("after six seconds {rest:e} is left");
    // -360 dB: nothing creeps, nothing hums on.
    assert!(rest < 1e-18, "{rest:e} is left");
}

#[test]
fn steady_noise_comes_back_as_loud_as_it_went_in() {
    for (space, name) in SPACES.iter().enumerate() {
        for decay in [0.4, 2.0, 6.0] {
            let [left, right] =
                answer(&ReverbParams { highdecay: 100.0, ..open(space, decay) }, 44_100.0, decay * 1.5);
            let energy: f32 = left.iter().chain(&right).map(|x| x * x).sum();
            let db = 10.0 * energy.log10();
            println!("{name}, {decay} s: noise comes back at {db:.1} dB");
            assert!(db.abs() < 4.5, "{name} {decay}: {db}");
        }
    }
}
