//! What is asked of hearing and preparing, measured on songs made here: planted faults, microphones, beats, sections,
//! the steadiness of the voice, the reasons computed again, and times.
//!
//! One bar or several of a kind a file. Scenes come from the demo generator with fixed seeds, so that the figures hold on
//! songs that nobody has tuned to; real songs are added where they are at hand.

mod beats;
mod chance;
mod faults;
mod judge;
mod microphones;
mod road;
mod scene;
mod steady;
mod verify;

use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// What to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Planted faults: found, cured, explained; tracks without fault left alone.
    Faults,
    /// Polarity and delay of two microphones on one source.
    Microphones,
    /// Beats, and where sections begin.
    Beats,
    /// How steadily the voice stands over the rest.
    Steady,
    /// Every number of the reasons, computed again.
    Verify,
    /// How long deciding and the whole road take.
    Road,
}

/// What the table is asked for.
#[derive(Clone, Debug, Args)]
pub struct Wish {
    /// Which bars; all if none is named.
    #[arg(long = "bars", value_delimiter = ',')]
    pub kinds: Vec<Kind>,
    /// How many times as many scenes as the fewest.
    #[arg(long, default_value_t = 2)]
    pub seeds: u64,
    /// Seed of the first band that faults are planted in.
    #[arg(long, default_value_t = 0)]
    pub from: u64,
    /// Where real songs are.
    #[arg(long, default_value = "../shared/songs")]
    pub songs: PathBuf,
    /// Where songs are written to be mixed.
    #[arg(long, default_value = "target/bars")]
    pub folder: PathBuf,
    /// Name of the file in benches/runs, after the day; without one, some of the bars are printed alone.
    #[arg(long)]
    pub name: Option<String>,
}

/// Writes the table; some of the bars alone are only printed, unless they are given a name.
pub fn run(wish: &Wish) -> Fallible<()> {
    let name = wish.name.as_deref().or(wish.kinds.is_empty().then_some("bars"));
    crate::table::of_its_own("Bars of hearing and preparing", name, || table(wish))
}

/// A bar: what is asked, what was measured, and what was missed.
pub struct Bar {
    /// What is measured.
    pub name: String,
    /// Its unit, with the space before it.
    pub unit: &'static str,
    /// Digits after the point.
    pub decimals: usize,
    /// What it must be.
    pub must: f64,
    /// What it should be.
    pub goal: f64,
    /// What it is; nothing where it was not measured.
    pub figure: Option<f64>,
    /// Of how many, or why it was not measured.
    pub of: String,
    /// What was missed, by name.
    pub missed: Vec<String>,
}

impl Bar {
    /// Is a smaller figure better?
    fn less(&self) -> bool {
        self.goal < self.must
    }

    fn verdict(&self) -> &'static str {
        let Some(figure) = self.figure else { return "not measured" };
        let reaches = |asked: f64| if self.less() { figure <= asked + 1e-9 } else { figure >= asked - 1e-9 };
        match (reaches(self.must), reaches(self.goal)) {
            (_, true) => "goal",
            (true, false) => "met",
            (false, false) => "**missed**",
        }
    }

    fn row(&self) -> String {
        let number = |value: f64| format!("{value:.*}{}", self.decimals, self.unit);
        let figure = self.figure.map_or_else(|| "-".to_owned(), number);
        let (must, goal) = (number(self.must), number(self.goal));
        format!("| {} | {must} | {goal} | {figure} | {} | {} |\n", self.name, self.verdict(), self.of)
    }
}

/// A share of things, in percent; nothing of nothing.
fn percent(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| 100.0 * part as f64 / of as f64)
}

/// Measures and prints as text.
fn table(wish: &Wish) -> Fallible<String> {
    let asked = |kind: Kind| wish.kinds.is_empty() || wish.kinds.contains(&kind);
    let mut bars = Vec::new();
    let mut more = String::new();
    if asked(Kind::Microphones) {
        bars.extend(microphones::bars(wish));
    }
    if asked(Kind::Beats) {
        bars.extend(beats::bars(wish));
    }
    if asked(Kind::Faults) {
        let (found, text) = faults::bars(wish)?;
        bars.extend(found);
        more += &text;
    }
    if asked(Kind::Steady) {
        bars.extend(steady::bars(wish)?);
    }
    if asked(Kind::Verify) {
        bars.extend(verify::bars(wish)?);
    }
    if asked(Kind::Road) {
        bars.extend(road::bars(wish)?);
    }
    let mut text =
        "| bar | must | goal | measured | | of |\n| --- | ---: | ---: | ---: | --- | --- |\n".to_owned();
    bars.iter().for_each(|bar| text += &bar.row());
    text += &more;
    for bar in bars.iter().filter(|bar| !bar.missed.is_empty()) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n## Missed: {}\n\n", bar.name);
        bar.missed.iter().for_each(|missed| text += &format!("- {missed}\n"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_know_which_way_is_better() {
        let bar = |must, goal, figure| Bar {
            name: String::new(),
            unit: " %",
            decimals: 0,
            must,
            goal,
            figure: Some(figure),
            of: String::new(),
            missed: Vec::new(),
        };
        assert_eq!(bar(95.0, 100.0, 94.0).verdict(), "**missed**");
        assert_eq!(bar(95.0, 100.0, 96.0).verdict(), "met");
        assert_eq!(bar(5.0, 0.0, 3.0).verdict(), "met");
        assert_eq!(bar(5.0, 0.0, 0.0).verdict(), "goal");
        assert_eq!(bar(5.0, 0.0, 7.0).verdict(), "**missed**");
    }
}
