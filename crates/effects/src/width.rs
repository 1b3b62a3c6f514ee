//! Stereo width, a mono bottom, and balance.

use mixsmith_dsp::Lane;
use mixsmith_dsp::filter::{Prototype, Section, Svf, design::Shape, matched};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

params! {
    /// Stereo width, a mono bottom, and balance.
    pub struct WidthParams {
        /// Level of the side: 0 is mono, 100 leaves the sound as it is, 200 doubles the side.
        width: "Width", Percent, 0.0..=200.0, Lin, 100.0, Smooth(20.0);
        /// Below this frequency the sound becomes mono, 12 dB an octave; 0 is off.
        monobelow: "Mono below", Hz, 0.0..=500.0, Lin, 0.0, Smooth(20.0);
        /// Turns the other side down: fully right mutes the left channel.
        balance: "Balance", Pan, -100.0..=100.0, Lin, 0.0, Smooth(20.0);
    }
}

/// Stereo width, a mono bottom, and balance.
#[derive(Debug)]
pub struct Width<L: Lane> {
    rate: f64,
    /// The corner that each lane's high-pass on the side was designed for.
    designed: Option<L>,
    side: Svf<L, 1>,
    /// Frames that each lane sounds on.
    tail: L,
}

impl<L: Lane> Width<L> {
    fn aim(&mut self, corner: L) {
        let before = self.designed.replace(corner);
        if before == Some(corner) {
            return;
        }
        for lane in 0..L::WIDTH {
            let hz = f64::from(corner.get(lane));
            let shape = Shape::HighPass { q: std::f64::consts::FRAC_1_SQRT_2 };
            // Below 5 Hz there is no sound to make mono.
            let section = (hz >= 5.0).then(|| matched(&Prototype { hz, shape }, self.rate));
            self.tail.set(lane, section.map_or(0.0, |s| s.tail()) as f32);
            self.side.aim(lane, &section.unwrap_or(Section::IDENTITY), before.is_none());
        }
    }
}

impl<L: Lane> Effect<L> for Width<L> {
    const ID: &'static str = "stereo.width";
    const NAME: &'static str = "Width";
    const DOC: &'static str =
        "Widens or narrows the stereo image, keeps the bottom in the middle, and balances.";
    const PORTS: Ports = Ports::STEREO;
    type Params<U: Copy> = WidthParams<U>;

    fn new(setup: &Setup, start: &WidthParams) -> Self {
        let mut width =
            Width { rate: f64::from(setup.rate), designed: None, side: Svf::default(), tail: L::zero() };
        width.aim(L::splat(start.monobelow));
        width.designed = None;
        width
    }

    fn tail(&self, lane: usize) -> Tail {
        let frames = self.tail.get(lane);
        if frames == 0.0 { Tail::None } else { Tail::Frames(frames as usize + 1) }
    }

    fn still(&self) -> bool {
        self.side.still()
    }

    #[inline(always)]
    fn process(&mut self, ramps: &WidthParams<Ramp<L>>, io: Io<'_, L>) {
        let Some(right) = io.right else {
            return;
        };
        if self.designed.is_none() {
            self.side = Svf::default();
            self.aim(ramps.monobelow.from);
        }
        self.aim(ramps.monobelow.to);
        let half = L::splat(0.5);
        let mut side = [L::zero(); QUANTUM];
        let side = &mut side[..io.left.len()];
        for ((side, &l), &r) in side.iter_mut().zip(io.left.iter()).zip(right.iter()) {
            *side = half * (l - r);
        }
        self.side.run([&mut *side]);

        let share = L::splat(1.0 / io.left.len() as f32);
        let hundredth = L::splat(0.01);
        let one = L::splat(1.0);
        let keep = |balance: L| ((one - balance * hundredth).min(one), (one + balance * hundredth).min(one));
        let (from, to) = (keep(ramps.balance.from), keep(ramps.balance.to));
        let steps = ((to.0 - from.0) * share, (to.1 - from.1) * share);
        let mut gains = from;
        let mut width = ramps.width.from * hundredth;
        let step = (ramps.width.to * hundredth - width) * share;
        for ((l, r), side) in io.left.iter_mut().zip(right.iter_mut()).zip(&*side) {
            width += step;
            gains.0 += steps.0;
            gains.1 += steps.1;
            // What is added is the change of the side: nought, exactly, where nothing is to change.
            let change = *side * width - half * (*l - *r);
            *l = (*l + change) * gains.0;
            *r = (*r - change) * gains.1;
        }
    }
}
