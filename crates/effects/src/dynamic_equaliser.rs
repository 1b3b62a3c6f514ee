//! An equaliser whose bands move with the level.

use mixsmith_dsp::dynamics::{Ballistics, Curve, sane};
use mixsmith_dsp::filter::ThreeWay;
use mixsmith_dsp::math::{self, DB_PER_OCTAVE};
use mixsmith_dsp::{Lane, lane::Mask};
use mixsmith_processor::{Effect, Io, Key, Ports, QUANTUM, Ramp, Setup, Tail, params};

/// How many bands there are.
pub const BANDS: usize = 4;
/// The names of a band's shapes, in the order of its values.
pub const TYPES: &[&str] = &["off", "bell", "low-shelf", "high-shelf"];

params! {
    /// Four bands, all of them off to begin with.
    pub struct DynamicEqualiserParams {
        /// Shape of band 1.
        type1: "Type 1", Choice(TYPES), 0.0..=3.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 1.
        freq1: "Frequency 1", Hz, 20.0..=20000.0, Log, 100.0, Smooth(20.0);
        /// Quality factor of band 1: higher is narrower, 0.71 is the steepest shelf without a bump.
        q1: "Q 1", Q, 0.1..=10.0, Log, 1.0, Smooth(20.0);
        /// Gain of band 1 while it hears nothing above its threshold.
        gain1: "Gain 1", Db, -18.0..=18.0, Lin, 0.0, Smooth(20.0);
        /// Level in band 1 above which its gain moves.
        threshold1: "Threshold 1", Db, -80.0..=0.0, Lin, -30.0, Smooth(20.0);
        /// How fast the gain of band 1 moves with the level: as a compressor of this ratio. The bend is 6 dB wide and begins at the threshold.
        ratio1: "Ratio 1", Ratio, 1.0..=20.0, Log, 2.0, Smooth(20.0);
        /// The most that the gain of band 1 moves: down where it is negative, up where it is positive.
        range1: "Range 1", Db, -24.0..=24.0, Lin, -6.0, Smooth(20.0);
        /// Time in which the gain of band 1 covers 63 % of the way when the level rises.
        attack1: "Attack 1", Ms, 0.1..=200.0, Log, 10.0, Step;
        /// Time in which the gain of band 1 covers 63 % of the way back.
        release1: "Release 1", Ms, 5.0..=2000.0, Log, 120.0, Step;
        /// Shape of band 2.
        type2: "Type 2", Choice(TYPES), 0.0..=3.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 2.
        freq2: "Frequency 2", Hz, 20.0..=20000.0, Log, 400.0, Smooth(20.0);
        /// Quality factor of band 2: higher is narrower, 0.71 is the steepest shelf without a bump.
        q2: "Q 2", Q, 0.1..=10.0, Log, 1.0, Smooth(20.0);
        /// Gain of band 2 while it hears nothing above its threshold.
        gain2: "Gain 2", Db, -18.0..=18.0, Lin, 0.0, Smooth(20.0);
        /// Level in band 2 above which its gain moves.
        threshold2: "Threshold 2", Db, -80.0..=0.0, Lin, -30.0, Smooth(20.0);
        /// How fast the gain of band 2 moves with the level: as a compressor of this ratio. The bend is 6 dB wide and begins at the threshold.
        ratio2: "Ratio 2", Ratio, 1.0..=20.0, Log, 2.0, Smooth(20.0);
        /// The most that the gain of band 2 moves: down where it is negative, up where it is positive.
        range2: "Range 2", Db, -24.0..=24.0, Lin, -6.0, Smooth(20.0);
        /// Time in which the gain of band 2 covers 63 % of the way when the level rises.
        attack2: "Attack 2", Ms, 0.1..=200.0, Log, 10.0, Step;
        /// Time in which the gain of band 2 covers 63 % of the way back.
        release2: "Release 2", Ms, 5.0..=2000.0, Log, 120.0, Step;
        /// Shape of band 3.
        type3: "Type 3", Choice(TYPES), 0.0..=3.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 3.
        freq3: "Frequency 3", Hz, 20.0..=20000.0, Log, 2500.0, Smooth(20.0);
        /// Quality factor of band 3: higher is narrower, 0.71 is the steepest shelf without a bump.
        q3: "Q 3", Q, 0.1..=10.0, Log, 1.0, Smooth(20.0);
        /// Gain of band 3 while it hears nothing above its threshold.
        gain3: "Gain 3", Db, -18.0..=18.0, Lin, 0.0, Smooth(20.0);
        /// Level in band 3 above which its gain moves.
        threshold3: "Threshold 3", Db, -80.0..=0.0, Lin, -30.0, Smooth(20.0);
        /// How fast the gain of band 3 moves with the level: as a compressor of this ratio. The bend is 6 dB wide and begins at the threshold.
        ratio3: "Ratio 3", Ratio, 1.0..=20.0, Log, 2.0, Smooth(20.0);
        /// The most that the gain of band 3 moves: down where it is negative, up where it is positive.
        range3: "Range 3", Db, -24.0..=24.0, Lin, -6.0, Smooth(20.0);
        /// Time in which the gain of band 3 covers 63 % of the way when the level rises.
        attack3: "Attack 3", Ms, 0.1..=200.0, Log, 10.0, Step;
        /// Time in which the gain of band 3 covers 63 % of the way back.
        release3: "Release 3", Ms, 5.0..=2000.0, Log, 120.0, Step;
        /// Shape of band 4.
        type4: "Type 4", Choice(TYPES), 0.0..=3.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 4.
        freq4: "Frequency 4", Hz, 20.0..=20000.0, Log, 7000.0, Smooth(20.0);
        /// Quality factor of band 4: higher is narrower, 0.71 is the steepest shelf without a bump.
        q4: "Q 4", Q, 0.1..=10.0, Log, 1.0, Smooth(20.0);
        /// Gain of band 4 while it hears nothing above its threshold.
        gain4: "Gain 4", Db, -18.0..=18.0, Lin, 0.0, Smooth(20.0);
        /// Level in band 4 above which its gain moves.
        threshold4: "Threshold 4", Db, -80.0..=0.0, Lin, -30.0, Smooth(20.0);
        /// How fast the gain of band 4 moves with the level: as a compressor of this ratio. The bend is 6 dB wide and begins at the threshold.
        ratio4: "Ratio 4", Ratio, 1.0..=20.0, Log, 2.0, Smooth(20.0);
        /// The most that the gain of band 4 moves: down where it is negative, up where it is positive.
        range4: "Range 4", Db, -24.0..=24.0, Lin, -6.0, Smooth(20.0);
        /// Time in which the gain of band 4 covers 63 % of the way when the level rises.
        attack4: "Attack 4", Ms, 0.1..=200.0, Log, 10.0, Step;
        /// Time in which the gain of band 4 covers 63 % of the way back.
        release4: "Release 4", Ms, 5.0..=2000.0, Log, 120.0, Step;
    }
}

