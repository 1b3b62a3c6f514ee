//! An effect, its erased form, and the shelf's record of it.

use std::fmt;
use std::sync::Arc;

use mixsmith_dsp::lane::wide::{Bundle, Kernel, Widest, Widest16};
use mixsmith_dsp::{Lane, X8, X16};

use crate::ending::Ending;
use crate::rest::{Rest, silent};
use crate::widened::widened;
use crate::{Param, ParamSet, Ramp};

/// The answer of a room (or a box, or a loudspeaker) to a click, at the rate of the song.
#[derive(Clone, PartialEq)]
pub struct Impulse {
    /// One channel or two, of equal length.
    pub channels: Vec<Vec<f32>>,
}

impl Impulse {
    /// Seconds; what is longer is cut.
    pub const LONGEST: f64 = 15.0;
}

impl fmt::Debug for Impulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frames = self.channels.first().map_or(0, Vec::len);
        write!(f, "Impulse({} channels, {frames} frames)", self.channels.len())
    }
}

/// What is fixed while a processor lives.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// Frames a second.
    pub rate: f32,
    /// Quarter notes a minute, for what follows the tempo.
    pub tempo: f32,
    /// One or two channels.
    pub channels: usize,
    /// The impulse response that an effect with [`Ports::impulse`] is to use in place of its own.
    pub impulse: Option<Arc<Impulse>>,
}

/// How long a processor sounds after its input has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Not longer than its latency.
    None,
    /// This many frames until the rest is below -120 dB of full scale. It is cut off there: silence follows, exactly.
    Frames(usize),
}

/// What can be plugged into an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// Works on one channel as well as on two. Otherwise it needs two.
    pub mono: bool,
    /// Listens to a side-chain key where one is given, else to its own input.
    pub key: bool,
    /// Takes an impulse response of the person's own.
    pub impulse: bool,
}

impl Ports {
    /// One channel or two, no key.
    pub const ANY: Ports = Ports { mono: true, key: false, impulse: false };
    /// One channel or two, with a side chain.
    pub const KEYED: Ports = Ports { mono: true, key: true, impulse: false };
    /// Two channels only.
    pub const STEREO: Ports = Ports { mono: false, key: false, impulse: false };
    /// Two channels only, with a side chain.
    pub const STEREO_KEYED: Ports = Ports { mono: false, key: true, impulse: false };
    /// Two channels only, with an impulse response of the person's own.
    pub const STEREO_IMPULSE: Ports = Ports { mono: false, key: false, impulse: true };
}

/// The signal that a keyed effect listens to.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a, T> {
    /// Left, or the only channel.
    pub left: &'a [T],
    /// Right, if the key has two channels.
    pub right: Option<&'a [T]>,
}

/// A piece of sound, changed in place: 1 to [`crate::QUANTUM`] frames, as many in every slice.
///
/// A piece is a whole quantum, except where a parameter steps or bends: there the quantum is cut, so that each
/// [`Ramp`] is the parameter's true course at every frame. How a sound is cut should not change it: what an effect
/// does once a piece must not depend on how long the piece is.
#[derive(Debug)]
pub struct Io<'a, T> {
    /// Left, or the only channel.
    pub left: &'a mut [T],
    /// Right; `None` when [`Setup::channels`] is 1.
    pub right: Option<&'a mut [T]>,
    /// What a keyed effect ([`Ports::key`]) listens to in place of its input.
    ///
    /// The engine also gives the bus's own input here when it prints a stem through the bus: an effect whose
    /// gain depends only on the key is then linear in its input, and stems add up to the mix.
    pub key: Option<Key<'a, T>>,
}

