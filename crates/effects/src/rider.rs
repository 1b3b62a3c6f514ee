//! A vocal rider.

use mixsmith_dsp::delay_line::DelayLine;
use mixsmith_dsp::dynamics::sane;
use mixsmith_dsp::filter::Svf;
use mixsmith_dsp::math::{self, DB_PER_OCTAVE};
use mixsmith_dsp::{Lane, loudness};
use mixsmith_processor::{Effect, Io, Key, Ports, QUANTUM, Ramp, Setup, params};

params! {
    /// Rides a voice towards one loudness.
    pub struct RiderParams {
        /// Loudness that the voice is led to, LUFS. One channel alone counts as both sides.
        target: "Target", Db, -60.0..=0.0, Lin, -20.0, Smooth(20.0);
        /// The most that it is raised or lowered.
        range: "Range", Db, 0.0..=12.0, Lin, 3.0, Smooth(20.0);
        /// Time in which the fader covers 63 % of its way.
        speed: "Speed", Ms, 50.0..=3000.0, Log, 300.0, Step;
        /// What is quieter, LUFS, is not raised: breath, bleed and silence.
        gate: "Gate", Db, -80.0..=-20.0, Lin, -45.0, Smooth(20.0);
        /// Time by which the rider hears ahead. Delays the sound.
        lookahead: "Look-ahead", Ms, 0.0..=200.0, Lin, 0.0, Rebuild;
    }
}

/// The loudness is the louder of a mean over this time, ms, which follows a beginning,
const QUICK_MS: f32 = 40.0;
/// and of one over this time, ms, which lasts through a syllable.
const SLOW_MS: f32 = 400.0;

/// Turns a voice up and down as a hand on a fader does, slowly and within a range.
///
/// The loudness `l` is that of ITU-R BS.1770 with one-poles for its window: the louder of two, of 40 and 400 ms. The fader
/// moves towards `target - l`, held to the range. While the quick one is under the gate, the slow one waits for the next
/// phrase, and the fader goes where it was going if that is down, and else back to nought. [`Effect::gains`] gives its
/// moves.
#[derive(Debug)]
pub struct Rider<L: Lane> {
    rate: f32,
    ear: [Svf<L, 2>; 2],
    /// Powers: quick and slow, and by how much they move each frame.
    means: [L; 2],
    shares: [L; 2],
    /// Where the fader goes and where it is, octaves.
    wanted: L,
    ride: L,
    /// The speed last seen, and the share that follows from it.
    speed: (L, L),
    delays: [DelayLine<L>; 2],
    gains: [L; QUANTUM],
    frames: usize,
}

impl<L: Lane> Effect<L> for Rider<L> {
    const ID: &'static str = "dynamics.rider";
    const NAME: &'static str = "Vocal rider";
    const DOC: &'static str =
        "Rides a voice towards one loudness, slowly and within a range, and lets breath and silence be.";
    const PORTS: Ports = Ports::KEYED;
    type Params<U: Copy> = RiderParams<U>;

    fn new(setup: &Setup, start: &RiderParams) -> Self {
        let mut ear = [Svf::default(); 2];
        for (svf, section) in ear.iter_mut().zip(loudness::sections(f64::from(setup.rate))) {
            (0..L::WIDTH).for_each(|lane| svf.aim(lane, &section, true));
        }
        let ahead = (start.lookahead * 0.001 * setup.rate).round() as usize;
        let none = L::zero();
        Rider {
            rate: setup.rate,
            ear,
            means: [none; 2],
            shares: [QUICK_MS, SLOW_MS].map(|ms| L::splat(math::one_pole(ms, setup.rate))),
            wanted: none,
            ride: none,
            speed: (none, none),
            delays: [DelayLine::new(ahead), DelayLine::new(ahead)],
            gains: [L::splat(1.0); QUANTUM],
            frames: QUANTUM,
        }
    }

    fn latency(&self) -> usize {
        self.delays[0].frames()
    }

    #[inline(always)]
    fn process(&mut self, ramps: &RiderParams<Ramp<L>>, io: Io<'_, L>) {
        let rate = self.rate;
        if self.speed.0 != ramps.speed.to {
            self.speed = (ramps.speed.to, ramps.speed.to.map(|ms| math::one_pole(ms, rate)));
        }
        self.frames = io.left.len();
        let (first, second) = match &io.key {
            Some(Key { left, right }) => (*left, *right),
            None => (&*io.left, io.right.as_deref()),
        };
        let mut heard = [[L::zero(); QUANTUM]; 2];
        for (heard, key) in heard.iter_mut().zip([first, second.unwrap_or(first)]) {
            for (x, &key) in heard.iter_mut().zip(key) {
                *x = sane(key);
            }
        }
        let [left, right] = heard.each_mut().map(|channel| &mut channel[..self.frames]);
        for svf in &mut self.ear {
            svf.run([&mut *left, &mut *right]);
        }
        for (x, &right) in left.iter_mut().zip(&*right) {
            // The least keeps the means from becoming subnormal numbers in silence.
            *x = (*x * *x + right * right).max(L::splat(1e-20));
        }
        self.moves(ramps, left);
        for (delay, channel) in self.delays.iter_mut().zip([Some(io.left), io.right].into_iter().flatten()) {
            for (x, &gain) in channel.iter_mut().zip(&self.gains) {
                *x = delay.next(sane(*x)) * gain;
            }
        }
    }

    fn reduction_db(&self) -> L {
        -self.ride.max(L::zero()) * L::splat(DB_PER_OCTAVE)
    }

    fn gains(&self) -> Option<[&[L]; 2]> {
        let gains = &self.gains[..self.frames];
        Some([gains, gains])
    }
}

impl<L: Lane> Rider<L> {
    /// Turns the powers of a piece into gains.
    #[inline(always)]
    fn moves(&mut self, ramps: &RiderParams<Ramp<L>>, power: &[L]) {
        let octaves = |db: L| db * L::splat(1.0 / DB_PER_OCTAVE);
        let share = L::splat(1.0 / power.len() as f32);
        let [mut target, mut range, mut gate] =
            [ramps.target, ramps.range, ramps.gate].map(|ramp| octaves(ramp.from));
        let [target_step, range_step, gate_step] = [ramps.target, ramps.range, ramps.gate]
            .map(|ramp| (octaves(ramp.to) - octaves(ramp.from)) * share);
        let (half, offset) = (L::splat(0.5), octaves(L::splat(loudness::OFFSET_DB)));
        for (gain, &power) in self.gains.iter_mut().zip(power) {
            target += target_step;
            range += range_step;
            gate += gate_step;
            let level = |power: L| half * math::log2(power) + offset;
            let [quick, slow] = &mut self.means;
            *quick += self.shares[0] * (power - *quick);
            let shut = level(*quick).lt(gate);
            *slow += L::select(shut, L::zero(), self.shares[1] * (power - *slow));
            let open = (target - level(quick.max(*slow))).clamp(-range, range);
            self.wanted = L::select(shut, self.wanted.min(L::zero()), open);
            self.ride += self.speed.1 * (self.wanted - self.ride);
            *gain = math::exp2(self.ride);
        }
        // What fades towards nought would end in subnormal numbers, which are slow.
        let rests = self.ride.abs().lt(L::splat(1e-20));
        self.ride = L::select(rests, L::zero(), self.ride);
    }
}
