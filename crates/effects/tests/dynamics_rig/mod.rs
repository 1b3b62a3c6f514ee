//! What the tests of the dynamics effects share: running one, signals, and the checks that all must pass.
#![allow(dead_code)] // Each test binary uses its own part.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use mixsmith_dsp::X8;
use mixsmith_effects::{KINDS, WIDE};
use mixsmith_processor::{Io, Key, Kind, Processor, QUANTUM, Ramp, Setup};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

pub const RATE: f32 = 48_000.0;
/// Left and right.
pub type Stereo = [Vec<f32>; 2];
/// A parameter's id and value.
pub type Set<'a> = (&'a str, f32);

pub fn kind(id: &str) -> &'static Kind<f32> {
    KINDS.get(id).expect("on the shelf")
}

/// The values of a kind, with some set.
pub fn values(kind: &Kind<f32>, sets: &[Set]) -> Vec<f32> {
    let mut values: Vec<f32> = kind.params.iter().map(|p| p.default).collect();
    for &(id, value) in sets {
        let (at, param) = kind.param(id).expect(id);
        assert!(param.accepts(value), "{id} {value}");
        values[at] = value;
    }
    values
}

/// One processor and the values it is run with.
pub struct Rig {
    pub processor: Box<dyn Processor<f32>>,
    ramps: Vec<Ramp<f32>>,
    stereo: bool,
}

impl Rig {
    pub fn new(id: &str, sets: &[Set], stereo: bool) -> Rig {
        let values = values(kind(id), sets);
        let setup = Setup { rate: RATE, tempo: 120.0, channels: if stereo { 2 } else { 1 }, impulse: None };
        let processor = (kind(id).build)(&setup, &values);
        Rig { processor, ramps: values.into_iter().map(Ramp::still).collect(), stereo }
    }

    /// Runs whole quanta of a signal; what is left over is not played. Never allocates in the processor.
    pub fn run(&mut self, sound: &Stereo, key: Option<&Stereo>) -> Stereo {
        let mut out = sound.clone();
        let [left, right] = &mut out;
        let quanta = left.chunks_exact_mut(QUANTUM).zip(right.chunks_exact_mut(QUANTUM));
        for (q, (left, right)) in quanta.enumerate() {
            let span = q * QUANTUM..(q + 1) * QUANTUM;
            let key = key
                .map(|k| Key { left: &k[0][span.clone()], right: self.stereo.then(|| &k[1][span.clone()]) });
            let io = Io { left, right: self.stereo.then_some(right), key };
            assert_no_alloc(|| self.processor.process(&self.ramps, io));
        }
        out
    }

    /// Runs one piece of 1 to 64 frames in place.
    pub fn piece(&mut self, left: &mut [f32], right: &mut [f32]) {
        let io = Io { left, right: self.stereo.then_some(right), key: None };
        assert_no_alloc(|| self.processor.process(&self.ramps, io));
    }
}

/// Runs one signal through a fresh stereo processor.
pub fn stereo(id: &str, sets: &[Set], sound: &Stereo, key: Option<&Stereo>) -> Stereo {
    Rig::new(id, sets, true).run(sound, key)
}

/// Runs one signal through a fresh mono processor.
pub fn mono(id: &str, sets: &[Set], sound: &[f32]) -> Vec<f32> {
    let [left, _] = Rig::new(id, sets, false).run(&both(sound), None);
    left
}

/// The same in both channels.
pub fn both(sound: &[f32]) -> Stereo {
    [sound.to_vec(), sound.to_vec()]
}

pub fn sine(frames: usize, hz: f64, db: f64) -> Vec<f32> {
    let amplitude = 10f64.powf(db / 20.0);
    let turn = std::f64::consts::TAU * hz / f64::from(RATE);
    (0..frames).map(|i| (amplitude * (turn * i as f64).sin()) as f32).collect()
}

/// White noise within +-1, the same for the same seed.
pub fn noise(frames: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = |state: &mut u64| {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        (*state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..8).for_each(|_| {
        next(&mut state);
    });
    (0..frames).map(|_| next(&mut state)).collect()
}

/// Noise whose level changes all the time, between silence and full scale.
pub fn lively(frames: usize, seed: u64) -> Vec<f32> {
    let swell = noise(frames / 1000 + 1, seed + 1000);
    noise(frames, seed).iter().enumerate().map(|(i, x)| x * (swell[i / 1000] * 0.5 + 0.5).powi(3)).collect()
}

pub fn db(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}

pub fn rms(x: &[f32]) -> f64 {
    (x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / x.len() as f64).sqrt()
}

/// Amplitude of one frequency in a sound that holds whole periods of it.
pub fn part(sound: &[f32], hz: f64) -> f64 {
    let turn = std::f64::consts::TAU * hz / f64::from(RATE);
    let (re, im) = sound.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, &x)| {
        let (s, c) = (turn * n as f64).sin_cos();
        (re + f64::from(x) * c, im + f64::from(x) * s)
    });
    2.0 * re.hypot(im) / sound.len() as f64
}

