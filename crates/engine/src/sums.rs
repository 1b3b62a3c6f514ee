//! What strips that run as one give to the same strip after them is added up where they run.
//!
//! A bus then takes one sum for eight tracks, while their sound is still at hand, and need not fetch each again. Which
//! strips are added first follows from the session alone, so the bits of a mix do, too.

use std::ops::Range;

use mixsmith_dsp::{Lane, lane::wide::Kernel};
use mixsmith_processor::QUANTUM;

use crate::gain;
use crate::node::{Output, Pair};
use crate::plan::{Edge, Level, Node, Sum, Take};

/// Frames added up at a time: what stays close to the processor.
const PIECE: usize = 512;

/// Finds such sums, and has those that take them take each as one.
pub(crate) fn plan(nodes: &mut [Node], levels: &[Level]) {
    for level in levels {
        let mut first = level.start;
        for &count in level.units.iter().filter(|&&count| count > 0) {
            if count > 1 {
                for to in first + count..nodes.len() {
                    gather(nodes, first, count, to);
                }
            }
            first += count;
        }
    }
}

/// Joins what the strips from `first` on give to the strip `to`, if each gives one thing and all are alike.
fn gather(nodes: &mut [Node], first: usize, count: usize, to: usize) {
    let ours = |edge: &Edge| (first..first + count).contains(&edge.from);
    let edges: Vec<&Edge> = nodes[to].inputs.iter().filter(|edge| ours(edge)).collect();
    let each = (first..first + count).all(|from| edges.iter().filter(|edge| edge.from == from).count() == 1);
    let still = |edge: &Edge| !edge.level.as_ref().is_some_and(|level| level.moves());
    let alike = |edge: &&Edge| edge.take == Take::Post && edge.delay == edges[0].delay && still(edge);
    if !each || !edges.iter().all(alike) {
        return;
    }
    let delay = edges[0].delay;
    let mut gains = vec![1.0; count];
    for edge in &edges {
        if let Some(level) = &edge.level {
            gains[edge.from - first] = gain::amplitude(level.at(0));
        }
    }
    let place = nodes[to].inputs.iter().position(ours).unwrap_or(0);
    nodes[to].inputs.retain(|edge| !ours(edge));
    let take = Take::Sum(nodes[first].sums.len());
    nodes[to].inputs.insert(place, Edge { from: first, take, level: None, delay });
    nodes[first].sums.push(Sum { gains });
}

/// Adds up what a unit gives, into the output of its first strip.
pub(crate) fn add_up(sums: &[Sum], outputs: &mut [Output], frames: usize) {
    let Some((first, rest)) = outputs.split_first_mut() else { return };
    let mut total = [0.0; PIECE];
    for from in (0..frames).step_by(PIECE) {
        let span = from..(from + PIECE).min(frames);
        let total = &mut total[..span.len()];
        for (sum, into) in sums.iter().zip(&mut first.sums) {
            let Pair { left, right } = into;
            for (into, to_left) in [(left, true), (right, false)] {
                let posts = std::iter::once(&first.post).chain(rest.iter().map(|out| &out.post));
                total.fill(0.0);
                for (post, &gain) in posts.zip(&sum.gains) {
                    let side = if to_left { &post.left } else { &post.right };
                    add(total, &side[span.clone()], gain);
                }
                end(total, &mut into[span.clone()]);
            }
        }
    }
}

/// Begins a total with what is there already.
pub(crate) fn begin(total: &mut [f64], from: &[f32]) {
    f32::run(Begin { total, from });
}

struct Begin<'a> {
    total: &'a mut [f64],
    from: &'a [f32],
}

impl Kernel for Begin<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for (total, from) in self.total.iter_mut().zip(self.from) {
            *total = f64::from(*from);
        }
    }
}

/// Rounds a total.
pub(crate) fn end(total: &[f64], to: &mut [f32]) {
    f32::run(End { total, to });
}

struct End<'a> {
    total: &'a [f64],
    to: &'a mut [f32],
}

impl Kernel for End<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for (to, total) in self.to.iter_mut().zip(self.total) {
            *to = *total as f32;
        }
    }
}

/// Adds sound at a gain.
pub(crate) fn add(total: &mut [f64], from: &[f32], gain: f32) {
    add_each(total, [from], [gain]);
}

