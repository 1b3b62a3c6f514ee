//! A stretch of the response in partitions of one length, and what it remembers of a sound.

use std::ops::{Index, IndexMut};

use super::HEAD;
use super::transform::{Eight, Pair, Transform};
use crate::X8;
use crate::lane::wide::{self, Kernel, Widest};

/// Frames of eight bins that are summed in one go: 8 KB.
const SLICE: usize = 128;

/// Eights of a page. Windows at whole pages from each other would drive each other out of the cache.
const PAGE: usize = 128;
/// Eights that are left free between those.
const APART: usize = 10;

/// So many frames of sound, in eights.
pub(super) type Eights<const COUNT: usize> = [[f32; 8]; COUNT];

/// Bins of several windows.
#[derive(Debug)]
struct Windows {
    all: Vec<X8>,
    /// Eights of a window, and to the next one.
    each: usize,
    apart: usize,
}

impl Windows {
    fn new(count: usize, each: usize) -> Self {
        let apart = if each < PAGE { each } else { each + APART };
        Windows { all: vec![X8::default(); count * apart], each, apart }
    }

    fn count(&self) -> usize {
        self.all.len() / self.apart
    }
}

impl Index<usize> for Windows {
    type Output = [X8];
    #[inline(always)]
    fn index(&self, window: usize) -> &[X8] {
        &self.all[window * self.apart..][..self.each]
    }
}

impl IndexMut<usize> for Windows {
    #[inline(always)]
    fn index_mut(&mut self, window: usize) -> &mut [X8] {
        &mut self.all[window * self.apart..][..self.each]
    }
}

/// A stretch of the response in partitions of one length.
pub(super) struct Stage {
    block: usize,
    /// The bins of the partitions, and of a silent one after the last.
    parts: Windows,
    silent: Vec<bool>,
    transform: Transform,
}

impl Stage {
    pub(super) fn new(samples: &[f32], block: usize) -> Self {
        let transform = Transform::new(block);
        // The way back is larger by so much.
        let share = 1.0 / block as f32;
        let mut parts = Windows::new(samples.len().div_ceil(block) + 1, block / 4);
        let mut silent = vec![true; parts.count()];
        let (mut first, none) = (vec![X8::default(); block / 8], vec![X8::default(); block / 8]);
        for (number, part) in samples.chunks(block).enumerate() {
            first.fill(X8::default());
            for (first, part) in first.iter_mut().zip(part.chunks(8)) {
                for (first, x) in first.0.iter_mut().zip(part) {
                    *first = x * share;
                }
            }
            run(Forward { transform: &transform, blocks: [&first, &none], bins: &mut parts[number] });
            silent[number] = part.iter().all(|x| *x == 0.0);
        }
        Stage { block, parts, silent, transform }
    }

    fn count(&self) -> usize {
        self.parts.count() - 1
    }
}

/// What a stage remembers of a sound.
///
/// When a block is whole, only its own product with the first partition is missing in what is transformed back. The rest was
/// summed while the block came in, in slices, and for two blocks at a time, so that what is fetched from memory serves twice.
#[derive(Debug)]
pub(super) struct Past {
    /// The last whole block, and the one that is coming in.
    last: Vec<X8>,
    coming: Vec<X8>,
    /// Bins of the windows of two blocks so far, the newest at its place in a ring and older ones after it.
    bins: Windows,
    newest: usize,
    /// Frames of the block that is coming in.
    filled: usize,
    /// What is summed for the block that is coming in, and for the next one.
    sums: [Vec<X8>; 2],
    /// Does the second sum hold all but the newest window?
    ahead: bool,
    /// Slices that are done; none are to be done at rest.
    done: usize,
    /// The whole sum of a block.
    product: Vec<X8>,
    /// What the stage gives for the block that is being filled.
    out: Vec<X8>,
}

impl Past {
    pub(super) fn new(stage: &Stage) -> Self {
        let (sound, bins) = (vec![X8::default(); stage.block / 8], vec![X8::default(); stage.block / 4]);
        Past {
            last: sound.clone(),
            coming: sound.clone(),
            bins: Windows::new(stage.count(), stage.block / 4),
            newest: 0,
            filled: 0,
            sums: [bins.clone(), bins.clone()],
            ahead: false,
            done: usize::MAX,
            product: bins,
            out: sound,
        }
    }

    /// The place in the ring before the newest.
    #[inline(always)]
    fn before(&self) -> usize {
        if self.newest == 0 { self.bins.count() - 1 } else { self.newest - 1 }
    }

