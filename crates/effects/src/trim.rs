//! Level and polarity.

use mixsmith_dsp::{Lane, math};
use mixsmith_processor::{Effect, Io, Ports, Ramp, Setup, params};

params! {
    /// Level and polarity.
    pub struct TrimParams {
        /// Change of level.
        gain: "Gain", Db, -60.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Turns the waveform upside down.
        polarity: "Polarity", Choice(&["normal", "inverted"]), 0.0..=1.0, Lin, 0.0, Step;
    }
}

/// Level and polarity.
#[derive(Debug)]
pub struct Trim<L>(std::marker::PhantomData<L>);

impl<L: Lane> Effect<L> for Trim<L> {
    const ID: &'static str = "tool.trim";
    const NAME: &'static str = "Trim";
    const DOC: &'static str = "Changes level and polarity, and nothing else.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = TrimParams<U>;

    fn new(_: &Setup, _: &TrimParams) -> Self {
        Trim(std::marker::PhantomData)
    }

    fn still(&self) -> bool {
        true
    }

    #[inline(always)]
    fn process(&mut self, ramps: &TrimParams<Ramp<L>>, io: Io<'_, L>) {
        let share = 1.0 / io.left.len() as f32;
        // A line in decibels is a curve in amplitude: each frame has its own.
        let gain = |i: usize| {
            let polarity = ramps.polarity.along(i, share);
            math::amplitude(ramps.gain.along(i, share)) * (L::splat(1.0) - polarity - polarity)
        };
        let channels = [Some(io.left), io.right].into_iter().flatten();
        if ramps.gain.moves() || ramps.polarity.moves() {
            channels.for_each(|channel| channel.iter_mut().enumerate().for_each(|(i, x)| *x *= gain(i)));
            return;
        }
        let gain = gain(0);
        channels.for_each(|channel| channel.iter_mut().for_each(|x| *x *= gain));
    }
}