/// One band's share of the parameters.
#[derive(Clone, Copy)]
struct Band<T> {
    kind: T,
    freq: T,
    q: T,
    gain: T,
    threshold: T,
    ratio: T,
    range: T,
    attack: T,
    release: T,
}

impl<T: Copy> DynamicEqualiserParams<T> {
    fn bands(&self) -> [Band<T>; BANDS] {
        macro_rules! band {
            ($kind:ident $freq:ident $q:ident $gain:ident $threshold:ident $ratio:ident $range:ident $attack:ident
             $release:ident) => {
                Band {
                    kind: self.$kind,
                    freq: self.$freq,
                    q: self.$q,
                    gain: self.$gain,
                    threshold: self.$threshold,
                    ratio: self.$ratio,
                    range: self.$range,
                    attack: self.$attack,
                    release: self.$release,
                }
            };
        }
        [
            band!(type1 freq1 q1 gain1 threshold1 ratio1 range1 attack1 release1),
            band!(type2 freq2 q2 gain2 threshold2 ratio2 range2 attack2 release2),
            band!(type3 freq3 q3 gain3 threshold3 ratio3 range3 attack3 release3),
            band!(type4 freq4 q4 gain4 threshold4 ratio4 range4 attack4 release4),
        ]
    }
}

/// Width of the bend above the threshold, dB.
const KNEE_DB: f32 = 6.0;

