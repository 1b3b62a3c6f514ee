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

/// Parts of a run that are joined side by side: one value would wait for the one before it.
const PARTS: usize = 4;

impl<L: Lane> Runs<L> {
    fn new(width: usize) -> Self {
        Runs { run: vec![L::zero(); width.max(1) + 1], at: 0, begun: L::zero() }
    }

    fn width(&self) -> usize {
        self.run.len() - 1
    }

    /// Takes over the values of another of the same width where `mask` is true.
    fn follow(&mut self, other: &Self, mask: L::Mask) {
        self.at = other.at;
        self.begun = L::select(mask, other.begun, self.begun);
        for (x, &other) in self.run.iter_mut().zip(&other.run) {
            *x = L::select(mask, other, *x);
        }
    }

    /// The values of so many frames, which must lie within the run, and what comes after them.
    #[inline(always)]
    fn stretch(&mut self, frames: usize) -> &mut [L] {
        &mut self.run[self.at..][..frames + 1]
    }

    /// So many frames are over, and this is what the run has joined to.
    #[inline(always)]
    fn end(&mut self, frames: usize, begun: L, join: impl Fn(L, L) -> L) {
        (self.at, self.begun) = (self.at + frames, begun);
        if self.at == self.width() {
            self.turn(join);
            (self.at, self.begun) = (0, L::zero());
        }
    }

    /// Turns a full run into its rests.
    #[inline(always)]
    fn turn(&mut self, join: impl Fn(L, L) -> L) {
        let width = self.width();
        let part = width / PARTS;
        let (parts, last) = self.run[..width].split_at_mut(PARTS * part);
        let mut later = L::zero();
        for x in last.iter_mut().rev() {
            later = join(*x, later);
            *x = later;
        }
        let mut rests = [L::zero(); PARTS];
        for i in (0..part).rev() {
            for (k, rest) in rests.iter_mut().enumerate() {
                *rest = join(parts[k * part + i], *rest);
                parts[k * part + i] = *rest;
            }
        }
        for (part, rest) in parts.chunks_exact_mut(part.max(1)).zip(rests).rev() {
            for x in part {
                *x = join(*x, later);
            }
            later = join(rest, later);
        }
    }

    /// Values in, what their windows join to out, in place.
    #[inline(always)]
    fn process(&mut self, mut values: &mut [L], join: impl Fn(L, L) -> L + Copy) {
        while !values.is_empty() {
            let n = values.len().min(self.width() - self.at);
            let (now, later) = values.split_at_mut(n);
            let mut begun = self.begun;
            let run = self.stretch(n);
            for (k, x) in now.iter_mut().enumerate() {
                *x = next(run, k, &mut begun, *x, join);
            }
            self.end(n, begun, join);
            values = later;
        }
    }
}

/// Value `k` of a stretch in, what its window joins to out.
#[inline(always)]
fn next<L: Lane>(run: &mut [L], k: usize, begun: &mut L, x: L, join: impl Fn(L, L) -> L) -> L {
    *begun = join(*begun, x);
    run[k] = x;
    join(run[k + 1], *begun)
}

#[inline(always)]
fn larger<L: Lane>(a: L, b: L) -> L {
    a.max(b)
}

#[inline(always)]
fn sum<L: Lane>(a: L, b: L) -> L {
    a + b
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
        let run = &self.0.run;
        run[..self.0.width()].iter().all(|x| *x == run[0])
    }

    /// Values in, the largest of the last so many out, in place.
    #[inline(always)]
    pub fn process(&mut self, values: &mut [L]) {
        self.0.process(values, larger);
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

    /// Values in, the means of the last so many out, in place: what [`held_and_smooth`] does is held against it.
    #[cfg(test)]
    fn process(&mut self, values: &mut [L]) {
        self.runs.process(values, sum);
        for x in values {
            *x *= self.share;
        }
    }
}

/// A sliding maximum, `between` that says what becomes of it, and two sliding means of that, in place: in one pass, so that a
/// frame waits for the one before it once and not four times.
#[inline(always)]
pub fn held_and_smooth<L: Lane>(
    values: &mut [L],
    max: &mut SlidingMax<L>,
    mut between: impl FnMut(L) -> L,
    means: &mut [SlidingMean<L>; 2],
) {
    let (SlidingMax(max), [one, two], mut rest) = (max, means, values);
    let shares = [one.share, two.share];
    let (one, two) = (&mut one.runs, &mut two.runs);
    while !rest.is_empty() {
        let left = [&*max, &*one, &*two].map(|runs| runs.width() - runs.at);
        let n = left.into_iter().fold(rest.len(), usize::min);
        let (now, later) = rest.split_at_mut(n);
        let (mut most, mut first, mut second) = (max.begun, one.begun, two.begun);
        let (high, low, last) = (max.stretch(n), one.stretch(n), two.stretch(n));
        for (k, x) in now.iter_mut().enumerate() {
            let held = between(next(high, k, &mut most, *x, larger));
            let mean = next(low, k, &mut first, held, sum) * shares[0];
            *x = next(last, k, &mut second, mean, sum) * shares[1];
        }
        max.end(n, most, larger);
        one.end(n, first, sum);
        two.end(n, second, sum);
        rest = later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_equal_a_search_of_the_window() {
        let x: Vec<f32> = (0..500).map(|i| ((i * i) % 97) as f32).collect();
        for width in [1usize, 2, 3, 7, 48, 97] {
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

    #[test]
    fn in_one_pass_as_in_four() {
        let x: Vec<f32> = (0..700).map(|i| ((i * i) % 89) as f32).collect();
        let (mut max, mut means) = (SlidingMax::new(40), [SlidingMean::new(11), SlidingMean::new(12)]);
        let (mut others, mut all) = (means.clone(), x.clone());
        SlidingMax::new(40).process(&mut all);
        all.iter_mut().for_each(|x| *x += 1.0);
        others.iter_mut().for_each(|mean| mean.process(&mut all));
        let mut one = x;
        for piece in one.chunks_mut(23) {
            held_and_smooth(piece, &mut max, |x| x + 1.0, &mut means);
        }
        assert_eq!(one, all);
    }
}
