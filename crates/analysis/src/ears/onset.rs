//! Where sounds begin, and how they go on.

use super::Notes;
use super::activity::Activity;
use super::hops::{Hops, STEP};
use super::peak::largest;
use super::sound::{Sound, percentile};
use crate::{Measure, Qty};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "onset.strength",
        unit: "",
        doc: "Rise of the spectrum every 10 ms: mean over the bands of the increase of log(1 + 10 x) over two hops, \
              against the louder of three neighbouring bands (SuperFlux, Böck and Widmer 2013). x is the band's \
              amplitude over the track's mean level while it plays.",
    },
    Measure {
        id: "onset.times",
        unit: "s",
        doc: "Beginnings of sounds: peaks of onset.strength above their surroundings (Böck, Krebs and Schedl 2012, \
              section 2.4).",
    },
    Measure { id: "onset.rate", unit: "1/s", doc: "Onsets per second of the time in which the track plays." },
    Measure {
        id: "onset.decay",
        unit: "ms",
        doc: "Median time from the loudest 10 ms after an onset until the level has fallen by 20 dB, or until the next \
              onset.",
    },
    Measure {
        id: "onset.percussive",
        unit: "share",
        doc: "Share of the energy that is percussive: soft masks from medians over 180 ms and over nine bands \
              (Fitzgerald 2010).",
    },
    Measure {
        id: "dynamics.crest",
        unit: "dB",
        doc: "Sample peak over root mean square while the track plays.",
    },
    Measure {
        id: "dynamics.onset_peak",
        unit: "dB",
        doc: "Mean over the onsets of the peak within 60 ms, below the largest peak of the track (Martínez-Ramírez et \
              al. 2022 give -3.5 to -4.7 for produced stems).",
    },
];

/// The strength reacts before the middle of the window reaches the beginning; this puts the peak on it.
const LATE: f64 = 0.0;

/// Onsets of a track.
pub(crate) struct Onsets {
    /// Moments in hops.
    hops: Vec<usize>,
}

/// Notes the onset facts, and gives the moments of the onsets in hops.
pub(crate) fn measure(sound: &Sound, hops: &Hops, activity: &Activity, notes: &mut Notes) -> Vec<usize> {
    let strength = strength(hops, activity);
    let onsets = Onsets { hops: pick(&strength, hops, activity) };
    let seconds = activity.count() as f64 * super::loudness::STEP;
    notes.note("onset.times", Qty::Times(onsets.hops.iter().map(|&hop| hop as f64 * STEP + LATE).collect()));
    notes.number("onset.rate", onsets.hops.len() as f64 / seconds.max(0.1));
    notes.note("onset.strength", Qty::Series { step: STEP, values: strength });
    if let Some(decay) = onsets.decay(hops) {
        notes.number("onset.decay", decay * 1000.0);
    }
    notes.number("onset.percussive", percussive(hops));
    onsets.dynamics(sound, activity, notes);
    onsets.hops
}

fn strength(hops: &Hops, activity: &Activity) -> Vec<f32> {
    let playing: Vec<f64> =
        (0..hops.len()).filter(|&hop| activity.at(hop)).map(|hop| f64::from(hops.total[hop])).collect();
    let mean = playing.iter().sum::<f64>() / playing.len().max(1) as f64;
    if mean <= 0.0 {
        return vec![0.0; hops.len()];
    }
    let scale = 100.0 / mean as f32;
    let bands = hops.bands;
    // mixsmith_dsp's logarithm runs on wide registers; half of log2 because x is an energy.
    let level: Vec<f32> =
        hops.energy.iter().map(|&e| mixsmith_dsp::math::log2(1.0f32 + (e * scale).sqrt())).collect();
    let row = |hop: usize| &level[hop * bands..(hop + 1) * bands];
    let mut strength = vec![0.0; hops.len()];
    for (hop, strength) in strength.iter_mut().enumerate().skip(2) {
        let (now, then) = (row(hop), row(hop - 2));
        let mut sum = 0.0;
        for band in 0..bands {
            let most =
                then[band.saturating_sub(1)..(band + 2).min(bands)].iter().fold(0.0f32, |a, &b| a.max(b));
            sum += (now[band] - most).max(0.0);
        }
        *strength = sum / bands as f32;
    }
    strength
}

/// Peaks within 30 ms on both sides that stand above the mean of the last 100 and the next 70 ms, 50 ms apart.
fn pick(strength: &[f32], hops: &Hops, activity: &Activity) -> Vec<usize> {
    let strong: Vec<f64> = strength.iter().filter(|&&s| s > 0.0).map(|&s| f64::from(s)).collect();
    let rise = (0.25 * percentile(&strong, 0.98).unwrap_or(0.0)).max(0.06) as f32;
    let mut onsets: Vec<usize> = Vec::new();
    for hop in 0..strength.len() {
        let here = strength[hop];
        let near = &strength[hop.saturating_sub(3)..(hop + 4).min(strength.len())];
        let around = &strength[hop.saturating_sub(10)..(hop + 8).min(strength.len())];
        let mean = around.iter().sum::<f32>() / around.len() as f32;
        let first = near.iter().position(|&s| s >= here) == Some(hop.min(3));
        if first && here > mean + rise && activity.at((hop + 2).min(hops.len() - 1)) {
            match onsets.last() {
                Some(&last) if hop - last < 5 => {}
                _ => onsets.push(hop),
            }
        }
    }
    onsets
}

