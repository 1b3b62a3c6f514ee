//! A compressor.

use mixsmith_dsp::Lane;
use mixsmith_dsp::delay_line::DelayLine;
use mixsmith_dsp::dynamics::{Ballistics, Character, Coloured, Curve, Hearing, Listener};
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
    /// Gains of the last piece, and its frames.
    gains: [[L; QUANTUM]; 2],
    frames: usize,
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
        let apart = self.listener.hear(&hearing, key, io.right.is_some(), &mut self.gains);

        self.frames = io.left.len();
        let course = Course::new(ramps, self.frames);
        let [left, right] = self.gains.each_mut().map(|gains| &mut gains[..self.frames]);
        if let Some([first, second]) = &mut self.coloured {
            first.set(ramps.attack.to, ramps.release.to);
            second.set(ramps.attack.to, ramps.release.to);
            self.reduction = course.coloured(first, left);
            if apart.any() {
                self.reduction = self.reduction.max(course.coloured(second, right));
            }
            second.follow(first, !apart);
        } else {
            let [first, second] = &mut self.ballistics;
            first.set(ramps.attack.to, ramps.release.to);
            second.set(ramps.attack.to, ramps.release.to);
            self.reduction = course.gains(first, left);
            if apart.any() {
                self.reduction = self.reduction.max(course.gains(second, right));
            }
            second.follow(first, !apart);
        }
        for (right, &left) in right.iter_mut().zip(left.iter()) {
            *right = L::select(apart, *right, left);
        }
        apply(&mut self.delays[0], &self.gains[0], io.left);
        if let Some(channel) = io.right {
            apply(&mut self.delays[1], &self.gains[1], channel);
        }
    }

    fn gains(&self) -> Option<[&[L]; 2]> {
        Some(self.gains.each_ref().map(|gains| &gains[..self.frames]))
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
        Course {
            curve: Curve::new(knee),
            knee,
            threshold: each(ramps.threshold, &octaves),
            slope: each(ramps.ratio, &|ratio| L::splat(1.0) - L::splat(1.0) / ratio),
            makeup: each(ramps.makeup, &octaves),
            mix: each(ramps.mix, &|percent| percent * L::splat(0.01)),
            share: 1.0 / frames as f32,
        }
    }

    /// Turns levels into gains, in place. Returns the largest reduction.
    #[inline(always)]
    fn gains(&self, ballistics: &mut Ballistics<L>, levels: &mut [L]) -> L {
        if self.threshold.moves() || self.slope.moves() || self.makeup.moves() || self.mix.moves() {
            self.gains_along::<true>(ballistics, levels)
        } else {
            self.gains_along::<false>(ballistics, levels)
        }
    }

    #[inline(always)]
    fn gains_along<const MOVES: bool>(&self, ballistics: &mut Ballistics<L>, levels: &mut [L]) -> L {
        let mut largest = L::zero();
        // Only the middle must go frame by frame; before and after it the processor works on several at once.
        for (i, x) in levels.iter_mut().enumerate() {
            *x = self.reduction::<MOVES>(*x, i);
        }
        // A copy, which stays in registers.
        let mut moving = *ballistics;
        for x in levels.iter_mut() {
            *x = moving.next(*x);
            largest = largest.max(*x);
        }
        *ballistics = moving;
        for (i, x) in levels.iter_mut().enumerate() {
            *x = self.gain::<MOVES>(*x, i);
        }
        largest
    }

    /// As [`Course::gains`], by a detector with a character.
    #[inline(always)]
    fn coloured(&self, by: &mut Coloured<L>, levels: &mut [L]) -> L {
        let mut largest = L::zero();
        for (i, x) in levels.iter_mut().enumerate() {
            let over = *x - self.at::<true>(&self.threshold, i);
            let smooth = by.next(over, self.at::<true>(&self.slope, i), self.knee);
            largest = largest.max(smooth);
            *x = self.gain::<true>(smooth, i);
        }
        largest
    }

    /// The reduction that a level asks for.
    #[inline(always)]
    fn reduction<const MOVES: bool>(&self, level: L, i: usize) -> L {
        let over = level - self.at::<MOVES>(&self.threshold, i);
        self.curve.reduction(over, self.at::<MOVES>(&self.slope, i))
    }

    /// The gain that a reduction comes to.
    #[inline(always)]
    fn gain<const MOVES: bool>(&self, reduction: L, i: usize) -> L {
        let wet = math::exp2(self.at::<MOVES>(&self.makeup, i) - reduction) - L::splat(1.0);
        L::splat(1.0) + self.at::<MOVES>(&self.mix, i) * wet
    }

    /// A parameter at a frame of the piece.
    #[inline(always)]
    fn at<const MOVES: bool>(&self, ramp: &Ramp<L>, i: usize) -> L {
        if MOVES { ramp.along(i, self.share) } else { ramp.from }
    }
}
