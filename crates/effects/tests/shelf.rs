//! What every effect must do, read from the shelf: a new effect is tested by being on it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use mixsmith_dsp::lane::wide::Bundle;
use mixsmith_dsp::{Lane, X16};
use mixsmith_effects::all::{ALL, WIDE};
use mixsmith_processor::{Build, Change, Io, Key, Kind, Processor, QUANTUM, Ramp, Setup, Tail, Unit};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// -120 dB of full scale.
const SILENCE: f32 = 1e-6;

fn setup(rate: f32) -> Setup {
    Setup { rate, tempo: 120.0, channels: 2, impulse: None }
}

/// A small generator of test noise, the same on every run.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0
    }
    fn upto(&mut self, n: usize) -> usize {
        self.next();
        (self.0 >> 16) as usize % n
    }
}

fn still<L: Lane>(values: &[f32]) -> Vec<Ramp<L>> {
    values.iter().map(|&v| Ramp::still(L::splat(v))).collect()
}

fn defaults<T>(kind: &Kind<T>) -> Vec<f32> {
    kind.params.iter().map(|p| p.default).collect()
}

/// Feeds whole quanta of a stereo signal and returns what comes out; a keyed effect hears `key`.
fn feed(
    processor: &mut dyn Processor<f32>,
    ramps: &[Ramp<f32>],
    left: &[f32],
    right: &[f32],
    key: Option<&[f32]>,
) -> [Vec<f32>; 2] {
    let mut out = [left.to_vec(), right.to_vec()];
    let [l, r] = &mut out;
    for (i, (l, r)) in l.chunks_exact_mut(QUANTUM).zip(r.chunks_exact_mut(QUANTUM)).enumerate() {
        let key = key.map(|k| Key { left: &k[i * QUANTUM..(i + 1) * QUANTUM], right: None });
        assert_no_alloc(|| processor.process(ramps, Io { left: l, right: Some(r), key }));
    }
    out
}

fn noise(seed: u32, frames: usize, peak: f32) -> Vec<f32> {
    let mut noise = Noise(seed);
    (0..frames).map(|_| peak * noise.next()).collect()
}

/// A whole value in a step parameter, as an edit would set it.
fn fitting(param: &mixsmith_processor::Param, value: f32) -> f32 {
    if matches!(param.unit, Unit::Choice(_)) { value.round() } else { value }
}

/// The defaults, and each parameter in turn at its ends and its middle, and some values at random.
fn settings<T>(kind: &Kind<T>) -> Vec<Vec<f32>> {
    let mut all = vec![defaults(kind)];
    for (i, param) in kind.params.iter().enumerate() {
        for position in [0.0, 0.5, 1.0] {
            let mut values = defaults(kind);
            values[i] = fitting(param, param.value(position));
            all.push(values);
        }
    }
    let mut noise = Noise(kind.id.len() as u32);
    for _ in 0..6 {
        all.push(kind.params.iter().map(|p| fitting(p, p.value(noise.upto(1001) as f32 / 1000.0))).collect());
    }
    all
}

/// Runs a check for every effect and names the effect where it fails.
fn every(check: impl Fn(&'static Kind<f32>)) {
    for kind in ALL {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(kind))) {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or_default();
            panic!("{}: {text}", kind.id);
        }
    }
}

#[test]
fn every_name_is_one_name() {
    for (i, kind) in ALL.iter().enumerate() {
        assert!(ALL[..i].iter().all(|k| k.id != kind.id), "{} twice", kind.id);
        let (family, name) = kind.id.split_once('.').unwrap_or_default();
        let word = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase());
        assert!(word(family) && word(&name.replace('-', "")), "{} is not family.name", kind.id);
        assert!(!kind.name.is_empty() && kind.doc.ends_with('.'), "{}", kind.id);
        assert_eq!(WIDE[i].id, kind.id);
    }
    assert_eq!(ALL.len(), WIDE.len());
}

