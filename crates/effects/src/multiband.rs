//! A compressor for each of four bands.

use mixsmith_dsp::Lane;
use mixsmith_dsp::dynamics::{Ballistics, Curve, sane};
use mixsmith_dsp::filter::{Crossover, Section, crossover::BANDS};
use mixsmith_dsp::math::{self, DB_PER_OCTAVE};
use mixsmith_processor::{Effect, Io, Key, Ports, QUANTUM, Ramp, Setup, Tail, params};

params! {
    /// Four bands, each with a compressor. Bands that are off pass as they are.
    pub struct MultibandParams {
        /// Where band 1 ends and band 2 begins.
        low: "Low crossover", Hz, 30.0..=1000.0, Log, 120.0, Smooth(20.0);
        /// Where band 2 ends and band 3 begins.
        middle: "Middle crossover", Hz, 200.0..=6000.0, Log, 800.0, Smooth(20.0);
        /// Where band 3 ends and band 4 begins.
        high: "High crossover", Hz, 1000.0..=16000.0, Log, 4000.0, Smooth(20.0);
        /// Whether band 1 is compressed.
        on1: "On 1", Choice(&["off", "on"]), 0.0..=1.0, Lin, 1.0, Step;
        /// Level in band 1 above which its gain is reduced.
        threshold1: "Threshold 1", Db, -60.0..=0.0, Lin, -24.0, Smooth(20.0);
        /// Input change over output change above the threshold of band 1.
        ratio1: "Ratio 1", Ratio, 1.0..=20.0, Log, 2.0, Smooth(20.0);
        /// Time in which band 1 covers 63 % of the way to more reduction.
        attack1: "Attack 1", Ms, 0.1..=200.0, Log, 30.0, Step;
        /// Time in which band 1 covers 63 % of the way to less reduction.
        release1: "Release 1", Ms, 5.0..=2000.0, Log, 200.0, Step;
        /// Gain of band 1 after the reduction.
        makeup1: "Make-up 1", Db, -12.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Whether band 2 is compressed.
        on2: "On 2", Choice(&["off", "on"]), 0.0..=1.0, Lin, 1.0, Step;
        /// Level in band 2 above which its gain is reduced.
        threshold2: "Threshold 2", Db, -60.0..=0.0, Lin, -24.0, Smooth(20.0);
        /// Input change over output change above the threshold of band 2.
        ratio2: "Ratio 2", Ratio, 1.0..=20.0, Log, 2.0, Smooth(20.0);
        /// Time in which band 2 covers 63 % of the way to more reduction.
        attack2: "Attack 2", Ms, 0.1..=200.0, Log, 20.0, Step;
        /// Time in which band 2 covers 63 % of the way to less reduction.
        release2: "Release 2", Ms, 5.0..=2000.0, Log, 150.0, Step;
        /// Gain of band 2 after the reduction.
        makeup2: "Make-up 2", Db, -12.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Whether band 3 is compressed.
        on3: "On 3", Choice(&["off", "on"]), 0.0..=1.0, Lin, 1.0, Step;
        /// Level in band 3 above which its gain is reduced.
        threshold3: "Threshold 3", Db, -60.0..=0.0, Lin, -24.0, Smooth(20.0);
        /// Input change over output change above the threshold of band 3.
        ratio3: "Ratio 3", Ratio, 1.0..=20.0, Log, 2.0, Smooth(20.0);
        /// Time in which band 3 covers 63 % of the way to more reduction.
        attack3: "Attack 3", Ms, 0.1..=200.0, Log, 10.0, Step;
        /// Time in which band 3 covers 63 % of the way to less reduction.
        release3: "Release 3", Ms, 5.0..=2000.0, Log, 100.0, Step;
        /// Gain of band 3 after the reduction.
        makeup3: "Make-up 3", Db, -12.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Whether band 4 is compressed.
        on4: "On 4", Choice(&["off", "on"]), 0.0..=1.0, Lin, 1.0, Step;
        /// Level in band 4 above which its gain is reduced.
        threshold4: "Threshold 4", Db, -60.0..=0.0, Lin, -24.0, Smooth(20.0);
        /// Input change over output change above the threshold of band 4.
        ratio4: "Ratio 4", Ratio, 1.0..=20.0, Log, 2.0, Smooth(20.0);
        /// Time in which band 4 covers 63 % of the way to more reduction.
        attack4: "Attack 4", Ms, 0.1..=200.0, Log, 5.0, Step;
        /// Time in which band 4 covers 63 % of the way to less reduction.
        release4: "Release 4", Ms, 5.0..=2000.0, Log, 60.0, Step;
        /// Gain of band 4 after the reduction.
        makeup4: "Make-up 4", Db, -12.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Width of the bend around each threshold.
        knee: "Knee", Db, 0.0..=24.0, Lin, 6.0, Smooth(20.0);
        /// Share of the compressed sound; the rest is the sum of the bands as they came, in phase with it.
        mix: "Mix", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
    }
}