/// A dynamic equaliser. Each band hears its own band of what comes in (or of the key), before any band has changed it,
/// the louder of two channels. A bell is `(s^2 + G s/Q + 1) / (s^2 + s/Q + 1)`, a low shelf
/// `(s^2 + sqrt(G) s/Q + G) / (s^2 + s/Q + 1)`, with `G` the gain of the moment: the poles stand still, so nothing rings
/// when it moves.
#[derive(Debug)]
pub struct DynamicEqualiser<L: Lane> {
    bands: [Moving<L>; BANDS],
}

impl<L: Lane> Effect<L> for DynamicEqualiser<L> {
    const ID: &'static str = "tone.dynamic-equaliser";
    const NAME: &'static str = "Dynamic equaliser";
    const DOC: &'static str =
        "Four bands of tone, each of which moves when what it hears in its band is loud.";
    const PORTS: Ports = Ports::KEYED;
    type Params<U: Copy> = DynamicEqualiserParams<U>;

    fn new(setup: &Setup, start: &DynamicEqualiserParams) -> Self {
        let moving = |band: Band<f32>| {
            let mut moving = Moving::new(setup.rate);
            moving.tune(L::splat(band.kind), L::splat(band.freq), L::splat(band.q));
            moving
        };
        DynamicEqualiser { bands: start.bands().map(moving) }
    }

    fn tail(&self, lane: usize) -> Tail {
        let frames: f64 = self.bands.iter().map(|band| band.tail(lane)).sum();
        // What is boosted by 40 dB takes a third longer to fall by 120.
        if frames == 0.0 { Tail::None } else { Tail::Frames((1.34 * frames) as usize + QUANTUM) }
    }

    #[inline(always)]
    fn process(&mut self, ramps: &DynamicEqualiserParams<Ramp<L>>, io: Io<'_, L>) {
        let frames = io.left.len();
        let (mut left, mut right) = ([L::zero(); QUANTUM], [L::zero(); QUANTUM]);
        let (first, second) = match &io.key {
            Some(Key { left, right }) => (*left, *right),
            None => (&*io.left, io.right.as_deref()),
        };
        for (kept, &x) in left.iter_mut().zip(first) {
            *kept = sane(x);
        }
        for (kept, &x) in right.iter_mut().zip(second.unwrap_or(&[])) {
            *kept = sane(x);
        }
        let key = [Some(&left[..frames]), second.map(|_| &right[..frames])];
        let mut channels = [Some(io.left), io.right];
        for (moving, band) in self.bands.iter_mut().zip(ramps.bands()) {
            moving.run(&band, key, &mut channels);
        }
    }

    fn reduction_db(&self) -> L {
        self.bands.iter().fold(L::zero(), |most, band| most.max(band.reduction)) * L::splat(DB_PER_OCTAVE)
    }
}

/// One band at work.
#[derive(Clone, Copy, Debug)]
struct Moving<L: Lane> {
    kind: L,
    ears: [ThreeWay<L>; 2],
    hands: [ThreeWay<L>; 2],
    ballistics: Ballistics<L>,
    /// The largest cut of the last piece, octaves.
    reduction: L,
}

impl<L: Lane> Moving<L> {
    fn new(rate: f32) -> Self {
        Moving {
            kind: L::zero(),
            ears: [ThreeWay::new(rate); 2],
            hands: [ThreeWay::new(rate); 2],
            ballistics: Ballistics::new(rate),
            reduction: L::zero(),
        }
    }

