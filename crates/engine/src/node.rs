//! A strip while it runs: its state, its buffers, one stride at a time.

use std::ops::Range;

use mixsmith_audio::Ahead;
use mixsmith_dsp::delay_line::DelayLine;
use mixsmith_processor::{Io, Key, Processor, Ramp, Setup};
use mixsmith_session::Map;

use crate::plan::{Edge, KeyEdge, Node, PlacedClip, PlannedInsert, Sum, Take};
use crate::{gain, sums};

/// Two channels of one stride.
#[derive(Debug, Default)]
pub(crate) struct Pair {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
}

impl Pair {
    pub fn new(frames: usize) -> Self {
        Pair { left: vec![0.0; frames], right: vec![0.0; frames] }
    }
}

/// What a strip gives to those after it: the last stride of its taps.
#[derive(Debug)]
pub(crate) struct Output {
    /// After the fader.
    pub post: Pair,
    /// Before the fader, kept only where somebody takes it.
    pub pre: Option<Pair>,
    /// Inputs (or gains) of the inserts, kept only for shadows.
    taps: Vec<Option<Pair>>,
    /// Sums over the strips that run with it.
    pub sums: Vec<Pair>,
    /// Frames by which it is late.
    latency: usize,
}

impl Output {
    /// Silence. `stride` is the largest number of frames run at once.
    pub fn new(plan: &Node, stride: usize) -> Self {
        Output {
            post: Pair::new(stride),
            pre: plan.pre_used.then(|| Pair::new(stride)),
            taps: plan.inserts.iter().map(|insert| insert.tapped.then(|| Pair::new(stride))).collect(),
            sums: plan.sums.iter().map(|_| Pair::new(stride)).collect(),
            latency: plan.latency,
        }
    }

    pub fn take(&self, take: Take) -> &Pair {
        match (take, &self.pre) {
            (Take::Pre, Some(pre)) => pre,
            (Take::Sum(sum), _) => &self.sums[sum],
            _ => &self.post,
        }
    }

    pub fn take_mut(&mut self, take: Take) -> &mut Pair {
        match (take, &mut self.pre) {
            (Take::Pre, Some(pre)) => pre,
            (Take::Sum(sum), _) => &mut self.sums[sum],
            _ => &mut self.post,
        }
    }

    /// Keeps what comes before the fader, too.
    pub fn keep_pre(&mut self) {
        let frames = self.post.left.len();
        self.pre.get_or_insert_with(|| Pair::new(frames));
    }
}

/// A running strip.
pub(crate) struct Running {
    plan: Node,
    /// Empty where the strip shares its processors with others.
    inserts: Vec<RunningInsert>,
    /// What each insert turned down.
    reduced: Vec<Reduced>,
    /// Delays of the inputs, left and right.
    delays: Vec<[DelayLine<f32>; 2]>,
    scratch: Pair,
    ahead: Ahead,
    /// What comes from other strips, left and right, in twice the bits: many add up as exactly as few.
    total: [Vec<f64>; 2],
}

struct RunningInsert {
    processor: Box<dyn Processor<f32>>,
    ramps: Vec<Ramp<f32>>,
    /// Delay of the key; where only the original's gain is applied, of the sound.
    delay: [DelayLine<f32>; 2],
    key: Option<Pair>,
}

/// What an insert turned down so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reduced {
    most_db: f32,
    /// Of every frame.
    sum_db: f64,
    frames: u64,
}

impl Reduced {
    /// Bytes that these take in the store of [`crate::Frozen`].
    pub fn bytes(inserts: usize) -> u64 {
        (128 + inserts * size_of::<Reduced>()) as u64
    }

    /// Strip id, insert id, largest and mean gain reduction in dB of the inserts of a node.
    pub fn all<'a>(
        node: &'a Node,
        reduced: &'a [Reduced],
    ) -> impl Iterator<Item = (&'a str, &'a str, f32, f32)> {
        let inserts = node.inserts.iter().zip(reduced).filter(|_| !node.shadow);
        inserts.map(|(plan, reduced)| {
            let mean = reduced.sum_db / reduced.frames.max(1) as f64;
            (node.strip.as_str(), plan.id.as_str(), reduced.most_db, mean as f32)
        })
    }

    /// What was turned down in a piece of so many frames.
    #[inline(always)]
    pub fn add(&mut self, reduction: f32, frames: usize) {
        self.most_db = self.most_db.max(reduction);
        self.sum_db += f64::from(reduction) * frames as f64;
        self.frames += frames as u64;
    }
}

