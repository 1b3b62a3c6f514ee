//! A microphone's hits, and their spectra.

use std::f32::consts::PI;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use super::{BANDS, band};
use crate::window::{self, Side};
use crate::{Facts, Song, Stem};

/// Most hits that are looked at, and how far they stand apart at least, s.
const MOST: usize = 64;
const APART: f64 = 0.1;
/// Seconds before a hit at which its window begins.
const BEFORE: f64 = 0.005;
/// Share of a window over which it fades out.
const FADE: f64 = 0.3;

/// How many times it is looked whether a microphone is open, mean square up to which it is silent (-110 dBFS), and the share of
/// silence from which on it is not.
const LOOKS: i64 = 64;
const SILENT: f64 = 1e-11;
const CLOSED: f64 = 0.2;

/// Windows of 85 ms and their spectra.
pub struct Transform {
    /// Frames of a window.
    pub size: usize,
    /// Frames a second.
    pub rate: f64,
    /// The band of each frequency.
    pub band: Vec<Option<usize>>,
    fade: Vec<f32>,
    forward: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
}

/// A source in its own microphone.
pub struct Hits {
    /// Where its windows begin, frames of the song.
    pub places: Vec<i64>,
    /// What is in them.
    pub spectra: Vec<Vec<Complex32>>,
    /// Energy of each window.
    pub energies: Vec<f64>,
    /// Energy of a loud hit, and of its bands: mean square of the window.
    pub loud: f64,
    /// The same by band.
    pub bands: [f64; BANDS],
    /// Does the microphone hear something all the time? Programmed and cut files are silent to the bit between their sounds.
    pub open: bool,
}

impl Transform {
    /// For a song of this rate.
    pub fn new(rate: u32) -> Self {
        let size = ((f64::from(rate) * 0.07) as usize).next_power_of_two().max(256);
        let mut planner = RealFftPlanner::new();
        let fading = (FADE * size as f64) as usize;
        let fade = |i: usize| match i + fading {
            late if late > size => 0.5 + 0.5 * (PI * (late - size) as f32 / fading as f32).cos(),
            _ => 1.0,
        };
        let bin = f64::from(rate) / (2 * size) as f64;
        Transform {
            size,
            rate: f64::from(rate),
            band: (0..=size).map(|k| band(k as f64 * bin)).collect(),
            fade: (0..size).map(fade).collect(),
            forward: planner.plan_fft_forward(2 * size),
            back: planner.plan_fft_inverse(2 * size),
        }
    }

    /// Spectrum of a window, with as much silence after it, so that a delay does not come round.
    pub fn spectrum(&self, x: &[f32]) -> Vec<Complex32> {
        let mut input = self.forward.make_input_vec();
        for ((to, from), fade) in input.iter_mut().zip(x).zip(&self.fade) {
            *to = from * fade;
        }
        let mut output = self.forward.make_output_vec();
        // The lengths are the plan's own, so this cannot fail; an empty spectrum is like nothing.
        if self.forward.process(&mut input, &mut output).is_err() {
            output.clear();
        }
        output
    }

    /// Correlation from a product of spectra: entry `i` is a delay of so many frames, negative ones at the end.
    pub fn correlation(&self, mut cross: Vec<Complex32>) -> Vec<f32> {
        let mut out = self.back.make_output_vec();
        for end in [0, self.size] {
            if let Some(x) = cross.get_mut(end) {
                x.im = 0.0;
            }
        }
        if self.back.process(&mut cross, &mut out).is_err() {
            out.fill(0.0);
        }
        out
    }

    /// A window of a stem.
    pub fn read(&self, stem: &Stem, place: i64) -> Vec<f32> {
        window::read(stem, Side::Mid, place, self.size)
    }

    /// The hits of a stem, of what is held the moments in which it plays; nothing where there are too few.
    pub fn hits(&self, song: &Song, facts: &Facts, stem: &Stem) -> Option<Hits> {
        let mut places = window::strong_onsets(song, facts, stem, MOST, APART);
        let before = (BEFORE * self.rate) as i64;
        places.iter_mut().for_each(|place| *place -= before);
        let windows: Vec<Vec<f32>> = places.iter().map(|&place| self.read(stem, place)).collect();
        let energies: Vec<f64> = windows.iter().map(|x| window::energy(x) / self.size as f64).collect();
        let loudest = energies.iter().copied().fold(0.0, f64::max);
        let loud = |&i: &usize| energies[i] > window::AFAR * loudest;
        let kept: Vec<usize> = (0..places.len()).filter(loud).collect();
        if kept.len() < super::heard::LEAST {
            return None;
        }
        let spectra: Vec<Vec<Complex32>> = kept.iter().map(|&i| self.spectrum(&windows[i])).collect();
        // The louder half tells what its own loud hits are.
        let mut order: Vec<usize> = (0..kept.len()).collect();
        order.sort_by(|&a, &b| energies[kept[b]].total_cmp(&energies[kept[a]]).then(a.cmp(&b)));
        order.truncate(kept.len().div_ceil(2));
        let mut bands = [0.0; BANDS];
        for &i in &order {
            for (x, band) in spectra[i].iter().zip(&self.band) {
                if let Some(band) = band {
                    bands[*band] += f64::from(x.norm_sqr()) * self.share() / order.len() as f64;
                }
            }
        }
        Some(Hits {
            places: kept.iter().map(|&i| places[i]).collect(),
            energies: kept.iter().map(|&i| energies[i]).collect(),
            loud: order.iter().map(|&i| energies[kept[i]]).sum::<f64>() / order.len() as f64,
            spectra,
            bands,
            open: self.open(stem, *places.first()?, *places.last()?),
        })
    }

    /// Is a stem hardly ever silent between two places?
    fn open(&self, stem: &Stem, first: i64, last: i64) -> bool {
        let step = ((last - first) / LOOKS).max(1);
        let silent =
            |look: &i64| window::energy(&self.read(stem, first + look * step)) <= SILENT * self.size as f64;
        (0..LOOKS).filter(silent).count() as f64 <= CLOSED * LOOKS as f64
    }

    /// What a squared bin of a spectrum counts of the window's mean square.
    fn share(&self) -> f64 {
        1.0 / (self.size as f64 * self.size as f64)
    }
}
