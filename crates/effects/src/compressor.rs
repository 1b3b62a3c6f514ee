//! A compressor.

use mixsmith_dsp::Lane;
use mixsmith_dsp::delay_line::DelayLine;
use mixsmith_dsp::dynamics::{Ballistics, Character, Coloured, Curve, Hearing, Listener, peaks};
use mixsmith_dsp::lane::Mask;
use mixsmith_dsp::math::{self, DB_PER_OCTAVE};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, params};

/// The names of the characters, in the order of their values.
pub const CHARACTERS: &[&str] = &["clean", "glue", "opto", "fet", "vari-mu"];

params! {
    /// Holds loud moments back.
    pub struct CompressorParams {
        /// Level above which gain is reduced.
        threshold: "Threshold", Db, -60.0..=0.0, Lin, -18.0, Smooth(20.0);
        /// Input change over output change above the threshold.
        ratio: "Ratio", Ratio, 1.0..=20.0, Log, 3.0, Smooth(20.0);
        /// Width of the bend around the threshold.
        knee: "Knee", Db, 0.0..=24.0, Lin, 6.0, Smooth(20.0);
        /// Time to cover 63 % of the way to more reduction.
        attack: "Attack", Ms, 0.1..=200.0, Log, 10.0, Step;
        /// Time to cover 63 % of the way to less reduction.
        release: "Release", Ms, 5.0..=2000.0, Log, 120.0, Step;
        /// Gain after the reduction.
        makeup: "Make-up", Db, -12.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Reads each peak, or the mean power over 10 ms (a sine then reads 3 dB below its peak).
        detector: "Detector", Choice(&["peak", "rms"]), 0.0..=1.0, Lin, 0.0, Step;
        /// The detector does not hear what is below; 10 Hz is off.
        keylowcut: "Key low cut", Hz, 10.0..=2000.0, Log, 10.0, Smooth(20.0);
        /// The detector does not hear what is above; 20 kHz is off.
        keyhighcut: "Key high cut", Hz, 1000.0..=20000.0, Log, 20000.0, Smooth(20.0);
        /// At 100 both channels follow the louder one, at 0 each follows itself.
        link: "Stereo link", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
        /// Share of the compressed sound; the rest is the sound as it came, at the same time.
        mix: "Mix", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
        /// Time by which the detector hears ahead. Delays the sound.
        lookahead: "Look-ahead", Ms, 0.0..=10.0, Lin, 0.0, Rebuild;
        /// How the detector is built. Clean does as its labels say. Glue hears its own output: a knee as wide as the ratio is high, and a release that is seven times slower after a long reduction. Opto lets go slower the longer and the more it has reduced. Fet is twenty times faster in attack and twice in release than its labels, with a harder knee at high ratios. Vari-mu begins at 1:1 and comes to its ratio as the level rises.
        character: "Character", Choice(CHARACTERS), 0.0..=4.0, Lin, 0.0, Rebuild;
    }
}

/// A feed-forward compressor that works on decibels.
#[derive(Debug)]
pub struct Compressor<L: Lane> {
    listener: Listener<L>,
    ballistics: [Ballistics<L>; 2],
    /// In place of the ballistics, where the character is not clean.
    coloured: Option<[Coloured<L>; 2]>,
    delays: [DelayLine<L>; 2],
    /// Gains of the last piece, and its frames. The second are those of the right channel where the two were apart.
    gains: [[L; QUANTUM]; 2],
    frames: usize,
    apart: bool,
    reduction: L,
}

impl<L: Lane> Effect<L> for Compressor<L> {
    const ID: &'static str = "dynamics.compressor";
    const NAME: &'static str = "Compressor";
    const DOC: &'static str = "Turns down what is louder than the threshold, at a ratio, and back up again.";
    const PORTS: Ports = Ports::KEYED;
    type Params<U: Copy> = CompressorParams<U>;

