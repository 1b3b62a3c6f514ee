//! A true-peak limiter.

use mixsmith_dsp::Lane;
use mixsmith_dsp::delay_line::DelayLine;
use mixsmith_dsp::dynamics::{Pole, REST, SlidingMax, SlidingMean, held_and_smooth, sane};
use mixsmith_dsp::lane::{Mask, largest};
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

/// The weights of the eighth difference, from its ends to its middle, over their sum: 1 at half the sample rate, 0.06 at
/// half of that.
const EIGHTH: [f32; 5] = [1.0 / 256.0, -8.0 / 256.0, 28.0 / 256.0, -56.0 / 256.0, 70.0 / 256.0];
/// Frames on either side of a peak in which the largest difference is looked for.
const NEAR: usize = 4;
/// Frames that the detector's peaks, the differences about them and what these are made of reach back.
const PAST: usize = TruePeak::<f32>::LATENCY + NEAR + 4;
/// How much of what lies close to half the sample rate is added to a peak, at most this share of the peak. As little as
/// holds a thousand hostile signals within 0.05 dB (row 22 of the self-test).
const MARGIN: f32 = 0.36;

/// A look-ahead limiter that reads peaks between the samples.
///
/// Reductions in octaves go through a sliding maximum, so that they are there before the peak, a release, and
/// two sliding means no longer than the maximum: what comes out is never less than what the peak needs, at
/// every point that the detector sees. Between those, and because a gain that moves is not quite the same
/// before and after interpolation, 0.02 dB were measured over the ceiling (tests/limiter.rs).
///
/// From 0.45 of the sample rate up every converter reconstructs in its own way: behind one that is flat to 20 kHz at
/// 44.1 kHz, white noise reached 0.94 dB over the ceiling, and one without error knows no highest peak at all. So a peak
/// counts as higher by a share of what lies up there about it. Noise is then held by any that is flat to between 0.45 and
/// 0.47; sound that falls by 4.5 dB an octave stays 0.03 dB further below the ceiling than it need.
#[derive(Debug)]
pub struct Limiter<L: Lane> {
    rate: f32,
    channels: [Channel<L>; 2],
    envelopes: [Envelope<L>; 2],
    /// Where the channels were not wholly linked. If nowhere, the second envelope did not run.
    apart: L::Mask,
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
        let ahead = ((start.lookahead * 0.001 * setup.rate).round() as usize).max(2);
        let release = L::splat(start.release);
        Limiter {
            rate: setup.rate,
            channels: [0, 1].map(|_| Channel::new(ahead)),
            envelopes: [0, 1].map(|_| Envelope::new(setup.rate, ahead)),
            apart: L::zero().lt(L::zero()),
            release: (release, Recovery::new(release, setup.rate)),
            reduction: L::zero(),
        }
    }

    fn latency(&self) -> usize {
        self.channels[0].delay.frames()
    }

    #[inline(always)]
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
        // Reductions, then gains, of each channel.
        let (mut first, mut second) = ([L::zero(); QUANTUM], [L::zero(); QUANTUM]);
        let (first, second) = (&mut first[..n], &mut second[..n]);
        left.over(key_left, &drive, &ceiling, first);
        if io.right.is_some() {
            right.over(key_right, &drive, &ceiling, second);
        }
        let Some(channel) = io.right else {
            self.reduction = self.envelopes[0].run(first, &self.release.1);
            gains(first);
            left.turn(first, &drive, io.left);
            return;
        };
        for ((left, right), &apart) in first.iter_mut().zip(second.iter_mut()).zip(&apart) {
            let most = left.max(*right);
            *left = most - (most - *left) * apart;
            *right = most - (most - *right) * apart;
        }
        let [one, other] = &mut self.envelopes;
        let now = L::zero().lt(apart[0].max(apart[n - 1]));
        if now.any() {
            // A channel that was linked has the past of the other.
            let joined = if self.apart.any() { self.apart & !now } else { L::zero().lt(L::splat(1.0)) };
            if joined.any() {
                other.follow(one, joined);
            }
            self.reduction = one.run(first, &self.release.1).max(other.run(second, &self.release.1));
            gains(second);
        } else {
            self.reduction = one.run(first, &self.release.1);
        }
        self.apart = now;
        gains(first);
        left.turn(first, &drive, io.left);
        right.turn(if now.any() { second } else { first }, &drive, channel);
    }

    fn reduction_db(&self) -> L {
        self.reduction.max(L::zero()) * L::splat(DB_PER_OCTAVE)
    }
}

/// A parameter at every frame of a piece of `n`; what follows in the array is not read.
#[inline(always)]
fn course<L: Lane>(ramp: Ramp<L>, n: usize, f: impl Fn(L) -> L) -> [L; QUANTUM] {
    let (ramp, share) = (Ramp { from: f(ramp.from), to: f(ramp.to) }, 1.0 / n as f32);
    std::array::from_fn(|i| ramp.along(i, share))
}

/// What lies close to half the sample rate about each frame of a piece that is as late as the detector: the largest size of
/// the eighth differences near it. The first of `driven` are [`PAST`] frames of the past.
#[inline(always)]
fn edges<L: Lane>(driven: &[L]) -> [L; QUANTUM] {
    let mut sizes = [L::zero(); QUANTUM + 2 * NEAR];
    for (size, x) in sizes.iter_mut().zip(driven.windows(9)) {
        let pair = |i: usize| L::splat(EIGHTH[i]) * (x[i] + x[8 - i]);
        *size = ((pair(0) + pair(1)) + (pair(2) + pair(3)) + L::splat(EIGHTH[4]) * x[4]).abs();
    }
    let mut edges = [L::zero(); QUANTUM];
    for (i, edge) in edges.iter_mut().enumerate() {
        let near: &[L] = &sizes[i..=i + 2 * NEAR];
        let (a, b) =
            (near[0].max(near[1]).max(near[2].max(near[3])), near[4].max(near[5]).max(near[6].max(near[7])));
        *edge = a.max(b).max(near[8]);
    }
    edges
}

