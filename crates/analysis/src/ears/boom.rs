//! One note that is louder than all the others: a resonance of the room, the body or the loudspeaker.
//!
//! A resonance is heard only when its note is played, so the mean spectrum of a tune hides it. Here the level of
//! each note when it sounds is compared with that of the others when they sound.

use realfft::RealFftPlanner;

use super::Notes;
use super::decimate::decimate;
use super::frames::hann;
use super::sound::{percentile, power_db};
use crate::Measure;

/// The measures of this file. All are absent where too few notes are played to compare.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "pitch.boom",
        unit: "dB",
        doc: "How much louder the loudest note from 60 to 630 Hz is than every other within two thirds of an octave: 80th \
              percentile of the level of the spectral lines in a semitone, against the track's level within 3 s.",
    },
    Measure { id: "pitch.boom_hz", unit: "Hz", doc: "Where the note of pitch.boom lies." },
    Measure {
        id: "pitch.boom_mean",
        unit: "dB",
        doc: "How much louder the note of pitch.boom is than the mean of the four loudest others within two thirds of an \
              octave.",
    },
];

/// Rate in Hz near which it is measured, seconds of a window, and from window to window.
const RATE: f64 = 4000.0;
const WINDOW: f64 = 0.256;
const STEP: f64 = 0.1;
/// Lowest note that can be the loud one, Hz; its neighbours begin at half of it.
const LOWEST: f64 = 60.0;
/// Highest note that booms, Hz.
const HIGHEST: f64 = 630.0;
/// Semitones of the table, from [`BOTTOM`] up.
const NOTES: usize = 54;
const BOTTOM: f64 = 45.0;
/// A window this far below the loud ones is a rest or a tail, dB.
const REST: f64 = 30.0;
/// Seconds on either side over which the level of the playing is taken.
const AROUND: f64 = 3.0;
/// A line stands this far above the spectrum four bins beside it, dB.
const LINE: f64 = 10.0;
/// Windows in which a note must sound to be judged, and to be compared with. The vibrato of a voice shares a note between two
/// semitones.
const OFTEN: usize = 22;
const SOMETIMES: usize = 8;
/// Share of the levels of a note below its level.
const LOUD: f64 = 0.8;
/// Notes this far below the loudest are not judged, and no part of the tune to compare with, dB.
const SOFT: f64 = 12.0;
const FAINT: f64 = 20.0;
/// Neighbours: from two semitones, which a narrow resonance no longer reaches, to eight.
const NEIGHBOURS: std::ops::RangeInclusive<usize> = 2..=8;
/// Neighbours that there must be in all: with one at least on either side, else the note ends the range.
const COMPARED: usize = 5;
/// The loudest neighbours, whose mean the note is held against.
const LOUDEST: usize = 4;

/// Notes the loudest note of a line at a rate near 16 kHz.
pub(crate) fn measure(line: &[f32], rate: f64, notes: &mut Notes) {
    let factor = (rate / RATE).floor().max(1.0) as usize;
    let low = decimate(line, factor);
    let levels = levels(&low, rate / factor as f64);
    let level = |note: usize, least: usize| {
        let found = levels.get(note).filter(|found| found.len() >= least)?;
        percentile(&found.iter().map(|line| line.1).collect::<Vec<f64>>(), LOUD)
    };
    let Some(top) = (0..NOTES).filter_map(|note| level(note, SOMETIMES)).max_by(f64::total_cmp) else {
        return;
    };
    let other = |note: usize| level(note, SOMETIMES).filter(|&level| level > top - FAINT);
    // Over the loudest of the others, and over the mean of the louder ones.
    let rise = |note: usize| {
        let own = level(note, OFTEN).filter(|&own| own > top - SOFT)?;
        let below: Vec<f64> =
            NEIGHBOURS.filter_map(|away| note.checked_sub(away)).filter_map(other).collect();
        let above: Vec<f64> = NEIGHBOURS.filter_map(|away| other(note + away)).collect();
        if below.is_empty() || above.is_empty() || below.len() + above.len() < COMPARED {
            return None;
        }
        let mut others = [below, above].concat();
        others.sort_by(|a, b| b.total_cmp(a));
        let mean = others.iter().take(LOUDEST).sum::<f64>() / LOUDEST.min(others.len()) as f64;
        Some((own - others[0], own - mean))
    };
    let inside = |note: &usize| (LOWEST..=HIGHEST).contains(&hertz(*note as f64));
    let found = (0..NOTES).filter(inside).filter_map(|note| Some((note, rise(note)?)));
    let Some((note, (rise, mean))) = found.max_by(|a, b| a.1.0.total_cmp(&b.1.0).then(b.0.cmp(&a.0))) else {
        return;
    };
    let places: Vec<f64> = levels[note].iter().map(|line| line.0).collect();
    notes.number("pitch.boom", rise);
    notes.number("pitch.boom_hz", percentile(&places, 0.5).unwrap_or(hertz(note as f64)));
    notes.number("pitch.boom_mean", mean);
}

fn hertz(note: f64) -> f64 {
    BOTTOM * (note / 12.0).exp2()
}

