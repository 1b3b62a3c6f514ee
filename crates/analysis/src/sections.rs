//! Sections: where the song changes, and what the parts may be called.
//!
//! Bars are described by how loud each track plays and which notes sound. The song is cut where that gives the most even pieces
//! (least squares by dynamic programming, with a price for each piece), and pieces that are alike get one name.

use crate::ears::chroma::{self, FRAME};
use crate::sketch::{BANDS, STEP};
use crate::{Fact, Facts, Measure, Qty, Sketch, Song, Span, role};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "sections",
        unit: "s",
        doc: "Sections: intro, verse, chorus, bridge, solo, break, outro, numbered from the second on; on bars when the tempo is sure.",
    },
    Measure {
        id: "section.energy",
        unit: "dB",
        doc: "Level of a section against the song's mean, of the plain sum of the stems' energies; `when` says which.",
    },
];

/// Least bars in a section, and in the first and the last.
const LEAST: usize = 4;
const ENDS: usize = 2;
/// The price of a section: higher gives fewer. A section of four bars is worth it when its tracks are 3 dB away from their
/// levels around it, root mean square, or when one track of ten comes or goes.
const PRICE: f64 = 0.15;
/// Levels that count as one, dB; how far down they count; and what the notes weigh beside all levels.
const LEVEL: f64 = 10.0;
const FLOOR: f64 = 1e-3;
const NOTES: f64 = 0.4;
/// Distance of sections that are the same again.
const SAME: f64 = 0.15;

/// Description of one bar.
struct Bar {
    start: f64,
    end: f64,
    features: Vec<f64>,
    energy: f64,
    voice: f64,
}

/// Adds `sections` and `section.energy`.
pub fn measure(song: &Song, facts: &mut Facts) {
    let bars = bars(song, facts);
    if bars.len() < LEAST {
        return;
    }
    let cuts = cut(&bars);
    let mut names = label(&bars, &cuts);
    number(&mut names);
    let mean = bars.iter().map(|bar| bar.energy * (bar.end - bar.start)).sum::<f64>()
        / (bars[bars.len() - 1].end - bars[0].start);
    let mut spans = Vec::new();
    for (piece, name) in cuts.windows(2).zip(names) {
        let (first, last) = (&bars[piece[0]], &bars[piece[1] - 1]);
        let span = Span { start: first.start, end: last.end, label: name };
        let energy =
            bars[piece[0]..piece[1]].iter().map(|bar| bar.energy * (bar.end - bar.start)).sum::<f64>()
                / (span.end - span.start);
        let level = 10.0 * (energy.max(1e-12) / mean.max(1e-12)).log10();
        let mut fact = Fact::new("section.energy", &[], Qty::Number(level));
        fact.when = Some(span.clone());
        facts.push(fact);
        spans.push(span);
    }
    let sure = facts.number("tempo.confidence", "").unwrap_or(0.0).clamp(0.3, 0.8);
    facts.push(Fact::new("sections", &[], Qty::Spans(spans)).confidence(sure as f32));
}

/// The grid: bars when the tempo is sure, else pieces of two seconds. It covers the whole song.
fn grid(song: &Song, facts: &Facts) -> Vec<f64> {
    let end = song.frames as f64 / f64::from(song.rate.max(1));
    let bars = facts.times("tempo.bars", "");
    let sure = facts.number("tempo.confidence", "").is_some_and(|sure| sure > 0.4);
    let mut grid = vec![0.0];
    if sure && bars.len() >= 3 {
        let length = bars[1] - bars[0];
        // A pickup shorter than half a bar belongs to the first bar.
        grid.extend(bars.iter().copied().filter(|&time| time > 0.5 * length && time < end - 0.5 * length));
    } else {
        let mut time = 2.0;
        while time < end - 1.0 {
            grid.push(time);
            time += 2.0;
        }
    }
    grid.push(end);
    grid
}