/// An effect: typed, built anew rather than reset.
///
/// `T` is a lane of `mixsmith-dsp`: one channel, or eight strips side by side with a value each.
///
/// # Realtime safety
/// `new` may allocate. `process`, `latency` and `reduction_db` neither allocate, lock, call the system nor fail.
pub trait Effect<T: Lane>: Send + Sized + 'static {
    /// `family.name`; for ever.
    const ID: &'static str;
    /// What a person reads.
    const NAME: &'static str;
    /// What it is for, in a sentence or two.
    const DOC: &'static str;
    /// What can be plugged in.
    const PORTS: Ports;
    /// The parameters, declared by [`crate::params!`].
    type Params<U: Copy>: ParamSet<U>;

    /// Builds it in its state of rest. `start` holds the values at the start; those of
    /// [`crate::Change::Rebuild`] stay, the others come again with every piece.
    fn new(setup: &Setup, start: &Self::Params<f32>) -> Self;
    /// Frames by which the output is late.
    fn latency(&self) -> usize {
        0
    }
    /// How long it sounds on in one lane, with the parameters of the last piece.
    fn tail(&self, _lane: usize) -> Tail {
        Tail::None
    }
    /// Hears of the parameters' courses before the first piece for which they hold. What follows from parameters alone
    /// belongs here: most stand still most of the time.
    fn set(&mut self, _ramps: &Self::Params<Ramp<T>>) {}
    /// One piece in place. `ramps` are those of the last [`Effect::set`].
    fn process(&mut self, ramps: &Self::Params<Ramp<T>>, io: Io<'_, T>);
    /// Would silence (plus nought, bit for bit) leave every state as it is, in every lane, while the parameters stand still?
    /// Then the processor lets silence pass without running the effect, to the same bits. To say no is always right.
    fn still(&self) -> bool {
        false
    }
    /// Largest gain reduction of each lane in the last piece in dB (0 or more), for meters and reports.
    #[inline(always)]
    fn reduction_db(&self) -> T {
        T::zero()
    }
    /// The gains of the last piece, left and right, where the effect is nothing but its latency and a gain: stems
    /// that run through a bus are then multiplied with them, and the effect need not run again for each. Always
    /// there or never.
    fn gains(&self) -> Option<[&[T]; 2]> {
        None
    }
}

/// An [`Effect`] with its type erased: what the engine runs.
pub trait Processor<T: Copy>: Send {
    /// See [`Effect::latency`].
    fn latency(&self) -> usize;
    /// The longest [`Effect::tail`] of its lanes.
    fn tail(&self) -> Tail;
    /// Sets the parameters' courses, in the order of the table, until they are set again.
    fn set(&mut self, ramps: &[Ramp<T>]);
    /// See [`Effect::process`].
    fn run(&mut self, io: Io<'_, T>);
    /// Sets and runs.
    fn process(&mut self, ramps: &[Ramp<T>], io: Io<'_, T>) {
        self.set(ramps);
        self.run(io);
    }
    /// Did the last piece pass without running the effect? See [`Effect::still`].
    fn passed(&self) -> bool;
    /// See [`Effect::reduction_db`].
    fn reduction_db(&self) -> T;
    /// See [`Effect::gains`].
    fn gains(&self) -> Option<[&[T]; 2]>;
}

pub(crate) struct Erased<T: Lane, E: Effect<T>> {
    effect: E,
    ramps: E::Params<Ramp<T>>,
    ending: Ending<T>,
    rest: Rest,
    /// What was turned down in the last piece: asked for here, where wide registers are.
    reduction_db: T,
    /// Have the parameters been set since the last piece?
    set: bool,
}

/// A piece of sound for an effect to process.
struct Piece<'a, T: Lane, E: Effect<T>>(&'a mut Erased<T, E>, Io<'a, T>);

impl<T: Lane, E: Effect<T>> Kernel for Piece<'_, T, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Piece(Erased { effect, ramps, ending, rest, reduction_db, set }, Io { left, mut right, key }) =
            self;
        let io = Io { left: &mut *left, right: right.as_deref_mut(), key };
        let silence = key.is_none() && silent(&io);
        if rest.passes(silence, io.left.len()) {
            ending.pass(io.left.len());
            return;
        }
        let ends = ending.hear(&io);
        effect.process(ramps, io);
        *reduction_db = effect.reduction_db();
        if std::mem::take(set) {
            ending.aim(lasts(effect));
        }
        if ends {
            ending.cut(left, right.as_deref_mut());
        }
        if silence {
            rest.ran(effect.still(), silent(&Io { left, right, key }));
        }
    }
}

/// Frames that a sound lasts on in each lane, nought where it has no tail.
fn lasts<T: Lane, E: Effect<T>>(effect: &E) -> T {
    let mut lasts = T::zero();
    for lane in 0..T::WIDTH {
        if let Tail::Frames(frames) = effect.tail(lane) {
            lasts.set(lane, (effect.latency() + frames) as f32);
        }
    }
    lasts
}

impl<T: Lane, E: Effect<T>> Erased<T, E> {
    pub(crate) fn new(setup: &Setup, values: &[f32]) -> Self {
        let ramps: Vec<Ramp<T>> = values.iter().map(|&value| Ramp::still(T::splat(value))).collect();
        let effect = E::new(setup, &E::Params::<f32>::from_slice(values));
        let ramps = E::Params::<Ramp<T>>::from_slice(&ramps);
        let (ending, rest, reduction_db) = (Ending::new(), Rest::default(), T::zero());
        Erased { effect, ramps, ending, rest, reduction_db, set: true }
    }
}