    fn new(setup: &Setup, start: &CompressorParams) -> Self {
        let ahead = (start.lookahead * 0.001 * setup.rate).round() as usize;
        Compressor {
            listener: Listener::new(setup.rate),
            ballistics: [Ballistics::new(setup.rate); 2],
            coloured: character(start.character).map(|character| [Coloured::new(character, setup.rate); 2]),
            delays: [DelayLine::new(ahead), DelayLine::new(ahead)],
            gains: [[L::splat(1.0); QUANTUM]; 2],
            frames: QUANTUM,
            apart: false,
            reduction: L::zero(),
        }
    }

    fn latency(&self) -> usize {
        self.delays[0].frames()
    }

    fn still(&self) -> bool {
        self.coloured.is_none()
            && self.listener.still()
            && self.ballistics.iter().all(Ballistics::still)
            && self.delays.iter().all(DelayLine::still)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &CompressorParams<Ramp<L>>, io: Io<'_, L>) {
        let hearing = Hearing {
            low_cut: ramps.keylowcut.to,
            high_cut: ramps.keyhighcut.to,
            rms: ramps.detector.to,
            link: ramps.link.to * L::splat(0.01),
        };
        let key = match &io.key {
            Some(key) => (key.left, key.right),
            None => (&*io.left, io.right.as_deref()),
        };
        self.frames = io.left.len();
        let stereo = io.right.is_some();
        // From powers a clean one comes to reductions in one step.
        let powers = self.coloured.is_none() && self.listener.hears_peaks(&hearing, key, stereo);
        let apart = if powers {
            peaks(key, &mut self.gains[0][..self.frames]);
            L::zero().lt(L::zero())
        } else {
            self.listener.hear(&hearing, key, stereo, &mut self.gains)
        };
        self.apart = apart.any();
        let course = Course::new(ramps, self.frames);
        let [left, right] = self.gains.each_mut().map(|gains| &mut gains[..self.frames]);
        if let Some([first, second]) = &mut self.coloured {
            first.set(ramps.attack.to, ramps.release.to);
            second.set(ramps.attack.to, ramps.release.to);
            self.reduction = course.coloured(first, left);
            if self.apart {
                self.reduction = self.reduction.max(course.coloured(second, right));
            }
            second.follow(first, !apart);
        } else {
            let [first, second] = &mut self.ballistics;
            first.set(ramps.attack.to, ramps.release.to);
            second.set(ramps.attack.to, ramps.release.to);
            self.reduction = course.gains(powers, first, left);
            if self.apart {
                self.reduction = self.reduction.max(course.gains(false, second, right));
            }
            second.follow(first, !apart);
        }
        if self.apart {
            for (right, &left) in right.iter_mut().zip(left.iter()) {
                *right = L::select(apart, *right, left);
            }
        }
        apply(&mut self.delays[0], &self.gains[0], io.left);
        if let Some(channel) = io.right {
            apply(&mut self.delays[1], &self.gains[usize::from(self.apart)], channel);
        }
    }

    fn gains(&self) -> Option<[&[L]; 2]> {
        Some([0, usize::from(self.apart)].map(|channel| &self.gains[channel][..self.frames]))
    }

    #[inline(always)]
    fn reduction_db(&self) -> L {
        self.reduction.max(L::zero()) * L::splat(DB_PER_OCTAVE)
    }
}

/// The character of this name; none is clean.
fn character(place: f32) -> Option<Character> {
    match place as usize {
        1 => Some(Character::Glue),
        2 => Some(Character::Opto),
        3 => Some(Character::Fet),
        4 => Some(Character::VariMu),
        _ => None,
    }
}

#[inline(always)]
fn apply<L: Lane>(delay: &mut DelayLine<L>, gains: &[L; QUANTUM], channel: &mut [L]) {
    delay.process(channel);
    for (x, &gain) in channel.iter_mut().zip(gains) {
        *x *= gain;
    }
}

/// The course over one piece of what shapes the gain. Levels in octaves.
struct Course<L> {
    /// At the start of the piece.
    curve: Curve<L>,
    knee: L,
    threshold: Ramp<L>,
    slope: Ramp<L>,
    makeup: Ramp<L>,
    mix: Ramp<L>,
    /// Of one frame in the piece.
    share: f32,
}

