//! Files that do not fit the others: too short, too long, or at the wrong speed.

use crate::ears::chroma::{self, FRAME};
use crate::window::{self, Side};
use crate::{Fact, Facts, Measure, Qty, Song, Stem, tempo};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "fault.wrong_length",
        unit: "s",
        doc: "Seconds by which a file is longer (or, negative, shorter) than all others, which agree among themselves.",
    },
    Measure {
        id: "fault.wrong_rate",
        unit: "ratio",
        doc: "A file that seems to play at 44.1/48 or 48/44.1 speed against the others, by its length and its onsets' tempo.",
    },
    Measure {
        id: "fault.late_start",
        unit: "s",
        doc: "Seconds that a file lacks at its beginning: it is shorter than all others by so much, and its hits and chords fall \
              on theirs when it starts so much later, and not as it is.",
    },
];

/// Files exported together agree to this, seconds: another rate's rounding, a coder's frame.
const EXACT: f64 = 0.03;
/// Ratios that differ by less are the same.
const SAME_RATIO: f64 = 0.0005;
/// Correlation of hits and of chords that is gained when a file starts later, from which on it does.
const LATE: f64 = 0.12;

/// Adds what does not fit.
pub fn measure(song: &Song, facts: &mut Facts) {
    let rate = f64::from(song.rate.max(1));
    let lengths: Vec<f64> = song.stems.iter().map(|stem| stem.clip.frames as f64 / rate).collect();
    let mut sorted = lengths.clone();
    sorted.sort_by(f64::total_cmp);
    let Some(&usual) = sorted.get(sorted.len() / 2) else { return };
    // Coders pad, bounces end a little late: within 1 % or 0.25 s is the same length.
    let slack = (usual * 0.01).max(0.25);
    let agree = lengths.iter().filter(|length| (*length - usual).abs() <= slack).count();
    // Where lengths differ anyway (single takes dragged in), a length says nothing.
    if song.stems.len() < 4 || agree * 10 < song.stems.len() * 7 {
        return;
    }
    let beat = facts
        .number("tempo.bpm", "")
        .filter(|_| facts.number("tempo.confidence", "").is_some_and(|sure| sure > 0.5));
    // Exported together: all but one or two, which may be the odd ones.
    let exact = lengths.iter().filter(|length| (*length - usual).abs() <= EXACT).count();
    let together = exact >= 4 && exact + 2 >= song.stems.len();
    let mut found = Vec::new();
    for (stem, &length) in song.stems.iter().zip(&lengths) {
        let off = length - usual;
        if off.abs() <= slack {
            continue;
        }
        let ratio = length / usual;
        let turned = [48.0 / 44.1, 44.1 / 48.0].into_iter().find(|&r| off_by(ratio, r) < 0.002);
        if let Some(turned) = turned {
            let fits = beat.is_none_or(|bpm| own_tempo_fits(facts, &stem.id, bpm / turned));
            // Among files of one length, one that is off by just this factor needs no beat of its own to tell.
            let exactly = together && off_by(ratio, turned) < SAME_RATIO;
            if fits || exactly {
                let sure = match (fits && beat.is_some(), exactly) {
                    (true, _) => 0.9,
                    (_, true) => 0.7,
                    _ => 0.6,
                };
                found.push(Fact::number("fault.wrong_rate", &stem.id, turned).confidence(sure));
                continue;
            }
        }
        if off < 0.0
            && let Some(sure) = starts_late(song, facts, stem, -off)
        {
            found.push(Fact::number("fault.late_start", &stem.id, -off).confidence(sure));
            continue;
        }
        // A stem may well end before the song does: it looks like a mistake when it is silent, a plain fraction, cut off in a
        // sound, or when all the others were exported together, equally long to the frame.
        let half = [0.5, 2.0].iter().any(|r| (ratio / r - 1.0).abs() < 0.01);
        let silent = crate::leave_out::silent(facts, stem);
        let sure = match (silent || half, cut_off(song, stem), together) {
            (true, ..) | (_, true, _) => 0.8,
            (_, _, true) => 0.7,
            _ => 0.5,
        };
        found.push(Fact::new("fault.wrong_length", &[&stem.id], Qty::Number(off)).confidence(sure));
    }
    facts.extend(found);
}

/// By how much two ratios differ, as a share.
fn off_by(ratio: f64, other: f64) -> f64 {
    (ratio / other - 1.0).abs()
}

/// From this certainty on a file that lacks its beginning is put where it fits.
pub const SURE: f32 = 0.6;

/// Frames of the song's rate that a stem lacks at its beginning.
pub fn late_start(song: &Song, facts: &Facts, stem: &str) -> i64 {
    match facts.get("fault.late_start", &[stem]) {
        Some(Fact { value: Qty::Number(seconds), confidence, .. }) if *confidence >= SURE => {
            (seconds * f64::from(song.rate)).round() as i64
        }
        _ => 0,
    }
}

/// The song with every file that lacks its beginning where it fits the others.
pub(crate) fn placed(song: &Song, facts: &Facts) -> Song {
    let mut placed = song.clone();
    placed.stems.iter_mut().for_each(|stem| stem.start += late_start(song, facts, &stem.id));
    placed
}

