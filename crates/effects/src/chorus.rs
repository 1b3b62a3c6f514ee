//! A few players where there was one.

use mixsmith_dsp::Lane;
use mixsmith_dsp::space::MovingDelay;
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

use crate::cuts::sane;
use crate::glide::Glide;
use crate::modulation::{BETWEEN, Turn, reach, swing};

params! {
    /// A few players where there was one.
    pub struct ChorusParams {
        /// How many copies are added.
        voices: "Voices", Choice(&["2", "3", "4"]), 0.0..=2.0, Lin, 1.0, Rebuild;
        /// Speed of the movement, where the beats are 0.
        rate: "Rate", Hz, 0.02..=5.0, Log, 0.6, Step;
        /// Length of one cycle in quarter notes; 0 follows the rate in Hz.
        beats: "Beats", Beats, 0.0..=32.0, Lin, 0.0, Step;
        /// Delay of a copy at its shortest.
        delay: "Delay", Ms, 1.0..=40.0, Log, 10.0, Smooth(100.0);
        /// How much longer the delay becomes.
        depth: "Depth", Ms, 0.0..=10.0, Lin, 3.0, Smooth(100.0);
        /// Where in the cycle the song begins.
        phase: "Phase", Degrees, 0.0..=360.0, Lin, 0.0, Smooth(50.0);
        /// How much of a cycle the right side is ahead: 0 leaves the image as it is.
        spread: "Spread", Degrees, 0.0..=180.0, Lin, 90.0, Smooth(50.0);
        /// Share of the copies; the rest is the dry sound.
        mix: "Mix", Percent, 0.0..=100.0, Lin, 50.0, Smooth(20.0);
    }
}

/// The longest delay in ms.
const LONGEST: f32 = 50.0;

/// A few players where there was one.
#[derive(Debug)]
pub struct Chorus<L: Lane> {
    rate: f32,
    voices: usize,
    turn: Turn,
    cycles: [L; QUANTUM],
    lines: [MovingDelay<L>; 2],
    /// Frames that each lane sounds on.
    tail: L,
}

impl<L: Lane> Effect<L> for Chorus<L> {
    const ID: &'static str = "modulation.chorus";
    const NAME: &'static str = "Chorus";
    const DOC: &'static str = "Adds copies whose delays move, evenly spread over the cycle and over the sides. At \
                               48 kHz a copy loses up to 0.1 dB at 9 kHz and up to 1 dB at 14 kHz.";
    const PORTS: Ports = Ports::STEREO;
    type Params<U: Copy> = ChorusParams<U>;

    fn new(setup: &Setup, start: &ChorusParams) -> Self {
        let frames = setup.rate * 0.001;
        let longest = (LONGEST * frames) as usize + BETWEEN;
        Chorus {
            rate: setup.rate,
            voices: 2 + (start.voices as usize).min(2),
            turn: Turn::new(setup),
            cycles: [L::zero(); QUANTUM],
            lines: [0, 1].map(|_| MovingDelay::new(longest)),
            tail: reach(L::splat(start.delay + start.depth), setup.rate),
        }
    }

    fn tail(&self, lane: usize) -> Tail {
        Tail::Frames(self.tail.get(lane) as usize)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &ChorusParams<Ramp<L>>, io: Io<'_, L>) {
        let Some(right) = io.right else {
            return;
        };
        let frames = io.left.len();
        let ms = self.rate * 0.001;
        self.tail = reach(ramps.delay.to + ramps.depth.to, self.rate);
        let cycles = &mut self.cycles[..frames];
        self.turn.run(&ramps.rate, &ramps.beats, cycles);
        let (delay, depth) = (Glide::new(&ramps.delay, ms, frames), Glide::new(&ramps.depth, ms, frames));
        let phase = Glide::new(&ramps.phase, 1.0 / 360.0, frames);
        let spread = Glide::new(&ramps.spread, 1.0 / 360.0, frames);
        let mix = Glide::new(&ramps.mix, 0.01, frames);
        let apart = 1.0 / self.voices as f32;
        // Copies that move apart add up in power.
        let level = L::splat(apart.sqrt());
        for (c, (line, channel)) in self.lines.iter_mut().zip([io.left, right]).enumerate() {
            let side = L::splat(c as f32);
            for (i, (x, &cycle)) in channel.iter_mut().zip(&*cycles).enumerate() {
                let from = cycle + phase.at(i) + side * spread.at(i);
                let mut wet = L::zero();
                for voice in 0..self.voices {
                    let ago = delay.at(i) + depth.at(i) * swing(from + L::splat(voice as f32 * apart));
                    wet += line.read(ago);
                }
                line.push(sane(*x));
                *x += mix.at(i) * (wet * level - *x);
            }
        }
    }
}
