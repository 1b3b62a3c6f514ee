//! A unit on its way through a render: run or played, and recorded where that is asked for.

use super::course::{Course, Way};
use super::mark::Mark;
use super::sound::{Sound, Spare};
use crate::Plan;
use crate::node::{Output, Reduced};
use crate::plan::Take;
use crate::render::{STRIDE, Worked};
use crate::unit::{self, Unit};

/// A unit, and how it gets its outputs.
pub(crate) struct Part {
    way: Way,
    strips: usize,
    /// Where any of it runs.
    unit: Option<Unit>,
    keeps: Vec<Keep>,
}

/// Something that is recorded.
pub(crate) struct Keep {
    /// Of which strip of the unit.
    pub strip: usize,
    pub take: Take,
    pub mark: Mark,
    pub sound: Sound,
}

impl Part {
    /// All units of all levels of a plan, for so many threads. `keeps` says what of the nodes from one on, so many of them,
    /// is recorded.
    pub fn all(
        plan: &Plan,
        course: Course,
        threads: usize,
        mut keeps: impl FnMut(usize, usize) -> Vec<Keep>,
    ) -> Vec<Vec<Part>> {
        let levels = plan.levels.iter().zip(course.levels);
        let parts = levels.map(|(level, ways)| {
            let whole = ways.iter().filter(|way| way.is_whole()).count();
            let mut parts = Vec::with_capacity(level.units.len());
            let (mut first, mut counts) = (level.start, &level.units[..]);
            let mut ways = ways.into_iter().peekable();
            while let Some(way) = ways.next() {
                let nodes = &plan.nodes[first..];
                let mut groups = &counts[..1];
                if way.is_whole() && ways.peek().is_some_and(Way::is_whole) {
                    groups =
                        unit::together(nodes, &counts[..2], whole / 2 >= threads).next().unwrap_or(groups);
                }
                counts = &counts[groups.len()..];
                ways.by_ref().take(groups.len() - 1).for_each(drop);
                let strips = groups.iter().sum();
                let nodes = &nodes[..strips];
                let unit = match &way {
                    Way::Whole => Some(Unit::new(plan, nodes, groups, STRIDE)),
                    Way::Part(played) => {
                        let frozen = played.iter().map(Option::is_some).collect();
                        Some(Unit::frozen(plan, nodes, frozen, STRIDE))
                    }
                    Way::Rest | Way::Play(_) => None,
                };
                parts.push(Part { way, strips, unit, keeps: keeps(first, strips) });
                first += strips;
            }
            parts
        });
        parts.collect()
    }

    /// How many strips it has.
    pub fn len(&self) -> usize {
        self.strips
    }

    /// Prepares the outputs of its strips for what is recorded.
    pub fn prepare(&self, outputs: &mut [Output]) {
        if self.keeps.iter().any(|keep| keep.take == Take::Pre) {
            outputs.iter_mut().for_each(Output::keep_pre);
        }
    }

    /// Brings the stride at `frame` of the engine's time into the outputs of its strips.
    pub fn run(&mut self, outputs: &mut [Output], before: &[Output], frame: u64, spare: &Spare) {
        let stride = (frame / STRIDE as u64) as usize;
        match &self.way {
            Way::Rest => {}
            Way::Play(sounds) => {
                for (strip, take, sound) in sounds {
                    let to = outputs[*strip].take_mut(*take);
                    sound.play(stride, to);
                    if sound.is_mono() {
                        to.right.copy_from_slice(&to.left);
                    }
                }
            }
            Way::Whole => {}
            Way::Part(played) => {
                for (sound, out) in played.iter().zip(&mut *outputs) {
                    if let Some(sound) = sound {
                        sound.play(stride, &mut out.post);
                    }
                }
            }
        }
        if let Some(unit) = &mut self.unit {
            unit.run(outputs, before, frame, STRIDE);
        }
        for keep in &mut self.keeps {
            keep.sound.record(outputs[keep.strip].take(keep.take), spare);
        }
    }

    /// What the inserts of each strip turned down; nothing of those that did not run.
    pub fn reduced(&self) -> impl Iterator<Item = Option<Vec<Reduced>>> {
        (0..self.strips).map(|strip| {
            let known = matches!(&self.way, Way::Part(played) if played[strip].is_some());
            let unit = self.unit.as_ref().filter(|_| !known)?;
            Some(unit.strips()[strip].reductions().to_vec())
        })
    }

    /// How much there is to do.
    pub fn worked(&self) -> Worked {
        match &self.way {
            Way::Rest | Way::Play(_) => Worked { played: self.strips, ..Worked::default() },
            Way::Whole => Worked { run: self.strips, ..Worked::default() },
            Way::Part(played) => {
                let mixed = played.iter().flatten().count();
                Worked { run: self.strips - mixed, mixed, played: 0 }
            }
        }
    }

    /// What was recorded.
    pub fn keeps(self) -> Vec<Keep> {
        self.keeps
    }
}
