//! Overtones: soft, warm, hard or as of a tube, without the folding that digital distortion is known for.

use mixsmith_dsp::oversample::{self, Oversampler};
use mixsmith_dsp::shaper::{self, Bender};
use mixsmith_dsp::{Lane, lane::Mask, math};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

/// The names of the curves, in the order of their values.
pub const CURVES: &[&str] = &["soft", "warm", "hard", "tube"];

params! {
    /// Overtones: soft, warm, hard or as of a tube.
    pub struct SaturatorParams {
        /// How far the sound is pushed into the curve. What is too quiet to be bent keeps its level.
        drive: "Drive", Db, 0.0..=36.0, Lin, 0.0, Smooth(20.0);
        /// Soft bends early, warm stays clean for longer, hard clips. Tube is soft with half the room below: even harmonics that come with the drive.
        curve: "Curve", Choice(CURVES), 0.0..=3.0, Lin, 0.0, Step;
        /// Even harmonics, of quiet sound too: the curve off its middle.
        even: "Even", Percent, 0.0..=100.0, Lin, 0.0, Smooth(20.0);
        /// Share of the bent sound; the rest is the sound as it was, in time with it.
        mix: "Mix", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
        /// Level of the whole.
        output: "Output", Db, -24.0..=36.0, Lin, 0.0, Smooth(20.0);
    }
}

/// Corner of the filter that takes out what the even harmonics shift, as a time constant: 5 Hz.
const BLOCK_MS: f32 = 1000.0 / (std::f32::consts::TAU * 5.0);

#[derive(Debug)]
struct Channel<L> {
    oversampler: Oversampler<L>,
    /// `None` before the first piece.
    bender: Option<Bender<L>>,
    /// The sound as it came, kept until the bent one is ready: first what is still to come out, then the piece.
    dry: [L; oversample::LATENCY + QUANTUM],
    shift: L,
}

impl<L: Lane> Channel<L> {
    fn new() -> Self {
        Channel {
            oversampler: Oversampler::new(QUANTUM),
            bender: None,
            dry: [L::zero(); oversample::LATENCY + QUANTUM],
            shift: L::zero(),
        }
    }
}

/// Which lanes bend softly, which hard and which as a tube; the others are warm.
fn which<L: Lane>(curve: L) -> (L::Mask, L::Mask, L::Mask) {
    let tube = L::splat(2.5).lt(curve);
    (curve.lt(L::splat(0.5)), L::splat(1.5).lt(curve) & !tube, tube)
}

/// The curve's value over a step, for each lane its own curve.
fn bend<L: Lane>(curve: L, before: L, now: L) -> L {
    let (soft, hard, tube) = which(curve);
    let rest = L::select(hard, shaper::hard(before, now), shaper::warm(before, now));
    let rest = L::select(tube, shaper::tube(before, now), rest);
    L::select(soft, shaper::soft(before, now), rest)
}

/// Drives the sound and puts it off its middle.
fn push<L: Lane>(high: &mut [L], from: Point<L>, to: Point<L>) {
    if from == to {
        for x in high {
            *x = *x * from.drive + from.offset;
        }
        return;
    }
    let share = L::splat(1.0 / high.len() as f32);
    let (mut drive, mut offset) = (from.drive, from.offset);
    let steps = ((to.drive - drive) * share, (to.offset - offset) * share);
    for x in high {
        drive += steps.0;
        offset += steps.1;
        *x = *x * drive + offset;
    }
}

/// Brings what was bent back to its middle and its level.
fn pull<L: Lane>(high: &mut [L], from: Point<L>, to: Point<L>) {
    if from == to {
        for y in high {
            *y = (*y - from.rest) * from.level;
        }
        return;
    }
    let share = L::splat(1.0 / high.len() as f32);
    let (mut rest, mut level) = (from.rest, from.level);
    let by = ((to.rest - rest) * share, (to.level - level) * share);
    for y in high {
        rest += by.0;
        level += by.1;
        *y = (*y - rest) * level;
    }
}

/// What the curve is set to at one end of a piece.
#[derive(Clone, Copy, PartialEq)]
struct Point<L> {
    drive: L,
    offset: L,
    /// The curve's value at the offset, taken away again.
    rest: L,
    /// Brings quiet sound back to its level.
    level: L,
}

