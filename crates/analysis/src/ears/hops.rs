//! The fast pass: energies in about fifty bands every 10 ms, for onsets, sibilants and speech.

use realfft::RealFftPlanner;

use super::frames::{Bank, hann};
use super::sound::dot;

/// Seconds from hop to hop.
pub(crate) const STEP: f64 = 0.01;
/// Highest frequency looked at, in Hz.
const TOP: f64 = 16_000.0;

/// Band energies (mean square) by hop; hop `i` is centred on `i * STEP` seconds.
pub(crate) struct Hops {
    /// Edges of the bands in Hz.
    pub edges: Vec<f64>,
    /// Number of bands.
    pub bands: usize,
    /// `energy[hop * bands + band]`.
    pub energy: Vec<f32>,
    /// Sum over the bands.
    pub total: Vec<f32>,
}

impl Hops {
    /// Runs the pass over one line of sound.
    pub(crate) fn new(line: &[f32], rate: f64) -> Self {
        let size = ((0.0157 * rate).max(16.0) as usize).next_power_of_two();
        let bin = rate / size as f64;
        let edges = edges(bin, TOP.min(0.5 * rate));
        let bands = edges.len() - 1;
        let bank = Bank::new(&edges, bin, size / 2 + 1);
        let count = (line.len() as f64 / (STEP * rate)).ceil() as usize;
        let mut hops =
            Hops { edges, bands, energy: vec![0.0; count * bands], total: Vec::with_capacity(count) };
        let plan = RealFftPlanner::<f32>::new().plan_fft_forward(size);
        let (mut input, mut output) = (plan.make_input_vec(), plan.make_output_vec());
        let mut scratch = plan.make_scratch_vec();
        let window = hann(size);
        let scale = 2.0 / (size as f32 * dot(&window, &window));
        let mut powers = vec![0.0f32; size / 2 + 1];
        for hop in 0..count {
            let start = (hop as f64 * STEP * rate).round() as isize - size as isize / 2;
            if load(line, start, &window, &mut input) {
                plan.process_with_scratch(&mut input, &mut output, &mut scratch)
                    .expect("all lengths are the plan's own");
                for (power, bin) in powers.iter_mut().zip(&output) {
                    *power = scale * bin.norm_sqr();
                }
                bank.sum(&powers, &mut hops.energy[hop * bands..(hop + 1) * bands]);
            }
            hops.total.push(hops.energy[hop * bands..(hop + 1) * bands].iter().sum());
        }
        hops
    }

    /// Number of hops.
    pub(crate) fn len(&self) -> usize {
        self.total.len()
    }

    /// Band energies of a hop.
    pub(crate) fn hop(&self, hop: usize) -> &[f32] {
        &self.energy[hop * self.bands..(hop + 1) * self.bands]
    }

    /// Bands whose middle lies between two frequencies in Hz.
    pub(crate) fn bands_between(&self, low: f64, high: f64) -> std::ops::Range<usize> {
        let place =
            |hz: f64| self.edges.windows(2).take_while(|edge| (edge[0] * edge[1]).sqrt() < hz).count();
        place(low)..place(high)
    }
}

/// Eighths of an octave from 40 Hz, but nowhere narrower than a bin.
fn edges(bin: f64, top: f64) -> Vec<f64> {
    let mut edges = vec![40f64.min(0.5 * top)];
    while let Some(&last) = edges.last().filter(|&&last| last < top) {
        edges.push((last * 0.125f64.exp2()).max(last + bin));
    }
    edges
}

/// Windows the line from `start` on into `input`, with silence beyond the ends. False when all of it is zero.
pub(crate) fn load(line: &[f32], start: isize, window: &[f32], input: &mut [f32]) -> bool {
    let size = window.len() as isize;
    let from = start.clamp(0, line.len() as isize);
    let to = (start + size).clamp(from, line.len() as isize);
    let samples = &line[from as usize..to as usize];
    if samples.iter().all(|&x| x == 0.0) {
        return false;
    }
    let offset = (from - start) as usize;
    input[..offset].fill(0.0);
    input[offset + samples.len()..].fill(0.0);
    let inside = offset..offset + samples.len();
    for ((y, x), w) in input[inside.clone()].iter_mut().zip(samples).zip(&window[inside]) {
        *y = x * w;
    }
    true
}
