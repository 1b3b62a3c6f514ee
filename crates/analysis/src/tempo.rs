//! Tempo, beats and bars.
//!
//! The onset envelopes of the stems that hit are summed. Tempo: autocorrelation times Fourier magnitude of the envelope
//! (Peeters, EURASIP JASP 2007), whose octave errors point in opposite directions, times a preference for tempi that people tap
//! (log-normal about 112 BPM). Beats: dynamic programming (Ellis, J. New Music Research 36, 2007, eq. 5 and 6).

use std::f64::consts::TAU;

use crate::ears::chroma::{self, FRAME};
use crate::{Fact, Facts, Measure, Qty, Song, role};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure { id: "tempo.bpm", unit: "BPM", doc: "Beats a minute." },
    Measure { id: "tempo.beats", unit: "s", doc: "Moments of the beats (Ellis 2007)." },
    Measure { id: "tempo.bars", unit: "s", doc: "Moments of the first beats of bars of four." },
    Measure {
        id: "tempo.confidence",
        unit: "share",
        doc: "How regular the hits are: 0 (not at all) to 1 (a machine).",
    },
];

/// Seconds between values of the envelope.
pub const STEP: f64 = 0.01;
/// Slowest and fastest tempo looked for.
const RANGE: (f64, f64) = (55.0, 210.0);
/// The tempo people like best, and how many octaves about it they like (standard deviation).
const LIKED: (f64, f64) = (112.0, 0.45);
/// Beats after which a song repeats itself, and what that is worth: bars and pairs of bars tell a beat from a dotted one.
const REPEATS: [(f64, f64); 4] = [(1.0, 1.0), (2.0, 1.0), (4.0, 2.0), (8.0, 2.0)];

/// Share of a strong stroke's strength below which other drums are heard in the snare's microphone.
const SNARE: f32 = 0.7;
/// What a snare on every other beat is worth.
const BACKBEAT: f64 = 2.0;

/// What was found in an envelope.
#[derive(Clone, Debug, PartialEq)]
pub struct Tempo {
    /// Beats a minute.
    pub bpm: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// Seconds.
    pub beats: Vec<f64>,
}

/// Finds tempo and beats in an onset envelope with a value every [`STEP`].
pub fn track(envelope: &[f32]) -> Option<Tempo> {
    track_with(envelope, &[])
}

/// The same, with the hits of the snare to tell a beat from half or two of it: it plays every other beat.
pub fn track_with(envelope: &[f32], snare: &[f32]) -> Option<Tempo> {
    if (envelope.len() as f64) * STEP < 4.0 || envelope.iter().all(|&x| x <= 0.0) {
        return None;
    }
    let mean = envelope.iter().map(|&x| f64::from(x)).sum::<f64>() / envelope.len() as f64;
    let flat: Vec<f64> = envelope.iter().map(|&x| f64::from(x) - mean).collect();
    let acf = autocorrelation(&flat, (9.0 / STEP) as usize);
    if acf[0] <= 0.0 {
        return None;
    }
    let mut best = (0.0, 0.0);
    let mut bpm = RANGE.0;
    while bpm <= RANGE.1 {
        let score = salience(&flat, &acf, bpm);
        if score > best.0 {
            best = (score, bpm);
        }
        bpm *= 1.004;
    }
    if best.1 == 0.0 {
        return None;
    }
    let bpm = refine(&flat, octave(&flat, &acf, snare, best.1));
    let period = 60.0 / bpm / STEP;
    let confidence = (repeats(&acf, period) * 2.0).clamp(0.0, 1.0);
    let beats = beats(&flat, period);
    Some(Tempo { bpm, confidence, beats })
}

/// How well a tempo explains the envelope.
fn salience(flat: &[f64], acf: &[f64], bpm: f64) -> f64 {
    let lag = 60.0 / bpm / STEP;
    let wave: f64 = [1.0, 2.0, 4.0].iter().map(|k| magnitude(flat, k * bpm / 60.0)).sum();
    let octaves = (bpm / LIKED.0).log2() / LIKED.1;
    repeats(acf, lag) * wave * (-0.5 * octaves * octaves).exp()
}

