//! Eight bands of tone.

use std::f32::consts::FRAC_1_SQRT_2;

use mixsmith_dsp::filter::design::{MOST_SECTIONS, Prototype, Shape, butterworth};
use mixsmith_dsp::filter::{Section, Svf, cascade, matched_closely, matched_in_a_row};
use mixsmith_dsp::{Lane, lane::Mask};
use mixsmith_processor::{Effect, Io, Ports, QUANTUM, Ramp, Setup, Tail, params};

/// How many bands there are.
pub const BANDS: usize = 8;
/// The names of a band's shapes, in the order of its values.
pub const TYPES: &[&str] = &["off", "bell", "low-shelf", "high-shelf", "high-pass", "low-pass", "notch"];
/// The names of a pass's slopes in dB an octave.
pub const SLOPES: &[&str] = &["6", "12", "18", "24", "36", "48"];
/// The names of what a band works on.
pub const PLACES: &[&str] = &["stereo", "mid", "side"];

params! {
    /// Eight bands, all of them off to begin with.
    pub struct EqualiserParams {
        /// Shape of band 1.
        type1: "Type 1", Choice(TYPES), 0.0..=6.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 1.
        freq1: "Frequency 1", Hz, 10.0..=22000.0, Log, 40.0, Smooth(20.0);
        /// Gain of band 1, for bell and shelves.
        gain1: "Gain 1", Db, -24.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Quality factor of band 1: higher is narrower, 0.71 is the steepest without a bump.
        q1: "Q 1", Q, 0.1..=40.0, Log, FRAC_1_SQRT_2, Smooth(20.0);
        /// Slope of band 1 in dB an octave, for passes.
        slope1: "Slope 1", Choice(SLOPES), 0.0..=5.0, Lin, 1.0, Step;
        /// What band 1 works on.
        place1: "Place 1", Choice(PLACES), 0.0..=2.0, Lin, 0.0, Step;
        /// Shape of band 2.
        type2: "Type 2", Choice(TYPES), 0.0..=6.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 2.
        freq2: "Frequency 2", Hz, 10.0..=22000.0, Log, 100.0, Smooth(20.0);
        /// Gain of band 2, for bell and shelves.
        gain2: "Gain 2", Db, -24.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Quality factor of band 2: higher is narrower, 0.71 is the steepest without a bump.
        q2: "Q 2", Q, 0.1..=40.0, Log, FRAC_1_SQRT_2, Smooth(20.0);
        /// Slope of band 2 in dB an octave, for passes.
        slope2: "Slope 2", Choice(SLOPES), 0.0..=5.0, Lin, 1.0, Step;
        /// What band 2 works on.
        place2: "Place 2", Choice(PLACES), 0.0..=2.0, Lin, 0.0, Step;
        /// Shape of band 3.
        type3: "Type 3", Choice(TYPES), 0.0..=6.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 3.
        freq3: "Frequency 3", Hz, 10.0..=22000.0, Log, 250.0, Smooth(20.0);
        /// Gain of band 3, for bell and shelves.
        gain3: "Gain 3", Db, -24.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Quality factor of band 3: higher is narrower, 0.71 is the steepest without a bump.
        q3: "Q 3", Q, 0.1..=40.0, Log, FRAC_1_SQRT_2, Smooth(20.0);
        /// Slope of band 3 in dB an octave, for passes.
        slope3: "Slope 3", Choice(SLOPES), 0.0..=5.0, Lin, 1.0, Step;
        /// What band 3 works on.
        place3: "Place 3", Choice(PLACES), 0.0..=2.0, Lin, 0.0, Step;
        /// Shape of band 4.
        type4: "Type 4", Choice(TYPES), 0.0..=6.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 4.
        freq4: "Frequency 4", Hz, 10.0..=22000.0, Log, 600.0, Smooth(20.0);
        /// Gain of band 4, for bell and shelves.
        gain4: "Gain 4", Db, -24.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Quality factor of band 4: higher is narrower, 0.71 is the steepest without a bump.
        q4: "Q 4", Q, 0.1..=40.0, Log, FRAC_1_SQRT_2, Smooth(20.0);
        /// Slope of band 4 in dB an octave, for passes.
        slope4: "Slope 4", Choice(SLOPES), 0.0..=5.0, Lin, 1.0, Step;
        /// What band 4 works on.
        place4: "Place 4", Choice(PLACES), 0.0..=2.0, Lin, 0.0, Step;
        /// Shape of band 5.
        type5: "Type 5", Choice(TYPES), 0.0..=6.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 5.
        freq5: "Frequency 5", Hz, 10.0..=22000.0, Log, 1500.0, Smooth(20.0);
        /// Gain of band 5, for bell and shelves.
        gain5: "Gain 5", Db, -24.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Quality factor of band 5: higher is narrower, 0.71 is the steepest without a bump.
        q5: "Q 5", Q, 0.1..=40.0, Log, FRAC_1_SQRT_2, Smooth(20.0);
        /// Slope of band 5 in dB an octave, for passes.
        slope5: "Slope 5", Choice(SLOPES), 0.0..=5.0, Lin, 1.0, Step;
        /// What band 5 works on.
        place5: "Place 5", Choice(PLACES), 0.0..=2.0, Lin, 0.0, Step;
        /// Shape of band 6.
        type6: "Type 6", Choice(TYPES), 0.0..=6.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 6.
        freq6: "Frequency 6", Hz, 10.0..=22000.0, Log, 4000.0, Smooth(20.0);
        /// Gain of band 6, for bell and shelves.
        gain6: "Gain 6", Db, -24.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Quality factor of band 6: higher is narrower, 0.71 is the steepest without a bump.
        q6: "Q 6", Q, 0.1..=40.0, Log, FRAC_1_SQRT_2, Smooth(20.0);
        /// Slope of band 6 in dB an octave, for passes.
        slope6: "Slope 6", Choice(SLOPES), 0.0..=5.0, Lin, 1.0, Step;
        /// What band 6 works on.
        place6: "Place 6", Choice(PLACES), 0.0..=2.0, Lin, 0.0, Step;
        /// Shape of band 7.
        type7: "Type 7", Choice(TYPES), 0.0..=6.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 7.
        freq7: "Frequency 7", Hz, 10.0..=22000.0, Log, 8000.0, Smooth(20.0);
        /// Gain of band 7, for bell and shelves.
        gain7: "Gain 7", Db, -24.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Quality factor of band 7: higher is narrower, 0.71 is the steepest without a bump.
        q7: "Q 7", Q, 0.1..=40.0, Log, FRAC_1_SQRT_2, Smooth(20.0);
        /// Slope of band 7 in dB an octave, for passes.
        slope7: "Slope 7", Choice(SLOPES), 0.0..=5.0, Lin, 1.0, Step;
        /// What band 7 works on.
        place7: "Place 7", Choice(PLACES), 0.0..=2.0, Lin, 0.0, Step;
        /// Shape of band 8.
        type8: "Type 8", Choice(TYPES), 0.0..=6.0, Lin, 0.0, Step;
        /// Centre or corner frequency of band 8.
        freq8: "Frequency 8", Hz, 10.0..=22000.0, Log, 14000.0, Smooth(20.0);
        /// Gain of band 8, for bell and shelves.
        gain8: "Gain 8", Db, -24.0..=24.0, Lin, 0.0, Smooth(20.0);
        /// Quality factor of band 8: higher is narrower, 0.71 is the steepest without a bump.
        q8: "Q 8", Q, 0.1..=40.0, Log, FRAC_1_SQRT_2, Smooth(20.0);
        /// Slope of band 8 in dB an octave, for passes.
        slope8: "Slope 8", Choice(SLOPES), 0.0..=5.0, Lin, 1.0, Step;
        /// What band 8 works on.
        place8: "Place 8", Choice(PLACES), 0.0..=2.0, Lin, 0.0, Step;
    }
}