#[test]
fn every_parameter_is_well_declared() {
    for kind in ALL {
        for (i, p) in kind.params.iter().enumerate() {
            let name = format!("{}.{}", kind.id, p.id);
            assert!(kind.params[..i].iter().all(|q| q.id != p.id), "{name} twice");
            assert!(p.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{name}");
            assert!(p.accepts(p.default), "{name}: default out of range");
            assert!(p.doc.len() > 1 && p.doc.ends_with('.'), "{name}: {}", p.doc);
            if let Unit::Choice(names) = p.unit {
                assert_eq!(*p.range.end() as usize + 1, names.len(), "{name}");
                assert_ne!(p.change, Change::Smooth(20.0), "{name}: a choice does not glide");
            }
            for position in [0.0, 0.25, 0.5, 0.77, 1.0] {
                let value = fitting(p, p.value(position));
                assert!(p.accepts(value), "{name}: {value}");
                assert_eq!(p.unit.parse(&p.unit.print(value)), Ok(value), "{name}");
                if !matches!(p.unit, Unit::Choice(_)) {
                    let there = p.value(p.position(value));
                    assert!((there - value).abs() <= 1e-4 * value.abs().max(1e-3), "{name}: {value} {there}");
                }
            }
        }
    }
}

#[test]
fn finite_in_finite_out_at_every_setting_and_nothing_is_allocated() {
    every(|kind| {
        let (left, right) = (noise(1, 64 * 40, 1.0), noise(2, 64 * 40, 1.0));
        for rate in [44_100.0, 96_000.0] {
            for values in settings(kind) {
                let mut processor = (kind.build)(&setup(rate), &values);
                let out = feed(&mut *processor, &still(&values), &left, &right, Some(&right));
                let worst = out
                    .iter()
                    .flatten()
                    .fold(0.0f32, |m, x| if x.is_finite() { m.max(x.abs()) } else { f32::NAN });
                assert!(worst < 1e6, "{worst} at {rate} with {values:?}");
            }
        }
    });
}

#[test]
fn one_channel_where_one_will_do() {
    every(|kind| {
        if !kind.ports.mono {
            return;
        }
        for values in settings(kind) {
            let mut processor = (kind.build)(&Setup { channels: 1, ..setup(48_000.0) }, &values);
            let mut mono = noise(3, 64 * 30, 0.5);
            for chunk in mono.chunks_exact_mut(QUANTUM) {
                processor.process(&still(&values), Io { left: chunk, right: None, key: None });
            }
            assert!(mono.iter().all(|x| x.is_finite()), "{values:?}");
        }
    });
}

/// Frames that an effect may need to fall silent.
fn settling(processor: &dyn Processor<f32>) -> usize {
    let tail = match processor.tail() {
        Tail::None => 0,
        Tail::Frames(n) => n,
    };
    (processor.latency() + tail).next_multiple_of(QUANTUM) + QUANTUM
}

#[test]
fn poison_does_not_stay() {
    every(|kind| {
        let poisons = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38, -1e38, 1e-40, 1.0];
        for values in settings(kind) {
            for poison in poisons {
                let mut processor = (kind.build)(&setup(44_100.0), &values);
                let ramps = still(&values);
                let bad = vec![poison; QUANTUM];
                feed(&mut *processor, &ramps, &bad, &bad, Some(&bad));
                let still = vec![0.0; settling(&*processor).min(8192)];
                feed(&mut *processor, &ramps, &still, &still, Some(&still));
                let good = noise(4, 64 * 8, 0.5);
                let out = feed(&mut *processor, &ramps, &good, &good, Some(&good));
                assert!(out.iter().flatten().all(|x| x.is_finite()), "after {poison}: {values:?}");
            }
        }
    });
}

