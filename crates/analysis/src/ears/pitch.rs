//! Pitch: YIN (de Cheveigné and Kawahara 2002) every 20 ms.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex32;

use super::Notes;
use super::activity::Activity;
use super::sound::percentile;
use crate::Measure;

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "pitch.low",
        unit: "Hz",
        doc: "5th percentile of the fundamental over voiced 20 ms frames (YIN).",
    },
    Measure { id: "pitch.median", unit: "Hz", doc: "Median fundamental over voiced frames." },
    Measure { id: "pitch.high", unit: "Hz", doc: "95th percentile of the fundamental over voiced frames." },
    Measure {
        id: "pitch.voiced",
        unit: "share",
        doc: "Share of the frames in which the track plays that have one clear period (aperiodicity below 0.15).",
    },
    Measure {
        id: "pitch.vibrato",
        unit: "Hz",
        doc: "Median rate of the vibrato, 4 to 8 Hz, over the held notes of 0.5 s that have it; absent where fewer than \
              a tenth of them do.",
    },
    Measure {
        id: "pitch.vibrato_extent",
        unit: "cents",
        doc: "Median deviation of that vibrato to either side.",
    },
];

/// Seconds from frame to frame.
pub(crate) const STEP: f64 = 0.02;
/// Lowest and highest fundamental in Hz.
const RANGE: (f64, f64) = (30.0, 1600.0);
/// Seconds of sound that are compared.
const WINDOW: f64 = 0.048;
/// A dip below this is the period (the paper's threshold is 0.1).
const DIP: f32 = 0.12;
/// A frame whose best dip is higher has no pitch.
const UNVOICED: f32 = 0.15;

/// Fundamental every 20 ms.
pub(crate) struct Pitch {
    /// Hz at `i * 0.02` s, 0 where there is none.
    pub track: Vec<f32>,
    /// Frames in which the track plays.
    pub playing: usize,
}

impl Pitch {
    /// Follows the pitch of a line at a rate near 16 kHz.
    pub(crate) fn new(line: &[f32], rate: f64, activity: &Activity) -> Self {
        let mut yin = Yin::new(rate);
        let count = (line.len() as f64 / (STEP * rate)).floor() as usize;
        let mut pitch = Pitch { track: vec![0.0; count], playing: 0 };
        for frame in (0..count).filter(|frame| activity.at(frame * 2)) {
            pitch.playing += 1;
            let centre = (frame as f64 * STEP * rate).round() as usize;
            if let Some(start) = centre.checked_sub(yin.needs() / 2)
                && let Some(samples) = line.get(start..start + yin.needs())
                && let Some(period) = yin.period(samples)
            {
                pitch.track[frame] = (rate / period) as f32;
            }
        }
        pitch
    }

    /// Is there a pitch at this hop of 10 ms?
    pub(crate) fn at(&self, hop: usize) -> bool {
        self.track.get(hop / 2).is_some_and(|&hz| hz > 0.0)
    }

    /// Share of the playing frames that have a pitch.
    pub(crate) fn voiced(&self) -> f64 {
        self.track.iter().filter(|&&hz| hz > 0.0).count() as f64 / self.playing.max(1) as f64
    }

    /// Notes the pitch facts.
    pub(crate) fn measure(&self, notes: &mut Notes) {
        let voiced: Vec<f64> = self.track.iter().filter(|&&hz| hz > 0.0).map(|&hz| f64::from(hz)).collect();
        for (what, share) in [("pitch.low", 0.05), ("pitch.median", 0.5), ("pitch.high", 0.95)] {
            if let Some(hz) = percentile(&voiced, share) {
                notes.number(what, hz);
            }
        }
        notes.number("pitch.voiced", self.voiced());
        let held = self.held();
        let vibrato: Vec<(f64, f64)> = held.iter().filter_map(|cents| vibrato(cents)).collect();
        if vibrato.len() * 10 >= held.len().max(20) {
            let rates: Vec<f64> = vibrato.iter().map(|v| v.0).collect();
            let extents: Vec<f64> = vibrato.iter().map(|v| v.1).collect();
            notes.number("pitch.vibrato", percentile(&rates, 0.5).unwrap_or(0.0));
            notes.number("pitch.vibrato_extent", percentile(&extents, 0.5).unwrap_or(0.0));
        }
    }

    /// Stretches of half a second within one note, in cents over 1 Hz.
    pub(crate) fn held(&self) -> Vec<Vec<f64>> {
        let mut stretches = Vec::new();
        let mut start = 0;
        while start + HELD <= self.track.len() {
            let stretch = &self.track[start..start + HELD];
            let jump =
                |pair: &[f32]| pair[0] <= 0.0 || pair[1] <= 0.0 || (pair[1] / pair[0]).log2().abs() > 0.07;
            match stretch.windows(2).rposition(jump) {
                Some(place) => start += place + 1,
                None => {
                    let cents: Vec<f64> = stretch.iter().map(|&hz| 1200.0 * f64::from(hz).log2()).collect();
                    stretches.push(cents);
                    start += HELD;
                }
            }
        }
        stretches
    }
}

/// Frames of a held stretch.
const HELD: usize = 25;

