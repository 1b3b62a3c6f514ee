//! A de-esser.

use mixsmith_dsp::Lane;
use mixsmith_dsp::dynamics::{Ballistics, Curve, Split, sane};
use mixsmith_dsp::math::{self, DB_PER_OCTAVE};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

params! {
    /// Softens sharp s and t.
    pub struct DeEsserParams {
        /// Turns down what is above the frequency, or everything.
        mode: "Mode", Choice(&["band", "wide"]), 0.0..=1.0, Lin, 0.0, Step;
        /// The sibilance is above.
        frequency: "Frequency", Hz, 2000.0..=12000.0, Log, 5500.0, Smooth(20.0);
        /// Level of the sibilance at which it works, against the voice's own level from 1 to 4 kHz.
        threshold: "Threshold", Db, -20.0..=20.0, Lin, -3.0, Smooth(20.0);
        /// Input change over output change above the threshold.
        ratio: "Ratio", Ratio, 1.0..=20.0, Log, 4.0, Smooth(20.0);
        /// Most that is taken off.
        range: "Range", Db, 0.0..=12.0, Lin, 6.0, Smooth(20.0);
        /// Time to cover 63 % of the way to more reduction.
        attack: "Attack", Ms, 0.1..=20.0, Log, 0.7, Step;
        /// Time to cover 63 % of the way to less reduction.
        release: "Release", Ms, 5.0..=300.0, Log, 45.0, Step;
    }
}

/// Width of the bend around the threshold, dB.
const KNEE_DB: f32 = 3.0;
/// Mean of the sibilance's power, ms: longer than its periods.
const SIBILANCE_MS: f32 = 2.0;
/// Mean of the voice's power, ms: longer than its periods, and so short that a vowel does not begin as an s.
const VOICE_MS: f32 = 8.0;
/// How slowly the voice is forgotten, ms, so that the vowels around an s decide.
const MEMORY_MS: f32 = 1000.0;
/// The voice counts as at least this loud (power of -70 dBFS), so that noise in a pause is left alone.
const FLOOR: f32 = 1e-7;
/// The power of silence: not quite nought, so that the means do not become subnormal numbers.
const NOTHING: f32 = 1e-30;

/// A de-esser that compares the sibilance to the voice itself, so that the level of the singing does not matter.
#[derive(Debug)]
pub struct DeEsser<L> {
    ears: [Ear<L>; 2],
    /// Powers: sibilance, voice, and the voice as it is remembered.
    powers: [L; 3],
    /// Shares by which these move each frame; the memory rises at once.
    shares: [L; 3],
    ballistics: Ballistics<L>,
    bands: [Split<L>; 2],
    tail: usize,
    largest: L,
}

impl<L: Lane> Effect<L> for DeEsser<L> {
    const ID: &'static str = "dynamics.deesser";
    const NAME: &'static str = "De-esser";
    const DOC: &'static str =
        "Turns down sibilance that stands out of the voice, whatever the level of the voice.";
    const PORTS: Ports = Ports::KEYED;
    type Params<U: Copy> = DeEsserParams<U>;

    fn new(setup: &Setup, _: &DeEsserParams) -> Self {
        let share = |ms: f32| L::splat(math::one_pole(ms, setup.rate));
        DeEsser {
            ears: [Ear::new(setup.rate); 2],
            powers: [L::zero(), L::zero(), L::splat(FLOOR)],
            shares: [SIBILANCE_MS, VOICE_MS, MEMORY_MS].map(share),
            ballistics: Ballistics::new(setup.rate),
            bands: [Split::new(setup.rate); 2],
            // The lowest filter, 2 kHz, has fallen by 120 dB after 1.6 ms.
            tail: (0.002 * setup.rate) as usize,
            largest: L::zero(),
        }
    }

    fn tail(&self, _: usize) -> Tail {
        Tail::Frames(self.tail)
    }

