//! The transform of a window of sound to bins and back.
//!
//! A window of two blocks of real sound, `a` then `b`, is read as one block of complex numbers `a + i b`: a polynomial modulo
//! `x^block - i`. Products of such polynomials are products of windows in which what runs over the end comes back with its
//! sign turned, and the second block of overlap-save has nothing of that. So a window of real sound costs a transform of half
//! its length, without the passes that usually part bins and mirrored bins (the right-angle convolution of Nussbaumer, *Fast
//! Fourier Transform and Convolution Algorithms*, 1982, ch. 8).
//!
//! The polynomial is taken apart by roots: modulo `x^2m - c` it is one modulo `x^m - w` and one modulo `x^m + w`, with
//! `w^2 = c`. Every pair of one stretch meets the same `w`, and bins stay in the order that this leaves them in, since a
//! convolution multiplies bins with bins and does not care. Only the arithmetic of lanes is used, so the bits are those of
//! every machine.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

#[cfg(target_arch = "x86_64")]
use crate::lane::wide::{self, Bundle, Widest};
use crate::{Lane, X8};

/// Frames of eight that stay near the processor with their roots: 16 KB.
const NEAR: usize = 256;

/// A complex number in each of eight places: real and imaginary part.
pub(super) type Pair<L> = [L; 2];

/// Eight places, as this machine has them.
pub(super) trait Eight: Lane + From<X8> + Into<X8> {
    /// The same numbers.
    fn view(frames: &[X8]) -> &[Pair<Self>];
    /// The same numbers.
    fn view_mut(frames: &mut [X8]) -> &mut [Pair<Self>];
    /// Number `i` of row `j` becomes number `j` of row `i`.
    fn transposed(rows: [Self; 8]) -> [Self; 8];
}

impl Eight for X8 {
    #[inline(always)]
    fn view(frames: &[X8]) -> &[Pair<X8>] {
        frames.as_chunks().0
    }
    #[inline(always)]
    fn view_mut(frames: &mut [X8]) -> &mut [Pair<X8>] {
        frames.as_chunks_mut().0
    }
    #[inline(always)]
    fn transposed(rows: [X8; 8]) -> [X8; 8] {
        let mut turned = rows;
        for (i, turned) in turned.iter_mut().enumerate() {
            for (j, row) in rows.iter().enumerate() {
                turned.0[j] = row.0[i];
            }
        }
        turned
    }
}

#[cfg(target_arch = "x86_64")]
impl Eight for Widest {
    #[inline(always)]
    fn view(frames: &[X8]) -> &[Pair<Widest>] {
        X8::widest(frames).as_chunks().0
    }
    #[inline(always)]
    fn view_mut(frames: &mut [X8]) -> &mut [Pair<Widest>] {
        X8::widest_mut(frames).as_chunks_mut().0
    }
    #[inline(always)]
    fn transposed(rows: [Widest; 8]) -> [Widest; 8] {
        wide::transposed(rows)
    }
}

/// The roots for blocks of one length.
#[derive(Debug)]
pub(super) struct Transform {
    /// Root `n` takes a stretch apart into those of the roots `2n` and `2n + 1`.
    roots: Vec<Pair<f32>>,
    /// For every eight frames of eight, four roots of each frame: see [`leaf`].
    leaves: Vec<X8>,
}

/// The root by which stretch `n` is taken apart. Stretch 1 is the whole.
fn root(n: usize) -> Pair<f32> {
    let mut angle = FRAC_PI_4;
    for place in (0..n.ilog2()).rev() {
        angle = 0.5 * angle + if n >> place & 1 == 1 { FRAC_PI_2 } else { 0.0 };
    }
    let (sin, cos) = angle.sin_cos();
    [cos as f32, sin as f32]
}

impl Transform {
    /// For blocks of this many frames: 64, or a power of two from 256.
    pub(super) fn new(block: usize) -> Self {
        let frames = block / 8;
        let roots = (0..frames).map(|n| if n == 0 { [0.0; 2] } else { root(n) }).collect();
        let mut leaves = vec![X8::default(); frames];
        for (group, leaves) in leaves.chunks_exact_mut(8).enumerate() {
            for lane in 0..8 {
                let n = frames + 8 * group + lane;
                let four = [n, 2 * n, 4 * n, 4 * n + 2].map(root);
                for (leaf, part) in leaves.iter_mut().zip(four.as_flattened()) {
                    leaf.0[lane] = *part;
                }
            }
        }
        Transform { roots, leaves }
    }

    /// Is the first step of the way to bins, over all of so many frames, by eighths rather than by quarters?
    #[inline(always)]
    fn by_eighths(frames: usize) -> bool {
        frames <= NEAR && frames.ilog2().is_multiple_of(2)
    }

