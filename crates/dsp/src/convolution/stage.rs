//! A stretch of the response in partitions of one length, and what it remembers of a sound.

use super::HEAD;
use super::transform::{Eight, Pair, Transform};
use crate::X8;
use crate::lane::wide::{self, Kernel, Widest};

/// Frames of eight bins that are summed in one go: 4 KB.
const SLICE: usize = 64;

/// A stretch of the response in partitions of one length.
pub(super) struct Stage {
    block: usize,
    /// Is the work of a block done while the next one comes in?
    sliced: bool,
    /// How many partitions there are.
    count: usize,
    /// Those that are not silent, with their numbers.
    parts: Vec<(usize, Vec<X8>)>,
    transform: Transform,
}

impl Stage {
    pub(super) fn new(samples: &[f32], block: usize, sliced: bool) -> Self {
        let transform = Transform::new(block);
        // The way back is larger by so much.
        let share = 1.0 / block as f32;
        let mut parts = Vec::new();
        for (number, part) in samples.chunks(block).enumerate() {
            if part.iter().all(|x| *x == 0.0) {
                continue;
            }
            let mut bins = vec![X8::default(); block / 4];
            for (window, part) in bins.chunks_exact_mut(2).zip(part.chunks(8)) {
                for (window, x) in window[0].0.iter_mut().zip(part) {
                    *window = x * share;
                }
            }
            run(Forward { transform: &transform, bins: &mut bins });
            parts.push((number, bins));
        }
        Stage { block, sliced, count: samples.len().div_ceil(block), parts, transform }
    }
}

/// What a stage remembers of a sound.
#[derive(Debug)]
pub(super) struct Past {
    /// The last whole block, and the one that is being filled.
    last: Vec<X8>,
    coming: Vec<X8>,
    filled: usize,
    /// Bins of the windows so far, one for each partition, in a ring.
    bins: Vec<Vec<X8>>,
    newest: usize,
    /// Slices of the sum that are done; none are to be done at rest.
    done: usize,
    sum: Vec<X8>,
    /// What the stage gives for the block that is being filled.
    out: Vec<X8>,
}

impl Past {
    pub(super) fn new(stage: &Stage) -> Self {
        let (sound, bins) = (vec![X8::default(); stage.block / 8], vec![X8::default(); stage.block / 4]);
        Past {
            last: sound.clone(),
            coming: sound,
            filled: 0,
            bins: vec![bins.clone(); stage.count],
            newest: 0,
            done: usize::MAX,
            sum: bins.clone(),
            out: bins,
        }
    }

    /// Takes the next block of [`HEAD`] frames in, and adds what this stage has for the block after it. So many of these
    /// blocks were `quiet` in a row.
    pub(super) fn next(&mut self, stage: &Stage, block: &[f32], quiet: usize, tail: &mut [f32; HEAD]) {
        let coming = &mut self.coming[self.filled / 8..][..HEAD / 8];
        for (coming, block) in coming.iter_mut().zip(block.as_chunks().0) {
            coming.0 = *block;
        }
        self.filled += HEAD;
        let whole = self.filled == stage.block;
        if whole {
            self.filled = 0;
        }
        if stage.sliced {
            // There are at least as many blocks as slices.
            self.slice(stage);
            if whole {
                std::mem::swap(&mut self.sum, &mut self.out);
                self.begin(stage, quiet);
            }
        } else if whole {
            self.begin(stage, quiet);
            while self.slice(stage) {}
            std::mem::swap(&mut self.sum, &mut self.out);
        }
        let out = self.out.as_chunks::<2>().0[self.filled / 8..].iter();
        for (tail, [_, out]) in tail.as_chunks_mut::<8>().0.iter_mut().zip(out) {
            for (tail, out) in tail.iter_mut().zip(out.0) {
                *tail += out;
            }
        }
    }

    /// Transforms the window of the last two blocks.
    fn begin(&mut self, stage: &Stage, quiet: usize) {
        if quiet / (stage.block / HEAD) > stage.count + 1 {
            // All bins are nought, and so is their sum.
            self.sum.fill(X8::default());
            self.done = usize::MAX;
        } else {
            self.newest = if self.newest == 0 { stage.count - 1 } else { self.newest - 1 };
            let bins = &mut self.bins[self.newest][..];
            for ((window, last), coming) in
                bins.as_chunks_mut().0.iter_mut().zip(&self.last).zip(&self.coming)
            {
                *window = [*last, *coming];
            }
            run(Forward { transform: &stage.transform, bins });
            self.done = 0;
        }
        std::mem::swap(&mut self.last, &mut self.coming);
    }

    /// Sums a slice of the bins, or transforms their sum back when all are done. Is there more to do?
    fn slice(&mut self, stage: &Stage) -> bool {
        if self.done == usize::MAX {
            return false;
        }
        let from = self.done * 2 * SLICE;
        if from >= self.sum.len() {
            run(Backward { transform: &stage.transform, bins: &mut self.sum });
            self.done = usize::MAX;
            return false;
        }
        let to = self.sum.len().min(from + 2 * SLICE);
        run(Sum {
            sum: &mut self.sum[from..to],
            from,
            sound: &self.bins,
            newest: self.newest,
            parts: &stage.parts,
        });
        self.done += 1;
        true
    }
}

/// Work over eight places.
trait Work {
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
fn run(work: impl Work) {
    if wide::available() { wide::run(Wide(work)) } else { work.over::<X8>() }
}

struct Forward<'a> {
    transform: &'a Transform,
    bins: &'a mut [X8],
}

impl Work for Forward<'_> {
    #[inline(always)]
    fn over<L: Eight>(self) {
        self.transform.forward::<L>(self.bins);
    }
}

struct Backward<'a> {
    transform: &'a Transform,
    bins: &'a mut [X8],
}

impl Work for Backward<'_> {
    #[inline(always)]
    fn over<L: Eight>(self) {
        self.transform.backward::<L>(self.bins);
    }
}

/// The sum of all products of bins of the sound with those of the response, over some of them.
struct Sum<'a> {
    sum: &'a mut [X8],
    from: usize,
    sound: &'a [Vec<X8>],
    newest: usize,
    parts: &'a [(usize, Vec<X8>)],
}

impl Sum<'_> {
    #[inline(always)]
    fn add<L: Eight, const N: usize>(&mut self, parts: &[(usize, Vec<X8>); N]) {
        let sum = L::view_mut(self.sum);
        let len = sum.len();
        let mut pairs: [[&[Pair<L>]; 2]; N] = [[&[]; 2]; N];
        for (pair, (number, part)) in pairs.iter_mut().zip(parts) {
            let sound = &self.sound[(self.newest + number) % self.sound.len()];
            *pair = [sound, part].map(|bins| &L::view(&bins[self.from..])[..len]);
        }
        for (i, sum) in sum.iter_mut().enumerate() {
            let [mut re, mut im] = *sum;
            for pair in &pairs {
                let ([x, y], [a, b]) = (pair[0][i], pair[1][i]);
                re = (-y).mul_add(b, x.mul_add(a, re));
                im = y.mul_add(a, x.mul_add(b, im));
            }
            *sum = [re, im];
        }
    }
}

impl Work for Sum<'_> {
    #[inline(always)]
    fn over<L: Eight>(mut self) {
        self.sum.fill(X8::default());
        let (fours, rest) = self.parts.as_chunks::<4>();
        for four in fours {
            self.add::<L, 4>(four);
        }
        for one in rest {
            self.add::<L, 1>(std::array::from_ref(one));
        }
    }
}