impl Running {
    /// Builds the state of a node. `stride` is the largest number of frames run at once, a multiple of the quantum. A strip
    /// that shares its processors has none of its `own`.
    pub fn new(plan: &Node, rate: u32, tempo: f32, stride: usize, own: bool) -> Self {
        let setup = Setup { rate: rate as f32, tempo, channels: plan.channels, impulse: None };
        let inserts =
            plan.inserts.iter().filter(|_| own).map(|insert| RunningInsert::new(insert, &setup, stride));
        let delays = plan.inputs.iter().map(|edge| [(); 2].map(|()| DelayLine::new(edge.delay))).collect();
        Running {
            inserts: inserts.collect(),
            reduced: vec![Reduced::default(); plan.inserts.len()],
            delays,
            scratch: Pair::new(stride),
            ahead: Ahead::default(),
            total: [(); 2].map(|()| vec![0.0; if plan.inputs.is_empty() { 0 } else { stride }]),
            plan: plan.clone(),
        }
    }

    /// The sums over the strips that run with it.
    pub fn sums(&self) -> &[Sum] {
        &self.plan.sums
    }

    /// What each insert turned down so far.
    pub fn reductions(&self) -> &[Reduced] {
        &self.reduced
    }

    /// Notes what an insert that it shares turned down so far.
    pub fn set_reduced(&mut self, insert: usize, reduced: Reduced) {
        self.reduced[insert] = reduced;
    }

    /// See [`PlannedInsert::piece`].
    pub fn piece(&self, insert: usize, frame: u64, at: usize) -> Range<usize> {
        self.plan.inserts[insert].piece(frame, at)
    }

    /// The course of an insert's parameter over a piece of the stride at `frame`.
    pub fn ramp(&self, insert: usize, param: usize, frame: u64, piece: &Range<usize>) -> Ramp<f32> {
        let plan = &self.plan.inserts[insert];
        plan.curves[param].ramp(frame as i64 - plan.latency as i64 + piece.start as i64, piece.len())
    }

    /// Sums what comes in, left and right, from `frame` of the engine's time on, whole quanta. `before` holds the outputs of
    /// lower levels, which have run these frames already: they are there from `at` on. [`Running::insert`] and
    /// [`Running::leave`] follow.
    ///
    /// # Realtime safety
    /// Allocates nothing. Clips read from disk; a live player must have them in memory.
    pub fn enter(&mut self, [left, right]: [&mut [f32]; 2], before: &[Output], frame: u64, at: usize) {
        let frames = left.len();
        let mono = self.plan.channels == 1;
        let song = frame as i64 - self.plan.input_latency as i64;
        match self.plan.clips.as_slice() {
            [only] if only.alone(song, frames, mono) => {
                let from = (only.from as i64) + song - only.at;
                let channels = &mut [&mut *left, &mut *right][..self.plan.channels];
                only.clip.read_on(&mut self.ahead, from, channels);
            }
            clips => {
                left.fill(0.0);
                right.fill(0.0);
                for clip in clips {
                    let scratch = (&mut self.scratch.left[..frames], &mut self.scratch.right[..frames]);
                    add_clip(clip, song, mono, scratch, left, right);
                }
            }
        }
        if !self.plan.inputs.is_empty() {
            let span = at..at + frames;
            let [total_left, total_right] = self.total.each_mut().map(|total| &mut total[..frames]);
            sums::begin(total_left, left);
            sums::begin(total_right, right);
            let mut queue = sums::Queue::new(span.clone());
            for (edge, delay) in self.plan.inputs.iter().zip(&mut self.delays) {
                let source = &before[edge.from];
                if let Some(gain) = still(edge) {
                    queue.push(source.take(edge.take), gain, [&mut *total_left, &mut *total_right]);
                    continue;
                }
                queue.add([&mut *total_left, &mut *total_right]);
                let scratch = (&mut self.scratch.left[..frames], &mut self.scratch.right[..frames]);
                add_edge(edge, (source, span.clone()), delay, frame, scratch, total_left, total_right);
            }
            queue.add([&mut *total_left, &mut *total_right]);
            sums::end(total_left, left);
            sums::end(total_right, right);
        }
        if mono {
            gain::enter(&self.plan.gains, song, &mut [left]);
        } else {
            gain::enter(&self.plan.gains, song, &mut [left, right]);
        }
    }

