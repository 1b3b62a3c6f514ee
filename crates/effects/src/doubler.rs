//! The same part played twice more, one take a side.

use mixsmith_dsp::space::MovingDelay;
use mixsmith_dsp::{Lane, math};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

use crate::cuts::sane;
use crate::glide::Glide;
use crate::modulation::{BETWEEN, Turn, reach, swing};

params! {
    /// The same part played twice more, one take a side.
    pub struct DoublerParams {
        /// How late the take on the left is; the one on the right is a third later.
        time: "Time", Ms, 5.0..=40.0, Log, 18.0, Smooth(200.0);
        /// How far the takes wander in time.
        drift: "Drift", Ms, 0.0..=3.0, Lin, 0.8, Smooth(200.0);
        /// How fast they wander. At 0.2 Hz a drift of 1 ms changes the pitch by 1.1 cents at most.
        rate: "Rate", Hz, 0.02..=1.0, Log, 0.2, Step;
        /// Where in its way the left take begins; the right one is a quarter of a cycle ahead.
        phase: "Phase", Degrees, 0.0..=360.0, Lin, 0.0, Smooth(200.0);
        /// Level of the takes.
        level: "Level", Db, -40.0..=0.0, Lin, -6.0, Smooth(20.0);
        /// How far apart the takes stand: 0 has both in the middle.
        width: "Width", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
    }
}

/// Delay of the right take over that of the left: a ratio whose combs meet seldom.
const LATER: f32 = 1.343;
/// The longest delay in ms.
const LONGEST: f32 = 60.0;

/// The same part played twice more, one take a side.
#[derive(Debug)]
pub struct Doubler<L: Lane> {
    rate: f32,
    turn: Turn,
    cycles: [L; QUANTUM],
    lines: [MovingDelay<L>; 2],
    /// Frames that each lane sounds on.
    tail: L,
}

impl<L: Lane> Effect<L> for Doubler<L> {
    const ID: &'static str = "modulation.doubler";
    const NAME: &'static str = "Doubler";
    const DOC: &'static str = "Adds a late, slowly wandering take on each side. In mono no frequency falls by more \
                               than the takes are loud: at -6 dB by 6 dB.";
    const PORTS: Ports = Ports::STEREO;
    type Params<U: Copy> = DoublerParams<U>;

    fn new(setup: &Setup, start: &DoublerParams) -> Self {
        let frames = setup.rate * 0.001;
        Doubler {
            rate: setup.rate,
            turn: Turn::new(setup),
            cycles: [L::zero(); QUANTUM],
            lines: [0, 1].map(|_| MovingDelay::new((LONGEST * frames) as usize + BETWEEN)),
            tail: reach(L::splat(start.time * LATER + start.drift), setup.rate),
        }
    }

    fn tail(&self, lane: usize) -> Tail {
        Tail::Frames(self.tail.get(lane) as usize)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &DoublerParams<Ramp<L>>, io: Io<'_, L>) {
        let Some(right) = io.right else {
            return;
        };
        let frames = io.left.len();
        let ms = self.rate * 0.001;
        self.tail = reach(ramps.time.to * L::splat(LATER) + ramps.drift.to, self.rate);
        let cycles = &mut self.cycles[..frames];
        self.turn.run(&ramps.rate, &Ramp::still(L::zero()), cycles);
        let (time, drift) = (Glide::new(&ramps.time, ms, frames), Glide::new(&ramps.drift, ms, frames));
        let phase = Glide::new(&ramps.phase, 1.0 / 360.0, frames);
        let level = Ramp { from: math::amplitude(ramps.level.from), to: math::amplitude(ramps.level.to) };
        let level = Glide::new(&level, 1.0, frames);
        let width = Glide::new(&ramps.width, 0.01, frames);
        let (half, quarter, later) = (L::splat(0.5), L::splat(0.25), L::splat(LATER));
        let [one, two] = &mut self.lines;
        for (i, ((l, r), &cycle)) in io.left.iter_mut().zip(right.iter_mut()).zip(&*cycles).enumerate() {
            let cycle = cycle + phase.at(i);
            let first = one.read(time.at(i) + drift.at(i) * swing(cycle));
            let second = two.read(time.at(i) * later + drift.at(i) * swing(cycle + quarter));
            one.push(sane(*l));
            two.push(sane(*r));
            let (middle, side) = (half * (first + second), half * (first - second) * width.at(i));
            *l += level.at(i) * (middle + side);
            *r += level.at(i) * (middle - side);
        }
    }
}
