//! Left and right, and what the processors turn down.

use mixsmith_effects::KINDS;

use super::View;
use super::block::{Block, Section, Table};
use super::svg::{Axis, Plot};
use super::words::tenth;
use crate::scorecard::WIDTHS;

/// Narrowest width that is drawn, dB.
const FLOOR: f64 = -40.0;

/// The section of the report.
pub(crate) fn section(view: &View<'_>) -> Section {
    let (mixed, players) = (view.mixed, view.players);
    let mut blocks = Vec::new();
    let after = mixed.heard.bands("stereo.width_bands", "mix").unwrap_or(&[]);
    let before = players.heard.bands("stereo.width_bands", "before").unwrap_or(&[]);
    let correlation = mixed.heard.bands("stereo.correlation_bands", "mix").unwrap_or(&[]);
    if !after.is_empty() {
        let mut table = Table::new(
            "Width by band, dB of side against mid",
            &["Band", "Before", "Mix", "Mixes by people", "Correlation of left and right"],
        );
        for (i, (name, low, high)) in WIDTHS.iter().enumerate() {
            let width = |values: &[f32]| values.get(i).map_or(String::new(), |&w| narrow(f64::from(w)));
            let usual =
                if *low <= -100.0 { format!("up to {high:.0}") } else { format!("{low:.0} to {high:.0}") };
            table.row(vec![
                (*name).into(),
                width(before).into(),
                width(after).into(),
                usual.into(),
                correlation.get(i).map_or(String::new(), |c| format!("{c:.2}")).into(),
            ]);
        }
        let says = "0 dB is as wide as two unrelated channels, -20 dB nearly mono. Correlation: 1 is mono, 0 unrelated, \
                    below 0 it cancels in mono.";
        blocks.push(Block::Para(says.to_owned()));
        blocks.push(Block::Picture(picture(before, after), table));
    } else {
        blocks.push(Block::Para("The mix was not measured.".to_owned()));
    }
    let mut table = Table::new("Gain reduction, dB", &["Track or bus", "Processor", "Most", "Mean"]);
    for reduction in &mixed.rendered.reductions {
        let strip = mixed.session.strip(&reduction.strip);
        let name = strip.map_or(reduction.strip.as_str(), |strip| strip.name.as_str());
        let kind = strip
            .and_then(|strip| strip.insert(&reduction.insert))
            .and_then(|insert| KINDS.get(&insert.kind));
        let what = kind.map_or(reduction.insert.as_str(), |kind| kind.name);
        table.row(vec![
            name.into(),
            what.into(),
            tenth(f64::from(reduction.most_db.abs())).into(),
            tenth(f64::from(reduction.mean_db.abs())).into(),
        ]);
    }
    if !table.is_empty() {
        let says = "What each processor turned down, at most and on average.";
        blocks.push(Block::Para(says.to_owned()));
        blocks.push(Block::Table(table));
    }
    Section { id: "stereo", title: "Stereo and dynamics".to_owned(), blocks }
}

fn narrow(width: f64) -> String {
    if width <= -99.0 { "mono".to_owned() } else { tenth(width) }
}

fn picture(before: &[f32], after: &[f32]) -> String {
    const ROW: f64 = 34.0;
    let size = (760.0, 34.0 + ROW * WIDTHS.len() as f64 + 40.0);
    let mut plot = Plot::new(size, (120.0, 34.0, 20.0, 40.0), Axis::even(FLOOR, 6.0), Axis::even(0.0, 1.0));
    plot.grid_x(&[-40.0, -30.0, -20.0, -10.0, 0.0].map(|db: f64| {
        let text = format!("{db:.0}").replace('-', "\u{2212}");
        (db, if db == FLOOR { format!("{text} and narrower") } else { text })
    }));
    for (i, (name, low, high)) in WIDTHS.iter().enumerate() {
        let y = 34.0 + ROW * (i as f64 + 0.5);
        plot.text(110.0, y + 4.0, "label end", name);
        plot.band("corridor", low.max(FLOOR), *high, y, 18.0);
        let width = |values: &[f32]| values.get(i).map(|&w| f64::from(w).max(FLOOR));
        if let (Some(before), Some(after)) = (width(before), width(after)) {
            plot.stretch("move", before, after, y);
            plot.dot("dot before", before, y, 5.0);
        }
        if let Some(after) = width(after) {
            plot.dot("dot after", after, y, 6.0);
        }
    }
    plot.legend(&[("dot before", "Before"), ("dot after", "Mix"), ("corridor", "mixes by people")]);
    plot.finish("Width of the mix in five bands, before and after")
}
