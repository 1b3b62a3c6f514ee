//! Judges: direct transforms and fits in `f64` that share nothing with what they judge.

use std::f64::consts::{PI, TAU};

use crate::signal::db;

/// Real and imaginary part of a sound at a frequency, by the plain sum.
pub(crate) fn transform(x: &[f32], hz: f64, rate: f64) -> (f64, f64) {
    let turn = TAU * hz / rate;
    let (mut re, mut im) = (0.0, 0.0);
    for (n, &x) in x.iter().enumerate().filter(|(_, x)| **x != 0.0) {
        let (s, c) = (turn * n as f64).sin_cos();
        re += f64::from(x) * c;
        im -= f64::from(x) * s;
    }
    (re, im)
}

/// A tone in a sound, found by least squares together with a constant: amplitude, and what is left without both.
pub(crate) struct Fit {
    pub amplitude: f64,
    pub rest: Vec<f64>,
}

impl Fit {
    /// Root mean square of what is left.
    pub fn rest_rms(&self) -> f64 {
        (self.rest.iter().map(|x| x * x).sum::<f64>() / self.rest.len().max(1) as f64).sqrt()
    }

    /// What is left against the tone, dB.
    pub fn rest_db(&self) -> f64 {
        db(self.rest_rms() / (self.amplitude / 2f64.sqrt()))
    }
}

/// Fits a tone of a frequency.
pub(crate) fn fit(x: &[f32], hz: f64, rate: f64) -> Fit {
    let turn = TAU * hz / rate;
    let wave = |n: usize| {
        let (s, c) = (turn * n as f64).sin_cos();
        [s, c, 1.0]
    };
    let (mut a, mut b) = ([[0.0f64; 3]; 3], [0.0f64; 3]);
    for (n, &x) in x.iter().enumerate() {
        let w = wave(n);
        for i in 0..3 {
            b[i] += w[i] * f64::from(x);
            for j in 0..3 {
                a[i][j] += w[i] * w[j];
            }
        }
    }
    for i in 0..3 {
        for j in i + 1..3 {
            let f = a[j][i] / a[i][i];
            let row = a[i];
            a[j].iter_mut().zip(row).for_each(|(x, y)| *x -= f * y);
            b[j] -= f * b[i];
        }
    }
    let mut s = [0.0; 3];
    for i in (0..3).rev() {
        s[i] = (b[i] - (i + 1..3).map(|j| a[i][j] * s[j]).sum::<f64>()) / a[i][i];
    }
    let rest = |(n, &x): (usize, &f32)| f64::from(x) - wave(n).iter().zip(s).map(|(w, s)| w * s).sum::<f64>();
    Fit { amplitude: s[0].hypot(s[1]), rest: x.iter().enumerate().map(rest).collect() }
}

/// Size of the transform of a sound at every multiple of `rate / x.len()`.
pub(crate) fn magnitudes(x: &[f32]) -> Vec<f64> {
    let mut plan = realfft::RealFftPlanner::<f64>::new();
    let forward = plan.plan_fft_forward(x.len());
    let mut input: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
    let mut output = forward.make_output_vec();
    // Lengths are the plan's own, which is all that can be wrong.
    let _ = forward.process(&mut input, &mut output);
    output.iter().map(|bin| bin.norm()).collect()
}

/// A sound with a gain at each frequency (Hz), without a shift in time.
fn weighed(x: &[f32], rate: f64, gain: impl Fn(f64) -> f64) -> Vec<f64> {
    let frames = x.len().next_multiple_of(2);
    let mut plan = realfft::RealFftPlanner::<f64>::new();
    let (forward, back) = (plan.plan_fft_forward(frames), plan.plan_fft_inverse(frames));
    let mut line: Vec<f64> = x.iter().map(|&x| f64::from(x)).chain([0.0; 1]).take(frames).collect();
    let mut bins = forward.make_output_vec();
    let _ = forward.process(&mut line, &mut bins);
    for (k, bin) in bins.iter_mut().enumerate() {
        *bin *= gain(k as f64 * rate / frames as f64) / frames as f64;
    }
    let _ = back.process(&mut bins, &mut line);
    line.truncate(x.len());
    line
}