fn bars(song: &Song, facts: &Facts) -> Vec<Bar> {
    let stems: Vec<(&str, &str, Sketch, f64)> = crate::leave_out::kept(song, facts)
        .into_iter()
        .filter_map(|stem| {
            let family = facts.text("role", &stem.id).and_then(role).map_or("none", |role| role.family);
            let sketch = crate::song::sketch_in_song(song, facts, stem)?;
            let most = (0..sketch.frames()).map(|i| frame_energy(&sketch, i)).fold(0.0, f64::max);
            let mut loud: Vec<f64> = (0..sketch.frames())
                .map(|i| frame_energy(&sketch, i))
                .filter(|&e| e > FLOOR * most)
                .collect();
            loud.sort_by(f64::total_cmp);
            let loud = *loud.get(loud.len() * 19 / 20)?;
            (loud > 1e-9).then_some((stem.id.as_str(), family, sketch, loud))
        })
        .collect();
    let grid = grid(song, facts);
    let starts: Vec<f64> = stems
        .iter()
        .map(|(id, ..)| {
            song.stems
                .iter()
                .find(|stem| stem.id == *id)
                .map_or(0.0, |stem| stem.start as f64 / f64::from(song.rate.max(1)))
        })
        .collect();
    // All levels together count as much, however many tracks there are.
    let share = LEVEL * (stems.len() as f64).sqrt();
    grid.windows(2)
        .map(|w| {
            let frames = (w[0] / STEP).round() as usize
                ..((w[1] / STEP).round() as usize).max((w[0] / STEP).round() as usize + 1);
            let count = frames.len() as f64;
            let mut bar = Bar { start: w[0], end: w[1], features: Vec::new(), energy: 0.0, voice: 0.0 };
            let mut chroma = [0.0; 12];
            for ((id, family, sketch, loud), start) in stems.iter().zip(&starts) {
                let energies: Vec<f64> = frames.clone().map(|i| frame_energy(sketch, i)).collect();
                let playing = energies.iter().filter(|&&e| e > loud * 1e-3).count() as f64 / count;
                bar.energy += energies.iter().sum::<f64>() / count;
                let level = energies.iter().sum::<f64>() / count / loud;
                bar.features.push(10.0 * level.max(FLOOR).log10() / share);
                if *family == "lead-vocals" {
                    bar.voice = bar.voice.max(playing);
                }
                if !matches!(*family, "drums" | "fx" | "none") {
                    add_chroma(facts, id, w[0] - start, w[1] - start, playing, &mut chroma);
                }
            }
            let norm = chroma.iter().map(|x| x * x).sum::<f64>().sqrt().max(1e-9);
            bar.features.extend(chroma.iter().map(|x| NOTES * x / norm));
            bar
        })
        .collect()
}

fn frame_energy(sketch: &Sketch, frame: usize) -> f64 {
    if frame >= sketch.frames() {
        return 0.0;
    }
    let place = frame * BANDS..(frame + 1) * BANDS;
    f64::from(sketch.mid[place.clone()].iter().zip(&sketch.side[place]).map(|(m, s)| m + s).sum::<f32>())
}

fn add_chroma(facts: &Facts, id: &str, from: f64, to: f64, weight: f64, sum: &mut [f64; 12]) {
    let Some(values) = chroma::frames(facts, id) else { return };
    let (first, last) = ((from / FRAME).max(0.0) as usize, (to / FRAME).max(0.0) as usize);
    for frame in values.chunks_exact(12).take(last).skip(first) {
        let norm = frame.iter().map(|x| x * x).sum::<f32>().sqrt();
        if norm > 0.0 {
            for (sum, x) in sum.iter_mut().zip(frame) {
                *sum += weight * f64::from(x / norm);
            }
        }
    }
}

/// Places of the cuts, from 0 to the number of bars.
fn cut(bars: &[Bar]) -> Vec<usize> {
    let n = bars.len();
    let size = bars[0].features.len();
    // Prefix sums of features and of their squares give the cost of a piece at once.
    let mut sums = vec![vec![0.0; size]; n + 1];
    let mut squares = vec![0.0; n + 1];
    for (i, bar) in bars.iter().enumerate() {
        sums[i + 1] = sums[i].iter().zip(&bar.features).map(|(sum, x)| sum + x).collect();
        squares[i + 1] = squares[i] + bar.features.iter().map(|x| x * x).sum::<f64>();
    }
    let uneven = |i: usize, j: usize| {
        let mean: f64 = (0..size).map(|k| (sums[j][k] - sums[i][k]).powi(2)).sum::<f64>() / (j - i) as f64;
        squares[j] - squares[i] - mean
    };
    let mut best = vec![f64::INFINITY; n + 1];
    let mut from = vec![0; n + 1];
    best[0] = 0.0;
    for j in 1..=n {
        for i in 0..j {
            let least = if i == 0 || j == n { ENDS } else { LEAST };
            let short = j - i < least && !(i == 0 && j == n);
            if short || !best[i].is_finite() {
                continue;
            }
            let odd = match (j - i) % 8 {
                0 => 0.0,
                4 => 0.1,
                _ => 0.35,
            };
            let cost = best[i] + uneven(i, j) + PRICE * (1.0 + odd);
            if cost < best[j] {
                (best[j], from[j]) = (cost, i);
            }
        }
    }
    let mut cuts = vec![n];
    while let Some(&last) = cuts.last().filter(|&&last| last > 0) {
        cuts.push(from[last]);
    }
    cuts.reverse();
    cuts
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum()
}

