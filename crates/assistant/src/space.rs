//! Space: up to three shared rooms, an echo for the voice, throws of it, and time for all to die away.

pub mod delay;
pub mod plan;
pub mod returns;
pub mod sends;
pub mod tail;
pub mod throws;
pub mod weigh;

use crate::Desk;

/// Tempo in beats a minute, when it is known or was found with some certainty.
pub(crate) fn tempo(desk: &Desk<'_>) -> Option<f64> {
    let found = || {
        let sure = desk.facts.number("tempo.confidence", "")? >= 0.4;
        desk.facts.number("tempo.bpm", "").filter(|_| sure)
    };
    desk.brief.tempo.map(f64::from).or_else(found).filter(|bpm| (30.0..=300.0).contains(bpm))
}

/// Roles whose tracks are the lead voice.
pub(crate) const LEAD: &str = "lead-vocal";
/// Id of the return with the echo.
pub(crate) const DELAY: &str = "delay";
