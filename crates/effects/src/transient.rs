//! A transient shaper.

use mixsmith_dsp::Lane;
use mixsmith_dsp::dynamics::{Hearing, Listener, SlidingMax};
use mixsmith_dsp::math::{self, DB_PER_OCTAVE};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, params};

params! {
    /// Makes strokes harder or softer, and what follows them longer or shorter.
    pub struct TransientParams {
        /// Gain at the beginning of each stroke.
        attack: "Attack", Db, -18.0..=18.0, Lin, 0.0, Smooth(20.0);
        /// Gain of what follows a stroke while it dies away.
        sustain: "Sustain", Db, -18.0..=18.0, Lin, 0.0, Smooth(20.0);
        /// How long a beginning is: time in which 63 % of a step count as known.
        length: "Attack length", Ms, 5.0..=100.0, Log, 20.0, Step;
        /// How long what went before is remembered: time in which it is forgotten by 63 %.
        memory: "Sustain length", Ms, 50.0..=1000.0, Log, 250.0, Step;
        /// Level of the whole.
        output: "Output", Db, -24.0..=24.0, Lin, 0.0, Smooth(20.0);
    }
}

/// Time in ms for which the detector holds a peak: half a period of 50 Hz, so that a steady tone has a steady level.
const PEAK_HOLD_MS: f32 = 10.0;
/// What is quieter counts as this, octaves of amplitude (-80 dBFS), so that noise in a pause has no strokes.
const FLOOR: f32 = -80.0 / DB_PER_OCTAVE;
/// A rise or fall by this much against the envelope (6 dB) gets the whole gain, octaves.
const WHOLE: f32 = 1.0;
/// Time in which the gain of the attack moves by 63 %, ms: as short as does not click.
const ATTACK_MS: f32 = 0.5;
/// The same for the sustain, ms: smooths the stairs of held peaks.
const SUSTAIN_MS: f32 = 10.0;

/// A transient shaper that reads the level in decibels against two envelopes of itself: one slow to rise, which a
/// stroke leaves behind, and one slow to fall, which stays above what dies away. Both differences are ratios, so that
/// soft strokes are shaped as loud ones are.
///
/// With the level `x`, `rise = min(x, rise + a (x - rise))` and `fall = max(x, fall + b (x - fall))`; the gain in dB is
/// `attack min(1, (x - rise) / 6 dB) + sustain min(1, (fall - x) / 6 dB)`, each share smoothed. A sound that dies away by
/// `r` dB a second comes to `fall - x = r` times the sustain length (the lag of a one-pole behind a ramp).
#[derive(Debug)]
pub struct Transient<L: Lane> {
    rate: f32,
    listener: Listener<L>,
    peak: SlidingMax<L>,
    /// The level of the last frame, octaves.
    level: L,
    /// How far the level is over the envelope that is slow to rise, and under the one that is slow to fall.
    over: L,
    under: L,
    /// Shares of the whole gains, 0 to 1, smoothed.
    begins: L,
    lasts: L,
    /// The lengths last seen, and the shares that the envelopes are still off after a frame.
    lengths: (L, L),
    keeps: (L, L),
    smoothing: (L, L),
    gains: [L; QUANTUM],
    frames: usize,
}

impl<L: Lane> Effect<L> for Transient<L> {
    const ID: &'static str = "dynamics.transient";
    const NAME: &'static str = "Transient shaper";
    const DOC: &'static str =
        "Makes the beginning of each stroke and what follows it louder or softer, whatever the level.";
    const PORTS: Ports = Ports::KEYED;
    type Params<U: Copy> = TransientParams<U>;

    fn new(setup: &Setup, _: &TransientParams) -> Self {
        let share = |ms: f32| L::splat(math::one_pole(ms, setup.rate));
        Transient {
            rate: setup.rate,
            listener: Listener::new(setup.rate),
            peak: SlidingMax::new((PEAK_HOLD_MS * 0.001 * setup.rate).round() as usize),
            level: L::zero(),
            over: L::zero(),
            under: L::zero(),
            begins: L::zero(),
            lasts: L::zero(),
            lengths: (L::zero(), L::zero()),
            keeps: (L::zero(), L::zero()),
            smoothing: (share(ATTACK_MS), share(SUSTAIN_MS)),
            gains: [L::splat(1.0); QUANTUM],
            frames: QUANTUM,
        }
    }

    #[inline(always)]
    fn process(&mut self, ramps: &TransientParams<Ramp<L>>, io: Io<'_, L>) {
        let rate = self.rate;
        if self.lengths != (ramps.length.to, ramps.memory.to) {
            self.lengths = (ramps.length.to, ramps.memory.to);
            let keeps = |ms: L| L::splat(1.0) - ms.map(|ms| math::one_pole(ms, rate));
            self.keeps = (keeps(self.lengths.0), keeps(self.lengths.1));
        }
        let one = L::splat(1.0);
        let all = Hearing { low_cut: L::zero(), high_cut: L::splat(1e9), rms: L::zero(), link: one };
        let key = match &io.key {
            Some(key) => (key.left, key.right),
            None => (&*io.left, io.right.as_deref()),
        };
        let mut levels = [[L::zero(); QUANTUM]; 2];
        self.listener.hear(&all, key, io.right.is_some(), &mut levels);
        self.frames = io.left.len();
        self.shape(ramps, &levels[0]);
        for channel in [Some(io.left), io.right].into_iter().flatten() {
            for (x, &gain) in channel.iter_mut().zip(&self.gains) {
                *x *= gain;
            }
        }
    }

    fn gains(&self) -> Option<[&[L]; 2]> {
        let gains = &self.gains[..self.frames];
        Some([gains, gains])
    }
}

impl<L: Lane> Transient<L> {
    /// Turns levels into gains.
    #[inline(always)]
    fn shape(&mut self, ramps: &TransientParams<Ramp<L>>, levels: &[L; QUANTUM]) {
        let octaves = |db: L| db * L::splat(1.0 / DB_PER_OCTAVE);
        let share = L::splat(1.0 / self.frames as f32);
        let [mut attack, mut sustain, mut output] =
            [ramps.attack, ramps.sustain, ramps.output].map(|ramp| octaves(ramp.from));
        let [attack_step, sustain_step, output_step] = [ramps.attack, ramps.sustain, ramps.output]
            .map(|ramp| (octaves(ramp.to) - octaves(ramp.from)) * share);
        let (floor, whole, none) = (L::splat(FLOOR), L::splat(1.0 / WHOLE), L::zero());
        let part = |octaves: L| (octaves * whole).clamp(none, L::splat(1.0));
        for (gain, &level) in self.gains[..self.frames].iter_mut().zip(levels) {
            attack += attack_step;
            sustain += sustain_step;
            output += output_step;
            // Counted from the floor, because the detector starts from nought.
            let level = self.peak.next((level - floor).max(none));
            let step = level - self.level;
            self.level = level;
            // The differences, not the envelopes: they come to rest at exactly nought.
            self.over = ((self.over + step) * self.keeps.0).max(none);
            self.under = ((self.under - step) * self.keeps.1).max(none);
            self.begins += self.smoothing.0 * (part(self.over) - self.begins);
            self.lasts += self.smoothing.1 * (part(self.under) - self.lasts);
            *gain = math::exp2(attack * self.begins + sustain * self.lasts + output);
        }
        // What fades towards nought would end in subnormal numbers, which are slow.
        let trace = L::splat(1e-20);
        for part in [&mut self.over, &mut self.under, &mut self.begins, &mut self.lasts] {
            *part = L::select(trace.lt(*part), *part, none);
        }
    }
}
