//! Sharp s and t.

use mixsmith_analysis::Sketch;
use mixsmith_analysis::sketch::{BANDS, STEP, centres};
use mixsmith_session::{Edit, Insert, Strip};

use crate::tone::bands::{Band, present};
use crate::tone::{hertz, mixed, raw};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "dynamics.deess",
    phase: Phase::Dynamics,
    doc: "**What it does.** A de-esser at the singer's own sibilance where the sharper s are more than 8 dB louder at 4 to \
          10 kHz than loud vowels are at 1 to 4 kHz. \
          **Why.** An s that is louder than the vowel is all that one hears, and reverb makes it longer. \
          **When it is wrong.** When it lisps: less range. \
          **How far it goes.** So far that behind it the sharper s are at the produced level, 3 to 12 dB, only during the s: the \
          detector compares it with the voice itself, from a threshold at which the sharper s get all of the range. What it will \
          do is computed from the tenths of a second in which the s are, behind the track's equaliser. \
          Tracks that came with effects printed are left alone. \
          **Sources.** Level of the s in five produced voices, measured: 1 to 4.5 dB; frequency, ratio, times: Senior \
          2009, practice.",
    decide,
};

/// Level of the sharper s (75th percentile) against the vowels from which on it is too much, dB. Produced voices lie
/// between 1 and 4.5.
const SHARP: f64 = 8.0;
/// Where it is brought down to, dB: the produced level.
const USUAL: f64 = 3.5;
/// Least and most that is taken off, dB, and in which steps.
const RANGE: (f64, f64) = (3.0, 12.0);
const RANGES: f64 = 0.5;
/// Lowest and highest threshold, dB: what leaves soft s alone, and the produced level as the detector reads it, which remembers
/// the loudest vowels.
const THRESHOLD: (f64, f64) = (-6.0, 0.0);
/// What the de-esser takes off of a decibel above the threshold: its ratio is 4.
const SLOPE: f64 = 0.75;
/// Where its shelf begins, of the centre of the hiss: there it has a quarter of its depth, in the centre two thirds.
const BELOW: f64 = 0.6;
/// Seconds over which its detector remembers a vowel.
const MEMORY: f64 = 1.0;
/// Loud vowels, and the sharper s: share of the levels below them.
const LOUD: f64 = 0.75;
/// An s now and then is no fault: so many a minute of singing.
const OFTEN: f64 = 4.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    raw(desk).filter_map(|strip| deess(desk, strip)).collect()
}

fn deess(desk: &Desk<'_>, strip: &Strip) -> Option<Decision> {
    let family = mixsmith_analysis::role(desk.role(strip)).map_or("", |role| role.family);
    let stem = desk.stem_of(strip);
    let hz = desk.facts.number("sibilance.hz", stem)?;
    let times = desk.facts.times("sibilance.times", stem);
    let bursts = times.len() as f64;
    let phrases = desk.facts.spans("activity.phrases", stem);
    let minutes = phrases.iter().map(|span| span.end - span.start).sum::<f64>() / 60.0;
    let often = bursts / minutes.max(0.05);
    if !family.ends_with("vocals") || often < OFTEN || strip.insert("deess").is_some() {
        return None;
    }
    let sketch = desk.facts.sketch(stem)?;
    let sharp = sharpness(sketch, times).filter(|&sharp| sharp > SHARP)?;
    let from = (BELOW * hz).clamp(3500.0, 9000.0);
    let voice = Voice::new(sketch, times, &present(strip), from);
    let (range, threshold, left) = voice.softened();
    let values = [
        ("frequency", ((from / 100.0).round() * 100.0) as f32),
        ("threshold", ((threshold * 2.0).round() / 2.0) as f32),
        ("range", range as f32),
    ];
    let says = format!(
        "{} de-essed by up to {range:.1} dB above {}: its sharper s are {sharp:.0} dB louder at 4 to 10 kHz than \
         its vowels at 1 to 4 kHz (up to {SHARP:.0} is usual), {often:.0} s a minute; behind it they come to about {left:.0}.",
        strip.name,
        hertz(from),
    );
    let insert = Insert::new("deess", "dynamics.deesser", &values);
    Some(
        Decision::new(RULE.code, &[&strip.id], says)
            .because(Evidence::new("sibilance.level", &[stem], sharp, "dB").at_most(SHARP))
            .because(Evidence::new("sibilance.hz", &[stem], hz, "Hz"))
            .edit(Edit::AddInsert { strip: strip.id.clone(), place: None, insert }),
    )
}

