//! What of a stem's facts tells which part it plays, as numbers on scales where equal steps mean equally much.

use crate::Facts;
use crate::ears::chroma;

/// How many are no values of a fact by band.
const SINGLE: usize = 49;

/// Facts by band whose values are numbers as they are, and how many they have.
const BANDS: [(&str, usize); 11] = [
    ("timbre.shape", 12),
    ("timbre.spread", 13),
    ("timbre.moves", 13),
    ("timbre.attack", 8),
    ("timbre.fall", 6),
    ("timbre.beats", 5),
    ("timbre.tones", 7),
    ("timbre.turns", 2),
    ("timbre.held", 3),
    ("timbre.harmonics", 8),
    ("timbre.harmonics_move", 2),
];

/// How many there are.
pub const COUNT: usize = {
    let (mut count, mut fact) = (SINGLE, 0);
    while fact < BANDS.len() {
        count += BANDS[fact].1;
        fact += 1;
    }
    count
};

/// Names of the single ones, in order: the facts that they are made of.
const NAMES: [&str; SINGLE] = [
    "spectrum.share_60",
    "spectrum.share_120",
    "spectrum.share_250",
    "spectrum.centroid",
    "spectrum.centroid_over_pitch",
    "spectrum.tilt",
    "spectrum.flatness",
    "spectrum.resonance",
    "onset.rate",
    "onset.decay",
    "onset.percussive",
    "onset.sharp",
    "onset.rests",
    "onset.attack",
    "dynamics.crest",
    "dynamics.onset_peak",
    "loudness.range",
    "loudness.moves",
    "activity.share",
    "pitch.low",
    "pitch.median",
    "pitch.span",
    "pitch.voiced",
    "pitch.polyphony",
    "harmonic.chroma",
    "harmonic.notes",
    "harmonic.changes",
    "harmonic.formant",
    "sibilance.excess",
    "stereo.width",
    "stereo.correlation",
    "sketch.spread",
    "sketch.moves_low",
    "sketch.moves_mid",
    "sketch.moves_high",
    "sketch.turns",
    "sketch.holds",
    "sketch.band_0",
    "sketch.band_1",
    "sketch.band_2",
    "sketch.band_3",
    "sketch.band_4",
    "sketch.band_5",
    "sketch.band_6",
    "sketch.band_7",
    "sketch.band_8",
    "sketch.band_9",
    "timbre.odd",
    "timbre.beside",
];

/// Share of the frames that must have a pitch: the pitch of a few is an accident.
const VOICED: f64 = 0.08;

/// Their names, in order: those by band with their place.
pub fn names() -> Vec<String> {
    let by_band = BANDS.iter().flat_map(|(fact, count)| (0..*count).map(move |k| format!("{fact}_{k}")));
    NAMES.iter().map(|&name| name.to_owned()).chain(by_band).collect()
}

/// The numbers of one stem; none where a fact is missing.
pub fn of(facts: &Facts, stem: &str) -> [Option<f64>; COUNT] {
    let mut numbers = [None; COUNT];
    numbers[..SINGLE].copy_from_slice(&single(facts, stem));
    let mut at = SINGLE;
    for (fact, count) in BANDS {
        for (number, &value) in
            numbers[at..at + count].iter_mut().zip(facts.bands(fact, stem).unwrap_or_default())
        {
            *number = Some(f64::from(value)).filter(|x| x.is_finite());
        }
        at += count;
    }
    numbers
}

