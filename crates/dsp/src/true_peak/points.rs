//! Eight points of the wave for each frame, one phase a row, so that neighbours in a row are neighbours in a register.
//!
//! Three half-band filters, each of which finds the points half-way between those that are there. What they give follows from
//! the last frames alone: after a pause they are at once where they would have been.

use super::{BLOCK, PAST};
use crate::Lane;
use crate::oversample::side_taps;

/// Half the taps of each filter. Together they are flat within 0.001 dB up to 0.47 of the rate.
const HALVES: [usize; 3] = [72, 7, 5];
/// Frames of the past that a row keeps, from the earliest that the filters behind it read.
const LEAD: usize = 24;
/// How many of these are found anew after a pause: more than the second and third filter reach back.
const ANEW: usize = 16;
/// Frames that are found at a time: of one channel, and of several side by side.
const ONE: usize = 16;
const SEVERAL: usize = 2;
/// Frames by which the samples come later than the points half-way before them.
const LATE: usize = HALVES[0] - 1;

/// The last frames, and the points between them.
#[derive(Clone, Debug)]
pub(super) struct Points<L> {
    taps: ([f32; HALVES[0]], [f32; HALVES[1]], [f32; HALVES[2]]),
    /// The past, then the block.
    sound: Vec<L>,
    /// Half-way between frames; between these points, from each half of a frame; and between those, from each quarter.
    halves: Vec<L>,
    quarters: [Vec<L>; 2],
    eighths: [Vec<L>; 4],
    /// Frames of the last block.
    block: usize,
    /// Do the rows hold the points before the block?
    known: bool,
}

/// A row, and where in it the first frame of the block lies.
#[derive(Clone, Copy)]
struct Row<'a, L>(&'a [L], usize);

impl<'a, L: Lane> Row<'a, L> {
    /// So many frames from this one on, which may be before the block.
    #[inline(always)]
    fn from(self, frame: isize) -> &'a [L] {
        &self.0[self.1.wrapping_add_signed(frame)..]
    }
}

impl<L: Lane> Points<L> {
    pub fn new() -> Self {
        let row = || vec![L::zero(); LEAD + BLOCK];
        Points {
            taps: (taps(), taps(), taps()),
            sound: vec![L::zero(); PAST + BLOCK],
            halves: row(),
            quarters: [row(), row()],
            eighths: [row(), row(), row(), row()],
            block: 0,
            known: true,
        }
    }

    /// Takes in at most [`BLOCK`] frames.
    #[inline(always)]
    pub fn push(&mut self, block: &[L]) {
        self.sound.copy_within(self.block.., 0);
        if self.known {
            let rows = [&mut self.halves].into_iter().chain(&mut self.quarters).chain(&mut self.eighths);
            rows.for_each(|row| row.copy_within(self.block.., 0));
        }
        self.block = block.len();
        self.sound[PAST..][..block.len()].copy_from_slice(block);
    }

    /// The last so many frames, at most [`PAST`] before the block.
    #[inline(always)]
    pub fn last(&self, frames: usize) -> &[L] {
        &self.sound[PAST + self.block - frames..PAST + self.block]
    }

    /// Leaves the points of the block alone.
    #[inline(always)]
    pub fn skip(&mut self) {
        self.known = false;
    }

    /// The tops of the block, a frame each.
    #[inline(always)]
    pub fn read(&mut self, peaks: &mut [L]) {
        let from = if std::mem::replace(&mut self.known, true) { 0 } else { -(ANEW as isize) };
        let frames = self.block.next_multiple_of(if L::WIDTH == 1 { ONE } else { SEVERAL });
        let Points { taps, sound, halves, quarters, eighths, .. } = self;
        between(&taps.0, [Row(sound, PAST)], 0, from, &mut halves[..LEAD + frames]);
        let rows = [Row(halves, LEAD), Row(sound, PAST - LATE)];
        for (phase, out) in quarters.iter_mut().enumerate() {
            between(&taps.1, rows, phase, from, &mut out[..LEAD + frames]);
        }
        let rows = rows.map(|Row(row, zero)| Row(row, zero - (HALVES[1] - 1) / 2));
        let [first, second] = quarters.each_ref().map(|row| Row(row, LEAD));
        let rows = [first, rows[0], second, rows[1]];
        for (phase, out) in eighths.iter_mut().enumerate() {
            between(&taps.2, rows, phase, from, &mut out[..LEAD + frames]);
        }
        let [a, b, c, d] = eighths.each_ref().map(|row| Row(row, LEAD));
        let [e, f, g, h] = rows.map(|Row(row, zero)| Row(row, zero - (HALVES[2] - 1) / 4));
        // In the order of time.
        let phases = [a, e, b, f, c, g, d, h];
        if L::WIDTH == 1 {
            tops::<L, ONE>(phases, peaks);
        } else {
            tops::<L, SEVERAL>(phases, peaks);
        }
    }
}

