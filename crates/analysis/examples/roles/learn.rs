//! Learns scores: multinomial logistic regression on pieces of the scales, by gradients over all stems at once.

use std::collections::BTreeMap;

use mixsmith_analysis::roles::features::COUNT;
use mixsmith_analysis::roles::scores::{KNOTS, Scores};

use crate::sessions::Stem;

/// Steps of the descent.
const STEPS: usize = 400;
/// What a score costs against its neighbour on the scale, and against zero: the less is known, the flatter the line.
const BEND: f64 = 0.002;
/// What a score's distance from zero costs.
const SIZE: f64 = 0.0005;
/// How much more a stem of a rare role counts: its number of stems to this power.
const RARE: f64 = -0.5;
/// Shares of the stems that lie below each knot.
const SHARES: [f64; KNOTS] = [0.04, 0.25, 0.5, 0.75, 0.96];

/// Roles that cannot be told apart by sound are learned as one.
fn learned_as(role: &str) -> &str {
    match role {
        "overheads" | "room" => "drums",
        role => role,
    }
}

/// Learns from these stems. The same stems give the same scores.
pub fn learn(stems: &[&Stem]) -> Scores {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    stems.iter().for_each(|stem| *count.entry(learned_as(&stem.role)).or_default() += 1);
    let roles: Vec<String> = count.keys().map(|&role| role.to_owned()).collect();
    let mut scores =
        Scores { scores: vec![[0.0; COUNT * KNOTS + 1]; roles.len()], roles, knots: knots(stems) };
    let examples: Vec<Example> = stems
        .iter()
        .map(|stem| {
            let role = learned_as(&stem.role);
            Example {
                places: scores.places(&stem.numbers),
                role: scores.roles.iter().position(|known| known == role).unwrap_or(0),
                weight: (count[role] as f64).powf(RARE),
            }
        })
        .collect();
    descend(&mut scores.scores, &examples);
    scores
}

/// Knots at shares of what was found of each number, at least a little apart.
fn knots(stems: &[&Stem]) -> [[f64; KNOTS]; COUNT] {
    std::array::from_fn(|i| {
        let mut values: Vec<f64> = stems.iter().filter_map(|stem| stem.numbers[i]).collect();
        values.sort_by(f64::total_cmp);
        let Some(last) = values.len().checked_sub(1) else { return std::array::from_fn(|k| k as f64) };
        let least = ((values[last] - values[0]) * 0.02).max(1e-3);
        let mut knots = SHARES.map(|share| values[(share * last as f64).round() as usize]);
        for k in 1..KNOTS {
            knots[k] = knots[k].max(knots[k - 1] + least);
        }
        knots
    })
}

struct Example {
    places: Vec<(usize, f64)>,
    role: usize,
    weight: f64,
}

type Row = [f64; COUNT * KNOTS + 1];

/// Adam (Kingma and Ba 2015, algorithm 1) with a step that shrinks to nothing.
fn descend(scores: &mut [Row], examples: &[Example]) {
    let all: f64 = examples.iter().map(|example| example.weight).sum();
    let mut mean = vec![[0.0; COUNT * KNOTS + 1]; scores.len()];
    let mut square = mean.clone();
    for step in 0..STEPS {
        let mut slope = costs(scores);
        for example in examples {
            let mut odds: Vec<f64> = scores
                .iter()
                .map(|row| example.places.iter().map(|&(place, share)| row[place] * share).sum())
                .collect();
            let top = odds.iter().fold(f64::MIN, |a, &b| a.max(b));
            odds.iter_mut().for_each(|odds| *odds = (*odds - top).exp());
            let sum: f64 = odds.iter().sum();
            for (role, (row, odds)) in slope.iter_mut().zip(&odds).enumerate() {
                let off = (odds / sum - f64::from(role == example.role)) * example.weight / all;
                example.places.iter().for_each(|&(place, share)| row[place] += off * share);
            }
        }
        let (t, rate) = (step as i32 + 1, 0.08 * (1.0 - step as f64 / STEPS as f64));
        for (role, row) in scores.iter_mut().enumerate() {
            for (place, score) in row.iter_mut().enumerate() {
                let (g, m, v) = (slope[role][place], &mut mean[role][place], &mut square[role][place]);
                *m = 0.9 * *m + 0.1 * g;
                *v = 0.999 * *v + 0.001 * g * g;
                let (m, v) = (*m / (1.0 - 0.9f64.powi(t)), *v / (1.0 - 0.999f64.powi(t)));
                *score -= rate * m / (v.sqrt() + 1e-8);
            }
        }
    }
}

/// Slopes of what the scores themselves cost.
fn costs(scores: &[Row]) -> Vec<Row> {
    let of = |row: &Row| {
        let mut slope = [0.0; COUNT * KNOTS + 1];
        for i in 0..COUNT {
            let at = i * KNOTS;
            for k in at..at + KNOTS {
                slope[k] += SIZE * row[k];
                if k + 1 < at + KNOTS {
                    let bend = BEND * (row[k] - row[k + 1]);
                    slope[k] += bend;
                    slope[k + 1] -= bend;
                }
            }
        }
        slope
    };
    scores.iter().map(of).collect()
}
