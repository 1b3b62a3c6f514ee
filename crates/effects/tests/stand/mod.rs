//! A stand to measure one effect on: sound in, sound out, and the response at a frequency.

use mixsmith_effects::KINDS;
use mixsmith_processor::{Io, ParamSet, QUANTUM, Ramp, Setup};

/// Frames a second.
pub const RATE: f32 = 48_000.0;

/// What comes out for two channels, in pieces of these lengths in turn, at a tempo of 120.
pub fn pieces(id: &str, values: &[f32], sound: [&[f32]; 2], lengths: &[usize]) -> [Vec<f32>; 2] {
    let kind = KINDS.get(id).expect("on the shelf");
    let mut processor = (kind.build)(&Setup { rate: RATE, tempo: 120.0, channels: 2, impulse: None }, values);
    let ramps: Vec<_> = values.iter().map(|&v| Ramp::still(v)).collect();
    let mut out = sound.map(<[f32]>::to_vec);
    let [left, right] = &mut out;
    let (mut from, mut lengths) = (0, lengths.iter().cycle());
    while from < left.len() {
        let to = left.len().min(from + lengths.next().expect("a length"));
        let right = Some(&mut right[from..to]);
        processor.process(&ramps, Io { left: &mut left[from..to], right, key: None });
        from = to;
    }
    out
}

/// What comes out for two channels.
pub fn run<P: ParamSet<f32>>(id: &str, params: &P, sound: [&[f32]; 2]) -> [Vec<f32>; 2] {
    let values = params.to_vec();
    let whole = pieces(id, &values, sound, &[QUANTUM]);
    // Whatever the effect: how time is cut must not be heard. A filter forgets what is below 1e-25 after each piece.
    let odd = pieces(id, &values, sound, &[1, 64, 13, 32, 7]);
    let differ = whole.iter().flatten().zip(odd.iter().flatten()).find(|(a, b)| (*a - *b).abs() > 1e-20);
    assert!(differ.is_none(), "{id} in odd pieces: {differ:?}");
    whole
}

/// A click of one and then silence.
pub fn click(frames: usize) -> Vec<f32> {
    let mut click = vec![0.0; frames];
    click[0] = 1.0;
    click
}

/// Noise from -1 to 1.
pub fn noise(mut seed: u32, frames: usize) -> Vec<f32> {
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..frames).map(|_| next()).collect()
}

/// The Fourier sum of a sound at a frequency, real and imaginary.
pub fn at(sound: &[f32], hz: f64) -> [f64; 2] {
    let turn = std::f64::consts::TAU * hz / f64::from(RATE);
    sound.iter().enumerate().fold([0.0; 2], |[re, im], (i, &x)| {
        let (sin, cos) = (turn * i as f64).sin_cos();
        [re + f64::from(x) * cos, im - f64::from(x) * sin]
    })
}

/// Size of a complex number.
pub fn size([re, im]: [f64; 2]) -> f64 {
    re.hypot(im)
}

/// An amplitude in dB.
pub fn db(x: f64) -> f64 {
    20.0 * x.max(1e-12).log10()
}
