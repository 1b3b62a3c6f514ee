//! Seeded chance for scenes: the same on every machine.

use mixsmith_demo::split_mix;

/// A stream of random numbers.
pub struct Chance(u64);

impl Chance {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x6a09_e667_f3bc_c909)
    }

    /// 0 to 1.
    pub fn unit(&mut self) -> f64 {
        (split_mix(&mut self.0) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Between two numbers.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number from `low` to `high`, both included.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        self.between(low as f64, high as f64 + 1.0).floor().min(high as f64) as i64
    }

    /// One of some things.
    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.whole(0, things.len() as i64 - 1) as usize]
    }

    /// Puts things in random order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for i in (1..things.len()).rev() {
            things.swap(i, self.whole(0, i as i64) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_fixed_and_even() {
        let mut chance = Chance::new(5);
        let mean = (0..4000).map(|_| chance.between(-1.0, 3.0)).sum::<f64>() / 4000.0;
        assert!((mean - 1.0).abs() < 0.06, "{mean}");
        let (mut a, mut b) = (Chance::new(9), Chance::new(9));
        assert!((0..9).all(|_| a.whole(3, 8) == b.whole(3, 8)));
        let mut order: Vec<usize> = (0..30).collect();
        Chance::new(1).shuffle(&mut order);
        assert_ne!(order, (0..30).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..30).collect::<Vec<_>>());
    }
}
