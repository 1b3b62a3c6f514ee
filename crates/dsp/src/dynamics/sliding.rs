//! Largest value and mean over the last so many frames, without drift.

use crate::Lane;

/// Joins the last `width` values by an associative operation in constant time (van Herk 1992). Nought joined with a value
/// must be that value.
///
/// Values come in runs of `width`. When a run is full it is turned into the joined rests of itself, so that
/// any window is the rest of the last run joined with the beginning of this one. A running sum would be
/// shorter and would drift.
#[derive(Clone, Debug)]
struct Runs<L> {
    /// Values of this run up to `at`, then rests of the last one, then nought.
    run: Vec<L>,
    at: usize,
    begun: L,
}

impl<L: Lane> Runs<L> {
    fn new(width: usize) -> Self {
        Runs { run: vec![L::zero(); width.max(1) + 1], at: 0, begun: L::zero() }
    }

    /// Takes over the values of another of the same width where `mask` is true.
    fn follow(&mut self, other: &Self, mask: L::Mask) {
        self.at = other.at;
        self.begun = L::select(mask, other.begun, self.begun);
        for (x, &other) in self.run.iter_mut().zip(&other.run) {
            *x = L::select(mask, other, *x);
        }
    }

    /// Values in, what their windows join to out, in place.
    #[inline(always)]
    fn process(&mut self, mut values: &mut [L], join: impl Fn(L, L) -> L) {
        let width = self.run.len() - 1;
        while !values.is_empty() {
            let n = values.len().min(width - self.at);
            let (now, later) = values.split_at_mut(n);
            let run = &mut self.run[self.at..][..n + 1];
            let mut begun = self.begun;
            for (i, x) in now.iter_mut().enumerate() {
                begun = join(begun, *x);
                run[i] = *x;
                *x = join(run[i + 1], begun);
            }
            (self.at, self.begun) = (self.at + n, begun);
            if self.at == width {
                let mut rest = L::zero();
                for x in self.run[..width].iter_mut().rev() {
                    rest = join(*x, rest);
                    *x = rest;
                }
                (self.at, self.begun) = (0, L::zero());
            }
            values = later;
        }
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

    /// Are the last so many all alike?
    pub fn still(&self) -> bool {
        let (run, width) = (&self.0.run, self.0.run.len() - 1);
        run[..width].iter().all(|x| *x == run[0])
    }

    /// Values in, the largest of the last so many out, in place.
    #[inline(always)]
    pub fn process(&mut self, values: &mut [L]) {
        self.0.process(values, |a, b| a.max(b));
    }

    /// One value in, the largest out.
    #[inline(always)]
    pub fn next(&mut self, x: L) -> L {
        let mut value = [x];
        self.process(&mut value);
        value[0]
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

    /// Values in, the means of the last so many out, in place.
    #[inline(always)]
    pub fn process(&mut self, values: &mut [L]) {
        self.runs.process(values, |a, b| a + b);
        for x in values {
            *x *= self.share;
        }
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
            let (mut largest, mut means) = (x.clone(), x.clone());
            // How they are cut does not matter.
            for (largest, means) in largest.chunks_mut(31).zip(means.chunks_mut(31)) {
                max.process(largest);
                mean.process(means);
            }
            let mut alone = SlidingMax::new(width);
            for i in 0..x.len() {
                let window = &x[(i + 1).saturating_sub(width)..=i];
                assert_eq!(largest[i], window.iter().copied().fold(0.0, f32::max));
                assert_eq!(alone.next(x[i]), largest[i]);
                let want = window.iter().sum::<f32>() / width as f32;
                assert!((means[i] - want).abs() < 1e-4, "width {width} at {i}");
            }
        }
    }
}