#[test]
fn silence_follows_the_tail() {
    every(|kind| {
        for values in settings(kind) {
            let mut processor = (kind.build)(&setup(44_100.0), &values);
            let ramps = still(&values);
            let none = vec![0.0; 64 * 20];
            let out = feed(&mut *processor, &ramps, &none, &none, Some(&none));
            assert!(out.iter().flatten().all(|x| *x == 0.0), "sound out of silence: {values:?}");
            let frames = settling(&*processor);
            if frames > 44_100 * 5 {
                continue;
            }
            // A burst with a step at its end, then the promised tail, then silence.
            let burst: Vec<f32> = noise(5, 64 * 40, 0.5).iter().map(|x| x + 0.5).collect();
            feed(&mut *processor, &ramps, &burst, &burst, Some(&burst));
            let rest = vec![0.0; frames];
            let out = feed(&mut *processor, &ramps, &rest, &rest, Some(&rest));
            if let Tail::Frames(tail) = processor.tail() {
                // What is cut off may not be heard: look at the last moment before.
                let ends = processor.latency() + tail;
                let moment = out.iter().flat_map(|side| &side[ends.saturating_sub(2)..ends]);
                let left = moment.fold(0.0f32, |m, x| m.max(x.abs()));
                assert!(left < SILENCE, "{left} is left after {ends} frames: {values:?}");
            }
            let out = feed(&mut *processor, &ramps, &none, &none, Some(&none));
            assert!(out.iter().flatten().all(|x| *x == 0.0), "sound after {frames} frames: {values:?}");
        }
    });
}

/// The settings at which an effect passes the sound on: its mix, if it has one, is dry as well as wet.
fn latency_of(kind: &Kind<f32>, values: &[f32]) -> (usize, usize) {
    let mut processor = (kind.build)(&setup(48_000.0), values);
    let declared = processor.latency();
    let frames = (declared + 1024).next_multiple_of(QUANTUM);
    let mut click = vec![0.0; frames];
    click[0] = 0.05;
    let out = feed(&mut *processor, &still(values), &click, &click, None);
    // Where it begins: an all-pass of several crossovers rises a little higher after its first frame.
    let peak = out[0].iter().fold(0.0f32, |m, x| m.max(x.abs()));
    (declared, out[0].iter().position(|x| x.abs() > 0.5 * peak).unwrap_or(usize::MAX))
}

#[test]
fn latency_is_what_it_says() {
    every(|kind| {
        // Spaces are late on purpose: there, the dry sound is what must be in time.
        let mut values = defaults(kind);
        let mixes = kind.param("mix").map(|(i, _)| i);
        if let (Some(i), true) = (mixes, kind.id.starts_with("space.")) {
            values[i] = 0.0;
        }
        let (declared, measured) = latency_of(kind, &values);
        assert_eq!(declared, measured);
        if let Some(i) = mixes {
            values[i] = 0.0;
            let (declared, measured) = latency_of(kind, &values);
            assert_eq!(declared, measured, "dry");
        }
    });
}

#[test]
fn side_by_side_they_give_the_bits_of_each_alone() {
    every(|kind| {
        let wide = WIDE.iter().find(|w| w.id == kind.id).expect("the shelves hold the same");
        side_by_side(kind, wide.build);
        if let Some(sixteen) = wide.sixteen.filter(|_| X16::available()) {
            side_by_side(kind, sixteen);
        }
    });
}