/// The tempo, half of it or twice as much: whichever is likely and has the snare on every other beat.
fn octave(flat: &[f64], acf: &[f64], snare: &[f32], bpm: f64) -> f64 {
    let mut sorted = snare.to_vec();
    sorted.sort_by(f32::total_cmp);
    let gate = SNARE * sorted.get(sorted.len() * 49 / 50).copied().unwrap_or(0.0);
    let hits: Vec<f64> = snare.iter().map(|&x| f64::from((x - gate).max(0.0))).collect();
    let mean = hits.iter().sum::<f64>() / hits.len().max(1) as f64;
    let hits: Vec<f64> = hits.iter().map(|x| x - mean).collect();
    // A hit may be a hundredth of a second off.
    let wide: Vec<f64> = hits.windows(3).map(|w| w.iter().sum()).collect();
    let snare = autocorrelation(&wide, (3.0 / STEP) as usize);
    if snare.first().is_none_or(|&power| power <= 0.0) {
        return bpm;
    }
    let every_other = |bpm: f64| {
        let beat = 60.0 / bpm / STEP;
        ((at(&snare, 2.0 * beat) - at(&snare, beat).max(0.0)) / snare[0]).clamp(0.0, 1.0)
    };
    let score = |bpm: f64| salience(flat, acf, bpm) * (1.0 + BACKBEAT * every_other(bpm));
    let inside = |bpm: &f64| (RANGE.0..=RANGE.1).contains(bpm);
    [bpm, 0.5 * bpm, 2.0 * bpm]
        .into_iter()
        .filter(inside)
        .fold(bpm, |best, tried| if score(tried) > score(best) { tried } else { best })
}

/// How well the envelope repeats after whole beats and bars of this period, 0 to 1.
fn repeats(acf: &[f64], lag: f64) -> f64 {
    let weights: f64 = REPEATS.iter().map(|(_, weight)| weight).sum();
    REPEATS.iter().map(|(beats, weight)| weight * at(acf, lag * beats).max(0.0)).sum::<f64>()
        / weights
        / acf[0]
}

fn at(series: &[f64], place: f64) -> f64 {
    let (i, part) = (place.floor() as usize, place.fract());
    match (series.get(i), series.get(i + 1)) {
        (Some(a), Some(b)) => a + (b - a) * part,
        _ => 0.0,
    }
}

fn autocorrelation(x: &[f64], lags: usize) -> Vec<f64> {
    (0..lags.min(x.len()))
        .map(|lag| {
            let sum: f64 = x.iter().zip(&x[lag..]).map(|(a, b)| a * b).sum();
            sum / (x.len() - lag) as f64
        })
        .collect()
}

/// Magnitude of the envelope's spectrum at a frequency in Hz, averaged over stretches of 12 s so that a drifting tempo counts.
fn magnitude(flat: &[f64], hz: f64) -> f64 {
    let size = ((12.0 / STEP) as usize).min(flat.len());
    let mut sum = 0.0;
    let mut count = 0;
    for chunk in flat.chunks(size).filter(|chunk| chunk.len() * 2 >= size) {
        sum += phasor(chunk, hz).0;
        count += 1;
    }
    sum / f64::from(count.max(1))
}

/// Magnitude and phase (radians) at a frequency in Hz, by rotation.
fn phasor(x: &[f64], hz: f64) -> (f64, f64) {
    let (sin, cos) = (TAU * hz * STEP).sin_cos();
    let (mut re, mut im, mut c, mut s) = (0.0, 0.0, 1.0, 0.0);
    for &x in x {
        re += x * c;
        im += x * s;
        (c, s) = (c * cos - s * sin, c * sin + s * cos);
    }
    (re.hypot(im) / x.len().max(1) as f64, im.atan2(re))
}

/// Sharpens a tempo on the whole envelope: the frequency and its harmonics that fit best within 2 %.
fn refine(flat: &[f64], bpm: f64) -> f64 {
    let mut best = (0.0, bpm);
    for step in -50..=50 {
        let tried = bpm * (1.0 + f64::from(step) * 0.0004);
        let score: f64 = [1.0, 2.0, 4.0].iter().map(|k| phasor(flat, k * tried / 60.0).0).sum();
        if score > best.0 {
            best = (score, tried);
        }
    }
    best.1
}