    /// Runs the inserts.
    pub fn insert(&mut self, out: &mut Output, before: &[Output], frame: u64, frames: usize) {
        let Pair { left, right } = &mut out.post;
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        let mono = self.plan.channels == 1;
        let inserts = self.plan.inserts.iter().zip(&mut self.inserts).zip(&mut self.reduced);
        for (((plan, insert), reduced), tap) in inserts.zip(&mut out.taps) {
            if let Some(tap) = tap.as_mut().filter(|_| !plan.gain) {
                tap.left[..frames].copy_from_slice(left);
                tap.right[..frames].copy_from_slice(if mono { left } else { right });
            }
            let right = (!mono).then_some(&mut *right);
            match plan.key {
                Some(KeyEdge::Gain { from, insert: original }) => {
                    insert.apply(before[from].taps[original].as_ref(), left, right);
                }
                _ => {
                    let gains = tap.as_mut().filter(|_| plan.gain);
                    insert.run(plan, before, frame, left, right, gains, reduced);
                }
            }
        }
    }

    /// Goes through fader and panner into the output.
    pub fn leave(&mut self, out: &mut Output, frame: u64, frames: usize) {
        let Pair { left, right } = &mut out.post;
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        let mono = self.plan.channels == 1;
        if mono {
            right.copy_from_slice(left);
        }
        if let Some(pre) = &mut out.pre {
            pre.left[..frames].copy_from_slice(left);
            pre.right[..frames].copy_from_slice(right);
        }
        gain::leave(&self.plan.gains, mono, frame as i64 - self.plan.latency as i64, left, right);
    }
}

impl RunningInsert {
    fn new(plan: &PlannedInsert, setup: &Setup, stride: usize) -> Self {
        let start: Vec<f32> = plan.curves.iter().map(|curve| curve.at(0)).collect();
        let delay = match plan.key {
            Some(KeyEdge::Strip { delay, .. }) => delay,
            Some(KeyEdge::Gain { .. }) => plan.late,
            _ => 0,
        };
        let ramps: Vec<Ramp<f32>> = start.iter().map(|&value| Ramp::still(value)).collect();
        let setup = Setup { impulse: plan.impulse.clone(), ..setup.clone() };
        let mut processor = (plan.kind.build)(&setup, &start);
        processor.set(&ramps);
        RunningInsert {
            processor,
            ramps,
            delay: [(); 2].map(|()| DelayLine::new(delay)),
            key: plan.key.is_some().then(|| Pair::new(stride)),
        }
    }

    /// Applies the gain that the original insert had.
    fn apply(&mut self, gains: Option<&Pair>, left: &mut [f32], right: Option<&mut [f32]>) {
        let Some(gains) = gains else { return };
        let channels = [Some(left), right].into_iter().flatten();
        for ((channel, gains), delay) in channels.zip([&gains.left, &gains.right]).zip(&mut self.delay) {
            delay.process(channel);
            channel.iter_mut().zip(gains).for_each(|(sample, gain)| *sample *= gain);
        }
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "they are what a quantum needs, and nothing else has them together"
    )]
    fn run(
        &mut self,
        plan: &PlannedInsert,
        before: &[Output],
        frame: u64,
        left: &mut [f32],
        mut right: Option<&mut [f32]>,
        mut gains: Option<&mut Pair>,
        reduced: &mut Reduced,
    ) {
        let frames = left.len();
        if let (Some(edge), Some(key)) = (&plan.key, &mut self.key) {
            let source = match *edge {
                KeyEdge::Strip { from, .. } => &before[from].post,
                KeyEdge::Tap { from, insert } | KeyEdge::Gain { from, insert } => {
                    before[from].taps[insert].as_ref().unwrap_or(&before[from].post)
                }
            };
            key.left[..frames].copy_from_slice(&source.left[..frames]);
            key.right[..frames].copy_from_slice(&source.right[..frames]);
            if self.delay[0].frames() > 0 {
                self.delay[0].process(&mut key.left[..frames]);
                self.delay[1].process(&mut key.right[..frames]);
            }
        }
        let song = frame as i64 - plan.latency as i64;
        let mut at = 0;
        while at < frames {
            let range = plan.piece(frame, at);
            let mut changed = false;
            for &param in &plan.moving {
                let ramp = plan.curves[param].ramp(song + at as i64, range.len());
                changed |= ramp != std::mem::replace(&mut self.ramps[param], ramp);
            }
            if changed {
                self.processor.set(&self.ramps);
            }
            at = range.end;
            let key = self.key.as_ref();
            let key = key.map(|k| Key { left: &k.left[range.clone()], right: Some(&k.right[range.clone()]) });
            let right = right.as_deref_mut().map(|right| &mut right[range.clone()]);
            self.processor.run(Io { left: &mut left[range.clone()], right, key });
            if let (Some(kept), Some([one, two])) = (&mut gains, self.processor.gains()) {
                kept.left[range.clone()].copy_from_slice(one);
                kept.right[range.clone()].copy_from_slice(two);
            }
            reduced.add(self.processor.reduction_db(), range.len());
        }
    }
}

