//! An exciter.

use std::f32::consts::FRAC_1_SQRT_2;

use mixsmith_dsp::dynamics::sane;
use mixsmith_dsp::filter::ThreeWay;
use mixsmith_dsp::{Lane, math, oversample, shaper};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

use crate::bent::{Bent, TAIL};

params! {
    /// Adds harmonics of what is above a frequency.
    pub struct ExciterParams {
        /// Harmonics are made of what is above, and what they bring below is taken out again.
        frequency: "Frequency", Hz, 1000.0..=12000.0, Log, 4000.0, Smooth(20.0);
        /// How far the sound is pushed into the curves.
        drive: "Drive", Db, 0.0..=36.0, Lin, 18.0, Smooth(20.0);
        /// 0 makes odd harmonics, 100 even ones.
        even: "Even", Percent, 0.0..=100.0, Lin, 50.0, Smooth(20.0);
        /// How much of the harmonics is added. The sound itself stays.
        mix: "Mix", Percent, 0.0..=100.0, Lin, 30.0, Smooth(20.0);
    }
}

/// Adds harmonics of what is above a frequency, made at eight times the sample rate.
///
/// With `u` the sound above the frequency times the drive `d`, `even (1 - (1 + u^2)^(-3/2)) / d` and
/// `(1 - even) (u / sqrt(1 + u^2))^3 / d` are added ([`shaper::folded`], [`shaper::cubed`]): of a quiet sound its square
/// and its cube, never more than `1 / d`.
#[derive(Debug)]
pub struct Exciter<L> {
    channels: [Channel<L>; 2],
    tail: usize,
}

#[derive(Debug)]
struct Channel<L> {
    above: ThreeWay<L>,
    bent: Bent<L>,
    again: ThreeWay<L>,
}

impl<L: Lane> Effect<L> for Exciter<L> {
    const ID: &'static str = "colour.exciter";
    const NAME: &'static str = "Exciter";
    const DOC: &'static str = "Adds harmonics of what is above a frequency: brilliance where there was none.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = ExciterParams<U>;

    fn new(setup: &Setup, _: &ExciterParams) -> Self {
        let filter = || ThreeWay::new(setup.rate);
        let channel = || Channel { above: filter(), bent: Bent::new(), again: filter() };
        Exciter {
            channels: [channel(), channel()],
            // The lowest filters, 1 kHz twice, have fallen by 120 dB after 4 ms.
            tail: TAIL + (0.004 * setup.rate) as usize,
        }
    }

    fn latency(&self) -> usize {
        oversample::LATENCY
    }

    fn tail(&self, _: usize) -> Tail {
        Tail::Frames(self.tail)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &ExciterParams<Ramp<L>>, io: Io<'_, L>) {
        let share = L::splat(1.0 / io.left.len() as f32);
        let hundredth = L::splat(0.01);
        let line = |from: L, to: L| (from, (to - from) * share);
        let drive = line(math::amplitude(ramps.drive.from), math::amplitude(ramps.drive.to));
        let even = line(ramps.even.from * hundredth, ramps.even.to * hundredth);
        let mix = line(ramps.mix.from * hundredth, ramps.mix.to * hundredth);
        for (channel, sound) in self.channels.iter_mut().zip([Some(io.left), io.right].into_iter().flatten())
        {
            let Channel { above, bent, again } = channel;
            above.tune(ramps.frequency.to, L::splat(FRAC_1_SQRT_2));
            again.tune(ramps.frequency.to, L::splat(FRAC_1_SQRT_2));
            let mut harmonics = [L::zero(); QUANTUM];
            let harmonics = &mut harmonics[..sound.len()];
            for (x, &sound) in harmonics.iter_mut().zip(&*sound) {
                *x = above.next(sane(sound))[2];
            }
            above.settle(*sound.last().unwrap_or(&L::zero()));
            bent.run(harmonics, |frame, before, now| {
                let at = L::splat((frame + 1) as f32);
                let (drive, even) = (drive.0 + drive.1 * at, even.0 + even.1 * at);
                let (before, now) = (before * drive, now * drive);
                let odd = shaper::cubed(before, now);
                (odd + even * (shaper::folded(before, now) - odd)) / drive
            });
            let mut amount = mix.0;
            for (x, &wet) in sound.iter_mut().zip(&*harmonics) {
                amount += mix.1;
                *x = bent.dry(*x) + amount * again.next(wet)[2];
            }
            again.settle(*harmonics.last().unwrap_or(&L::zero()));
        }
    }
}
