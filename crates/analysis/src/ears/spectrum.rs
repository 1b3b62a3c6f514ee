//! What the track is made of, by frequency, while it plays.

use super::Notes;
use super::frames::{FINES, Frames, between, fine_hz};
use super::sound::power_db;
use crate::{Measure, Qty};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "spectrum.third_octave",
        unit: "dBFS",
        doc: "Power of mid and side in the 28 third-octave bands from 31.5 Hz to 16 kHz (IEC 61260-1 exact centres) \
              while the track plays; mid is (L+R)/2, a full-scale sine on both sides is -3.01.",
    },
    Measure {
        id: "spectrum.centroid",
        unit: "Hz",
        doc: "Centre of gravity of the power spectrum, 20 Hz to 20 kHz.",
    },
    Measure {
        id: "spectrum.tilt",
        unit: "dB/oct",
        doc: "Slope of the power density from 100 Hz to 4 kHz, fitted through its third octaves: white noise 0, pink \
              noise -3.",
    },
    Measure {
        id: "spectrum.top",
        unit: "Hz",
        doc: "Where the spectrum ends: the highest frequency at which the power density in 1/12 octave is less than \
              85 dB below its largest.",
    },
    Measure {
        id: "spectrum.flatness",
        unit: "share",
        doc: "Geometric over arithmetic mean of the power spectrum from 100 Hz to 10 kHz: 1 for white noise, near 0 for \
              a tone (Johnston 1988).",
    },
    Measure { id: "spectrum.low_share", unit: "share", doc: "Share of the power below 120 Hz." },
    Measure {
        id: "spectrum.shares",
        unit: "share",
        doc: "Shares of the power below 60, 120, 250, 500, 2000, 5000 and 10000 Hz and above, eight bands in all.",
    },
    Measure {
        id: "spectrum.resonance",
        unit: "dB",
        doc: "Highest rise of the twelfth-octave spectrum over itself smoothed to an octave, from 141 Hz to 9 kHz.",
    },
    Measure { id: "spectrum.resonance_hz", unit: "Hz", doc: "Where spectrum.resonance lies." },
    Measure {
        id: "spectrum.resonances",
        unit: "Hz, dB",
        doc: "Up to three resonances, strongest first, as frequency and rise in turn: rises above 4 dB that stand out \
              by 3 dB in at least half of the frames in which their octave sounds, so not the notes of a tune.",
    },
    Measure {
        id: "spectrum.resonances_share",
        unit: "share",
        doc: "For each of spectrum.resonances the share of frames in which it stands out.",
    },
];

/// Upper limits in Hz of the bands of `spectrum.shares`.
const SHARES: [f64; 8] = [60.0, 120.0, 250.0, 500.0, 2000.0, 5000.0, 10_000.0, 20_000.0];

/// Notes the spectral facts of a track that plays.
pub(crate) fn measure(frames: &Frames, notes: &mut Notes) {
    let power: Vec<f64> = frames.mid.iter().zip(&frames.side).map(|(mid, side)| mid + side).collect();
    let bin = frames.bin;
    let all = between(&power, bin, 20.0, 20_000.0);
    if all <= 0.0 {
        return;
    }
    let thirds: Vec<f64> = (-15..=12).map(|band| third(&power, bin, band)).collect();
    notes.note("spectrum.third_octave", Qty::Bands(thirds.iter().map(|&e| power_db(e) as f32).collect()));
    let low = (20.0 / bin).ceil() as usize;
    let high = ((20_000.0 / bin) as usize).min(power.len() - 1);
    let moment: f64 = (low..=high).map(|k| k as f64 * bin * power[k]).sum();
    notes.number("spectrum.centroid", moment / all);
    notes.number("spectrum.tilt", tilt(&thirds));
    notes.number("spectrum.top", top(&power, bin));
    notes.number("spectrum.flatness", flatness(&power, bin));
    notes.number("spectrum.low_share", between(&power, bin, 20.0, 120.0) / all);
    let mut from = 20.0;
    let shares = SHARES.map(|to| (between(&power, bin, std::mem::replace(&mut from, to), to) / all) as f32);
    notes.note("spectrum.shares", Qty::Bands(shares.to_vec()));
    resonances(&frames.fine, notes);
}

/// Power in the third octave `band`, where 0 is centred on 1 kHz (IEC 61260-1, base ten).
fn third(power: &[f64], bin: f64, band: i32) -> f64 {
    let edge = |shift: f64| 1000.0 * 10f64.powf((f64::from(band) + shift) / 10.0) / bin;
    let (low, high) = (edge(-0.5), edge(0.5));
    let (first, last) = ((low + 0.5) as usize, ((high + 0.5) as usize).min(power.len() - 1));
    let share = |k: usize| ((k as f64 + 0.5).min(high) - (k as f64 - 0.5).max(low)).max(0.0);
    (first..=last).map(|k| power[k] * share(k)).sum()
}

