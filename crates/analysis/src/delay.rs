//! How late one microphone hears what another hears, and whether it hears it upside down.
//!
//! Generalised cross-correlation with partial phase transform (Knapp and Carter 1976; Clifford and Reiss 2013 on music) summed
//! over windows at common onsets, each frequency by how far the windows agree on it. Polarity: the sign of the arrival, or where
//! that is ambiguous, which of sum and difference of the aligned signals has more energy in a low band.

use std::f64::consts::TAU;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// How far whitening goes: 0 is plain correlation, 1 the phase transform. Plain correlation is ambiguous on tonal drums, full
/// whitening lifts bands where one microphone hears nothing.
const WHITENING: f32 = 0.75;

/// Fewest windows that can be asked how far they agree on a frequency.
const ASKED: usize = 6;
/// What a frequency on which they do not agree still counts.
const DOUBTED: f32 = 0.05;

/// An arrival is clear when no arrival of the other sign comes within this factor.
const CLEAR: f32 = 1.2;

/// What was found between two signals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delay {
    /// Frames by which the second is late, with a fraction.
    pub frames: f64,
    /// +1, or -1 when the second is inverted.
    pub polarity: f64,
    /// 0 to 1: peak over second peak, and how well the windows, or quarters of them, agree.
    pub confidence: f64,
    /// Windows that agree within two frames.
    pub agreeing: usize,
    /// Windows looked at.
    pub windows: usize,
    /// Energy gained in the low band if the second were moved and turned, dB.
    pub gain_db: f64,
    /// Correlation of the aligned signals in the low band, -1 to 1.
    pub low: f64,
}

/// A pair of equally long windows.
pub type Pair = (Vec<f32>, Vec<f32>);

/// The spectra of a pair.
type Spectra = (Vec<Complex32>, Vec<Complex32>);

/// Compares pairs of windows. `reach`: largest delay either way, in frames; `band`: low band for polarity in Hz.
pub fn between(pairs: &[Pair], rate: f64, reach: usize, band: (f64, f64)) -> Option<Delay> {
    let longest = pairs.iter().map(|(a, b)| a.len().min(b.len())).max()?;
    if longest < 64 || rate <= 0.0 {
        return None;
    }
    let correlator = Correlator::new(longest + reach + 1);
    let mut sum = vec![0f32; 2 * reach + 1];
    let mut each = Vec::new();
    let spectra: Vec<Spectra> =
        pairs.iter().map(|(a, b)| (correlator.spectrum(a), correlator.spectrum(b))).collect();
    let agreed = correlator.agreed(&spectra);
    for pair in &spectra {
        let Some(found) = correlator.correlate(pair, &agreed, reach, rate) else { continue };
        for (sum, x) in sum.iter_mut().zip(&found) {
            *sum += x;
        }
        each.push(found);
    }
    if each.is_empty() {
        return None;
    }
    let (place, top) = peak(&sum)?;
    let second = second_peak(&sum, place, (rate * 0.0003) as usize + 2);
    let agreeing = each.iter().filter_map(|one| peak(one)).filter(|(at, _)| at.abs_diff(place) <= 2).count();
    let frames = parabola(&sum, place) - reach as f64;
    let low = low_band(&spectra, correlator.size, frames, rate, band);
    // The arrival itself tells, unless an arrival of the other sign is nearly as strong (tonal sounds): then the low band does. The
    // low band alone is misled by the bleed of other drums.
    let sign = sum[place].signum();
    let rival = sum.iter().fold(0f32, |most, x| most.max(-x * sign));
    let clear = top > CLEAR * rival;
    let polarity = if clear || low.0.abs() < 0.1 { f64::from(sign) } else { low.0.signum() };
    let gain_db = low.mended(polarity);
    let sharp = (1.0 - f64::from(second / top.max(1e-12))).clamp(0.0, 1.0);
    let steady = (agreeing as f64 / each.len() as f64).max(quarters(&each, place));
    let confidence =
        (0.35 * (sharp / 0.4).min(1.0) + 0.65 * steady).min(1.0) * (each.len() as f64 / 4.0).min(1.0);
    Some(Delay { frames, polarity, confidence, agreeing, windows: each.len(), gain_db, low: low.0 })
}

