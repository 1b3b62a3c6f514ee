//! Punchier and smoother.

use mixsmith_session::{Address, Edit, Insert, Strip};

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

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut added: Vec<Edit> = Vec::new();
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
                decisions.extend(one(desk, &wish, strip, part, by, &mut added));
            }
        }
    }
    decisions
}

fn one(
    desk: &Desk<'_>,
    wish: &Wish,
    strip: &Strip,
    part: &Part,
    by: f64,
    added: &mut Vec<Edit>,
) -> Option<Decision> {
    let at = Address::insert(&strip.id, ID, "attack");
    let earlier = |edit: &&mut Edit| matches!(edit, Edit::AddInsert { strip: s, .. } if *s == strip.id);
    let mut decision = wish.decision(RULE.code, strip, part, by);
    let whole = if wish.section.is_empty() { by as f32 } else { 0.0 };
    match added.iter_mut().find(earlier) {
        Some(Edit::AddInsert { insert, .. }) => {
            // A second wish for the same strip turns the shaper that the first one brings.
            let value = insert.values.entry("attack".to_owned()).or_default();
            *value = (*value + whole).clamp(-18.0, 18.0);
            decision.edits = vec![Edit::Set { at: at.clone(), to: *value }];
        }
        _ => {
            let insert = Insert::new(ID, "dynamics.transient", &[("attack", whole)]);
            let edit = Edit::AddInsert { strip: strip.id.clone(), place: None, insert };
            added.push(edit.clone());
            decision.edits = vec![edit];
        }
    }
    if !wish.section.is_empty() {
        decision.edits.extend(Knobs::new(desk).draw(&at, f64::from(whole), by, &wish.spans));
    }
    Some(decision)
}
