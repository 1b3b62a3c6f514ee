//! Notches that wander, made by all-passes.

use mixsmith_dsp::oscillator::sine;
use mixsmith_dsp::{Lane, math};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

use crate::cuts::sane;
use crate::glide::Glide;
use crate::modulation::{Turn, rounds, swing};

params! {
    /// Notches that wander, made by all-passes.
    pub struct PhaserParams {
        /// All-pass stages; two make a notch.
        stages: "Stages", Choice(&["4", "6", "8", "10", "12"]), 0.0..=4.0, Lin, 1.0, Rebuild;
        /// Speed of the movement, where the beats are 0.
        rate: "Rate", Hz, 0.02..=10.0, Log, 0.4, Step;
        /// Length of one cycle in quarter notes; 0 follows the rate in Hz.
        beats: "Beats", Beats, 0.0..=32.0, Lin, 0.0, Step;
        /// Corner of the stages at its lowest.
        lowest: "Lowest", Hz, 50.0..=5000.0, Log, 300.0, Smooth(50.0);
        /// Corner of the stages at its highest.
        highest: "Highest", Hz, 100.0..=10000.0, Log, 2000.0, Smooth(50.0);
        /// How much goes round again: sharper peaks between notches that stay where and as deep as they were.
        feedback: "Feedback", Percent, 0.0..=90.0, Lin, 30.0, Smooth(20.0);
        /// Where in the cycle the song begins.
        phase: "Phase", Degrees, 0.0..=360.0, Lin, 0.0, Smooth(50.0);
        /// How much of a cycle the right side is ahead; a mono track has none.
        spread: "Spread", Degrees, 0.0..=180.0, Lin, 0.0, Smooth(50.0);
        /// Share of the phased sound; the rest is the dry sound.
        mix: "Mix", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
    }
}

/// The most stages there are.
const MOST: usize = 12;
/// Added and taken away again, it drowns what would become denormal.
const FLOOR: f32 = 1e-15;

/// Notches that wander, made by all-passes.
#[derive(Debug)]
pub struct Phaser<L: Lane> {
    rate: f32,
    stages: usize,
    turn: Turn,
    cycles: [L; QUANTUM],
    /// Of each channel: the memory of the stages, and what goes round.
    state: [([L; MOST], L); 2],
    /// Frames that each lane sounds on.
    tail: L,
}

impl<L: Lane> Phaser<L> {
    fn tail_of(stages: usize, lowest: L, highest: L, feedback: L, rate: f32) -> L {
        // A stage holds a sound back by at most two time constants; by itself it falls 120 dB in 14 of them, and a row of
        // them somewhat later.
        let constant = L::splat(rate / std::f32::consts::TAU) / lowest.min(highest);
        let row = L::splat(stages as f32 * 2.0) * constant;
        row * (L::splat(1.0) + rounds(feedback)) + L::splat(40.0) * constant + L::splat(1.0)
    }
}

/// The coefficient of a first-order all-pass whose phase is a quarter turn at a frequency given in cycles a frame:
/// `(tan - 1) / (tan + 1)` of half the angle.
#[inline(always)]
fn coefficient<L: Lane>(cycles_a_frame: L) -> L {
    let half_angle = cycles_a_frame.min(L::splat(0.45)) * L::splat(0.5);
    let (sin, cos) = (sine(half_angle), sine(half_angle + L::splat(0.25)));
    (sin - cos) / (sin + cos)
}

impl<L: Lane> Effect<L> for Phaser<L> {
    const ID: &'static str = "modulation.phaser";
    const NAME: &'static str = "Phaser";
    const DOC: &'static str = "Adds the sound to itself through a row of all-passes: two stages make a notch, and the \
                               notches wander.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = PhaserParams<U>;

    fn new(setup: &Setup, start: &PhaserParams) -> Self {
        let stages = (4 + 2 * start.stages as usize).min(MOST);
        Phaser {
            rate: setup.rate,
            stages,
            turn: Turn::new(setup),
            cycles: [L::zero(); QUANTUM],
            state: [([L::zero(); MOST], L::zero()); 2],
            tail: Self::tail_of(
                stages,
                L::splat(start.lowest),
                L::splat(start.highest),
                L::splat(start.feedback),
                setup.rate,
            ),
        }
    }

    fn tail(&self, lane: usize) -> Tail {
        Tail::Frames(self.tail.get(lane) as usize)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &PhaserParams<Ramp<L>>, io: Io<'_, L>) {
        let frames = io.left.len();
        self.tail =
            Self::tail_of(self.stages, ramps.lowest.to, ramps.highest.to, ramps.feedback.to, self.rate);
        let cycles = &mut self.cycles[..frames];
        self.turn.run(&ramps.rate, &ramps.beats, cycles);
        // The corner moves by equal ratios.
        let octaves = |ramp: &Ramp<L>| {
            let a_frame = L::splat(1.0 / self.rate);
            let ends = Ramp { from: math::log2(ramp.from * a_frame), to: math::log2(ramp.to * a_frame) };
            Glide::new(&ends, 1.0, frames)
        };
        let (lowest, highest) = (octaves(&ramps.lowest), octaves(&ramps.highest));
        let feedback = Glide::new(&ramps.feedback, 0.01, frames);
        let phase = Glide::new(&ramps.phase, 1.0 / 360.0, frames);
        let spread = Glide::new(&ramps.spread, 1.0 / 360.0, frames);
        let mix = Glide::new(&ramps.mix, 0.01, frames);
        let (one, half, floor) = (L::splat(1.0), L::splat(0.5), L::splat(FLOOR));
        for (c, ((state, round), channel)) in self.state.iter_mut().zip([Some(io.left), io.right]).enumerate()
        {
            let side = L::splat(c as f32);
            for (i, (x, &cycle)) in channel.into_iter().flatten().zip(&*cycles).enumerate() {
                let (low, high) = (lowest.at(i), highest.at(i));
                let corner = low + (high - low) * swing(cycle + phase.at(i) + side * spread.at(i));
                let a = coefficient(math::exp2(corner));
                let back = feedback.at(i);
                let now = (sane(*x) + back * *round + floor) - floor;
                let mut y = now;
                for s in state.iter_mut().take(self.stages) {
                    let through = a * y + *s;
                    *s = y - a * through;
                    y = through;
                }
                *round = y;
                // Both ways hear the loop, so their sum has true notches; its power stays that of the input.
                let both = half * (now + y) * (one - back * back).sqrt();
                *x += mix.at(i) * (both - *x);
            }
        }
    }
}
