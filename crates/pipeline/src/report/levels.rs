//! How loud each part is, before and after, against what is usual.

use mixsmith_analysis::roles::role;
use mixsmith_assistant::tables::level_row;

use super::View;
use super::block::{Block, Section, Table};
use super::svg::{Axis, Plot};
use super::words::tenth;
use crate::scorecard::printed;

/// A part's levels against the whole, LU.
struct Level {
    name: String,
    before: f64,
    after: f64,
    /// What is usual and how far good mixes differ, when the part is one track.
    usual: Option<(f64, f64)>,
}

/// The section of the report.
pub(crate) fn section(view: &View<'_>) -> Section {
    let levels = levels(view);
    let title = "Levels".to_owned();
    if levels.is_empty() {
        return Section { id: "levels", title, blocks: vec![Block::Para("No track plays.".to_owned())] };
    }
    let genre = view.mixed.brief.genre;
    let mut table = Table::new(
        "Level of each track against the whole, LU",
        &["Track", "Before", "Mix", "Change", "Usual"],
    );
    for level in &levels {
        table.row(vec![
            level.name.clone().into(),
            tenth(level.before).into(),
            tenth(level.after).into(),
            mixsmith_assistant::says::signed(level.after - level.before).into(),
            level
                .usual
                .map_or(String::new(), |(usual, sd)| {
                    format!("{} to {}", tenth(usual - sd), tenth(usual + sd))
                })
                .into(),
        ]);
    }
    let blocks = vec![
        Block::Para(format!(
            "Loudness while the track plays, less the loudness of the whole mix. The bars show what is usual in {} for a \
             part that one track plays; tracks that share a part share its level, so they have no bar of their own.",
            genre.name()
        )),
        Block::Picture(picture(&levels), table),
    ];
    Section { id: "levels", title, blocks }
}

fn levels(view: &View<'_>) -> Vec<Level> {
    let mixed = view.mixed;
    let before = view.players.heard.number("loudness.integrated", "before").unwrap_or(0.0);
    let after = printed(mixed, "mix").map_or(0.0, |print| print.level.loudness);
    let row_of = |id: &str| level_row(if role(id).is_some() { id } else { "unknown" });
    let mut levels: Vec<Level> = Vec::new();
    for part in &view.parts {
        let row = row_of(&part.role);
        let alone = view.parts.iter().filter(|other| row_of(&other.role).part == row.part).count() == 1;
        let usual = (alone && row.part != "unknown").then(|| (row.level(mixed.brief.genre), row.sd));
        levels.push(Level {
            name: part.name.clone(),
            before: part.before - before,
            after: part.after - after,
            usual,
        });
    }
    levels
}

fn picture(levels: &[Level]) -> String {
    const ROW: f64 = 26.0;
    let all = || levels.iter().flat_map(|level| [level.before, level.after]);
    let low = (all().fold(-20.0, f64::min).max(-60.0) / 5.0).floor() * 5.0;
    let high = (all().fold(5.0, f64::max).min(30.0) / 5.0).ceil() * 5.0;
    let size = (760.0, 34.0 + ROW * levels.len() as f64 + 34.0);
    let mut plot = Plot::new(size, (200.0, 34.0, 16.0, 34.0), Axis::even(low, high), Axis::even(0.0, 1.0));
    let ticks: Vec<(f64, String)> = (0..=((high - low) / 5.0) as i32)
        .map(|i| low + 5.0 * f64::from(i))
        .map(|lu| (lu, format!("{lu:.0}").replace('-', "\u{2212}")))
        .collect();
    plot.grid_x(&ticks);
    for (number, level) in levels.iter().enumerate() {
        let y = 34.0 + ROW * (number as f64 + 0.5);
        let short: String = level.name.chars().take(26).collect();
        plot.text(190.0, y + 4.0, "label end", &short);
        if let Some((usual, sd)) = level.usual {
            plot.band("corridor", usual - sd, usual + sd, y, 14.0);
        }
        plot.stretch("move", level.before, level.after, y);
        plot.dot("dot before", level.before, y, 5.0);
        plot.dot("dot after", level.after, y, 6.0);
    }
    plot.legend(&[("dot before", "Before"), ("dot after", "Mix"), ("corridor", "usual")]);
    plot.finish("Level of each track against the whole in LU, before and in the mix")
}