/// One band's share of the parameters.
#[derive(Clone, Copy)]
struct Band<T> {
    on: T,
    threshold: T,
    ratio: T,
    attack: T,
    release: T,
    makeup: T,
}

impl<T: Copy> MultibandParams<T> {
    fn bands(&self) -> [Band<T>; BANDS] {
        macro_rules! band {
            ($on:ident $threshold:ident $ratio:ident $attack:ident $release:ident $makeup:ident) => {
                Band {
                    on: self.$on,
                    threshold: self.$threshold,
                    ratio: self.$ratio,
                    attack: self.$attack,
                    release: self.$release,
                    makeup: self.$makeup,
                }
            };
        }
        [
            band!(on1 threshold1 ratio1 attack1 release1 makeup1),
            band!(on2 threshold2 ratio2 attack2 release2 makeup2),
            band!(on3 threshold3 ratio3 attack3 release3 makeup3),
            band!(on4 threshold4 ratio4 attack4 release4 makeup4),
        ]
    }
}

/// The sound of one channel in bands.
type Bands<L> = [[L; QUANTUM]; BANDS];

/// A compressor for each of four bands. Each reads the peaks of its own band, the louder of two channels, and turns both
/// down alike. The bands come from [`Crossover`]: with nothing turned down their sum is flat, though its phase turns.
#[derive(Debug)]
pub struct Multiband<L: Lane> {
    rate: f64,
    /// Left and right of the sound, then of the key.
    crossovers: [Crossover<L>; 4],
    ballistics: [Ballistics<L>; BANDS],
    /// The lowest crossover of each lane, Hz.
    lowest: L,
    reduction: L,
}

impl<L: Lane> Effect<L> for Multiband<L> {
    const ID: &'static str = "dynamics.multiband";
    const NAME: &'static str = "Multiband compressor";
    const DOC: &'static str =
        "A compressor for each of four bands, with crossovers of 24 dB an octave that add up to a flat sum.";
    const PORTS: Ports = Ports::KEYED;
    type Params<U: Copy> = MultibandParams<U>;

    fn new(setup: &Setup, start: &MultibandParams) -> Self {
        Multiband {
            rate: f64::from(setup.rate),
            crossovers: [Crossover::new(setup.rate); 4],
            ballistics: [Ballistics::new(setup.rate); BANDS],
            lowest: L::splat(start.low.min(start.middle).min(start.high)),
            reduction: L::zero(),
        }
    }

