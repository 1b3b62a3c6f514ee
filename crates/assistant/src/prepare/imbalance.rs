//! A stereo recording with one side too soft.

use mixsmith_session::{Edit, Insert};

use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "prepare.imbalance",
    phase: Phase::Prepare,
    doc: "**What it does.** Turns the louder side of a stereo track down to the softer one, when the difference is \
          the same all through the song. \
          **Why.** A cable or a preamplifier that lost a few dB pulls the picture aside. \
          **When it is wrong.** When the instrument was meant to stand aside. \
          **How far it goes.** 1.5 to 12 dB; more is no imbalance but a dead side. \
          **Sources.** Fact `fault.imbalance`.",
    decide,
};

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for strip in desk.session.tracks().filter(|strip| strip.clips().len() == 1) {
        let stem = desk.stem_of(strip);
        let Some(off) =
            desk.facts.number("fault.imbalance", stem).filter(|off| (1.5..=12.0).contains(&off.abs()))
        else {
            continue;
        };
        let (soft, loud) = if off > 0.0 { ("right", "left") } else { ("left", "right") };
        let says = format!(
            "{}: the {soft} side is {:.1} dB softer all through; the {loud} side is turned down as much.",
            strip.name,
            off.abs()
        );
        // The effect's balance turns one side down in proportion: 100 is silence.
        let balance = off.signum() * 100.0 * (1.0 - 10f64.powf(-off.abs() / 20.0));
        let insert = Insert::new("balance", "stereo.width", &[("balance", balance as f32)]);
        decisions.push(
            Decision::new(RULE.code, &[&strip.id], says)
                .because(Evidence::new("fault.imbalance", &[stem], off, "dB").wanted(0.0))
                .edit(Edit::AddInsert { strip: strip.id.clone(), place: Some(0), insert }),
        );
    }
    decisions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};

    #[test]
    fn the_louder_side_is_turned_down() {
        let take = |off| Take::new().stereo("keys", "keys", -20.0).number("fault.imbalance", "keys", off);
        let (session, decisions) = take(6.0206).mix(Phase::Prepare);
        assert!(decisions.iter().all(|d| d.status == crate::Status::Taken), "{decisions:?}");
        assert!((value(&session, "keys/balance.balance") - 50.0).abs() < 0.01);
        assert!(take(0.5).decisions(Phase::Prepare, RULE.code).is_empty());
    }
}
