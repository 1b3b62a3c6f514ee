//! Sections of one stereo sound side by side in the lanes of wide registers.
//!
//! A section waits for its own last sample longer than for the arithmetic, so the sections of a cascade run at once, each two
//! samples behind the one before it: with one, a sample's way through a section would be the longest wait. The operations
//! are those of [`super::settled`], to the same bits.

use crate::lane::wide::{Bundle, Kernel};
use crate::{Lane, X8, X16};

use super::settled::Settled;
use super::svf::Svf;

/// Samples by which a section is behind the one before it.
const SKEW: usize = 2;
/// Frames run in one go.
const BLOCK: usize = 64;
/// Most steps of one go: the last section of eight is so much behind.
const STEPS: usize = BLOCK + SKEW * 7;
/// Fewer sections are as fast one by one.
const LEAST: usize = 3;

/// Runs sections that stand still and all have work, if that is faster than by [`super::svf`]: two channels of plain numbers on
/// a machine with wide registers. Else says no.
#[inline(always)]
pub(super) fn run<L: Lane, const N: usize, const M: usize>(
    sections: &mut [Option<&mut Svf<L, N>>],
    channels: &mut [&mut [L]; M],
) -> bool {
    if L::WIDTH > 1 || M != 2 || sections.len() < LEAST {
        return false;
    }
    if X16::available() {
        in_lanes::<X16, L, N, M>(sections, channels);
    } else if X8::available() {
        in_lanes::<X8, L, N, M>(sections, channels);
    } else {
        return false;
    }
    true
}

#[inline(always)]
fn in_lanes<B: Bundle, L: Lane, const N: usize, const M: usize>(
    sections: &mut [Option<&mut Svf<L, N>>],
    channels: &mut [&mut [L]; M],
) {
    for sections in sections.chunks_mut(B::WIDTH / 2) {
        for section in sections.iter_mut().flatten() {
            section.rest();
        }
        let frames = channels.iter().map(|channel| channel.len()).min().unwrap_or(0);
        for start in (0..frames).step_by(BLOCK) {
            let span = start..(start + BLOCK).min(frames);
            let channels = channels.each_mut().map(|channel| &mut channel[span.clone()]);
            B::Widest::run(Pass::<B, L, N, M> { sections, channels, lanes: Default::default() });
        }
        for section in sections.iter_mut().flatten() {
            section.clean();
        }
    }
}

struct Pass<'a, 'b, B, L: Lane, const N: usize, const M: usize> {
    sections: &'a mut [Option<&'b mut Svf<L, N>>],
    channels: [&'a mut [L]; M],
    lanes: std::marker::PhantomData<B>,
}

impl<B: Bundle, L: Lane, const N: usize, const M: usize> Kernel for Pass<'_, '_, B, L, N, M> {
    type Output = ();
    #[inline(always)]
    fn run(mut self) {
        let frames = self.channels[0].len();
        let late = SKEW * (self.sections.len() - 1);
        let mut row = Row::of::<B, L, N>(self.sections);
        let mut pairs = [[0.0; 2]; STEPS];
        for (i, pair) in pairs[..frames].iter_mut().enumerate() {
            *pair = [self.channels[0][i].get(0), self.channels[1][i].get(0)];
        }
        // At first the later sections wait for their first sample; in the end the earlier ones have had their last.
        for (step, pair) in pairs[..late].iter().enumerate() {
            row.begin(step);
            row.end(step, frames);
            row.step(*pair);
        }
        row.begin(late);
        let last = 2 * (self.sections.len() - 1);
        let [left, right, ..] = &mut self.channels[..] else { return };
        let mut out = left[..frames].iter_mut().zip(&mut right[..frames]);
        for (pair, (left, right)) in pairs[late..late.max(frames)].iter().zip(&mut out) {
            let out: B = row.step(*pair).into();
            let X8(eight) = &B::eights(std::slice::from_ref(&out))[last / 8];
            (*left, *right) = (L::splat(eight[last % 8]), L::splat(eight[last % 8 + 1]));
        }
        for (step, (left, right)) in (late.max(frames)..late + frames).zip(out) {
            row.end(step, frames);
            let out = row.step(pairs[step]);
            (*left, *right) = (L::splat(out.get(last)), L::splat(out.get(last + 1)));
        }
        row.end(late + frames, frames);
        let last: [B; 2] = row.last.map(Into::into);
        for (k, section) in self.sections.iter_mut().flatten().enumerate() {
            for (c, state) in section.state.iter_mut().take(2).enumerate() {
                *state = last.each_ref().map(|last| L::splat(last.get(2 * k + c)));
            }
        }
    }
}

