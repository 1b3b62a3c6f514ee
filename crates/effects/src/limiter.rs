//! A true-peak limiter.

use mixsmith_dsp::Lane;
use mixsmith_dsp::delay_line::DelayLine;
use mixsmith_dsp::dynamics::{REST, SlidingMax, SlidingMean, sane};
use mixsmith_dsp::math::{self, DB_PER_OCTAVE};
use mixsmith_dsp::true_peak::TruePeak;
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, params};

params! {
    /// Keeps peaks below a ceiling.
    pub struct LimiterParams {
        /// True peak (dBTP) that the output stays below.
        ceiling: "Ceiling", Db, -12.0..=0.0, Lin, -1.0, Smooth(20.0);
        /// Gain before the limiter.
        gain: "Gain", Db, 0.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Time to recover 63 % after a long reduction. After short peaks it recovers in 30 to 60 ms, or in this time if that is shorter.
        release: "Release", Ms, 10.0..=1000.0, Log, 300.0, Step;
        /// At 100 both channels are reduced alike, at 0 each for itself.
        link: "Stereo link", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
        /// Time in which gain comes down ahead of a peak. Delays the sound by this and 83 frames for the detector.
        lookahead: "Look-ahead", Ms, 1.0..=5.0, Lin, 2.0, Rebuild;
    }
}

/// Frames around a peak at which the gain is down already, and still, because the points between frames
/// are made of the frames around them.
const GUARD: usize = 8;
/// Time in ms that a reduction is held: longer than half a period of 40 Hz, so that the gain stands still
/// through a steady bass note and does not distort it.
const HOLD_MS: f32 = 12.5;

/// A look-ahead limiter that reads peaks between the samples.
///
/// Reductions in octaves go through a sliding maximum, so that they are there before the peak, a release, and
/// two sliding means no longer than the maximum: what comes out is never less than what the peak needs, at
/// every point that the detector sees. Between those, and because a gain that moves is not quite the same
/// before and after interpolation, 0.02 dB were measured over the ceiling (tests/limiter.rs); so there is no
/// safety margin.
#[derive(Debug)]
pub struct Limiter<L: Lane> {
    rate: f32,
    channels: [Channel<L>; 2],
    release: (L, Recovery<L>),
    reduction: L,
}

impl<L: Lane> Effect<L> for Limiter<L> {
    const ID: &'static str = "dynamics.limiter";
    const NAME: &'static str = "Limiter";
    const DOC: &'static str = "Makes loud and keeps every peak, also between the samples, below the ceiling.";
    const PORTS: Ports = Ports::KEYED;
    type Params<U: Copy> = LimiterParams<U>;

    fn new(setup: &Setup, start: &LimiterParams) -> Self {
        let channel = || Channel::new(setup.rate, start.lookahead);
        let release = L::splat(start.release);
        Limiter {
            rate: setup.rate,
            channels: [channel(), channel()],
            release: (release, Recovery::new(release, setup.rate)),
            reduction: L::zero(),
        }
    }

    fn latency(&self) -> usize {
        self.channels[0].delay.frames()
    }

    fn process(&mut self, ramps: &LimiterParams<Ramp<L>>, io: Io<'_, L>) {
        if self.release.0 != ramps.release.to {
            self.release = (ramps.release.to, Recovery::new(ramps.release.to, self.rate));
        }
        let n = io.left.len();
        let drive = course(ramps.gain, n, math::amplitude);
        let ceiling = course(ramps.ceiling, n, |db| db * L::splat(1.0 / DB_PER_OCTAVE));
        let apart = course(ramps.link, n, |link| L::splat(1.0) - link * L::splat(0.01));

        let [left, right] = &mut self.channels;
        let (key_left, key_right) = match &io.key {
            Some(key) => (key.left, key.right.unwrap_or(key.left)),
            None => (&*io.left, io.right.as_deref().unwrap_or(&*io.left)),
        };
        let mut over = [[L::zero(); QUANTUM]; 2];
        let mut over = over.each_mut().map(|over| &mut over[..n]);
        left.over(key_left, &drive, &ceiling, over[0]);
        if io.right.is_some() {
            right.over(key_right, &drive, &ceiling, over[1]);
            let [left, right] = &mut over;
            for ((left, right), &apart) in left.iter_mut().zip(right.iter_mut()).zip(&apart) {
                let most = left.max(*right);
                *left = most - (most - *left) * apart;
                *right = most - (most - *right) * apart;
            }
        }
        self.reduction = left.limit(over[0], &drive, &self.release.1, io.left);
        if let Some(channel) = io.right {
            self.reduction = self.reduction.max(right.limit(over[1], &drive, &self.release.1, channel));
        }
    }