    fn still(&self) -> bool {
        let [sharp, mean, memory] = self.powers;
        let comes = |power: L, share: L| power + share * (L::splat(NOTHING) - power);
        comes(sharp, self.shares[0]) == sharp
            && comes(mean, self.shares[1]) == mean
            && memory == L::splat(FLOOR)
            && self.ears.iter().all(Ear::still)
            && self.ballistics.still()
            && self.bands.iter().all(Split::still)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &DeEsserParams<Ramp<L>>, io: Io<'_, L>) {
        let frequency = ramps.frequency.to;
        let key = match &io.key {
            Some(key) => (key.left, key.right),
            None => (&*io.left, io.right.as_deref()),
        };
        let n = io.left.len();
        let (mut sibilance, mut voice) = ([L::splat(NOTHING); QUANTUM], [L::splat(NOTHING); QUANTUM]);
        let (sibilance, voice) = (&mut sibilance[..n], &mut voice[..n]);
        for (ear, key) in self.ears.iter_mut().zip([Some(key.0), key.1].into_iter().flatten()) {
            ear.hear(frequency, key, sibilance, voice);
        }
        // From here `sibilance` holds changes of gain: 0 is none, -1 is silence.
        self.changes(ramps, sibilance, voice);
        let wide = L::zero().lt(ramps.mode.to);
        for (band, channel) in self.bands.iter_mut().zip([Some(io.left), io.right].into_iter().flatten()) {
            band.tune(frequency);
            for (x, &change) in channel.iter_mut().zip(&*sibilance) {
                let dry = sane(*x);
                let (low, high) = band.next(dry);
                // (1 + change)^2 - 1: by the whole reduction.
                let whole = change * (change + L::splat(2.0));
                // A shelf: the top by the whole reduction, the middle by half, which keeps its flank free of
                // a bump. Only changes are added, so that without one the sum is exact.
                let shelf = high * whole + (dry - low - high) * change;
                *x += L::select(wide, dry * whole, shelf);
            }
            band.settle();
        }
    }

    fn reduction_db(&self) -> L {
        self.largest.max(L::zero()) * L::splat(DB_PER_OCTAVE)
    }
}

impl<L: Lane> DeEsser<L> {
    /// Turns the powers of sibilance and voice into changes of gain by half the reduction, in the first.
    #[inline(always)]
    fn changes(&mut self, ramps: &DeEsserParams<Ramp<L>>, sibilance: &mut [L], voice: &[L]) {
        let octaves = |db: L| db * L::splat(1.0 / DB_PER_OCTAVE);
        let slope = L::splat(1.0) - L::splat(1.0) / ramps.ratio.to;
        let curve =
            Curve::new(octaves(L::splat(KNEE_DB)), slope).above(octaves(ramps.threshold.to)).of_power();
        let range = octaves(ramps.range.to);
        self.ballistics.set(ramps.attack.to, ramps.release.to);
        self.largest = L::zero();
        let [sharp, mean, memory] = &mut self.powers;
        let [sharp_share, mean_share, forget] = self.shares;
        for (x, &voice) in sibilance.iter_mut().zip(voice) {
            *sharp += sharp_share * (*x - *sharp);
            *mean += mean_share * (voice - *mean);
            *memory = mean.max(*memory + forget * (*mean - *memory)).max(L::splat(FLOOR));
            let against = math::log2(*sharp) - math::log2(*memory);
            let wanted = curve.reduction(against).min(range);
            let reduction = self.ballistics.next(wanted);
            self.largest = self.largest.max(reduction);
            *x = math::exp2(L::splat(-0.5) * reduction) - L::splat(1.0);
        }
    }
}

/// Filters one channel of the key.
#[derive(Clone, Copy, Debug)]
struct Ear<L> {
    sibilance: Split<L>,
    voice: [Split<L>; 2],
}

impl<L: Lane> Ear<L> {
    fn new(rate: f32) -> Self {
        let mut voice = [Split::new(rate); 2];
        voice[0].tune(L::splat(1000.0));
        voice[1].tune(L::splat(4000.0));
        Ear { sibilance: Split::new(rate), voice }
    }

    fn still(&self) -> bool {
        self.sibilance.still() && self.voice.iter().all(Split::still)
    }

    /// Adds the powers above `frequency` and from 1 to 4 kHz.
    fn hear(&mut self, frequency: L, key: &[L], sibilance: &mut [L], voice: &mut [L]) {
        self.sibilance.tune(frequency);
        for ((&key, sibilance), voice) in key.iter().zip(sibilance).zip(voice) {
            let key = sane(key);
            let (_, high) = self.sibilance.next(key);
            let (_, from_1k) = self.voice[0].next(key);
            let (to_4k, _) = self.voice[1].next(from_1k);
            *sibilance += high * high;
            *voice += to_4k * to_4k;
        }
        self.sibilance.settle();
        self.voice.iter_mut().for_each(Split::settle);
    }
}
