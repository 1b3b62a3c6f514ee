//! Harshness: too much between 2 and 5 kHz.

use super::shape;
use crate::{Decision, Desk, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "tone.harsh",
    phase: Phase::Tone,
    doc: "**What it does.** A fairly narrow cut between 2 and 5 kHz where the track's spectrum stands out of its own neighbouring \
          octaves by 4 to 16 dB (where the track's own notes are, 9 to 16), each measured against the usual spectrum \
          of the family. \
          **Why.** The ear is most sensitive there: what stands out hurts before it is loud. \
          **When it is wrong.** When the bite is the sound. \
          **How far it goes.** Half of what stands out, 2 to 4 dB, one place a track; no track gets more than three \
          bells from its spectrum. Dark and bright tracks stay so: only humps are cut, and what stands out by more than \
          16 dB is the sound itself. \
          **Sources.** tables/spectra.toml (MUSDB18, tolerance 4 dB); cuts narrower than boosts: Pestana and Reiss 2014.",
    decide,
};

/// Where it looks, Hz.
const ZONE: (f64, f64) = (2000.0, 5000.0);
/// Quality factor of the cut.
const Q: f64 = 1.8;
/// Deepest cut, dB.
const MOST: f64 = 4.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    shape::cut_humps(desk, &shape::Hump { rule: RULE.code, zone: ZONE, q: Q, most: MOST, sounds: "harsh" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};
    use mixsmith_analysis::Fact;

    fn take(by: f64) -> Take {
        let bands = shape::lifted("electric-guitar", 3000.0, by);
        Take::new().mono("x", "electric-guitar", -20.0).fact(Fact::new(
            "spectrum.third_octave",
            &["x"],
            bands,
        ))
    }

    #[test]
    fn what_stands_out_is_cut_where_it_is() {
        // The first band is the high-pass of the role.
        let (session, _) = take(7.0).mix(Phase::Tone);
        let (hz, gain) = (value(&session, "x/eq.freq2"), value(&session, "x/eq.gain2"));
        assert!((3000.0..4800.0).contains(&(hz * 1.3)) && (-4.0..=-2.0).contains(&gain), "{hz} {gain}");
    }

    #[test]
    fn small_humps_and_the_sound_itself_are_left_alone() {
        for by in [0.0, 3.0, 25.0] {
            assert!(take(by).decisions(Phase::Tone, RULE.code).is_empty(), "{by}");
        }
    }
}
