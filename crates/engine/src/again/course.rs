//! What of a plan must run, and what is played from what earlier renders left.

use std::sync::Arc;

use super::frozen::{Frozen, Want};
use super::mark::Marks;
use super::sound::Sound;
use crate::Plan;
use crate::node::Reduced;
use crate::plan::{KeyEdge, Node, Take};
use crate::render::STRIDE;

/// A strip that runs alone takes as long as so many that run in the lanes of one unit.
const ALONE: usize = 3;

/// How a unit gets its outputs.
pub(crate) enum Way {
    /// Nobody needs them.
    Rest,
    /// They are played: strip of the unit, what of it, sound.
    Play(Vec<(usize, Take, Arc<Sound>)>),
    /// All of it runs.
    Whole,
    /// Strips that have a sound are played up to their faders; the others run alone.
    Part(Vec<Option<Arc<Sound>>>),
}

impl Way {
    pub fn is_whole(&self) -> bool {
        matches!(self, Way::Whole)
    }

    /// Does this strip of the unit run from its inputs on?
    fn runs(&self, strip: usize) -> bool {
        match self {
            Way::Rest | Way::Play(_) => false,
            Way::Whole => true,
            Way::Part(played) => played[strip].is_none(),
        }
    }
}

/// What each node is asked for.
#[derive(Clone, Default)]
struct Asked {
    takes: Vec<Take>,
    /// Inputs or gains of its inserts, which are not kept.
    taps: bool,
}

impl Asked {
    fn add(&mut self, take: Take) {
        if !self.takes.contains(&take) {
            self.takes.push(take);
        }
    }
}

/// The ways of all units of all levels.
pub(crate) struct Course {
    pub levels: Vec<Vec<Way>>,
    /// What inserts turned down in strips that are not run as a whole.
    pub reduced: Vec<Option<Arc<[Reduced]>>>,
}

impl Course {
    /// Everything runs.
    pub fn whole(plan: &Plan) -> Course {
        let levels =
            plan.levels.iter().map(|level| level.units.iter().map(|_| Way::Whole).collect()).collect();
        Course { levels, reduced: vec![None; plan.nodes.len()] }
    }

    /// As little as must be runs.
    pub fn least(plan: &Plan, marks: &[Marks], frozen: &Frozen) -> Course {
        let mut asked = vec![Asked::default(); plan.nodes.len()];
        plan.prints.iter().for_each(|print| asked[print.node].add(Take::Post));
        let mut reduced: Vec<Option<Arc<[Reduced]>>> =
            marks.iter().map(|marks| frozen.reduced(marks.reduced)).collect();
        let known = |node: usize, reduced: &[Option<Arc<[Reduced]>>]| {
            plan.nodes[node].inserts.is_empty() || plan.nodes[node].shadow || reduced[node].is_some()
        };
        let mut levels = Vec::with_capacity(plan.levels.len());
        for level in plan.levels.iter().rev() {
            let mut ways = Vec::with_capacity(level.units.len());
            let mut after = level.start + level.units.iter().sum::<usize>();
            for &count in level.units.iter().rev() {
                let (first, last) = (after - count, after);
                after = first;
                let way = way(first..last, marks, frozen, &asked, |node| known(node, &reduced));
                for node in (first..last).filter(|node| way.runs(node - first)) {
                    ask(&plan.nodes[node], &mut asked);
                    reduced[node] = None;
                }
                ways.push(way);
            }
            ways.reverse();
            levels.push(ways);
        }
        levels.reverse();
        Course { levels, reduced }
    }
}

fn way(
    nodes: std::ops::Range<usize>,
    marks: &[Marks],
    frozen: &Frozen,
    asked: &[Asked],
    known: impl Fn(usize) -> bool,
) -> Way {
    let taps = nodes.clone().any(|node| asked[node].taps);
    if !taps && nodes.clone().all(&known) {
        let play = |(strip, node): (usize, usize)| {
            let takes = asked[node].takes.iter();
            takes.map(move |&take| Some((strip, take, frozen.sound(marks[node].of(take))?)))
        };
        let played: Option<Vec<_>> = nodes.clone().enumerate().flat_map(play).collect();
        match played {
            Some(played) if played.is_empty() => return Way::Rest,
            Some(played) => return Way::Play(played),
            None => {}
        }
    }
    let pre = |node: usize| frozen.sound(marks[node].pre).filter(|_| known(node) && !asked[node].taps);
    let played: Vec<Option<Arc<Sound>>> = nodes.map(pre).collect();
    let run = played.iter().filter(|played| played.is_none()).count();
    if run == played.len() || run * ALONE > played.len() { Way::Whole } else { Way::Part(played) }
}

/// Asks for what a node needs when it runs.
fn ask(node: &Node, asked: &mut [Asked]) {
    node.inputs.iter().for_each(|edge| asked[edge.from].add(edge.take));
    for key in node.inserts.iter().filter_map(|insert| insert.key.as_ref()) {
        match *key {
            KeyEdge::Strip { from, .. } => asked[from].add(Take::Post),
            KeyEdge::Tap { from, .. } | KeyEdge::Gain { from, .. } => asked[from].taps = true,
        }
    }
}

/// Something that a render gives and that may be kept.
pub(super) struct Gift {
    pub node: usize,
    pub take: Take,
    pub channels: usize,
    pub want: Want,
}

/// What may be kept of a render that takes this course: sounds, and what inserts turn down.
pub(super) fn gifts(plan: &Plan, course: &Course, marks: &[Marks], strides: u64) -> (Vec<Gift>, Vec<Want>) {
    let mut used = vec![Asked::default(); plan.nodes.len()];
    plan.nodes.iter().for_each(|node| ask(node, &mut used));
    let (mut gifts, mut reduced) = (Vec::new(), Vec::new());
    for (level, ways) in plan.levels.iter().zip(&course.levels) {
        let mut node = level.start;
        for (&count, way) in level.units.iter().zip(ways) {
            if matches!(way, Way::Rest | Way::Play(_)) {
                node += count;
                continue;
            }
            for strip in 0..count {
                let (of, place) = (&plan.nodes[node], node);
                let bus = !of.inputs.is_empty();
                let mut give = |rank: u8, take: Take| {
                    let channels = if take == Take::Pre { of.channels } else { 2 };
                    let bytes = strides * 4 * (STRIDE * channels) as u64;
                    let want = Want { rank, mark: marks[place].of(take), bytes };
                    gifts.push(Gift { node: place, take, channels, want });
                };
                // A strip without inserts is run as fast as it is played.
                if bus || !of.inserts.is_empty() {
                    used[node].takes.iter().for_each(|&take| give(if bus { 1 } else { 3 }, take));
                }
                if !of.inserts.is_empty() && way.runs(strip) {
                    give(if bus { 4 } else { 2 }, Take::Pre);
                    let bytes = Reduced::bytes(of.inserts.len());
                    reduced.push(Want { rank: 0, mark: marks[node].reduced, bytes });
                }
                node += 1;
            }
        }
    }
    (gifts, reduced)
}
