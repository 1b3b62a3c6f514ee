//! The sound of a place, from its answer to a click.

mod places;

use std::sync::Arc;

use mixsmith_dsp::Lane;
use mixsmith_dsp::convolution::{Convolver, LONGEST, Response};
use mixsmith_dsp::delay_line::DelayLine;
use mixsmith_processor::{Effect, Impulse, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

use crate::cuts::{Cuts, sane};
use crate::glide::Glide;

/// The names of the places, in the order of their values.
pub const PLACES: &[&str] = &["room", "chamber", "hall", "plate"];
/// The names of the latencies.
pub const LATENCIES: &[&str] = &["none", "8192 frames"];

params! {
    /// The sound of a place, from its answer to a click.
    pub struct ConvolutionParams {
        /// The place, where no impulse response of your own is given.
        place: "Place", Choice(PLACES), 0.0..=3.0, Lin, 2.0, Rebuild;
        /// Time to fall by 60 dB in the middle of hearing. An impulse response of your own has its own.
        decay: "Decay", S, 0.1..=10.0, Log, 1.5, Rebuild;
        /// Where the answer is faded out, if it is longer.
        length: "Length", S, 0.05..=15.0, Log, 15.0, Rebuild;
        /// Time before the place answers.
        predelay: "Pre-delay", Ms, 0.0..=250.0, Lin, 15.0, Rebuild;
        /// Takes out the bottom before the place hears it, 12 dB an octave; 20 Hz is off.
        lowcut: "Low cut", Hz, 20.0..=1000.0, Log, 150.0, Smooth(20.0);
        /// Takes out the top before the place hears it, 12 dB an octave; 20 kHz is off.
        highcut: "High cut", Hz, 1000.0..=20000.0, Log, 12000.0, Smooth(20.0);
        /// Width of the place: 0 is mono.
        width: "Width", Percent, 0.0..=200.0, Lin, 100.0, Smooth(20.0);
        /// Share of the place; the rest is the dry sound.
        mix: "Mix", Percent, 0.0..=100.0, Lin, 100.0, Smooth(20.0);
        /// With latency, which a bounce makes up for, an answer of some seconds takes half the time to compute.
        latency: "Latency", Choice(LATENCIES), 0.0..=1.0, Lin, 0.0, Rebuild;
    }
}

/// The sound of a place, from its answer to a click.
#[derive(Debug)]
pub struct Convolution<L: Lane> {
    cuts: Cuts<L>,
    /// Of each lane, left and right.
    convolvers: Vec<[Convolver; 2]>,
    wet: [[L; QUANTUM]; 2],
    /// The dry sound until the place answers to it, if there is latency.
    dry: [DelayLine<L>; 2],
    tail: usize,
}

/// The answer that is convolved with: cut to its length, late by so much, and as loud for steady noise as what goes in.
fn answer(given: &Impulse, length: usize, late: usize) -> [Vec<f32>; 2] {
    let frames = given.channels.iter().map(Vec::len).min().unwrap_or(0).min(length);
    let cut = given.channels.iter().any(|channel| channel.len() > frames);
    let fade = if cut { (frames / 10).max(1) } else { 0 };
    let shaped = |channel: &Vec<f32>| -> Vec<f32> {
        let level = |i: usize| {
            let left = (frames - i).min(fade) as f32 / fade.max(1) as f32;
            if cut { 0.5 - 0.5 * (std::f32::consts::PI * left).cos() } else { 1.0 }
        };
        let samples = channel[..frames].iter().enumerate().map(|(i, &x)| sane(x) * level(i));
        std::iter::repeat_n(0.0, late).chain(samples).collect()
    };
    let mut sides: Vec<Vec<f32>> = given.channels.iter().take(2).map(shaped).collect();
    let energy: f64 = sides.iter().flatten().map(|&x| f64::from(x).powi(2)).sum();
    let share = (sides.len() as f64 / energy.max(1e-20)).sqrt() as f32;
    sides.iter_mut().flatten().for_each(|x| *x *= share);
    let left = sides.first().cloned().unwrap_or_default();
    let right = sides.into_iter().nth(1).unwrap_or_else(|| left.clone());
    [left, right]
}

impl<L: Lane> Effect<L> for Convolution<L> {
    const ID: &'static str = "space.convolution";
    const NAME: &'static str = "Convolution";
    const DOC: &'static str = "Puts the sound into a place by its answer to a click: one of four that are built in, or an \
                               impulse response of your own.";
    const PORTS: Ports = Ports::STEREO_IMPULSE;
    type Params<U: Copy> = ConvolutionParams<U>;

    fn new(setup: &Setup, start: &ConvolutionParams) -> Self {
        let frames = |seconds: f32| (seconds * setup.rate).round() as usize;
        let latency = if start.latency < 0.5 { 0 } else { LONGEST };
        let (length, late) = (frames(start.length), frames(start.predelay * 0.001) + latency);
        let sides = match &setup.impulse {
            Some(own) => answer(own, length, late),
            None => answer(&places::impulse(start.place as usize, start.decay, setup.rate), length, late),
        };
        let responses = sides.map(|side| Arc::new(Response::new(&side)));
        Convolution {
            cuts: Cuts::new(setup.rate),
            convolvers: (0..L::WIDTH)
                .map(|_| responses.each_ref().map(|r| Convolver::new(Arc::clone(r))))
                .collect(),
            wet: [[L::zero(); QUANTUM]; 2],
            dry: [0, 1].map(|_| DelayLine::new(latency)),
            // The cuts ring for less than a quarter of a second.
            tail: responses[0].frames().max(responses[1].frames()) + frames(0.25),
        }
    }

    fn latency(&self) -> usize {
        self.dry[0].frames()
    }

    fn tail(&self, _: usize) -> Tail {
        Tail::Frames(self.tail)
    }

    #[inline(always)]
    fn process(&mut self, ramps: &ConvolutionParams<Ramp<L>>, io: Io<'_, L>) {
        let Some(right) = io.right else {
            return;
        };
        let frames = io.left.len();
        if self.cuts.fresh() {
            self.cuts.aim(ramps.lowcut.from, ramps.highcut.from);
        }
        self.cuts.aim(ramps.lowcut.to, ramps.highcut.to);
        let [wet_left, wet_right] = &mut self.wet;
        let (wet_left, wet_right) = (&mut wet_left[..frames], &mut wet_right[..frames]);
        for (wet, dry) in [(&mut *wet_left, &*io.left), (&mut *wet_right, &*right)] {
            for (wet, &dry) in wet.iter_mut().zip(dry) {
                *wet = sane(dry);
            }
        }
        self.cuts.run(wet_left, wet_right);
        self.dry[0].process(io.left);
        self.dry[1].process(right);
        for (lane, sides) in self.convolvers.iter_mut().enumerate() {
            for (convolver, wet) in sides.iter_mut().zip([&mut *wet_left, &mut *wet_right]) {
                let mut sound = [0.0; QUANTUM];
                for (x, wet) in sound.iter_mut().zip(&*wet) {
                    *x = wet.get(lane);
                }
                convolver.run(&mut sound[..frames]);
                for (x, wet) in sound.iter().zip(&mut *wet) {
                    wet.set(lane, *x);
                }
            }
        }
        let mix = Glide::new(&ramps.mix, 0.01, frames);
        let width = Glide::new(&ramps.width, 0.01, frames);
        let half = L::splat(0.5);
        let dry = io.left.iter_mut().zip(right.iter_mut()).enumerate();
        for ((i, (l, r)), (&a, &b)) in dry.zip(wet_left.iter().zip(wet_right.iter())) {
            let (middle, side) = (half * (a + b), half * (a - b) * width.at(i));
            *l += mix.at(i) * (middle + side - *l);
            *r += mix.at(i) * (middle - side - *r);
        }
    }
}