/// Amplitudes of the harmonics 0 to 9 that a curve makes of a sine of this amplitude.
pub fn fourier(amplitude: f64, curve: impl Fn(f64) -> f64) -> [f64; 10] {
    let points = 20_000;
    std::array::from_fn(|k| {
        let (mut re, mut im) = (0.0, 0.0);
        for i in 0..points {
            let turn = std::f64::consts::TAU * (f64::from(i) + 0.5) / f64::from(points);
            let y = curve(amplitude * turn.sin());
            re += y * (k as f64 * turn).cos();
            im += y * (k as f64 * turn).sin();
        }
        re.hypot(im) / f64::from(points) * if k == 0 { 1.0 } else { 2.0 }
    })
}

/// First frame at which the reduction has covered 63 % of the way between two levels of a gain course in dB.
pub fn covers_63(course: &[f64]) -> usize {
    let (from, to) = (course[0], course[course.len() - 1]);
    let goal = from + (to - from) * (1.0 - (-1.0f64).exp());
    course.iter().position(|&x| (x - goal) * (to - from).signum() >= 0.0).expect("it gets there")
}

/// The checks that every keyed dynamics effect must pass, with settings that make it work hard.
pub fn passes_all(id: &str, hard: &[Set]) {
    passes_all_within(id, hard, 0.0);
}

/// As [`passes_all`], where the place in the block may matter by a rounding error.
pub fn passes_all_within(id: &str, hard: &[Set], rounding: f32) {
    eight_lanes_are_eight_scalars(id, hard);
    blocks_do_not_matter(id, hard, rounding);
    recovers(id, hard);
    linear_under_a_key(id, hard);
    falls_silent(id, hard);
}

/// Silence in is silence out, exactly.
fn falls_silent(id: &str, hard: &[Set]) {
    let sound = |seed| [lively(100 * QUANTUM, seed), vec![0.0; 800 * QUANTUM]].concat();
    let out = stereo(id, hard, &[sound(11), sound(12)], None);
    for channel in &out {
        let silent = channel.len() - 700 * QUANTUM;
        assert!(channel[silent..].iter().all(|&x| x == 0.0), "{id} falls silent");
    }
}

fn eight_lanes_are_eight_scalars(id: &str, hard: &[Set]) {
    let k = kind(id);
    let wide = WIDE.iter().find(|w| w.id == id).expect("on the shelf");
    let base = values(k, hard);
    // Every lane has values of its own, and they move; choices and what rebuilds stay in step with `hard`.
    let value = |lane: usize, q: usize, p: usize| {
        let param = &k.params[p];
        let (low, high) = (*param.range.start(), *param.range.end());
        if param.change == mixsmith_processor::Change::Rebuild {
            return base[p];
        }
        if matches!(param.unit, mixsmith_processor::Unit::Choice(_)) {
            return ((lane + q / 40) % 2) as f32;
        }
        // Some lanes stand at an end of the range, where filters and links are off or full.
        match (lane * 7 + p + q / 50) % 4 {
            0 => low,
            1 => high,
            2 => base[p],
            _ => low + (high - low) * ((lane * 13 + p * 5 + q) % 17) as f32 / 17.0,
        }
    };
    let quanta = 300;
    let sounds: Vec<Stereo> =
        (0..8).map(|lane| [lively(quanta * QUANTUM, lane), lively(quanta * QUANTUM, lane + 20)]).collect();
    for channels in [1, 2] {
        let setup = Setup { rate: RATE, tempo: 120.0, channels, impulse: None };
        let mut scalars: Vec<_> = (0..8).map(|_| (k.build)(&setup, &base)).collect();
        let mut bundle = (wide.build)(&setup, &base);
        for q in 1..quanta {
            let ramp = |lane: usize, p: usize| Ramp { from: value(lane, q - 1, p), to: value(lane, q, p) };
            let mut out = [[X8::default(); QUANTUM]; 2];
            for i in 0..QUANTUM {
                for (lane, sound) in sounds.iter().enumerate() {
                    out[0][i].0[lane] = sound[0][q * QUANTUM + i];
                    out[1][i].0[lane] = sound[1][q * QUANTUM + i];
                }
            }
            let ramps: Vec<Ramp<X8>> = (0..base.len())
                .map(|p| Ramp {
                    from: X8(std::array::from_fn(|lane| ramp(lane, p).from)),
                    to: X8(std::array::from_fn(|lane| ramp(lane, p).to)),
                })
                .collect();
            let [left, right] = &mut out;
            let io = Io { left, right: (channels == 2).then_some(right), key: None };
            assert_no_alloc(|| bundle.process(&ramps, io));
            for lane in 0..8 {
                let mut left = sounds[lane][0][q * QUANTUM..][..QUANTUM].to_vec();
                let mut right = sounds[lane][1][q * QUANTUM..][..QUANTUM].to_vec();
                let ramps: Vec<_> = (0..base.len()).map(|p| ramp(lane, p)).collect();
                let io = Io { left: &mut left, right: (channels == 2).then_some(&mut right), key: None };
                scalars[lane].process(&ramps, io);
                for i in 0..QUANTUM {
                    assert_eq!(
                        out[0][i].0[lane].to_bits(),
                        left[i].to_bits(),
                        "{id} q {q} lane {lane} frame {i}"
                    );
                    assert_eq!(
                        out[1][i].0[lane].to_bits(),
                        right[i].to_bits(),
                        "{id} q {q} lane {lane} frame {i}"
                    );
                }
            }
        }
    }
}

