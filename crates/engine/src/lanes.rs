//! The processors of strips of one shape, side by side in lanes.

use std::ops::Range;

use mixsmith_dsp::lane::wide::{self, Bundle};
use mixsmith_processor::{Build, Io, Processor, QUANTUM, Ramp, Setup};

use crate::node::{Output, Pair, Reduced, Running};
use crate::plan::{Node, PlannedInsert};
use crate::{Plan, gain, sums};

/// Strips side by side: a group of up to eight for each eight lanes.
pub(crate) trait Together: Send {
    /// Takes in the inputs and runs the inserts, and for groups that [`Together::left`] fader, panner and sums too.
    fn run(
        &mut self,
        strips: &mut [Running],
        outputs: &mut [Output],
        before: &[Output],
        frame: u64,
        frames: usize,
    );
    /// Have the strips of a group been through fader and panner?
    fn left(&self, group: usize) -> bool;
}

pub(crate) struct Lanes<B> {
    inserts: Vec<Insert<B>>,
    channels: usize,
    blocks: [[B; QUANTUM]; 2],
    groups: Vec<Group>,
    /// What comes into each strip.
    inputs: Vec<Pair>,
    rest: [[f32; QUANTUM]; 8],
}

/// Frames that come into each strip at a time. So few that those of all strips of a unit stay close to the processor.
const SPAN: usize = 512;

struct Insert<B> {
    processor: Box<dyn Processor<B>>,
    ramps: Vec<Ramp<B>>,
    /// Parameters that move in any strip.
    moving: Vec<usize>,
    /// What it turned down so far, in each lane.
    reduced: Vec<Reduced>,
}

/// Strips that are added up as one.
struct Group {
    /// Place of the first in the unit.
    first: usize,
    count: usize,
    /// What fader and panner make of mono strips, left and right, where none of them ever moves.
    gains: Option<[[f32; 8]; 2]>,
    /// If so: what each sum takes of each of them, left and right.
    sums: Vec<[[f32; 8]; 2]>,
    /// Does anybody take a strip by itself?
    apart: bool,
}

impl Group {
    fn new(nodes: &[Node], first: usize, count: usize) -> Self {
        let nodes = &nodes[first..first + count];
        let mut gains = Some([[0.0; 8]; 2]);
        for (lane, node) in nodes.iter().enumerate() {
            gains = gains.zip(of_mono(node)).map(|(mut gains, of_node)| {
                gains.iter_mut().zip(of_node).for_each(|(gains, gain)| gains[lane] = gain);
                gains
            });
        }
        let of_sum = |sum: &crate::plan::Sum| {
            gains.unwrap_or_default().map(|mut side| {
                side.iter_mut().zip(&sum.gains).for_each(|(side, gain)| *side *= gain);
                side
            })
        };
        let sums = nodes[0].sums.iter().map(of_sum).collect();
        Group { first, count, gains, sums, apart: nodes.iter().any(|node| node.post_used) }
    }

    /// Takes the group out of the lanes; where nothing moves, through fader, panner and sums.
    fn leave<B: Bundle>(
        &self,
        eight: usize,
        [left, right]: &[[B; QUANTUM]; 2],
        rest: &mut [[f32; QUANTUM]; 8],
        outputs: &mut [Output],
        at: usize,
        stereo: bool,
    ) {
        let outputs = &mut outputs[self.first..self.first + self.count];
        let Some(gains) = &self.gains else {
            wide::scatter(left, eight, rows_mut(outputs, rest, |out| quantum_mut(&mut out.post.left, at)));
            if stereo {
                wide::scatter(
                    right,
                    eight,
                    rows_mut(outputs, rest, |out| quantum_mut(&mut out.post.right, at)),
                );
            }
            return;
        };
        wide::scatter(left, eight, rest.each_mut());
        // Not the silence that came through the inserts, which may be a negative nought.
        rest[self.count..].iter_mut().for_each(|row| row.fill(0.0));
        self.mix(gains, rest, outputs, at);
    }

