//! Pieces of a stem in song time.

use crate::{Facts, Song, Stem};

/// Share of the energy of a drum's loudest hits: what is softer in its microphone is another drum heard from afar (12 dB).
pub const AFAR: f64 = 0.06;

/// Which of a stem's channels to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Mean of the channels.
    Mid,
    /// First channel.
    Left,
    /// Second channel, or the only one.
    Right,
}

/// Reads `frames` frames from this place in the song; silence where the stem has none.
pub fn read(stem: &Stem, side: Side, from: i64, frames: usize) -> Vec<f32> {
    let channels = stem.clip.channels.max(1);
    let mut data = vec![vec![0f32; frames]; channels];
    {
        let mut slices: Vec<&mut [f32]> = data.iter_mut().map(Vec::as_mut_slice).collect();
        stem.clip.read(from - stem.start, &mut slices);
    }
    match side {
        Side::Left => data.swap_remove(0),
        Side::Right => data.swap_remove(channels.min(2) - 1),
        Side::Mid => {
            let scale = 1.0 / channels as f32;
            let mut mid = vec![0f32; frames];
            for channel in &data {
                for (m, x) in mid.iter_mut().zip(channel) {
                    *m += x * scale;
                }
            }
            mid
        }
    }
}

/// Energy of a slice.
pub fn energy(x: &[f32]) -> f64 {
    x.iter().map(|&x| f64::from(x) * f64::from(x)).sum()
}

/// Normalised correlation at lag 0, -1 to 1.
pub fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let dot: f64 = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
    let norm = (energy(a) * energy(b)).sqrt();
    if norm > 0.0 { dot / norm } else { 0.0 }
}

/// The strongest onsets of a stem, at least `apart` seconds from each other, as frames of the song in order of time.
pub fn strong_onsets(song: &Song, facts: &Facts, stem: &Stem, most: usize, apart: f64) -> Vec<i64> {
    let strength = facts.series("onset.strength", &stem.id);
    let mut onsets: Vec<(f64, f32)> = facts
        .times("onset.times", &stem.id)
        .iter()
        .map(|&time| {
            let near = strength.map_or(1.0, |(step, values)| {
                let i = (time / step).round() as usize;
                let from = i.saturating_sub(2).min(values.len());
                values[from..(i + 3).clamp(from, values.len())].iter().fold(0f32, |a, &b| a.max(b))
            });
            (time, near)
        })
        .collect();
    onsets.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.total_cmp(&b.0)));
    let mut kept: Vec<f64> = Vec::new();
    for (time, _) in onsets {
        if kept.len() < most && kept.iter().all(|other| (other - time).abs() >= apart) {
            kept.push(time);
        }
    }
    kept.sort_by(f64::total_cmp);
    kept.iter().map(|time| (time * f64::from(song.rate)).round() as i64 + stem.start).collect()
}
