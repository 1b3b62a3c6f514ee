//! Saturation as of a tape machine.

use mixsmith_dsp::dynamics::sane;
use mixsmith_dsp::filter::ThreeWay;
use mixsmith_dsp::{Lane, math, oversample, shaper};
use mixsmith_processor::{Effect, Io, Ports, Ramp, Setup, Tail, params};

use crate::bent::{Bent, TAIL};

/// The names of the speeds in inches a second, in the order of their values.
pub const SPEEDS: &[&str] = &["7.5", "15", "30"];

params! {
    /// Soft saturation that takes the treble first, and a bump in the bass.
    pub struct TapeParams {
        /// How far the sound is pushed into the curve. What is too quiet to be bent keeps its level.
        drive: "Drive", Db, 0.0..=36.0, Lin, 6.0, Smooth(20.0);
        /// Inches a second: a slow tape saturates further down in the treble, and its bump lies lower (30, 60 or 120 Hz).
        speed: "Speed", Choice(SPEEDS), 0.0..=2.0, Lin, 1.0, Step;
        /// Height of the bump that the head makes in the bass.
        bump: "Head bump", Db, 0.0..=6.0, Lin, 1.5, Smooth(20.0);
        /// Share of the taped sound; the rest is the sound as it was, in time with it.
        mix: "Mix", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
        /// Level of the whole.
        output: "Output", Db, -24.0..=36.0, Lin, 0.0, Smooth(20.0);
    }
}

/// By how much the treble is raised before the curve and lowered after it, as a factor (10 dB; ours).
const EMPHASIS: f32 = 3.162_278;
/// Where it is raised: the time constants in µs of IEC 60094-1 for 7.5, 15 and 30 inches a second.
const MICROSECONDS: [f64; 3] = [70.0, 35.0, 17.5];
/// Quality factor of the bump (ours).
const BUMP_Q: f32 = 1.0;
/// The bump at 7.5 inches a second, Hz: a wave that is a quarter of an inch long on the tape (ours).
const BUMP_HZ: f32 = 30.0;

/// Saturation as of a tape machine, with neither its noise nor its flutter.
///
/// The treble is raised by `(1 + G s/w) / (1 + s/w)`, the sound is bent by `x / sqrt(1 + x^2)` at eight times the sample
/// rate, and the treble is lowered by exactly as much; then comes the bump, a bell. So quiet sound has the response of
/// the bump alone, and of loud sound the treble bends first.
#[derive(Debug)]
pub struct Tape<L> {
    rate: f32,
    speed: Option<L>,
    channels: [Channel<L>; 2],
}

#[derive(Debug)]
struct Channel<L> {
    raise: Shelf<L>,
    bent: Bent<L>,
    lower: Shelf<L>,
    bump: ThreeWay<L>,
}

/// A first-order treble shelf, trapezoidal.
#[derive(Clone, Copy, Debug)]
struct Shelf<L> {
    share: L,
    gain: L,
    state: L,
}

impl<L: Lane> Shelf<L> {
    fn new(gain: f32) -> Self {
        Shelf { share: L::zero(), gain: L::splat(gain), state: L::zero() }
    }

    /// `g` is the tangent of half the corner's angle.
    fn tune(&mut self, g: L) {
        self.share = g / (L::splat(1.0) + g);
    }

    #[inline(always)]
    fn next(&mut self, x: L) -> L {
        let step = self.share * (x - self.state);
        let low = self.state + step;
        self.state = low + step;
        low + self.gain * (x - low)
    }

    /// As [`ThreeWay::settle`].
    fn settle(&mut self, last: L) {
        let rests = self.state.abs().lt(L::splat(1e-15)) & !L::zero().lt(last.abs());
        self.state = L::select(rests, L::zero(), self.state);
    }
}

impl<L: Lane> Tape<L> {
    /// Tunes the filters where the speed has changed.
    fn tune(&mut self, speed: L) {
        if self.speed == Some(speed) {
            return;
        }
        self.speed = Some(speed);
        let rate = f64::from(self.rate);
        let corner = |speed: f32| 1e6 / (std::f64::consts::TAU * MICROSECONDS[(speed as usize).min(2)]);
        let g = speed.map(|speed| (std::f64::consts::PI * (corner(speed) / rate).min(0.45)).tan() as f32);
        let bump = speed.map(|speed| BUMP_HZ * (1 << (speed as usize).min(2)) as f32);
        for Channel { raise, lower, bump: bell, .. } in &mut self.channels {
            raise.tune(g);
            // The inverse has its corner where the raised treble ends.
            lower.tune(g * L::splat(1.0 / EMPHASIS));
            bell.tune(bump, L::splat(BUMP_Q));
        }
    }
}

impl<L: Lane> Effect<L> for Tape<L> {
    const ID: &'static str = "colour.tape";
    const NAME: &'static str = "Tape";
    const DOC: &'static str =
        "Saturates softly, the treble first, and rounds the bass, as a tape machine does. Adds no noise.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = TapeParams<U>;

    fn new(setup: &Setup, start: &TapeParams) -> Self {
        let channel = || Channel {
            raise: Shelf::new(EMPHASIS),
            bent: Bent::new(),
            lower: Shelf::new(1.0 / EMPHASIS),
            bump: ThreeWay::new(setup.rate),
        };
        let mut tape = Tape { rate: setup.rate, speed: None, channels: [channel(), channel()] };
        tape.tune(L::splat(start.speed));
        tape
    }

    fn latency(&self) -> usize {
        oversample::LATENCY
    }

    fn tail(&self, lane: usize) -> Tail {
        // The filters of the treble have long fallen silent when the bump has. What bump and output raise by 42 dB takes a
        // third longer to fall by 120.
        Tail::Frames(TAIL + (1.36 * self.channels[0].bump.tail(lane)) as usize)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &TapeParams<Ramp<L>>, io: Io<'_, L>) {
        self.tune(ramps.speed.to);
        let share = L::splat(1.0 / io.left.len() as f32);
        let line = |ramp: Ramp<L>, f: &dyn Fn(L) -> L| (f(ramp.from), (f(ramp.to) - f(ramp.from)) * share);
        let drive = line(ramps.drive, &math::amplitude);
        let bump = line(ramps.bump, &|db| math::amplitude(db) - L::splat(1.0));
        let mix = line(ramps.mix, &|percent| percent * L::splat(0.01));
        let output = line(ramps.output, &math::amplitude);
        for (channel, sound) in self.channels.iter_mut().zip([Some(io.left), io.right].into_iter().flatten())
        {
            let Channel { raise, bent, lower, bump: bell } = channel;
            let mut dry = [L::zero(); mixsmith_processor::QUANTUM];
            let last = *sound.last().unwrap_or(&L::zero());
            for (x, dry) in sound.iter_mut().zip(&mut dry) {
                let came = sane(*x);
                *dry = bent.dry(came);
                *x = raise.next(came);
            }
            raise.settle(last);
            bent.run(sound, |frame, before, now| {
                let drive = drive.0 + drive.1 * L::splat((frame + 1) as f32);
                shaper::soft(before * drive, now * drive) / drive
            });
            let last = *sound.last().unwrap_or(&L::zero());
            let (mut bump, step) = bump;
            let (mut mix, mix_step) = mix;
            let (mut output, output_step) = output;
            for (x, &dry) in sound.iter_mut().zip(&dry) {
                bump += step;
                mix += mix_step;
                output += output_step;
                let played = lower.next(*x);
                let taped = played + bump * bell.next(played)[1];
                *x = (dry + mix * (taped - dry)) * output;
            }
            lower.settle(last);
            bell.settle(last);
        }
    }
}
