//! Mud: too much between 180 and 500 Hz.

use super::shape::{self, TOLERANCE};
use super::{bands, heard, hertz, mixed};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "tone.mud",
    phase: Phase::Tone,
    doc: "**What it does.** A wide cut between 180 and 500 Hz where the track's spectrum stands out of its own neighbouring \
          octaves by 4 to 16 dB (where the track's own notes are, 9 to 16), each measured against the usual spectrum \
          of the family. \
          **Why.** The warmth of every track adds up there, and covers the words. \
          **When it is wrong.** When the body of the instrument lies there and little else plays. \
          **How far it goes.** Half of what stands out, 2 to 4 dB, one place a track; no track gets more than three \
          bells from its spectrum. Dark and bright tracks stay so: only humps are cut, and what stands out by more than \
          16 dB is the sound itself. \
          **Sources.** tables/spectra.toml (MUSDB18, tolerance 4 dB); cuts narrower than boosts: Pestana and Reiss 2014.",
    decide,
};

/// Where it looks, Hz.
const ZONE: (f64, f64) = (180.0, 500.0);
/// Quality factor of the cut.
const Q: f64 = 1.2;
/// Deepest cut, dB.
const MOST: f64 = 4.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    let mut equalisers = bands::Equalisers::new(desk);
    let decision = |strip: &mixsmith_session::Strip| {
        let place = shape::excess(desk, strip, ZONE.0, ZONE.1)?;
        if bands::bells(strip) >= shape::MOST_BELLS {
            return None;
        }
        let band = bands::Band::bell(place.hz, -(0.5 * place.by).min(MOST), Q);
        let says = format!(
            "{} {:.1} dB at {}: it stands {:.1} dB out of its surroundings there, and sounds muddy.",
            strip.name,
            band.gain,
            hertz(band.hz),
            place.by,
        );
        let evidence = Evidence::new("spectrum.third_octave", &[desk.stem_of(strip)], place.by, "dB");
        let mut decision = Decision::new(RULE.code, &[&strip.id], says).because(evidence.wanted(TOLERANCE));
        decision.edits = equalisers.add(strip, &[band])?;
        Some(decision)
    };
    heard(desk).filter_map(decision).collect()
}