    /// A window, of two blocks, to bins.
    #[inline(always)]
    pub(super) fn forward<L: Eight>(&self, blocks: [&[X8]; 2], bins: &mut [X8]) {
        let (bins, leaves) = (L::view_mut(bins), L::view(&self.leaves));
        let (mut len, mut first) = (bins.len() / 4, 4);
        if Self::by_eighths(bins.len()) {
            self.eighth_from(blocks, bins);
            (len, first) = (bins.len() / 8, 8);
        } else {
            self.quarter_from(blocks, bins);
        }
        while len > NEAR {
            for (n, stretch) in (first..).zip(bins.chunks_exact_mut(len)) {
                self.quarter(stretch, n);
            }
            (len, first) = (len / 4, first * 4);
        }
        let groups = bins.chunks_exact_mut(len).zip(leaves.chunks_exact(len / 2));
        for (n, (near, leaves)) in (first..).zip(groups) {
            let (mut len, mut first) = (len, n);
            if len > 8 && Self::by_eighths(len) {
                self.eighth(near, n);
                (len, first) = (len / 8, first * 8);
            }
            while len > 8 {
                for (n, stretch) in (first..).zip(near.chunks_exact_mut(len)) {
                    self.quarter(stretch, n);
                }
                (len, first) = (len / 4, first * 4);
            }
            let eights = near.as_chunks_mut::<8>().0.iter_mut().zip(leaves.as_chunks::<4>().0);
            for (n, (eight, roots)) in (first..).zip(eights) {
                self.last(eight, n, roots);
            }
        }
    }

    /// Bins to the second block of their window, as many times too large as a block has frames. The bins are lost.
    #[inline(always)]
    pub(super) fn backward<L: Eight>(&self, bins: &mut [X8], block: &mut [X8]) {
        let (bins, leaves) = (L::view_mut(bins), L::view(&self.leaves));
        let by_eighths = Self::by_eighths(bins.len());
        let top = bins.len() / if by_eighths { 8 } else { 4 };
        let mut near = top;
        while near > NEAR {
            near /= 4;
        }
        let (mut first, mut len) = (bins.len() / near, near);
        let groups = bins.chunks_exact_mut(near).zip(leaves.chunks_exact(near / 2));
        for (n, (near, leaves)) in (first..).zip(groups) {
            let first = n * (near.len() / 8);
            let eights = near.as_chunks_mut::<8>().0.iter_mut().zip(leaves.as_chunks::<4>().0);
            for (n, (eight, roots)) in (first..).zip(eights) {
                self.unlast(eight, n, roots);
            }
            let by_eighths = Self::by_eighths(near.len());
            let (top, mut len) = (near.len() / if by_eighths { 8 } else { 1 }, 8);
            while len < top {
                len *= 4;
                let first = n * (near.len() / len);
                for (n, stretch) in (first..).zip(near.chunks_exact_mut(len)) {
                    self.unquarter(stretch, n);
                }
            }
            if by_eighths {
                self.uneighth(near, n);
            }
        }
        while len < top {
            (len, first) = (len * 4, first / 4);
            for (n, stretch) in (first..).zip(bins.chunks_exact_mut(len)) {
                self.unquarter(stretch, n);
            }
        }
        if by_eighths {
            self.uneighth_to(bins, block);
        } else {
            self.unquarter_to(bins, block);
        }
    }

    /// [`Transform::forward`] of a block of 64 frames, in registers.
    #[inline(always)]
    pub(super) fn forward_64<L: Eight>(&self, window: &mut [Pair<L>; 8]) {
        self.last(window, 1, &L::view(&self.leaves).as_chunks::<4>().0[0]);
    }

    /// [`Transform::backward`] to a block of 64 frames, in registers.
    #[inline(always)]
    pub(super) fn backward_64<L: Eight>(&self, bins: &mut [Pair<L>; 8]) {
        self.unlast(bins, 1, &L::view(&self.leaves).as_chunks::<4>().0[0]);
    }

    /// The last six steps, of stretch `n`.
    #[inline(always)]
    fn last<L: Eight>(&self, frames: &mut [Pair<L>; 8], n: usize, leaves: &[Pair<L>; 4]) {
        let mut x = *frames;
        self.eight(&mut x, n);
        leaf(&mut x, leaves);
        *frames = x;
    }

    /// The way back from [`Transform::last`].
    #[inline(always)]
    fn unlast<L: Eight>(&self, frames: &mut [Pair<L>; 8], n: usize, leaves: &[Pair<L>; 4]) {
        let mut x = *frames;
        unleaf(&mut x, leaves);
        self.uneight(&mut x, n);
        *frames = x;
    }