impl<T: Lane, E: Effect<T>> Processor<T> for Erased<T, E>
where
    E::Params<Ramp<T>>: Send,
{
    fn latency(&self) -> usize {
        self.effect.latency()
    }
    fn tail(&self) -> Tail {
        let frames = |lane| match self.effect.tail(lane) {
            Tail::None => None,
            Tail::Frames(frames) => Some(frames),
        };
        (0..T::WIDTH).filter_map(frames).max().map_or(Tail::None, Tail::Frames)
    }
    fn set(&mut self, ramps: &[Ramp<T>]) {
        self.ramps = E::Params::<Ramp<T>>::from_slice(ramps);
        self.effect.set(&self.ramps);
        self.set = true;
        self.rest.set(ramps.iter().any(Ramp::moves));
    }
    fn run(&mut self, io: Io<'_, T>) {
        T::run(Piece(self, io));
    }
    fn passed(&self) -> bool {
        self.rest.passed()
    }
    fn reduction_db(&self) -> T {
        self.reduction_db
    }
    fn gains(&self) -> Option<[&[T]; 2]> {
        self.effect.gains()
    }
}

/// Builds an erased processor from values in the order of the table.
pub fn erase<T: Lane, E: Effect<T>>(setup: &Setup, values: &[f32]) -> Box<dyn Processor<T>>
where
    E::Params<Ramp<T>>: Send,
{
    Box::new(Erased::<T, E>::new(setup, values))
}

/// Builds a processor from values in the order of the table.
pub type Build<T> = fn(&Setup, &[f32]) -> Box<dyn Processor<T>>;

/// The shelf's record of an effect.
pub struct Kind<T: 'static> {
    /// See [`Effect::ID`].
    pub id: &'static str,
    /// See [`Effect::NAME`].
    pub name: &'static str,
    /// See [`Effect::DOC`].
    pub doc: &'static str,
    /// What can be plugged in.
    pub ports: Ports,
    /// The parameters.
    pub params: &'static [Param],
    /// Builds a processor from values in the order of `params`. Before it runs its parameters are to be set.
    pub build: Build<T>,
    /// Builds one for sixteen channels, on machines with registers for as many and for effects made for them.
    pub sixteen: Option<Build<X16>>,
}

impl<T: Lane> Kind<T> {
    /// The record of an effect.
    pub const fn of<E: Effect<T>>() -> Self
    where
        E::Params<Ramp<T>>: Send,
    {
        Kind {
            id: E::ID,
            name: E::NAME,
            doc: E::DOC,
            ports: E::PORTS,
            params: <E::Params<f32> as ParamSet<f32>>::TABLE,
            build: erase::<T, E>,
            sixteen: None,
        }
    }

    /// The place of a parameter in the table.
    pub fn param(&self, id: &str) -> Option<(usize, &'static Param)> {
        self.params.iter().enumerate().find(|(_, p)| p.id == id)
    }
}

impl Kind<X8> {
    /// The record of an effect that uses the widest registers of the machine. All that its `process` calls a frame at a
    /// time should be `#[inline(always)]`: see
    /// [`mod@mixsmith_dsp::lane::wide`].
    pub const fn widest<P: Effect<X8>, W: Effect<Widest>, S: Effect<Widest16>>() -> Self
    where
        P::Params<Ramp<X8>>: Send,
        W::Params<Ramp<Widest>>: Send,
        S::Params<Ramp<Widest16>>: Send,
    {
        Kind { build: eight::<P, W>, sixteen: Some(widened::<X16, S>), ..Kind::of::<P>() }
    }
}

/// Over the widest registers where the machine has them, or else for any machine.
fn eight<P: Effect<X8>, W: Effect<Widest>>(setup: &Setup, values: &[f32]) -> Box<dyn Processor<X8>>
where
    P::Params<Ramp<X8>>: Send,
    W::Params<Ramp<Widest>>: Send,
{
    if X8::available() { widened::<X8, W>(setup, values) } else { erase::<X8, P>(setup, values) }
}

impl<T> fmt::Debug for Kind<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kind({})", self.id)
    }
}

/// The effects that a session may use, passed in so that neither session nor engine knows a particular one: for one
/// channel, and (all of them, or those that there are) for eight side by side.
#[derive(Clone, Copy, Debug)]
pub struct Kinds(pub &'static [Kind<f32>], pub &'static [Kind<X8>]);

impl Kinds {
    /// Finds an effect by its id.
    pub fn get(&self, id: &str) -> Option<&'static Kind<f32>> {
        self.0.iter().find(|kind| kind.id == id)
    }

    /// The same effect for eight channels side by side.
    pub fn wide(&self, id: &str) -> Option<&'static Kind<X8>> {
        self.1.iter().find(|kind| kind.id == id)
    }
}
