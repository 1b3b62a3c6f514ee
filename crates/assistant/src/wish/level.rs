//! Louder and quieter.

use mixsmith_session::{Address, Edit, Strip};

use super::knobs::Knobs;
use super::{Part, Who, Wish, tracks, wishes};
use crate::buses::mix::MIX;
use crate::{Decision, Desk, Phase, Rule};

/// For the whole song.
pub const RULE: Rule = Rule {
    code: "wish.level",
    phase: Phase::Balance,
    doc: "**What it does.** Turns the faders of the tracks that you wished louder or quieter by that much, from where the \
          balance put them. \
          **Why.** You asked for it. \
          **When it is wrong.** When it was enough: `mixsmith wish SONG --forget` takes a wish back. \
          **How far it goes.** 12 dB. Nothing else moves, so the part stands that much higher against the rest; what a fader \
          has no room for goes into the trim. A fader that a hand has set stays. \
          **Sources.** You.",
    decide: |desk| decide(desk, false),
};

/// In sections.
pub const SECTIONS: Rule = Rule {
    code: "wish.ride",
    phase: Phase::Ride,
    doc: "**What it does.** Adds to the rides what you wished louder or quieter in a section: over the half second before it \
          begins, and back after its end. \
          **Why.** You asked for it. \
          **When it is wrong.** When the sections were found wrong: `mixsmith facts SONG sections` shows them. \
          **How far it goes.** 12 dB. A ride that a hand has drawn stays. \
          **Sources.** You.",
    decide: |desk| decide(desk, true),
};

/// The fader's upper end, dB.
const FULL: f32 = 12.0;

fn decide(desk: &Desk<'_>, in_sections: bool) -> Vec<Decision> {
    let mut knobs = Knobs::new(desk);
    let mut decisions = Vec::new();
    for wish in wishes(desk).iter().filter(|wish| wish.section.is_empty() != in_sections) {
        for (part, by) in wish.parts().filter(|(part, _)| **part == Part::Level) {
            let strips: Vec<&Strip> = match wish.who {
                // How loud the whole is, the master settles.
                Who::All if !in_sections => continue,
                Who::All => desk.session.strip(MIX).into_iter().collect(),
                Who::Some { .. } => tracks(desk, wish),
            };
            for strip in strips {
                decisions.extend(one(&mut knobs, wish, strip, part, by));
            }
        }
    }
    decisions
}

fn one(knobs: &mut Knobs<'_>, wish: &Wish, strip: &Strip, part: &Part, by: f64) -> Option<Decision> {
    if !wish.section.is_empty() {
        let ride = knobs.turn(&Address::strip(&strip.id, "ride"), |value| value + by, &wish.spans)?;
        return Some(wish.decision(SECTIONS.code, strip, part, by).edit(ride));
    }
    let (fader, trim) = (Address::strip(&strip.id, "fader"), Address::strip(&strip.id, "trim"));
    let wanted = f64::from(knobs.value(&fader)) + by;
    let over = (wanted - f64::from(FULL)).max(0.0);
    let edits: Vec<Edit> = [
        knobs.turn(&fader, |_| wanted - over, &[]),
        (over > 0.0).then(|| knobs.turn(&trim, |value| value + over, &[])).flatten(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut decision = wish.decision(RULE.code, strip, part, by);
    decision.edits = edits;
    (!decision.edits.is_empty()).then_some(decision)
}