    /// Three steps of stretch `n` over eight frames of it that lie an eighth of it from each other.
    #[inline(always)]
    fn eight<L: Lane>(&self, frames: &mut [Pair<L>; 8], n: usize) {
        let [w, v] = [self.splat(n), self.splat(2 * n)];
        steps(frames, [w, v, self.splat(4 * n), self.splat(4 * n + 2)]);
    }

    /// The way back from [`Transform::eight`].
    #[inline(always)]
    fn uneight<L: Lane>(&self, frames: &mut [Pair<L>; 8], n: usize) {
        let [w, v] = [self.splat(n), self.splat(2 * n)];
        unsteps(frames, [w, v, self.splat(4 * n), self.splat(4 * n + 2)]);
    }

    #[inline(always)]
    fn splat<L: Lane>(&self, n: usize) -> Pair<L> {
        let [re, im] = self.roots[n];
        [L::splat(re), L::splat(im)]
    }

    /// Three steps at once.
    #[inline(always)]
    fn eighth<L: Lane>(&self, stretch: &mut [Pair<L>], n: usize) {
        let part = stretch.len() / 8;
        for i in 0..part {
            let mut x = [[L::zero(); 2]; 8];
            for k in 0..8 {
                x[k] = stretch[i + k * part];
            }
            self.eight(&mut x, n);
            for k in 0..8 {
                stretch[i + k * part] = x[k];
            }
        }
    }

    /// Three steps back at once.
    #[inline(always)]
    fn uneighth<L: Lane>(&self, stretch: &mut [Pair<L>], n: usize) {
        let part = stretch.len() / 8;
        for i in 0..part {
            let mut x = [[L::zero(); 2]; 8];
            for k in 0..8 {
                x[k] = stretch[i + k * part];
            }
            self.uneight(&mut x, n);
            for k in 0..8 {
                stretch[i + k * part] = x[k];
            }
        }
    }

    /// Two steps at once.
    #[inline(always)]
    fn quarter<L: Lane>(&self, stretch: &mut [Pair<L>], n: usize) {
        let (w, v) = (self.splat(n), self.splat(2 * n));
        let u = turned(v);
        let (low, high) = stretch.split_at_mut(stretch.len() / 2);
        let ((a, b), (c, d)) = (low.split_at_mut(low.len() / 2), high.split_at_mut(high.len() / 2));
        for ((a, b), (c, d)) in a.iter_mut().zip(b).zip(c.iter_mut().zip(d)) {
            part(a, c, w);
            part(b, d, w);
            part(a, b, v);
            part(c, d, u);
        }
    }

    /// Two steps back at once.
    #[inline(always)]
    fn unquarter<L: Lane>(&self, stretch: &mut [Pair<L>], n: usize) {
        let (w, v) = (self.splat(n), self.splat(2 * n));
        let u = turned(v);
        let (low, high) = stretch.split_at_mut(stretch.len() / 2);
        let ((a, b), (c, d)) = (low.split_at_mut(low.len() / 2), high.split_at_mut(high.len() / 2));
        for ((a, b), (c, d)) in a.iter_mut().zip(b).zip(c.iter_mut().zip(d)) {
            join(a, b, v);
            join(c, d, u);
            join(a, c, w);
            join(b, d, w);
        }
    }

    /// [`Transform::quarter`] of the whole, of a window that is still two blocks.
    #[inline(always)]
    fn quarter_from<L: Eight>(&self, [last, block]: [&[X8]; 2], bins: &mut [Pair<L>]) {
        let (w, v) = (self.splat(1), self.splat(2));
        let (part_of, u) = (bins.len() / 4, turned(v));
        for i in 0..part_of {
            let mut x = [[L::zero(); 2]; 4];
            for k in 0..4 {
                x[k] = [L::from(last[i + k * part_of]), L::from(block[i + k * part_of])];
            }
            let [a, b, c, d] = &mut x;
            part(a, c, w);
            part(b, d, w);
            part(a, b, v);
            part(c, d, u);
            for k in 0..4 {
                bins[i + k * part_of] = x[k];
            }
        }
    }

    /// [`Transform::unquarter`] of the whole, to the second block.
    #[inline(always)]
    fn unquarter_to<L: Eight>(&self, bins: &[Pair<L>], block: &mut [X8]) {
        let (w, v) = (self.splat(1), self.splat(2));
        let (part_of, u) = (bins.len() / 4, turned(v));
        for i in 0..part_of {
            let mut x = [[L::zero(); 2]; 4];
            for k in 0..4 {
                x[k] = bins[i + k * part_of];
            }
            let [a, b, c, d] = &mut x;
            join(a, b, v);
            join(c, d, u);
            join(a, c, w);
            join(b, d, w);
            for k in 0..4 {
                block[i + k * part_of] = x[k][1].into();
            }
        }
    }

