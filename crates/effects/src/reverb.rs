//! A room, a plate or a hall.

use mixsmith_dsp::Lane;
use mixsmith_dsp::space::{Diffuser, Network, TappedDelay};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

use crate::cuts::{Cuts, sane};

/// The names of the spaces, in the order of their values.
pub const SPACES: &[&str] = &["room", "plate", "hall"];

params! {
    /// A room, a plate or a hall.
    pub struct ReverbParams {
        /// The kind of space.
        space: "Space", Choice(SPACES), 0.0..=2.0, Lin, 1.0, Rebuild;
        /// Time to fall by 60 dB in the middle of hearing.
        decay: "Decay", S, 0.1..=10.0, Log, 1.5, Smooth(50.0);
        /// Time before the space answers.
        predelay: "Pre-delay", Ms, 0.0..=250.0, Lin, 20.0, Rebuild;
        /// Size of the space against the usual one of its kind.
        size: "Size", Percent, 50.0..=150.0, Lin, 100.0, Rebuild;
        /// Decay of the top (6 kHz) as a share of the decay.
        highdecay: "High decay", Percent, 10.0..=100.0, Lin, 50.0, Smooth(50.0);
        /// Takes out the bottom before the space hears it, 12 dB an octave; 20 Hz is off.
        lowcut: "Low cut", Hz, 20.0..=1000.0, Log, 200.0, Smooth(20.0);
        /// Takes out the top before the space hears it, 12 dB an octave; 20 kHz is off.
        highcut: "High cut", Hz, 1000.0..=20000.0, Log, 8000.0, Smooth(20.0);
        /// Width of the space: 0 is mono.
        width: "Width", Percent, 0.0..=200.0, Lin, 100.0, Smooth(20.0);
        /// Share of the space; the rest is the dry sound.
        mix: "Mix", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
    }
}

/// What makes a kind of space: line lengths and drift in ms, smearing.
struct Character {
    lines: (f64, f64),
    drift: f64,
    smear: f32,
    diffusers: [[f64; 4]; 2],
}

const CHARACTERS: [Character; 3] = [
    Character {
        lines: (11.0, 37.0),
        drift: 0.08,
        smear: 0.55,
        diffusers: [[2.1, 3.3, 5.3, 7.9], [2.3, 3.7, 4.9, 8.3]],
    },
    Character {
        lines: (17.0, 61.0),
        drift: 0.12,
        smear: 0.68,
        diffusers: [[3.6, 4.8, 9.3, 12.7], [3.4, 5.2, 8.6, 13.4]],
    },
    Character {
        lines: (29.0, 97.0),
        drift: 0.15,
        smear: 0.65,
        diffusers: [[5.1, 8.3, 13.1, 19.7], [5.7, 7.9, 12.3, 21.1]],
    },
];

/// A room, a plate or a hall.
#[derive(Debug)]
pub struct Reverb<L: Lane> {
    cuts: Cuts<L>,
    before: [TappedDelay<L>; 2],
    predelay: usize,
    diffusers: [Diffuser<L>; 2],
    network: Network<L>,
    decay: Option<[L; 2]>,
    wet: [[L; QUANTUM]; 2],
    /// Frames that the longest way through the lines takes.
    longest: usize,
    rate: f32,
    /// The decay at the start, s.
    start: f32,
}

impl<L: Lane> Effect<L> for Reverb<L> {
    const ID: &'static str = "space.reverb";
    const NAME: &'static str = "Reverb";
    const DOC: &'static str = "Puts the sound into a room, onto a plate or into a hall.";
    const PORTS: Ports = Ports::STEREO;
    type Params<U: Copy> = ReverbParams<U>;

    fn new(setup: &Setup, start: &ReverbParams) -> Self {
        let character = &CHARACTERS[(start.space as usize).min(CHARACTERS.len() - 1)];
        let (size, frames) = (f64::from(start.size) * 0.01, f64::from(setup.rate) * 0.001);
        let (shortest, longest) = (character.lines.0 * size, character.lines.1 * size);
        let predelay = (f64::from(start.predelay) * frames).round() as usize;
        let diffuser = |side: usize| {
            let delays = character.diffusers[side].map(|ms| (ms * size * frames) as usize);
            Diffuser::new(&delays, character.smear, QUANTUM)
        };
        let smear: f64 = character.diffusers[0].iter().sum();
        Reverb {
            cuts: Cuts::new(setup.rate),
            before: [0, 1].map(|_| TappedDelay::new(predelay, QUANTUM)),
            predelay,
            diffusers: [diffuser(0), diffuser(1)],
            network: Network::new(shortest, longest, character.drift, setup.rate, QUANTUM),
            decay: None,
            wet: [[L::zero(); QUANTUM]; 2],
            // A diffuser's stage falls by 120 dB in at most 37 rounds at a gain of 0.69.
            longest: predelay + ((longest * 4.0 + smear * size * 37.0) * frames) as usize,
            rate: setup.rate,
            start: start.decay,
        }
    }

    fn tail(&self, lane: usize) -> Tail {
        // 120 dB are two decays; the bottom may last a quarter longer.
        let decay = self.decay.map_or(self.start, |[decay, _]| decay.get(lane));
        Tail::Frames(self.longest + (2.5 * decay * self.rate) as usize)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &ReverbParams<Ramp<L>>, io: Io<'_, L>) {
        let Some(right) = io.right else {
            return;
        };
        let hundredth = L::splat(0.01);
        let decay = [ramps.decay.to, ramps.highdecay.to * hundredth];
        if self.decay.is_none() {
            self.network.set_decay(ramps.decay.from, ramps.highdecay.from * hundredth, true);
        }
        if self.decay.replace(decay) != Some(decay) {
            self.network.set_decay(decay[0], decay[1], false);
        }
        if self.cuts.fresh() {
            self.cuts.aim(ramps.lowcut.from, ramps.highcut.from);
        }
        self.cuts.aim(ramps.lowcut.to, ramps.highcut.to);

        let n = io.left.len();
        let [wet_left, wet_right] = self.wet.each_mut().map(|wet| &mut wet[..n]);
        for (wet, dry) in [(&mut *wet_left, &*io.left), (&mut *wet_right, &*right)] {
            for (wet, &dry) in wet.iter_mut().zip(dry) {
                *wet = sane(dry);
            }
        }
        self.cuts.run(wet_left, wet_right);
        for ((wet, line), diffuser) in
            [&mut *wet_left, &mut *wet_right].into_iter().zip(&mut self.before).zip(&mut self.diffusers)
        {
            line.write(wet);
            line.read(self.predelay + n, wet);
            diffuser.run(wet);
        }
        self.network.run(wet_left, wet_right);

        let (share, half) = (1.0 / n as f32, L::splat(0.5));
        let part = |ramp: Ramp<L>| Ramp { from: ramp.from * hundredth, to: ramp.to * hundredth };
        let (mix, width) = (part(ramps.mix), part(ramps.width));
        let (left, right) = (&mut io.left[..n], &mut right[..n]);
        for i in 0..n {
            let (a, b) = (wet_left[i], wet_right[i]);
            let (middle, side) = (half * (a + b), half * (a - b) * width.along(i, share));
            let mix = mix.along(i, share);
            left[i] += mix * (middle + side - left[i]);
            right[i] += mix * (middle - side - right[i]);
        }
    }
}