/// A raised cosine from 0 to 1.
fn edge(share: f64) -> f64 {
    0.5 - 0.5 * (PI * share.clamp(0.0, 1.0)).cos()
}

/// What lies between two frequencies, with edges of a tenth.
pub(crate) fn band(x: &[f32], low: f64, high: f64, rate: f64) -> Vec<f64> {
    weighed(x, rate, |hz| edge((hz / low - 0.95) / 0.1) * edge((1.05 - hz / high) / 0.1))
}

/// What lies below a share of the rate, and nothing above another.
pub(crate) fn below(x: &[f32], from: f64, to: f64) -> Vec<f32> {
    weighed(x, 1.0, |hz| edge((to - hz) / (to - from))).into_iter().map(|x| x as f32).collect()
}

/// The spectrum of a sound under a Blackman-Harris window of four terms (side lobes at -92 dB), so scaled that a sine
/// has its amplitude; bin `k` is at `k * rate / x.len()`.
pub(crate) fn spectrum(x: &[f64]) -> Vec<f64> {
    let n = x.len();
    let mut plan = realfft::RealFftPlanner::<f64>::new();
    let forward = plan.plan_fft_forward(n);
    let window = |i: usize| {
        let t = TAU * i as f64 / n as f64;
        0.358_75 - 0.488_29 * t.cos() + 0.141_28 * (2.0 * t).cos() - 0.011_68 * (3.0 * t).cos()
    };
    let mut input: Vec<f64> = x.iter().enumerate().map(|(i, x)| x * window(i)).collect();
    let mut output = forward.make_output_vec();
    // Lengths are the plan's own, which is all that can be wrong.
    let _ = forward.process(&mut input, &mut output);
    output.iter().map(|bin| 2.0 * bin.norm() / (0.358_75 * n as f64)).collect()
}

/// Largest size of a sound at sixteen points a frame, with silence before and after, through a converter that is flat to a
/// share of the rate and mirrors it at half the rate: 0.5 is a reconstruction without error.
pub(crate) fn true_peak(x: &[f32], flat: f64) -> f64 {
    const TIMES: usize = 16;
    let frames = (x.len() + 512).next_power_of_two();
    let mut plan = realfft::RealFftPlanner::<f64>::new();
    let (forward, back) = (plan.plan_fft_forward(frames), plan.plan_fft_inverse(frames * TIMES));
    let mut line = vec![0.0; frames];
    line.iter_mut().zip(x).for_each(|(to, x)| *to = f64::from(*x));
    let mut bins = forward.make_output_vec();
    let _ = forward.process(&mut line, &mut bins);
    let mut fine = back.make_input_vec();
    for (k, fine) in fine.iter_mut().enumerate().take(frames) {
        let share = k as f64 / frames as f64;
        let gain = match share - 0.5 {
            // What lies at half the rate belongs half to its mirror image.
            above if flat >= 0.5 => {
                if above < 0.0 {
                    1.0
                } else if above == 0.0 {
                    0.5
                } else {
                    0.0
                }
            }
            above => edge((0.5 - flat - above) / (1.0 - 2.0 * flat)),
        };
        *fine = gain * if k <= frames / 2 { bins[k] } else { bins[frames - k].conj() };
    }
    let mut points = back.make_output_vec();
    let _ = back.process(&mut fine, &mut points);
    points.iter().fold(0.0, |most: f64, point| most.max(point.abs())) / frames as f64
}

/// First frame at which a course in dB has covered 63 % of the way from its first to its last value.
pub(crate) fn covers_63(course: &[f64]) -> Option<usize> {
    let (from, to) = (*course.first()?, *course.last()?);
    let goal = from + (to - from) * (1.0 - (-1.0f64).exp());
    course.iter().position(|&x| (x - goal) * (to - from).signum() >= 0.0)
}
