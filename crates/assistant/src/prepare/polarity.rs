//! Microphones that stand upside down against their partner.

use std::collections::BTreeMap;

use mixsmith_analysis::{Fact, Qty};
use mixsmith_session::{Address, Edit};

use super::{SURE, name_of, pair_number, pairs, track_of};
use crate::says::signed;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "prepare.polarity",
    phase: Phase::Prepare,
    doc: "**What it does.** Turns a track over when it stands upside down against its partner (kick in and out, \
          snare top and bottom, bass DI and amp) or against the person's own rough mix. \
          **Why.** Two microphones of opposite polarity cancel each other's low end. \
          **When it is wrong.** When the cancellation is wanted as a sound. \
          **How far it goes.** Only a switch, no sound is lost. Nothing is done below 40 % certainty (a rough mix: 60 %), and overheads \
          and rooms are left alone. \
          **Sources.** Facts `pair.polarity` (judged by the energy of sum and difference in the low band) and \
          `rough.polarity`; Clifford and Reiss 2013.",
    decide,
};

/// Certainty that is asked of a pair: a switch does no harm, and the measure itself drops doubtful pairs.
const CERTAIN: f32 = 0.4;
/// Pairs of microphones on one source.
pub const CLOSE: [&str; 3] = ["kick-mics", "snare-mics", "di-amp"];

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut turned: BTreeMap<&str, bool> = BTreeMap::new();
    let mut decisions = Vec::new();
    for fact in desk.facts.of("rough.polarity") {
        let (Fact { value: Qty::Number(sign), confidence, about, .. }, [stem]) =
            (fact, fact.about.as_slice())
        else {
            continue;
        };
        if *confidence < SURE {
            continue;
        }
        turned.insert(stem, *sign < 0.0);
        if *sign < 0.0 {
            let why = "in the rough mix it stands the other way round";
            let evidence = Evidence::new("rough.polarity", &[&about[0]], *sign, "sign").wanted(1.0);
            decisions.extend(turn(desk, stem, why, evidence));
        }
    }
    for kind in CLOSE {
        for (a, b, sure) in pairs(desk.facts, kind) {
            let Some((sign, certain)) = pair_number(desk.facts, "pair.polarity", a, b) else { continue };
            if sure.min(certain) < CERTAIN || turned.contains_key(b) {
                continue;
            }
            let turn_b = (sign < 0.0) != turned.get(a).copied().unwrap_or(false);
            turned.insert(b, turn_b);
            if turn_b {
                let gain = pair_number(desk.facts, "pair.gain_db", a, b).map(|(gain, _)| gain);
                let bought = gain
                    .map_or_else(String::new, |gain| format!(" ({} dB together when mended)", signed(gain)));
                let why = format!("it stands upside down against {}{bought}", name_of(desk, a));
                let evidence = Evidence::new("pair.polarity", &[a, b], sign, "sign").wanted(1.0);
                decisions.extend(turn(desk, b, &why, evidence));
            }
        }
    }
    decisions
}

fn turn(desk: &Desk<'_>, stem: &str, why: &str, evidence: Evidence) -> Option<Decision> {
    // One side of a stereo strip cannot be turned by the strip's switch.
    let strip = track_of(desk, stem).filter(|strip| strip.clips().len() == 1)?;
    let says = format!("{} is turned over: {why}.", strip.name);
    let at = Address::strip(&strip.id, "polarity");
    Some(Decision::new(RULE.code, &[&strip.id], says).because(evidence).edit(Edit::Set { at, to: 1.0 }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};

    fn snare(sign: f64, certain: f32) -> Take {
        let about = ["top", "bot"];
        Take::new()
            .mono("top", "snare-top", -20.0)
            .mono("bot", "snare-bottom", -20.0)
            .text("pair", &about, "snare-mics")
            .fact(Fact::new("pair.polarity", &about, Qty::Number(sign)).confidence(certain))
    }

    #[test]
    fn the_bottom_microphone_is_turned_only_when_it_is_upside_down_for_sure() {
        let polarity = |take: Take, id: &str| value(&take.mix(Phase::Prepare).0, &format!("{id}/polarity"));
        assert_eq!(polarity(snare(-1.0, 0.9), "bot"), 1.0);
        assert_eq!(polarity(snare(-1.0, 0.9), "top"), 0.0);
        assert_eq!(polarity(snare(1.0, 0.9), "bot"), 0.0);
        assert_eq!(polarity(snare(-1.0, 0.3), "bot"), 0.0);
    }

    #[test]
    fn the_rough_mix_has_the_last_word() {
        let rough = |stem: &str, sign| Fact::number("rough.polarity", stem, sign);
        let both = snare(-1.0, 0.9).fact(rough("top", -1.0));
        let session = both.mix(Phase::Prepare).0;
        assert_eq!([value(&session, "top/polarity"), value(&session, "bot/polarity")], [1.0, 0.0]);
    }
}
