//! A gate, which is also a downward expander.

use mixsmith_dsp::Lane;
use mixsmith_dsp::delay_line::DelayLine;
use mixsmith_dsp::dynamics::{Hearing, Listener, REST, SlidingMax};
use mixsmith_dsp::math::{self, DB_PER_OCTAVE};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, params};

params! {
    /// Turns quiet moments down.
    pub struct GateParams {
        /// Level at which it opens.
        threshold: "Threshold", Db, -80.0..=0.0, Lin, -40.0, Smooth(20.0);
        /// Most that is taken off.
        range: "Range", Db, 0.0..=80.0, Lin, 20.0, Smooth(20.0);
        /// Output change over input change below the threshold: 2 is a gentle expander, 20 a gate.
        ratio: "Ratio", Ratio, 1.0..=20.0, Log, 10.0, Smooth(20.0);
        /// Time to open by 63 %.
        attack: "Attack", Ms, 0.05..=50.0, Log, 0.5, Step;
        /// Time it stays open after the sound has fallen. The detector holds each peak for 10 ms, so less than that acts as 10.
        hold: "Hold", Ms, 0.0..=500.0, Lin, 60.0, Step;
        /// Time to close by 63 %.
        release: "Release", Ms, 5.0..=2000.0, Log, 150.0, Step;
        /// It closes this far below the threshold, so that it does not flutter.
        hysteresis: "Hysteresis", Db, 0.0..=12.0, Lin, 3.0, Smooth(20.0);
        /// The detector does not hear what is below; 10 Hz is off.
        keylowcut: "Key low cut", Hz, 10.0..=2000.0, Log, 10.0, Smooth(20.0);
        /// The detector does not hear what is above; 20 kHz is off.
        keyhighcut: "Key high cut", Hz, 1000.0..=20000.0, Log, 20000.0, Smooth(20.0);
        /// Time by which the detector hears ahead. Delays the sound.
        lookahead: "Look-ahead", Ms, 0.0..=10.0, Lin, 1.0, Rebuild;
    }
}

/// Time in ms for which the detector holds a peak: half a period of 50 Hz, so that a steady tone has a
/// steady level.
const PEAK_HOLD_MS: f32 = 10.0;
/// No level is below this (see [`math::log2`]), octaves.
const SILENCE: f32 = -63.0;

/// A gate or expander. Both channels are turned down alike, by the louder one.
#[derive(Debug)]
pub struct Gate<L: Lane> {
    rate: f32,
    listener: Listener<L>,
    peak: SlidingMax<L>,
    /// 1 while open, else 0.
    open: L,
    /// Frames since the level was last high enough to keep it open, a second at most: longer than any hold.
    below: L,
    /// Octaves; nothing before the first piece.
    reduction: Option<L>,
    /// Did it stay as it was in the last frame?
    stayed: bool,
    times: (L, L),
    shares: (L, L),
    delays: [DelayLine<L>; 2],
    largest: L,
}

impl<L: Lane> Effect<L> for Gate<L> {
    const ID: &'static str = "dynamics.gate";
    const NAME: &'static str = "Gate";
    const DOC: &'static str =
        "Turns down what is quieter than the threshold: bleed, noise, the end of a room.";
    const PORTS: Ports = Ports::KEYED;
    type Params<U: Copy> = GateParams<U>;

    fn new(setup: &Setup, start: &GateParams) -> Self {
        let frames = |ms: f32| (ms * 0.001 * setup.rate).round() as usize;
        let delay = || DelayLine::new(frames(start.lookahead));
        Gate {
            rate: setup.rate,
            listener: Listener::new(setup.rate),
            peak: SlidingMax::new(frames(PEAK_HOLD_MS)),
            open: L::zero(),
            below: L::splat(setup.rate),
            reduction: None,
            stayed: false,
            times: (L::zero(), L::zero()),
            shares: (L::splat(1.0), L::splat(1.0)),
            delays: [delay(), delay()],
            largest: L::zero(),
        }
    }

    fn latency(&self) -> usize {
        self.delays[0].frames()
    }

    fn still(&self) -> bool {
        self.stayed
            && self.below == L::splat(self.rate)
            && self.listener.still()
            && self.peak.still()
            && self.delays.iter().all(DelayLine::still)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &GateParams<Ramp<L>>, io: Io<'_, L>) {
        let hearing = Hearing {
            low_cut: ramps.keylowcut.to,
            high_cut: ramps.keyhighcut.to,
            rms: L::zero(),
            link: L::splat(1.0),
        };
        let key = match &io.key {
            Some(key) => (key.left, key.right),
            None => (&*io.left, io.right.as_deref()),
        };
        let mut levels = [[L::zero(); QUANTUM]; 2];
        self.listener.hear(&hearing, key, io.right.is_some(), &mut levels);
        let gains = &mut levels[0][..io.left.len()];
        self.gains(ramps, gains);
        for (delay, channel) in self.delays.iter_mut().zip([Some(io.left), io.right].into_iter().flatten()) {
            for (x, &gain) in channel.iter_mut().zip(gains.iter()) {
                *x = delay.next(*x) * gain;
            }
        }
    }

    fn reduction_db(&self) -> L {
        self.largest.max(L::zero()) * L::splat(DB_PER_OCTAVE)
    }
}

impl<L: Lane> Gate<L> {
    /// Turns levels into gains, in place.
    #[inline(always)]
    fn gains(&mut self, ramps: &GateParams<Ramp<L>>, levels: &mut [L]) {
        let rate = self.rate;
        if self.times != (ramps.attack.to, ramps.release.to) {
            self.times = (ramps.attack.to, ramps.release.to);
            let share = |ms: L| ms.map(|ms| math::one_pole(ms, rate));
            self.shares = (share(self.times.0), share(self.times.1));
        }
        let octaves = |db: L| db * L::splat(1.0 / DB_PER_OCTAVE);
        let hold = ramps.hold.to.map(|ms| ((ms - PEAK_HOLD_MS).max(0.0) * 0.001 * rate).round());
        let hysteresis = octaves(ramps.hysteresis.to);
        let steepness = ramps.ratio.to - L::splat(1.0);
        let (threshold, range) = (ramps.threshold, ramps.range);
        self.largest = L::zero();
        // Silence came before: it is closed.
        let closed = L::select(L::splat(1.0).lt(ramps.ratio.from), octaves(range.from), L::zero());
        let mut reduction = self.reduction.unwrap_or(closed);
        let share = 1.0 / levels.len() as f32;
        for (i, x) in levels.iter_mut().enumerate() {
            let threshold = octaves(threshold.along(i, share));
            let range = octaves(range.along(i, share));
            let level = self.peak.next(*x - L::splat(SILENCE)) + L::splat(SILENCE);

            let quiet = level.lt(threshold - hysteresis);
            self.below = L::select(quiet, (self.below + L::splat(1.0)).min(L::splat(rate)), L::zero());
            self.open = L::select(quiet & hold.lt(self.below), L::zero(), self.open);
            self.open = L::select(level.lt(threshold), self.open, L::splat(1.0));

            let closed = ((threshold - level) * steepness).clamp(L::zero(), range);
            let wanted = L::select(L::zero().lt(self.open), L::splat(REST), closed);
            let share = L::select(wanted.lt(reduction), self.shares.0, self.shares.1);
            let before = reduction;
            reduction += share * (wanted - reduction);
            self.stayed = before == reduction;
            self.largest = self.largest.max(reduction);
            *x = math::exp2(-reduction);
        }
        self.reduction = Some(reduction);
    }
}
