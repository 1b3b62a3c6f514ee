//! The scorecard as a section.

use super::View;
use super::block::{Block, Cell, Section, Table};
use crate::scorecard::{Verdict, verdict};

/// The section of the report.
pub(crate) fn section(view: &View<'_>) -> Section {
    let mut table = Table::new("Scorecard", &["Figure", "Measured", "Limit", "Verdict", "What it means"]);
    for score in &view.scores {
        let class = match score.verdict {
            Verdict::Pass => "pass",
            Verdict::Alarm => "alarm",
            Verdict::Told => "told",
        };
        table.row(vec![
            format!("{}: {}", score.group, score.measure).into(),
            score.value.clone().into(),
            score.bar.clone().into(),
            Cell::class(score.verdict.word(), class),
            score.means.into(),
        ]);
    }
    let blocks = vec![
        Block::Para(format!(
            "{}. The limits are where mixes by people lie that were put through the same measures, or produced tracks that \
             others have measured. A figure outside is a reason to listen, not a fault. One thing is not measured here, \
             because it needs a mix by a person: the distance to that person's faders. Masking, partial loudness and other \
             systems are computed from the recorded tracks at the levels of their printed stems.",
            verdict(&view.scores)
        )),
        Block::Table(table),
    ];
    Section { id: "scorecard", title: "Scorecard".to_owned(), blocks }
}
