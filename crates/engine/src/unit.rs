//! Strips that run as one: a single one, or up to eight of one shape in the lanes of their processors.

use mixsmith_dsp::{Lane, X8};
use mixsmith_processor::{Io, Processor, QUANTUM, Ramp, Setup};

use crate::Plan;
use crate::node::{Output, Running};
use crate::plan::{Level, Node};

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
            Some(wide) => wide.run(&mut self.strips, outputs, frame, frames),
            None => {
                for (strip, out) in self.strips.iter_mut().zip(&mut *outputs) {
                    strip.insert(out, before, frame, frames);
                }
            }
        }
        for (strip, out) in self.strips.iter_mut().zip(outputs) {
            strip.leave(out, frame, frames);
        }
    }
}

/// The processors of strips of one shape.
struct Wide {
    inserts: Vec<WideInsert>,
    channels: usize,
    blocks: [[X8; QUANTUM]; 2],
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
            Some(WideInsert {
                processor: (first.wide?.build)(&setup, &start),
                ramps: (0..start.len()).map(ramp).collect(),
                moving: (0..start.len()).filter(moves).collect(),
            })
        };
        let inserts = nodes[0].inserts.iter().enumerate().filter_map(insert).collect();
        Wide { inserts, channels, blocks: [[X8::zero(); QUANTUM]; 2] }
    }

    fn run(&mut self, strips: &mut [Running], outputs: &mut [Output], frame: u64, frames: usize) {
        let [left, right] = &mut self.blocks;
        for at in (0..frames).step_by(QUANTUM) {
            for (lane, out) in outputs.iter().enumerate() {
                gather(left, lane, &out.post.left[at..at + QUANTUM]);
                if self.channels == 2 {
                    gather(right, lane, &out.post.right[at..at + QUANTUM]);
                }
            }
            for (place, insert) in self.inserts.iter_mut().enumerate() {
                for &param in &insert.moving {
                    let ramp = &mut insert.ramps[param];
                    for (lane, strip) in strips.iter().enumerate() {
                        let of_strip = strip.ramp(place, param, frame, at);
                        ramp.from.set(lane, of_strip.from);
                        ramp.to.set(lane, of_strip.to);
                    }
                }
                let right = (self.channels == 2).then_some(&mut right[..]);
                insert.processor.process(&insert.ramps, Io { left: &mut left[..], right, key: None });
                for (lane, strip) in strips.iter_mut().enumerate() {
                    strip.reduced(place, insert.processor.reduction_db(lane));
                }
            }
            for (lane, out) in outputs.iter_mut().enumerate() {
                scatter(left, lane, &mut out.post.left[at..at + QUANTUM]);
                if self.channels == 2 {
                    scatter(right, lane, &mut out.post.right[at..at + QUANTUM]);
                }
            }
        }
    }
}

fn gather(wide: &mut [X8; QUANTUM], lane: usize, one: &[f32]) {
    wide.iter_mut().zip(one).for_each(|(wide, &one)| wide.set(lane, one));
}

fn scatter(wide: &[X8; QUANTUM], lane: usize, one: &mut [f32]) {
    one.iter_mut().zip(wide).for_each(|(one, wide)| *one = wide.get(lane));
}
