//! What came out and why, for a person: `report.html` and `report.txt`.
//!
//! A section is a file here. It turns what was mixed into blocks, and both forms print the same blocks.

mod block;
mod decisions;
mod faults;
mod levels;
mod loudness;
mod microphones;
mod page;
pub(crate) mod parts;
mod players;
mod scores;
mod services;
pub(crate) mod spectrum;
mod stereo;
mod summary;
mod svg;
pub(crate) mod systems;
#[cfg(test)]
mod tests;
mod text;
mod tracks;
pub(crate) mod words;

use block::Section;
use parts::Part;
use systems::Fare;

use crate::scorecard::{Score, scorecard};
use crate::{Folder, Mixed, PipelineError};

pub use players::{Players, Take, matched, plain_sum};

/// What every section reads.
pub(crate) struct View<'a> {
    pub mixed: &'a Mixed,
    pub players: &'a Players,
    pub parts: Vec<Part>,
    pub fares: Vec<Fare>,
    pub scores: Vec<Score>,
}

impl<'a> View<'a> {
    fn new(mixed: &'a Mixed, players: &'a Players) -> Self {
        let parts = parts::parts(mixed);
        let fares = systems::fares(&parts);
        let scores = scorecard(mixed, players, &parts, &fares);
        View { mixed, players, parts, fares, scores }
    }

    /// Everything below the players, in order.
    fn sections(&self) -> Vec<Section> {
        vec![
            decisions::section(self),
            tracks::section(self),
            levels::section(self),
            spectrum::section(self),
            loudness::section(self),
            stereo::section(self),
            scores::section(self),
            systems::section(&self.fares),
            services::section(self),
            faults::section(self),
            summary::change(self),
        ]
    }
}

/// Writes `report.html` and `report.txt` into the folder of outputs, each whole or not at all.
pub fn write(mixed: &Mixed, folder: &Folder, players: &Players) -> Result<(), PipelineError> {
    let view = View::new(mixed, players);
    for (name, content) in [("report.html", page::page(&view)), ("report.txt", text::text(&view))] {
        let path = folder.out.join(name);
        folder.write(&path, content.as_bytes())?;
    }
    Ok(())
}

/// The report as one page that needs nothing else.
pub fn html(mixed: &Mixed, players: &Players) -> String {
    page::page(&View::new(mixed, players))
}

/// The report as plain text with the same content.
pub fn text(mixed: &Mixed, players: &Players) -> String {
    text::text(&View::new(mixed, players))
}

/// The figures of the scorecard with their limits.
pub fn scores(mixed: &Mixed, players: &Players) -> Vec<Score> {
    View::new(mixed, players).scores
}
