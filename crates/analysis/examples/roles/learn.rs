//! Learns scores: nets of one hidden layer by gradients over few stems at a time, with some of their numbers and units
//! left out each time so that none is relied on alone (Srivastava et al. 2014).

use std::collections::BTreeMap;

use mixsmith_analysis::roles::features::COUNT;
use mixsmith_analysis::roles::scores::{KNOTS, Scores, Unit};

use crate::sessions::Stem;

/// Nets that are learned from different beginnings, and put together.
const NETS: usize = 3;
/// Units of each.
const UNITS: usize = 56;
/// Steps of the descent.
const STEPS: usize = 1600;
/// Stems looked at in a step.
const FEW: usize = 64;
/// Size of the first step.
const RATE: f64 = 0.006;
/// What a weight's distance from zero costs.
const SIZE: f64 = 0.001;
/// Share of the numbers, and of the units, that are left out in a step.
const LEFT_OUT: [f64; 2] = [0.2, 0.3];
/// What is kept back of a role's certainty for the others.
const DOUBT: f64 = 0.05;
/// How much more a stem of a rare role counts: its number of stems to this power.
const RARE: f64 = -0.5;
/// Shares of the stems that lie below each knot.
const SHARES: [f64; KNOTS] = [0.02, 0.16, 0.5, 0.84, 0.98];

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
    let alone = vec![0.0; roles.len()];
    let mut scores = Scores { roles, knots: knots(stems), alone, units: Vec::new() };
    let mut examples = Examples { numbers: Vec::new(), roles: Vec::new(), sums: Vec::new() };
    let mut sum = 0.0;
    for stem in stems {
        let role = learned_as(&stem.role);
        examples.numbers.push(scores.scaled(&stem.numbers));
        examples.roles.push(scores.roles.iter().position(|known| known == role).unwrap_or(0));
        sum += (count[role] as f64).powf(RARE);
        examples.sums.push(sum);
    }
    for seed in 0..NETS {
        let net = Net::learn(&examples, scores.roles.len(), seed as u64);
        let share = 1.0 / NETS as f64;
        scores.alone.iter_mut().zip(&net.last).for_each(|(alone, last)| *alone += share * last);
        scores.units.extend((0..UNITS).map(|unit| Unit {
            alone: net.first[unit],
            of: std::array::from_fn(|i| net.of[i * UNITS + unit]),
            to: net.to[unit * net.last.len()..][..net.last.len()].iter().map(|to| share * to).collect(),
        }));
    }
    scores
}

/// Knots at shares of what was found of each number, at least a little apart.
fn knots(stems: &[&Stem]) -> [[f64; KNOTS]; COUNT] {
    std::array::from_fn(|i| {
        let mut values: Vec<f64> = stems.iter().filter_map(|stem| stem.numbers[i]).collect();
        values.sort_by(f64::total_cmp);
        let Some(last) = values.len().checked_sub(1) else { return std::array::from_fn(|k| k as f64) };
        let least = ((values[last] - values[0]) * 0.01).max(1e-3);
        let mut knots = SHARES.map(|share| values[(share * last as f64).round() as usize]);
        for k in 1..KNOTS {
            knots[k] = knots[k].max(knots[k - 1] + least);
        }
        knots
    })
}

struct Examples {
    numbers: Vec<[f64; COUNT]>,
    roles: Vec<usize>,
    /// Weights, summed up to each.
    sums: Vec<f64>,
}

/// Numbers that look like chance and are always the same (Steele, Lea and Flood 2014).
struct Chance(u64);

impl Chance {
    /// From 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About a normal distribution of deviation one.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }

    /// Zero by a share, else what keeps the mean.
    fn kept(&mut self, left_out: f64) -> f64 {
        if self.next() < left_out { 0.0 } else { 1.0 / (1.0 - left_out) }
    }
}

/// Weights of one net, or their slopes: by number and unit, of the units, by unit and role, of the roles.
#[derive(Clone)]
struct Net {
    of: Vec<f64>,
    first: Vec<f64>,
    to: Vec<f64>,
    last: Vec<f64>,
}

impl Net {
    fn zero(roles: usize) -> Net {
        Net {
            of: vec![0.0; COUNT * UNITS],
            first: vec![0.0; UNITS],
            to: vec![0.0; UNITS * roles],
            last: vec![0.0; roles],
        }
    }

