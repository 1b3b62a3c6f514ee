//! The figures as they are collected.

use super::{Score, Verdict};
use crate::report::words::tenth;

/// The limit of a figure.
pub(super) enum Bar {
    None,
    Most(f64),
    Least(f64),
    Within(f64, f64),
}

/// Collects the figures.
#[derive(Default)]
pub(super) struct Card(pub Vec<Score>);

impl Card {
    /// A figure with a unit; one that could not be measured is left out.
    pub fn add(
        &mut self,
        name: (&'static str, &'static str),
        value: Option<f64>,
        unit: &str,
        bar: Bar,
        means: &'static str,
    ) {
        let Some(value) = value.filter(|value| value.is_finite()) else { return };
        let (scale, unit) = if unit == "%" { (100.0, "%") } else { (1.0, unit) };
        let show = |x: f64| match unit {
            "%" => format!("{:.0}", x * scale),
            "" => format!("{x:.2}"),
            "samples" => format!("{x:.0}"),
            _ => tenth(x),
        };
        // Judged as it is shown, so that no figure contradicts its limit.
        let shown: f64 = show(value).parse::<f64>().unwrap_or(value) / scale;
        let close = 1e-9;
        let (bar, inside) = match bar {
            Bar::None => (String::new(), None),
            Bar::Most(most) => (format!("at most {} {unit}", show(most)), Some(shown <= most + close)),
            Bar::Least(least) => (format!("at least {} {unit}", show(least)), Some(shown >= least - close)),
            Bar::Within(low, high) => (
                format!("{} to {} {unit}", show(low), show(high)),
                Some((low - close..=high + close).contains(&shown)),
            ),
        };
        let verdict = match inside {
            Some(true) => Verdict::Pass,
            Some(false) => Verdict::Alarm,
            None => Verdict::Told,
        };
        let value = format!("{} {unit}", show(value)).trim_end().to_owned();
        let bar = bar.trim_end().to_owned();
        self.0.push(Score { group: name.0, measure: name.1, value, bar, verdict, means });
    }
}

#[cfg(test)]
mod tests {
    use super::super::verdict;
    use super::*;

    #[test]
    fn a_figure_is_judged_as_it_is_shown() {
        let mut card = Card::default();
        card.add(("a", "b"), Some(1.04), "dB", Bar::Most(1.0), "");
        card.add(("a", "b"), Some(-1.06), "dBTP", Bar::Most(-1.0), "");
        card.add(("a", "b"), Some(0.115), "%", Bar::Most(0.10), "");
        card.add(("a", "b"), Some(f64::NAN), "dB", Bar::None, "");
        card.add(("a", "b"), Some(11.9), "LU", Bar::Within(12.0, 18.0), "");
        let seen: Vec<(&str, Verdict)> = card.0.iter().map(|s| (s.value.as_str(), s.verdict)).collect();
        let (pass, alarm) = (Verdict::Pass, Verdict::Alarm);
        assert_eq!(seen, [("1.0 dB", pass), ("-1.1 dBTP", pass), ("12 %", alarm), ("11.9 LU", alarm)]);
        assert_eq!(card.0[3].bar, "12.0 to 18.0 LU");
        assert_eq!(verdict(&card.0), "2 of 4 figures are inside their limits");
    }
}
