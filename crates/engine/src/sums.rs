//! What strips that run as one give to the same strip after them is added up where they run.
//!
//! A bus then takes one sum for eight tracks, while their sound is still at hand, and need not fetch each again. Which
//! strips are added first follows from the session alone, so the bits of a mix do, too.

use mixsmith_dsp::lane::wide::{self, Kernel};
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
    for from in (0..frames).step_by(PIECE) {
        let span = from..(from + PIECE).min(frames);
        for (sum, into) in sums.iter().zip(&mut first.sums) {
            let posts = std::iter::once(&first.post).chain(rest.iter().map(|out| &out.post));
            let into = [&mut into.left[span.clone()], &mut into.right[span.clone()]];
            let mut begun = false;
            let [left, right] = into;
            for (post, &gain) in posts.zip(&sum.gains) {
                for (to, from) in [(&mut *left, &post.left), (&mut *right, &post.right)] {
                    add(to, &from[span.clone()], gain, begun);
                }
                begun = true;
            }
        }
    }
}

/// Adds sound at a gain, or begins with it.
fn add(to: &mut [f32], from: &[f32], gain: f32, begun: bool) {
    let add = Add { to, from, gain, begun };
    if wide::available() { wide::run(add) } else { add.run() }
}

/// Adds one pair to another.
pub(crate) fn add_pair(left: &mut [f32], right: &mut [f32], from: &Pair, gain: f32) {
    let frames = left.len();
    add(left, &from.left[..frames], gain, true);
    add(right, &from.right[..frames], gain, true);
}

struct Add<'a> {
    to: &'a mut [f32],
    from: &'a [f32],
    gain: f32,
    begun: bool,
}

impl Kernel for Add<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        if self.begun {
            for (to, from) in self.to.iter_mut().zip(self.from) {
                *to += *from * self.gain;
            }
        } else {
            for (to, from) in self.to.iter_mut().zip(self.from) {
                *to = *from * self.gain;
            }
        }
    }
}

/// Adds up eight rows, each at its gain.
pub(crate) fn mix(rows: &[[f32; QUANTUM]; 8], gains: &[f32; 8], to: &mut [f32]) {
    let mix = Mix { rows, gains, to };
    if wide::available() { wide::run(mix) } else { mix.run() }
}

struct Mix<'a> {
    rows: &'a [[f32; QUANTUM]; 8],
    gains: &'a [f32; 8],
    to: &'a mut [f32],
}

impl Kernel for Mix<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let [a, b, c, d, e, f, g, h] = self.rows;
        let by = self.gains;
        for (i, to) in self.to.iter_mut().enumerate() {
            let one = (a[i] * by[0] + b[i] * by[1]) + (c[i] * by[2] + d[i] * by[3]);
            let two = (e[i] * by[4] + f[i] * by[5]) + (g[i] * by[6] + h[i] * by[7]);
            *to = one + two;
        }
    }
}