/// Least-squares slope over the bands 100 Hz to 4 kHz. Bands widen by a third of an octave, so density falls by
/// 3.01 dB an octave against band power.
fn tilt(thirds: &[f64]) -> f64 {
    let points: Vec<(f64, f64)> =
        (5..=21).map(|i| (i as f64 * 10f64.log2() / 10.0, power_db(thirds[i]))).collect();
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0 / count, y + p.1 / count));
    let (xy, xx) =
        points.iter().fold((0.0, 0.0), |(xy, xx), p| (xy + (p.0 - x) * (p.1 - y), xx + (p.0 - x).powi(2)));
    xy / xx - 3.0103
}

fn top(power: &[f64], bin: f64) -> f64 {
    let density = |low: f64| between(power, bin, low, low * (1f64 / 12.0).exp2()) / (low * bin);
    let last = power.len() as f64 * bin;
    let lows: Vec<f64> =
        (0..).map(|k| 200.0 * (f64::from(k) / 12.0).exp2()).take_while(|hz| hz * 1.06 <= last).collect();
    let most = lows.iter().map(|&hz| density(hz)).fold(0.0, f64::max);
    let top = lows.iter().rev().find(|&&hz| density(hz) > most * 10f64.powf(-8.5));
    top.map_or(200.0, |hz| (hz * (1f64 / 12.0).exp2()).min(last))
}

fn flatness(power: &[f64], bin: f64) -> f64 {
    let last = ((10_000.0 / bin) as usize).min(power.len());
    let range = &power[((100.0 / bin) as usize).min(last)..last];
    let count = range.len().max(1) as f64;
    let mean = range.iter().sum::<f64>() / count;
    // Emptiness 120 dB below the mean is as empty as can be.
    let log = range.iter().map(|&p| p.max(mean * 1e-12).ln()).sum::<f64>() / count;
    if mean > 0.0 { log.exp() / mean } else { 0.0 }
}

/// Half of the octave over which the spectrum is smoothed, in fine bands.
const HALF: usize = 6;

/// Mean power of the octave around each fine band.
fn smooth(bands: &[f64; FINES], band: usize) -> f64 {
    // Density, not band power: a band is as wide as its frequency is high.
    let density = |k: usize| bands[k] / fine_hz(k as f64);
    let mean = (band - HALF..=band + HALF).map(density).sum::<f64>() / (2 * HALF + 1) as f64;
    mean * fine_hz(band as f64)
}

fn resonances(fine: &[[f32; FINES]], notes: &mut Notes) {
    let mut mean = [0.0f64; FINES];
    let mut out = [0u32; FINES];
    let mut sounding = [0u32; FINES];
    for frame in fine {
        let frame = frame.map(f64::from);
        mean.iter_mut().zip(frame).for_each(|(sum, energy)| *sum += energy / fine.len() as f64);
        let gate = frame.iter().sum::<f64>() * 1e-5;
        for band in HALF..FINES - HALF {
            let around = smooth(&frame, band);
            sounding[band] += u32::from(around > gate);
            out[band] += u32::from(around > gate && frame[band] > 2.0 * around);
        }
    }
    let rise: Vec<f64> = (0..FINES)
        .map(|band| {
            if (HALF..FINES - HALF).contains(&band) {
                power_db(mean[band]) - power_db(smooth(&mean, band))
            } else {
                0.0
            }
        })
        .collect();
    let mut peaks: Vec<usize> =
        (HALF..FINES - HALF).filter(|&k| rise[k] >= rise[k - 1] && rise[k] > rise[k + 1]).collect();
    peaks.sort_by(|&a, &b| rise[b].total_cmp(&rise[a]).then(a.cmp(&b)));
    if let Some(&first) = peaks.first() {
        notes.number("spectrum.resonance", rise[first]);
        notes.number("spectrum.resonance_hz", fine_hz(first as f64));
    }
    let share = |k: usize| f64::from(out[k]) / f64::from(sounding[k].max(1));
    peaks.retain(|&k| rise[k] > 4.0 && share(k) >= 0.5);
    peaks.truncate(3);
    let pairs = peaks.iter().flat_map(|&k| [fine_hz(k as f64) as f32, rise[k] as f32]).collect();
    notes.note("spectrum.resonances", Qty::Bands(pairs));
    notes.note("spectrum.resonances_share", Qty::Bands(peaks.iter().map(|&k| share(k) as f32).collect()));
}
