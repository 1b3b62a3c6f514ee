//! The equaliser with a straight phase.

use std::f64::consts::PI;

use mixsmith_dsp::Lane;
use mixsmith_dsp::dynamics::sane;
use mixsmith_dsp::fft::Fft;
use mixsmith_dsp::long_filter::{Convolver, Filter};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail};

use crate::equaliser::{BANDS, Band, EqualiserParams};

/// Blocks in half the length of the filter.
const HALF: usize = 4;

/// The bands of the [equaliser](crate::equaliser) as one filter that delays all frequencies alike.
///
/// The magnitude of the equaliser's own sections is sampled twice as finely as the filter is long, taken back to taps,
/// and its ends are faded over the outer quarters. The filter is 171 to 186 ms long (8192 taps at 44.1 and 48 kHz, more
/// at higher rates); half of that and one block for the transform is the latency. A change of a band is heard from the
/// next block on, and faded over one. The filter is designed when a knob is set; of one that moves, once a block, for
/// where it is when the block is full. What is heard of a move comes as much early as the filter looks ahead: by its latency.
#[derive(Debug)]
pub struct LinearEqualiser<L: Lane> {
    designer: Designer,
    convolver: Convolver<L>,
    /// What is heard, and what is faded to once the block is full.
    filters: [Filter<L>; 2],
    /// Is there something to fade to?
    fades: bool,
    /// The bands of the newer of both.
    designed: [Band<L>; BANDS],
    begun: bool,
    /// The block that is filled, left and right; the one that is played; and what is faded in.
    heard: [Vec<L>; 2],
    played: [Vec<L>; 2],
    faded: [Vec<L>; 2],
    at: usize,
}

impl<L: Lane> Effect<L> for LinearEqualiser<L> {
    const ID: &'static str = "tone.linear-equaliser";
    const NAME: &'static str = "Linear-phase equaliser";
    const DOC: &'static str = "The equaliser's eight bands with one delay for all frequencies: for the master, and for what is mixed in parallel.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = EqualiserParams<U>;

    fn new(setup: &Setup, start: &EqualiserParams) -> Self {
        // A block of 1024 frames at 48 kHz: as long at other rates, within a factor of the root of two.
        let block = ((setup.rate / 48.0) as usize * 3 / 4).next_power_of_two().clamp(64, 16_384);
        let convolver = Convolver::new(block, 2 * HALF);
        let zeros = || [vec![L::zero(); block], vec![L::zero(); block]];
        let filters = [convolver.filter(), convolver.filter()];
        let designed = start.bands().map(|band| band.map(|&value| L::splat(value)));
        let mut equaliser = LinearEqualiser {
            designer: Designer::new(setup, block),
            convolver,
            filters,
            fades: false,
            designed,
            begun: false,
            heard: zeros(),
            played: zeros(),
            faded: zeros(),
            at: 0,
        };
        equaliser.design(0, |_| true);
        equaliser
    }

    fn latency(&self) -> usize {
        (HALF + 1) * self.heard[0].len()
    }

    fn tail(&self, _: usize) -> Tail {
        Tail::Frames((HALF + 1) * self.heard[0].len())
    }

    fn set(&mut self, ramps: &EqualiserParams<Ramp<L>>) {
        let bands = ramps.bands();
        let (from, to) = (bands.map(|band| band.map(|r| r.from)), bands.map(|band| band.map(|r| r.to)));
        if !self.begun {
            // Only now is each lane's own value at the start known.
            self.begun = true;
            self.aim(from, 0);
        }
        // What moves is set every quantum, and once more when it stands still.
        if from == to || self.at + QUANTUM >= self.heard[0].len() {
            self.aim(to, 1);
        }
    }

    #[inline(always)]
    fn process(&mut self, _: &EqualiserParams<Ramp<L>>, io: Io<'_, L>) {
        let frames = io.left.len();
        let mut channels = [Some(io.left), io.right];
        let mut done = 0;
        while done < frames {
            let count = (self.heard[0].len() - self.at).min(frames - done);
            for (c, channel) in channels.iter_mut().enumerate() {
                let Some(channel) = channel else { continue };
                let piece = &mut channel[done..done + count];
                let kept = self.heard[c][self.at..].iter_mut().zip(&self.played[c][self.at..]);
                for (x, (heard, &played)) in piece.iter_mut().zip(kept) {
                    *heard = sane(*x);
                    *x = played;
                }
            }
            done += count;
            self.at += count;
            if self.at == self.heard[0].len() {
                self.at = 0;
                self.turn();
            }
        }
    }
}

impl<L: Lane> LinearEqualiser<L> {
    /// A block is full: the next one to be played is made.
    fn turn(&mut self) {
        let [left, right] = &self.heard;
        self.convolver.push(left, right);
        let [left, right] = &mut self.played;
        self.convolver.convolve(&self.filters[0], left, right);
        if std::mem::take(&mut self.fades) {
            let [left, right] = &mut self.faded;
            self.convolver.convolve(&self.filters[1], left, right);
            let step = 1.0 / self.heard[0].len() as f32;
            for (played, faded) in self.played.iter_mut().zip(&self.faded) {
                for (i, (x, &new)) in played.iter_mut().zip(faded).enumerate() {
                    // Without a corner at either end.
                    let share = (i + 1) as f32 * step;
                    let share = L::splat(share * share * (3.0 - 2.0 * share));
                    *x += (new - *x) * share;
                }
            }
            self.filters.swap(0, 1);
        }
    }