fn single(facts: &Facts, stem: &str) -> [Option<f64>; SINGLE] {
    let number = |what: &str| facts.number(what, stem).filter(|x| x.is_finite());
    let octaves = |hz: f64| hz.max(20.0).log2();
    let decades = |x: f64| x.max(1e-5).log10();
    let shares = facts.bands("spectrum.shares", stem).unwrap_or_default();
    let share = |band: usize| shares.get(band).map(|&x| decades(f64::from(x)));
    let voiced = number("pitch.voiced");
    let pitch = |what: &str| number(what).filter(|_| voiced.is_some_and(|share| share > VOICED)).map(octaves);
    let (low, high) = (pitch("pitch.low"), pitch("pitch.high"));
    let chroma = facts.bands("harmonic.chroma", stem).unwrap_or_default();
    let sketch = Moves::of(facts, stem);
    let moves = |of: fn(&Moves) -> f64| sketch.as_ref().map(of);
    let (onsets, notes) = (onsets(facts, stem), notes(facts, stem));
    [
        share(0),
        share(1),
        share(2),
        number("spectrum.centroid").map(octaves),
        number("spectrum.centroid").map(octaves).zip(pitch("pitch.median")).map(|(a, b)| a - b),
        number("spectrum.tilt"),
        number("spectrum.flatness").map(decades),
        number("spectrum.resonance"),
        number("onset.rate").map(|rate| rate.max(0.1).log2()),
        number("onset.decay").map(|ms| ms.max(5.0).log10()),
        number("onset.percussive"),
        onsets.map(|(sharp, _)| sharp),
        onsets.map(|(_, rests)| rests),
        attack(facts, stem),
        number("dynamics.crest"),
        number("dynamics.onset_peak"),
        number("loudness.range"),
        loudness_moves(facts, stem),
        number("activity.share").map(|share| share.max(0.01).log2()),
        low,
        pitch("pitch.median"),
        low.zip(high).map(|(low, high)| high - low),
        voiced,
        number("pitch.polyphony"),
        chroma.iter().copied().reduce(f32::max).map(f64::from),
        notes.map(|(notes, _)| notes),
        notes.map(|(_, changes)| changes),
        number("harmonic.formant"),
        number("sibilance.excess"),
        number("stereo.width").map(|db| db.clamp(-60.0, 6.0)),
        number("stereo.correlation"),
        moves(|m| m.spread),
        moves(|m| m.bands[0]),
        moves(|m| m.bands[1]),
        moves(|m| m.bands[2]),
        moves(|m| m.turns),
        moves(|m| m.holds),
        moves(|m| m.shape[0]),
        moves(|m| m.shape[1]),
        moves(|m| m.shape[2]),
        moves(|m| m.shape[3]),
        moves(|m| m.shape[4]),
        moves(|m| m.shape[5]),
        moves(|m| m.shape[6]),
        moves(|m| m.shape[7]),
        moves(|m| m.shape[8]),
        moves(|m| m.shape[9]),
        number("timbre.odd"),
        number("timbre.beside"),
    ]
}

/// How much the strongest rises of the spectrum stand out from the usual ones, and how little happens between them,
/// both in octaves.
fn onsets(facts: &Facts, stem: &str) -> Option<(f64, f64)> {
    let (_, strength) = facts.series("onset.strength", stem)?;
    let mut values: Vec<f32> = strength.iter().copied().filter(|&x| x > 0.0).collect();
    values.sort_by(f32::total_cmp);
    let at = |share: f64| Some(f64::from(*values.get((share * values.len() as f64) as usize)?));
    let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / values.len().max(1) as f64;
    let over = |x: f64| (x / mean.max(1e-9)).max(1e-3).log2();
    Some((over(at(0.98)?), over(at(0.5)?)))
}

/// How sudden the beginnings are: the share of the spectrum's rise around an onset that falls within 20 ms of it.
fn attack(facts: &Facts, stem: &str) -> Option<f64> {
    let (step, strength) = facts.series("onset.strength", stem)?;
    let sum = |at: usize, reach: usize| -> f64 {
        let around = at.saturating_sub(reach)..(at + reach + 1).min(strength.len());
        strength.get(around).unwrap_or_default().iter().map(|&x| f64::from(x.max(0.0))).sum()
    };
    let places = facts.times("onset.times", stem).iter().map(|&time| (time / step).round().max(0.0) as usize);
    let (near, all) = places.fold((0.0, 0.0), |(near, all), at| (near + sum(at, 2), all + sum(at, 8)));
    (all > 0.0).then(|| near / all)
}

/// Mean step of the momentary loudness over half a second while the stem plays, LU.
fn loudness_moves(facts: &Facts, stem: &str) -> Option<f64> {
    let (_, values) = facts.series("loudness.momentary", stem)?;
    let most = values.iter().copied().reduce(f32::max)?;
    let steps = values.iter().zip(values.get(5..)?).filter(|(a, b)| a.min(**b) > most - 30.0);
    let (count, sum) = steps.fold((0.0, 0.0), |(n, sum), (a, b)| (n + 1.0, sum + f64::from((a - b).abs())));
    (count > 3.0).then(|| sum / count)
}

