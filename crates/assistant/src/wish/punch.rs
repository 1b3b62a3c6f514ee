//! Punchier and smoother.

use mixsmith_session::{Address, Edit, Insert};

use super::knobs::Knobs;
use super::{Part, Who, Wish, carriers, wishes};
use crate::{Decision, Desk, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "wish.punch",
    phase: Phase::Dynamics,
    doc: "**What it does.** Puts a transient shaper on what you named, which lifts or holds the beginning of each stroke. \
          **Why.** You asked for it. \
          **When it is wrong.** On pads and other sounds without strokes. \
          **How far it goes.** 12 dB. Of the whole mix it is done to the drums. \
          **Sources.** You.",
    decide,
};

/// Id of the shaper.
const ID: &str = "punch";

/// As far as the shaper goes, dB.
const MOST: f64 = 18.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut knobs = Knobs::new(desk);
    let mut added: Vec<String> = Vec::new();
    let mut decisions = Vec::new();
    for wish in wishes(desk) {
        for (part, by) in wish.parts().filter(|(part, _)| **part == Part::Attack) {
            let drums = || match Who::read("drums", desk.session) {
                Ok(who) => carriers(desk, &Wish { who, ..wish.clone() }),
                Err(_) => Vec::new(),
            };
            let strips = if wish.who == Who::All { drums() } else { carriers(desk, &wish) };
            if strips.is_empty() {
                decisions.push(wish.refused(
                    RULE.code,
                    &[],
                    "there are no drums; name the track that is meant",
                ));
            }
            for strip in strips {
                let at = Address::insert(&strip.id, ID, "attack");
                let mut decision = wish.decision(RULE.code, strip, part, by);
                // Later wishes for the same strip turn the shaper that the first one brings.
                if !added.contains(&strip.id) {
                    added.push(strip.id.clone());
                    knobs.place(&at, 0.0);
                    let insert = Insert::new(ID, "dynamics.transient", &[("attack", 0.0)]);
                    decision.edits.push(Edit::AddInsert { strip: strip.id.clone(), place: None, insert });
                }
                let turned = knobs.turn(&at, |value| (value + by).clamp(-MOST, MOST), &wish.spans);
                decision.edits.extend(turned);
                decisions.push(decision);
            }
        }
    }
    decisions
}

#[cfg(test)]
mod tests {
    use mixsmith_analysis::{Fact, Qty, Span};

    use super::*;
    use crate::fixture::Take;
    use crate::mixmodel::value_at;

    #[test]
    fn wishes_for_the_song_and_for_a_section_add_up() {
        let span = |start: f64, label: &str| Span { start, end: start + 20.0, label: label.to_owned() };
        let spans = vec![span(0.0, "verse"), span(20.0, "chorus"), span(40.0, "verse 2")];
        let mut take = Take::new().mono("kick", "kick", -20.0).mono("bass", "bass", -20.0).fact(Fact::new(
            "sections",
            &[],
            Qty::Spans(spans),
        ));
        take.brief.wishes =
            ["kick punchier +2 dB", "kick punchier +3 dB in the chorus"].map(str::to_owned).to_vec();
        let session = take.mix(Phase::Dynamics).0;
        let strip = session.strip("kick").unwrap();
        let shapers = strip.inserts.iter().filter(|insert| insert.kind == "dynamics.transient").count();
        let lane = strip.lanes.iter().find(|lane| lane.target == "punch.attack").unwrap();
        assert_eq!((shapers, [10, 30, 50].map(|s| value_at(lane, s * 1000))), (1, [2.0, 5.0, 2.0]));
    }
}