/// Share of four parts of the windows, each summed, that agree within two frames: under noise no window tells by itself what
/// some of them tell together.
fn quarters(each: &[Vec<f32>], place: usize) -> f64 {
    const PARTS: usize = 4;
    if each.len() < 3 * PARTS {
        return 0.0;
    }
    let agrees = |part: &usize| {
        let mut sum = vec![0f32; each[0].len()];
        for one in each.iter().skip(*part).step_by(PARTS) {
            sum.iter_mut().zip(one).for_each(|(sum, x)| *sum += x);
        }
        peak(&sum).is_some_and(|(at, _)| at.abs_diff(place) <= 2)
    };
    (0..PARTS).filter(agrees).count() as f64 / PARTS as f64
}

fn peak(x: &[f32]) -> Option<(usize, f32)> {
    let mut best: Option<(usize, f32)> = None;
    for (i, x) in x.iter().enumerate() {
        if best.is_none_or(|(_, top)| x.abs() > top) {
            best = Some((i, x.abs()));
        }
    }
    best.filter(|(_, top)| *top > 0.0)
}

fn second_peak(x: &[f32], place: usize, width: usize) -> f32 {
    x.iter().enumerate().filter(|(i, _)| i.abs_diff(place) > width).fold(0f32, |a, (_, b)| a.max(b.abs()))
}

/// The summit between samples.
fn parabola(x: &[f32], place: usize) -> f64 {
    if place == 0 || place + 1 >= x.len() {
        return place as f64;
    }
    let sign = x[place].signum();
    let (a, b, c) =
        (f64::from(x[place - 1] * sign), f64::from(x[place] * sign), f64::from(x[place + 1] * sign));
    let bend = a - 2.0 * b + c;
    if bend >= 0.0 { place as f64 } else { place as f64 + (0.5 * (a - c) / bend).clamp(-0.5, 0.5) }
}

/// The low band: correlation once aligned, and the energies behind it.
struct Low(f64, [f64; 3]);

impl Low {
    /// Energy gained by moving the second into place and giving it this polarity, dB.
    fn mended(&self, polarity: f64) -> f64 {
        let [both, aligned, as_is] = self.1;
        // Never less than a millionth: a perfect cancellation gains 60 dB.
        let energy = |cross: f64| (both + 2.0 * cross).max(1e-6 * both);
        if both > 0.0 { 10.0 * (energy(polarity * aligned) / energy(as_is)).log10() } else { 0.0 }
    }
}

/// Sums over the low band of all windows.
fn low_band(spectra: &[Spectra], size: usize, frames: f64, rate: f64, band: (f64, f64)) -> Low {
    let (mut aa, mut bb, mut aligned, mut as_is) = (0f64, 0f64, 0f64, 0f64);
    let bin = rate / size as f64;
    let first = (band.0 / bin).floor().max(1.0) as usize;
    let last = ((band.1 / bin).ceil() as usize).min(size / 2);
    for (fa, fb) in spectra {
        for k in first..=last.max(first) {
            let (Some(x), Some(y)) = (fa.get(k), fb.get(k)) else { break };
            aa += f64::from(x.norm_sqr());
            bb += f64::from(y.norm_sqr());
            let cross = x.conj() * y;
            as_is += f64::from(cross.re);
            // Moving the second earlier by `frames` turns its phase by +w d.
            let (sin, cos) = (TAU * k as f64 / size as f64 * frames).sin_cos();
            aligned += f64::from(cross.re) * cos - f64::from(cross.im) * sin;
        }
    }
    let norm = (aa * bb).sqrt();
    Low(if norm > 0.0 { aligned / norm } else { 0.0 }, [aa + bb, aligned, as_is])
}

