//! A figure, its gate, and what was measured.

use std::fmt;

/// How long the signals are, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Enough to see that nothing is broken: seconds for each row.
    Quick,
    /// What the figures in the documents are measured with.
    Full,
}

impl Length {
    /// One of two numbers.
    pub(crate) fn pick<T>(self, quick: T, full: T) -> T {
        match self {
            Length::Quick => quick,
            Length::Full => full,
        }
    }
}

/// One figure. The smaller it is the better, for every row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Place on the list of measurements. A place with several figures has several rows.
    pub number: u32,
    /// What is measured.
    pub title: &'static str,
    /// Unit of the figure; empty for a count.
    pub unit: &'static str,
    /// The largest figure that passes.
    pub gate: f64,
    /// The largest figure that is best of its kind.
    pub best: f64,
    /// Is the figure told and stops nothing? So where it hangs on the speed of the machine at this moment, or where there is
    /// no agreed measure.
    pub only_told: bool,
    /// Measures.
    pub measure: fn(Length) -> Result<Measured, Failed>,
}

/// What a measurement found.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// In the unit of the row.
    pub figure: f64,
    /// Which case it was, or what else is worth knowing. May be empty.
    pub note: String,
}

impl Measured {
    /// A figure and a note.
    pub(crate) fn new(figure: f64, note: impl Into<String>) -> Measured {
        Measured { figure, note: note.into() }
    }

    /// The largest of several cases, with the name of its case. One that is not a number is larger than all.
    pub(crate) fn worst(cases: impl IntoIterator<Item = (f64, String)>) -> Measured {
        let rank = |figure: f64| if figure.is_nan() { f64::INFINITY } else { figure };
        let worst = cases.into_iter().max_by(|a, b| rank(a.0).total_cmp(&rank(b.0)));
        worst.map_or(Measured::new(f64::NAN, "nothing was measured"), |(figure, note)| Measured {
            figure,
            note,
        })
    }
}

/// Why nothing could be measured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

impl Failed {
    pub(crate) fn of(error: impl fmt::Display) -> Failed {
        Failed(error.to_string())
    }
}

/// A row and what came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was to be measured.
    pub row: Row,
    /// What was.
    pub measured: Result<Measured, Failed>,
}

impl Outcome {
    /// Is the gate reached?
    pub fn passes(&self) -> bool {
        self.row.only_told || self.measured.as_ref().is_ok_and(|measured| measured.figure <= self.row.gate)
    }

    /// Is the best figure reached?
    pub fn is_best(&self) -> bool {
        self.measured.as_ref().is_ok_and(|measured| measured.figure <= self.row.best)
    }

    /// `best`, `pass`, `told` or `MISSED`.
    pub fn verdict(&self) -> &'static str {
        match (self.is_best(), self.row.only_told, self.passes()) {
            (true, ..) => "best",
            (_, true, _) => "told",
            (.., true) => "pass",
            _ => "MISSED",
        }
    }

    /// The figure as text, with its unit.
    pub fn figure(&self) -> String {
        self.measured.as_ref().map_or_else(|_| "-".to_owned(), |measured| self.row.show(measured.figure))
    }

    /// The note, or why it failed.
    pub fn note(&self) -> &str {
        match &self.measured {
            Ok(measured) => &measured.note,
            Err(failed) => &failed.0,
        }
    }
}

impl Row {
    /// A value in the row's unit as text.
    pub fn show(&self, value: f64) -> String {
        let number = match value.abs() {
            _ if value <= crate::signal::NOTHING_DB && self.unit.starts_with("dB") => {
                return "nothing".to_owned();
            }
            size if size != 0.0 && size < 0.000_1 => format!("{value:.1e}"),
            size if size < 1.0 && size != 0.0 => format!("{value:.4}"),
            size if size < 10.0 && size.fract() != 0.0 => format!("{value:.3}"),
            size if size.fract() != 0.0 => format!("{value:.1}"),
            _ => format!("{value}"),
        };
        if self.unit.is_empty() { number } else { format!("{number} {}", self.unit) }
    }
}

/// Measures the rows whose numbers are named (all when none is), in the order of the list, and hands each on as soon as
/// it is known.
pub fn run(only: &[u32], length: Length, mut tell: impl FnMut(&Outcome)) -> Vec<Outcome> {
    let rows = crate::all::rows().filter(|row| only.is_empty() || only.contains(&row.number));
    let measured = rows.map(|row| {
        let outcome = Outcome { row, measured: (row.measure)(length) };
        tell(&outcome);
        outcome
    });
    measured.collect()
}
