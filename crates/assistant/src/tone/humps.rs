//! Humps of the spectrum: mud between 180 and 500 Hz, harshness between 2 and 5 kHz.

use mixsmith_session::Strip;

use super::shape::{self, Excess, MOST_BELLS, TOLERANCE, excess};
use super::{bands, hertz, mixed, raw};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// What both rules say of themselves; only the cut, its reason and its danger differ.
macro_rules! doc {
    ($cut:literal, $why:literal, $wrong:literal) => {
        concat!(
            "**What it does.** ",
            $cut,
            " where the track's spectrum stands out of its own neighbouring octaves by 4 to 16 dB (where the track's own \
             notes are, 9 to 16; of a voice above 1 kHz, 8.5 to 16), each measured against the usual spectrum of the family, or \
             by more than 4.5 dB of what lies right beside it, whatever is usual (a voice above 1 kHz 5.5; a guitar below \
             it 3.2, where the bell that fits best over four octaves is higher than 7 dB). **Why.** ",
            $why,
            " **When it is wrong.** ",
            $wrong,
            " **How far it goes.** Down to half the tolerance, and a bump as far as it stands out: 2 to 6 dB. Of guitars below and \
             voices above 1 kHz it is known what clean ones have: a bump of theirs is cut by up to 9 dB, so deep that behind the \
             cut, whose flanks lower what lies beside it, too, the guitar does not stand out any more, and the voice by the \
             3 dB of its singer's formant. One place a track; no track gets more than three bells from its spectrum. Dark and bright tracks stay so: only humps are cut, and what stands out by more than 16 dB is \
             the sound itself. Tracks that came with effects printed are left alone. **Sources.** tables/spectra.toml \
             (MUSDB18, tolerance 4 dB); cuts narrower than boosts: Pestana and Reiss 2014."
        )
    };
}

/// Too much between 180 and 500 Hz.
pub const MUD: Rule = Rule {
    code: "tone.mud",
    phase: Phase::Tone,
    doc: doc!(
        "A wide cut between 180 and 500 Hz",
        "The warmth of every track adds up there, and covers the words.",
        "When the body of the instrument lies there and little else plays."
    ),
    decide: |desk| cut(desk, &Zone { rule: "tone.mud", hz: (180.0, 500.0), q: 1.2, sounds: "muddy" }),
};

/// Too much between 2 and 5 kHz.
pub const HARSH: Rule = Rule {
    code: "tone.harsh",
    phase: Phase::Tone,
    doc: doc!(
        "A fairly narrow cut between 2 and 5 kHz",
        "The ear is most sensitive there: what stands out hurts before it is loud.",
        "When the bite is the sound."
    ),
    decide: |desk| cut(desk, &Zone { rule: "tone.harsh", hz: (2000.0, 5000.0), q: 1.8, sounds: "harsh" }),
};

/// Smallest cut, and the deepest of what may be character, dB.
const CUT: (f64, f64) = (2.0, 6.0);
/// Deepest cut of a bump where it is known what clean tracks have, dB.
const DEEPEST: f64 = 9.0;
/// A cut is made deeper in steps of so much, dB.
const STEP: f64 = 0.1;

/// Where what stands out is cut.
struct Zone {
    /// Code of the rule that cuts.
    rule: &'static str,
    /// Lowest and highest frequency, Hz.
    hz: (f64, f64),
    /// Quality factor of the cut.
    q: f64,
    /// How it sounds.
    sounds: &'static str,
}

/// One cut a track where its spectrum stands out of a zone.
fn cut(desk: &Desk<'_>, zone: &Zone) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    let mut equalisers = bands::Equalisers::new(desk);
    let decision = |strip: &Strip| {
        let found = excess(desk, strip, zone.hz.0, zone.hz.1)?;
        let place = found.place();
        if bands::bells(strip) >= MOST_BELLS {
            return None;
        }
        let band = bands::Band::bell(place.hz, -depth(desk, strip, zone, &found), zone.q);
        let says = format!(
            "{} {:.1} dB at {}: it stands {:.1} dB out of its surroundings there, and sounds {}.",
            strip.name,
            band.gain,
            hertz(band.hz),
            place.by,
            zone.sounds,
        );
        let evidence = Evidence::new("spectrum.third_octave", &[desk.stem_of(strip)], place.by, "dB");
        let mut decision = Decision::new(zone.rule, &[&strip.id], says)
            .because(evidence.at_most(shape::least(desk, strip, &found)));
        decision.edits = equalisers.add(strip, &[band])?;
        Some(decision)
    };
    raw(desk).filter_map(decision).collect()
}

