//! What the effects that move by themselves share: a speed in Hz or in beats, and the shapes of the movement.

use mixsmith_dsp::oscillator::{Oscillator, sine, square, triangle};
use mixsmith_dsp::{Lane, math};
use mixsmith_processor::{Ramp, Setup};

/// The names of the shapes, in the order of their values.
pub(crate) const SHAPES: &[&str] = &["sine", "triangle", "square"];

/// One oscillator for all lanes, at the speed that a rate or a number of beats asks for.
#[derive(Debug)]
pub(crate) struct Turn {
    rate: f32,
    tempo: f32,
    oscillator: Oscillator,
}

impl Turn {
    pub(crate) fn new(setup: &Setup) -> Self {
        Turn { rate: setup.rate, tempo: setup.tempo.clamp(20.0, 400.0), oscillator: Oscillator::default() }
    }

    /// The phase in cycles at the next frames. A cycle takes `beats` quarter notes, or follows `hz` where that is 0. A
    /// new speed holds from the first frame of a piece on; the phase goes on from where it was.
    pub(crate) fn run<L: Lane>(&mut self, hz: &Ramp<L>, beats: &Ramp<L>, out: &mut [L]) {
        for lane in 0..L::WIDTH {
            let (hz, beats) = (f64::from(hz.to.get(lane)), f64::from(beats.to.get(lane)));
            let cycles_a_second = if beats > 0.0 { f64::from(self.tempo) / (60.0 * beats) } else { hz };
            self.oscillator.set_speed(lane, cycles_a_second / f64::from(self.rate));
        }
        self.oscillator.run(out);
    }
}

/// The movement at a phase, from -1 to 1, in the shape that is chosen.
#[inline(always)]
pub(crate) fn shaped<L: Lane>(shape: L, cycles: L) -> L {
    let (first, second) = (shape.lt(L::splat(0.5)), shape.lt(L::splat(1.5)));
    L::select(first, sine(cycles), L::select(second, triangle(cycles), square(cycles)))
}

/// The movement from 0 to 1 of a sine.
#[inline(always)]
pub(crate) fn swing<L: Lane>(cycles: L) -> L {
    let half = L::splat(0.5);
    half + half * sine(cycles)
}

/// Rounds through a loop until its sound has fallen by 120 dB.
pub(crate) fn rounds<L: Lane>(feedback_percent: L) -> L {
    let least = L::splat(1e-3);
    let db = math::decibels((feedback_percent * L::splat(0.01)).abs().max(least));
    L::splat(-120.0) / db.min(L::splat(-0.01))
}

/// Frames that reading a moving delay between frames needs more.
pub(crate) const BETWEEN: usize = 8;

/// Frames until nothing is left in a moving delay of at most so many ms.
pub(crate) fn reach<L: Lane>(ms: L, rate: f32) -> L {
    (ms * L::splat(rate * 0.001)).floor() + L::splat(BETWEEN as f32)
}
