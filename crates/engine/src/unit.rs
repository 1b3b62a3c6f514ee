//! Strips that run as one: a single one, or up to eight of one shape in the lanes of their processors.

use mixsmith_dsp::lane::wide;
use mixsmith_dsp::{Lane, X8};
use mixsmith_processor::{Io, Processor, QUANTUM, Ramp, Setup};

use crate::Plan;
use crate::node::{Output, Running};
use crate::plan::{Level, Node, Sum};
use crate::{gain, sums};

/// One or more strips, of one level and next to each other.
pub(crate) struct Unit {
    strips: Vec<Running>,
    wide: Option<Wide>,
}

/// The units of a level. `stride` is the largest number of frames run at once.
pub(crate) fn units(plan: &Plan, level: &Level, stride: usize) -> Vec<Unit> {
    let mut rest = &plan.nodes[level.start..];
    let unit = |&count: &usize| {
        let (nodes, later) = rest.split_at(count);
        rest = later;
        let wide = (count > 1).then(|| Wide::new(nodes, plan));
        let strips =
            nodes.iter().map(|node| Running::new(node, plan.rate, plan.tempo, stride, wide.is_none()));
        Unit { strips: strips.collect(), wide }
    };
    level.units.iter().map(unit).collect()
}

impl Unit {
    /// How many strips it has.
    pub fn len(&self) -> usize {
        self.strips.len()
    }

    /// The strips.
    pub fn strips(&self) -> &[Running] {
        &self.strips
    }

    /// See [`Running::run`].
    pub fn run(&mut self, outputs: &mut [Output], before: &[Output], frame: u64, frames: usize) {
        for (strip, out) in self.strips.iter_mut().zip(&mut *outputs) {
            strip.enter(out, before, frame, frames);
        }
        match &mut self.wide {
            Some(wide) => {
                wide.run(&mut self.strips, outputs, frame, frames);
                if wide.gains.is_some() {
                    return;
                }
            }
            None => {
                for (strip, out) in self.strips.iter_mut().zip(&mut *outputs) {
                    strip.insert(out, before, frame, frames);
                }
            }
        }
        for (strip, out) in self.strips.iter_mut().zip(&mut *outputs) {
            strip.leave(out, frame, frames);
        }
        sums::add_up(self.strips[0].sums(), outputs, frames);
    }
}

/// The processors of strips of one shape.
struct Wide {
    inserts: Vec<WideInsert>,
    channels: usize,
    blocks: [[X8; QUANTUM]; 2],
    /// What fader and panner make of mono strips, left and right, where none of them ever moves.
    gains: Option<[X8; 2]>,
    /// If so: what each sum takes of each of them, left and right.
    sums: Vec<[[f32; 8]; 2]>,
    /// Does anybody take a strip by itself?
    apart: bool,
    rest: [[f32; QUANTUM]; 8],
}

struct WideInsert {
    processor: Box<dyn Processor<X8>>,
    ramps: Vec<Ramp<X8>>,
    /// Parameters that move in any strip.
    moving: Vec<usize>,
}

impl Wide {
    fn new(nodes: &[Node], plan: &Plan) -> Self {
        let channels = nodes[0].channels;
        let setup = Setup { rate: plan.rate as f32, tempo: plan.tempo, channels, impulse: None };
        let insert = |(place, first): (usize, &crate::plan::PlannedInsert)| {
            let start: Vec<f32> = first.curves.iter().map(|curve| curve.at(0)).collect();
            // Lanes without a strip do what the first does.
            let ramp = |param: usize| {
                let mut value = X8::splat(start[param]);
                for (lane, node) in nodes.iter().enumerate() {
                    value.set(lane, node.inserts[place].curves[param].at(0));
                }
                Ramp::still(value)
            };
            let moves = |param: &usize| nodes.iter().any(|node| node.inserts[place].curves[*param].moves());
            let ramps: Vec<Ramp<X8>> = (0..start.len()).map(ramp).collect();
            let mut processor = (first.wide?.build)(&setup, &start);
            processor.set(&ramps);
            Some(WideInsert { processor, ramps, moving: (0..start.len()).filter(moves).collect() })
        };
        let inserts = nodes[0].inserts.iter().enumerate().filter_map(insert).collect();
        let mut gains = Some([X8::zero(); 2]);
        for (lane, node) in nodes.iter().enumerate() {
            gains = gains.zip(of_mono(node)).map(|(mut gains, of_node)| {
                gains.iter_mut().zip(of_node).for_each(|(gains, gain)| gains.set(lane, gain));
                gains
            });
        }
        let of_sum = |sum: &Sum| {
            gains.unwrap_or_default().map(|side| {
                let mut all = side.0;
                all.iter_mut().zip(&sum.gains).for_each(|(all, gain)| *all *= gain);
                all
            })
        };
        Wide {
            inserts,
            channels,
            blocks: [[X8::zero(); QUANTUM]; 2],
            gains,
            sums: nodes[0].sums.iter().map(of_sum).collect(),
            apart: nodes.iter().any(|node| node.post_used),
            rest: [[0.0; QUANTUM]; 8],
        }
    }