fn side_by_side<B: Bundle>(kind: &Kind<f32>, build: Build<B>) {
    let mut random = Noise(99);
    for round in 0..12 {
        let start = defaults(kind);
        // Each lane its own values, and its own move to others; a rebuilt parameter is shared by all.
        let mut value = |p: &mixsmith_processor::Param, i: usize| {
            let any = fitting(p, p.value(random.upto(1001) as f32 / 1000.0));
            if p.change == Change::Rebuild || random.upto(3) == 0 { start[i] } else { any }
        };
        let mut pick = || -> Vec<Vec<f32>> {
            (0..B::WIDTH)
                .map(|_| kind.params.iter().enumerate().map(|(i, p)| value(p, i)).collect())
                .collect()
        };
        let stages = [pick(), pick(), pick()];
        let inputs: Vec<Vec<f32>> =
            (0..2 * B::WIDTH as u32).map(|i| noise(100 + round * 32 + i, QUANTUM * 12, 0.7)).collect();
        let keys: Vec<Vec<f32>> = (0..B::WIDTH as u32).map(|i| noise(500 + i, QUANTUM * 12, 0.9)).collect();
        let ramp = |lane: usize, q: usize, i: usize| {
            let (from, to) = (stages[q.saturating_sub(1) / 4][lane][i], stages[q / 4][lane][i]);
            if matches!(kind.params[i].change, Change::Smooth(_)) {
                Ramp { from, to }
            } else {
                Ramp::still(to)
            }
        };
        let lanes = |f: &dyn Fn(usize) -> f32| {
            let mut lanes = B::zero();
            (0..B::WIDTH).for_each(|lane| lanes.set(lane, f(lane)));
            lanes
        };
        let mut bundle = build(&setup(48_000.0), &start);
        let mut together = vec![];
        for q in 0..12 {
            let ramps: Vec<Ramp<B>> = (0..kind.params.len())
                .map(|i| Ramp { from: lanes(&|k| ramp(k, q, i).from), to: lanes(&|k| ramp(k, q, i).to) })
                .collect();
            let at = |channel: usize, f: usize| lanes(&|k| inputs[2 * k + channel][q * QUANTUM + f]);
            let mut left: Vec<B> = (0..QUANTUM).map(|f| at(0, f)).collect();
            let mut right: Vec<B> = (0..QUANTUM).map(|f| at(1, f)).collect();
            let key: Vec<B> = (0..QUANTUM).map(|f| lanes(&|k| keys[k][q * QUANTUM + f])).collect();
            let key = Some(Key { left: &key, right: None });
            bundle.process(&ramps, Io { left: &mut left, right: Some(&mut right), key });
            together.extend(left.into_iter().zip(right));
        }
        for k in 0..B::WIDTH {
            let mut alone = (kind.build)(&setup(48_000.0), &stages[0][k]);
            for q in 0..12 {
                let ramps: Vec<_> = (0..kind.params.len()).map(|i| ramp(k, q, i)).collect();
                let span = q * QUANTUM..(q + 1) * QUANTUM;
                let out = feed(
                    &mut *alone,
                    &ramps,
                    &inputs[2 * k][span.clone()],
                    &inputs[2 * k + 1][span.clone()],
                    Some(&keys[k][span.clone()]),
                );
                for (f, i) in span.enumerate() {
                    let (wide_l, wide_r) = (together[i].0.get(k), together[i].1.get(k));
                    assert!(
                        wide_l.to_bits() == out[0][f].to_bits() && wide_r.to_bits() == out[1][f].to_bits(),
                        "round {round}, lane {k}, frame {i}: {wide_l} for {} or {wide_r} for {}",
                        out[0][f],
                        out[1][f]
                    );
                }
            }
        }
    }
}

/// Effects that are not the same to the bit however the sound is cut, and by how much (dB of full scale) they may
/// differ: the ducking of the delay reads the peak of each piece.
const CUT: &[(&str, f32)] = &[("space.delay", -80.0)];

/// Noise that swells, through an effect that stands still, left, right and key, cut into pieces of these lengths in turn.
fn cut<L: Lane>(kind: &Kind<L>, values: &[f32], lengths: &[usize]) -> Vec<L> {
    const FRAMES: usize = QUANTUM * 150;
    let mut random = Noise(17);
    let mut sound = || -> Vec<L> {
        let mut frame = |i: usize| {
            let (mut frame, peak) = (L::zero(), 0.005 + 0.7 * (i as f32 / FRAMES as f32).powi(8));
            (0..L::WIDTH).for_each(|lane| frame.set(lane, peak * random.next()));
            frame
        };
        (0..FRAMES).map(&mut frame).collect()
    };
    let (mut left, mut right, key) = (sound(), sound(), sound());
    // Fast, so that echoes are heard.
    let mut processor = (kind.build)(&Setup { tempo: 400.0, ..setup(48_000.0) }, values);
    let ramps = still(values);
    let (mut at, mut lengths) = (0, lengths.iter().cycle());
    while let Some(&length) = lengths.next().filter(|_| at < left.len()) {
        let span = at..(at + length).min(left.len());
        let key = kind.ports.key.then_some(Key { left: &key[span.clone()], right: None });
        at = span.end;
        let io = Io { left: &mut left[span.clone()], right: Some(&mut right[span.clone()]), key };
        assert_no_alloc(|| processor.process(&ramps, io));
        assert!(processor.gains().is_none_or(|gains| gains.iter().all(|one| one.len() == span.len())));
    }
    left.extend(right);
    left
}