/// The top of each frame, of its points from the last of the frame before to the last but one.
#[inline(always)]
fn tops<L: Lane, const COUNT: usize>(phases: [Row<'_, L>; 8], peaks: &mut [L]) {
    for (at, peaks) in (0..).step_by(COUNT).zip(peaks.chunks_mut(COUNT)) {
        let mut points = [[L::zero(); COUNT]; 10];
        let sizes = |to: &mut [L; COUNT], row: Row<'_, L>, from: isize| {
            let row = &row.from(from)[..COUNT];
            for k in 0..COUNT {
                to[k] = row[k].abs();
            }
        };
        // One more on either side.
        sizes(&mut points[0], phases[6], at - 1);
        sizes(&mut points[1], phases[7], at - 1);
        for (to, row) in points[2..].iter_mut().zip(phases) {
            sizes(to, row, at);
        }
        let tops = highest(&points);
        peaks.copy_from_slice(&tops[..peaks.len()]);
    }
}

fn taps<const HALF: usize>() -> [f32; HALF] {
    let taps = side_taps(HALF, 1.0);
    std::array::from_fn(|j| taps[j])
}

/// The points half-way between those that there are, `PHASES` a frame: for each frame from `first` on to the end of `out` the one
/// that ends with this phase.
#[inline(always)]
fn between<L: Lane, const HALF: usize, const PHASES: usize>(
    taps: &[f32; HALF],
    rows: [Row<'_, L>; PHASES],
    phase: usize,
    first: isize,
    out: &mut [L],
) {
    let out = &mut out[LEAD.wrapping_add_signed(first)..];
    if L::WIDTH > 1 {
        for (at, out) in (first..).step_by(SEVERAL).zip(out.as_chunks_mut::<SEVERAL>().0) {
            sums(taps, rows, phase, at, out);
        }
        return;
    }
    let (blocks, rest) = out.as_chunks_mut::<BLOCK>();
    let after = first + (blocks.len() * BLOCK) as isize;
    for (at, out) in (first..).step_by(BLOCK).zip(blocks) {
        sums(taps, rows, phase, at, out);
    }
    for (at, out) in (after..).step_by(ONE).zip(rest.as_chunks_mut::<ONE>().0) {
        sums(taps, rows, phase, at, out);
    }
}

/// [`between`] for `COUNT` frames, summed at once: as many as fit into registers.
#[inline(always)]
fn sums<L: Lane, const HALF: usize, const PHASES: usize, const COUNT: usize>(
    taps: &[f32; HALF],
    rows: [Row<'_, L>; PHASES],
    phase: usize,
    frame: isize,
    out: &mut [L; COUNT],
) {
    // The point so many before the one that ends with this phase.
    let before = |points: usize| -> &[L] {
        let point = phase as isize - points as isize;
        let row = rows[point.rem_euclid(PHASES as isize) as usize];
        &row.from(frame + point.div_euclid(PHASES as isize))[..COUNT]
    };
    let mut sum = [L::zero(); COUNT];
    for (j, &tap) in taps.iter().enumerate() {
        let (a, b) = (before(2 * HALF - 1 - j), before(j));
        for k in 0..COUNT {
            sum[k] = L::splat(tap).mul_add(a[k] + b[k], sum[k]);
        }
    }
    *out = sum;
}

/// The top of the wave about the largest of eight points, from the second row on: that of the parabola through it and its
/// neighbours, if it is larger than they are.
#[inline(always)]
fn highest<L: Lane, const COUNT: usize>(points: &[[L; COUNT]; 10]) -> [L; COUNT] {
    let [mut left, mut middle, mut right] = [points[0], points[1], points[2]];
    for (p, point) in points.iter().enumerate().take(9).skip(2) {
        for k in 0..COUNT {
            let higher = middle[k].lt(point[k]);
            left[k] = L::select(higher, points[p - 1][k], left[k]);
            middle[k] = L::select(higher, point[k], middle[k]);
            right[k] = L::select(higher, points[p + 1][k], right[k]);
        }
    }
    let mut tops = middle;
    for k in 0..COUNT {
        let bend = middle[k] + middle[k] - left[k] - right[k];
        let tilt = right[k] - left[k];
        // Then |tilt| <= bend.
        let inside = !bend.lt(tilt.abs());
        let rise = tilt * tilt / (L::splat(8.0) * bend.max(L::splat(1e-20)));
        tops[k] += L::select(inside, rise, L::zero());
    }
    tops
}
