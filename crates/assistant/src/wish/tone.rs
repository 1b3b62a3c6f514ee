//! Brighter, darker, less boomy.

use mixsmith_session::{Address, Edit, Insert};

use super::knobs::Knobs;
use super::{Part, Wish, carriers, wishes};
use crate::tone::bands::{Band, Equalisers, ID, Shape};
use crate::{Decision, Desk, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "wish.tone",
    phase: Phase::Tone,
    doc: "**What it does.** Gives the equaliser of what you named one more band: a shelf or a bell, by as much as you wished; \
          in a section, by a lane of its gain. \
          **Why.** You asked for it. \
          **When it is wrong.** When it was enough: `mixsmith wish SONG --forget` takes a wish back. \
          **How far it goes.** 9 dB, as long as one of the eight bands is free. \
          **Sources.** You; where the bands lie: docs/reference/wishes.md.",
    decide,
};

fn band(part: &Part, gain: f64) -> Option<Band> {
    let shelf = |shape, hz| Some(Band { shape, hz, gain, q: std::f64::consts::FRAC_1_SQRT_2 });
    match *part {
        Part::Above(hz) => shelf(Shape::HighShelf, hz),
        Part::Below(hz) => shelf(Shape::LowShelf, hz),
        Part::Around(hz, q) => Some(Band { shape: Shape::Bell, hz, gain, q }),
        _ => None,
    }
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut equalisers = Equalisers::new(desk);
    let mut decisions = Vec::new();
    for wish in wishes(desk) {
        for (part, by) in wish.parts() {
            let Some(band) = band(part, (by * 10.0).round() / 10.0) else { continue };
            for strip in carriers(desk, &wish) {
                decisions.push(match equalisers.add(strip, &[band]) {
                    Some(edits) => {
                        let mut decision = wish.decision(RULE.code, strip, part, by);
                        decision.edits =
                            if wish.section.is_empty() { edits } else { drawn(desk, &wish, edits) };
                        decision
                    }
                    None => wish.refused(
                        RULE.code,
                        &[&strip.id],
                        &format!("no band is free in the equaliser of {}", strip.name),
                    ),
                });
            }
        }
    }
    decisions
}

/// The same edits with the gain at rest, and a lane that brings it in the sections.
fn drawn(desk: &Desk<'_>, wish: &Wish, mut edits: Vec<Edit>) -> Vec<Edit> {
    let mut lane = None;
    for edit in &mut edits {
        let (strip, gain) = match edit {
            Edit::AddInsert { strip, insert: Insert { values, .. }, .. } => {
                let gain = values.iter_mut().find(|(name, _)| name.starts_with("gain"));
                (strip.clone(), gain.map(|(name, value)| (name.clone(), value)))
            }
            Edit::Set { at, to } => {
                let name = at.target().strip_prefix(&format!("{ID}.")).map(str::to_owned);
                (at.strip.clone(), name.filter(|name| name.starts_with("gain")).map(|name| (name, to)))
            }
            _ => continue,
        };
        if let Some((name, value)) = gain {
            let by = f64::from(std::mem::take(value));
            lane = Some((Address::insert(&strip, ID, &name), by));
        }
    }
    if let Some((at, by)) = lane {
        edits.extend(Knobs::new(desk).draw(&at, 0.0, by, &wish.spans));
    }
    edits
}