struct Correlator {
    size: usize,
    forward: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
}

impl Correlator {
    fn new(least: usize) -> Self {
        let size = least.next_power_of_two();
        let mut planner = RealFftPlanner::new();
        Correlator { size, forward: planner.plan_fft_forward(size), back: planner.plan_fft_inverse(size) }
    }

    fn spectrum(&self, x: &[f32]) -> Vec<Complex32> {
        let mut input = self.forward.make_input_vec();
        for (to, from) in input.iter_mut().zip(x) {
            *to = *from;
        }
        let mut output = self.forward.make_output_vec();
        // The lengths are the plan's own, so this cannot fail; an empty spectrum correlates with nothing.
        if self.forward.process(&mut input, &mut output).is_err() {
            output.clear();
        }
        output
    }

    /// How far the windows agree on the phase of each frequency: their magnitude-squared coherence (Carter 1987), less what as
    /// many windows of unrelated noise have. What only one microphone hears, or noise, is left out this way.
    fn agreed(&self, spectra: &[Spectra]) -> Vec<f32> {
        let bins = self.size / 2 + 1;
        if spectra.len() < ASKED {
            return vec![1.0; bins];
        }
        let mut cross = vec![Complex32::default(); bins];
        let (mut first, mut second) = (vec![0f32; bins], vec![0f32; bins]);
        for (fa, fb) in spectra {
            // Each window counts alike.
            let power =
                |f: &[Complex32]| f.iter().map(Complex32::norm_sqr).sum::<f32>().max(f32::MIN_POSITIVE);
            let (pa, pb) = (power(fa), power(fb));
            for (k, (x, y)) in fa.iter().zip(fb).enumerate() {
                cross[k] += x.conj() * y / (pa * pb).sqrt();
                first[k] += x.norm_sqr() / pa;
                second[k] += y.norm_sqr() / pb;
            }
        }
        let chance = 1.0 / spectra.len() as f32;
        let one = |k: usize| {
            let both = first[k] * second[k];
            let coherence = if both > 0.0 { cross[k].norm_sqr() / both } else { 0.0 };
            DOUBTED + (1.0 - DOUBTED) * ((coherence - chance) / (1.0 - chance)).clamp(0.0, 1.0)
        };
        (0..bins).map(one).collect()
    }

