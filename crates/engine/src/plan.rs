//! What a session compiles to: immutable, and all that a runner needs.

use std::ops::Range;
use std::sync::Arc;

use mixsmith_audio::Clip;
use mixsmith_dsp::X8;
use mixsmith_processor::{Impulse, Kind, QUANTUM};
use mixsmith_session::{Map, Tap};

use crate::Curve;

/// Strips in order, with routes, delays and curves.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Frames a second.
    pub rate: u32,
    /// Quarter notes a minute.
    pub tempo: f32,
    /// Length of the song in frames.
    pub frames: u64,
    /// What is printed, in the order of [`Prints`].
    pub prints: Vec<Print>,
    pub(crate) nodes: Vec<Node>,
    /// Nodes of a level depend only on nodes of levels before it.
    pub(crate) levels: Vec<Level>,
}

impl Plan {
    /// Frames from the start of the engine until frame 0 of the song has left a print.
    pub fn latency(&self, print: usize) -> usize {
        self.nodes[self.prints[print].node].latency
    }

    /// How many strips run, those that print stems included.
    pub fn strips(&self) -> usize {
        self.nodes.len()
    }
}

/// Nodes that may run side by side.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    /// Place of the first among all nodes.
    pub start: usize,
    /// How many nodes run in one unit, in order: one, or up to eight of one shape in the lanes of one processor.
    pub units: Vec<usize>,
}

/// What should be printed beside the outputs of strips.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prints {
    /// Outputs of these strips, as they are.
    pub strips: Vec<String>,
    /// Stems: each of these tracks and returns alone through what follows it up to and including the strip `through`,
    /// with the gain curves of the whole mix; along sends too, but into no return. All tracks and returns add up to
    /// `through`.
    pub stems: Vec<String>,
    /// The same, along routes alone: whatever feeds `through` adds up to it.
    pub groups: Vec<String>,
    /// Versions of the strip `through` that only these tracks feed, their sends included; a name for each.
    pub versions: Vec<(String, Vec<String>)>,
    /// The strip whose output stems and versions add up to.
    pub through: String,
}

/// An output of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    /// Strip id or name of the version.
    pub name: String,
    pub(crate) node: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub strip: String,
    /// Is it the strip itself, or a copy of it through which a stem runs?
    pub shadow: bool,
    /// Channels before the panner.
    pub channels: usize,
    pub clips: Vec<PlacedClip>,
    pub inputs: Vec<Edge>,
    /// Latency of the sum of the inputs, in frames.
    pub input_latency: usize,
    pub inserts: Vec<PlannedInsert>,
    pub gains: Gains,
    /// Latency of the output.
    pub latency: usize,
    /// Does anybody take the signal before the fader?
    pub pre_used: bool,
    /// Does anybody take the signal after the fader, other than in a sum?
    pub post_used: bool,
    /// Sums over the strips of its unit, if it is the first of them.
    pub sums: Vec<Sum>,
}

/// Curves of the strip's own knobs.
#[derive(Clone, Debug)]
pub(crate) struct Gains {
    pub trim: Curve,
    pub polarity: Curve,
    pub fader: Curve,
    pub ride: Curve,
    pub pan: Curve,
    pub width: Curve,
    pub mute: Curve,
}

#[derive(Clone, Debug)]
pub(crate) struct PlacedClip {
    pub clip: Arc<Clip>,
    pub at: i64,
    pub from: u64,
    pub frames: u64,
    pub gain: f32,
    pub fade_in: u64,
    pub fade_out: u64,
    pub map: Map,
}

impl PlacedClip {
    /// Does it, as it is, fill all of these frames of a strip?
    pub fn alone(&self, song: i64, frames: usize, mono: bool) -> bool {
        let covers = self.at <= song && song + frames as i64 <= self.at + self.frames as i64;
        let plain = self.gain == 1.0 && self.fade_in == 0 && self.fade_out == 0;
        covers && plain && self.map == Map::All && self.clip.channels == if mono { 1 } else { 2 }
    }
}

/// Sound that goes from a node to another.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub from: usize,
    pub take: Take,
    /// Level of a send; none for a route.
    pub level: Option<Curve>,
    /// Delay that makes it as late as the latest of its fellows.
    pub delay: usize,
}

/// What is taken of a node's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Take {
    /// After the fader.
    Post,
    /// Before the fader.
    Pre,
    /// A sum over the strips that run with it, which it is the first of.
    Sum(usize),
}

impl From<Tap> for Take {
    fn from(tap: Tap) -> Take {
        match tap {
            Tap::Pre => Take::Pre,
            Tap::Post => Take::Post,
        }
    }
}

/// A sum over strips that run as one.
#[derive(Clone, Debug)]
pub(crate) struct Sum {
    /// Amplitude of each strip in it.
    pub gains: Vec<f32>,
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedInsert {
    pub id: String,
    pub kind: &'static Kind<f32>,
    /// The same for eight strips side by side, where there is such a thing.
    pub wide: Option<&'static Kind<X8>>,
    pub curves: Vec<Curve>,
    /// Places of the curves that move.
    pub moving: Vec<usize>,
    pub key: Option<KeyEdge>,
    /// The impulse response that it is built with.
    pub impulse: Option<Arc<Impulse>>,
    /// Latency up to its input: what its curves and its key are aligned to.
    pub latency: usize,
    /// Its own latency.
    pub late: usize,
    /// Is it nothing but a delay and a gain?
    pub gain: bool,
    /// Must its input, or its gain, be kept for the shadows?
    pub tapped: bool,
}

impl PlannedInsert {
    /// The piece that begins `at` frames into the stride at `frame` of the engine's time: up to the end of the quantum, or
    /// to where a knob steps or bends.
    pub fn piece(&self, frame: u64, at: usize) -> Range<usize> {
        let quantum = (at / QUANTUM + 1) * QUANTUM;
        let here = frame as i64 - self.latency as i64 + at as i64;
        at..self.cut_after(here).map_or(quantum, |cut| quantum.min(at + (cut - here) as usize))
    }

    /// The first frame of the song after `frame` at which a piece must begin.
    fn cut_after(&self, frame: i64) -> Option<i64> {
        self.moving.iter().filter_map(|&param| self.curves[param].cut_after(frame)).min()
    }

    /// Does another begin its pieces at the same frames?
    pub fn cut_like(&self, other: &Self) -> bool {
        let cuts = |insert: &Self| {
            std::iter::successors(insert.cut_after(-1), |&cut| insert.cut_after(cut)).collect::<Vec<_>>()
        };
        let (own, others) = (cuts(self), cuts(other));
        own == others && (own.is_empty() || self.latency == other.latency)
    }
}

#[derive(Clone, Debug)]
pub(crate) enum KeyEdge {
    /// The output of a strip, delayed.
    Strip { from: usize, delay: usize },
    /// The input of an insert of the strip that this node shadows.
    Tap { from: usize, insert: usize },
    /// The gain of an insert of the strip that this node shadows: it is applied, and the insert does not run.
    Gain { from: usize, insert: usize },
}

impl KeyEdge {
    pub fn from(&self) -> usize {
        match *self {
            KeyEdge::Strip { from, .. } | KeyEdge::Tap { from, .. } | KeyEdge::Gain { from, .. } => from,
        }
    }
}