impl Onsets {
    /// Seconds of decay, over the onsets.
    fn decay(&self, hops: &Hops) -> Option<f64> {
        let decays: Vec<f64> = (0..self.hops.len())
            .map(|i| {
                let start = self.hops[i];
                let end =
                    self.hops.get(i + 1).map_or(hops.len(), |&next| next.saturating_sub(1).max(start + 1));
                let stretch = &hops.total[start..end];
                let attack = &stretch[..stretch.len().min(7)];
                let peak = (0..attack.len())
                    .max_by(|&a, &b| attack[a].total_cmp(&attack[b]).then(b.cmp(&a)))
                    .unwrap_or(0);
                let floor = stretch[peak] * 0.01;
                let fall = stretch[peak..].iter().position(|&e| e < floor);
                fall.unwrap_or(stretch.len() - peak) as f64 * STEP
            })
            .collect();
        percentile(&decays, 0.5)
    }

    fn dynamics(&self, sound: &Sound, activity: &Activity, notes: &mut Notes) {
        let peak = sound.each().map(largest).fold(0.0, f32::max);
        let (mut square, mut count) = (0.0, 0usize);
        for frame in (0..activity.frames.len()).filter(|&frame| activity.frames[frame]) {
            let stretch = sound.cut(frame, 0.1)..sound.cut(frame + 1, 0.1);
            for x in sound.each() {
                let x = &x[stretch.clone()];
                square += f64::from(super::sound::dot(x, x));
                count += x.len();
            }
        }
        let decibels = |x: f64| 20.0 * x.log10();
        let rms = (square / count.max(1) as f64).sqrt();
        if rms > 0.0 {
            notes.number("dynamics.crest", decibels(f64::from(peak) / rms));
        }
        let peaks: Vec<f64> = self
            .hops
            .iter()
            .map(|&hop| {
                let stretch = sound.cut(hop.saturating_sub(1), STEP)..sound.cut(hop + 6, STEP);
                sound.each().map(|x| largest(&x[stretch.clone()])).fold(0.0, f32::max)
            })
            .filter(|&onset| onset > 0.0)
            .map(|onset| decibels(f64::from(onset / peak)))
            .collect();
        if !peaks.is_empty() {
            notes.number("dynamics.onset_peak", peaks.iter().sum::<f64>() / peaks.len() as f64);
        }
    }
}

/// Hops that make one column of the medians: 20 ms are enough for them.
const COLUMN: usize = 2;

fn percussive(hops: &Hops) -> f64 {
    let bands = hops.bands;
    let columns = hops.len() / COLUMN;
    let energy = |column: isize, band: usize| -> f32 {
        if column < 0 || column as usize >= columns {
            return 0.0;
        }
        (0..COLUMN).map(|k| hops.energy[(column as usize * COLUMN + k) * bands + band]).sum()
    };
    let (mut percussive, mut all) = (0.0f64, 0.0f64);
    let mut here = vec![0.0f32; bands + 8];
    // The last nine columns of every band, as a ring.
    let mut ring = vec![[0.0f32; 9]; bands];
    for column in 0..columns as isize + 4 {
        for (band, ring) in ring.iter_mut().enumerate() {
            ring[column as usize % 9] = energy(column, band);
        }
        let middle = column - 4;
        if middle < 0 || hops.total[middle as usize * COLUMN] == 0.0 {
            continue;
        }
        for (band, ring) in ring.iter().enumerate() {
            here[band + 4] = ring[middle as usize % 9];
        }
        for (band, ring) in ring.iter().enumerate() {
            let harmonic = median(*ring);
            let column: [f32; 9] = std::array::from_fn(|k| here[band + k]);
            let sharp = median(column);
            // Energies: the masks of magnitudes squared.
            if harmonic + sharp > 0.0 {
                percussive += f64::from(here[band + 4] * (sharp / (harmonic + sharp)));
            }
            all += f64::from(here[band + 4]);
        }
    }
    if all > 0.0 { percussive / all } else { 0.0 }
}

/// Median of nine by Paeth's exchange network (Graphics Gems, 1990).
fn median(mut p: [f32; 9]) -> f32 {
    const SWAPS: [(usize, usize); 19] = [
        (1, 2),
        (4, 5),
        (7, 8),
        (0, 1),
        (3, 4),
        (6, 7),
        (1, 2),
        (4, 5),
        (7, 8),
        (0, 3),
        (5, 8),
        (4, 7),
        (3, 6),
        (1, 4),
        (2, 5),
        (4, 7),
        (4, 2),
        (6, 4),
        (4, 2),
    ];
    for (a, b) in SWAPS {
        (p[a], p[b]) = (p[a].min(p[b]), p[a].max(p[b]));
    }
    p[4]
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_network_finds_the_median() {
        let mut state = 1u32;
        for _ in 0..2000 {
            let values: [f32; 9] = std::array::from_fn(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 28) as f32
            });
            let mut sorted = values;
            sorted.sort_by(f32::total_cmp);
            assert_eq!(median(values), sorted[4]);
        }
    }
}