/// For each semitone the lines found in it: frequency in Hz, and level in dB against that of the playing.
fn levels(low: &[f32], rate: f64) -> Vec<Vec<(f64, f64)>> {
    let mut found = vec![Vec::new(); NOTES];
    let spectra = spectra(low, rate);
    let size = ((WINDOW * rate) as usize).next_power_of_two();
    let bin = rate / size as f64;
    let totals: Vec<f64> = spectra.iter().map(|spectrum| spectrum.iter().sum()).collect();
    let sounding: Vec<f64> = totals.iter().copied().filter(|&total| total > 1e-10).collect();
    let Some(loud) = percentile(&sounding, 0.95) else { return found };
    let playing: Vec<usize> =
        (0..totals.len()).filter(|&i| totals[i] > loud * 10f64.powf(-REST / 10.0)).collect();
    let decibels: Vec<f64> = playing.iter().map(|&i| power_db(totals[i])).collect();
    let half = (AROUND / STEP) as usize;
    for (n, &i) in playing.iter().enumerate() {
        let near = &decibels[n.saturating_sub(half)..(n + half + 1).min(decibels.len())];
        let around = percentile(near, 0.5).unwrap_or(decibels[n]);
        let spectrum: Vec<f64> = spectra[i].iter().map(|&power| power_db(power)).collect();
        let first = ((hertz(-0.5) / bin).ceil() as usize).max(4);
        let last = ((hertz(NOTES as f64 - 0.5) / bin) as usize).min(spectrum.len().saturating_sub(5));
        for k in first..=last {
            let here = spectrum[k];
            let peak = here > spectrum[k - 1] && here >= spectrum[k + 1];
            if !peak || here < spectrum[k - 4].max(spectrum[k + 4]) + LINE {
                continue;
            }
            // Top of the parabola through three bins in dB.
            let (a, c) = (spectrum[k - 1], spectrum[k + 1]);
            let hz = (k as f64 + 0.5 * (a - c) / (a - 2.0 * here + c).min(-1e-9)) * bin;
            let note = (12.0 * (hz / BOTTOM).log2()).round();
            if (0.0..NOTES as f64).contains(&note) {
                found[note as usize].push((hz, here - around));
            }
        }
    }
    found
}

/// Power spectra every [`STEP`] seconds.
fn spectra(low: &[f32], rate: f64) -> Vec<Vec<f64>> {
    let size = ((WINDOW * rate) as usize).next_power_of_two();
    let plan = RealFftPlanner::<f32>::new().plan_fft_forward(size);
    let (mut input, mut output) = (plan.make_input_vec(), plan.make_output_vec());
    let mut scratch = plan.make_scratch_vec();
    let window = hann(size);
    // Hann: the squares of the window sum to three eighths of its length.
    let scale = 2.0 / (0.375 * (size * size) as f64);
    let count = (low.len().saturating_sub(size) as f64 / (STEP * rate)) as usize;
    (0..count)
        .map(|n| {
            let start = (n as f64 * STEP * rate).round() as usize;
            let samples = &low[start..start + size];
            input.iter_mut().zip(samples).zip(&window).for_each(|((y, x), w)| *y = x * w);
            plan.process_with_scratch(&mut input, &mut output, &mut scratch)
                .expect("all lengths are the plan's own");
            output.iter().map(|bin| f64::from(bin.norm_sqr()) * scale).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rate at which the tunes are played, Hz.
    const RATE: f64 = 16_000.0;

    /// A tune of a scale up and down for a minute, each note 0.4 s with six harmonics; one note is louder by so much.
    fn tune(loud: f64, by: f64) -> Vec<crate::Fact> {
        const SCALE: [i32; 14] = [0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2];
        let length = (0.4 * RATE) as usize;
        let line: Vec<f32> = (0..150 * length)
            .map(|n| {
                let hz = 196.0 * (f64::from(SCALE[n / length % SCALE.len()]) / 12.0).exp2();
                let time = (n % length) as f64 / RATE;
                let harmonic = |h: i32| {
                    let place = f64::from(h) * hz;
                    let gain = if (place / loud).log2().abs() < 0.04 { 10f64.powf(by / 20.0) } else { 1.0 };
                    gain / f64::from(h * h) * (std::f64::consts::TAU * place * time).sin()
                };
                ((1..=6).map(harmonic).sum::<f64>() * 0.05 * (1.0 - time)) as f32
            })
            .collect();
        let mut notes = Notes { stem: "x", facts: Vec::new() };
        measure(&line, RATE, &mut notes);
        notes.facts
    }

    fn number(facts: &[crate::Fact], what: &str) -> f64 {
        let fact = facts.iter().find(|fact| fact.what == what).expect("the fact");
        if let crate::Qty::Number(value) = fact.value { value } else { f64::NAN }
    }

    #[test]
    fn the_loud_note_is_found_with_its_rise() {
        let facts = tune(293.66, 9.0);
        let (rise, hz) = (number(&facts, "pitch.boom"), number(&facts, "pitch.boom_hz"));
        assert!((rise - 9.0).abs() < 1.5 && (hz - 293.66).abs() < 3.0, "{rise} {hz}");
    }

    #[test]
    fn the_lowest_note_but_one_is_judged_too() {
        // Of the scale from 196 Hz on, this has one note below it.
        let facts = tune(220.0, 9.0);
        let (rise, hz) = (number(&facts, "pitch.boom"), number(&facts, "pitch.boom_hz"));
        assert!((rise - 9.0).abs() < 1.5 && (hz - 220.0).abs() < 3.0, "{rise} {hz}");
        assert!(number(&facts, "pitch.boom_mean") >= rise);
    }

    #[test]
    fn an_even_tune_has_none() {
        let rise = number(&tune(5000.0, 0.0), "pitch.boom");
        assert!(rise < 1.5, "{rise}");
    }
}
