//! The spectral pass: power spectra of mid and side, gathered every 100 ms.

use std::f64::consts::TAU;
use std::ops::Range;

use realfft::RealFftPlanner;
use realfft::num_complex::Complex32;

use super::activity::Activity;
use super::sound::Sound;
use crate::Sketch;
use crate::sketch::{BANDS, STEP, edges};

/// Windows in each frame of 100 ms: enough for the overlapping Hann windows to weigh all moments alike.
const WINDOWS: usize = 3;
/// Centre of the lowest fine band in Hz.
const FINE: f64 = 100.0;
/// Number of fine bands: seven octaves of twelve.
pub(crate) const FINES: usize = 84;

/// Centre in Hz of a fine band.
pub(crate) fn fine_hz(band: f64) -> f64 {
    FINE * (band / 12.0).exp2()
}

/// What the spectral pass leaves behind. Spectra hold power by bin: mean square, so that a full-scale sine sums
/// to 0.5.
pub(crate) struct Frames {
    /// Energies by ERB band.
    pub sketch: Sketch,
    /// Energy of mid and side in bands of a twelfth of an octave from [`FINE`] Hz, frame by active frame.
    pub fine: Vec<[f32; FINES]>,
    /// Hz from bin to bin.
    pub bin: f64,
    /// Mean power of mid over the frames in which the track plays.
    pub mid: Vec<f64>,
    /// The same of side; zero for a mono file.
    pub side: Vec<f64>,
    /// Mean of the real part of mid times side conjugated: a quarter of left power less right power.
    pub cross: Vec<f64>,
}

impl Frames {
    /// Runs the pass.
    pub(crate) fn new(sound: &Sound, activity: &Activity) -> Self {
        let size = (0.0625 * sound.rate).max(32.0) as usize;
        let size = size.next_power_of_two();
        let bin = sound.rate / size as f64;
        let bins = size / 2 + 1;
        let count = sound.cuts(STEP);
        let ears = Bank::new(edges(), bin, bins);
        let fine_edges: Vec<f64> = (0..=FINES).map(|band| fine_hz(band as f64 - 0.5)).collect();
        let fine_bank = Bank::new(&fine_edges, bin, bins);
        let mut frames = Frames {
            fine: Vec::with_capacity(activity.count()),
            sketch: Sketch { mid: vec![0.0; count * BANDS], side: vec![0.0; count * BANDS] },
            bin,
            mid: vec![0.0; bins],
            side: vec![0.0; bins],
            cross: vec![0.0; bins],
        };
        let mut fft = Spectra::new(sound, size);
        let mut powers = Powers::new(bins);
        for frame in 0..count {
            powers.clear();
            for window in 0..WINDOWS {
                let place = (frame as f64 + (window as f64 + 0.5) / WINDOWS as f64) * STEP * sound.rate;
                fft.add(place.round() as isize - size as isize / 2, &mut powers);
            }
            let range = frame * BANDS..(frame + 1) * BANDS;
            ears.sum(&powers.mid, &mut frames.sketch.mid[range.clone()]);
            if sound.right.is_some() {
                ears.sum(&powers.side, &mut frames.sketch.side[range]);
            }
            if activity.frames[frame] {
                let mut fine = [0.0; FINES];
                let mut fine_side = [0.0; FINES];
                fine_bank.sum(&powers.mid, &mut fine);
                fine_bank.sum(&powers.side, &mut fine_side);
                fine.iter_mut().zip(fine_side).for_each(|(mid, side)| *mid += side);
                frames.fine.push(fine);
                gather(&mut frames.mid, &powers.mid);
                if sound.right.is_some() {
                    gather(&mut frames.side, &powers.side);
                    gather(&mut frames.cross, &powers.cross);
                }
            }
        }
        let share = 1.0 / activity.count().max(1) as f64;
        for spectrum in [&mut frames.mid, &mut frames.side, &mut frames.cross] {
            spectrum.iter_mut().for_each(|power| *power *= share);
        }
        frames
    }
}

/// Sum of the powers between two frequencies in Hz.
pub(crate) fn between(powers: &[f64], bin: f64, low: f64, high: f64) -> f64 {
    let end = ((high / bin).round() as usize).min(powers.len());
    powers[((low / bin).round() as usize).min(end)..end].iter().sum()
}

fn gather(sum: &mut [f64], powers: &[f32]) {
    for (sum, &power) in sum.iter_mut().zip(powers) {
        *sum += f64::from(power);
    }
}

/// Power by bin over one frame.
struct Powers {
    mid: Vec<f32>,
    side: Vec<f32>,
    cross: Vec<f32>,
}

impl Powers {
    fn new(bins: usize) -> Self {
        Powers { mid: vec![0.0; bins], side: vec![0.0; bins], cross: vec![0.0; bins] }
    }

    fn clear(&mut self) {
        self.mid.fill(0.0);
        self.side.fill(0.0);
        self.cross.fill(0.0);
    }
}

