//! The tone of the mix against the usual balance of records.

use mixsmith_assistant::tables::{target, target_source};

use super::View;
use super::block::{Block, Section, Table};
use super::svg::{Axis, Plot};
use super::words::{quantity, tenth};

/// Third octaves with the median from 200 Hz to 2 kHz at 0, as the target has them.
pub(crate) fn normal(bands: &[f32]) -> Vec<f64> {
    let middle = bands.iter().zip(target()).filter(|(_, row)| (200.0..=2000.0).contains(&row.hz));
    let mut middle: Vec<f64> = middle.map(|(&db, _)| f64::from(db)).collect();
    middle.sort_by(f64::total_cmp);
    let median = match middle.len() {
        0 => 0.0,
        count => (middle[(count - 1) / 2] + middle[count / 2]) / 2.0,
    };
    bands.iter().map(|&db| f64::from(db) - median).collect()
}

/// The section of the report.
pub(crate) fn section(view: &View<'_>) -> Section {
    let title = "Tone".to_owned();
    let Some(after) = view.mixed.heard.bands("spectrum.third_octave", "mix").map(normal) else {
        return Section { id: "tone", title, blocks: vec![Block::Para("The mix is silent.".to_owned())] };
    };
    let before = view.players.heard.bands("spectrum.third_octave", "before").map(normal);
    let mut table = Table::new(
        "Tone of the mix by third octave, dB against its own middle",
        &["Band", "Before", "Mix", "Records", "Usual spread", "Mix against records"],
    );
    for (i, row) in target().iter().enumerate() {
        let Some(&heard) = after.get(i) else { continue };
        let off = heard - row.db;
        let verdict = if off.abs() <= row.sd {
            "inside".to_owned()
        } else {
            format!("{} dB {}", tenth(off.abs() - row.sd), if off > 0.0 { "above" } else { "below" })
        };
        table.row(vec![
            quantity(row.hz, "Hz").into(),
            before.as_ref().and_then(|before| before.get(i)).map_or(String::new(), |&db| tenth(db)).into(),
            tenth(heard).into(),
            tenth(row.db).into(),
            format!("{} to {}", tenth(row.db - row.sd), tenth(row.db + row.sd)).into(),
            verdict.into(),
        ]);
    }
    let blocks = vec![
        Block::Para(format!(
            "Level of each third octave, the middle of 200 Hz to 2 kHz at 0 dB. The shaded corridor is where two thirds of \
             records lie ({}). It is a habit of records, not a law: a song without bass may leave it.",
            target_source()
        )),
        Block::Picture(picture(&after, before.as_deref()), table),
    ];
    Section { id: "tone", title, blocks }
}

fn picture(after: &[f64], before: Option<&[f64]>) -> String {
    let mut plot = Plot::new(
        (760.0, 340.0),
        (52.0, 34.0, 14.0, 34.0),
        Axis::log(28.0, 18_000.0),
        Axis::even(-30.0, 15.0),
    );
    plot.grid_y(&[15.0, 10.0, 5.0, 0.0, -5.0, -10.0, -15.0, -20.0, -25.0, -30.0].map(|db| (db, label(db))));
    let ticks = [31.5, 63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0];
    plot.grid_x(
        &ticks.map(|hz: f64| (hz, if hz >= 1000.0 { format!("{}k", hz / 1000.0) } else { format!("{hz}") })),
    );
    let edge = |sign: f64| -> Vec<(f64, f64)> {
        target().iter().map(|row| (row.hz, row.db + sign * row.sd)).collect()
    };
    plot.area("corridor", &edge(-1.0), &edge(1.0));
    plot.line("line target", &edge(0.0));
    let points = |bands: &[f64]| -> Vec<(f64, f64)> {
        target().iter().zip(bands).map(|(row, &db)| (row.hz, db)).collect()
    };
    if let Some(before) = before {
        plot.line("line before", &points(before));
    }
    plot.line("line after", &points(after));
    plot.legend(&[
        ("line after", "Mix"),
        ("line before", "Before"),
        ("line target", "Records"),
        ("corridor", "their spread"),
    ]);
    plot.text(52.0, 30.0, "tick end", "dB");
    plot.finish("Spectrum of the mix, before and after, against the usual balance of records")
}

fn label(db: f64) -> String {
    let text = mixsmith_assistant::says::signed(db);
    text.trim_end_matches(".0").replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_at_zero() {
        let bands: Vec<f32> = target().iter().map(|row| row.db as f32 - 30.0).collect();
        let normal = normal(&bands);
        for (db, row) in normal.iter().zip(target()) {
            assert!((db - row.db - (normal[13] - target()[13].db)).abs() < 1e-5);
        }
        assert!(super::normal(&[]).is_empty());
    }
}