/// Rate in Hz and extent in cents of a vibrato that explains most of what remains when the glide is taken out.
fn vibrato(cents: &[f64]) -> Option<(f64, f64)> {
    let count = cents.len() as f64;
    let middle = 0.5 * (count - 1.0);
    let mean = cents.iter().sum::<f64>() / count;
    let place = |i: usize| i as f64 - middle;
    let (xy, xx) = cents
        .iter()
        .enumerate()
        .fold((0.0, 0.0), |(xy, xx), (i, c)| (xy + place(i) * (c - mean), xx + place(i) * place(i)));
    let rest: Vec<f64> = cents.iter().enumerate().map(|(i, c)| c - mean - xy / xx * place(i)).collect();
    let variance = rest.iter().map(|c| c * c).sum::<f64>() / count;
    let amplitude = |hz: f64| {
        let (re, im) = rest.iter().enumerate().fold((0.0, 0.0), |(re, im), (i, c)| {
            let angle = std::f64::consts::TAU * hz * STEP * i as f64;
            (re + c * angle.cos(), im + c * angle.sin())
        });
        2.0 * re.hypot(im) / count
    };
    let (rate, extent) = (16..=32)
        .map(|quarter| f64::from(quarter) * 0.25)
        .map(|hz| (hz, amplitude(hz)))
        .fold((0.0, 0.0), |best, next| if next.1 > best.1 { next } else { best });
    (0.5 * extent * extent > 0.6 * variance && (10.0..250.0).contains(&extent)).then_some((rate, extent))
}

/// The period finder and its buffers.
struct Yin {
    window: usize,
    lags: std::ops::Range<usize>,
    forward: std::sync::Arc<dyn realfft::RealToComplex<f32>>,
    inverse: std::sync::Arc<dyn realfft::ComplexToReal<f32>>,
    short: Vec<f32>,
    long: Vec<f32>,
    short_bins: Vec<Complex32>,
    long_bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
    difference: Vec<f32>,
}

impl Yin {
    fn new(rate: f64) -> Self {
        let window = (WINDOW * rate) as usize;
        let lags = ((rate / RANGE.1) as usize).max(2)..(rate / RANGE.0) as usize + 1;
        let size = (window + lags.end).next_multiple_of(512);
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        Yin {
            window,
            short: forward.make_input_vec(),
            long: forward.make_input_vec(),
            short_bins: forward.make_output_vec(),
            long_bins: forward.make_output_vec(),
            scratch: vec![Complex32::default(); forward.get_scratch_len().max(inverse.get_scratch_len())],
            difference: vec![0.0; lags.end],
            lags,
            forward,
            inverse,
        }
    }

    /// Samples needed to find a period.
    fn needs(&self) -> usize {
        self.window + self.lags.end
    }

    /// The period in samples, if there is a clear one.
    fn period(&mut self, samples: &[f32]) -> Option<f64> {
        self.difference(samples)?;
        let d = &self.difference;
        let lag = match self.lags.clone().find(|&lag| d[lag] < DIP) {
            Some(mut lag) => {
                while lag + 1 < d.len() && d[lag + 1] < d[lag] {
                    lag += 1;
                }
                lag
            }
            None => self.lags.clone().min_by(|&a, &b| d[a].total_cmp(&d[b]))?,
        };
        if d[lag] > UNVOICED || lag + 1 >= d.len() || lag <= self.lags.start {
            return None;
        }
        // Parabola through the dip (section 2.5 of the paper).
        let (a, b, c) = (f64::from(d[lag - 1]), f64::from(d[lag]), f64::from(d[lag + 1]));
        let bend = a - 2.0 * b + c;
        let shift = if bend > 0.0 { (0.5 * (a - c) / bend).clamp(-0.5, 0.5) } else { 0.0 };
        Some(lag as f64 + shift)
    }

    /// The cumulative mean normalised difference (eq. 8) from correlations by Fourier transform; none in silence.
    fn difference(&mut self, samples: &[f32]) -> Option<()> {
        let window = self.window;
        self.short.fill(0.0);
        self.short[..window].copy_from_slice(&samples[..window]);
        self.long.fill(0.0);
        self.long[..samples.len()].copy_from_slice(samples);
        let expect = "all lengths are the plan's own";
        self.forward
            .process_with_scratch(
                &mut self.short,
                &mut self.short_bins,
                &mut self.scratch[..self.forward.get_scratch_len()],
            )
            .expect(expect);
        self.forward
            .process_with_scratch(
                &mut self.long,
                &mut self.long_bins,
                &mut self.scratch[..self.forward.get_scratch_len()],
            )
            .expect(expect);
        for (long, short) in self.long_bins.iter_mut().zip(&self.short_bins) {
            *long *= short.conj();
        }
        // The bins at both ends of a real spectrum are real; rounding may leave a trace.
        let last = self.long_bins.len() - 1;
        (self.long_bins[0].im, self.long_bins[last].im) = (0.0, 0.0);
        let size = self.long.len() as f64;
        self.inverse
            .process_with_scratch(
                &mut self.long_bins,
                &mut self.long,
                &mut self.scratch[..self.inverse.get_scratch_len()],
            )
            .expect(expect);
        let square = |x: f32| f64::from(x) * f64::from(x);
        let energy: f64 = samples[..window].iter().map(|&x| square(x)).sum();
        if energy <= 1e-12 * window as f64 {
            return None;
        }
        let (mut moving, mut sum) = (energy, 0.0);
        self.difference[0] = 1.0;
        for lag in 1..self.lags.end {
            moving += square(samples[lag + window - 1]) - square(samples[lag - 1]);
            let difference = (energy + moving - 2.0 * f64::from(self.long[lag]) / size).max(0.0);
            sum += difference;
            self.difference[lag] = if sum > 0.0 { (difference * lag as f64 / sum) as f32 } else { 1.0 };
        }
        Some(())
    }
}