/// Windowed transforms of mid and side.
struct Spectra<'a> {
    sound: &'a Sound<'a>,
    plan: std::sync::Arc<dyn realfft::RealToComplex<f32>>,
    window: Vec<f32>,
    input: Vec<f32>,
    mid: Vec<Complex32>,
    side: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// From squared bin to mean square, shared over the windows of a frame.
    scale: f32,
}

impl<'a> Spectra<'a> {
    fn new(sound: &'a Sound, size: usize) -> Self {
        let plan = RealFftPlanner::new().plan_fft_forward(size);
        let window = hann(size);
        let energy: f64 = window.iter().map(|&w| f64::from(w) * f64::from(w)).sum();
        // Two sides of the spectrum, over the length and the window's energy (Parseval).
        let scale = 2.0 / (size as f64 * energy * WINDOWS as f64);
        Spectra {
            sound,
            window,
            input: plan.make_input_vec(),
            mid: plan.make_output_vec(),
            side: plan.make_output_vec(),
            scratch: plan.make_scratch_vec(),
            plan,
            scale: scale as f32,
        }
    }

    /// Adds the powers of the window that starts at sample `start`, with silence beyond the ends.
    fn add(&mut self, start: isize, powers: &mut Powers) {
        let size = self.window.len();
        let from = start.clamp(0, self.sound.len() as isize) as usize;
        let to = (start + size as isize).clamp(from as isize, self.sound.len() as isize) as usize;
        let offset = (from as isize - start).clamp(0, size as isize) as usize;
        let inside = offset..offset + (to - from);
        if self.sound.each().all(|x| x[from..to].iter().all(|&x| x == 0.0)) {
            return;
        }
        let left = &self.sound.left[from..to];
        let Some(right) = &self.sound.right else {
            self.load(&inside, left.iter().copied());
            self.transform(true);
            add_powers(&mut powers.mid, &self.mid, self.scale);
            return;
        };
        let right = &right[from..to];
        self.load(&inside, left.iter().zip(right).map(|(l, r)| 0.5 * (l + r)));
        self.transform(true);
        self.load(&inside, left.iter().zip(right).map(|(l, r)| 0.5 * (l - r)));
        self.transform(false);
        add_powers(&mut powers.mid, &self.mid, self.scale);
        add_powers(&mut powers.side, &self.side, self.scale);
        for ((sum, m), s) in powers.cross.iter_mut().zip(&self.mid).zip(&self.side) {
            *sum += self.scale * (m.re * s.re + m.im * s.im);
        }
    }

    fn load(&mut self, inside: &Range<usize>, samples: impl Iterator<Item = f32>) {
        self.input[..inside.start].fill(0.0);
        self.input[inside.end..].fill(0.0);
        for ((y, w), x) in
            self.input[inside.clone()].iter_mut().zip(&self.window[inside.clone()]).zip(samples)
        {
            *y = w * x;
        }
    }

    fn transform(&mut self, mid: bool) {
        let output = if mid { &mut self.mid } else { &mut self.side };
        self.plan
            .process_with_scratch(&mut self.input, output, &mut self.scratch)
            .expect("all lengths are the plan's own");
    }
}

fn add_powers(sums: &mut [f32], bins: &[Complex32], scale: f32) {
    for (sum, bin) in sums.iter_mut().zip(bins) {
        *sum += scale * bin.norm_sqr();
    }
}

/// Periodic Hann window.
pub(crate) fn hann(size: usize) -> Vec<f32> {
    (0..size).map(|i| (0.5 - 0.5 * (TAU * i as f64 / size as f64).cos()) as f32).collect()
}

/// Sums of bins over bands with sharp edges; a bin across an edge is shared by proportion.
pub(crate) struct Bank {
    /// For every band the first bin and the shares of the bins from there on.
    bands: Vec<(usize, Vec<f32>)>,
}

impl Bank {
    /// Bands between consecutive edges in Hz.
    pub(crate) fn new(edges: &[f64], bin: f64, bins: usize) -> Self {
        let bands = edges.windows(2).map(|edge| {
            let (low, high) = (edge[0] / bin, edge[1] / bin);
            let first = ((low + 0.5).floor() as usize).min(bins);
            let last = ((high + 0.5).ceil() as usize).clamp(first, bins);
            let share = |k: usize| {
                let (from, to) = ((k as f64 - 0.5).max(low), (k as f64 + 0.5).min(high));
                (to - from).max(0.0) as f32
            };
            (first, (first..last).map(share).collect())
        });
        Bank { bands: bands.collect() }
    }

    /// Energy of each band.
    pub(crate) fn sum(&self, powers: &[f32], out: &mut [f32]) {
        for ((first, shares), out) in self.bands.iter().zip(out) {
            *out = powers[*first..].iter().zip(shares).map(|(p, s)| p * s).sum();
        }
    }
}
