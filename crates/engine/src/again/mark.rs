//! Content hashes of what a plan's nodes give.

use mixsmith_processor::Impulse;
use mixsmith_session::{Curve as Shape, Map};
use sha2::{Digest, Sha256};

use crate::plan::{Edge, Gains, KeyEdge, Node, PlacedClip, PlannedInsert, Sum, Take};
use crate::{Curve, Plan, lanes};

/// Tells a sound from every other: where marks are equal, so are all bits. SHA-256 (FIPS 180-4) of all that it is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark([u8; 32]);

/// What a node gives.
#[derive(Clone, Debug)]
pub(crate) struct Marks {
    /// Before the fader.
    pub pre: Mark,
    /// After it.
    pub post: Mark,
    /// Sums over the strips of its unit.
    pub sums: Vec<Mark>,
    /// What its inserts turned down.
    pub reduced: Mark,
}

impl Marks {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = Mark> {
        [self.pre, self.post, self.reduced].into_iter().chain(self.sums.iter().copied())
    }

    /// The mark of what is taken of the node.
    pub fn of(&self, take: Take) -> Mark {
        match take {
            Take::Pre => self.pre,
            Take::Post => self.post,
            Take::Sum(sum) => self.sums[sum],
        }
    }
}

/// The marks of all nodes of a plan that runs for so many strides.
pub(crate) fn of(plan: &Plan, strides: u64) -> Vec<Marks> {
    let mut marks: Vec<Marks> = Vec::with_capacity(plan.nodes.len());
    for level in &plan.levels {
        let mut first = level.start;
        for &count in &level.units {
            let nodes = &plan.nodes[first..first + count];
            for node in nodes {
                let mut pre = Ink::new("pre");
                pre.number(u64::from(plan.rate)).number(u64::from(plan.tempo.to_bits())).number(strides);
                pre.node(node, &marks);
                let pre = pre.dry();
                let mut post = Ink::new("post");
                post.mark(pre).gains(&node.gains).number(node.latency as u64);
                let reduced = Ink::new("reduced").mark(pre).dry();
                marks.push(Marks { pre, post: post.dry(), sums: Vec::new(), reduced });
            }
            let of_unit = &marks[first..];
            let sum = |sum: &Sum| {
                let mut ink = Ink::new("sum");
                // The two ways in which a unit adds up round differently.
                ink.number(u64::from(lanes::of_still_mono(nodes))).number(count as u64);
                for (marks, gain) in of_unit.iter().zip(&sum.gains) {
                    ink.mark(marks.post).number(u64::from(gain.to_bits()));
                }
                ink.dry()
            };
            let sums = nodes.first().map_or_else(Vec::new, |node| node.sums.iter().map(sum).collect());
            if let Some(marks) = marks.get_mut(first) {
                marks.sums = sums;
            }
            first += count;
        }
    }
    marks
}

/// Samples hashed at a time.
const PIECE: usize = 512;

/// Takes down what a sound is made from. Each thing is as long as its kind says or tells its length, so that no two
/// lists give the same bytes.
struct Ink(Sha256);

impl Ink {
    fn new(what: &str) -> Ink {
        let mut ink = Ink(Sha256::new());
        ink.text(what);
        ink
    }

    fn dry(&mut self) -> Mark {
        Mark(std::mem::take(&mut self.0).finalize().into())
    }

    fn number(&mut self, number: u64) -> &mut Self {
        self.0.update(number.to_le_bytes());
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.number(text.len() as u64).0.update(text);
        self
    }

    fn mark(&mut self, mark: Mark) -> &mut Self {
        self.0.update(mark.0);
        self
    }

    fn curve(&mut self, curve: &Curve) -> &mut Self {
        let points = curve.points();
        self.number(u64::from(curve.at(i64::MIN).to_bits())).number(points.len() as u64);
        for point in points {
            let hold = point.curve == Shape::Hold;
            self.number(point.at).number(u64::from(point.value.to_bits())).number(u64::from(hold));
        }
        self
    }

    /// All that has a say in the sound before the fader.
    fn node(&mut self, node: &Node, before: &[Marks]) {
        let Node {
            strip: _,
            shadow: _,
            channels,
            clips,
            inputs,
            input_latency,
            inserts,
            gains: Gains { trim, polarity, fader: _, ride: _, pan: _, width: _, open: _ },
            latency: _,
            pre_used: _,
            post_used: _,
            sums: _,
        } = node;
        self.number(*channels as u64).number(*input_latency as u64).curve(trim).curve(polarity);
        self.number(clips.len() as u64);
        clips.iter().for_each(|clip| self.clip(clip));
        self.number(inputs.len() as u64);
        for Edge { from, take, level, delay } in inputs {
            self.mark(before[*from].of(*take)).number(*delay as u64);
            self.number(u64::from(level.is_some()));
            if let Some(level) = level {
                self.curve(level);
            }
        }
        self.number(inserts.len() as u64);
        inserts.iter().for_each(|insert| self.insert(insert, before));
    }

    fn clip(&mut self, placed: &PlacedClip) {
        let PlacedClip { clip, at, from, frames, gain, fade_in, fade_out, map } = placed;
        self.number(clip.identity()).number(*at as u64).number(*from).number(*frames);
        self.number(u64::from(gain.to_bits())).number(*fade_in).number(*fade_out);
        self.number(match map {
            Map::All => 0,
            Map::First => 1,
            Map::Second => 2,
            Map::ToLeft => 3,
            Map::ToRight => 4,
        });
    }

    fn insert(&mut self, insert: &PlannedInsert, before: &[Marks]) {
        let PlannedInsert {
            id: _,
            kind,
            wide: _,
            curves,
            moving: _,
            key,
            impulse,
            latency,
            late,
            gain: _,
            tapped: _,
        } = insert;
        self.text(kind.id).number(*latency as u64).number(*late as u64).number(curves.len() as u64);
        for curve in curves {
            self.curve(curve);
        }
        match key {
            None => self.number(0),
            Some(KeyEdge::Strip { from, delay }) => {
                self.number(1).mark(before[*from].post).number(*delay as u64)
            }
            Some(KeyEdge::Tap { from, insert }) => {
                self.number(2).mark(before[*from].pre).number(*insert as u64)
            }
            Some(KeyEdge::Gain { from, insert }) => {
                self.number(3).mark(before[*from].pre).number(*insert as u64)
            }
        };
        let channels = impulse.as_deref().map_or(&[][..], |Impulse { channels }| channels);
        self.number(channels.len() as u64);
        for channel in channels {
            self.number(channel.len() as u64);
            let mut bytes = [0; 4 * PIECE];
            for piece in channel.chunks(PIECE) {
                let places = bytes.chunks_exact_mut(4).zip(piece);
                places.for_each(|(bytes, x)| bytes.copy_from_slice(&x.to_bits().to_le_bytes()));
                self.0.update(&bytes[..4 * piece.len()]);
            }
        }
    }

    /// What comes after the inserts.
    fn gains(&mut self, gains: &Gains) -> &mut Self {
        let Gains { trim: _, polarity: _, fader, ride, pan, width, open } = gains;
        self.curve(fader).curve(ride).curve(pan).curve(width).curve(open)
    }
}