    fn tune(&mut self, kind: L, freq: L, q: L) {
        self.kind = kind;
        for filter in self.ears.iter_mut().chain(&mut self.hands) {
            filter.tune(freq, q);
        }
    }

    fn tail(&self, lane: usize) -> f64 {
        if self.kind.get(lane) == 0.0 { 0.0 } else { self.hands[0].tail(lane) }
    }

    /// Changes a piece of one channel or two by what it hears in the key.
    #[inline(always)]
    fn run(&mut self, band: &Band<Ramp<L>>, key: [Option<&[L]>; 2], channels: &mut [Option<&mut [L]>; 2]) {
        self.tune(band.kind.to, band.freq.to, band.q.to);
        let on = L::splat(0.5).lt(self.kind);
        self.reduction = L::zero();
        if !on.any() {
            self.rest(!on);
            return;
        }
        let bell = on & self.kind.lt(L::splat(1.5));
        let high = L::splat(2.5).lt(self.kind);
        let mut power = [L::splat(1e-30); QUANTUM];
        for (ear, key) in self.ears.iter_mut().zip(key.into_iter().flatten()) {
            for (power, &x) in power.iter_mut().zip(key) {
                let [below, about, above] = ear.next(x);
                let heard = L::select(bell, about, L::select(high, above, below));
                *power = power.max(heard * heard);
            }
            ear.settle(*key.last().unwrap_or(&L::zero()));
        }
        let frames = channels[0].as_ref().map_or(0, |channel| channel.len());
        // From here `power` holds changes by half the gain: 0 is none, -1 is silence.
        self.changes(band, &mut power[..frames]);
        for (hand, channel) in self.hands.iter_mut().zip(channels.iter_mut().flatten()) {
            let last = *channel.last().unwrap_or(&L::zero());
            for (x, &change) in channel.iter_mut().zip(&power) {
                let [below, about, above] = hand.next(sane(*x));
                // (1 + change)^2 - 1: by the whole gain. Only changes are added, so that none leaves every bit.
                let whole = change * (change + L::splat(2.0));
                let shelf = L::select(high, above, below) * whole + about * change;
                *x += L::select(on, L::select(bell, about * whole, shelf), L::zero());
            }
            hand.settle(last);
        }
        self.rest(!on);
    }

    /// A band that is off starts from rest when it is turned on, on every lane alike.
    fn rest(&mut self, off: L::Mask) {
        for filter in self.ears.iter_mut().chain(&mut self.hands) {
            filter.silence(off);
        }
        let rest = self.ballistics.at_rest();
        self.ballistics.follow(&rest, off);
    }

    /// Turns the powers that were heard into changes by half the gain of the moment.
    fn changes(&mut self, band: &Band<Ramp<L>>, power: &mut [L]) {
        let octaves = |db: L| db * L::splat(1.0 / DB_PER_OCTAVE);
        let share = L::splat(1.0 / power.len() as f32);
        let [mut gain, mut threshold, mut range] =
            [band.gain, band.threshold, band.range].map(|ramp| octaves(ramp.from));
        let [gain_step, threshold_step, range_step] = [band.gain, band.threshold, band.range]
            .map(|ramp| (octaves(ramp.to) - octaves(ramp.from)) * share);
        let (knee, half) = (octaves(L::splat(KNEE_DB)), L::splat(0.5));
        let curve = Curve::new(knee, L::splat(1.0) - L::splat(1.0) / band.ratio.to);
        self.ballistics.set(band.attack.to, band.release.to);
        for x in power {
            gain += gain_step;
            threshold += threshold_step;
            range += range_step;
            let over = half * math::log2(*x) - threshold - half * knee;
            let most = range.abs();
            // Held to the range before it is smoothed, and after it because the range may come down faster.
            let moved = self.ballistics.next(curve.reduction(over).min(most)).min(most);
            let moved = L::select(range.lt(L::zero()), -moved, moved);
            self.reduction = self.reduction.max(-moved);
            *x = math::exp2(half * (gain + moved)) - L::splat(1.0);
        }
    }
}
