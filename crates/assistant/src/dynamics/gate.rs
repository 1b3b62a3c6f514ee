//! Expanders on close drum microphones that hear their neighbours.

use mixsmith_analysis::Qty;
use mixsmith_session::{Edit, Insert, Strip};

use super::{before_inserts, hits};
use crate::tone::{mixed, raw};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "dynamics.gate",
    phase: Phase::Dynamics,
    doc: "**What it does.** Turns a close microphone of kick, snare or toms down between its hits where another drum was \
          measured in it, with the threshold between the loudest bleed and its own hits. \
          **Why.** Bleed smears the place and the tone of the drum that bleeds, and compression lifts it. \
          **When it is wrong.** When ghost notes are softer than the bleed: where they would be, it is left out. \
          **How far it goes.** No deeper than it takes to bring the bleed 26 dB under the track's own mean hit: 4 to 16 dB, not \
          silence. Only where bleed lies 8 to 22 dB under that: closer they cannot be told apart, softer it does no harm. \
          Tracks that came with effects printed are left alone. \
          **Sources.** Threshold above the bleed: Terrell, Reiss, Sandler 2010, \"Automatic noise gate settings for \
          drum recordings\"; range, times: practice.",
    decide,
};

/// Roles with gates: name, hold and release in ms.
const DRUMS: [(&str, f32, f32); 6] = [
    ("kick", 60.0, 120.0),
    ("kick-in", 60.0, 120.0),
    ("kick-out", 70.0, 150.0),
    ("snare", 80.0, 160.0),
    ("snare-top", 80.0, 160.0),
    ("toms", 100.0, 300.0),
];
/// Threshold above the loudest bleed, dB.
const ABOVE: f64 = 2.0;
/// The mean hit above the threshold at least, dB: weak hits must open it.
const OPENS: f64 = 6.0;
/// Bleed this far under the mean hit does no harm, dB.
const HARMLESS: f64 = 26.0;
/// How far a gate turns down, dB: less is not worth a processor, more is a hole.
const RANGE: (f64, f64) = (4.0, 16.0);
/// Measurements of bleed that are less sure than this do not count.
const SURE: f32 = 0.4;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    raw(desk).filter_map(|strip| gate(desk, strip)).collect()
}

fn gate(desk: &Desk<'_>, strip: &Strip) -> Option<Decision> {
    let &(_, hold, release) = DRUMS.iter().find(|(role, ..)| *role == desk.role(strip))?;
    let stem = desk.stem_of(strip);
    let (own, _) = hits(desk, stem)?;
    let bleed = |fact: &mixsmith_analysis::Fact| match (&fact.value, &fact.about[..]) {
        (Qty::Number(db), [source, microphone]) if microphone == stem && fact.confidence >= SURE => {
            let (mean, hardest) = hits(desk, source)?;
            // The hardest hit may be one of a kind: half way to it is loud enough.
            Some((source.clone(), 0.5 * (mean + hardest) + db))
        }
        _ => None,
    };
    let loudest =
        desk.facts.of("bleed").filter_map(bleed).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
    let (source, level) = loudest?;
    let under = own - level;
    if !(ABOVE + OPENS..=HARMLESS - RANGE.0).contains(&under) || strip.insert("gate").is_some() {
        return None;
    }
    let threshold = (level + ABOVE + before_inserts(desk, strip)).clamp(-80.0, 0.0);
    let range = (HARMLESS - under).clamp(RANGE.0, RANGE.1).round() as f32;
    let values = [
        ("threshold", ((threshold * 2.0).round() / 2.0) as f32),
        ("range", range),
        ("ratio", 4.0),
        ("attack", 0.5),
        ("hold", hold),
        ("release", release),
        ("lookahead", 1.0),
    ];
    let name = desk.session.strip(&source).map_or(source.as_str(), |strip| strip.name.as_str());
    let says = format!(
        "{} gated by {range} dB between its hits, {ABOVE} dB over the loudest bleed: that of {name}, {under:.0} dB under its \
         own mean hit.",
        strip.name
    );
    let insert = Insert::new("gate", "dynamics.gate", &values);
    Some(
        Decision::new(RULE.code, &[&strip.id], says)
            .because(Evidence::new("bleed", &[&source, stem], level, "dBFS"))
            .because(Evidence::new("dynamics.hits", &[stem], own, "dBFS").at_least(level + ABOVE + OPENS))
            .edit(Edit::AddInsert { strip: strip.id.clone(), place: Some(0), insert }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};
    use mixsmith_analysis::Fact;

    fn kit(bleed: Option<f64>) -> Take {
        let mut take = Take::new().mono("bd", "kick", -20.0).mono("sn", "snare-top", -20.0);
        for drum in ["bd", "sn"] {
            let times = Qty::Times((0..50).map(f64::from).collect());
            take = take.number("peak.sample", drum, -3.0).fact(Fact::new("onset.times", &[drum], times));
        }
        match bleed {
            Some(db) => take.fact(Fact::new("bleed", &["sn", "bd"], Qty::Number(db))),
            None => take,
        }
    }

    #[test]
    fn bleed_is_gated_just_above_its_level() {
        let (session, _) = kit(Some(-18.0)).mix(Phase::Dynamics);
        let trim = value(&session, "bd/trim");
        // All hits alike at -3, less 18, and 2 above.
        assert!((value(&session, "bd/gate.threshold") - (-19.0 + trim)).abs() < 0.26);
        // 18 under the hits, and 26 are enough.
        assert_eq!(value(&session, "bd/gate.range"), 8.0);
        assert!(session.strip("sn").is_some_and(|strip| strip.insert("gate").is_none()));
    }

    #[test]
    fn no_bleed_faint_bleed_and_bleed_over_ghost_notes_have_no_gate() {
        for bleed in [None, Some(-40.0), Some(-5.0)] {
            assert!(kit(bleed).decisions(Phase::Dynamics, RULE.code).is_empty(), "{bleed:?}");
        }
    }
}