/// One band's share of the parameters.
#[derive(Clone, Copy, Debug)]
pub struct Band<T = f32> {
    /// Place in [`TYPES`].
    pub kind: T,
    /// Hz.
    pub freq: T,
    /// dB.
    pub gain: T,
    /// Quality factor.
    pub q: T,
    /// Place in [`SLOPES`].
    pub slope: T,
    /// Place in [`PLACES`].
    pub place: T,
}

impl<T: Copy> EqualiserParams<T> {
    /// The parameters, band by band.
    pub fn bands(&self) -> [Band<T>; BANDS] {
        macro_rules! band {
            ($kind:ident $freq:ident $gain:ident $q:ident $slope:ident $place:ident) => {
                Band {
                    kind: self.$kind,
                    freq: self.$freq,
                    gain: self.$gain,
                    q: self.$q,
                    slope: self.$slope,
                    place: self.$place,
                }
            };
        }
        [
            band!(type1 freq1 gain1 q1 slope1 place1),
            band!(type2 freq2 gain2 q2 slope2 place2),
            band!(type3 freq3 gain3 q3 slope3 place3),
            band!(type4 freq4 gain4 q4 slope4 place4),
            band!(type5 freq5 gain5 q5 slope5 place5),
            band!(type6 freq6 gain6 q6 slope6 place6),
            band!(type7 freq7 gain7 q7 slope7 place7),
            band!(type8 freq8 gain8 q8 slope8 place8),
        ]
    }
}

