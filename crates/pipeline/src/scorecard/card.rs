//! What a figure is, and the figures as they are collected.

use serde::Serialize;

use crate::report::words::tenth;

/// What is measured, and inside which limit good mixes lie: a row of the reference page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// What is judged: `Voice`, `Tone`, …
    pub group: &'static str,
    /// What is measured.
    pub name: &'static str,
    /// Unit of the value; `%` is printed of a share.
    pub unit: &'static str,
    /// The limit.
    pub bar: Bar,
    /// Which of the sixteen questions of [`super::QUESTIONS`] it answers.
    pub row: usize,
    /// How it is measured.
    pub how: &'static str,
    /// What it means, for somebody who hears it for the first time.
    pub means: &'static str,
}

/// The limit of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bar {
    /// No limit is usable.
    None,
    /// No more than this.
    Most(f64),
    /// No less than this.
    Least(f64),
    /// From one to the other.
    Within(f64, f64),
}

/// One figure of a mix.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// What is judged: `Voice`, `Tone`, …
    pub group: &'static str,
    /// What was measured.
    pub measure: &'static str,
    /// Which of the sixteen questions of [`super::QUESTIONS`] it answers.
    pub row: usize,
    /// The figure in its unit; a share for `%`.
    pub number: f64,
    /// The unit.
    pub unit: &'static str,
    /// The figure with its unit, and what it is about where that has a name.
    pub value: String,
    /// The limit; empty where there is none.
    pub bar: String,
    /// Inside or not.
    pub verdict: Verdict,
    /// What it means, for somebody who hears it for the first time.
    pub means: &'static str,
}

/// Inside the limit or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Inside.
    Pass,
    /// Outside: listen.
    Alarm,
    /// No limit is usable.
    Told,
}

impl Figure {
    /// A value as it is printed, without its unit.
    fn show(&self, value: f64) -> String {
        match self.unit {
            "%" => format!("{:.0}", value * 100.0),
            "" => format!("{value:.2}"),
            "s" => format!("{value:.1}"),
            "samples" | "clicks" | "parts" => format!("{value:.0}"),
            _ => tenth(value),
        }
    }

    /// The limit as it is printed; empty where there is none.
    pub fn limit(&self) -> String {
        let text = match self.bar {
            Bar::None => String::new(),
            Bar::Most(most) => format!("at most {} {}", self.show(most), self.unit),
            Bar::Least(least) => format!("at least {} {}", self.show(least), self.unit),
            Bar::Within(low, high) => format!("{} to {} {}", self.show(low), self.show(high), self.unit),
        };
        text.trim_end().to_owned()
    }

    /// Judged as it is shown, so that no figure contradicts its limit.
    fn verdict(&self, value: f64) -> Verdict {
        let scale = if self.unit == "%" { 100.0 } else { 1.0 };
        let shown = self.show(value).parse::<f64>().map_or(value, |shown| shown / scale);
        let close = 1e-9;
        let inside = match self.bar {
            Bar::None => return Verdict::Told,
            Bar::Most(most) => shown <= most + close,
            Bar::Least(least) => shown >= least - close,
            Bar::Within(low, high) => (low - close..=high + close).contains(&shown),
        };
        if inside { Verdict::Pass } else { Verdict::Alarm }
    }
}

/// Collects the figures.
#[derive(Default)]
pub(super) struct Card(pub Vec<Score>);

impl Card {
    /// A figure; one that could not be measured is left out.
    pub fn add(&mut self, figure: &Figure, value: Option<f64>) {
        self.add_about(figure, value, "");
    }

    /// A figure that is about something with a name.
    pub fn add_about(&mut self, figure: &Figure, value: Option<f64>, about: &str) {
        let Some(value) = value.filter(|value| value.is_finite()) else { return };
        let mut text = match (figure.show(value), figure.unit) {
            (one, "samples" | "clicks" | "parts") if one == "1" => {
                format!("1 {}", figure.unit.trim_end_matches('s'))
            }
            (shown, unit) => format!("{shown} {unit}").trim_end().to_owned(),
        };
        if !about.is_empty() {
            text += &format!(" ({about})");
        }
        self.0.push(Score {
            group: figure.group,
            measure: figure.name,
            row: figure.row,
            number: value,
            unit: figure.unit,
            value: text,
            bar: figure.limit(),
            verdict: figure.verdict(value),
            means: figure.means,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::verdict;
    use super::*;

    #[test]
    fn a_figure_is_judged_as_it_is_shown() {
        let figure = |unit, bar| Figure { group: "a", name: "b", unit, bar, row: 1, how: "", means: "" };
        let mut card = Card::default();
        card.add(&figure("dB", Bar::Most(1.0)), Some(1.04));
        card.add(&figure("dBTP", Bar::Most(-1.0)), Some(-1.06));
        card.add(&figure("%", Bar::Most(0.10)), Some(0.115));
        card.add(&figure("dB", Bar::None), Some(f64::NAN));
        card.add_about(&figure("LU", Bar::Within(12.0, 18.0)), Some(11.9), "Pad");
        let seen: Vec<(&str, Verdict)> = card.0.iter().map(|s| (s.value.as_str(), s.verdict)).collect();
        let (pass, alarm) = (Verdict::Pass, Verdict::Alarm);
        assert_eq!(seen, [("1.0 dB", pass), ("-1.1 dBTP", pass), ("12 %", alarm), ("11.9 LU (Pad)", alarm)]);
        assert_eq!(card.0[3].bar, "12.0 to 18.0 LU");
        assert_eq!(verdict(&card.0), "2 of 4 figures are inside their limits");
    }
}
