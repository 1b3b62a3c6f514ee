//! The sound goes from side to side at equal power.

use mixsmith_dsp::Lane;
use mixsmith_dsp::oscillator::sine;
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, params};

use crate::glide::Glide;
use crate::modulation::{SHAPES, Turn, shaped};

params! {
    /// The sound goes from side to side at equal power.
    pub struct AutoPanParams {
        /// Speed, where the beats are 0.
        rate: "Rate", Hz, 0.02..=10.0, Log, 0.5, Step;
        /// Length of one cycle in quarter notes; 0 follows the rate in Hz.
        beats: "Beats", Beats, 0.0..=32.0, Lin, 0.0, Step;
        /// How far it goes: 100 reaches the sides.
        depth: "Depth", Percent, 0.0..=100.0, Lin, 60.0, Smooth(20.0);
        /// How it moves; the square has rounded edges.
        shape: "Shape", Choice(SHAPES), 0.0..=2.0, Lin, 0.0, Step;
        /// Where in the cycle the song begins: 0 in the middle on the way right, 90 at the right.
        phase: "Phase", Degrees, 0.0..=360.0, Lin, 0.0, Smooth(50.0);
    }
}

/// The sound goes from side to side at equal power.
#[derive(Debug)]
pub struct AutoPan<L: Lane> {
    turn: Turn,
    cycles: [L; QUANTUM],
}

impl<L: Lane> Effect<L> for AutoPan<L> {
    const ID: &'static str = "stereo.auto-pan";
    const NAME: &'static str = "Auto-pan";
    const DOC: &'static str = "Moves the sound from side to side at a steady pace. The power of both sides together \
                               stays the same: the middle is the level that came in, a side is 3 dB more.";
    const PORTS: Ports = Ports::STEREO;
    type Params<U: Copy> = AutoPanParams<U>;

    fn new(setup: &Setup, _: &AutoPanParams) -> Self {
        AutoPan { turn: Turn::new(setup), cycles: [L::zero(); QUANTUM] }
    }

    #[inline(always)]
    fn process(&mut self, ramps: &AutoPanParams<Ramp<L>>, io: Io<'_, L>) {
        let Some(right) = io.right else {
            return;
        };
        let frames = io.left.len();
        let cycles = &mut self.cycles[..frames];
        self.turn.run(&ramps.rate, &ramps.beats, cycles);
        let depth = Glide::new(&ramps.depth, 0.01, frames);
        let phase = Glide::new(&ramps.phase, 1.0 / 360.0, frames);
        let (eighth, root) = (L::splat(0.125), L::splat(std::f32::consts::SQRT_2));
        for (i, ((l, r), &c)) in io.left.iter_mut().zip(right.iter_mut()).zip(&*cycles).enumerate() {
            // A quarter of a circle from left to right: the gains are its cosine and its sine.
            let place = eighth * depth.at(i) * shaped(ramps.shape.to, c + phase.at(i));
            *l *= root * sine(eighth - place);
            *r *= root * sine(eighth + place);
        }
    }
}
