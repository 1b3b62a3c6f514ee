//! Effects that only measure: one that is late by as much as it says, and one that multiplies with its key.

use std::sync::LazyLock;

use mixsmith_dsp::{Lane, X8};
use mixsmith_effects::all::{ALL, WIDE};
use mixsmith_processor::{Effect, Io, Kind, Kinds, Ports, Ramp, Setup, params};

params! {
    /// Of [`Late`].
    pub struct LateParams {
        /// Delay in frames.
        frames: "Frames", Q, 0.0..=5000.0, Lin, 0.0, Rebuild;
    }
}

/// Late by as much as it says.
pub(crate) struct Late<L> {
    lines: [Vec<L>; 2],
    at: usize,
}

impl<L: Lane> Effect<L> for Late<L> {
    const ID: &'static str = "test.late";
    const NAME: &'static str = "Late";
    const DOC: &'static str = "Late by as much as it says.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = LateParams<U>;

    fn new(_: &Setup, start: &LateParams) -> Self {
        Late { lines: [(); 2].map(|()| vec![L::zero(); start.frames as usize]), at: 0 }
    }

    fn latency(&self) -> usize {
        self.lines[0].len()
    }

    fn process(&mut self, _: &LateParams<Ramp<L>>, io: Io<'_, L>) {
        let length = self.lines[0].len();
        if length == 0 {
            return;
        }
        let frames = io.left.len();
        for (line, block) in self.lines.iter_mut().zip([Some(io.left), io.right].into_iter().flatten()) {
            for (i, x) in block.iter_mut().enumerate() {
                std::mem::swap(x, &mut line[(self.at + i) % length]);
            }
        }
        self.at = (self.at + frames) % length;
    }
}

params! {
    /// Of [`Times`].
    pub struct TimesParams {
        /// Not used; an effect has at least one knob.
        spare: "Spare", Q, 0.0..=1.0, Lin, 0.0, Step;
    }
}

/// Multiplies with its key: a click passes only where both come in the same frame.
pub(crate) struct Times;

impl<L: Lane> Effect<L> for Times {
    const ID: &'static str = "test.times";
    const NAME: &'static str = "Times";
    const DOC: &'static str = "Multiplies with its key.";
    const PORTS: Ports = Ports::KEYED;
    type Params<U: Copy> = TimesParams<U>;

    fn new(_: &Setup, _: &TimesParams) -> Self {
        Times
    }

    fn process(&mut self, _: &TimesParams<Ramp<L>>, io: Io<'_, L>) {
        let Some(key) = io.key else { return };
        let sides = [Some((io.left, key.left)), io.right.map(|right| (right, key.right.unwrap_or(key.left)))];
        for (block, key) in sides.into_iter().flatten() {
            block.iter_mut().zip(key).for_each(|(x, k)| *x *= *k);
        }
    }
}

/// A shelf with these two before all others.
fn with<T: Lane + 'static>(shelf: &[Kind<T>]) -> Vec<Kind<T>> {
    let copy = |kind: &Kind<T>| Kind { ..*kind };
    [Kind::of::<Late<T>>(), Kind::of::<Times>()].into_iter().chain(shelf.iter().map(copy)).collect()
}

static ONE: LazyLock<Vec<Kind<f32>>> = LazyLock::new(|| with(ALL));
static EIGHT: LazyLock<Vec<Kind<X8>>> = LazyLock::new(|| with(WIDE));

/// Eight lanes for any machine, whatever registers this one has.
macro_rules! plain {
    ($($module:ident :: $effect:ident),*) => {
        static PLAIN: LazyLock<Vec<Kind<X8>>> = LazyLock::new(|| {
            let mut shelf = with(WIDE);
            let own = [$(Kind::of::<mixsmith_effects::$module::$effect<X8>>()),*];
            for own in own {
                shelf.iter_mut().filter(|kind| kind.id == own.id).for_each(|kind| {
                    (kind.build, kind.sixteen) = (own.build, None);
                });
            }
            shelf
        });
    };
}

// Those that the shelf compiles for wider registers too.
plain!(compressor::Compressor, equaliser::Equaliser);

/// Every effect, and the two that only measure.
pub(crate) fn kinds() -> Kinds {
    Kinds(&ONE, &EIGHT)
}

/// The same without the registers that not every machine has.
pub(crate) fn plain_kinds() -> Kinds {
    Kinds(&ONE, &PLAIN)
}

/// The same, every strip by itself.
pub(crate) fn single_kinds() -> Kinds {
    Kinds(&ONE, &[])
}
