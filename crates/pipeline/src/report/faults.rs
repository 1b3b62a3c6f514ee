//! What no mix can mend.

use mixsmith_assistant::{Phase, Status};

use super::View;
use super::block::{Block, Section};
use super::decisions::step;
use super::tracks;

/// The section of the report.
pub(crate) fn section(view: &View<'_>) -> Section {
    let mixed = view.mixed;
    let mut recordings = Vec::new();
    for stem in &mixed.listened.song.stems {
        let plays = mixed.session.tracks().any(|strip| tracks::plays(strip, stem));
        let faults = tracks::faults(view, stem);
        if plays && !faults.is_empty() {
            recordings.push(format!("{}: {}.", stem.file, faults.join("; ")));
        }
    }
    let mut others: Vec<String> = mixed
        .journal
        .decisions
        .iter()
        .filter_map(|decision| match &decision.status {
            // What was considered in other steps and not done is a choice, not a fault.
            Status::Refused(why) if step(decision) == Phase::Prepare => {
                Some(format!("Decision {} was not carried out: {} ({why})", decision.id, decision.says))
            }
            _ => None,
        })
        .collect();
    others.extend(mixed.notes.iter().map(|note| match note.about.as_str() {
        "" => note.says.clone(),
        about => format!("{about}: {}", note.says),
    }));
    let mut blocks = Vec::new();
    if recordings.is_empty() && others.is_empty() {
        blocks.push(Block::Para("Nothing: no fault was found in the recordings.".to_owned()));
    }
    if !recordings.is_empty() {
        blocks.push(Block::Para(
            "Faults in the recordings. Some were worked around (see the decisions); only a new recording or a repair by hand \
             takes them away."
                .to_owned(),
        ));
        blocks.push(Block::List(recordings));
    }
    if !others.is_empty() {
        blocks.push(Block::Para("Also worth knowing:".to_owned()));
        blocks.push(Block::List(others));
    }
    Section { id: "faults", title: "What I could not fix".to_owned(), blocks }
}
