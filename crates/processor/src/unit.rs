//! Units as a person writes them: `-18 dB`, `2.5 kHz`, `30 ms`, `3:1`, `L35`.

use std::fmt;

/// The unit of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Decibels.
    Db,
    /// Cycles a second.
    Hz,
    /// Milliseconds.
    Ms,
    /// Seconds.
    S,
    /// Input change over output change, `n:1`.
    Ratio,
    /// Hundredths.
    Percent,
    /// Place between left (-100) and right (100).
    Pan,
    /// Quality factor of a filter, a plain number.
    Q,
    /// Decibels for each octave.
    DbPerOctave,
    /// Length in beats (quarter notes).
    Beats,
    /// Part of a cycle; 360 make one.
    Degrees,
    /// One of a list of names; the value is the place in the list, from 0.
    Choice(&'static [&'static str]),
}

/// Text that is not a value of the unit. Says what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitError(pub String);

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnitError {}

impl Unit {
    /// What follows the number.
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Db => "dB",
            Unit::Hz => "Hz",
            Unit::Ms => "ms",
            Unit::S => "s",
            Unit::Ratio => ":1",
            Unit::Percent => "%",
            Unit::DbPerOctave => "dB/oct",
            Unit::Beats => "beats",
            Unit::Degrees => "\u{b0}",
            Unit::Pan | Unit::Q | Unit::Choice(_) => "",
        }
    }

    /// A value as text that [`Unit::parse`] reads back to the same bits.
    pub fn print(self, value: f32) -> String {
        match self {
            Unit::Choice(names) => {
                names.get(value as usize).map_or_else(|| format!("{value}"), |&name| name.to_owned())
            }
            Unit::Pan if value == 0.0 => "C".to_owned(),
            Unit::Pan if value < 0.0 => format!("L{}", -value),
            Unit::Pan => format!("R{value}"),
            Unit::Q => format!("{value}"),
            Unit::Ratio | Unit::Percent | Unit::Degrees => format!("{value}{}", self.symbol()),
            _ => format!("{value} {}", self.symbol()),
        }
    }

    /// A value for reading, rounded as the trade does: `-3.2 dB`, `2.5 kHz`, `L35`.
    pub fn show(self, value: f32) -> String {
        let tidy = |x: f32, digits: usize| {
            let text = format!("{x:.digits$}");
            let text =
                if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
            if text == "-0" { "0".to_owned() } else { text.to_owned() }
        };
        match self {
            Unit::Choice(_) => self.print(value),
            Unit::Db => format!("{} dB", tidy(value, 1)),
            Unit::Hz if value >= 1000.0 => format!("{} kHz", tidy(value / 1000.0, 2)),
            Unit::Hz => format!("{} Hz", tidy(value, 0)),
            Unit::Ms => format!("{} ms", tidy(value, if value < 10.0 { 1 } else { 0 })),
            Unit::Pan => self.print(value.round()),
            Unit::Q => tidy(value, 2),
            Unit::Percent => format!("{}%", tidy(value, 0)),
            Unit::Degrees => format!("{}\u{b0}", tidy(value, 0)),
            Unit::Ratio => format!("{}:1", tidy(value, 1)),
            _ => format!("{} {}", tidy(value, 2), self.symbol()),
        }
    }

    /// Reads a value. The unit may be left out; `kHz` and `s` for `ms` are understood.
    pub fn parse(self, text: &str) -> Result<f32, UnitError> {
        let text = text.trim();
        let wrong = |what: &str| UnitError(format!("`{text}` is not {what}"));
        if let Unit::Choice(names) = self {
            return names
                .iter()
                .position(|name| name.eq_ignore_ascii_case(text))
                .map(|i| i as f32)
                .ok_or_else(|| wrong(&format!("one of {}", names.join(", "))));
        }
        let lower = text.to_ascii_lowercase();
        let number = |digits: &str, times: f32| -> Option<f32> {
            let value: f32 = digits.trim().replace('\u{2212}', "-").parse().ok()?;
            let value = value * times;
            value.is_finite().then_some(value)
        };
        let strip = |suffix: &str| lower.strip_suffix(suffix).map(str::to_owned);
        let value = match self {
            Unit::Db => number(&strip("db").unwrap_or_else(|| lower.clone()), 1.0),
            Unit::Hz => match strip("khz") {
                Some(digits) => number(&digits, 1000.0),
                None => number(&strip("hz").unwrap_or_else(|| lower.clone()), 1.0),
            },
            Unit::Ms => match (strip("ms"), strip("s")) {
                (Some(digits), _) => number(&digits, 1.0),
                (None, Some(digits)) => number(&digits, 1000.0),
                (None, None) => number(&lower, 1.0),
            },
            Unit::S => match (strip("ms"), strip("s")) {
                (Some(digits), _) => number(&digits, 0.001),
                (None, Some(digits)) => number(&digits, 1.0),
                (None, None) => number(&lower, 1.0),
            },
            Unit::Ratio => number(&strip(":1").unwrap_or_else(|| lower.clone()), 1.0),
            Unit::Percent => number(&strip("%").unwrap_or_else(|| lower.clone()), 1.0),
            Unit::Degrees => {
                number(&strip("\u{b0}").or_else(|| strip("deg")).unwrap_or_else(|| lower.clone()), 1.0)
            }
            Unit::DbPerOctave => number(&strip("db/oct").unwrap_or_else(|| lower.clone()), 1.0),
            Unit::Beats => {
                number(&strip("beats").or_else(|| strip("beat")).unwrap_or_else(|| lower.clone()), 1.0)
            }
            Unit::Pan => match lower.as_str() {
                "c" | "centre" | "center" => Some(0.0),
                _ => match (lower.strip_prefix('l'), lower.strip_prefix('r')) {
                    (Some(digits), _) => number(digits, -1.0),
                    (_, Some(digits)) => number(digits, 1.0),
                    _ => number(&lower, 1.0),
                },
            },
            Unit::Q => number(&lower, 1.0),
            Unit::Choice(_) => None,
        };
        value.ok_or_else(|| {
            let example = match self {
                Unit::Pan => "L35, C or R100".to_owned(),
                _ => self.print(3.0),
            };
            wrong(&format!("a value such as {example}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        let units = [
            Unit::Db,
            Unit::Hz,
            Unit::Ms,
            Unit::S,
            Unit::Ratio,
            Unit::Percent,
            Unit::Pan,
            Unit::Q,
            Unit::DbPerOctave,
            Unit::Beats,
            Unit::Degrees,
        ];
        for unit in units {
            for value in [0.0, -0.1, 3.0, 12.345_678, 1e-3, 19_999.9, -100.0] {
                assert_eq!(unit.parse(&unit.print(value)), Ok(value), "{unit:?} {value}");
            }
        }
        let choice = Unit::Choice(&["off", "on"]);
        assert_eq!(choice.parse(&choice.print(1.0)), Ok(1.0));
    }

    #[test]
    fn people_write_units_in_many_ways() {
        assert_eq!(Unit::Hz.parse("2.5 kHz"), Ok(2500.0));
        assert_eq!(Unit::Ms.parse("0.25 s"), Ok(250.0));
        assert_eq!(Unit::Db.parse("\u{2212}3"), Ok(-3.0));
        assert_eq!(Unit::Pan.parse("l35"), Ok(-35.0));
        assert!(Unit::Db.parse("loud").unwrap_err().0.contains("such as 3 dB"));
        assert!(Unit::Db.parse("inf").is_err());
        assert!(Unit::Choice(&["off", "on"]).parse("maybe").unwrap_err().0.contains("off, on"));
    }
}
