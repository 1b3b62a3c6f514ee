//! What was learned of sounds: a net of one hidden layer that gives every role a score.
//!
//! Each number is first brought to a scale of knots, from -2 to 2 and level beyond: what lies far outside of what was
//! learned counts no more than its edge, and what is missing counts as usual. A unit adds its numbers by weight and gives
//! on what is above zero. The table is made by the example `roles` with `--learn`.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::features::{COUNT, names};

/// Knots of a number's scale: what 2, 16, 50, 84 and 98 % of the stems lie below.
pub const KNOTS: usize = 5;

/// One unit of the hidden layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// What is added without any number.
    pub alone: f64,
    /// Weight of each number.
    pub of: [f64; COUNT],
    /// What it adds to the score of each role (natural log).
    pub to: Vec<f64>,
}

/// The net.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// The roles that were learned.
    pub roles: Vec<String>,
    /// The knots of each number, rising.
    pub knots: [[f64; KNOTS]; COUNT],
    /// The score of each role without any unit (natural log).
    pub alone: Vec<f64>,
    /// The hidden layer.
    pub units: Vec<Unit>,
}

/// The scores that this program was given.
pub fn learned() -> &'static Scores {
    static LEARNED: LazyLock<Scores> =
        LazyLock::new(|| Scores::parse(include_str!("../../tables/roles.txt")).expect("tables/roles.txt"));
    &LEARNED
}

impl Scores {
    /// The numbers on their scales.
    pub fn scaled(&self, numbers: &[Option<f64>; COUNT]) -> [f64; COUNT] {
        std::array::from_fn(|i| {
            let Some(value) = numbers[i] else { return 0.0 };
            let knots = &self.knots[i];
            let value = value.clamp(knots[0], knots[KNOTS - 1]);
            let right = knots.iter().position(|&knot| value < knot).unwrap_or(KNOTS - 1).max(1);
            let share = (value - knots[right - 1]) / (knots[right] - knots[right - 1]);
            right as f64 + share - 3.0
        })
    }

    /// The sums by role, in the order of `roles`.
    pub fn sums(&self, numbers: &[Option<f64>; COUNT]) -> Vec<f64> {
        let scaled = self.scaled(numbers);
        let mut sums = self.alone.clone();
        for unit in &self.units {
            let level = unit.alone + unit.of.iter().zip(&scaled).map(|(weight, x)| weight * x).sum::<f64>();
            if level > 0.0 {
                sums.iter_mut().zip(&unit.to).for_each(|(sum, to)| *sum += level * to);
            }
        }
        sums
    }

    /// As text, to three digits.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (name, knots) in names().iter().zip(&self.knots) {
            let knots: Vec<String> = knots.iter().map(|x| format!("{x:.4}")).collect();
            let _ = writeln!(text, "knots {name} {}", knots.join(" "));
        }
        let short = |values: &[f64]| values.iter().map(|x| format!("{x:.3}")).collect::<Vec<_>>().join(" ");
        for (role, alone) in self.roles.iter().zip(&self.alone) {
            let _ = writeln!(text, "role {role} {alone:.3}");
        }
        for unit in &self.units {
            let _ = writeln!(text, "unit {:.3} {}\nto {}", unit.alone, short(&unit.of), short(&unit.to));
        }
        text
    }

    /// From such a text; what is wrong with it otherwise.
    pub fn parse(text: &str) -> Result<Scores, String> {
        let mut found =
            Scores { roles: Vec::new(), knots: [[0.0; KNOTS]; COUNT], alone: Vec::new(), units: Vec::new() };
        let names = names();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let start: String = line.chars().take(60).collect();
            let bad = || format!("cannot read: {start}");
            let mut words = line.split_whitespace();
            let first = words.next().ok_or_else(bad)?;
            let name = if matches!(first, "knots" | "role") { words.next().ok_or_else(bad)? } else { "" };
            let values: Vec<f64> = words.map(str::parse).collect::<Result<_, _>>().map_err(|_| bad())?;
            match (first, &values[..]) {
                ("knots", five) if five.len() == KNOTS && five.windows(2).all(|w| w[0] < w[1]) => {
                    let place = names.iter().position(|known| known == name).ok_or_else(bad)?;
                    found.knots[place].copy_from_slice(five);
                }
                ("role", [alone]) => {
                    found.roles.push(name.to_owned());
                    found.alone.push(*alone);
                }
                ("unit", [alone, of @ ..]) => {
                    let of = of.try_into().map_err(|_| bad())?;
                    found.units.push(Unit { alone: *alone, of, to: Vec::new() });
                }
                ("to", to) if to.len() == found.roles.len() => {
                    found.units.last_mut().ok_or_else(bad)?.to = to.to_vec();
                }
                _ => return Err(bad()),
            }
        }
        let whole = found.knots.iter().all(|knots| knots[0] < knots[1])
            && found.units.iter().all(|unit| !unit.to.is_empty());
        if !whole || found.units.is_empty() {
            return Err("roles, knots or units are missing".to_owned());
        }
        Ok(found)
    }
}