/// How many pitch classes sound within half a second (perplexity, octaves), and how much they change from one half
/// second to the next (1 less the cosine).
fn notes(facts: &Facts, stem: &str) -> Option<(f64, f64)> {
    let frames = chroma::frames(facts, stem)?;
    let sum = |frame: &[f32]| frame.iter().map(|&x| f64::from(x)).sum::<f64>();
    let gate = frames.chunks_exact(12).map(sum).fold(0.0, f64::max) * 1e-3;
    let loud: Vec<&[f32]> = frames.chunks_exact(12).filter(|frame| gate > 0.0 && sum(frame) > gate).collect();
    if loud.len() < 4 {
        return None;
    }
    let entropy = |frame: &[f32]| {
        let all = sum(frame);
        let shares = frame.iter().map(|&x| f64::from(x) / all).filter(|&share| share > 1e-9);
        shares.map(|share| -share * share.log2()).sum::<f64>()
    };
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let changes = loud.windows(2).map(|w| 1.0 - dot(w[0], w[1]) / (dot(w[0], w[0]) * dot(w[1], w[1])).sqrt());
    let count = loud.len() as f64;
    Some((loud.iter().map(|frame| entropy(frame)).sum::<f64>() / count, changes.sum::<f64>() / (count - 1.0)))
}

/// How the energies of the sketch move while the stem plays.
struct Moves {
    /// Over how many bands the energy of a frame spreads: perplexity of its shares, octaves.
    spread: f64,
    /// Mean step from frame to frame of the level below 250 Hz, to 2 kHz and above, dB.
    bands: [f64; 3],
    /// Mean step of the centre of gravity, in bands.
    turns: f64,
    /// Share of the steps in which the level falls by less than 1 dB: what is held and not struck.
    holds: f64,
    /// Level of each four bands in a row against all, dB.
    shape: [f64; 10],
}

/// Bands of the sketch below 250 Hz, and below 2 kHz.
const LOW_MID: [usize; 2] = [7, 22];
/// A frame below this share of the loudest one does not count.
const QUIET: f64 = 1e-4;

impl Moves {
    fn of(facts: &Facts, stem: &str) -> Option<Moves> {
        let sketch = facts.sketch(stem)?;
        let bands = crate::sketch::BANDS;
        let frames: Vec<Vec<f64>> = sketch
            .mid
            .chunks_exact(bands)
            .zip(sketch.side.chunks_exact(bands))
            .map(|(mid, side)| mid.iter().zip(side).map(|(m, s)| f64::from(m + s)).collect())
            .collect();
        let sums: Vec<f64> = frames.iter().map(|frame| frame.iter().sum()).collect();
        let gate = sums.iter().fold(0.0f64, |a, &b| a.max(b)) * QUIET;
        let loud = |i: usize| sums[i] > gate && gate > 0.0;
        let edges = [0, LOW_MID[0], LOW_MID[1], bands];
        let level = |i: usize, k: usize| {
            let part: f64 = frames[i][edges[k]..edges[k + 1]].iter().sum();
            10.0 * (part + 1e-3 * gate).log10()
        };
        let centre = |i: usize| {
            frames[i].iter().enumerate().map(|(band, energy)| band as f64 * energy).sum::<f64>() / sums[i]
        };
        let (mut count, mut steps) = (0.0, 0.0);
        let mut found = Moves { spread: 0.0, bands: [0.0; 3], turns: 0.0, holds: 0.0, shape: [0.0; 10] };
        for i in (0..frames.len()).filter(|&i| loud(i)) {
            let entropy: f64 = frames[i]
                .iter()
                .map(|energy| energy / sums[i])
                .filter(|&share| share > 1e-9)
                .map(|share| -share * share.log2())
                .sum();
            count += 1.0;
            found.spread += entropy;
            if i == 0 || !loud(i - 1) {
                continue;
            }
            steps += 1.0;
            for (k, sum) in found.bands.iter_mut().enumerate() {
                *sum += (level(i, k) - level(i - 1, k)).abs();
            }
            found.turns += (centre(i) - centre(i - 1)).abs();
            found.holds += f64::from(10.0 * (sums[i - 1] / sums[i]).log10() < 1.0);
        }
        if steps < 4.0 {
            return None;
        }
        let all: f64 = sums.iter().sum();
        let band =
            |k: usize| frames.iter().map(|frame| frame[4 * k..4 * k + 4].iter().sum::<f64>()).sum::<f64>();
        found.shape = std::array::from_fn(|k| 10.0 * (band(k) / all).max(1e-6).log10());
        found.spread /= count;
        found.bands = found.bands.map(|sum| (sum / steps).max(0.05).log2());
        found.turns = (found.turns / steps).max(0.01).log2();
        found.holds /= steps;
        Some(found)
    }
}