/// How reductions move each frame.
#[derive(Clone, Copy, Debug)]
struct Recovery<L> {
    /// What is kept of the fast one.
    fast: L,
    slow: Pole<L>,
    charge: Pole<L>,
}

impl<L: Lane> Recovery<L> {
    fn new(release: L, rate: f32) -> Self {
        let share = |ms: L| ms.map(|ms| math::one_pole(ms, rate));
        let fast = (release * L::splat(1.0 / 6.0)).clamp(L::splat(30.0), L::splat(60.0)).min(release);
        let pole = |ms: L| Pole::new(share(ms));
        Recovery {
            fast: L::splat(1.0) - share(fast),
            slow: pole(release),
            charge: pole(release * L::splat(0.5)),
        }
    }
}

/// One channel's peaks, and its sound until they are known.
#[derive(Debug)]
struct Channel<L> {
    peaks: TruePeak<L>,
    /// The last driven frames, then those of the piece.
    driven: [L; PAST + QUANTUM],
    delay: DelayLine<L>,
}

impl<L: Lane> Channel<L> {
    fn new(ahead: usize) -> Self {
        let late = TruePeak::<L>::LATENCY + GUARD + ahead - 1;
        let none = L::zero();
        let driven = [none; PAST + QUANTUM];
        Channel { peaks: TruePeak::new(), driven, delay: DelayLine::new(late) }
    }

    /// By how much each frame of the key is over the ceiling, in octaves.
    #[inline(always)]
    fn over(&mut self, key: &[L], drive: &[L; QUANTUM], ceiling: &[L; QUANTUM], over: &mut [L]) {
        let frames = over.len();
        let (driven, margin) = (&mut self.driven[..PAST + frames], L::splat(MARGIN));
        for ((x, &key), &drive) in driven[PAST..].iter_mut().zip(key).zip(drive) {
            *x = sane(key) * drive;
        }
        // No peak becomes larger than with the whole margin; a thousandth is for rounding.
        let least = math::exp2(ceiling[0].min(ceiling[frames - 1])) * L::splat(0.999 / (1.0 + MARGIN));
        self.peaks.process_above(least, &driven[PAST..], over);
        if (!largest(over).lt(least)).any() {
            for ((x, &edge), &ceiling) in over.iter_mut().zip(&edges(driven)).zip(ceiling) {
                *x = (math::log2(*x + margin * edge.min(*x)) - ceiling).max(L::zero());
            }
        } else {
            over.fill(L::zero());
        }
        driven.copy_within(frames.., 0);
    }

    /// Drives the channel and turns it down, in time.
    #[inline(always)]
    fn turn(&mut self, gains: &[L], drive: &[L; QUANTUM], channel: &mut [L]) {
        for (x, &drive) in channel.iter_mut().zip(drive) {
            *x = sane(*x) * drive;
        }
        self.delay.process(channel);
        for (x, &gain) in channel.iter_mut().zip(gains) {
            *x *= gain;
        }
    }
}

/// The way from what is over to how much is taken off. Both in octaves.
#[derive(Debug)]
struct Envelope<L> {
    hold: SlidingMax<L>,
    fast: L,
    slow: L,
    smooth: [SlidingMean<L>; 2],
}

impl<L: Lane> Envelope<L> {
    fn new(rate: f32, ahead: usize) -> Self {
        let hold = (HOLD_MS * 0.001 * rate).round() as usize;
        // Two means in a row reach over `first + second - 1 = ahead` frames.
        let (first, second) = (ahead / 2, ahead - ahead / 2 + 1);
        Envelope {
            // Every value that goes into the means at the time of a peak must hold the reduction for it.
            hold: SlidingMax::new(ahead + 2 * GUARD + hold),
            fast: L::zero(),
            slow: L::zero(),
            smooth: [SlidingMean::new(first), SlidingMean::new(second)],
        }
    }

    /// Turns what is over into reductions, in place. Returns the largest.
    #[inline(always)]
    fn run(&mut self, over: &mut [L], recovery: &Recovery<L>) -> L {
        // Copies, which stay in registers.
        let (mut fast, mut slow, recovery) = (self.fast, self.slow, *recovery);
        let recover = |held: L| {
            let held = held.max(L::splat(REST));
            fast = held.max(recovery.fast * fast);
            // Of both ways the higher: rising it is the quicker one, falling the slower.
            slow = recovery.charge.next(slow, held).max(recovery.slow.next(slow, held));
            fast.max(slow)
        };
        held_and_smooth(over, &mut self.hold, recover, &mut self.smooth);
        (self.fast, self.slow) = (fast, slow);
        largest(over)
    }

    /// Takes over the past of another where `mask` is true.
    fn follow(&mut self, other: &Self, mask: L::Mask) {
        self.hold.follow(&other.hold, mask);
        self.fast = L::select(mask, other.fast, self.fast);
        self.slow = L::select(mask, other.slow, self.slow);
        for (mean, other) in self.smooth.iter_mut().zip(&other.smooth) {
            mean.follow(other, mask);
        }
    }
}

/// Turns reductions into gains, in place.
#[inline(always)]
fn gains<L: Lane>(reductions: &mut [L]) {
    for x in reductions {
        *x = math::exp2(-*x);
    }
}