/// How deep to cut, dB: where it is known what clean tracks have, the shallowest cut behind which the bump is gone. Its flanks
/// lower what lies beside it, too.
fn depth(desk: &Desk<'_>, strip: &Strip, zone: &Zone, found: &Excess) -> f64 {
    let bump = match found {
        Excess::Hump(hump) => return (hump.by - 0.5 * TOLERANCE).clamp(CUT.0, CUT.1),
        Excess::Bump(bump) => bump,
    };
    let Some(natural) = shape::natural(desk, strip, bump) else { return bump.by.clamp(CUT.0, CUT.1) };
    let cured = |&depth: &f64| {
        let bell = bands::Band::bell(bump.hz, -depth, zone.q);
        shape::behind(desk, strip, bump, bell).is_none_or(|left| left <= natural)
    };
    let steps = ((DEEPEST - CUT.0) / STEP).round() as usize;
    (0..steps).map(|n| CUT.0 + STEP * n as f64).find(cured).unwrap_or(DEEPEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};
    use mixsmith_analysis::Fact;

    /// Each rule with a role and a place where it has something to cut.
    const CASES: [(Rule, &str, f64); 2] =
        [(MUD, "acoustic-guitar", 300.0), (HARSH, "electric-guitar", 3000.0)];

    fn take(role: &str, hz: f64, by: f64) -> Take {
        let bands = shape::lifted(role, hz, by);
        Take::new().mono("x", role, -20.0).fact(Fact::new("spectrum.third_octave", &["x"], bands))
    }

    #[test]
    fn what_stands_out_is_cut_where_it_is() {
        for (rule, role, at) in CASES {
            let (session, decisions) = take(role, at, 7.0).mix(Phase::Tone);
            assert!(decisions.iter().any(|decision| decision.rule == rule.code), "{}", rule.code);
            // The first band is the high-pass of the role.
            let (hz, gain) = (value(&session, "x/eq.freq2"), value(&session, "x/eq.gain2"));
            let near = (at as f32..1.6 * at as f32).contains(&(hz * 1.3));
            assert!(near && (-9.0..=-2.0).contains(&gain), "{}: {hz} {gain}", rule.code);
        }
    }

    #[test]
    fn a_bump_is_cut_whatever_is_usual() {
        // A guitar that is far brighter than usual: against that, nothing stands out at 300 Hz.
        let bright = |by: f64| {
            let level = |i: i32| {
                let near = (9..=11).contains(&i);
                -20.0 + if near { by as f32 } else { 0.0 }
            };
            let bands = mixsmith_analysis::Qty::Bands((0..28).map(level).collect());
            Take::new().mono("x", "acoustic-guitar", -20.0).fact(Fact::new(
                "spectrum.third_octave",
                &["x"],
                bands,
            ))
        };
        let cuts = |by: f64| bright(by).decisions(Phase::Tone, MUD.code);
        assert!(cuts(3.0).is_empty());
        let told = cuts(6.0);
        assert!(told[0].says.contains("stands 6.0 dB out"), "{}", told[0].says);
        // Its flanks lower what lies beside the bump, too: it has to be deeper than the bump is high.
        let (session, _) = bright(5.0).mix(Phase::Tone);
        let gain = value(&session, "x/eq.gain1");
        assert!((-9.0..-5.0).contains(&gain), "{gain}");
    }

    #[test]
    fn small_humps_and_the_sound_itself_are_left_alone() {
        for (rule, role, at) in CASES {
            for by in [0.0, 3.0, 25.0] {
                assert!(
                    take(role, at, by).decisions(Phase::Tone, rule.code).is_empty(),
                    "{} {by}",
                    rule.code
                );
            }
        }
    }
}
