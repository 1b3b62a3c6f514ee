//! The level goes up and down.

use mixsmith_dsp::Lane;
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, params};

use crate::glide::Glide;
use crate::modulation::{SHAPES, Turn, shaped};

params! {
    /// The level goes up and down.
    pub struct TremoloParams {
        /// Speed, where the beats are 0.
        rate: "Rate", Hz, 0.05..=20.0, Log, 5.0, Step;
        /// Length of one cycle in quarter notes; 0 follows the rate in Hz.
        beats: "Beats", Beats, 0.0..=16.0, Lin, 0.0, Step;
        /// How far the level falls: 100 goes down to silence.
        depth: "Depth", Percent, 0.0..=100.0, Lin, 50.0, Smooth(20.0);
        /// How it goes up and down; the square has rounded edges.
        shape: "Shape", Choice(SHAPES), 0.0..=2.0, Lin, 0.0, Step;
        /// Where in the cycle the song begins: 0 half way up, 90 at the top.
        phase: "Phase", Degrees, 0.0..=360.0, Lin, 90.0, Smooth(50.0);
        /// How much of a cycle the right side is ahead: at 180 the sound goes from side to side.
        spread: "Spread", Degrees, 0.0..=180.0, Lin, 0.0, Smooth(50.0);
    }
}

/// The level goes up and down.
#[derive(Debug)]
pub struct Tremolo<L: Lane> {
    turn: Turn,
    cycles: [L; QUANTUM],
}

impl<L: Lane> Effect<L> for Tremolo<L> {
    const ID: &'static str = "modulation.tremolo";
    const NAME: &'static str = "Tremolo";
    const DOC: &'static str = "Turns the level up and down at a steady pace, in Hz or in beats; the loudest moment is \
                               the level that came in.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = TremoloParams<U>;

    fn new(setup: &Setup, _: &TremoloParams) -> Self {
        Tremolo { turn: Turn::new(setup), cycles: [L::zero(); QUANTUM] }
    }

    #[inline(always)]
    fn process(&mut self, ramps: &TremoloParams<Ramp<L>>, io: Io<'_, L>) {
        let frames = io.left.len();
        let cycles = &mut self.cycles[..frames];
        self.turn.run(&ramps.rate, &ramps.beats, cycles);
        // Half of the depth: the gain goes from 1 down by it and as much again.
        let depth = Glide::new(&ramps.depth, 0.005, frames);
        let phase = Glide::new(&ramps.phase, 1.0 / 360.0, frames);
        let spread = Glide::new(&ramps.spread, 1.0 / 360.0, frames);
        let one = L::splat(1.0);
        let gain = |i: usize, cycles: L| one + depth.at(i) * (shaped(ramps.shape.to, cycles) - one);
        for (i, (x, &c)) in io.left.iter_mut().zip(&*cycles).enumerate() {
            *x *= gain(i, c + phase.at(i));
        }
        if let Some(right) = io.right {
            for (i, (x, &c)) in right.iter_mut().zip(&*cycles).enumerate() {
                *x *= gain(i, c + phase.at(i) + spread.at(i));
            }
        }
    }
}
