//! Wider and narrower, left and right.

use mixsmith_session::{Address, Map, Strip, StripKind};

use super::knobs::Knobs;
use super::{Part, Who, carriers, tracks, wishes};
use crate::{Decision, Desk, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "wish.place",
    phase: Phase::Pan,
    doc: "**What it does.** Turns the width of what you named, or moves its tracks from left to right, by as much as you wished. \
          **Why.** You asked for it. \
          **When it is wrong.** When it was enough: `mixsmith wish SONG --forget` takes a wish back. \
          **How far it goes.** Width from 0 to 200 %, places from side to side. A mono track alone has no width. \
          **Sources.** You.",
    decide,
};

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut knobs = Knobs::new(desk);
    let mut decisions = Vec::new();
    for wish in wishes(desk) {
        for (part, by) in wish.parts().filter(|(part, _)| [Part::Width, Part::Place].contains(part)) {
            let width = *part == Part::Width;
            let strips: Vec<&Strip> = match (width, &wish.who) {
                (true, _) => {
                    carriers(desk, &wish).into_iter().filter(|strip| has_width(desk, strip)).collect()
                }
                (false, Who::All) => Vec::new(),
                (false, _) => tracks(desk, &wish),
            };
            let at = |strip: &Strip| Address::strip(&strip.id, if width { "width" } else { "pan" });
            let to = |value: f64| if width { value * (1.0 + by / 100.0) } else { value + by };
            let before = decisions.len();
            for strip in &strips {
                let edit = knobs.turn(&at(strip), to, &wish.spans);
                decisions.extend(edit.map(|edit| wish.decision(RULE.code, strip, part, by).edit(edit)));
            }
            if decisions.len() == before {
                let why = match (width, strips.is_empty()) {
                    (true, true) => "it is mono, so there is nothing to widen",
                    (false, true) => "the whole mix stays in the middle; name the track that is meant",
                    _ => "it stands at its end already",
                };
                decisions.push(wish.refused(RULE.code, &[], why));
            }
        }
    }
    decisions
}

/// Has a strip two channels that differ?
fn has_width(desk: &Desk<'_>, strip: &Strip) -> bool {
    let stereo = |id: &str| desk.session.source(id).is_some_and(|source| source.channels == 2);
    match strip.kind {
        StripKind::Track { .. } => {
            strip.clips().iter().any(|clip| clip.map == Map::All && stereo(&clip.source))
        }
        _ => true,
    }
}
