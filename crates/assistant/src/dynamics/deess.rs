//! Sharp s and t.

use mixsmith_session::{Edit, Insert, Strip};

use crate::tone::{heard, hertz, mixed};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "dynamics.deess",
    phase: Phase::Dynamics,
    doc: "**What it does.** A de-esser at the singer's own sibilance where it stands out of the vowels' brightness. \
          **Why.** An s that is louder than the vowel is all that one hears, and reverb makes it longer. \
          **When it is wrong.** When it lisps: less range. \
          **How far it goes.** 3 to 6 dB, only during the s: the detector compares it with the voice itself. \
          **Sources.** sibilance.excess above the usual of clean voices; frequency, ratio, times: Senior 2009, practice.",
    decide,
};

/// Excess from which on sibilance is sharp, dB: by definition it is at least 6 in any s that counts.
const SHARP: f64 = 12.0;
/// An s now and then is no fault: so many a minute of singing.
const OFTEN: f64 = 4.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    heard(desk).filter_map(|strip| deess(desk, strip)).collect()
}

fn deess(desk: &Desk<'_>, strip: &Strip) -> Option<Decision> {
    let family = mixsmith_analysis::role(desk.role(strip)).map_or("", |role| role.family);
    let stem = desk.stem_of(strip);
    let excess = desk.facts.number("sibilance.excess", stem)?;
    let hz = desk.facts.number("sibilance.hz", stem)?;
    let bursts = desk.facts.times("sibilance.times", stem).len() as f64;
    let phrases = desk.facts.spans("activity.phrases", stem);
    let minutes = phrases.iter().map(|span| span.end - span.start).sum::<f64>() / 60.0;
    let often = bursts / minutes.max(0.05);
    if !family.ends_with("vocals") || excess < SHARP || often < OFTEN || strip.insert("deess").is_some() {
        return None;
    }
    // Its band begins below the centre of the hiss.
    let from = (0.8 * hz).clamp(3500.0, 9000.0);
    let range = (0.5 * (excess - SHARP) + 3.0).clamp(3.0, 6.0);
    let values = [
        ("frequency", ((from / 100.0).round() * 100.0) as f32),
        ("range", ((range * 2.0).round() / 2.0) as f32),
    ];
    let says = format!(
        "{} de-essed by up to {range:.1} dB above {}: its s stands {excess:.0} dB out of its vowels, {often:.0} times a \
         minute.",
        strip.name,
        hertz(from),
    );
    let insert = Insert::new("deess", "dynamics.deesser", &values);
    Some(
        Decision::new(RULE.code, &[&strip.id], says)
            .because(Evidence::new("sibilance.excess", &[stem], excess, "dB").wanted(SHARP))
            .because(Evidence::new("sibilance.hz", &[stem], hz, "Hz"))
            .edit(Edit::AddInsert { strip: strip.id.clone(), place: None, insert }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};
    use mixsmith_analysis::{Fact, Qty};

    fn singer(role: &str, excess: f64) -> Take {
        let times =
            Fact::new("sibilance.times", &["x"], Qty::Times((0..20).map(|i| f64::from(i) * 3.0).collect()));
        let take = Take::new().mono("x", role, -20.0).fact(times);
        take.number("sibilance.excess", "x", excess).number("sibilance.hz", "x", 7000.0)
    }

    #[test]
    fn a_sharp_voice_is_softened_at_its_own_frequency() {
        let (session, _) = singer("lead-vocal", 16.0).mix(Phase::Dynamics);
        assert_eq!(value(&session, "x/deess.frequency"), 5600.0);
        assert_eq!(value(&session, "x/deess.range"), 5.0);
    }

    #[test]
    fn soft_voices_and_hi_hats_are_left_alone() {
        assert!(singer("lead-vocal", 8.0).decisions(Phase::Dynamics, RULE.code).is_empty());
        assert!(singer("hihat", 16.0).decisions(Phase::Dynamics, RULE.code).is_empty());
    }
}