/// The sections: channel `c` of section `k` in lane `2 k + c`.
struct Row<W> {
    settled: Settled<W>,
    /// The states: before the first sample of each lane, now, and after its last.
    start: [W; 2],
    state: [W; 2],
    last: [W; 2],
    /// What came out of the last step, and of the one before.
    out: [W; 2],
    /// The step in which each lane takes its first sample.
    first: W,
}

impl<W: Lane> Row<W> {
    #[inline(always)]
    fn of<B: Bundle<Widest = W>, L: Lane, const N: usize>(sections: &mut [Option<&mut Svf<L, N>>]) -> Self {
        // Five numbers to multiply with, two states, first step: single numbers are put where they lie, not into a register.
        let mut rows = [B::zero(); 8];
        for (k, section) in sections.iter_mut().flatten().enumerate() {
            let Settled { through, feed, own } = *section.settled();
            for c in 0..2 {
                let [p, q] = section.state[c];
                let first = L::splat((SKEW * k) as f32);
                let numbers = [through, feed[0], feed[1], own[0], own[1], p, q, first];
                for (row, number) in rows.iter_mut().zip(numbers) {
                    row.set(2 * k + c, number.get(0));
                }
            }
        }
        let rows = B::widest(&rows);
        let [through, feed, feed_second, own, own_second, p, q, first] = std::array::from_fn(|i| rows[i]);
        let settled = Settled { through, feed: [feed, feed_second], own: [own, own_second] };
        let none = [W::zero(); 2];
        Row { settled, start: [p, q], state: none, last: none, out: none, first }
    }

    /// The lanes whose first sample comes in this step.
    #[inline(always)]
    fn first_at(&self, step: usize) -> W::Mask {
        let step = W::splat(step as f32);
        !step.lt(self.first) & !self.first.lt(step)
    }

    /// Before a step: lanes whose first sample comes now begin where they ended in the block before. Till then they heard
    /// silence.
    #[inline(always)]
    fn begin(&mut self, step: usize) {
        if step.is_multiple_of(SKEW) {
            let begins = self.first_at(step);
            for (state, &start) in self.state.iter_mut().zip(&self.start) {
                *state = W::select(begins, start, *state);
            }
        }
    }

    /// Before a step: keeps the states of lanes that have had their last sample. What they do from now on counts for
    /// nothing.
    #[inline(always)]
    fn end(&mut self, step: usize, frames: usize) {
        if step >= frames && (step - frames).is_multiple_of(SKEW) {
            let ends = self.first_at(step - frames);
            for (last, &state) in self.last.iter_mut().zip(&self.state) {
                *last = W::select(ends, state, *last);
            }
        }
    }

    /// One sample into the first section, and what each gives.
    #[inline(always)]
    fn step(&mut self, pair: [f32; 2]) -> W {
        let y = self.settled.next(&mut self.state, self.out[1].risen(pair));
        self.out = [y, self.out[0]];
        y
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Section, Svf, cascade};

    #[test]
    fn side_by_side_sections_give_the_bits_of_one_after_the_other() {
        for count in 0..=11 {
            let build = |i: usize| {
                let x = i as f64;
                let section =
                    Section { g: 0.02 + 0.05 * x, k: 0.5 + 0.1 * x, high: 1.2, band: 0.3 * x, low: 0.8 };
                let mut svf = Svf::<f32, 2>::default();
                svf.aim(0, &section, true);
                svf
            };
            let mut one: Vec<Svf<f32, 2>> = (0..count).map(build).collect();
            let mut all = one.clone();
            for frames in [1, 2, 5, 13, 14, 15, 63, 64, 65, 200] {
                let sound = |c: usize| -> Vec<f32> {
                    (0..frames).map(|i| ((i * (c + 1) + frames) as f32).sin()).collect()
                };
                let (mut a, mut b) = ([sound(0), sound(1)], [sound(0), sound(1)]);
                let [left, right] = &mut a;
                one.iter_mut().for_each(|svf| svf.run([&mut left[..], &mut right[..]]));
                let [left, right] = &mut b;
                cascade(all.iter_mut(), [&mut left[..], &mut right[..]]);
                assert!(a == b, "{count} sections, {frames} frames");
            }
        }
    }
}
