//! The mix, measured: every figure that needs no mix of a person beside it, with the limit inside which good mixes lie.
//!
//! The limits come from ten mixes by people put through the same measures. A figure outside is a reason to listen, not
//! a fault; where people differ too much for a limit, there is none. A group is a file here, and what it measures is a
//! table at its top, which the reference page prints.

mod among;
mod card;
mod clarity;
pub(crate) mod clicks;
pub(crate) mod deep;
mod dynamics;
mod elsewhere;
mod low_end;
mod portrait;
mod safety;
mod space;
mod stereo;
mod tone;
mod voice;
mod wet;

use card::Card;

use crate::report::Players;
use crate::report::parts::Part;
use crate::report::systems::Fare;
use crate::{Mixed, Printed};

pub use among::{Among, Sounding, among};
pub use card::{Bar, Figure, Score, Verdict};
pub use portrait::{Portrait, portrait};
pub(crate) use stereo::WIDTHS;

/// What a mix is asked. The first question needs a mix by a person, so no figure answers it.
pub const QUESTIONS: [&str; 16] = [
    "faders a person would choose",
    "level of the lead voice",
    "steadiness of the lead voice",
    "masking",
    "partial loudness",
    "balance of the spectrum",
    "resonance and harshness",
    "width by band",
    "left against right",
    "mono",
    "dynamics of the mix",
    "dynamics of the tracks",
    "ambience",
    "low end",
    "other systems",
    "safety",
];

/// Every figure that there is, in the order of the card.
pub fn figures() -> Vec<&'static Figure> {
    let groups = [
        voice::FIGURES,
        clarity::FIGURES,
        tone::FIGURES,
        low_end::FIGURES,
        stereo::FIGURES,
        dynamics::FIGURES,
        wet::FIGURES,
        space::FIGURES,
        elsewhere::FIGURES,
        safety::FIGURES,
    ];
    groups.into_iter().flatten().copied().collect()
}

/// Measures the mix.
pub(crate) fn scorecard(mixed: &Mixed, players: &Players, parts: &[Part], fares: &[Fare]) -> Vec<Score> {
    let mut card = Card::default();
    voice::voice(mixed, parts, &mut card);
    clarity::masked(parts, &mut card);
    clarity::heard(mixed, parts, &mut card);
    tone::tone(mixed, &mut card);
    low_end::low_end(mixed, players, parts, &mut card);
    stereo::stereo(mixed, &mut card);
    dynamics::dynamics(mixed, players, &mut card);
    wet::wet(mixed, parts, &mut card);
    space::space(mixed, &mut card);
    elsewhere::elsewhere(parts, fares, &mut card);
    safety::safety(mixed, players, parts, &mut card);
    card.0
}

/// The print of a kind.
pub(crate) fn printed<'a>(mixed: &'a Mixed, kind: &str) -> Option<&'a Printed> {
    mixed.manifest.outputs.iter().find(|output| output.kind == kind)
}

/// The stem of a strip.
fn stem<'a>(mixed: &'a Mixed, strip: &str) -> Option<&'a Printed> {
    mixed.manifest.outputs.iter().find(|output| output.kind == "stem" && output.of == strip)
}

/// Value below which a share of the values lies; values come sorted.
fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((share * last as f64).round() as usize).copied()
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