/// The path of beats through the envelope.
fn beats(flat: &[f64], period: f64) -> Vec<f64> {
    /// Weight of regularity against hits.
    const TIGHT: f64 = 400.0;
    let deviation = (flat.iter().map(|x| x * x).sum::<f64>() / flat.len() as f64).sqrt().max(1e-12);
    let width = period / 32.0;
    let reach = (width * 3.0).ceil() as isize;
    let local: Vec<f64> = (0..flat.len() as isize)
        .map(|i| {
            (-reach..=reach)
                .filter_map(|d| Some((d, flat.get(usize::try_from(i + d).ok()?)?)))
                .map(|(d, x)| x / deviation * (-0.5 * (d as f64 / width.max(0.5)).powi(2)).exp())
                .sum()
        })
        .collect();
    let (near, far) = ((period / 2.0).round() as usize, (period * 2.0).round() as usize);
    let mut score = local.clone();
    let mut before = vec![None; local.len()];
    let most = local.iter().fold(0f64, |a, &b| a.max(b));
    let mut begun = false;
    for i in 0..local.len() {
        let mut best: Option<(f64, usize)> = None;
        for back in near.max(1)..=far {
            let Some(j) = i.checked_sub(back) else { break };
            let off = (back as f64 / period).ln();
            let value = score[j] - TIGHT * off * off;
            if best.is_none_or(|(b, _)| value > b) {
                best = Some((value, j));
            }
        }
        if let Some((value, j)) = best {
            // Silence before the first hit is no path.
            if begun || local[i] > 0.01 * most {
                score[i] = local[i] + value;
                before[i] = Some(j);
                begun = true;
            }
        }
    }
    let tail = local.len().saturating_sub(far);
    let Some(mut i) = (tail..local.len()).max_by(|&a, &b| score[a].total_cmp(&score[b])) else {
        return Vec::new();
    };
    let mut path = vec![i];
    while let Some(j) = before[i] {
        path.push(j);
        i = j;
    }
    path.reverse();
    path.iter().map(|&i| i as f64 * STEP).collect()
}

/// The onset envelope of some stems in song time: each scaled to its own deviation, so that a loud one does not hide the others.
pub fn envelope<'a>(song: &Song, facts: &Facts, stems: impl Iterator<Item = (&'a str, f32)>) -> Vec<f32> {
    let mut sum = vec![0f32; (song.frames as f64 / f64::from(song.rate.max(1)) / STEP).ceil() as usize];
    for (id, weight) in stems {
        let Some((step, values)) = facts.series("onset.strength", id) else { continue };
        let start = song.stems.iter().find(|stem| stem.id == id).map_or(0, |stem| stem.start);
        let shift = start as f64 / f64::from(song.rate.max(1)) / STEP;
        let power = values.iter().map(|x| x * x).sum::<f32>() / values.len().max(1) as f32;
        if power <= 0.0 {
            continue;
        }
        let scale = weight / power.sqrt();
        for (i, x) in values.iter().enumerate() {
            let place = (i as f64 * step / STEP + shift).round();
            if place >= 0.0
                && let Some(sum) = sum.get_mut(place as usize)
            {
                *sum += (x * scale).clamp(0.0, 8.0 * weight);
            }
        }
    }
    sum
}

/// Which of the four beats begins a bar: kick on one and three, snare on two and four, chords change on one.
fn downbeat(beats: &[f64], kick: &[f32], snare: &[f32], change: &[f64]) -> usize {
    let hit = |envelope: &[f32], time: f64| {
        let i = (time / STEP).round() as usize;
        let from = i.saturating_sub(4).min(envelope.len());
        envelope[from..(i + 5).clamp(from, envelope.len())].iter().fold(0f32, |a, &b| a.max(b)) as f64
    };
    let mut scores = [0f64; 4];
    for (i, &beat) in beats.iter().enumerate() {
        let (kick, snare) = (hit(kick, beat).min(4.0), hit(snare, beat).min(4.0));
        let chord = change.get(i).copied().unwrap_or(0.0);
        for (phase, score) in scores.iter_mut().enumerate() {
            *score += match (i + 4 - phase) % 4 {
                0 => kick - 0.8 * snare + 6.0 * chord,
                1 | 3 => 0.8 * snare - 0.3 * kick - 2.0 * chord,
                _ => 0.4 * kick - 0.8 * snare,
            };
        }
    }
    (0..4).fold(0, |best, i| if scores[i] > scores[best] { i } else { best })
}

/// How much the chord changes at each beat: distance of the chroma before and after, 0 to 1.
fn chord_changes(song: &Song, facts: &Facts, beats: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; beats.len()];
    let mut heard = 0.0;
    for stem in crate::leave_out::kept(song, facts) {
        let family = facts.text("role", &stem.id).and_then(role).map_or("none", |role| role.family);
        if !matches!(family, "bass" | "guitars" | "keys" | "synths" | "strings") {
            continue;
        }
        let Some(values) = chroma::frames(facts, &stem.id) else { continue };
        let start = stem.start as f64 / f64::from(song.rate.max(1));
        let frame = |time: f64| {
            let i = ((time - start) / FRAME).floor();
            if i < 0.0 { None } else { values.get(i as usize * 12..i as usize * 12 + 12) }
        };
        heard += 1.0;
        for (sum, &beat) in sum.iter_mut().zip(beats) {
            if let (Some(a), Some(b)) = (frame(beat - FRAME), frame(beat + 0.5 * FRAME)) {
                let dot: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
                let norm =
                    (a.iter().map(|x| x * x).sum::<f32>() * b.iter().map(|x| x * x).sum::<f32>()).sqrt();
                if norm > 0.0 {
                    *sum += f64::from(1.0 - dot / norm);
                }
            }
        }
    }
    sum.iter().map(|x| if heard > 0.0 { x / heard } else { 0.0 }).collect()
}