    fn tail(&self, lane: usize) -> Tail {
        // Where all crossovers stand at one frequency, a sound goes through four Butterworth filters of it.
        let g = (std::f64::consts::PI * f64::from(self.lowest.get(lane)) / self.rate).tan();
        let k = std::f64::consts::SQRT_2;
        Tail::Frames((2.5 * Section { g, k, high: 0.0, band: 0.0, low: 0.0 }.tail()) as usize + QUANTUM)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &MultibandParams<Ramp<L>>, io: Io<'_, L>) {
        let corners = [ramps.low.to, ramps.middle.to, ramps.high.to];
        self.crossovers.iter_mut().for_each(|crossover| crossover.tune(corners));
        self.lowest = corners[0].min(corners[1]).min(corners[2]);

        let frames = io.left.len();
        let mut power = [[L::splat(1e-30); QUANTUM]; BANDS];
        let [left, right, ears @ ..] = &mut self.crossovers;
        let silence = [[L::zero(); QUANTUM]; BANDS];
        let (mut first, mut second) = (silence, silence);
        split(left, io.left, &mut first);
        if let Some(channel) = &io.right {
            split(right, channel, &mut second);
        }
        match io.key {
            Some(Key { left, right }) => {
                let mut heard = silence;
                for (ear, key) in ears.iter_mut().zip([Some(left), right].into_iter().flatten()) {
                    split(ear, key, &mut heard);
                    louder(&heard, &mut power);
                }
            }
            None => {
                louder(&first, &mut power);
                louder(&second, &mut power);
            }
        }
        self.reduction = L::zero();
        for ((power, band), ballistics) in power.iter_mut().zip(ramps.bands()).zip(&mut self.ballistics) {
            let course = Course::new(&band, ramps, frames);
            self.reduction = self.reduction.max(course.gains(ballistics, &mut power[..frames]));
        }
        add_up(&first, &power, io.left);
        if let Some(channel) = io.right {
            add_up(&second, &power, channel);
        }
    }

    fn reduction_db(&self) -> L {
        self.reduction.max(L::zero()) * L::splat(DB_PER_OCTAVE)
    }
}

fn split<L: Lane>(crossover: &mut Crossover<L>, channel: &[L], bands: &mut Bands<L>) {
    for (i, &x) in channel.iter().enumerate() {
        for (band, part) in bands.iter_mut().zip(crossover.next(sane(x))) {
            band[i] = part;
        }
    }
    crossover.settle();
}

fn louder<L: Lane>(bands: &Bands<L>, power: &mut Bands<L>) {
    for (power, &x) in power.iter_mut().flatten().zip(bands.iter().flatten()) {
        *power = power.max(x * x);
    }
}

fn add_up<L: Lane>(bands: &Bands<L>, gains: &Bands<L>, channel: &mut [L]) {
    for (i, x) in channel.iter_mut().enumerate() {
        let [a, b, c, d]: [L; BANDS] = std::array::from_fn(|band| bands[band][i] * gains[band][i]);
        *x = (a + b) + (c + d);
    }
}

/// What shapes the gain of a band over a piece. Levels in octaves; pairs are a value and its step a frame.
struct Course<L: Lane> {
    on: L::Mask,
    curve: Curve<L>,
    attack: L,
    release: L,
    threshold: (L, L),
    makeup: (L, L),
    mix: (L, L),
}

impl<L: Lane> Course<L> {
    fn new(band: &Band<Ramp<L>>, ramps: &MultibandParams<Ramp<L>>, frames: usize) -> Self {
        let share = L::splat(1.0 / frames as f32);
        let octave = L::splat(1.0 / DB_PER_OCTAVE);
        let line = |ramp: Ramp<L>, unit: L| (ramp.from * unit, (ramp.to - ramp.from) * unit * share);
        Course {
            on: L::splat(0.5).lt(band.on.to),
            curve: Curve::new(ramps.knee.to * octave, L::splat(1.0) - L::splat(1.0) / band.ratio.to),
            attack: band.attack.to,
            release: band.release.to,
            threshold: line(band.threshold, octave),
            makeup: line(band.makeup, octave),
            mix: line(ramps.mix, L::splat(0.01)),
        }
    }

    /// Turns powers into gains, in place. Returns the largest reduction.
    #[inline(always)]
    fn gains(&self, ballistics: &mut Ballistics<L>, power: &mut [L]) -> L {
        ballistics.set(self.attack, self.release);
        let (mut threshold, mut makeup, mut mix) = (self.threshold.0, self.makeup.0, self.mix.0);
        let mut largest = L::zero();
        for x in power {
            threshold += self.threshold.1;
            makeup += self.makeup.1;
            mix += self.mix.1;
            let level = L::splat(0.5) * math::log2(*x);
            let wanted = self.curve.reduction(level - threshold);
            let reduction = ballistics.next(L::select(self.on, wanted, L::zero()));
            largest = largest.max(reduction);
            let gain = makeup - reduction;
            let wet = math::exp2(L::select(self.on, gain, -reduction)) - L::splat(1.0);
            *x = L::splat(1.0) + mix * wet;
        }
        largest
    }
}