/// Does a stem run at the speed of the others? What does not cannot be compared with them wave by wave.
pub(crate) fn in_time(facts: &Facts, stem: &Stem) -> bool {
    facts.get("fault.wrong_rate", &[&stem.id]).is_none()
}

/// Does a stem end in the middle of a sound?
fn cut_off(song: &Song, stem: &Stem) -> bool {
    let rate = f64::from(song.rate);
    let end = stem.start + stem.clip.frames as i64;
    let level = |from: f64, seconds: f64| {
        let size = (seconds * rate) as usize;
        (window::energy(&window::read(stem, Side::Mid, end - (from * rate) as i64, size)) / size as f64)
            .sqrt()
    };
    let last = level(0.01, 0.01);
    // -50 dBFS is a sound; a fade or a tail would be far below what came just before.
    last > 0.003 && last > 0.4 * level(0.06, 0.05)
}

/// Would a stem fit the others better if it started so many seconds later? With how much certainty.
fn starts_late(song: &Song, facts: &Facts, stem: &Stem, seconds: f64) -> Option<f32> {
    let others: Vec<&Stem> =
        crate::leave_out::kept(song, facts).into_iter().filter(|other| other.id != stem.id).collect();
    let hits = tempo::envelope(song, facts, others.iter().map(|other| (other.id.as_str(), 1.0)));
    let own = tempo::envelope(song, facts, [(stem.id.as_str(), 1.0)].into_iter());
    let chords = chords(song, facts, &others);
    let own_chords = chroma::frames(facts, &stem.id);
    // Compared over the same stretch of the stem, so that neither place has more to gain.
    let at = |seconds: f64| {
        let hits = agreement(&own, &hits, (seconds / tempo::STEP).round() as usize);
        // Drums have none.
        let chords = own_chords.map_or(0.0, |own| {
            let shift = ((stem.start as f64 / f64::from(song.rate) + seconds) / FRAME).round() as usize;
            likeness(own, &chords, shift)
        });
        (hits, chords)
    };
    let ((hits_now, chords_now), (hits_then, chords_then)) = (at(0.0), at(seconds));
    let better = (hits_then - hits_now) + (chords_then - chords_now);
    (better > LATE).then(|| (0.6 + better).min(0.95) as f32)
}

/// How well hits fall together when the first is played `late` values later: correlation, -1 to 1.
fn agreement(own: &[f32], others: &[f32], late: usize) -> f64 {
    let others = others.get(late..).unwrap_or(&[]);
    // A hit that is played a little early or late is still the same hit.
    let wide = |x: &[f32], i: usize| {
        x[i.saturating_sub(2)..(i + 3).min(x.len())].iter().fold(0f32, |a, &b| a.max(b))
    };
    let n = own.len().min(others.len());
    let (a, b): (Vec<f64>, Vec<f64>) =
        (0..n).map(|i| (f64::from(wide(own, i)), f64::from(wide(others, i)))).unzip();
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len().max(1) as f64;
    let (ma, mb) = (mean(&a), mean(&b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(&b).map(|(a, b)| f(a - ma, b - mb)).sum::<f64>();
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt().max(1e-12)
}

/// The chroma of some stems together, in song time.
fn chords(song: &Song, facts: &Facts, stems: &[&Stem]) -> Vec<f32> {
    let mut sum: Vec<f32> = Vec::new();
    for stem in stems {
        let Some(values) = chroma::frames(facts, &stem.id) else { continue };
        let first = 12 * (stem.start.max(0) as f64 / f64::from(song.rate) / FRAME).round() as usize;
        sum.resize(sum.len().max(first + values.len()), 0.0);
        for (sum, frame) in sum[first..].chunks_exact_mut(12).zip(values.chunks_exact(12)) {
            let norm = frame.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-9);
            sum.iter_mut().zip(frame).for_each(|(sum, x)| *sum += x / norm);
        }
    }
    sum
}

/// Mean cosine of the chroma where both sound; 0 where nothing can be compared.
fn likeness(own: &[f32], others: &[f32], late: usize) -> f64 {
    let others = others.get(12 * late..).unwrap_or(&[]);
    let cosine = |(a, b): (&[f32], &[f32])| {
        let dot: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
        let norm = (a.iter().map(|x| x * x).sum::<f32>() * b.iter().map(|x| x * x).sum::<f32>()).sqrt();
        (norm > 1e-9).then(|| f64::from(dot / norm))
    };
    let all: Vec<f64> = own.chunks_exact(12).zip(others.chunks_exact(12)).filter_map(cosine).collect();
    if all.is_empty() { 0.0 } else { all.iter().sum::<f64>() / all.len() as f64 }
}

/// Do a stem's own onsets repeat at this tempo or a simple multiple of it?
fn own_tempo_fits(facts: &Facts, stem: &str, bpm: f64) -> bool {
    let Some((_, values)) = facts.series("onset.strength", stem) else { return true };
    let Some(own) = crate::tempo::track(values) else { return true };
    own.confidence < 0.3
        || [0.5, 2.0 / 3.0, 1.0, 1.5, 2.0].iter().any(|k| (own.bpm / (bpm * k) - 1.0).abs() < 0.01)
}