/// Sounds that are to be added, in this order, each at a gain that stands still: several in one pass, as each pass over a
/// total costs more than what it adds.
pub(crate) struct Queue<'a> {
    sounds: [(Option<&'a Pair>, f32); Queue::LONGEST],
    count: usize,
    /// The frames of each that are added.
    span: Range<usize>,
}

impl<'a> Queue<'a> {
    const LONGEST: usize = 8;

    /// An empty one, for these frames of each.
    pub fn new(span: Range<usize>) -> Self {
        Queue { sounds: [(None, 0.0); Queue::LONGEST], count: 0, span }
    }

    /// Lets a sound wait, and adds all if there are many.
    pub fn push(&mut self, sound: &'a Pair, gain: f32, totals: [&mut [f64]; 2]) {
        self.sounds[self.count] = (Some(sound), gain);
        self.count += 1;
        if self.count == Queue::LONGEST {
            self.add(totals);
        }
    }

    /// Adds and forgets all that wait, left and right.
    pub fn add(&mut self, [left, right]: [&mut [f64]; 2]) {
        let mut sounds = &self.sounds[..std::mem::take(&mut self.count)];
        while let Some((several, rest)) = sounds.split_first_chunk() {
            add_some::<{ Queue::LONGEST }>(several, &self.span, left, right);
            sounds = rest;
        }
        while let Some((several, rest)) = sounds.split_first_chunk() {
            add_some::<4>(several, &self.span, left, right);
            sounds = rest;
        }
        while let Some((one, rest)) = sounds.split_first_chunk() {
            add_some::<1>(one, &self.span, left, right);
            sounds = rest;
        }
    }
}

fn add_some<const K: usize>(
    sounds: &[(Option<&Pair>, f32); K],
    span: &Range<usize>,
    left: &mut [f64],
    right: &mut [f64],
) {
    let gains = sounds.map(|(_, gain)| gain);
    let side = |of: fn(&Pair) -> &[f32]| {
        sounds.map(|(pair, _)| pair.map_or(&[][..], |pair| &of(pair)[span.clone()]))
    };
    add_each(left, side(|pair| &pair.left), gains);
    add_each(right, side(|pair| &pair.right), gains);
}

/// Adds sounds one after the other, each at its gain, in one pass. None may be shorter than the total.
fn add_each<const K: usize>(total: &mut [f64], from: [&[f32]; K], gains: [f32; K]) {
    f32::run(Add { total, from, gains: gains.map(f64::from) });
}

struct Add<'a, const K: usize> {
    total: &'a mut [f64],
    from: [&'a [f32]; K],
    gains: [f64; K],
}

impl<const K: usize> Kernel for Add<'_, K> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let mut from = self.from;
        for from in &mut from {
            *from = &from[..self.total.len()];
        }
        for (i, total) in self.total.iter_mut().enumerate() {
            for (from, gain) in from.iter().zip(&self.gains) {
                *total += f64::from(from[i]) * gain;
            }
        }
    }
}

/// Adds up eight rows for each sum, left and right, each row at its gain; into a quantum of the sums from `at` on.
pub(crate) fn mix(rows: &[[f32; QUANTUM]; 8], gains: &[[[f32; 8]; 2]], to: &mut [Pair], at: usize) {
    f32::run(Mix { rows, gains, to, at })
}

struct Mix<'a> {
    rows: &'a [[f32; QUANTUM]; 8],
    gains: &'a [[[f32; 8]; 2]],
    to: &'a mut [Pair],
    at: usize,
}

/// Frames of eight rows that fit into registers.
const AT_HAND: usize = 16;

impl Kernel for Mix<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for from in (0..QUANTUM).step_by(AT_HAND) {
            let mut rows = [[0.0; AT_HAND]; 8];
            for (at_hand, row) in rows.iter_mut().zip(self.rows) {
                at_hand.copy_from_slice(&row[from..from + AT_HAND]);
            }
            let span = self.at + from..self.at + from + AT_HAND;
            for (gains, Pair { left, right }) in self.gains.iter().zip(&mut *self.to) {
                weigh(&rows, &gains[0], &mut left[span.clone()]);
                weigh(&rows, &gains[1], &mut right[span.clone()]);
            }
        }
    }
}

#[inline(always)]
fn weigh([a, b, c, d, e, f, g, h]: &[[f32; AT_HAND]; 8], by: &[f32; 8], to: &mut [f32]) {
    let mut sum = [0.0; AT_HAND];
    for (i, sum) in sum.iter_mut().enumerate() {
        let one = a[i].mul_add(by[0], b[i] * by[1]) + c[i].mul_add(by[2], d[i] * by[3]);
        let two = e[i].mul_add(by[4], f[i] * by[5]) + g[i].mul_add(by[6], h[i] * by[7]);
        *sum = one + two;
    }
    to.copy_from_slice(&sum);
}
