//! Notes that ring where none should: a boomy room, a ringing drum.

use mixsmith_session::Strip;

use super::bands::{Band, Equalisers};
use super::{hertz, mixed, raw};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "tone.resonance",
    phase: Phase::Tone,
    doc: "**What it does.** A narrow cut where one frequency stands 9 dB or more above the octave around it, in at \
          least half of the time in which that octave sounds. \
          **Why.** A resonance of the room or the instrument makes one note jump out, whatever is played. \
          **When it is wrong.** When the ringing is the tone of the drum. A track that plays one note only is left \
          alone: there the note is the music. \
          **How far it goes.** 2 to 4 dB, Q 6, two places a track; drums need 1 dB more before it acts. \
          Tracks that came with effects printed are left alone. \
          **Sources.** 9 dB: the alarm level from human mixes (mean 6.6, SD 3.0 dB); narrow dips are seldom heard as \
          such: Bücklein 1981, \"The audibility of frequency response irregularities\".",
    decide,
};

/// Rise from which on a resonance is cut, dB; drums ring by nature.
const RISE: f64 = 9.0;
const DRUMS: f64 = 1.0;
/// Rise that good mixes have, dB: what goes beyond is halved. A pure tone rises by 11 dB.
const USUAL: f64 = 5.0;
/// Deepest cut, dB, and its quality factor.
const MOST: f64 = 4.0;
const Q: f64 = 6.0;
/// A track whose highest note is less than this times its lowest plays one note.
const ONE_NOTE: f64 = 1.15;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    let mut equalisers = Equalisers::new(desk);
    raw(desk).filter_map(|strip| resonance(desk, strip, &mut equalisers)).collect()
}

fn resonance(desk: &Desk<'_>, strip: &Strip, equalisers: &mut Equalisers<'_>) -> Option<Decision> {
    let stem = desk.stem_of(strip);
    let number = |what: &str| desk.facts.number(what, stem);
    let family = mixsmith_analysis::role(desk.role(strip)).map_or("", |role| role.family);
    let drums = family == "drums";
    let one_note = match (number("pitch.low"), number("pitch.high")) {
        (Some(low), Some(high)) if !drums => high < ONE_NOTE * low,
        _ => false,
    };
    let least = if drums { RISE + DRUMS } else { RISE };
    let found: Vec<(f64, f64)> = desk
        .facts
        .bands("spectrum.resonances", stem)?
        .chunks_exact(2)
        .map(|pair| (f64::from(pair[0]), f64::from(pair[1])))
        .filter(|&(_, rise)| rise >= least)
        .take(2)
        .collect();
    if found.is_empty() || one_note {
        return None;
    }
    let bands: Vec<Band> =
        found.iter().map(|&(hz, rise)| Band::bell(hz, -(0.5 * (rise - USUAL)).min(MOST), Q)).collect();
    let parts: Vec<String> = found
        .iter()
        .zip(&bands)
        .map(|((hz, rise), band)| {
            format!("{:.1} dB at {}, which rings {rise:.0} dB above its surroundings", band.gain, hertz(*hz))
        })
        .collect();
    let says = format!("{} {}.", strip.name, crate::says::list(&parts));
    let mut decision = Decision::new(RULE.code, &[&strip.id], says);
    for (_, rise) in found {
        decision = decision.because(Evidence::new("spectrum.resonances", &[stem], rise, "dB").at_most(least));
    }
    decision.edits = equalisers.add(strip, &bands)?;
    Some(decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};
    use mixsmith_analysis::{Fact, Qty};

    fn take(role: &str, rise: f32) -> Take {
        let found = Fact::new("spectrum.resonances", &["x"], Qty::Bands(vec![220.0, rise]));
        Take::new().mono("x", role, -20.0).fact(found)
    }

    #[test]
    fn a_boomy_note_is_cut_narrowly() {
        let (session, _) = take("acoustic-guitar", 11.0).mix(Phase::Tone);
        let knob = |id: &str| value(&session, &format!("x/eq.{id}"));
        assert_eq!([knob("type1"), knob("freq1"), knob("gain1"), knob("q1")], [1.0, 220.0, -3.0, 6.0]);
    }

    #[test]
    fn small_rises_drums_and_drones_are_left_alone() {
        assert!(take("acoustic-guitar", 8.0).decisions(Phase::Tone, RULE.code).is_empty());
        assert!(take("toms", 9.5).decisions(Phase::Tone, RULE.code).is_empty());
        let drone = take("synth", 12.0).number("pitch.low", "x", 219.0).number("pitch.high", "x", 221.0);
        assert!(drone.decisions(Phase::Tone, RULE.code).is_empty());
    }
}