    /// Takes the next block of [`HEAD`] frames in, the second half of the line, and adds what this stage has for the block
    /// after it. So many of these blocks were `quiet` in a row.
    #[inline(always)]
    pub(super) fn next<L: Eight>(
        &mut self,
        stage: &Stage,
        line: &Eights<{ HEAD / 4 }>,
        quiet: usize,
        tail: &mut Eights<{ HEAD / 8 }>,
    ) {
        // There are at least as many blocks as slices.
        self.slice::<L>(stage);
        if stage.block == HEAD {
            self.at_once::<L>(stage, line, quiet, tail);
            return;
        }
        let coming = &mut self.coming[self.filled / 8..][..HEAD / 8];
        for i in 0..HEAD / 8 {
            coming[i].0 = line[HEAD / 8 + i];
        }
        self.filled += HEAD;
        if self.filled == stage.block {
            self.filled = 0;
            self.whole::<L>(stage, quiet);
            std::mem::swap(&mut self.last, &mut self.coming);
        }
        let out = &self.out[self.filled / 8..][..HEAD / 8];
        for i in 0..HEAD / 8 {
            tail[i] = (L::from(X8(tail[i])) + L::from(out[i])).into().0;
        }
    }

    /// Are all bins and sums nought, and stay so?
    #[inline(always)]
    fn rests(&mut self, stage: &Stage, quiet: usize) -> bool {
        let rests = quiet / (stage.block / HEAD) > stage.count() + 1;
        if rests {
            self.sums.iter_mut().chain([&mut self.out]).for_each(|sum| sum.fill(X8::default()));
            (self.ahead, self.done) = (false, usize::MAX);
        }
        rests
    }

    /// What is to be done for the blocks to come, once a block is whole.
    #[inline(always)]
    fn turn(&mut self) {
        if self.ahead {
            self.sums.swap(0, 1);
        }
        self.ahead = !self.ahead;
        self.done = 0;
    }

    /// All of a block of [`HEAD`] frames, whose window is the line.
    #[inline(always)]
    fn at_once<L: Eight>(
        &mut self,
        stage: &Stage,
        line: &Eights<{ HEAD / 4 }>,
        quiet: usize,
        tail: &mut Eights<{ HEAD / 8 }>,
    ) {
        if self.rests(stage, quiet) {
            return;
        }
        self.newest = self.before();
        let mut bins = [[L::zero(); 2]; HEAD / 8];
        for i in 0..HEAD / 8 {
            bins[i] = [L::from(X8(line[i])), L::from(X8(line[HEAD / 8 + i]))];
        }
        stage.transform.forward_64::<L>(&mut bins);
        let kept = L::view_mut(&mut self.bins[self.newest]);
        let [sum, part] = [&self.sums[0][..], &stage.parts[0]].map(|bins| &L::view(bins)[..HEAD / 8]);
        for i in 0..HEAD / 8 {
            kept[i] = bins[i];
            bins[i] = product(sum[i], bins[i], part[i]);
        }
        stage.transform.backward_64::<L>(&mut bins);
        for i in 0..HEAD / 8 {
            tail[i] = (L::from(X8(tail[i])) + bins[i][1]).into().0;
        }
        self.turn();
    }

    /// A block is whole.
    #[inline(always)]
    fn whole<L: Eight>(&mut self, stage: &Stage, quiet: usize) {
        if self.rests(stage, quiet) {
            return;
        }
        self.newest = self.before();
        let bins = &mut self.bins[self.newest];
        stage.transform.forward::<L>([&self.last, &self.coming], bins);
        last::<L>(&mut self.product, [&self.sums[0], bins, &stage.parts[0]]);
        stage.transform.backward::<L>(&mut self.product, &mut self.out);
        self.turn();
    }

    /// Sums a slice of the bins for the blocks to come, if any is left.
    #[inline(always)]
    fn slice<L: Eight>(&mut self, stage: &Stage) {
        let (all, from) = (stage.block / 4, self.done.saturating_mul(2 * SLICE));
        if from >= all {
            return;
        }
        let slice = from..all.min(from + 2 * SLICE);
        let sums = self.sums.each_mut().map(|sum| &mut sum[slice.clone()]);
        if self.ahead {
            Both { sums, from, sound: &self.bins, newest: self.newest, stage }.run::<L>();
        } else if !stage.silent[1] {
            let [sum, _] = sums;
            let [sound, part] = [&self.bins[self.newest], &stage.parts[1]].map(|bins| &bins[slice.clone()]);
            add::<L>(sum, [sound, part]);
        }
        self.done += 1;
    }
}

