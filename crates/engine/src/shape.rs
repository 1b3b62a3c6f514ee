//! Which strips can run side by side in the lanes of one processor.

use mixsmith_dsp::{Lane, X8};
use mixsmith_processor::Change;

use crate::plan::Node;

/// Fewer strips than this are as fast one by one.
const LEAST: usize = 3;

/// A number for each node, equal for those of one shape: the same effects in the same order, built alike,
/// with knobs that step and bend at the same frames.
pub(crate) fn of(nodes: &[Node]) -> Vec<usize> {
    let mut shapes: Vec<usize> = Vec::with_capacity(nodes.len());
    for (i, node) in nodes.iter().enumerate() {
        let same = (0..i).find(|&other| alike(&nodes[other], node));
        shapes.push(same.map_or(i, |other| shapes[other]));
    }
    shapes
}

/// Cuts `count` nodes of one shape into units.
pub(crate) fn units(node: &Node, count: usize) -> Vec<usize> {
    if count < LEAST || !fits(node) {
        return vec![1; count];
    }
    // As few as there must be, as equal as they can be.
    let units = count.div_ceil(X8::WIDTH);
    (0..units).map(|unit| (count + unit) / units).collect()
}

/// Can it share its processors with others?
fn fits(node: &Node) -> bool {
    let plain = |insert: &crate::plan::PlannedInsert| {
        insert.key.is_none() && !insert.tapped && insert.wide.is_some() && insert.impulse.is_none()
    };
    !node.inserts.is_empty() && node.inserts.iter().all(plain)
}

/// Are they of one shape?
pub(crate) fn alike(a: &Node, b: &Node) -> bool {
    let same = |(a, b): (&crate::plan::PlannedInsert, &crate::plan::PlannedInsert)| {
        let built = |(param, (a, b)): (&mixsmith_processor::Param, (&crate::Curve, &crate::Curve))| {
            param.change != Change::Rebuild || a.at(0) == b.at(0)
        };
        a.kind.id == b.kind.id
            && a.kind.params.iter().zip(a.curves.iter().zip(&b.curves)).all(built)
            && a.cut_like(b)
    };
    a.channels == b.channels
        && a.inserts.len() == b.inserts.len()
        && fits(a)
        && fits(b)
        && a.inserts.iter().zip(&b.inserts).all(same)
}