/// Adds tempo, beats and bars.
pub fn measure(song: &Song, facts: &mut Facts) {
    let kept = crate::leave_out::kept(song, facts);
    let of = |wanted: &[&str]| -> Vec<&str> {
        kept.iter()
            .filter(|stem| facts.text("role", &stem.id).is_some_and(|id| wanted.contains(&id)))
            .map(|stem| stem.id.as_str())
            .collect()
    };
    let weigh = |id: &str| {
        let family = facts.text("role", id).and_then(role).map_or("none", |role| role.family);
        match family {
            "drums" => 1.0,
            "fx" | "lead-vocals" | "backing-vocals" => 0.05,
            "bass" | "keys" | "guitars" => 0.4,
            _ => 0.25,
        }
    };
    let all = envelope(song, facts, kept.iter().map(|stem| (stem.id.as_str(), weigh(&stem.id))));
    let low = of(&["kick", "kick-in", "kick-out", "drums"]);
    let high = of(&["snare", "snare-top", "clap"]);
    let kick = envelope(song, facts, low.iter().map(|&id| (id, 1.0)));
    let snare = envelope(song, facts, high.iter().map(|&id| (id, 1.0)));
    let Some(tempo) = track_with(&all, &snare) else { return };
    let first = downbeat(&tempo.beats, &kick, &snare, &chord_changes(song, facts, &tempo.beats));
    let sure = tempo.confidence as f32;
    let bars: Vec<f64> = tempo.beats.iter().skip(first).step_by(4).copied().collect();
    facts.push(Fact::new("tempo.bpm", &[], Qty::Number(tempo.bpm)).confidence(sure));
    facts.push(Fact::new("tempo.confidence", &[], Qty::Number(tempo.confidence)));
    facts.push(Fact::new("tempo.beats", &[], Qty::Times(tempo.beats)).confidence(sure));
    facts.push(Fact::new("tempo.bars", &[], Qty::Times(bars)).confidence(sure * 0.8));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bar of hits (places in beats, strengths), repeated.
    fn pattern(bpm: f64, seconds: f64, hits: &[(f64, f32)]) -> Vec<f32> {
        let mut envelope = vec![0.0; (seconds / STEP) as usize];
        let mut bar = 0.0;
        while bar < seconds {
            for &(beat, strength) in hits {
                let i = ((bar + beat * 60.0 / bpm + 0.1) / STEP).round() as usize;
                if let Some(x) = envelope.get_mut(i) {
                    *x += strength;
                }
            }
            bar += 4.0 * 60.0 / bpm;
        }
        envelope
    }

    const ROCK: &[(f64, f32)] =
        &[(0.0, 3.0), (0.5, 1.0), (1.0, 3.0), (1.5, 1.0), (2.0, 3.0), (2.5, 1.5), (3.0, 3.0), (3.5, 1.0)];

    #[test]
    fn tempo_of_a_plain_beat_is_found_between_90_and_160() {
        for bpm in [90.0, 95.5, 102.0, 110.0, 124.0, 130.0, 140.0, 160.0] {
            let found = track(&pattern(bpm, 40.0, ROCK)).expect("a tempo");
            assert!((found.bpm - bpm).abs() < 0.3, "{bpm}: {}", found.bpm);
            assert!(found.confidence > 0.6, "{bpm}: {}", found.confidence);
        }
    }

    #[test]
    fn beats_lie_on_the_hits() {
        let found = track(&pattern(120.0, 30.0, ROCK)).expect("a tempo");
        assert!(found.beats.len() >= 55, "{}", found.beats.len());
        for beat in &found.beats {
            let off = ((beat - 0.1) / 0.5).fract();
            assert!(off.min(1.0 - off) * 0.5 < 0.035, "{beat}");
        }
    }

    #[test]
    fn silence_has_no_tempo() {
        assert_eq!(track(&vec![0.0; 3000]), None);
        assert_eq!(track(&[1.0; 10]), None);
    }

    #[test]
    fn bars_begin_with_the_kick() {
        let beats: Vec<f64> = (0..32).map(|i| f64::from(i) * 0.5).collect();
        let mut kick = vec![0f32; 1700];
        let mut snare = kick.clone();
        for i in 0..32 {
            let place = i * 50;
            match (i + 4 - 3) % 4 {
                0 => kick[place] = 4.0,
                1 | 3 => snare[place] = 4.0,
                _ => kick[place] = 2.0,
            }
        }
        assert_eq!(downbeat(&beats, &kick, &snare, &[]), 3);
    }
}