impl<T: PartialEq> PartialEq for Band<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        (self.kind == other.kind)
            & (self.freq == other.freq)
            & (self.gain == other.gain)
            & (self.q == other.q)
            && (self.slope == other.slope) & (self.place == other.place)
    }
}

impl<T> Band<T> {
    #[inline(always)]
    pub(crate) fn map<U>(&self, f: impl Fn(&T) -> U) -> Band<U> {
        Band {
            kind: f(&self.kind),
            freq: f(&self.freq),
            gain: f(&self.gain),
            q: f(&self.q),
            slope: f(&self.slope),
            place: f(&self.place),
        }
    }
}

impl Band {
    /// The analogue sections that the band stands for, at most [`MOST_SECTIONS`]; none where it does nothing.
    pub fn prototypes(&self) -> impl Iterator<Item = Prototype> + use<> {
        let (hz, db, q) = (f64::from(self.freq), f64::from(self.gain), f64::from(self.q));
        let order = [1, 2, 3, 4, 6, 8][(self.slope as usize).min(5)];
        let one = match self.kind as usize {
            1 => Some(Shape::Bell { db, q }),
            2 => Some(Shape::LowShelf { db, q }),
            3 => Some(Shape::HighShelf { db, q }),
            6 => Some(Shape::Notch { q }),
            _ => None,
        };
        let one = one.filter(|_| self.kind == 6.0 || db != 0.0);
        let pass = matches!(self.kind as usize, 4 | 5).then(|| butterworth(hz, order, q, self.kind == 4.0));
        one.map(|shape| Prototype { hz, shape }).into_iter().chain(pass.into_iter().flatten())
    }

    /// The digital sections that it runs on at a sample rate, at most [`MOST_SECTIONS`]: a bell or shelf may take two, and
    /// has the four of a steep pass.
    pub fn sections(&self, rate: f64) -> impl Iterator<Item = Section> + use<> {
        let pass = matches!(self.kind as usize, 4 | 5);
        let row = self.prototypes().count();
        let sections = self.prototypes().flat_map(move |prototype| match pass {
            true => [matched_in_a_row(&prototype, rate, row), Section::IDENTITY],
            false => matched_closely(&prototype, rate),
        });
        sections.filter(|section| *section != Section::IDENTITY)
    }
}

/// Gain in dB at a frequency of all bands that work on both channels, as it comes out at a sample rate.
pub fn response_db(params: &EqualiserParams, rate: f32, hz: f32) -> f32 {
    let rate = f64::from(rate);
    let stereo = params.bands().into_iter().filter(|band| band.place == 0.0);
    stereo
        .flat_map(|band| band.sections(rate))
        .map(|section| section.response_db(f64::from(hz), rate))
        .sum::<f64>() as f32
}

/// The sections of one band, and the values that they were designed for.
#[derive(Clone, Copy, Debug)]
struct Cascade<L: Lane> {
    designed: Option<Band<L>>,
    sections: [Svf<L, 2>; MOST_SECTIONS],
    /// Place in [`PLACES`].
    place: L,
    /// Frames that each lane rings on.
    tail: L,
}

impl<L: Lane> Cascade<L> {
    fn idle() -> Self {
        Cascade {
            designed: None,
            sections: [Svf::default(); MOST_SECTIONS],
            place: L::zero(),
            tail: L::zero(),
        }
    }

    /// Designs anew what has changed, for each lane that has.
    #[inline(always)]
    fn aim(&mut self, to: &Band<L>, setup: &Setup) {
        if !matches!(&self.designed, Some(designed) if designed == to) {
            self.design(to, setup);
        }
    }