/// Adds the part of a clip that sounds in the stride.
fn add_clip(
    clip: &PlacedClip,
    song: i64,
    mono: bool,
    scratch: (&mut [f32], &mut [f32]),
    left: &mut [f32],
    right: &mut [f32],
) {
    let frames = left.len() as i64;
    let (start, end) = ((clip.at - song).max(0), (clip.at + clip.frames as i64 - song).min(frames));
    if start >= end {
        return;
    }
    let (start, end) = (start as usize, end as usize);
    let into_clip = song + start as i64 - clip.at;
    let (one, two) = (&mut scratch.0[start..end], &mut scratch.1[start..end]);
    clip.clip.read(clip.from as i64 + into_clip, &mut [&mut *one, &mut *two][..clip.clip.channels.min(2)]);
    if clip.clip.channels == 1 {
        two.copy_from_slice(one);
    }
    if clip.gain != 1.0 || clip.fade_in > 0 || clip.fade_out > 0 {
        for (i, (a, b)) in one.iter_mut().zip(two.iter_mut()).enumerate() {
            let gain = clip.gain * fade(clip, into_clip as u64 + i as u64);
            *a *= gain;
            *b *= gain;
        }
    }
    let (left, right) = (&mut left[start..end], &mut right[start..end]);
    let add = |to: &mut [f32], from: &[f32]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
    match clip.map {
        Map::All if mono => add(left, one),
        Map::All => {
            add(left, one);
            add(right, two);
        }
        Map::First | Map::Second => {
            let chosen = if clip.map == Map::First { one } else { two };
            add(left, chosen);
            if !mono {
                add(right, chosen);
            }
        }
        Map::ToLeft => add(left, one),
        Map::ToRight => add(right, one),
    }
}

/// Gain of the fades at a frame of the clip: raised cosines.
fn fade(clip: &PlacedClip, frame: u64) -> f32 {
    let raised = |share: f64| (0.5 - 0.5 * (share * std::f64::consts::PI).cos()) as f32;
    let mut gain = 1.0;
    if frame < clip.fade_in {
        gain *= raised((frame as f64 + 0.5) / clip.fade_in as f64);
    }
    let left = clip.frames.saturating_sub(frame + 1);
    if left < clip.fade_out {
        gain *= raised((left as f64 + 0.5) / clip.fade_out as f64);
    }
    gain
}

/// The gain at which another strip sends from the start to the end, if it is not delayed.
fn still(edge: &Edge) -> Option<f32> {
    match &edge.level {
        _ if edge.delay > 0 => None,
        None => Some(1.0),
        Some(level) => (!level.moves()).then(|| gain::amplitude(level.at(0))),
    }
}

/// Adds what another strip sends, at a gain that moves or late.
fn add_edge(
    edge: &Edge,
    (source, span): (&Output, Range<usize>),
    delay: &mut [DelayLine<f32>; 2],
    frame: u64,
    scratch: (&mut [f32], &mut [f32]),
    left: &mut [f64],
    right: &mut [f64],
) {
    let from = source.take(edge.take);
    let (one, two) = scratch;
    one.copy_from_slice(&from.left[span.clone()]);
    two.copy_from_slice(&from.right[span]);
    if let Some(level) = &edge.level {
        let song = frame as i64 - source.latency as i64;
        gain::apply([level], song, &mut [&mut *one, &mut *two], |[level]| gain::amplitude(level));
    }
    if edge.delay > 0 {
        delay[0].process(one);
        delay[1].process(two);
    }
    sums::add(left, one, 1.0);
    sums::add(right, two, 1.0);
}
