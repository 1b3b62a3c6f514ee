//! Left against right: the goniometer's picture, and a needle of correlation.

use std::f64::consts::FRAC_1_SQRT_2;

/// Where the sound has been on the screen of a goniometer: mono stands upright, the left channel alone leans to the left, and
/// what is out of phase lies.
#[derive(Clone, Debug)]
pub struct Goniometer {
    cells: usize,
    full: f64,
    counts: Vec<u64>,
}

impl Goniometer {
    /// A screen of `cells` by `cells`, whose edges are where a mono sound of amplitude `full` reaches.
    pub fn new(cells: usize, full: f64) -> Self {
        let cells = cells.max(1);
        Goniometer { cells, full: full.max(1e-9), counts: vec![0; cells * cells] }
    }

    /// Watches the next stretch of two equal lengths. What lies beyond the edge is drawn at it.
    pub fn run(&mut self, left: &[f32], right: &[f32]) {
        // Mono of amplitude `full` is sqrt(2) times as far from the middle.
        let scale = 0.5 * self.cells as f64 * FRAC_1_SQRT_2 / self.full;
        let cell = |value: f64| {
            let place = (value * scale + 0.5 * self.cells as f64).floor();
            place.clamp(0.0, (self.cells - 1) as f64) as usize
        };
        for (&l, &r) in left.iter().zip(right) {
            let (l, r) = (f64::from(l), f64::from(r));
            if l.is_finite() && r.is_finite() {
                let (x, y) = (cell((r - l) * FRAC_1_SQRT_2), cell((l + r) * FRAC_1_SQRT_2));
                self.counts[y * self.cells + x] += 1;
            }
        }
    }

    /// Cells from left to right, and from bottom to top.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// How often the sound was in a cell, from 0 at the left and at the bottom.
    pub fn count(&self, x: usize, y: usize) -> u64 {
        self.counts.get(y * self.cells + x).copied().unwrap_or(0)
    }
}

/// A needle between -1 (out of phase) and 1 (mono), over the last moments. Silence reads 0.
#[derive(Clone, Debug)]
pub struct Correlation {
    share: f64,
    /// Power of left and right, and their product.
    sums: [f64; 3],
    /// Frames until the needle has settled.
    settles: u64,
    least: f64,
}

impl Correlation {
    /// Averages over `ms` milliseconds (63 % of a step); `rate` in frames a second.
    pub fn new(ms: f64, rate: f64) -> Self {
        let frames = ms * 0.001 * rate;
        Correlation {
            share: 1.0 - (-1.0 / frames).exp(),
            sums: [0.0; 3],
            settles: (3.0 * frames) as u64,
            least: 1.0,
        }
    }

    /// Watches the next stretch of two equal lengths.
    pub fn run(&mut self, left: &[f32], right: &[f32]) {
        for (&l, &r) in left.iter().zip(right) {
            let (l, r) = (f64::from(l), f64::from(r));
            if !(l.is_finite() && r.is_finite()) {
                continue;
            }
            for (sum, now) in self.sums.iter_mut().zip([l * l, r * r, l * r]) {
                *sum += self.share * (now - *sum);
            }
            self.settles = self.settles.saturating_sub(1);
            // What is below -60 dB is no sound to judge.
            if self.settles == 0 && self.sums[0].max(self.sums[1]) > 1e-6 {
                self.least = self.least.min(self.reading());
            }
        }
        self.sums = self.sums.map(|x| if x.abs() < 1e-30 { 0.0 } else { x });
    }

    /// Where it stands. Where one side is 100 dB down there is nothing to compare, which reads 0.
    pub fn reading(&self) -> f64 {
        let [left, right, both] = self.sums;
        let size = (left * right).sqrt();
        if size <= 1e-5 * (left + right) { 0.0 } else { (both / size).clamp(-1.0, 1.0) }
    }

    /// The lowest that it has stood while there was sound; 1 if there was none.
    pub fn least(&self) -> f64 {
        self.least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(phase: f64) -> Vec<f32> {
        (0..48_000).map(|i| (0.05 * f64::from(i) + phase).sin() as f32).collect()
    }

    #[test]
    fn sounds_stand_lean_and_lie() {
        let (a, none) = (tone(0.0), vec![0.0; 48_000]);
        let minus: Vec<f32> = a.iter().map(|x| -x).collect();
        let places = |left: &[f32], right: &[f32]| -> Vec<(usize, usize)> {
            let mut screen = Goniometer::new(41, 1.0);
            screen.run(left, right);
            let all = (0..41).flat_map(|y| (0..41).map(move |x| (x, y)));
            let heard: Vec<_> = all.filter(|&(x, y)| screen.count(x, y) > 0).collect();
            assert!(heard.len() > 10);
            heard
        };
        assert!(places(&a, &a).iter().all(|&(x, _)| x == 20), "mono is upright");
        assert!(places(&a, &a).contains(&(20, 40)), "and reaches the edge");
        assert!(places(&a, &minus).iter().all(|&(_, y)| y == 20), "out of phase lies");
        assert!(places(&a, &none).iter().all(|&(x, y)| x + y == 40), "left leans to the left");
        assert!(places(&none, &a).iter().all(|&(x, y)| x == y), "right to the right");
    }

    #[test]
    fn the_needle_shows_the_cosine_of_the_angle() {
        for degrees in [0.0f64, 60.0, 90.0, 180.0] {
            let mut needle = Correlation::new(100.0, 48_000.0);
            needle.run(&tone(0.0), &tone(degrees.to_radians()));
            assert!((needle.reading() - degrees.to_radians().cos()).abs() < 0.01, "{degrees}");
        }
        let mut needle = Correlation::new(100.0, 48_000.0);
        needle.run(&[0.0; 1000], &[0.0; 1000]);
        assert_eq!((needle.reading(), needle.least()), (0.0, 1.0));
        // Mono, then a moment upside down, then mono: the least remembers.
        let (a, minus) = (tone(0.0), tone(std::f64::consts::PI));
        needle.run(&a, &a);
        needle.run(&a, &minus);
        needle.run(&a, &a);
        assert!(needle.least() < -0.95 && needle.reading() > 0.95);
    }
}