/// A sound that starts a few frames later gives the same bits a few frames later.
fn blocks_do_not_matter(id: &str, hard: &[Set], rounding: f32) {
    let frames = 200 * QUANTUM;
    let sound = [lively(frames, 3), lively(frames, 4)];
    let plain = stereo(id, hard, &sound, None);
    for shift in [1, 17, 63] {
        let late = |x: &[f32]| [vec![0.0; shift], x[..frames - shift].to_vec()].concat();
        let shifted = stereo(id, hard, &[late(&sound[0]), late(&sound[1])], None);
        for c in 0..2 {
            for i in shift..frames {
                let (got, want) = (shifted[c][i], plain[c][i - shift]);
                assert!((got - want).abs() <= rounding, "{id} shift {shift} frame {i}: {got} for {want}");
            }
        }
    }
}

/// The engine gives pieces of 1 to 64 frames: how they are cut does not change the sound, by more than rounding.
pub fn pieces_do_not_matter(id: &str, sets: &[Set], rounding: f32) {
    let frames = 200 * QUANTUM;
    let sound = [lively(frames, 13), lively(frames, 14)];
    let whole = stereo(id, sets, &sound, None);
    let mut rig = Rig::new(id, sets, true);
    let [mut left, mut right] = sound;
    let mut at = 0;
    for cut in [64, 1, 63, 17, 47, 2, 62, 33, 31].into_iter().cycle() {
        let end = (at + cut).min(frames);
        rig.piece(&mut left[at..end], &mut right[at..end]);
        at = end;
        if at == frames {
            break;
        }
    }
    for (pieces, whole) in [left, right].iter().zip(&whole) {
        for (i, (&got, &want)) in pieces.iter().zip(whole).enumerate() {
            assert!((got - want).abs() <= rounding, "{id} cut, frame {i}: {got} for {want}");
        }
    }
}

/// A key decides the gain alone, so that stems add up to the mix.
fn linear_under_a_key(id: &str, hard: &[Set]) {
    let frames = 300 * QUANTUM;
    let (a, b) = ([lively(frames, 5), lively(frames, 6)], [lively(frames, 7), lively(frames, 8)]);
    let mix: Stereo = std::array::from_fn(|c| a[c].iter().zip(&b[c]).map(|(a, b)| a + b).collect());
    let [of_mix, of_a, of_b] = [&mix, &a, &b].map(|x| stereo(id, hard, x, Some(&mix)));
    let mut worst = 0f64;
    for c in 0..2 {
        let peak = of_mix[c].iter().fold(0f32, |m, x| m.max(x.abs()));
        for i in 0..frames {
            let difference = f64::from(of_a[c][i]) + f64::from(of_b[c][i]) - f64::from(of_mix[c][i]);
            worst = worst.max(difference.abs() / f64::from(peak));
        }
    }
    println!("{id}: stems differ from the mix by {worst:.1e} of its peak");
    assert!(worst < 1e-6);
    // Its own input as the key is the same as no key at all.
    assert!(of_mix == stereo(id, hard, &mix, None), "{id} hears its own input without a key");
}

/// What is not a number, or absurd, does not last.
fn recovers(id: &str, hard: &[Set]) {
    let frames = 700 * QUANTUM;
    let sound = [lively(frames, 9), lively(frames, 10)];
    let clean = stereo(id, hard, &sound, None);
    for poison in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38, -1e38, 1e-40] {
        let mut sound = sound.clone();
        for channel in &mut sound {
            for (i, x) in channel[1000..3000].iter_mut().enumerate() {
                *x = if i % 7 < 5 { poison } else { *x };
            }
        }
        let out = stereo(id, hard, &sound, None);
        for c in 0..2 {
            for i in frames - 200 * QUANTUM..frames {
                let (got, want) = (out[c][i], clean[c][i]);
                assert!((got - want).abs() <= 1e-3, "{id} after {poison}: {got} for {want} at {i}");
            }
        }
    }
}

/// The frame at which an impulse comes out, which must be the latency.
pub fn latency_by_impulse(id: &str, sets: &[Set]) -> usize {
    let mut rig = Rig::new(id, sets, true);
    let mut sound = both(&vec![0.0; 40 * QUANTUM]);
    sound[0][100] = 0.5;
    sound[1][100] = -0.5;
    let out = rig.run(&sound, None);
    let latency = rig.processor.latency();
    for channel in &out {
        let loudest = (0..channel.len()).max_by(|&a, &b| channel[a].abs().total_cmp(&channel[b].abs()));
        assert_eq!(loudest, Some(100 + latency), "{id} {sets:?}");
    }
    latency
}
