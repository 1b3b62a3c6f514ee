//! Which notes sound: energy by pitch class, and how many notes at once.

use realfft::RealFftPlanner;

use super::Notes;
use super::activity::Activity;
use super::frames::hann;
use super::hops::load;
use super::sound::dot;
use crate::{Facts, Measure, Qty};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "harmonic.chroma",
        unit: "share",
        doc: "Share of each pitch class, C first, in the power of the spectral peaks from 60 Hz to 2.5 kHz (A = 440 Hz).",
    },
    Measure {
        id: "harmonic.chroma_frames",
        unit: "",
        doc: "The same as mean square, for every half second from the start of the file: twelve values a frame, C first.",
    },
    Measure {
        id: "harmonic.tuning",
        unit: "cents",
        doc: "Mean distance of the spectral peaks from the notes of A = 440 Hz, by power, -50 to 50.",
    },
    Measure {
        id: "pitch.polyphony",
        unit: "",
        doc: "Notes at once, roughly: how many series of harmonics must be taken out of the spectral peaks, median over \
              256 ms windows (after Klapuri 2006, iterative cancellation). 1 is a single line.",
    },
];

/// Seconds from window to window.
const STEP: f64 = 0.25;
/// Windows in a frame of `harmonic.chroma_frames`, and seconds from frame to frame.
const WINDOWS: usize = 2;
pub(crate) const FRAME: f64 = STEP * WINDOWS as f64;

/// The chroma of a stem from its start: twelve values every [`FRAME`] seconds.
pub(crate) fn frames<'a>(facts: &'a Facts, stem: &str) -> Option<&'a [f32]> {
    facts.bands("harmonic.chroma_frames", stem)
}

/// Lowest frequency in Hz of the chroma: below, windows of a quarter second cannot tell semitones apart.
const LOWEST: f64 = 60.0;

/// A peak of a spectrum.
#[derive(Clone, Copy)]
struct Peak {
    hz: f64,
    power: f64,
}

/// Notes the harmonic facts of a line at a rate near 16 kHz.
pub(crate) fn measure(line: &[f32], rate: f64, activity: &Activity, notes: &mut Notes) {
    let size = ((0.2 * rate) as usize).next_power_of_two();
    let plan = RealFftPlanner::<f32>::new().plan_fft_forward(size);
    let (mut input, mut output) = (plan.make_input_vec(), plan.make_output_vec());
    let window = hann(size);
    let scale = 2.0 / (size as f64 * f64::from(dot(&window, &window)));
    let count = (line.len() as f64 / (STEP * rate)).ceil() as usize;
    let mut frames = vec![[0.0f64; 12]; count.div_ceil(WINDOWS)];
    let mut turn = (0.0, 0.0);
    let mut voices = Vec::new();
    for index in 0..count {
        let centre = (index as f64 + 0.5) * STEP;
        if !activity.at((centre * 100.0) as usize) {
            continue;
        }
        if !load(line, (centre * rate).round() as isize - size as isize / 2, &window, &mut input) {
            continue;
        }
        plan.process(&mut input, &mut output).expect("all lengths are the plan's own");
        let powers: Vec<f64> = output.iter().map(|bin| scale * f64::from(bin.norm_sqr())).collect();
        let peaks = peaks(&powers, rate / size as f64);
        for peak in peaks.iter().filter(|peak| peak.hz >= LOWEST) {
            // Semitones above C0, of which A4 = 440 Hz is the 57th.
            let note = 57.0 + 12.0 * (peak.hz / 440.0).log2();
            let class = note.round().rem_euclid(12.0) as usize % 12;
            frames[index / WINDOWS][class] += peak.power / WINDOWS as f64;
            let angle = std::f64::consts::TAU * note;
            turn = (turn.0 + peak.power * angle.cos(), turn.1 + peak.power * angle.sin());
        }
        voices.push(lines(peaks));
    }
    let mut sum = [0.0; 12];
    frames.iter().flat_map(|frame| frame.iter().enumerate()).for_each(|(class, energy)| sum[class] += energy);
    let all: f64 = sum.iter().sum();
    if all > 0.0 {
        notes.note("harmonic.chroma", Qty::Bands(sum.iter().map(|energy| (energy / all) as f32).collect()));
        notes.number("harmonic.tuning", 100.0 * turn.1.atan2(turn.0) / std::f64::consts::TAU);
    }
    notes.note(
        "harmonic.chroma_frames",
        Qty::Bands(frames.iter().flatten().map(|&energy| energy as f32).collect()),
    );
    if let Some(voices) = super::sound::percentile(&voices, 0.5) {
        notes.number("pitch.polyphony", voices);
    }
}

/// Peaks from 30 Hz to 2.5 kHz within 40 dB of the strongest, with the power of their main lobe.
fn peaks(powers: &[f64], bin: f64) -> Vec<Peak> {
    let end = ((2500.0 / bin) as usize).min(powers.len().saturating_sub(2));
    let range = ((30.0 / bin).ceil().max(2.0) as usize).min(end)..end;
    let most = powers[range.clone()].iter().fold(0.0f64, |a, &b| a.max(b));
    range
        .filter(|&k| powers[k] > most * 1e-4 && powers[k] > powers[k - 1] && powers[k] >= powers[k + 1])
        .map(|k| {
            // Parabola through the logarithms (Smith and Serra 1987).
            let [a, b, c] = [powers[k - 1], powers[k], powers[k + 1]].map(|p| p.max(1e-30).ln());
            let bend = a - 2.0 * b + c;
            let shift = if bend < 0.0 { (0.5 * (a - c) / bend).clamp(-0.5, 0.5) } else { 0.0 };
            Peak { hz: (k as f64 + shift) * bin, power: powers[k - 1..=k + 1].iter().sum() }
        })
        .collect()
}

/// Most lines that are counted.
const MOST: usize = 6;

/// Takes the series of harmonics with the most amplitude out of the peaks until the next is below a third of the
/// first; how many were there.
fn lines(mut peaks: Vec<Peak>) -> f64 {
    // Within 30 cents of a multiple. (A product is compared: logarithms took a tenth of the whole measuring.)
    let harmonic = |peak: &Peak, f0: f64| {
        let number = (peak.hz / f0 + 0.5).floor();
        (1.0..=20.0).contains(&number) && (peak.hz - number * f0).abs() < 0.0175 * number * f0
    };
    let mut first = 0.0;
    for line in 0..MOST {
        let salience = |f0: f64| -> f64 {
            let series = peaks.iter().filter(|peak| harmonic(peak, f0));
            series.map(|peak| peak.power.sqrt() / (1.0 + 0.1 * (peak.hz / f0 - 1.0))).sum()
        };
        let best = peaks
            .iter()
            .map(|peak| (peak.hz, salience(peak.hz)))
            .fold((0.0, 0.0), |best, next| if next.1 > best.1 { next } else { best });
        if line == 0 {
            first = best.1;
        }
        if best.1 <= first / 3.0 || best.1 <= 0.0 {
            return line as f64;
        }
        peaks.retain(|peak| !harmonic(peak, best.0));
    }
    MOST as f64
}
