//! Presence of a dull lead voice.

use super::shape::{self, TOLERANCE};
use super::{bands, hertz, mixed, raw};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "tone.character",
    phase: Phase::Tone,
    doc: "**What it does.** A wide lift of a lead voice between 2.5 and 5 kHz where its spectrum sinks more than 4 dB \
          under its own neighbouring octaves, each measured against the usual spectrum of voices. \
          **Why.** Consonants live there: a voice that sinks in is heard and not understood. \
          **When it is wrong.** When the voice is meant to be veiled. \
          **How far it goes.** A third of what is missing, 3 dB at most, never where the file ends. Only the lead \
          voice: other tracks keep the character that they came with. \
          Tracks that came with effects printed are left alone. \
          **Sources.** tables/spectra.toml (MUSDB18, tolerance 4 dB); lead voice +2 to 3 dB at 3 to 5 kHz, boosts \
          more audible than cuts: Bücklein 1981, Toole and Olive 1988.",
    decide,
};

/// Where it looks, Hz.
const ZONE: (f64, f64) = (2500.0, 5000.0);
/// Quality factor of the lift.
const Q: f64 = 0.9;
/// Highest lift, dB.
const MOST: f64 = 3.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    let mut equalisers = bands::Equalisers::new(desk);
    let decision = |strip: &mixsmith_session::Strip| {
        let thirds = shape::thirds(desk, strip)?;
        let place = shape::dip(&thirds, ZONE.0, ZONE.1).filter(|place| place.by > TOLERANCE)?;
        if bands::bells(strip) >= shape::MOST_BELLS {
            return None;
        }
        let band = bands::Band::bell(place.hz, (place.by / 3.0).min(MOST), Q);
        let says = format!(
            "{} {:+.1} dB at {}: the voice sinks {:.1} dB under its surroundings there.",
            strip.name,
            band.gain,
            hertz(band.hz),
            place.by,
        );
        let evidence = Evidence::new("spectrum.third_octave", &[desk.stem_of(strip)], -place.by, "dB");
        let mut decision =
            Decision::new(RULE.code, &[&strip.id], says).because(evidence.at_least(-TOLERANCE));
        decision.edits = equalisers.add(strip, &[band])?;
        Some(decision)
    };
    raw(desk).filter(|strip| desk.role(strip) == "lead-vocal").filter_map(decision).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};
    use mixsmith_analysis::Fact;

    fn take(by: f64) -> Take {
        let bands = shape::lifted("lead-vocal", 3300.0, by);
        Take::new().mono("x", "lead-vocal", -20.0).fact(Fact::new("spectrum.third_octave", &["x"], bands))
    }

    #[test]
    fn what_sinks_in_is_lifted_where_it_is() {
        // The first band is the high-pass of the role.
        let (session, _) = take(-8.0).mix(Phase::Tone);
        let (hz, gain) = (value(&session, "x/eq.freq2"), value(&session, "x/eq.gain2"));
        assert!((3200.0..5600.0).contains(&(hz * 1.3)) && (1.0..=3.0).contains(&gain), "{hz} {gain}");
    }

    #[test]
    fn small_dips_and_bright_voices_are_left_alone() {
        for by in [0.0, -3.0, 10.0] {
            assert!(take(by).decisions(Phase::Tone, RULE.code).is_empty(), "{by}");
        }
    }
}
