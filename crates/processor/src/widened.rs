//! An effect over the widest registers of the machine, seen from outside as one over plain numbers.

use mixsmith_dsp::lane::wide::Bundle;

use crate::effect::Erased;
use crate::{Effect, Io, Key, Processor, Ramp, Setup, Tail};

struct Widened<B: Bundle, E: Effect<B::Widest>> {
    inner: Erased<B::Widest, E>,
    ramps: Vec<Ramp<B::Widest>>,
}

/// Builds one. The machine must have such registers: [`Bundle::available`].
pub(crate) fn widened<B: Bundle, E: Effect<B::Widest>>(setup: &Setup, values: &[f32]) -> Box<dyn Processor<B>>
where
    E::Params<Ramp<B::Widest>>: Send,
{
    assert!(B::available(), "asked before anything wide was built");
    let still = |&value: &f32| Ramp::still(B::splat(value).into());
    Box::new(Widened::<B, E> { inner: Erased::new(setup, values), ramps: values.iter().map(still).collect() })
}

impl<B: Bundle, E: Effect<B::Widest>> Processor<B> for Widened<B, E>
where
    E::Params<Ramp<B::Widest>>: Send,
{
    fn latency(&self) -> usize {
        self.inner.latency()
    }
    fn tail(&self) -> Tail {
        self.inner.tail()
    }
    fn set(&mut self, ramps: &[Ramp<B>]) {
        for (wide, ramp) in self.ramps.iter_mut().zip(ramps) {
            *wide = Ramp { from: ramp.from.into(), to: ramp.to.into() };
        }
        self.inner.set(&self.ramps);
    }
    fn run(&mut self, io: Io<'_, B>) {
        let key = io.key.map(|key| Key { left: B::widest(key.left), right: key.right.map(B::widest) });
        let right = io.right.map(B::widest_mut);
        self.inner.run(Io { left: B::widest_mut(io.left), right, key });
    }
    fn passed(&self) -> bool {
        self.inner.passed()
    }
    fn reduction_db(&self) -> B {
        self.inner.reduction_db().into()
    }
    fn gains(&self) -> Option<[&[B]; 2]> {
        self.inner.gains().map(|gains| gains.map(B::any))
    }
}
