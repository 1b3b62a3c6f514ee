//! Roomier and drier.

use mixsmith_session::{Address, Edit, Send, Strip, StripKind, Tap};

use super::knobs::Knobs;
use super::{Part, Who, Wish, tracks, wishes};
use crate::space::plan::{SPACES, Space, usable, usual};
use crate::space::returns;
use crate::{Decision, Desk, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "wish.space",
    phase: Phase::Space,
    doc: "**What it does.** Turns the sends of the tracks that you named, with their room microphones; a track that goes to no \
          space is sent to the one that is usual for its part, which is added where it is not there. Of the whole mix, the \
          faders of the returns. \
          **Why.** You asked for it. \
          **When it is wrong.** When it was enough: `mixsmith wish SONG --forget` takes a wish back. \
          **How far it goes.** 12 dB. A space that was recorded with a track cannot be taken away. \
          **Sources.** You; tables/sends.toml.",
    decide,
};

/// Level of a new send for a part that usually has none, dB, at the usual amount; the amount beyond that is added.
const NEW: f64 = -12.0;
/// The usual amount, dB.
const USUAL: f64 = 3.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut work = Work { desk, knobs: Knobs::new(desk), added: Vec::new(), sent: Vec::new() };
    let mut decisions = Vec::new();
    for wish in wishes(desk) {
        for (part, by) in wish.parts().filter(|(part, _)| **part == Part::Space) {
            decisions.extend(work.wish(&wish, part, by));
        }
    }
    decisions
}

struct Work<'a, 'd> {
    desk: &'d Desk<'a>,
    knobs: Knobs<'a>,
    /// Returns that this rule adds.
    added: Vec<&'static str>,
    /// New sends: from and to.
    sent: Vec<(String, &'static str)>,
}

impl Work<'_, '_> {
    fn wish(&mut self, wish: &Wish, part: &Part, by: f64) -> Vec<Decision> {
        let desk = *self.desk;
        let mut decisions = Vec::new();
        let returns: Vec<&Strip> =
            desk.session.strips.iter().map(AsRef::as_ref).filter(|s| is_space(s)).collect();
        if wish.who == Who::All && !returns.is_empty() {
            for strip in returns {
                let turned =
                    self.knobs.turn(&Address::strip(&strip.id, "fader"), |value| value + by, &wish.spans);
                decisions.extend(turned.map(|edit| wish.decision(RULE.code, strip, part, by).edit(edit)));
            }
            return decisions;
        }
        let strips = tracks(&desk, wish);
        for strip in &strips {
            let mut decision = wish.decision(RULE.code, strip, part, by);
            for send in strip.sends.iter().filter(|send| desk.session.strip(&send.to).is_some_and(is_space)) {
                let at = Address::send(&strip.id, &send.to, "level");
                decision.edits.extend(self.knobs.turn(&at, |value| value + by, &wish.spans));
            }
            if desk.role(strip) == "room" && strips.len() > 1 {
                // A room microphone is the space of its kit.
                let at = Address::strip(&strip.id, if wish.spans.is_empty() { "fader" } else { "ride" });
                decision.edits.extend(self.knobs.turn(&at, |value| value + by, &wish.spans));
            }
            if !decision.edits.is_empty() {
                decisions.push(decision);
            }
        }
        if decisions.is_empty() && by > 0.0 {
            // Parts that usually stay dry go only where nothing else is there to go, low ones last.
            let low = |strip: &Strip| ["kick", "bass"].iter().any(|low| desk.role(strip).starts_with(low));
            let places = |fit: &dyn Fn(&Strip) -> bool| -> Vec<&Strip> {
                strips.iter().copied().filter(|strip| fit(strip)).collect()
            };
            let all = [places(&|s| usual(desk.role(s)).is_some()), places(&|s| !low(s)), strips.clone()];
            for strip in all.into_iter().find(|fit| !fit.is_empty()).unwrap_or_default() {
                decisions.extend(self.send(wish, strip, part, by));
            }
        }
        if decisions.is_empty() {
            let why = match by > 0.0 {
                true => "there is no space left that it may go to",
                false => "it goes to no shared space, and what was recorded with it cannot be taken away",
            };
            decisions.push(wish.refused(RULE.code, &[], why));
        }
        decisions
    }

    /// A new send to the space that is usual for a part.
    fn send(&mut self, wish: &Wish, strip: &Strip, part: &Part, by: f64) -> Option<Decision> {
        let desk = *self.desk;
        let (space, usual) = usual(desk.role(strip)).unwrap_or((&SPACES[0], NEW));
        if !usable(&desk, space.id) || self.sent.contains(&(strip.id.clone(), space.id)) {
            return None;
        }
        let mut decision = wish.decision(RULE.code, strip, part, by);
        decision.about.push(space.id.to_owned());
        if desk.session.strip(space.id).is_none() && !self.added.contains(&space.id) {
            decision.edits.extend(self.add(space, strip));
        }
        let level = usual + by - USUAL;
        let (rest, level) = if wish.spans.is_empty() { (level, level) } else { (-60.0, level) };
        let values = [("level".to_owned(), rest as f32)].into_iter().collect();
        let send = Send { to: space.id.to_owned(), tap: Tap::Post, values };
        decision.edits.push(Edit::AddSend { strip: strip.id.clone(), send });
        if !wish.spans.is_empty() {
            let at = Address::send(&strip.id, space.id, "level");
            decision.edits.extend(self.knobs.draw(&at, rest, level, &wish.spans));
        }
        self.sent.push((strip.id.clone(), space.id));
        Some(decision)
    }

    fn add(&mut self, space: &'static Space, strip: &Strip) -> Vec<Edit> {
        self.added.push(space.id);
        returns::add(self.desk, space, &[&strip.name]).edits
    }
}

/// Is a strip a return with a reverb?
fn is_space(strip: &Strip) -> bool {
    strip.kind == StripKind::Return
        && strip
            .inserts
            .iter()
            .any(|insert| ["space.reverb", "space.convolution"].contains(&insert.kind.as_str()))
}
