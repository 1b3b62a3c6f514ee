//! Loudness: ITU-R BS.1770-5 and EBU Tech 3341/3342, from K-weighted energies every 100 ms.

use mixsmith_dsp::loudness::KWeighting;

use super::Notes;
use super::sound::{Sound, percentile, power_db};
use crate::{Measure, Qty};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "loudness.integrated",
        unit: "LUFS",
        doc: "Gated loudness of the whole track (ITU-R BS.1770-5, annex 1). A mono file counts as two equal channels, \
              as it is heard on the console.",
    },
    Measure {
        id: "loudness.active",
        unit: "LUFS",
        doc: "Loudness over the momentary blocks within 20 LU of their own 95th percentile: the level of the track \
              while it plays, whatever its share of the song. What the balance uses.",
    },
    Measure { id: "loudness.range", unit: "LU", doc: "Loudness range (EBU Tech 3342)." },
    Measure {
        id: "loudness.momentary_max",
        unit: "LUFS",
        doc: "Loudest 400 ms, looked for every 10 ms (EBU Tech 3341).",
    },
    Measure {
        id: "loudness.short_max",
        unit: "LUFS",
        doc: "Loudest 3 s, looked for every 10 ms (EBU Tech 3341).",
    },
    Measure {
        id: "loudness.momentary",
        unit: "LUFS",
        doc: "Momentary loudness (400 ms, EBU Tech 3341) every 100 ms; value i is centred on i * 0.1 s. At least -120.",
    },
    Measure {
        id: "loudness.short",
        unit: "LUFS",
        doc: "Short-term loudness (3 s, EBU Tech 3341) every 100 ms; value i is centred on i * 0.1 s. At least -120.",
    },
];

/// Seconds between loudness values.
pub(crate) const STEP: f64 = 0.1;
/// Windows looked at for the loudest, in a [`STEP`]: a window that begins between two steps may be louder.
const FINE: usize = 10;
/// Blocks of 100 ms in a momentary window.
const MOMENTARY: usize = 4;
/// Blocks of 100 ms in a short-term window.
const SHORT: usize = 30;
/// Absolute gate (BS.1770-5, annex 1).
const GATE: f64 = -70.0;
/// Below this a loudness says only "silent".
const FLOOR: f64 = -120.0;

/// K-weighted energy in stretches of 100 ms.
pub(crate) struct Blocks {
    /// Sum of the channels' mean squares.
    pub energy: Vec<f64>,
    /// The same every 10 ms.
    fine: Vec<f64>,
    /// The same for the mono sum `(L+R)/2` played on both sides; empty for a mono file.
    pub mono: Vec<f64>,
}

impl Blocks {
    /// Filters the sound and sums its energy.
    pub(crate) fn new(sound: &Sound) -> Self {
        let count = sound.cuts(STEP);
        let mut blocks = Blocks {
            energy: Vec::with_capacity(count),
            fine: Vec::with_capacity(count * FINE),
            mono: Vec::new(),
        };
        let mut weighting = KWeighting::new(sound.rate);
        let step = STEP / FINE as f64;
        let frames = (STEP * sound.rate).max(1.0);
        for block in 0..count {
            let (mut energy, mut mono) = (0.0, 0.0);
            for part in block * FINE..(block + 1) * FINE {
                let stretch = sound.cut(part, step)..sound.cut(part + 1, step);
                let left = &sound.left[stretch.clone()];
                let right = sound.right.as_ref().map_or(left, |right| &right[stretch]);
                let heard = weighting.energy(left, right);
                let both = heard.squares[0] + heard.squares[1];
                blocks.fine.push(both / frames * FINE as f64);
                energy += both / frames;
                mono += 0.5 * (both + 2.0 * heard.product) / frames;
            }
            blocks.energy.push(energy);
            if sound.right.is_some() {
                blocks.mono.push(mono);
            }
        }
        blocks
    }