    #[inline(never)]
    fn design(&mut self, to: &Band<L>, setup: &Setup) {
        let before = self.designed.replace(*to);
        for lane in 0..L::WIDTH {
            let band = to.map(|v| v.get(lane));
            if before.is_some_and(|b| b.map(|v| v.get(lane)) == band) {
                continue;
            }
            let heard = setup.channels == 2 || band.place != 2.0;
            let mut sections = band.sections(f64::from(setup.rate)).filter(|_| heard);
            let mut tail = 0.0;
            for svf in &mut self.sections {
                let section = sections.next();
                tail += section.map_or(0.0, |s| s.tail());
                svf.aim(lane, &section.unwrap_or(Section::IDENTITY), before.is_none());
            }
            self.tail.set(lane, tail as f32);
        }
    }

    #[inline(always)]
    fn busy(&self) -> L::Mask {
        let mut busy = self.sections[0].active();
        for section in &self.sections[1..] {
            busy = busy | section.active();
        }
        busy
    }

    #[inline(always)]
    fn run(&mut self, io: &mut Io<'_, L>) {
        let busy = self.busy();
        if !busy.any() {
            return;
        }
        let Some(right) = io.right.as_deref_mut() else { return };
        let left = &mut *io.left;
        let side = L::splat(1.5).lt(self.place);
        let mid = L::splat(0.5).lt(self.place) & !side;
        let split = (mid | side) & busy;
        if !split.any() {
            for section in &mut self.sections {
                section.run([&mut *left, &mut *right]);
            }
            return;
        }
        let half = L::splat(0.5);
        let mut dry = [[L::zero(); 2]; QUANTUM];
        for ((l, r), dry) in left.iter_mut().zip(right.iter_mut()).zip(&mut dry) {
            (*l, *r) = (L::select(split, half * (*l + *r), *l), L::select(split, half * (*l - *r), *r));
            *dry = [*l, *r];
        }
        for section in &mut self.sections {
            section.run([&mut *left, &mut *right]);
        }
        for ((l, r), dry) in left.iter_mut().zip(right.iter_mut()).zip(&dry) {
            let m = L::select(side, dry[0], *l);
            let s = L::select(mid, dry[1], *r);
            (*l, *r) = (L::select(split, m + s, *l), L::select(split, m - s, *r));
        }
    }
}

/// Eight bands of tone.
#[derive(Debug)]
pub struct Equaliser<L: Lane> {
    setup: Setup,
    bands: [Cascade<L>; BANDS],
    begun: bool,
}

impl<L: Lane> Effect<L> for Equaliser<L> {
    const ID: &'static str = "tone.equaliser";
    const NAME: &'static str = "Equaliser";
    const DOC: &'static str = "Eight bands of tone, true to their analogue shape up to the top of hearing.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = EqualiserParams<U>;

    fn new(setup: &Setup, start: &EqualiserParams) -> Self {
        let mut bands = [Cascade::idle(); BANDS];
        for (cascade, band) in bands.iter_mut().zip(start.bands()) {
            cascade.aim(&band.map(|&v| L::splat(v)), setup);
        }
        Equaliser { setup: setup.clone(), bands, begun: false }
    }

    fn tail(&self, lane: usize) -> Tail {
        let frames: f32 = self.bands.iter().map(|band| band.tail.get(lane)).sum();
        // What is boosted or resonates by 40 dB takes a third longer to fall by 120.
        if frames == 0.0 { Tail::None } else { Tail::Frames((1.34 * frames) as usize + QUANTUM) }
    }

    fn set(&mut self, ramps: &EqualiserParams<Ramp<L>>) {
        for (cascade, band) in self.bands.iter_mut().zip(ramps.bands()) {
            if !self.begun {
                // Only now is each lane's own value at the start known.
                *cascade = Cascade::idle();
                cascade.aim(&band.map(|ramp| ramp.from), &self.setup);
            }
            cascade.aim(&band.map(|ramp| ramp.to), &self.setup);
            cascade.place = band.place.to;
        }
        self.begun = true;
    }

    fn still(&self) -> bool {
        self.bands.iter().flat_map(|band| &band.sections).all(Svf::still)
    }

    #[inline(always)]
    fn process(&mut self, _: &EqualiserParams<Ramp<L>>, mut io: Io<'_, L>) {
        let half = L::splat(0.5);
        let mut whole = true;
        for band in &self.bands {
            whole &= !(half.lt(band.place) & band.busy()).any();
        }
        if io.right.is_none() || whole {
            let sections = self.bands.iter_mut().flat_map(|band| &mut band.sections);
            match io.right {
                Some(right) => cascade(sections, [io.left, right]),
                None => cascade(sections, [io.left]),
            }
            return;
        }
        for band in &mut self.bands {
            band.run(&mut io);
        }
    }
}
