//! What was learned of sounds: for every role a score for each number, added up.
//!
//! A number lies between two of its knots and counts for both by proportion, so that a role's score over a number is a
//! line of straight pieces, level beyond the outermost knots: what lies far outside of what was learned counts no more
//! than its edge. The table is made by the example `roles` with `--learn`.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::features::{COUNT, NAMES};

/// Knots of a number's scale.
pub const KNOTS: usize = 5;

/// Scores by role, number and knot.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// The roles that were learned.
    pub roles: Vec<String>,
    /// The knots of each number, rising.
    pub knots: [[f64; KNOTS]; COUNT],
    /// For each role the scores of each number at its knots (natural log), and at last what is added without any.
    pub scores: Vec<[f64; COUNT * KNOTS + 1]>,
}

/// The scores that this program was given.
pub fn learned() -> &'static Scores {
    static LEARNED: LazyLock<Scores> =
        LazyLock::new(|| Scores::parse(include_str!("../../tables/roles.txt")).expect("tables/roles.txt"));
    &LEARNED
}

impl Scores {
    /// Which scores count for these numbers, and by how much: at most two a number, and the last.
    pub fn places(&self, numbers: &[Option<f64>; COUNT]) -> Vec<(usize, f64)> {
        let mut places = Vec::with_capacity(2 * COUNT + 1);
        for (i, (value, knots)) in numbers.iter().zip(&self.knots).enumerate() {
            let Some(value) = value else { continue };
            let value = value.clamp(knots[0], knots[KNOTS - 1]);
            let right = knots.iter().position(|&knot| value < knot).unwrap_or(KNOTS - 1).max(1);
            let share = (value - knots[right - 1]) / (knots[right] - knots[right - 1]);
            places.push((i * KNOTS + right - 1, 1.0 - share));
            places.push((i * KNOTS + right, share));
        }
        places.push((COUNT * KNOTS, 1.0));
        places
    }

    /// The sums by role, in the order of `roles`.
    pub fn sums(&self, numbers: &[Option<f64>; COUNT]) -> Vec<f64> {
        let places = self.places(numbers);
        self.scores.iter().map(|row| places.iter().map(|&(place, share)| row[place] * share).sum()).collect()
    }

    /// As text, to three digits.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (name, knots) in NAMES.iter().zip(&self.knots) {
            let knots: Vec<String> = knots.iter().map(|x| format!("{x:.4}")).collect();
            let _ = writeln!(text, "knots {name} {}", knots.join(" "));
        }
        for (role, row) in self.roles.iter().zip(&self.scores) {
            let _ = writeln!(text, "role {role} {:.3}", row[COUNT * KNOTS]);
            for (name, scores) in NAMES.iter().zip(row.chunks_exact(KNOTS)) {
                let scores: Vec<String> = scores.iter().map(|x| format!("{x:.3}")).collect();
                let _ = writeln!(text, "  {name} {}", scores.join(" "));
            }
        }
        text
    }

    /// From such a text; what is wrong with it otherwise.
    pub fn parse(text: &str) -> Result<Scores, String> {
        let mut found = Scores { roles: Vec::new(), knots: [[0.0; KNOTS]; COUNT], scores: Vec::new() };
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        for line in lines {
            let bad = || format!("cannot read: {line}");
            let mut words = line.split_whitespace();
            let first = words.next().ok_or_else(bad)?;
            let name = if matches!(first, "knots" | "role") { words.next().ok_or_else(bad)? } else { first };
            let values: Vec<f64> = words.map(str::parse).collect::<Result<_, _>>().map_err(|_| bad())?;
            let number = NAMES.iter().position(|known| *known == name);
            match (first, number, &values[..]) {
                ("role", _, [alone]) => {
                    found.roles.push(name.to_owned());
                    found.scores.push([0.0; COUNT * KNOTS + 1]);
                    if let Some(row) = found.scores.last_mut() {
                        row[COUNT * KNOTS] = *alone;
                    }
                }
                ("knots", Some(i), five) if five.len() == KNOTS && five.windows(2).all(|w| w[0] < w[1]) => {
                    found.knots[i].copy_from_slice(five);
                }
                (_, Some(i), five) if five.len() == KNOTS => {
                    let row = found.scores.last_mut().ok_or_else(bad)?;
                    row[i * KNOTS..(i + 1) * KNOTS].copy_from_slice(five);
                }
                _ => return Err(bad()),
            }
        }
        if found.roles.is_empty() || found.knots.iter().any(|knots| knots[0] >= knots[1]) {
            return Err("roles or knots are missing".to_owned());
        }
        Ok(found)
    }
}
