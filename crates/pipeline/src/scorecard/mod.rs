//! The mix, measured: every figure that needs no mix of a person beside it, with the limit inside which good mixes lie.
//!
//! The limits come from ten mixes by people put through the same measures. A figure outside is a reason to listen, not
//! a fault; where people differ too much for a limit, there is none.

mod card;
mod clarity;
mod dynamics;
mod elsewhere;
mod low_end;
mod safety;
mod space;
mod stereo;
mod tone;
mod voice;

use card::Card;
use serde::Serialize;

use crate::report::Players;
use crate::report::parts::Part;
use crate::report::systems::Fare;
use crate::{Mixed, Printed};

pub(crate) use stereo::WIDTHS;

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// What is judged: `Voice`, `Tone`, …
    pub group: &'static str,
    /// What was measured.
    pub measure: &'static str,
    /// The figure with its unit.
    pub value: String,
    /// The limit; empty where there is none.
    pub bar: String,
    /// Inside or not.
    pub verdict: Verdict,
    /// What it means, for somebody who hears it for the first time.
    pub means: &'static str,
}

/// Inside the limit or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Inside.
    Pass,
    /// Outside: listen.
    Alarm,
    /// No limit is usable.
    Told,
}

/// Measures the mix.
pub(crate) fn scorecard(mixed: &Mixed, players: &Players, parts: &[Part], fares: &[Fare]) -> Vec<Score> {
    let mut card = Card::default();
    voice::voice(mixed, parts, &mut card);
    clarity::masked(parts, &mut card);
    tone::tone(mixed, &mut card);
    low_end::low_end(parts, &mut card);
    stereo::stereo(mixed, &mut card);
    dynamics::dynamics(mixed, players, &mut card);
    space::space(mixed, &mut card);
    elsewhere::elsewhere(parts, fares, &mut card);
    safety::safety(mixed, &mut card);
    card.0
}

/// The print of a kind.
pub(crate) fn printed<'a>(mixed: &'a Mixed, kind: &str) -> Option<&'a Printed> {
    mixed.manifest.outputs.iter().find(|output| output.kind == kind)
}

impl Verdict {
    /// As a word, so that colour says nothing alone.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Alarm => "listen",
            Verdict::Told => "no limit",
        }
    }
}

/// `27 of 30 figures are inside their limits`.
pub(crate) fn verdict(scores: &[Score]) -> String {
    let judged = scores.iter().filter(|score| score.verdict != Verdict::Told).count();
    let inside = scores.iter().filter(|score| score.verdict == Verdict::Pass).count();
    format!("{inside} of {judged} figures are inside their limits")
}
