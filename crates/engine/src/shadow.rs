//! Stems and versions that add up to the mix through the processing of the buses.
//!
//! A stem runs through copies ("shadows") of the strips that follow it. A compressor does not run again: its shadow
//! applies the gain that the original had for the whole mix. Where another processor listens to its own input, its
//! shadow listens to the input of the original. A gain that does not depend on the stem is linear, so stems add up.

use std::collections::{BTreeMap, BTreeSet};

use mixsmith_session::{Strip, StripKind, Tap};

use crate::compile::missing;
use crate::plan::{KeyEdge, Node};
use crate::{CompileError, Print, Prints};

/// Adds the nodes that stems and versions need, and says where they come out.
pub(crate) fn stems(
    nodes: &mut Vec<Node>,
    place: &BTreeMap<&str, usize>,
    order: &[&Strip],
    prints: &Prints,
) -> Result<Vec<Print>, CompileError> {
    let mut out = Vec::new();
    if prints.stems.is_empty() && prints.groups.is_empty() && prints.versions.is_empty() {
        return Ok(out);
    }
    let find = |id: &str| place.get(id).copied().ok_or_else(|| missing("print", &format!("strip `{id}`")));
    let through = find(&prints.through)?;
    let stems = prints.stems.iter().map(|id| (id, Reach::AllButReturns));
    let groups = prints.groups.iter().map(|id| (id, Reach::Routes));
    for (id, reach) in stems.chain(groups) {
        let start = find(id)?;
        let node = follow(nodes, order, &BTreeSet::from([start]), through, reach);
        out.push(Print { name: id.clone(), node });
    }
    for (name, tracks) in &prints.versions {
        let start = tracks.iter().map(|id| find(id)).collect::<Result<BTreeSet<usize>, _>>()?;
        let node = follow(nodes, order, &start, through, Reach::All);
        out.push(Print { name: name.clone(), node });
    }
    Ok(out)
}

/// How far sound is followed.
#[derive(Clone, Copy, PartialEq)]
enum Reach {
    /// Along routes: for groups. What a group sends is in what it is sent to.
    Routes,
    /// Along routes and sends, but into no return, which is a stem of its own.
    AllButReturns,
    /// Along all routes and sends: for versions.
    All,
}

/// Copies what follows the strips `start` up to `through`, and returns the copy of `through`.
fn follow(
    nodes: &mut Vec<Node>,
    order: &[&Strip],
    start: &BTreeSet<usize>,
    through: usize,
    reach: Reach,
) -> usize {
    // Where the sound of the chosen strips is found: the strip itself, or its shadow.
    let mut sound: BTreeMap<usize, usize> = start.iter().map(|&node| (node, node)).collect();
    for (original, strip) in order.iter().enumerate().take(through + 1) {
        let stem = strip.kind == StripKind::Return && reach == Reach::AllButReturns;
        if start.contains(&original) || stem || matches!(strip.kind, StripKind::Track { .. }) {
            continue;
        }
        let all = &nodes[original].inputs;
        let inputs: Vec<_> = all
            .iter()
            .filter(|edge| reach != Reach::Routes || edge.level.is_none())
            .filter_map(|edge| Some(crate::plan::Edge { from: *sound.get(&edge.from)?, ..edge.clone() }))
            .collect();
        if inputs.is_empty() && original != through {
            continue;
        }
        // All of its inputs, and none of them a shadow: the strip itself has the sound.
        if inputs.len() == all.len() && inputs.iter().zip(all).all(|(a, b)| a.from == b.from) {
            sound.insert(original, original);
            continue;
        }
        let mut copy = nodes[original].clone();
        copy.shadow = true;
        copy.pre_used = reach != Reach::Routes && strip.sends.iter().any(|send| send.tap == Tap::Pre);
        copy.inputs = inputs;
        for (i, insert) in copy.inserts.iter_mut().enumerate() {
            insert.tapped = false;
            if insert.gain {
                insert.key = Some(KeyEdge::Gain { from: original, insert: i });
            } else if insert.kind.ports.key && insert.key.is_none() {
                insert.key = Some(KeyEdge::Tap { from: original, insert: i });
            } else {
                continue;
            }
            nodes[original].inserts[i].tapped = true;
        }
        nodes.push(copy);
        sound.insert(original, nodes.len() - 1);
    }
    sound.get(&through).copied().unwrap_or(through)
}