    /// [`Transform::eighth`] of the whole, of a window that is still two blocks.
    #[inline(always)]
    fn eighth_from<L: Eight>(&self, [last, block]: [&[X8]; 2], bins: &mut [Pair<L>]) {
        let part = bins.len() / 8;
        for i in 0..part {
            let mut x = [[L::zero(); 2]; 8];
            for k in 0..8 {
                x[k] = [L::from(last[i + k * part]), L::from(block[i + k * part])];
            }
            self.eight(&mut x, 1);
            for k in 0..8 {
                bins[i + k * part] = x[k];
            }
        }
    }

    /// [`Transform::uneighth`] of the whole, to the second block.
    #[inline(always)]
    fn uneighth_to<L: Eight>(&self, bins: &[Pair<L>], block: &mut [X8]) {
        let part = bins.len() / 8;
        for i in 0..part {
            let mut x = [[L::zero(); 2]; 8];
            for k in 0..8 {
                x[k] = bins[i + k * part];
            }
            self.uneight(&mut x, 1);
            for k in 0..8 {
                block[i + k * part] = x[k][1].into();
            }
        }
    }
}

/// Times `i`: the root of the second half of a stretch is so much ahead of that of the first.
#[inline(always)]
fn turned<L: Lane>([re, im]: Pair<L>) -> Pair<L> {
    [-im, re]
}

/// `a + w b` and `a - w b`. Sums that are not fused, since processors have other units for them than for products.
#[inline(always)]
fn part<L: Lane>(a: &mut Pair<L>, b: &mut Pair<L>, w: Pair<L>) {
    let re = (-b[1]).mul_add(w[1], b[0] * w[0]);
    let im = b[1].mul_add(w[0], b[0] * w[1]);
    *b = [a[0] - re, a[1] - im];
    *a = [a[0] + re, a[1] + im];
}

/// The way back from [`part`], twice as large.
#[inline(always)]
fn join<L: Lane>(a: &mut Pair<L>, b: &mut Pair<L>, w: Pair<L>) {
    let (re, im) = (a[0] - b[0], a[1] - b[1]);
    *a = [a[0] + b[0], a[1] + b[1]];
    *b = [re.mul_add(w[0], im * w[1]), im.mul_add(w[0], -(re * w[1]))];
}

/// Three steps: every frame with the one four further on, then two, then one.
#[inline(always)]
fn steps<L: Lane>(frames: &mut [Pair<L>; 8], [w, v, u, t]: [Pair<L>; 4]) {
    let [a, b, c, d, e, f, g, h] = frames;
    part(a, e, w);
    part(b, f, w);
    part(c, g, w);
    part(d, h, w);
    part(a, c, v);
    part(b, d, v);
    part(e, g, turned(v));
    part(f, h, turned(v));
    part(a, b, u);
    part(c, d, turned(u));
    part(e, f, t);
    part(g, h, turned(t));
}

/// The way back from [`steps`].
#[inline(always)]
fn unsteps<L: Lane>(frames: &mut [Pair<L>; 8], [w, v, u, t]: [Pair<L>; 4]) {
    let [a, b, c, d, e, f, g, h] = frames;
    join(a, b, u);
    join(c, d, turned(u));
    join(e, f, t);
    join(g, h, turned(t));
    join(a, c, v);
    join(b, d, v);
    join(e, g, turned(v));
    join(f, h, turned(v));
    join(a, e, w);
    join(b, f, w);
    join(c, g, w);
    join(d, h, w);
}

/// The last three steps, within each of eight frames, which come out turned: bin `i` of frame `j` at place `j` of frame `i`.
#[inline(always)]
fn leaf<L: Eight>(frames: &mut [Pair<L>; 8], roots: &[Pair<L>; 4]) {
    *frames = across(frames);
    steps(frames, *roots);
}

/// The way back from [`leaf`].
#[inline(always)]
fn unleaf<L: Eight>(frames: &mut [Pair<L>; 8], roots: &[Pair<L>; 4]) {
    unsteps(frames, *roots);
    *frames = across(frames);
}

/// Places become frames.
#[inline(always)]
fn across<L: Eight>(frames: &[Pair<L>; 8]) -> [Pair<L>; 8] {
    let mut parts = [[L::zero(); 8]; 2];
    for (i, frame) in frames.iter().enumerate() {
        (parts[0][i], parts[1][i]) = (frame[0], frame[1]);
    }
    let (re, im) = (L::transposed(parts[0]), L::transposed(parts[1]));
    let mut out = *frames;
    for (i, out) in out.iter_mut().enumerate() {
        *out = [re[i], im[i]];
    }
    out
}