/// Work over eight places.
pub(super) trait Work {
    fn over<L: Eight>(self);
}

/// Work in the widest registers.
struct Wide<W>(W);

impl<W: Work> Kernel for Wide<W> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.0.over::<Widest>();
    }
}

/// Does work as this machine does it best.
pub(super) fn run(work: impl Work) {
    if wide::available() { wide::run(Wide(work)) } else { work.over::<X8>() }
}

/// A window to bins.
struct Forward<'a> {
    transform: &'a Transform,
    blocks: [&'a [X8]; 2],
    bins: &'a mut [X8],
}

impl Work for Forward<'_> {
    #[inline(always)]
    fn over<L: Eight>(self) {
        if let (Some(bins), [first, second]) = (L::view_mut(self.bins).first_chunk_mut(), self.blocks)
            && first.len() == HEAD / 8
        {
            for i in 0..HEAD / 8 {
                bins[i] = [L::from(first[i]), L::from(second[i])];
            }
            self.transform.forward_64::<L>(bins);
        } else {
            self.transform.forward::<L>(self.blocks, self.bins);
        }
    }
}

/// A sum with one more product.
#[inline(always)]
fn product<L: Eight>([re, im]: Pair<L>, [x, y]: Pair<L>, [a, b]: Pair<L>) -> Pair<L> {
    [(-y).mul_add(b, x.mul_add(a, re)), y.mul_add(a, x.mul_add(b, im))]
}

/// A sum with the products of these bins of a sound and a response, to another place.
#[inline(always)]
fn last<L: Eight>(to: &mut [X8], bins: [&[X8]; 3]) {
    let to = L::view_mut(to);
    let [sum, sound, part] = bins.map(|bins| &L::view(bins)[..to.len()]);
    for i in 0..to.len() {
        to[i] = product(sum[i], sound[i], part[i]);
    }
}

/// The same in its place.
#[inline(always)]
fn add<L: Eight>(sum: &mut [X8], bins: [&[X8]; 2]) {
    let sum = L::view_mut(sum);
    let [sound, part] = bins.map(|bins| &L::view(bins)[..sum.len()]);
    for i in 0..sum.len() {
        sum[i] = product(sum[i], sound[i], part[i]);
    }
}

/// The sums for the block that is coming in and for the next one, of all windows that there are, over some of their bins.
struct Both<'a> {
    sums: [&'a mut [X8]; 2],
    from: usize,
    sound: &'a Windows,
    newest: usize,
    stage: &'a Stage,
}

impl Both<'_> {
    /// Adds the products of `N` windows: `MORE` is one more than that. The newest meets the second partition for the one sum,
    /// the third for the other.
    #[inline(always)]
    fn add<L: Eight, const N: usize, const MORE: usize>(&mut self, first: usize) {
        if self.stage.silent[first + 1..][..MORE].iter().all(|silent| *silent) {
            return;
        }
        let [one, other] = self.sums.each_mut().map(|sum| L::view_mut(sum));
        let len = one.len();
        let mut sound: [&[Pair<L>]; N] = [&[]; N];
        let mut parts: [&[Pair<L>]; MORE] = [&[]; MORE];
        for (i, sound) in (first..).zip(&mut sound) {
            let bins = &self.sound[(self.newest + i) % self.sound.count()];
            *sound = &L::view(&bins[self.from..])[..len];
        }
        for (i, part) in (first + 1..).zip(&mut parts) {
            let bins = &self.stage.parts[i];
            *part = &L::view(&bins[self.from..])[..len];
        }
        for (i, (one, other)) in one.iter_mut().zip(other).enumerate() {
            let (mut a, mut b) = (*one, *other);
            let mut part = parts[0][i];
            for k in 0..N {
                let sound = sound[k][i];
                a = product(a, sound, part);
                part = parts[k + 1][i];
                b = product(b, sound, part);
            }
            (*one, *other) = (a, b);
        }
    }
}

impl Both<'_> {
    #[inline(always)]
    fn run<L: Eight>(mut self) {
        self.sums.iter_mut().for_each(|sum| sum.fill(X8::default()));
        let (mut first, count) = (0, self.stage.count() - 1);
        while first + 4 <= count {
            self.add::<L, 4, 5>(first);
            first += 4;
        }
        if first + 2 <= count {
            self.add::<L, 2, 3>(first);
            first += 2;
        }
        if first < count {
            self.add::<L, 1, 2>(first);
        }
    }
}
