//! Largest value and mean over the last so many frames, without drift.

use crate::Lane;

/// Joins the last `width` values by an associative operation in constant time (van Herk 1992).
///
/// Values come in runs of `width`. When a run is full it is turned into the joined rests of itself, so that
/// any window is the rest of the last run joined with the beginning of this one. A running sum would be
/// shorter and would drift.
#[derive(Clone, Debug)]
struct Runs<L> {
    run: Vec<L>,
    at: usize,
    begun: L,
}

impl<L: Lane> Runs<L> {
    fn new(width: usize) -> Self {
        Runs { run: vec![L::zero(); width.max(1)], at: 0, begun: L::zero() }
    }

    /// Takes over the values of another of the same width where `mask` is true.
    fn follow(&mut self, other: &Self, mask: L::Mask) {
        self.at = other.at;
        self.begun = L::select(mask, other.begun, self.begun);
        for (x, &other) in self.run.iter_mut().zip(&other.run) {
            *x = L::select(mask, other, *x);
        }
    }

    #[inline(always)]
    fn next(&mut self, x: L, join: impl Fn(L, L) -> L) -> L {
        self.begun = if self.at == 0 { x } else { join(self.begun, x) };
        self.run[self.at] = x;
        self.at += 1;
        if self.at < self.run.len() {
            return join(self.run[self.at], self.begun);
        }
        for i in (1..self.run.len()).rev() {
            self.run[i - 1] = join(self.run[i - 1], self.run[i]);
        }
        self.at = 0;
        self.begun
    }
}

/// The largest of the last so many values, none of them below nought.
#[derive(Clone, Debug)]
pub struct SlidingMax<L>(Runs<L>);

impl<L: Lane> SlidingMax<L> {
    /// Over `width` frames (at least 1), all nought so far.
    pub fn new(width: usize) -> Self {
        SlidingMax(Runs::new(width))
    }

    /// Takes over the values of another of the same width, which has seen as many frames or this one none since, where
    /// `mask` is true.
    pub fn follow(&mut self, other: &Self, mask: L::Mask) {
        self.0.follow(&other.0, mask);
    }

    /// One value in, the largest out.
    #[inline(always)]
    pub fn next(&mut self, x: L) -> L {
        self.0.next(x, |a, b| a.max(b))
    }
}

/// The mean of the last so many values.
#[derive(Clone, Debug)]
pub struct SlidingMean<L> {
    runs: Runs<L>,
    share: L,
}

impl<L: Lane> SlidingMean<L> {
    /// Over `width` frames (at least 1), all nought so far.
    pub fn new(width: usize) -> Self {
        SlidingMean { runs: Runs::new(width), share: L::splat(1.0 / width.max(1) as f32) }
    }

    /// See [`SlidingMax::follow`].
    pub fn follow(&mut self, other: &Self, mask: L::Mask) {
        self.runs.follow(&other.runs, mask);
    }

    /// One value in, the mean out.
    #[inline(always)]
    pub fn next(&mut self, x: L) -> L {
        self.runs.next(x, |a, b| a + b) * self.share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_equal_a_search_of_the_window() {
        let x: Vec<f32> = (0..500).map(|i| ((i * i) % 97) as f32).collect();
        for width in [1usize, 2, 3, 48, 97] {
            let (mut max, mut mean) = (SlidingMax::new(width), SlidingMean::new(width));
            for i in 0..x.len() {
                let window = &x[(i + 1).saturating_sub(width)..=i];
                assert_eq!(max.next(x[i]), window.iter().copied().fold(0.0, f32::max));
                let want = window.iter().sum::<f32>() / width as f32;
                assert!((mean.next(x[i]) - want).abs() < 1e-4, "width {width} at {i}");
            }
        }
    }
}
