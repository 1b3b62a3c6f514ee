//! Strips that run as one: a single one, or those of one shape in the lanes of their processors.

use mixsmith_dsp::lane::wide::Bundle;
use mixsmith_dsp::{X8, X16};

use crate::lanes::{Faders, Lanes, Together};
use crate::node::{Output, Running};
use crate::plan::{Level, Node};
use crate::{Plan, shape, sums};

/// One or more strips, of one level and next to each other.
pub(crate) struct Unit {
    strips: Vec<Running>,
    /// How many of them are added up as one, group by group.
    groups: Vec<usize>,
    wide: Option<Box<dyn Together>>,
    /// Have the strips their sound before the fader from elsewhere?
    frozen: bool,
}

/// The units of a level. `stride` is the largest number of frames run at once, `threads` how many units should have
/// something to do.
pub(crate) fn units(plan: &Plan, level: &Level, stride: usize, threads: usize) -> Vec<Unit> {
    let (mut first, mut counts) = (level.start, &level.units[..]);
    let mut units = Vec::with_capacity(counts.len());
    while !counts.is_empty() {
        let (groups, rest) = counts.split_at(together(&plan.nodes[first..], counts, counts.len(), threads));
        let nodes = &plan.nodes[first..first + groups.iter().sum::<usize>()];
        units.push(Unit::new(plan, nodes, groups, stride));
        (first, counts) = (first + nodes.len(), rest);
    }
    units
}

/// How many of the next groups run as one: one, or two in sixteen lanes while there are as many groups `left` as threads.
pub(crate) fn together(nodes: &[Node], counts: &[usize], left: usize, threads: usize) -> usize {
    let enough = left >= threads;
    let fits = |&other: &usize| twice(&nodes[0], &nodes[counts[0]], counts[0].min(other));
    if enough && counts.get(1).is_some_and(fits) { 2 } else { 1 }
}

/// Can two groups run side by side, one in the first eight lanes and one in the others? Which strips are added up first
/// stays as the plan has it, so that sixteen lanes give the bits of eight.
fn twice(a: &Node, b: &Node, fewest: usize) -> bool {
    let sixteen = |node: &Node| {
        node.inserts.iter().all(|insert| insert.wide.is_some_and(|kind| kind.sixteen.is_some()))
    };
    fewest > 1 && X16::available() && sixteen(a) && shape::alike(a, b)
}

impl Unit {
    /// A unit of these strips.
    pub fn new(plan: &Plan, nodes: &[Node], groups: &[usize], stride: usize) -> Self {
        let wide: Option<Box<dyn Together>> = match groups {
            [1] => None,
            [_] => Some(Box::new(Lanes::<X8>::new(nodes, groups, plan, |insert| Some(insert.wide?.build)))),
            _ => Some(Box::new(Lanes::<X16>::new(nodes, groups, plan, |insert| insert.wide?.sixteen))),
        };
        let strip = |node| Running::new(node, plan.rate, plan.tempo, stride, wide.is_none());
        let strips = nodes.iter().map(strip).collect();
        Unit { strips, groups: groups.to_vec(), wide, frozen: false }
    }

    /// A group whose strips have their sound before the fader already in their outputs when it is run. To the same bits.
    pub fn frozen(plan: &Plan, nodes: &[Node], stride: usize) -> Self {
        let strip = |node| Running::new(node, plan.rate, plan.tempo, stride, false);
        let strips = nodes.iter().map(strip).collect();
        let faders = if nodes.len() > 1 { Faders::new(nodes) } else { None };
        let wide = faders.map(|faders| Box::new(faders) as Box<dyn Together>);
        Unit { strips, groups: vec![nodes.len()], wide, frozen: true }
    }

    /// How many strips it has.
    pub fn len(&self) -> usize {
        self.strips.len()
    }

    /// The strips.
    pub fn strips(&self) -> &[Running] {
        &self.strips
    }

    /// Runs the stride at `frame` of the engine's time, `frames` long: from what lower levels gave `before` into the outputs.
    pub fn run(&mut self, outputs: &mut [Output], before: &[Output], frame: u64, frames: usize) {
        match &mut self.wide {
            Some(wide) => wide.run(&mut self.strips, outputs, before, frame, frames),
            None if self.frozen => {}
            None => {
                for (strip, out) in self.strips.iter_mut().zip(&mut *outputs) {
                    let [left, right] =
                        [&mut out.post.left, &mut out.post.right].map(|side| &mut side[..frames]);
                    strip.enter([left, right], before, frame, 0);
                    strip.insert(out, before, frame, frames);
                }
            }
        }
        let mut first = 0;
        for (group, &count) in self.groups.iter().enumerate() {
            let strips = &mut self.strips[first..first + count];
            let outputs = &mut outputs[first..first + count];
            first += count;
            if self.wide.as_ref().is_some_and(|wide| wide.left(group)) {
                continue;
            }
            for (strip, out) in strips.iter_mut().zip(&mut *outputs) {
                strip.leave(out, frame, frames);
            }
            sums::add_up(strips[0].sums(), outputs, frames);
        }
    }
}
