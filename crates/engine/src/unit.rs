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
    /// Which strips have their sound before the fader from elsewhere; the others run alone. Empty if none has.
    frozen: Vec<bool>,
}

/// The units of a level. `stride` is the largest number of frames run at once, `threads` how many units should have
/// something to do.
pub(crate) fn units(plan: &Plan, level: &Level, stride: usize, threads: usize) -> Vec<Unit> {
    let mut first = level.start;
    let unit = |groups: &[usize]| {
        let nodes = &plan.nodes[first..first + groups.iter().sum::<usize>()];
        first += nodes.len();
        Unit::new(plan, nodes, groups, stride)
    };
    together(&plan.nodes[level.start..], &level.units, level.units.len() / 2 >= threads).map(unit).collect()
}

/// Which groups run as one: each alone, or two in sixteen lanes, if so there is `enough` to do for every thread.
pub(crate) fn together<'a>(
    nodes: &'a [Node],
    mut counts: &'a [usize],
    enough: bool,
) -> impl Iterator<Item = &'a [usize]> {
    let mut first = 0;
    std::iter::from_fn(move || {
        let &count = counts.first()?;
        let fits = |&other: &usize| twice(&nodes[first], &nodes[first + count], count.min(other));
        let pair = enough && counts.get(1).is_some_and(fits);
        let (groups, rest) = counts.split_at(if pair { 2 } else { 1 });
        (first, counts) = (first + groups.iter().sum::<usize>(), rest);
        Some(groups)
    })
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
        Unit { strips, groups: groups.to_vec(), wide, frozen: Vec::new() }
    }

    /// A group some of whose strips have their sound before the fader already in their outputs when it is run. To the same bits.
    pub fn frozen(plan: &Plan, nodes: &[Node], frozen: Vec<bool>, stride: usize) -> Self {
        let strip =
            |(node, frozen): (&Node, &bool)| Running::new(node, plan.rate, plan.tempo, stride, !frozen);
        let strips = nodes.iter().zip(&frozen).map(strip).collect();
        let faders = if nodes.len() > 1 { Faders::new(nodes) } else { None };
        let wide = faders.map(|faders| Box::new(faders) as Box<dyn Together>);
        Unit { strips, groups: vec![nodes.len()], wide, frozen }
    }

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
        let alone = self.wide.is_none() || !self.frozen.is_empty();
        for (place, (strip, out)) in self.strips.iter_mut().zip(&mut *outputs).enumerate() {
            if self.frozen.get(place) == Some(&true) {
                continue;
            }
            strip.enter(out, before, frame, frames);
            if alone {
                strip.insert(out, before, frame, frames);
            }
        }
        if let Some(wide) = &mut self.wide {
            wide.run(&mut self.strips, outputs, frame, frames);
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
