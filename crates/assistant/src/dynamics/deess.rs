//! Sharp s and t.

use mixsmith_analysis::Sketch;
use mixsmith_analysis::sketch::{BANDS, STEP, centres};
use mixsmith_session::{Edit, Insert, Strip};

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
          **How far it goes.** What is more than usual, 3 to 9 dB, only during the s: the detector compares it with the voice itself. \
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
/// Least and most that is taken off, dB.
const RANGE: (f64, f64) = (3.0, 9.0);
/// The same level as the de-esser's detector reads it, dB: it remembers the loudest vowels.
const THRESHOLD: f32 = 0.0;
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
    let sharp = sharpness(desk.facts.sketch(stem)?, times).filter(|&sharp| sharp > SHARP)?;
    // Its band begins below the centre of the hiss.
    let from = (0.8 * hz).clamp(3500.0, 9000.0);
    let range = (sharp - USUAL).clamp(RANGE.0, RANGE.1);
    let values = [
        ("frequency", ((from / 100.0).round() * 100.0) as f32),
        ("threshold", THRESHOLD),
        ("range", ((range * 2.0).round() / 2.0) as f32),
    ];
    let says = format!(
        "{} de-essed by up to {range:.1} dB above {}: its sharper s are {sharp:.0} dB louder at 4 to 10 kHz than \
         its vowels at 1 to 4 kHz (up to {SHARP:.0} is usual), {often:.0} s a minute.",
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
    let power = |frame: usize, low: f64, high: f64| -> f64 {
        let cells = frame * BANDS..(frame + 1) * BANDS;
        let energies = sketch.mid[cells.clone()].iter().zip(&sketch.side[cells]);
        let inside = centres().iter().zip(energies).filter(|(hz, _)| (low..high).contains(*hz));
        inside.map(|(_, (mid, side))| f64::from(mid + side)).sum()
    };
    let at = |values: &mut Vec<f64>, share: f64| {
        values.sort_by(f64::total_cmp);
        values.get((values.len().checked_sub(1)? as f64 * share) as usize).copied()
    };
    let mut vowels: Vec<f64> = (0..sketch.frames()).map(|frame| power(frame, 1000.0, 4000.0)).collect();
    let top = at(&mut vowels, 0.95)?;
    vowels.retain(|&vowel| vowel > 0.01 * top);
    let loud = at(&mut vowels, 0.75)?;
    let frame = |time: &f64| Some((time / STEP) as usize).filter(|&frame| frame < sketch.frames());
    let bursts = times.iter().filter_map(frame);
    let mut bursts: Vec<f64> = bursts.map(|frame| power(frame, 4000.0, 10_000.0)).collect();
    Some(10.0 * (at(&mut bursts, 0.75)? / loud).log10())
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
        assert_eq!(value(&session, "x/deess.frequency"), 5600.0);
        assert_eq!(value(&session, "x/deess.range"), 9.0);
    }

    #[test]
    fn soft_voices_and_hi_hats_are_left_alone() {
        assert!(singer("lead-vocal", 4.0).decisions(Phase::Dynamics, RULE.code).is_empty());
        assert!(singer("hihat", 16.0).decisions(Phase::Dynamics, RULE.code).is_empty());
    }
}