    /// Correlation for delays from `-reach` to `reach`, each frequency weighed, scaled so that a perfect copy peaks near 1.
    fn correlate(&self, (fa, fb): &Spectra, agreed: &[f32], reach: usize, rate: f64) -> Option<Vec<f32>> {
        let mut cross: Vec<Complex32> = fa.iter().zip(fb).map(|(x, y)| x.conj() * y).collect();
        let bin = rate / self.size as f64;
        let most = cross.iter().fold(0f32, |a, c| a.max(c.norm()));
        if most <= 0.0 {
            return None;
        }
        let mut total = 0f32;
        for (k, c) in cross.iter_mut().enumerate() {
            let hz = k as f64 * bin;
            // Rumble, and what codecs and resamplers do at the top, say nothing about the delay.
            let inside = (40.0..=12_000.0).contains(&hz);
            let size = c.norm();
            if inside && size > 0.0 {
                // A floor keeps bins in which nothing plays from being whitened up.
                let scale = agreed[k] / (size + 1e-4 * most).powf(WHITENING);
                *c *= scale;
                total += c.norm();
            } else {
                *c = Complex32::default();
            }
        }
        let mut out = self.back.make_output_vec();
        if let (Some(first), true) = (cross.first_mut(), total > 0.0) {
            first.im = 0.0;
        } else {
            return None;
        }
        if let Some(last) = cross.last_mut() {
            last.im = 0.0;
        }
        self.back.process(&mut cross, &mut out).ok()?;
        let scale = 0.5 / total;
        let n = self.size;
        Some((0..2 * reach + 1).map(|i| out[(i + n - reach) % n] * scale).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::Noise;

    /// Hits seen by two microphones, the second late by whole frames, turned over, with noise of its own.
    fn scene(late: usize, sign: f32, snr_db: f32, seed: u64) -> Vec<Pair> {
        let mut noise = Noise(seed);
        let mut pairs = Vec::new();
        for _ in 0..8 {
            let mut hit = vec![0f32; 4096];
            let phase = noise.next();
            for (i, x) in hit.iter_mut().enumerate().skip(600).take(3000) {
                let t = (i - 600) as f32 / 48_000.0;
                *x = (-t * 60.0).exp() * ((TAU as f32 * 90.0 * t + phase).sin() + 0.5 * noise.next());
            }
            let power = (hit.iter().map(|x| x * x).sum::<f32>() / 4096.0).sqrt();
            // Uniform noise has a standard deviation of 1/sqrt(3).
            let level = power * 10f32.powf(-snr_db / 20.0) * 3f32.sqrt();
            let a = hit.iter().map(|x| x + 0.1 * level * noise.next()).collect();
            let b = (0..4096usize)
                .map(|i| sign * hit.get(i.wrapping_sub(late)).unwrap_or(&0.0) + level * noise.next())
                .collect();
            pairs.push((a, b));
        }
        pairs
    }

    #[test]
    fn delay_and_polarity_are_right_down_to_0_db() {
        for snr in [40.0, 20.0, 10.0, 0.0] {
            for (n, late) in [0usize, 1, 17, 43, 154, 384, 900].into_iter().enumerate() {
                for sign in [1.0f32, -1.0] {
                    let found = between(&scene(late, sign, snr, 7 + n as u64), 48_000.0, 1440, (60.0, 300.0))
                        .expect("a delay");
                    assert!((found.frames - late as f64).abs() <= 1.0, "{snr} dB, {late}: {found:?}");
                    assert_eq!(found.polarity, f64::from(sign), "{snr} dB, {late}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn fractions_of_a_frame_are_found() {
        let mut noise = Noise(3);
        let fine: Vec<f32> = (0..40_000).map(|_| noise.next()).collect();
        // Means of ten neighbours, ten fine steps a frame: the second starts five fine steps later.
        let at = |from: usize| {
            (0..3900)
                .map(|i| fine[i * 10 + from..i * 10 + from + 20].iter().sum::<f32>())
                .collect::<Vec<f32>>()
        };
        let found = between(&[(at(5), at(0))], 48_000.0, 100, (60.0, 3000.0)).expect("a delay");
        assert!((found.frames - 0.5).abs() < 0.15, "{found:?}");
    }

    #[test]
    fn mending_gains_energy() {
        let found = between(&scene(0, -1.0, 40.0, 9), 48_000.0, 480, (60.0, 300.0)).expect("a delay");
        assert!(found.gain_db > 20.0, "{found:?}");
        let fine = between(&scene(0, 1.0, 40.0, 9), 48_000.0, 480, (60.0, 300.0)).expect("a delay");
        assert!(fine.gain_db < 0.1, "{fine:?}");
    }

    #[test]
    fn unrelated_signals_are_not_trusted() {
        let mut noise = Noise(11);
        let pairs: Vec<Pair> = (0..10)
            .map(|_| ((0..4096).map(|_| noise.next()).collect(), (0..4096).map(|_| noise.next()).collect()))
            .collect();
        let found = between(&pairs, 48_000.0, 1440, (60.0, 300.0)).expect("some peak");
        assert!(found.confidence < 0.4, "{found:?}");
        assert_eq!(between(&[(vec![0.0; 4096], vec![0.0; 4096])], 48_000.0, 100, (60.0, 300.0)), None);
    }
}