/// Level of the sharper s, which are at these times in seconds, at 4 to 10 kHz against loud vowels at 1 to 4 kHz, dB.
pub fn sharpness(sketch: &Sketch, times: &[f64]) -> Option<f64> {
    let loud = loud(vowels(sketch, |_| 1.0))?;
    let hiss = |frame| power(sketch, frame, HISS, |_| 1.0);
    let sharper = at(&mut frames(sketch, times).map(hiss).collect::<Vec<f64>>(), LOUD)?;
    Some(10.0 * (sharper / loud).log10())
}

/// Where vowels and where s are loud, Hz.
const VOWEL: (f64, f64) = (1000.0, 4000.0);
const HISS: (f64, f64) = (4000.0, 10_000.0);

/// Power of a frame of the sketch between two frequencies, each band times a gain of power.
fn power(sketch: &Sketch, frame: usize, (low, high): (f64, f64), gain: impl Fn(f64) -> f64) -> f64 {
    let cells = frame * BANDS..(frame + 1) * BANDS;
    let energies = sketch.mid[cells.clone()].iter().zip(&sketch.side[cells]);
    let inside = centres().iter().zip(energies).filter(|(hz, _)| (low..high).contains(*hz));
    inside.map(|(&hz, (mid, side))| gain(hz) * f64::from(mid + side)).sum()
}

fn vowels(sketch: &Sketch, gain: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..sketch.frames()).map(|frame| power(sketch, frame, VOWEL, &gain)).collect()
}

/// Level of the loud vowels among the powers of all frames.
fn loud(mut vowels: Vec<f64>) -> Option<f64> {
    let top = at(&mut vowels, 0.95)?;
    vowels.retain(|&vowel| vowel > 0.01 * top);
    at(&mut vowels, LOUD)
}

/// The value that this share of the others lies below.
fn at(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get((values.len().checked_sub(1)? as f64 * share) as usize).copied()
}

fn frames(sketch: &Sketch, times: &[f64]) -> impl Iterator<Item = usize> {
    times.iter().map(|time| (time / STEP) as usize).filter(|&frame| frame < sketch.frames())
}

/// A voice as a de-esser hears it.
struct Voice {
    /// Loud vowels, power.
    loud: f64,
    /// Of each s: what its detector reads, dB, and its powers from 4 to 10 kHz by band.
    s: Vec<(f64, Vec<f64>)>,
    /// Frequencies of these bands against that of the de-esser.
    places: Vec<f64>,
}

impl Voice {
    /// With s at these times in seconds, behind the bands of an equaliser, for a de-esser above a frequency.
    fn new(sketch: &Sketch, times: &[f64], equaliser: &[Band], from: f64) -> Voice {
        let heard = |hz: f64| equaliser.iter().map(|band| band.power(hz)).product::<f64>();
        let vowels = vowels(sketch, heard);
        let back = (MEMORY / STEP) as usize;
        let reads = |frame: usize| {
            let memory = vowels[frame.saturating_sub(back)..=frame].iter().copied().fold(1e-12, f64::max);
            let above = power(sketch, frame, (0.0, 24_000.0), |hz| heard(hz) * high(hz / from));
            10.0 * (above.max(1e-12) / memory).log10()
        };
        let inside: Vec<usize> =
            (0..BANDS).filter(|&band| (HISS.0..HISS.1).contains(&centres()[band])).collect();
        let powers = |frame: usize| {
            let cell = |&band: &usize| {
                let place = frame * BANDS + band;
                heard(centres()[band]) * f64::from(sketch.mid[place] + sketch.side[place])
            };
            inside.iter().map(cell).collect()
        };
        Voice {
            s: frames(sketch, times).map(|frame| (reads(frame), powers(frame))).collect(),
            loud: loud(vowels).unwrap_or(1e-12),
            places: inside.iter().map(|&band| centres()[band] / from).collect(),
        }
    }