    /// Through fader, panner and sums, from rows before the fader, a strip each.
    fn mix(&self, gains: &[[f32; 8]; 2], rest: &[[f32; QUANTUM]; 8], outputs: &mut [Output], at: usize) {
        let span = at..at + QUANTUM;
        for (row, out) in rest.iter().zip(&mut *outputs) {
            if let Some(pre) = &mut out.pre {
                pre.left[span.clone()].copy_from_slice(row);
            }
        }
        sums::mix(rest, &self.sums, &mut outputs[0].sums, at);
        if self.apart {
            for (lane, (row, out)) in rest.iter().zip(outputs).enumerate() {
                for (gains, to) in gains.iter().zip([&mut out.post.left, &mut out.post.right]) {
                    to[span.clone()].iter_mut().zip(row).for_each(|(to, x)| *to = x * gains[lane]);
                }
            }
        }
    }
}

impl<B: Bundle> Lanes<B> {
    /// `counts` says how many strips each group has.
    pub fn new(
        nodes: &[Node],
        counts: &[usize],
        plan: &Plan,
        build: impl Fn(&PlannedInsert) -> Option<Build<B>>,
    ) -> Self {
        let channels = nodes[0].channels;
        let setup = Setup { rate: plan.rate as f32, tempo: plan.tempo, channels, impulse: None };
        let mut first = 0;
        let group = |&count: &usize| {
            first += count;
            Group::new(nodes, first - count, count)
        };
        let groups: Vec<Group> = counts.iter().map(group).collect();
        let insert = |(place, first): (usize, &PlannedInsert)| {
            let start: Vec<f32> = first.curves.iter().map(|curve| curve.at(0)).collect();
            // Lanes without a strip do what the first does.
            let ramp = |param: usize| {
                let mut value = B::splat(start[param]);
                for (lane, strip) in places(&groups) {
                    value.set(lane, nodes[strip].inserts[place].curves[param].at(0));
                }
                Ramp::still(value)
            };
            let moves = |param: &usize| nodes.iter().any(|node| node.inserts[place].curves[*param].moves());
            let ramps: Vec<Ramp<B>> = (0..start.len()).map(ramp).collect();
            let mut processor = build(first)?(&setup, &start);
            processor.set(&ramps);
            let moving = (0..start.len()).filter(moves).collect();
            Some(Insert { processor, ramps, moving, reduced: vec![Reduced::default(); B::WIDTH] })
        };
        let inserts = nodes[0].inserts.iter().enumerate().filter_map(insert).collect();
        let inputs = nodes.iter().map(|_| Pair::new(SPAN)).collect();
        let blocks = [[B::zero(); QUANTUM]; 2];
        Lanes { inserts, channels, blocks, groups, inputs, rest: [[0.0; QUANTUM]; 8] }
    }
}

impl<B: Bundle> Together for Lanes<B> {
    fn run(
        &mut self,
        strips: &mut [Running],
        outputs: &mut [Output],
        before: &[Output],
        frame: u64,
        frames: usize,
    ) {
        for start in (0..frames).step_by(SPAN) {
            let span = start..frames.min(start + SPAN);
            for (strip, Pair { left, right }) in strips.iter_mut().zip(&mut self.inputs) {
                let input = [left, right].map(|side| &mut side[..span.len()]);
                strip.enter(input, before, frame + start as u64, start);
            }
            self.span(strips, outputs, frame, span);
        }
        for (place, insert) in self.inserts.iter().enumerate() {
            for (lane, strip) in places(&self.groups) {
                strips[strip].set_reduced(place, insert.reduced[lane]);
            }
        }
    }

    fn left(&self, group: usize) -> bool {
        self.groups[group].gains.is_some()
    }
}

