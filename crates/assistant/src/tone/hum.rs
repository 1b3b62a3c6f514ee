//! Mains hum and constant offset.

use mixsmith_session::Strip;

use super::bands::{Band, Equalisers};
use super::{heard, hertz};
use crate::says::list;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "tone.hum",
    phase: Phase::Tone,
    doc: "**What it does.** Notches the mains frequency and its second, third and fifth harmonic where hum was found; \
          takes out a constant offset with a high-pass at 20 Hz. \
          **Why.** Hum is heard in every rest, and compression lifts it; an offset clicks at every edit and costs \
          headroom. \
          **When it is wrong.** When the hum is the sound of the amplifier and loved; when a bass plays exactly on it. \
          **How far it goes.** Notches a thirtieth of their frequency wide; only hum within 65 dB of the track. \
          **Sources.** Levels of mains harmonics: practice; fault.hum tells hum from notes by phase.",
    decide,
};

/// Harmonics with notches.
const HARMONICS: [f64; 4] = [1.0, 2.0, 3.0, 5.0];
/// Quality factor of the notches.
const Q: f64 = 30.0;
/// Hum this far under the track is not heard, dB.
const HEARD: f64 = 65.0;
/// Corner that takes out an offset and nothing else, Hz.
const BLOCKER: f64 = 20.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut equalisers = Equalisers::new(desk);
    let mut decisions = Vec::new();
    for strip in heard(desk) {
        decisions.extend(hum(desk, strip, &mut equalisers));
        decisions.extend(offset(desk, strip, &mut equalisers));
    }
    decisions
}

fn hum(desk: &Desk<'_>, strip: &Strip, equalisers: &mut Equalisers<'_>) -> Option<Decision> {
    let stem = desk.stem_of(strip);
    let (hum, mains) = (desk.facts.number("fault.hum", stem)?, desk.facts.number("fault.hum_hz", stem)?);
    let under = desk.facts.number("loudness.active", stem).unwrap_or(-23.0) - hum;
    if under > HEARD {
        return None;
    }
    let places = HARMONICS.map(|harmonic| harmonic * mains);
    let names = places.map(hertz);
    let says =
        format!("{}: mains hum {under:.0} dB under the track, notched at {}.", strip.name, list(&names));
    let mut decision = Decision::new(RULE.code, &[&strip.id], says)
        .because(Evidence::new("fault.hum", &[stem], hum, "dBFS"))
        .because(Evidence::new("fault.hum_hz", &[stem], mains, "Hz"));
    decision.edits = equalisers.add(strip, &places.map(|hz| Band::notch(hz, Q)))?;
    Some(decision)
}

fn offset(desk: &Desk<'_>, strip: &Strip, equalisers: &mut Equalisers<'_>) -> Option<Decision> {
    let stem = desk.stem_of(strip);
    let offset = desk.facts.number("fault.dc", stem)?;
    let says = format!(
        "{}: constant offset of {:.1} % of full scale, taken out by a high-pass at 20 Hz.",
        strip.name,
        offset.abs() * 100.0
    );
    let mut decision = Decision::new(RULE.code, &[&strip.id], says)
        .because(Evidence::new("fault.dc", &[stem], offset, "share").wanted(0.0));
    decision.edits = equalisers.add(strip, &[Band::high_pass(BLOCKER)])?;
    Some(decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};

    #[test]
    fn hum_is_notched_and_an_offset_blocked_in_one_equaliser() {
        let take = Take::new()
            .mono("gtr", "electric-guitar", -20.0)
            .mono("bass", "bass", -20.0)
            .number("fault.hum", "gtr", -60.0)
            .number("fault.hum_hz", "gtr", 60.0)
            .number("fault.dc", "gtr", 0.02);
        let (session, decisions) = take.mix(Phase::Tone);
        assert!(decisions.iter().all(|d| d.status == crate::Status::Taken), "{decisions:?}");
        assert_eq!(
            [1, 2, 3, 4].map(|n| value(&session, &format!("gtr/eq.freq{n}"))),
            [60.0, 120.0, 180.0, 300.0]
        );
        assert_eq!((value(&session, "gtr/eq.type5"), value(&session, "gtr/eq.freq5")), (4.0, 20.0));
        assert!(session.strip("bass").is_some_and(|strip| strip.inserts.is_empty()));
    }
}
