//! Two tapes, one of them held back.

use mixsmith_dsp::Lane;
use mixsmith_dsp::space::MovingDelay;
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

use crate::cuts::sane;
use crate::glide::Glide;
use crate::modulation::{BETWEEN, Turn, reach, rounds, swing};

params! {
    /// Two tapes, one of them held back.
    pub struct FlangerParams {
        /// Speed of the movement, where the beats are 0.
        rate: "Rate", Hz, 0.02..=5.0, Log, 0.25, Step;
        /// Length of one cycle in quarter notes; 0 follows the rate in Hz.
        beats: "Beats", Beats, 0.0..=32.0, Lin, 0.0, Step;
        /// Delay at its shortest.
        delay: "Delay", Ms, 0.1..=10.0, Log, 0.5, Smooth(100.0);
        /// How much longer the delay becomes.
        depth: "Depth", Ms, 0.0..=10.0, Lin, 3.0, Smooth(100.0);
        /// How much of the delayed sound goes round again: sharper peaks between notches that stay as deep as they were.
        feedback: "Feedback", Percent, 0.0..=95.0, Lin, 30.0, Smooth(20.0);
        /// Inverted, the notches stand where the peaks were, and the first of them at 0 Hz.
        polarity: "Polarity", Choice(&["normal", "inverted"]), 0.0..=1.0, Lin, 0.0, Step;
        /// Where in the cycle the song begins.
        phase: "Phase", Degrees, 0.0..=360.0, Lin, 0.0, Smooth(50.0);
        /// How much of a cycle the right side is ahead; a mono track has none.
        spread: "Spread", Degrees, 0.0..=180.0, Lin, 0.0, Smooth(50.0);
        /// Share of the flanged sound; the rest is the dry sound.
        mix: "Mix", Percent, 0.0..=100.0, Lin, 70.0, Smooth(20.0);
    }
}

/// The longest delay in ms.
const LONGEST: f32 = 20.0;
/// Added and taken away again, it drowns what would become denormal.
const FLOOR: f32 = 1e-15;

/// Two tapes, one of them held back.
#[derive(Debug)]
pub struct Flanger<L: Lane> {
    rate: f32,
    turn: Turn,
    cycles: [L; QUANTUM],
    lines: [MovingDelay<L>; 2],
    /// Frames that each lane sounds on.
    tail: L,
}

/// Frames that each lane sounds on.
fn tail_of<L: Lane>(longest_ms: L, feedback: L, rate: f32) -> L {
    reach(longest_ms, rate) * (L::splat(1.0) + rounds(feedback)) + L::splat(1.0)
}

impl<L: Lane> Effect<L> for Flanger<L> {
    const ID: &'static str = "modulation.flanger";
    const NAME: &'static str = "Flanger";
    const DOC: &'static str = "Adds a copy a moment later to the sound: notches at odd multiples of half of one over \
                               the delay wander up and down.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = FlangerParams<U>;

    fn new(setup: &Setup, start: &FlangerParams) -> Self {
        let longest = (LONGEST * setup.rate * 0.001) as usize + BETWEEN;
        Flanger {
            rate: setup.rate,
            turn: Turn::new(setup),
            cycles: [L::zero(); QUANTUM],
            lines: [0, 1].map(|_| MovingDelay::new(longest)),
            tail: tail_of(L::splat(start.delay + start.depth), L::splat(start.feedback), setup.rate),
        }
    }

    fn tail(&self, lane: usize) -> Tail {
        Tail::Frames(self.tail.get(lane) as usize)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &FlangerParams<Ramp<L>>, io: Io<'_, L>) {
        let frames = io.left.len();
        let ms = self.rate * 0.001;
        self.tail = tail_of(ramps.delay.to + ramps.depth.to, ramps.feedback.to, self.rate);
        let cycles = &mut self.cycles[..frames];
        self.turn.run(&ramps.rate, &ramps.beats, cycles);
        let (delay, depth) = (Glide::new(&ramps.delay, ms, frames), Glide::new(&ramps.depth, ms, frames));
        let feedback = Glide::new(&ramps.feedback, 0.01, frames);
        let phase = Glide::new(&ramps.phase, 1.0 / 360.0, frames);
        let spread = Glide::new(&ramps.spread, 1.0 / 360.0, frames);
        let mix = Glide::new(&ramps.mix, 0.01, frames);
        let (one, half, floor) = (L::splat(1.0), L::splat(0.5), L::splat(FLOOR));
        let sign = one - ramps.polarity.to - ramps.polarity.to;
        for (c, (line, channel)) in self.lines.iter_mut().zip([Some(io.left), io.right]).enumerate() {
            let side = L::splat(c as f32);
            for (i, (x, &cycle)) in channel.into_iter().flatten().zip(&*cycles).enumerate() {
                let ago = delay.at(i) + depth.at(i) * swing(cycle + phase.at(i) + side * spread.at(i));
                let late = sign * line.read(ago);
                let back = feedback.at(i);
                let now = (sane(*x) + back * late + floor) - floor;
                line.push(now);
                // Both tapes hear the loop, so their sum has true notches; its power stays that of the input.
                let both = half * (now + late) * (one - back * back).sqrt();
                *x += mix.at(i) * (both - *x);
            }
        }
    }
}
