//! SHELF 3: what decides. A folder a phase, one rule a file, and one line in [`all`].
//!
//! A rule reads facts and returns decisions: edits with their evidence. It never measures, and it knows no engine
//! and no file system; to hear its own mix the assistant is given a function.

pub mod all;
pub mod balance;
pub mod buses;
pub mod check;
pub mod decide;
pub mod decision;
pub mod desk;
pub mod dynamics;
#[cfg(test)]
mod fixture;
pub mod like;
pub mod locks;
pub mod master;
pub mod mixbus;
pub mod mixmodel;
pub mod pan;
pub mod prepare;
pub mod ride;
pub mod says;
pub mod solver;
pub mod space;
pub mod tables;
pub mod together;
pub mod tone;
pub mod wish;

pub use decide::{Assistant, decide};
pub use decision::{Decision, Evidence, Limit, Status};
pub use desk::{Brief, Desk, Genre, Loudness};
pub use locks::Locks;
pub use together::replay;

/// The steps of mixing, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Names, order, what to leave out, polarity, time, gain staging.
    Prepare,
    /// Buses and routes.
    Buses,
    /// Levels.
    Balance,
    /// Equalisation: repair, conflicts, character.
    Tone,
    /// Compressors, gates, de-essers.
    Dynamics,
    /// Reverbs, delays, their sends.
    Space,
    /// Places from left to right.
    Pan,
    /// Automation: phrases and sections.
    Ride,
    /// The mix bus.
    MixBus,
    /// Mono, small speakers, loudness.
    Check,
    /// The master.
    Master,
}

impl Phase {
    /// What a person reads.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Prepare => "Prepare",
            Phase::Buses => "Buses",
            Phase::Balance => "Balance",
            Phase::Tone => "Equalise",
            Phase::Dynamics => "Dynamics",
            Phase::Space => "Effects",
            Phase::Pan => "Pan",
            Phase::Ride => "Automate",
            Phase::MixBus => "Mix bus",
            Phase::Check => "Check",
            Phase::Master => "Master",
        }
    }
}

/// A way of deciding: reads facts, returns decisions.
#[derive(Clone, Copy)]
pub struct Rule {
    /// `phase.verb-or-noun`, for ever.
    pub code: &'static str,
    /// When it is asked.
    pub phase: Phase,
    /// What it does · Why · When it is wrong · How far it goes · Sources: one paragraph each, in Markdown.
    pub doc: &'static str,
    /// Decides. Sees the session as earlier rules left it.
    pub decide: fn(&Desk<'_>) -> Vec<Decision>,
}