    /// Mean energy of every window of `length` blocks that lies wholly inside; one padded window when the sound
    /// is shorter than that.
    fn windows(energy: &[f64], length: usize) -> Vec<f64> {
        if energy.len() < length {
            return vec![energy.iter().sum::<f64>() / length as f64];
        }
        energy.windows(length).map(|window| window.iter().sum::<f64>() / length as f64).collect()
    }

    /// Mean energy around every multiple of 100 ms, with silence beyond both ends.
    fn centred(&self, length: usize) -> Vec<f32> {
        let half = length / 2;
        (0..self.energy.len())
            .map(|i| {
                let window = &self.energy[i.saturating_sub(half)..(i + half).min(self.energy.len())];
                lufs(window.iter().sum::<f64>() / length as f64).max(FLOOR) as f32
            })
            .collect()
    }

    /// Loudness of the momentary windows above the absolute gate.
    fn audible(energy: &[f64]) -> Vec<f64> {
        Self::windows(energy, MOMENTARY).into_iter().filter(|&e| lufs(e) > GATE).collect()
    }

    /// 95th percentile of the momentary loudness above the absolute gate; none for a silent track.
    pub(crate) fn loud(&self) -> Option<f64> {
        let audible: Vec<f64> = Self::audible(&self.energy).into_iter().map(lufs).collect();
        percentile(&audible, 0.95)
    }
}

/// Loudness of a K-weighted energy (BS.1770-5, annex 1, eq. 2).
pub fn lufs(energy: f64) -> f64 {
    power_db(energy) - 0.691
}

/// Gated loudness, LUFS, of K-weighted energies (mean squares of the channels, added up) every 100 ms (BS.1770-5,
/// annex 1, eq. 5 to 7); none when nothing passes the gate.
pub fn integrated(energy: &[f64]) -> Option<f64> {
    let audible = Blocks::audible(energy);
    let gate = mean(&audible)? * 0.1; // -10 LU
    mean(&audible.into_iter().filter(|&e| e > gate).collect::<Vec<_>>()).map(lufs)
}

fn active(blocks: &Blocks) -> Option<f64> {
    let gate = blocks.loud()? - 20.0;
    let windows = Blocks::windows(&blocks.energy, MOMENTARY);
    mean(&windows.into_iter().filter(|&e| lufs(e) >= gate).collect::<Vec<_>>()).map(lufs)
}

/// Loudness range, LU, of the same energies (EBU Tech 3342); none when nothing passes the gate.
pub fn range(energy: &[f64]) -> Option<f64> {
    let windows = Blocks::windows(energy, SHORT);
    let audible: Vec<f64> = windows.into_iter().filter(|&e| lufs(e) > GATE).collect();
    let gate = mean(&audible)? * 0.01; // -20 LU
    let levels: Vec<f64> = audible.into_iter().filter(|&e| e > gate).map(lufs).collect();
    Some(percentile(&levels, 0.95)? - percentile(&levels, 0.10)?)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Notes the loudness facts. A silent track has only the series.
pub(crate) fn measure(blocks: &Blocks, notes: &mut Notes) {
    let most =
        |length| Blocks::windows(&blocks.fine, FINE * length).into_iter().map(lufs).fold(FLOOR, f64::max);
    if let (Some(integrated), Some(active)) = (integrated(&blocks.energy), active(blocks)) {
        notes.number("loudness.integrated", integrated);
        notes.number("loudness.active", active);
        notes.number("loudness.range", range(&blocks.energy).unwrap_or(0.0));
        notes.number("loudness.momentary_max", most(MOMENTARY));
        notes.number("loudness.short_max", most(SHORT));
    }
    notes.note("loudness.momentary", Qty::Series { step: STEP, values: blocks.centred(MOMENTARY) });
    notes.note("loudness.short", Qty::Series { step: STEP, values: blocks.centred(SHORT) });
}