/// What each piece may be called, by whether a voice sings, how loud it is, whether it returns, and where it stands.
fn label(bars: &[Bar], cuts: &[usize]) -> Vec<String> {
    let pieces: Vec<&[Bar]> = cuts.windows(2).map(|w| &bars[w[0]..w[1]]).collect();
    let mean =
        |piece: &[Bar], value: fn(&Bar) -> f64| piece.iter().map(value).sum::<f64>() / piece.len() as f64;
    let means: Vec<Vec<f64>> = pieces
        .iter()
        .map(|piece| {
            (0..piece[0].features.len())
                .map(|k| piece.iter().map(|bar| bar.features[k]).sum::<f64>() / piece.len() as f64)
                .collect()
        })
        .collect();
    let energy: Vec<f64> =
        pieces.iter().map(|piece| 10.0 * mean(piece, |bar| bar.energy).max(1e-12).log10()).collect();
    let voice: Vec<f64> = pieces.iter().map(|piece| mean(piece, |bar| bar.voice)).collect();
    let n = pieces.len();
    let mut sorted = energy.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = (sorted[0] + sorted[n - 1]) / 2.0;
    let loud = |i: usize| energy[i] >= middle && sorted[n - 1] - sorted[0] > 1.0;
    let returns = |i: usize| (0..n).any(|j| j != i && distance(&means[i], &means[j]) < SAME);
    let sung = voice.iter().any(|&v| v > 0.25);
    (0..n)
        .map(|i| {
            let sings = if sung { voice[i] > 0.25 } else { !(i == 0 || i + 1 == n) || loud(i) };
            let name = match (sings, loud(i)) {
                _ if n == 1 => "verse",
                (false, _) if i == 0 => "intro",
                (false, _) if i + 1 == n => "outro",
                (false, true) => "solo",
                (false, false) => "break",
                (true, true) => "chorus",
                (true, false) if i * 3 > n && n > 4 && !returns(i) => "bridge",
                (true, false) => "verse",
            };
            name.to_owned()
        })
        .collect()
}

/// Numbers the names that return, from the second on.
fn number(names: &mut [String]) {
    for i in (0..names.len()).rev() {
        let before = names[..i].iter().filter(|name| **name == names[i]).count();
        if before > 0 {
            names[i] = format!("{} {}", names[i], before + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn song(parts: &[(usize, &[f64], f64, f64)]) -> Vec<Bar> {
        let mut bars: Vec<Bar> = Vec::new();
        for &(count, features, energy, voice) in parts {
            for k in 0..count {
                let start = bars.len() as f64 * 2.0;
                // A little unrest inside every part.
                let features = features.iter().map(|x| x + 0.05 * ((k % 3) as f64 - 1.0)).collect();
                bars.push(Bar { start, end: start + 2.0, features, energy, voice });
            }
        }
        bars
    }

    #[test]
    fn a_song_in_parts_is_cut_and_named() {
        let bars = song(&[
            (4, &[1.0, 0.0, 0.0, 0.0], 0.1, 0.0),
            (8, &[1.0, 1.0, 0.0, 1.0], 0.3, 0.8),
            (8, &[1.0, 1.0, 1.5, 1.0], 1.0, 0.9),
            (8, &[1.0, 1.0, 0.0, 1.0], 0.3, 0.8),
            (8, &[1.0, 1.0, 1.5, 1.0], 1.0, 0.9),
            (4, &[1.0, 0.0, 0.0, 0.0], 0.1, 0.0),
        ]);
        let cuts = cut(&bars);
        assert_eq!(cuts, [0, 4, 12, 20, 28, 36, 40]);
        let mut names = label(&bars, &cuts);
        number(&mut names);
        assert_eq!(names, ["intro", "verse", "chorus", "verse 2", "chorus 2", "outro"]);
    }

    #[test]
    fn an_even_song_is_one_section() {
        let bars = song(&[(16, &[1.0, 0.5, 0.2], 1.0, 0.5)]);
        assert_eq!(cut(&bars), [0, 16]);
    }
}