impl<L: Lane> Course<L> {
    #[inline(always)]
    fn new(ramps: &CompressorParams<Ramp<L>>, frames: usize) -> Self {
        let each = |ramp: Ramp<L>, f: &dyn Fn(L) -> L| Ramp { from: f(ramp.from), to: f(ramp.to) };
        let octaves = |db: L| db * L::splat(1.0 / DB_PER_OCTAVE);
        let knee = octaves(ramps.knee.to);
        let threshold = each(ramps.threshold, &octaves);
        let slope = each(ramps.ratio, &|ratio| L::splat(1.0) - L::splat(1.0) / ratio);
        Course {
            curve: Curve::new(knee, slope.from).above(threshold.from),
            knee,
            threshold,
            slope,
            makeup: each(ramps.makeup, &octaves),
            mix: each(ramps.mix, &|percent| percent * L::splat(0.01)),
            share: 1.0 / frames as f32,
        }
    }

    /// Turns powers, or else levels, into gains, in place. Returns the largest reduction.
    ///
    /// Only the ballistics must go frame by frame; before and after them the processor works on several at once.
    #[inline(always)]
    fn gains(&self, powers: bool, ballistics: &mut Ballistics<L>, gains: &mut [L]) -> L {
        let bends = self.threshold.moves() || self.slope.moves();
        match (powers, bends) {
            (true, false) => {
                let curve = self.curve.of_power();
                for x in &mut *gains {
                    *x = curve.reduction(math::log2_of_normal(*x));
                }
            }
            (true, true) => {
                for (i, x) in gains.iter_mut().enumerate() {
                    *x = self.curve_at(i).of_power().reduction(math::log2_of_normal(*x));
                }
            }
            (false, false) => {
                for x in &mut *gains {
                    *x = self.curve.reduction(*x);
                }
            }
            (false, true) => {
                for (i, x) in gains.iter_mut().enumerate() {
                    *x = self.curve_at(i).reduction(*x);
                }
            }
        }
        let largest = ballistics.smooth(gains);
        let one = L::splat(1.0);
        if self.makeup.moves() || self.mix.moves() {
            for (i, x) in gains.iter_mut().enumerate() {
                *x = blend(gain(self.makeup.along(i, self.share), *x), self.mix.along(i, self.share));
            }
        } else if self.mix.from.lt(one).any() {
            for x in gains {
                *x = blend(gain(self.makeup.from, *x), self.mix.from);
            }
        } else {
            for x in gains {
                *x = gain(self.makeup.from, *x);
            }
        }
        largest
    }

    /// As [`Course::gains`], from levels and by a detector with a character.
    #[inline(always)]
    fn coloured(&self, by: &mut Coloured<L>, levels: &mut [L]) -> L {
        let mut largest = L::zero();
        for (i, x) in levels.iter_mut().enumerate() {
            let over = *x - self.threshold.along(i, self.share);
            let smooth = by.next(over, self.slope.along(i, self.share), self.knee);
            largest = largest.max(smooth);
            *x = blend(gain(self.makeup.along(i, self.share), smooth), self.mix.along(i, self.share));
        }
        largest
    }

    /// The curve at a frame of the piece.
    #[inline(always)]
    fn curve_at(&self, i: usize) -> Curve<L> {
        Curve::new(self.knee, self.slope.along(i, self.share)).above(self.threshold.along(i, self.share))
    }
}

/// The gain that make-up and a reduction come to. Between them they stay within the 127 octaves of a number.
#[inline(always)]
fn gain<L: Lane>(makeup: L, reduction: L) -> L {
    math::exp2_within(makeup - reduction)
}

/// A gain of which only a share is heard.
#[inline(always)]
fn blend<L: Lane>(gain: L, mix: L) -> L {
    let one = L::splat(1.0);
    L::select(mix.lt(one), one + mix * (gain - one), gain)
}
