//! Wishes: what a person asks of a mix in words, and the rules that do it.
//!
//! A wish moves a target: rules decide as they would, and at the end of its phase each wish moves what came out by its amount,
//! so that the rest of the mix is what it was and later rules work around it. What a hand holds stays.

pub mod grammar;
mod knobs;
pub mod level;
pub mod place;
pub mod punch;
pub mod quality;
pub mod space;
pub mod tone;
pub mod who;

use mixsmith_analysis::{Facts, Span};
use mixsmith_session::{Session, Strip};

use crate::{Decision, Desk, Evidence, Status, buses};
pub use grammar::{Known, read};
pub use quality::{Part, QUALITIES, Quality};
pub use who::Who;

/// A wish that was understood.
#[derive(Clone, Debug)]
pub struct Wish {
    /// As it was written.
    pub text: String,
    /// Whom it is about.
    pub who: Who,
    /// What is to change.
    pub quality: &'static Quality,
    /// By how much, in the unit of the quality; negative for less of it.
    pub amount: f64,
    /// The section that it is about: `chorus`; empty for the whole song.
    pub section: String,
    /// The stretches of the song with that name.
    pub spans: Vec<Span>,
}

impl Wish {
    /// In plain words with its numbers: `lead voice (Vox): +1 dB against the rest, whole song`.
    pub fn echo(&self) -> String {
        let parts: Vec<String> = self
            .parts()
            .map(|(part, by)| match (part, &self.who) {
                (Part::Level, Who::All) if self.section.is_empty() => {
                    format!("{} LU master loudness", plain(by))
                }
                (Part::Level, Who::All) => format!("{} dB", plain(by)),
                _ => part.words(by),
            })
            .collect();
        let place = match self.section.as_str() {
            "" => "whole song".to_owned(),
            section => format!("{section}, {}", crate::says::count(self.spans.len(), "time")),
        };
        format!("{}: {}, {place}", self.who.words(), crate::says::list(&parts))
    }

    /// What it moves, and by how much.
    pub fn parts(&self) -> impl Iterator<Item = (&'static Part, f64)> {
        self.quality.parts.iter().map(|(part, share)| (part, share * self.amount))
    }

    /// Do two wishes mean the same?
    pub fn same(&self, other: &Wish) -> bool {
        let all = |wish: &Wish| (wish.who.clone(), wish.quality.id, wish.amount, wish.section.clone());
        all(self) == all(other)
    }

    /// The decision that carries a part of it out, before its edits.
    fn decision(&self, rule: &str, strip: &Strip, part: &Part, by: f64) -> Decision {
        let says =
            format!("{}: {}{}, wished by you (`{}`).", strip.name, part.words(by), self.place(), self.text);
        Decision::new(rule, &[&strip.id], says).because(Evidence::new(
            &format!("wish.{}", self.quality.id),
            &[&strip.id],
            by,
            part.unit(),
        ))
    }

    /// The same where nothing can be done.
    fn refused(&self, rule: &str, about: &[&str], why: &str) -> Decision {
        let says = format!("Wished by you (`{}`), not done: {why}.", self.text);
        let mut decision = Decision::new(rule, about, says);
        decision.status = Status::Refused(why.to_owned());
        decision
    }

    fn place(&self) -> String {
        if self.section.is_empty() { String::new() } else { format!(" in every {}", self.section) }
    }
}

/// `+1`, `-2.5`.
pub(crate) fn plain(value: f64) -> String {
    let value = (value * 100.0).round() / 100.0;
    if value > 0.0 { format!("+{value}") } else { format!("{value}") }
}

/// The wishes of a song that are understood, in order.
pub fn wishes(desk: &Desk<'_>) -> Vec<Wish> {
    if desk.brief.wishes.is_empty() {
        return Vec::new();
    }
    let known = Known::new(desk.session, desk.facts);
    desk.brief.wishes.iter().filter_map(|text| read(text, &known).ok()).collect()
}

/// By how much the whole is to be louder or softer, LU.
pub fn louder(wishes: &[String], facts: &Facts) -> f64 {
    // What is about all of the mix needs no track.
    let nobody = Session::default();
    let known = Known::new(&nobody, facts);
    let of = |wish: &Wish| match wish.who {
        Who::All if wish.section.is_empty() => {
            wish.parts().filter(|(part, _)| **part == Part::Level).map(|(_, by)| by).sum()
        }
        _ => 0.0,
    };
    wishes.iter().filter_map(|text| read(text, &known).ok()).map(|wish| of(&wish)).sum()
}

/// The strips that a wish is about: its tracks.
fn tracks<'a>(desk: &Desk<'a>, wish: &Wish) -> Vec<&'a Strip> {
    match &wish.who {
        Who::All => crate::tone::heard(desk).collect(),
        Who::Some { strips, .. } => strips.iter().filter_map(|id| desk.session.strip(id)).collect(),
    }
}

/// The strips that carry all of whom it is about: the mix bus, the bus of a family, or else the tracks.
fn carriers<'a>(desk: &Desk<'a>, wish: &Wish) -> Vec<&'a Strip> {
    match &wish.who {
        Who::All => desk.session.strip(buses::mix::MIX).into_iter().collect(),
        Who::Some { strips, .. } => {
            let fed =
                |bus: &Strip| desk.session.tracks().filter(|t| t.to.as_deref() == Some(&bus.id)).count();
            let first = strips.first().and_then(|id| desk.session.strip(id)?.to.clone());
            let bus = first.and_then(|id| desk.session.strip(&id)).filter(|bus| bus.id != buses::mix::MIX);
            let whole = bus.filter(|bus| {
                let into =
                    |id: &String| desk.session.strip(id).is_some_and(|s| s.to.as_ref() == Some(&bus.id));
                strips.iter().all(into) && fed(bus) == strips.len()
            });
            whole.map_or_else(|| tracks(desk, wish), |bus| vec![bus])
        }
    }
}