impl<L: Lane> Point<L> {
    fn new(drive: L, even: L, curve: L) -> Self {
        let one = L::splat(1.0);
        let (drive, offset) = (math::amplitude(drive), even * L::splat(0.005));
        let square = offset * offset;
        // Slopes of the curves at the offset (0 to 0.5).
        let round = one + square;
        let soft = one / (round * round.sqrt());
        let warm = one - square * L::splat(4.0 / 9.0);
        let (softly, hard, tube) = which(curve);
        let slope = L::select(softly | tube, soft, L::select(hard, one, warm));
        Point { drive, offset, rest: bend(curve, offset, offset), level: one / (slope * drive) }
    }
}

/// Overtones.
#[derive(Debug)]
pub struct Saturator<L> {
    channels: [Channel<L>; 2],
    block: L,
    rate: f32,
    /// Frames that taking a shift out takes in each lane.
    tail: L,
}

/// Frames until a shift is taken out: 120 dB are 13.8 time constants, and what the output raises takes longer.
fn tail_of<L: Lane>(output_db: L, rate: f32) -> L {
    let constants = L::splat(14.0) + output_db.max(L::zero()) * L::splat(1.0 / 8.686);
    constants * L::splat(0.001 * BLOCK_MS * rate)
}

impl<L: Lane> Effect<L> for Saturator<L> {
    const ID: &'static str = "colour.saturator";
    const NAME: &'static str = "Saturator";
    const DOC: &'static str =
        "Adds overtones as tape, tubes and transistors do, at eight times the sample rate.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = SaturatorParams<U>;

    fn new(setup: &Setup, start: &SaturatorParams) -> Self {
        let uneven = start.even > 0.0 || start.curve == 3.0;
        Saturator {
            channels: [Channel::new(), Channel::new()],
            block: L::splat(math::one_pole(BLOCK_MS, setup.rate)),
            rate: setup.rate,
            tail: if uneven { tail_of(L::splat(start.output), setup.rate) } else { L::zero() },
        }
    }

    fn latency(&self) -> usize {
        oversample::LATENCY
    }

    fn tail(&self, lane: usize) -> Tail {
        // The filters of both ways reach as far behind the latency as before it.
        Tail::Frames(oversample::LATENCY + 1 + self.tail.get(lane) as usize)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &SaturatorParams<Ramp<L>>, io: Io<'_, L>) {
        let curve = ramps.curve.to;
        let from = Point::new(ramps.drive.from, ramps.even.from, curve);
        let to = Point::new(ramps.drive.to, ramps.even.to, curve);
        let (soft, hard, tube) = which(curve);
        let uneven = L::zero().lt(ramps.even.from.max(ramps.even.to)) | tube;
        self.tail = L::select(uneven, tail_of(ramps.output.to, self.rate), L::zero());

        let hundredth = L::splat(0.01);
        let n = io.left.len();
        let share = L::splat(1.0 / n as f32);
        let (mix, out) = (ramps.mix.from * hundredth, math::amplitude(ramps.output.from));
        let mix_step = (ramps.mix.to * hundredth - mix) * share;
        let out_step = (math::amplitude(ramps.output.to) - out) * share;

        for (channel, samples) in
            self.channels.iter_mut().zip([Some(io.left), io.right].into_iter().flatten())
        {
            channel.dry[oversample::LATENCY..][..n].copy_from_slice(samples);
            let bender = channel.bender.get_or_insert_with(|| Bender::new(from.offset, from.rest));
            channel.oversampler.run(samples, |high| {
                push(high, from, to);
                match (soft.any(), (!soft & !hard & !tube).any(), hard.any(), tube.any()) {
                    (true, false, false, false) => bender.run(high, |_, a, b| shaper::soft(a, b)),
                    (false, true, false, false) => bender.run(high, |_, a, b| shaper::warm(a, b)),
                    (false, false, true, false) => bender.run(high, |_, a, b| shaper::hard(a, b)),
                    (false, false, false, true) => bender.run(high, |_, a, b| shaper::tube(a, b)),
                    _ => bender.run(high, |_, a, b| bend(curve, a, b)),
                }
                pull(high, from, to);
            });
            let (mut mix, mut out) = (mix, out);
            for (wet, &dry) in samples.iter_mut().zip(&channel.dry) {
                channel.shift += self.block * (*wet - channel.shift);
                channel.shift = L::select(uneven, channel.shift, L::zero());
                mix += mix_step;
                out += out_step;
                *wet = (dry + mix * (*wet - channel.shift - dry)) * out;
            }
            channel.dry.copy_within(n..n + oversample::LATENCY, 0);
            let sound = channel.shift.abs().lt(L::splat(1e15)) & L::splat(1e-25).lt(channel.shift.abs());
            channel.shift = L::select(sound, channel.shift, L::zero());
        }
    }
}