fn cuts_alike<L: Lane>(kind: &Kind<L>) {
    let most = CUT.iter().find(|(id, _)| *id == kind.id).map_or(0.0, |(_, db)| 10f32.powf(db / 20.0));
    let mut worst = 0.0f32;
    for values in settings(kind) {
        let whole = cut(kind, &values, &[QUANTUM]);
        for lengths in [&[1, 7, 31, 64, 2, 63, 40][..], &[64, 33, 31]] {
            let pieces = cut(kind, &values, lengths);
            for lane in 0..L::WIDTH {
                let each = whole.iter().zip(&pieces).map(|(a, b)| (a.get(lane), b.get(lane)));
                let off = each.fold(0.0f32, |off, (a, b)| if a == b { off } else { off.max((a - b).abs()) });
                worst = worst.max(off);
                assert!(off <= most, "{}: {off} off in pieces of {lengths:?}: {values:?}", kind.id);
            }
        }
    }
    println!("{}: {:.1} dB", kind.id, 20.0 * worst.log10());
}

#[test]
fn how_the_sound_is_cut_does_not_matter() {
    every(cuts_alike);
    WIDE.iter().for_each(cuts_alike);
}

/// Effects that let silence pass when they have come to rest, with their defaults within sixteen seconds of silence.
const REST: &[&str] = &[
    "tool.trim",
    "tone.equaliser",
    "dynamics.compressor",
    "dynamics.gate",
    "dynamics.deesser",
    "stereo.width",
    "stereo.midside",
    "stereo.mono",
];

/// Sound, silence and sound again through an effect that may rest and through one whose parameters are set for every piece
/// and which therefore never does. Says whether it rested.
fn rests<L: Lane>(kind: &Kind<L>, values: &[f32], silence: usize) -> bool {
    const SOUND: usize = 40;
    let build = || (kind.build)(&setup(48_000.0), values);
    let (mut may, mut never, ramps) = (build(), build(), still::<L>(values));
    may.set(&ramps);
    let (mut random, mut rested) = (Noise(23), 0);
    for piece in 0..2 * SOUND + silence {
        let sounds = !(SOUND..SOUND + silence).contains(&piece);
        let mut sound = || -> [L; QUANTUM] {
            std::array::from_fn(|_| {
                let mut frame = L::zero();
                // One lane is silent from the start.
                (1 % L::WIDTH..L::WIDTH)
                    .filter(|_| sounds)
                    .for_each(|lane| frame.set(lane, 0.5 * random.next()));
                frame
            })
        };
        let mut one = [sound(), sound()];
        let mut other = one;
        let [left, right] = &mut one;
        assert_no_alloc(|| may.run(Io { left, right: Some(right), key: None }));
        let [left, right] = &mut other;
        assert_no_alloc(|| never.process(&ramps, Io { left, right: Some(right), key: None }));
        assert!(!never.passed());
        rested += usize::from(may.passed());
        for (x, y) in one.iter().flatten().zip(other.iter().flatten()) {
            for lane in 0..L::WIDTH {
                let (x, y) = (x.get(lane), y.get(lane));
                assert_eq!(x.to_bits(), y.to_bits(), "{} in piece {piece}: {x} {y}: {values:?}", kind.id);
            }
        }
        assert_eq!(may.reduction_db(), never.reduction_db(), "{}", kind.id);
    }
    rested > 0
}

fn rest_alike<L: Lane>(kind: &Kind<L>) {
    let may = REST.contains(&kind.id);
    let rested = rests(kind, &defaults(kind), if may { 12_000 } else { 500 });
    assert_eq!(rested, may, "{}: did it come to rest?", kind.id);
    for values in settings(kind).iter().filter(|_| may) {
        rests(kind, values, 800);
    }
}