    fn reduction_db(&self, lane: usize) -> f32 {
        self.reduction.get(lane).max(0.0) * DB_PER_OCTAVE
    }
}

/// A parameter at every frame of a piece of `n`; what follows in the array is not read.
fn course<L: Lane>(ramp: Ramp<L>, n: usize, f: impl Fn(L) -> L) -> [L; QUANTUM] {
    let (ramp, share) = (Ramp { from: f(ramp.from), to: f(ramp.to) }, 1.0 / n as f32);
    std::array::from_fn(|i| ramp.along(i, share))
}

/// Shares by which reductions move each frame.
#[derive(Clone, Copy, Debug)]
struct Recovery<L> {
    fast: L,
    slow: L,
    charge: L,
}

impl<L: Lane> Recovery<L> {
    fn new(release: L, rate: f32) -> Self {
        let share = |ms: L| ms.map(|ms| math::one_pole(ms, rate));
        let fast = (release * L::splat(1.0 / 6.0)).clamp(L::splat(30.0), L::splat(60.0)).min(release);
        Recovery { fast: share(fast), slow: share(release), charge: share(release * L::splat(0.5)) }
    }
}

/// One channel's way from peaks to gain. Reductions are in octaves.
#[derive(Debug)]
struct Channel<L> {
    peaks: TruePeak<L>,
    hold: SlidingMax<L>,
    fast: L,
    slow: L,
    smooth: [SlidingMean<L>; 2],
    delay: DelayLine<L>,
}

impl<L: Lane> Channel<L> {
    fn new(rate: f32, lookahead: f32) -> Self {
        let frames = |ms: f32| (ms * 0.001 * rate).round() as usize;
        let ahead = frames(lookahead).max(2);
        // Two means in a row reach over `first + second - 1 = ahead` frames.
        let (first, second) = (ahead / 2, ahead - ahead / 2 + 1);
        Channel {
            peaks: TruePeak::new(),
            // Every value that goes into the means at the time of a peak must hold the reduction for it.
            hold: SlidingMax::new(ahead + 2 * GUARD + frames(HOLD_MS)),
            fast: L::zero(),
            slow: L::zero(),
            smooth: [SlidingMean::new(first), SlidingMean::new(second)],
            delay: DelayLine::new(TruePeak::<L>::LATENCY + GUARD + ahead - 1),
        }
    }

    /// By how much each frame of the key is over the ceiling.
    fn over(&mut self, key: &[L], drive: &[L; QUANTUM], ceiling: &[L; QUANTUM], over: &mut [L]) {
        let mut driven = [L::zero(); QUANTUM];
        for ((x, &key), &drive) in driven.iter_mut().zip(key).zip(drive) {
            *x = sane(key) * drive;
        }
        self.peaks.process(&driven[..over.len()], over);
        for (x, &ceiling) in over.iter_mut().zip(ceiling) {
            *x = (math::log2(*x) - ceiling).max(L::zero());
        }
    }

    /// Turns the channel down by what is over, in time. Returns the largest reduction.
    fn limit(&mut self, over: &[L], drive: &[L; QUANTUM], recovery: &Recovery<L>, channel: &mut [L]) -> L {
        let mut reductions = [L::zero(); QUANTUM];
        let reductions = &mut reductions[..over.len()];
        let mut largest = L::zero();
        for (x, &over) in reductions.iter_mut().zip(over) {
            let held = self.hold.next(over).max(L::splat(REST));
            self.fast = held.max(self.fast - recovery.fast * self.fast);
            let share = L::select(self.slow.lt(held), recovery.charge, recovery.slow);
            self.slow += share * (held - self.slow);
            let [first, second] = &mut self.smooth;
            *x = second.next(first.next(self.fast.max(self.slow)));
            largest = largest.max(*x);
        }
        for ((x, &reduction), &drive) in channel.iter_mut().zip(&*reductions).zip(drive) {
            *x = self.delay.next(sane(*x) * drive) * math::exp2(-reduction);
        }
        largest
    }
}