impl<B: Bundle> Lanes<B> {
    /// Runs what has come in: these frames of the stride at `frame`.
    fn span(&mut self, strips: &mut [Running], outputs: &mut [Output], frame: u64, frames: Range<usize>) {
        let stereo = self.channels == 2;
        for at in frames.clone().step_by(QUANTUM) {
            let [left, right] = &mut self.blocks;
            let come = at - frames.start;
            for (eight, group) in self.groups.iter().enumerate() {
                let inputs = &self.inputs[group.first..group.first + group.count];
                wide::gather(rows(inputs, |input| quantum(&input.left, come)), eight, left);
                if stereo {
                    wide::gather(rows(inputs, |input| quantum(&input.right, come)), eight, right);
                }
            }
            for (place, insert) in self.inserts.iter_mut().enumerate() {
                let mut from = at;
                while from < at + QUANTUM {
                    // Strips of one shape are cut alike.
                    let piece = strips[0].piece(place, frame, from);
                    let mut changed = false;
                    for &param in &insert.moving {
                        let mut ramp = insert.ramps[param];
                        for (lane, strip) in places(&self.groups) {
                            let of_strip = strips[strip].ramp(place, param, frame, &piece);
                            ramp.from.set(lane, of_strip.from);
                            ramp.to.set(lane, of_strip.to);
                        }
                        changed |= ramp != std::mem::replace(&mut insert.ramps[param], ramp);
                    }
                    if changed {
                        insert.processor.set(&insert.ramps);
                    }
                    let span = piece.start - at..piece.end - at;
                    let right = stereo.then_some(&mut right[span.clone()]);
                    insert.processor.run(Io { left: &mut left[span], right, key: None });
                    let reduction_db = insert.processor.reduction_db();
                    for (lane, reduced) in insert.reduced.iter_mut().enumerate() {
                        reduced.add(reduction_db.get(lane), piece.len());
                    }
                    from = piece.end;
                }
            }
            for (eight, group) in self.groups.iter().enumerate() {
                group.leave(eight, &self.blocks, &mut self.rest, outputs, at, stereo);
            }
        }
    }
}

/// Mono strips whose sound before the fader is in their outputs: what a group of them does after the inserts, to the
/// same bits.
pub(crate) struct Faders {
    group: Group,
    gains: [[f32; 8]; 2],
    rows: [[f32; QUANTUM]; 8],
}

impl Faders {
    /// None where a fader or panner moves, or the strips are stereo.
    pub fn new(nodes: &[Node]) -> Option<Self> {
        let group = Group::new(nodes, 0, nodes.len());
        let gains = group.gains?;
        Some(Faders { group, gains, rows: [[0.0; QUANTUM]; 8] })
    }
}

impl Together for Faders {
    fn run(&mut self, _: &mut [Running], outputs: &mut [Output], _: &[Output], _: u64, frames: usize) {
        for at in (0..frames).step_by(QUANTUM) {
            for (row, out) in self.rows.iter_mut().zip(&*outputs) {
                row.copy_from_slice(&out.post.left[at..at + QUANTUM]);
            }
            self.group.mix(&self.gains, &self.rows, outputs, at);
        }
    }

    fn left(&self, _: usize) -> bool {
        true
    }
}

/// Do fader and panner of all of these do the same to a mono sound from the start to the end?
pub(crate) fn of_still_mono(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| of_mono(node).is_some())
}

/// Lane and place of each strip.
fn places(groups: &[Group]) -> impl Iterator<Item = (usize, usize)> {
    let of_group = |(eight, group): (usize, &Group)| {
        let (lane, first) = (8 * eight, group.first);
        (0..group.count).map(move |i| (lane + i, first + i))
    };
    groups.iter().enumerate().flat_map(of_group)
}

/// What goes into the lanes that no strip uses.
static SILENCE: [f32; QUANTUM] = [0.0; QUANTUM];

/// The quantum that begins at a frame.
fn quantum(sound: &[f32], at: usize) -> &[f32; QUANTUM] {
    sound[at..].first_chunk().expect("whole quanta")
}

/// The quantum that begins at a frame.
fn quantum_mut(sound: &mut [f32], at: usize) -> &mut [f32; QUANTUM] {
    sound[at..].first_chunk_mut().expect("whole quanta")
}

/// A row for each lane.
fn rows<'a>(inputs: &'a [Pair], of: impl Fn(&'a Pair) -> &'a [f32; QUANTUM]) -> [&'a [f32; QUANTUM]; 8] {
    let mut rows = [&SILENCE; 8];
    rows.iter_mut().zip(inputs).for_each(|(row, input)| *row = of(input));
    rows
}

/// A row for each lane; `rest` takes what comes out of those that no strip uses.
fn rows_mut<'a>(
    outputs: &'a mut [Output],
    rest: &'a mut [[f32; QUANTUM]; 8],
    of: impl Fn(&'a mut Output) -> &'a mut [f32; QUANTUM],
) -> [&'a mut [f32; QUANTUM]; 8] {
    let mut rows = rest.each_mut();
    rows.iter_mut().zip(outputs).for_each(|(row, out)| *row = of(out));
    rows
}

/// See [`Group::gains`].
fn of_mono(node: &Node) -> Option<[f32; 2]> {
    (node.channels == 1 && !node.pre_used).then(|| gain::still(&node.gains)).flatten()
}
