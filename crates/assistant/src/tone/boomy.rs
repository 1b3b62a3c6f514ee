//! A note that is louder than all the others, whenever it is played.

use mixsmith_session::Strip;

use super::bands::{Band, Equalisers};
use super::{heard, hertz, mixed};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "tone.boomy",
    phase: Phase::Tone,
    doc: "**What it does.** A narrow cut at one note from 60 to 630 Hz that sounds 6 dB or more louder than the loudest \
          of the others around it, whenever it is played; lead voices and guitars, whose notes are more even, 3.5 dB or more. \
          **Why.** A resonance of the room, the body or the loudspeaker makes one note jump out of the tune; the fader \
          cannot help, for then the others are too soft. \
          **When it is wrong.** When the player means that one note. \
          **How far it goes.** It brings the note down to the mean of the four loudest others, by 10 dB at most, Q 8: a \
          semitone and a half. Drums and effects are left alone. \
          **Sources.** Fact `pitch.boom`: the tracks of six songs have 5.9 dB at most (a piano), their lead voices and guitars \
          3.2; narrow dips are seldom heard as such: Bücklein 1981, \"The audibility of frequency response \
          irregularities\".",
    decide,
};

/// Rise from which on a note is cut, dB.
const RISE: f64 = 6.0;
/// That of a lead voice or a guitar, dB: 33 clean ones have 3.2 at most, those with a bell of 10 dB and a quality factor of 8 on one note
/// 3.7 to 8.5.
const EVEN: f64 = 3.5;
/// Deepest cut, dB, and its quality factor.
const MOST: f64 = 10.0;
const Q: f64 = 8.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    let mut equalisers = Equalisers::new(desk);
    heard(desk).filter_map(|strip| boomy(desk, strip, &mut equalisers)).collect()
}

fn boomy(desk: &Desk<'_>, strip: &Strip, equalisers: &mut Equalisers<'_>) -> Option<Decision> {
    let family = mixsmith_analysis::role(desk.role(strip)).map_or("none", |role| role.family);
    if ["drums", "fx", "none"].contains(&family) {
        return None;
    }
    let stem = desk.stem_of(strip);
    let even = ["guitars", "lead-vocals"].contains(&family);
    let least = if even { EVEN } else { RISE };
    let rise = desk.facts.number("pitch.boom", stem).filter(|&rise| rise >= least)?;
    let hz = desk.facts.number("pitch.boom_hz", stem)?;
    let over = desk.facts.number("pitch.boom_mean", stem).unwrap_or(rise);
    let band = Band::bell(hz, -over.min(MOST), Q);
    let says = format!(
        "{} {:.1} dB at {}: whenever that note is played it is {rise:.1} dB louder than the loudest of the notes \
         around it.",
        strip.name,
        band.gain,
        hertz(hz),
    );
    let mut decision = Decision::new(RULE.code, &[&strip.id], says)
        .because(Evidence::new("pitch.boom", &[stem], rise, "dB").at_most(least))
        .because(Evidence::new("pitch.boom_mean", &[stem], over, "dB").wanted(0.0))
        .because(Evidence::new("pitch.boom_hz", &[stem], hz, "Hz"));
    decision.edits = equalisers.add(strip, &[band])?;
    Some(decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};

    fn take(role: &str, rise: f64) -> Take {
        let take = Take::new().mono("x", role, -20.0).number("pitch.boom", "x", rise);
        take.number("pitch.boom_mean", "x", rise + 1.0).number("pitch.boom_hz", "x", 222.4)
    }

    #[test]
    fn a_loud_note_is_brought_down_to_the_others() {
        let (session, _) = take("acoustic-guitar", 6.5).mix(Phase::Tone);
        let knob = |id: &str| value(&session, &format!("x/eq.{id}"));
        assert_eq!([knob("type1"), knob("freq1"), knob("gain1"), knob("q1")], [1.0, 222.0, -7.5, 8.0]);
        let (session, _) = take("bass", 14.0).mix(Phase::Tone);
        assert_eq!(value(&session, "x/eq.gain1"), -10.0);
    }

    #[test]
    fn small_differences_and_drums_are_left_alone() {
        assert!(take("acoustic-guitar", 3.0).decisions(Phase::Tone, RULE.code).is_empty());
        assert!(take("piano", 5.7).decisions(Phase::Tone, RULE.code).is_empty());
        assert!(take("toms", 12.0).decisions(Phase::Tone, RULE.code).is_empty());
    }
}
