//! `mixsmith selftest`

use std::path::{Path, PathBuf};

use clap::Args;
use mixsmith_selftest::{Length, Outcome, machine, page, rows, run};
use serde_json::{Value, json};

use crate::failure::{Exit, Failure};
use crate::say;
use crate::table::{Common, examples};

/// Measures the engine, the effects and the meters on this machine
///
/// Each line is one figure: what was measured, and whether it is within its gate or as good as the best of its kind. The
/// references are computed apart from what they judge. A full run takes some minutes; build with `--release`.
#[derive(Clone, Debug, Args)]
#[command(after_help = examples!("mixsmith selftest --quick", "mixsmith selftest --only 1,6,22", "mixsmith selftest --docs docs/reference"))]
pub struct Selftest {
    /// Use short signals and few of them: under a minute
    #[arg(long)]
    quick: bool,
    /// Measure only the rows with these numbers
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    only: Vec<u32>,
    /// Measure what every effect does instead, and write the page `processors.md` into this folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["quick", "only"])]
    docs: Option<PathBuf>,
}

impl Selftest {
    pub fn run(&self, common: &Common) -> Result<(), Failure> {
        if let Some(folder) = &self.docs {
            return write(folder, common);
        }
        let numbers: Vec<u32> = rows().map(|row| row.number).collect();
        if let Some(unknown) = self.only.iter().find(|number| !numbers.contains(number)) {
            let last = numbers.last().copied().unwrap_or_default();
            let help = format!("Rows are numbered 1 to {last}");
            return Err(Failure::new(Exit::Usage, format!("there is no row {unknown}"), help));
        }
        let length = if self.quick { Length::Quick } else { Length::Full };
        let mut said = Ok(());
        if !common.json {
            say::line(&machine())?;
            say::line(&format!(
                "\n {:>3} {:6} {:>18} {:>18} {:>18}  what",
                "row", "", "figure", "gate", "best"
            ))?;
        }
        let outcomes = run(&self.only, length, |outcome| {
            if !common.json && said.is_ok() {
                said = say::line(&line(outcome, common.quiet));
            }
        });
        said?;
        if common.json {
            let figures: Vec<Value> = outcomes.iter().map(as_json).collect();
            say::line(&json!({ "machine": machine(), "quick": self.quick, "rows": figures }).to_string())?;
        }
        let missed = outcomes.iter().filter(|outcome| !outcome.passes()).count();
        let best = outcomes.iter().filter(|outcome| outcome.is_best()).count();
        if missed > 0 {
            let message = format!("{missed} of {} figures missed their gate", outcomes.len());
            return Err(Failure::new(Exit::Song, message, ""));
        }
        if common.json {
            return Ok(());
        }
        say::line(&format!(
            "\nAll {} figures reach their gates, {best} the best of their kind.",
            outcomes.len()
        ))
    }
}

/// Writes the page of what was measured of every effect.
fn write(folder: &Path, common: &Common) -> Result<(), Failure> {
    let page = page().map_err(|failed| Failure::new(Exit::Song, failed.to_string(), ""))?;
    let path = folder.join("processors.md");
    std::fs::write(&path, page).map_err(|error| {
        Failure::new(
            Exit::Output,
            format!("{} cannot be written: {error}", path.display()),
            "Name a folder that is there",
        )
    })?;
    if common.json {
        say::line(&json!({ "written": path }).to_string())
    } else {
        say::line(&path.display().to_string())
    }
}

/// A figure in a line, and its note in another.
fn line(outcome: &Outcome, quiet: bool) -> String {
    let row = &outcome.row;
    let figures = [outcome.figure(), row.show(row.gate), row.show(row.best)];
    let [figure, gate, best] = figures;
    let line = format!(
        " {:>3} {:6} {figure:>18} {gate:>18} {best:>18}  {}",
        row.number,
        outcome.verdict(),
        row.title
    );
    if quiet || outcome.note().is_empty() { line } else { format!("{line}\n{:71}({})", "", outcome.note()) }
}

fn as_json(outcome: &Outcome) -> Value {
    let row = &outcome.row;
    json!({
        "row": row.number,
        "title": row.title,
        "unit": row.unit,
        "figure": outcome.measured.as_ref().map(|measured| measured.figure).ok(),
        "gate": row.gate,
        "best": row.best,
        "only_told": row.only_told,
        "passes": outcome.passes(),
        "is_best": outcome.is_best(),
        "note": outcome.note(),
    })
}
