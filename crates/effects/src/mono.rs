//! A bottom in the middle.

use mixsmith_dsp::Lane;
use mixsmith_dsp::filter::{Prototype, Section, Svf, cascade, design::Shape, matched};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

use crate::glide::Glide;

params! {
    /// A bottom in the middle.
    pub struct MonoMakerParams {
        /// Below this frequency the sound is mono: there the side is 6 dB down, and falls by 24 dB an octave.
        below: "Below", Hz, 20.0..=500.0, Log, 120.0, Smooth(20.0);
        /// How much of the side's bottom is taken out.
        amount: "Amount", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
    }
}

/// A bottom in the middle.
#[derive(Debug)]
pub struct MonoMaker<L: Lane> {
    rate: f64,
    designed: Option<L>,
    sections: [Svf<L, 1>; 2],
    /// Frames that each lane sounds on.
    tail: L,
    side: [L; QUANTUM],
}

impl<L: Lane> MonoMaker<L> {
    /// Two Butterworth sections in a row make the high-pass of a Linkwitz-Riley crossover (Linkwitz, JAES 1976).
    fn aim(&mut self, corner: L, jump: bool) {
        if self.designed.replace(corner) == Some(corner) && !jump {
            return;
        }
        for lane in 0..L::WIDTH {
            let shape = Shape::HighPass { q: std::f64::consts::FRAC_1_SQRT_2 };
            let section: Section = matched(&Prototype { hz: f64::from(corner.get(lane)), shape }, self.rate);
            // Two in a row ring somewhat longer than one.
            self.tail.set(lane, (1.3 * section.tail()) as f32);
            self.sections.iter_mut().for_each(|svf| svf.aim(lane, &section, jump));
        }
    }
}

impl<L: Lane> Effect<L> for MonoMaker<L> {
    const ID: &'static str = "stereo.mono";
    const NAME: &'static str = "Mono maker";
    const DOC: &'static str = "Takes the side out below a frequency, 24 dB an octave, without latency. What is heard \
                               in mono does not change.";
    const PORTS: Ports = Ports::STEREO;
    type Params<U: Copy> = MonoMakerParams<U>;

    fn new(setup: &Setup, start: &MonoMakerParams) -> Self {
        let mut mono = MonoMaker {
            rate: f64::from(setup.rate),
            designed: None,
            sections: [Svf::default(); 2],
            tail: L::zero(),
            side: [L::zero(); QUANTUM],
        };
        mono.aim(L::splat(start.below), true);
        mono.designed = None;
        mono
    }

    fn tail(&self, lane: usize) -> Tail {
        Tail::Frames(self.tail.get(lane) as usize + 1)
    }

    fn still(&self) -> bool {
        self.sections.iter().all(Svf::still)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &MonoMakerParams<Ramp<L>>, io: Io<'_, L>) {
        let Some(right) = io.right else {
            return;
        };
        let frames = io.left.len();
        if self.designed.is_none() {
            self.aim(ramps.below.from, true);
        }
        self.aim(ramps.below.to, false);
        let half = L::splat(0.5);
        let side = &mut self.side[..frames];
        for ((side, &l), &r) in side.iter_mut().zip(io.left.iter()).zip(right.iter()) {
            *side = half * (l - r);
        }
        cascade(self.sections.iter_mut(), [&mut *side]);
        let amount = Glide::new(&ramps.amount, 0.01, frames);
        for (i, ((l, r), &side)) in io.left.iter_mut().zip(right.iter_mut()).zip(&*side).enumerate() {
            // One side gains what the other loses: their sum stays.
            let change = amount.at(i) * (side - half * (*l - *r));
            *l += change;
            *r -= change;
        }
    }
}
