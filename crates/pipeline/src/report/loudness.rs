//! Loudness over time, with the song's sections.

use mixsmith_analysis::Span;
use mixsmith_assistant::mixmodel::{energy, lufs};

use super::View;
use super::block::{Block, Section, Table};
use super::svg::{Axis, Plot};
use super::words::{tenth, time};

/// Points of a line at most: more than the picture can show says nothing.
const POINTS: usize = 700;

/// The section of the report.
pub(crate) fn section(view: &View<'_>) -> Section {
    let title = "Loudness over time".to_owned();
    let heard = &view.mixed.heard;
    let (Some((step, short)), Some((_, momentary))) =
        (heard.series("loudness.short", "mix"), heard.series("loudness.momentary", "mix"))
    else {
        return Section {
            id: "loudness",
            title,
            blocks: vec![Block::Para("The mix was not measured.".to_owned())],
        };
    };
    let before = view.players.heard.series("loudness.short", "before").map(|(_, values)| values);
    let seconds = short.len() as f64 * step;
    let found = view.mixed.listened.facts.spans("sections", "");
    let whole = [Span { start: 0.0, end: seconds, label: "whole song".to_owned() }];
    let sections = if found.is_empty() { &whole[..] } else { found };
    let mut table = Table::new(
        "Loudness by section, LUFS",
        &["Section", "From", "To", "Before", "Mix", "Loudest 0.4 s of the mix"],
    );
    for section in sections {
        let part = |values: &[f32]| -> Vec<f64> {
            let to = ((section.end / step) as usize).min(values.len());
            values[((section.start / step) as usize).min(to)..to].iter().map(|&l| f64::from(l)).collect()
        };
        let mean = |values: &[f32]| {
            let part = part(values);
            tenth(lufs(part.iter().map(|&l| energy(l)).sum::<f64>() / part.len().max(1) as f64))
        };
        table.row(vec![
            if section.label.is_empty() { "section".to_owned() } else { section.label.clone() }.into(),
            time(section.start).into(),
            time(section.end).into(),
            before.map_or(String::new(), mean).into(),
            mean(short).into(),
            tenth(part(momentary).into_iter().fold(-120.0, f64::max)).into(),
        ]);
    }
    let picture = picture(seconds, step, short, momentary, before, found);
    let blocks = vec![
        Block::Para(
            "The line is the loudness of 3 seconds, the pale one that of 0.4 seconds. A song breathes when its sections \
             differ."
                .to_owned(),
        ),
        Block::Picture(picture, table),
    ];
    Section { id: "loudness", title, blocks }
}

fn picture(
    seconds: f64,
    step: f64,
    short: &[f32],
    momentary: &[f32],
    before: Option<&[f32]>,
    sections: &[Span],
) -> String {
    let loud = short.iter().chain(before.unwrap_or(&[])).chain(momentary).fold(-60f32, |a, &b| a.max(b));
    let top = (f64::from(loud) / 5.0).ceil() * 5.0;
    let mut plot = Plot::new(
        (760.0, 300.0),
        (52.0, 50.0, 14.0, 34.0),
        Axis::even(0.0, seconds),
        Axis::even(top - 40.0, top),
    );
    for (number, section) in sections.iter().enumerate() {
        plot.column(if number % 2 == 0 { "part even" } else { "part odd" }, section.start, section.end);
        let wide = plot.at_x(section.end) - plot.at_x(section.start);
        if wide > 7.0 * section.label.chars().count() as f64 {
            plot.text(plot.at_x(section.start) + 4.0, 46.0, "tick", &section.label);
        }
    }
    let lines: Vec<(f64, String)> = (0..=4)
        .map(|i| top - 10.0 * f64::from(i))
        .map(|l| (l, format!("{l:.0}").replace('-', "\u{2212}")))
        .collect();
    plot.grid_y(&lines);
    let every = [5.0, 10.0, 15.0, 30.0, 60.0, 120.0]
        .into_iter()
        .find(|every| seconds / every <= 12.0)
        .unwrap_or(300.0);
    let ticks: Vec<(f64, String)> =
        (0..=(seconds / every) as u32).map(|i| f64::from(i) * every).map(|t| (t, time(t))).collect();
    plot.grid_x(&ticks);
    plot.line("line pale", &thinned(momentary, step));
    if let Some(before) = before {
        plot.line("line before", &thinned(before, step));
    }
    plot.line("line after", &thinned(short, step));
    plot.legend(&[("line after", "Mix, 3 s"), ("line before", "Before, 3 s"), ("line pale", "Mix, 0.4 s")]);
    plot.finish("Loudness of the mix over time, with sections")
}

/// A series as points, the loudest of each stretch when there are too many.
fn thinned(values: &[f32], step: f64) -> Vec<(f64, f64)> {
    let many = values.len().div_ceil(POINTS).max(1);
    let chunk = |(number, chunk): (usize, &[f32])| {
        let most = chunk.iter().fold(f32::MIN, |a, &b| a.max(b));
        ((number * many) as f64 * step, f64::from(most))
    };
    values.chunks(many).enumerate().map(chunk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_series_are_thinned_to_their_peaks() {
        let mut values = vec![-30.0; 10_000];
        values[5005] = -5.0;
        let points = thinned(&values, 0.1);
        assert!(points.len() <= POINTS);
        assert!(points.iter().any(|&(t, l)| l == -5.0 && (t - 500.5).abs() < 1.5));
        assert!(thinned(&[], 0.1).is_empty());
    }
}