#[test]
fn at_rest_silence_passes_to_the_same_bits() {
    every(rest_alike);
    WIDE.iter().for_each(rest_alike);
}

#[test]
fn a_knob_that_glides_does_not_click() {
    every(|kind| {
        for (i, param) in kind.params.iter().enumerate() {
            let Change::Smooth(ms) = param.change else { continue };
            let base = {
                let mut values = defaults(kind);
                // An equaliser's knobs do something only where the band is on and bends.
                let band = &param.id[param.id.len() - 1..];
                for (id, value) in [("type", 1.0), ("gain", 6.0)] {
                    if let Some((at, _)) = kind.param(&format!("{id}{band}")) {
                        values[at] = value;
                    }
                }
                values
            };
            let quanta = (ms * 0.001 * 48_000.0 / QUANTUM as f32).ceil().max(1.0) as usize;
            let (low, high) = (fitting(param, param.value(0.3)), fitting(param, param.value(0.7)));
            let mut processor = (kind.build)(&setup(48_000.0), &base);
            let tone = |f: usize| 0.25 * (std::f32::consts::TAU * 200.0 * f as f32 / 48_000.0).sin();
            let course =
                |q: usize| low + (high - low) * (q.clamp(300, 300 + quanta) - 300) as f32 / quanta as f32;
            let mut out = vec![];
            for q in 0..600 {
                let mut ramps: Vec<Ramp<f32>> = still(&base);
                ramps[i] = Ramp { from: course(q), to: course(q + 1) };
                let mut left: Vec<f32> = (0..QUANTUM).map(|f| tone(q * QUANTUM + f)).collect();
                let mut right = left.clone();
                processor.process(&ramps, Io { left: &mut left, right: Some(&mut right), key: None });
                out.extend(left);
            }
            // A click is a step that the tone does not have: it shows in the third difference.
            let rough = |from: usize, to: usize| {
                out[from..to]
                    .windows(4)
                    .map(|w| (w[3] - 3.0 * w[2] + 3.0 * w[1] - w[0]).abs())
                    .fold(0.0f32, f32::max)
            };
            let (before, during) = (rough(64 * 200, 64 * 299), rough(64 * 299, 64 * 400));
            let after = rough(64 * 500, 64 * 600);
            let bound = 0.01 + 4.0 * before.max(after);
            assert!(during < bound, "{}: {during} against {before} before and {after} after", param.id);
        }
    });
}

#[test]
fn the_same_sound_at_every_rate() {
    every(|kind| {
        // Level of a tone and of its decay, half a second in.
        let level = |rate: f32, hz: f32| {
            let values = defaults(kind);
            let mut processor = (kind.build)(&setup(rate), &values);
            let frames = ((rate * 1.2) as usize).next_multiple_of(QUANTUM);
            let tone: Vec<f32> = (0..frames)
                .map(|f| {
                    0.5 * (std::f64::consts::TAU * f64::from(hz) * f as f64 / f64::from(rate)).sin() as f32
                })
                .collect();
            let out = feed(&mut *processor, &still(&values), &tone, &tone, None);
            let from = frames / 2;
            let power: f64 = out[0][from..].iter().map(|x| f64::from(*x).powi(2)).sum();
            10.0 * (power / (frames - from) as f64).max(1e-30).log10()
        };
        // A space answers a steady tone with a dense pattern of peaks that no two rates share; its own test
        // measures its decay instead.
        if ["space.reverb", "space.convolution"].contains(&kind.id) {
            return;
        }
        // No divisors of the rates: a detector of sample peaks would read a tone that is in step with them by its luck.
        for hz in [101.0, 997.0, 7919.0] {
            // An all-pass of first order bends near the top of each rate, so the uppermost notch has no one place; its
            // own test has the bend in its theory.
            if kind.id == "modulation.phaser" && hz > 2000.0 {
                continue;
            }
            let [a, b, c] = [44_100.0, 48_000.0, 96_000.0].map(|rate| level(rate, hz));
            assert!((a - b).abs() < 0.3 && (a - c).abs() < 0.3, "{hz} Hz: {a:.2}, {b:.2}, {c:.2} dB");
        }
    });
}