    fn run(&mut self, strips: &mut [Running], outputs: &mut [Output], frame: u64, frames: usize) {
        let [left, right] = &mut self.blocks;
        for at in (0..frames).step_by(QUANTUM) {
            let span = at..at + QUANTUM;
            wide::gather(rows(outputs, |out| &out.post.left[span.clone()]), left);
            if self.channels == 2 {
                wide::gather(rows(outputs, |out| &out.post.right[span.clone()]), right);
            }
            for (place, insert) in self.inserts.iter_mut().enumerate() {
                let mut from = at;
                while from < at + QUANTUM {
                    // Strips of one shape are cut alike.
                    let piece = strips[0].piece(place, frame, from);
                    let mut changed = false;
                    for &param in &insert.moving {
                        let mut ramp = insert.ramps[param];
                        for (lane, strip) in strips.iter().enumerate() {
                            let of_strip = strip.ramp(place, param, frame, &piece);
                            ramp.from.set(lane, of_strip.from);
                            ramp.to.set(lane, of_strip.to);
                        }
                        changed |= ramp != std::mem::replace(&mut insert.ramps[param], ramp);
                    }
                    if changed {
                        insert.processor.set(&insert.ramps);
                    }
                    let span = piece.start - at..piece.end - at;
                    let right = (self.channels == 2).then_some(&mut right[span.clone()]);
                    let io = Io { left: &mut left[span], right, key: None };
                    insert.processor.run(io);
                    for (lane, strip) in strips.iter_mut().enumerate() {
                        strip.reduced(place, insert.processor.reduction_db(lane), piece.len());
                    }
                    from = piece.end;
                }
            }
            if self.gains.is_some() && !self.sums.is_empty() {
                wide::scatter(left, self.rest.each_mut().map(|row| row.as_mut_slice()));
                for (gains, sum) in self.sums.iter().zip(&mut outputs[0].sums) {
                    sums::mix(&self.rest, &gains[0], &mut sum.left[span.clone()]);
                    sums::mix(&self.rest, &gains[1], &mut sum.right[span.clone()]);
                }
            }
            if self.gains.is_some() && !self.apart {
                continue;
            }
            if let Some([to_left, to_right]) = self.gains {
                for (left, right) in left.iter_mut().zip(right.iter_mut()) {
                    (*left, *right) = (*left * to_left, *left * to_right);
                }
            }
            wide::scatter(left, rows_mut(outputs, &mut self.rest, |out| &mut out.post.left[span.clone()]));
            if self.channels == 2 || self.gains.is_some() {
                wide::scatter(
                    right,
                    rows_mut(outputs, &mut self.rest, |out| &mut out.post.right[span.clone()]),
                );
            }
        }
    }
}

/// What goes into the lanes that no strip uses.
static SILENCE: [f32; QUANTUM] = [0.0; QUANTUM];

/// A row for each lane.
fn rows<'a>(outputs: &'a [Output], of: impl Fn(&'a Output) -> &'a [f32]) -> [&'a [f32]; 8] {
    let mut rows: [&[f32]; 8] = [&SILENCE; 8];
    rows.iter_mut().zip(outputs).for_each(|(row, out)| *row = of(out));
    rows
}

/// A row for each lane; `rest` takes what comes out of those that no strip uses.
fn rows_mut<'a>(
    outputs: &'a mut [Output],
    rest: &'a mut [[f32; QUANTUM]; 8],
    of: impl Fn(&'a mut Output) -> &'a mut [f32],
) -> [&'a mut [f32]; 8] {
    let mut rows = rest.each_mut().map(|row| row.as_mut_slice());
    rows.iter_mut().zip(outputs).for_each(|(row, out)| *row = of(out));
    rows
}

/// See [`Wide::gains`].
fn of_mono(node: &Node) -> Option<[f32; 2]> {
    (node.channels == 1 && !node.pre_used).then(|| gain::still(&node.gains)).flatten()
}