    /// Adam (Kingma and Ba 2015, algorithm 1) with a step that shrinks to nothing.
    fn learn(examples: &Examples, roles: usize, seed: u64) -> Net {
        let mut chance = Chance(seed);
        let mut net = Net::zero(roles);
        let scale = (COUNT as f64).powf(-0.5);
        net.of.iter_mut().for_each(|weight| *weight = scale * chance.normal());
        net.to.iter_mut().for_each(|weight| *weight = 0.1 * chance.normal());
        let (mut mean, mut square) = (Net::zero(roles), Net::zero(roles));
        let most = examples.sums.last().copied().unwrap_or(0.0);
        for step in 0..STEPS {
            let mut slope = Net::zero(roles);
            slope.of.iter_mut().zip(&net.of).for_each(|(slope, weight)| *slope = SIZE * weight);
            slope.to.iter_mut().zip(&net.to).for_each(|(slope, weight)| *slope = SIZE * weight);
            for _ in 0..FEW {
                let drawn = chance.next() * most;
                let example = examples.sums.partition_point(|&sum| sum < drawn).min(examples.roles.len() - 1);
                net.look(&examples.numbers[example], examples.roles[example], &mut chance, &mut slope);
            }
            let (t, rate) = (step as i32 + 1, RATE * (1.0 - step as f64 / STEPS as f64));
            let (first, second) = (1.0 / (1.0 - 0.9f64.powi(t)), 1.0 / (1.0 - 0.999f64.powi(t)));
            let parts = net.parts().into_iter().zip(slope.parts()).zip(mean.parts()).zip(square.parts());
            for (((weights, slopes), means), squares) in parts {
                for (((w, g), m), v) in weights.iter_mut().zip(slopes).zip(means).zip(squares) {
                    *m = 0.9 * *m + 0.1 * *g;
                    *v = 0.999 * *v + 0.001 * *g * *g;
                    *w -= rate * *m * first / ((*v * second).sqrt() + 1e-8);
                }
            }
        }
        net
    }

    fn parts(&mut self) -> [&mut Vec<f64>; 4] {
        [&mut self.of, &mut self.first, &mut self.to, &mut self.last]
    }

    /// Adds the slopes that one example gives.
    fn look(&self, numbers: &[f64; COUNT], role: usize, chance: &mut Chance, slope: &mut Net) {
        let roles = self.last.len();
        let numbers: [f64; COUNT] = std::array::from_fn(|i| numbers[i] * chance.kept(LEFT_OUT[0]));
        let mut level = self.first.clone();
        for (row, x) in self.of.chunks_exact(UNITS).zip(numbers).filter(|(_, x)| *x != 0.0) {
            level.iter_mut().zip(row).for_each(|(level, weight)| *level += x * weight);
        }
        let open: Vec<f64> = level.iter().map(|&x| chance.kept(LEFT_OUT[1]) * f64::from(x > 0.0)).collect();
        let mut odds = self.last.clone();
        for ((row, level), open) in self.to.chunks_exact(roles).zip(&level).zip(&open) {
            odds.iter_mut().zip(row).for_each(|(odds, weight)| *odds += level * open * weight);
        }
        let top = odds.iter().fold(f64::MIN, |a, &b| a.max(b));
        odds.iter_mut().for_each(|odds| *odds = (*odds - top).exp());
        let sum: f64 = odds.iter().sum();
        let off: Vec<f64> = (odds.iter().enumerate())
            .map(|(k, odds)| {
                let wanted = (1.0 - DOUBT) * f64::from(k == role) + DOUBT / roles as f64;
                (odds / sum - wanted) / FEW as f64
            })
            .collect();
        slope.last.iter_mut().zip(&off).for_each(|(slope, off)| *slope += off);
        let mut back = vec![0.0; UNITS];
        for (unit, back) in back.iter_mut().enumerate().filter(|(unit, _)| open[*unit] != 0.0) {
            let (row, slopes) = (&self.to[unit * roles..][..roles], &mut slope.to[unit * roles..][..roles]);
            let through = level[unit] * open[unit];
            slopes.iter_mut().zip(&off).for_each(|(slope, off)| *slope += through * off);
            *back = open[unit] * row.iter().zip(&off).map(|(weight, off)| weight * off).sum::<f64>();
        }
        slope.first.iter_mut().zip(&back).for_each(|(slope, back)| *slope += back);
        for (row, x) in slope.of.chunks_exact_mut(UNITS).zip(numbers).filter(|(_, x)| *x != 0.0) {
            row.iter_mut().zip(&back).for_each(|(slope, back)| *slope += x * back);
        }
    }
}