    /// The smallest range behind which the sharper s are at the produced level, its threshold, and where they are then, dB.
    fn softened(&self) -> (f64, f64, f64) {
        let sharper =
            at(&mut self.s.iter().map(|(reads, _)| *reads).collect::<Vec<f64>>(), LOUD).unwrap_or(0.0);
        let steps = ((RANGE.1 - RANGE.0) / RANGES).round() as usize;
        let behind = |n: usize| {
            let range = RANGE.0 + RANGES * n as f64;
            let threshold = (sharper - range / SLOPE).clamp(THRESHOLD.0, THRESHOLD.1);
            (range, threshold, self.left(range, threshold))
        };
        (0..steps).map(behind).find(|&(_, _, left)| left <= USUAL).unwrap_or_else(|| behind(steps))
    }

    /// Level of the sharper s behind a de-esser, dB.
    fn left(&self, range: f64, threshold: f64) -> f64 {
        let softened = |(reads, powers): &(f64, Vec<f64>)| {
            let taken = (SLOPE * (reads - threshold)).clamp(0.0, range);
            let bands = powers.iter().zip(&self.places);
            bands.map(|(power, &place)| power * shelf(place, taken)).sum()
        };
        let sharper = at(&mut self.s.iter().map(softened).collect::<Vec<f64>>(), LOUD).unwrap_or(0.0);
        10.0 * (sharper.max(1e-12) / self.loud).log10()
    }
}

/// Power that the de-esser's detector hears at a frequency, against that of the de-esser: a high-pass of 12 dB an octave.
fn high(place: f64) -> f64 {
    let w4 = place.powi(4);
    w4 / (1.0 + w4)
}

/// Gain of power of its shelf at a frequency, against its own, while it takes off so much at the top, dB: the low part whole,
/// the middle by half, the high part by all of it.
fn shelf(place: f64, taken: f64) -> f64 {
    let half = 10f64.powf(-taken / 40.0);
    let w2 = place * place;
    let size = |half: f64| (1.0 - half * half * w2).powi(2) + 2.0 * half * half * w2;
    size(half) / size(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};
    use mixsmith_analysis::{Fact, Qty};
    use std::sync::Arc;

    /// Vowels, and every 3 s an s so much louder.
    fn singer(role: &str, sharp: f32) -> Take {
        let times = Fact::new(
            "sibilance.times",
            &["x"],
            Qty::Times((0..20).map(|i| f64::from(i) * 3.0 + 0.05).collect()),
        );
        let s = 10f32.powf(sharp / 10.0);
        let mut mid = vec![1e-9f32; 600 * BANDS];
        for (i, x) in mid.iter_mut().enumerate() {
            let (frame, hz) = (i / BANDS, centres()[i % BANDS]);
            // One band of each: the sums are theirs.
            let (vowel, hiss) = ((1800.0..2000.0).contains(&hz), (6200.0..7000.0).contains(&hz));
            *x += match frame % 30 {
                0 if hiss => 1e-3 * s,
                1.. if vowel => 1e-3,
                _ => 0.0,
            };
        }
        let mut take = Take::new().mono("x", role, -20.0).fact(times).number("sibilance.hz", "x", 7000.0);
        take.facts.push_sketch("x", Arc::new(Sketch { side: vec![0.0; mid.len()], mid }));
        take
    }

    #[test]
    fn a_sharp_voice_is_softened_at_its_own_frequency() {
        let (session, _) = singer("lead-vocal", 12.5).mix(Phase::Dynamics);
        assert_eq!(value(&session, "x/deess.frequency"), 4200.0);
        let hard = value(&session, "x/deess.range");
        let (session, _) = singer("lead-vocal", 8.5).mix(Phase::Dynamics);
        let soft = value(&session, "x/deess.range");
        assert!((5.0..12.0).contains(&soft) && soft + 3.0 < hard, "{soft} {hard}");
    }

    #[test]
    fn soft_voices_and_hi_hats_are_left_alone() {
        assert!(singer("lead-vocal", 4.0).decisions(Phase::Dynamics, RULE.code).is_empty());
        assert!(singer("hihat", 16.0).decisions(Phase::Dynamics, RULE.code).is_empty());
    }
}