    /// Designs anew the lanes whose bands have changed, into the given filter.
    fn aim(&mut self, to: [Band<L>; BANDS], into: usize) {
        if to == self.designed {
            return;
        }
        let before = std::mem::replace(&mut self.designed, to);
        if into == 1 && !std::mem::replace(&mut self.fades, true) {
            let [now, next] = &mut self.filters;
            next.clone_from(now);
        }
        let lane =
            |bands: &[Band<L>; BANDS], lane: usize| bands.map(|band| band.map(|value| value.get(lane)));
        self.design(into, |i| lane(&before, i) != lane(&to, i));
    }

    fn design(&mut self, into: usize, lanes: impl Fn(usize) -> bool) {
        for lane in (0..L::WIDTH).filter(|&lane| lanes(lane)) {
            let bands = self.designed.map(|band| band.map(|value| value.get(lane)));
            let crosses = self.designer.design(&bands);
            let Designer { taps: [own, other], work, .. } = &mut self.designer;
            self.convolver.set(&mut self.filters[into], lane, own, crosses.then_some(&other[..]), work);
        }
    }
}

/// Turns bands into taps.
#[derive(Debug)]
struct Designer {
    setup: Setup,
    fft: Fft,
    /// Squared tangents of half the angles of the bins from 0 Hz to half the rate.
    angles: Vec<f64>,
    /// Squared magnitudes of the bins.
    power: Vec<f64>,
    /// By which the taps fade, from the middle of the filter to its end.
    fade: Vec<f64>,
    bins: [Vec<f32>; 2],
    /// What a channel is filtered with, and what the other one is.
    taps: [Vec<f32>; 2],
    work: [Vec<f32>; 2],
}

impl Designer {
    fn new(setup: &Setup, block: usize) -> Self {
        let half = HALF * block;
        let fft = Fft::new(4 * half);
        let bins = fft.size() / 2 + 1;
        let angle = |k: usize| (PI * 0.5 * k as f64 / (bins - 1) as f64).tan().powi(2);
        let fade = |t: usize| {
            let beyond = (t as f64 / half as f64 * 2.0 - 1.0).max(0.0);
            0.5 + 0.5 * (PI * beyond).cos()
        };
        Designer {
            setup: setup.clone(),
            angles: (0..bins).map(angle).collect(),
            power: vec![0.0; bins],
            fade: (0..half).map(fade).collect(),
            bins: [vec![0.0; fft.size()], vec![0.0; fft.size()]],
            taps: [vec![0.0; 2 * half], vec![0.0; 2 * half]],
            work: [vec![0.0; 2 * block], vec![0.0; 2 * block]],
            fft,
        }
    }

    /// Makes the taps. Says whether there are any for the other channel.
    fn design(&mut self, bands: &[Band; BANDS]) -> bool {
        let stereo = self.setup.channels == 2;
        let crosses =
            stereo && bands.iter().any(|band| band.place != 0.0 && band.prototypes().next().is_some());
        // The middle hears what is for it and for both; one channel alone is the middle.
        self.middle_or_side(bands, 2.0, 0);
        if crosses {
            self.middle_or_side(bands, 1.0, 1);
            let [own, other] = &mut self.taps;
            for (own, other) in own.iter_mut().zip(other) {
                (*own, *other) = (0.5 * (*own + *other), 0.5 * (*own - *other));
            }
        }
        crosses
    }

    /// The taps of all bands but those of one place.
    fn middle_or_side(&mut self, bands: &[Band; BANDS], but: f32, into: usize) {
        self.power.fill(1.0);
        let rate = f64::from(self.setup.rate);
        for section in bands.iter().filter(|band| band.place != but).flat_map(|band| band.sections(rate)) {
            for (power, &x) in self.power.iter_mut().zip(&self.angles) {
                *power *= section.power_at(x);
            }
        }
        let size = self.fft.size();
        let [re, im] = &mut self.bins;
        im.fill(0.0);
        for (k, power) in self.power.iter().enumerate() {
            let magnitude = power.max(0.0).sqrt() as f32;
            re[k] = magnitude;
            re[(size - k) % size] = magnitude;
        }
        // Bins that are real and mirrored have the same transform forwards and backwards.
        self.fft.forward(re, im);
        let taps = &mut self.taps[into];
        let half = taps.len() / 2;
        // The first tap stays nought, so that there are as many before the middle as after it.
        for (t, fade) in self.fade.iter().enumerate() {
            let tap = (f64::from(re[self.fft.place(t)]) * fade / size as f64) as f32;
            taps[half + t] = tap;
            taps[half - t] = tap;
        }
    }
}
