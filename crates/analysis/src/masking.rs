//! Masking: which part of a stem cannot be heard because of the others.
//!
//! A cell (one ERB band in one frame of 100 ms) of a stem is important when it lies within 12 dB of the stem's own maximum in
//! that frame, and masked when it lies more than 4 dB under what the others spread into its band. Spreading: 10 dB an ERB
//! upwards, 24 dB an ERB downwards (two-slope form of Moore, An Introduction to the Psychology of Hearing, chapter 3).

use crate::sketch::{BANDS, centres};
use crate::{Fact, Facts, Measure, Qty, Sketch, Song};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "masking.fraction",
        unit: "share",
        doc: "Share of a stem's important energy that the others mask, as delivered.",
    },
    Measure { id: "masking.bands", unit: "share", doc: "The same for each of the 40 bands of the sketch." },
    Measure {
        id: "masking.voice_1_4k",
        unit: "share",
        doc: "Share of a voice's important energy between 1 and 4 kHz that the others mask.",
    },
    Measure {
        id: "masking.pair",
        unit: "Hz, Hz, share",
        doc: "About [masked, masker]: lowest and highest frequency, and the share of the masked stem's sounding time.",
    },
];

/// Important cells lie within this many dB of the frame's maximum.
const IMPORTANT: f32 = 12.0;
/// A cell is masked this many dB under what is spread over it.
const UNDER: f32 = 4.0;
/// Frames this far under the stem's loudest frame count as silence, dB.
const SILENT: f32 = 40.0;
/// Slopes of spreading in dB a band of about one ERB.
const UPWARDS: f32 = 10.0;
const DOWNWARDS: f32 = 24.0;

/// How much of one stem is masked.
#[derive(Clone, Debug, PartialEq)]
pub struct Masked {
    /// The stem.
    pub stem: String,
    /// Share of its important energy, 0 to 1.
    pub fraction: f32,
    /// The same by band of the sketch.
    pub bands: Vec<f32>,
    /// The same for the bands between 1 and 4 kHz.
    pub presence: f32,
    /// For every other stem: the share of this stem's sounding frames in which it is the worst masker of some important cell, and
    /// the bands where it happens, lowest and highest.
    pub by: Vec<Masker>,
}

/// Who masks.
#[derive(Clone, Debug, PartialEq)]
pub struct Masker {
    /// The other stem.
    pub stem: String,
    /// Share of the masked stem's sounding time.
    pub share: f32,
    /// Lowest and highest frequency in Hz that hold nine tenths of it.
    pub range: (f32, f32),
}

/// Power ratio of decibels.
pub(crate) fn linear(db: f32) -> f32 {
    10f32.powf(db / 10.0)
}

/// Spreads energies over the neighbouring bands.
pub(crate) fn spread(energy: &[f32; BANDS]) -> [f32; BANDS] {
    let (up, down) = (linear(-UPWARDS), linear(-DOWNWARDS));
    let mut out = *energy;
    let mut carried = 0.0;
    for band in 0..BANDS {
        carried = (carried + if band > 0 { energy[band - 1] } else { 0.0 }) * up;
        out[band] += carried;
    }
    carried = 0.0;
    for band in (0..BANDS).rev() {
        carried = (carried + if band + 1 < BANDS { energy[band + 1] } else { 0.0 }) * down;
        out[band] += carried;
    }
    out
}

/// Tallies of one stem.
struct Tally {
    all: [f64; BANDS],
    lost: [f64; BANDS],
    sounding: usize,
    /// By other stem: frames, and masked cells by band.
    frames: Vec<usize>,
    cells: Vec<[u32; BANDS]>,
}

/// Measures masking among stems at the given gains in dB. The sketches begin together.
pub fn masking(sketches: &[(&str, &Sketch)], gains_db: &[f32]) -> Vec<Masked> {
    let n = sketches.len();
    let gains: Vec<f32> = (0..n).map(|i| linear(gains_db.get(i).copied().unwrap_or(0.0))).collect();
    let frames = sketches.iter().map(|(_, sketch)| sketch.frames()).max().unwrap_or(0);
    let peaks: Vec<f32> =
        sketches.iter().zip(&gains).map(|((_, sketch), gain)| loudest(sketch) * gain).collect();
    let mut tallies: Vec<Tally> = (0..n)
        .map(|_| Tally {
            all: [0.0; BANDS],
            lost: [0.0; BANDS],
            sounding: 0,
            frames: vec![0; n],
            cells: vec![[0; BANDS]; n],
        })
        .collect();
    let mut energies = vec![[0f32; BANDS]; n];
    let mut spreads = vec![[0f32; BANDS]; n];
    for frame in 0..frames {
        let mut total = [0f32; BANDS];
        for (i, (_, sketch)) in sketches.iter().enumerate() {
            energies[i] = cells(sketch, frame, gains[i]);
            spreads[i] = spread(&energies[i]);
            for (sum, x) in total.iter_mut().zip(&spreads[i]) {
                *sum += x;
            }
        }
        for (i, tally) in tallies.iter_mut().enumerate() {
            let most = energies[i].iter().fold(0f32, |a, &b| a.max(b));
            let sum: f32 = energies[i].iter().sum();
            if most <= 0.0 || sum < peaks[i] * linear(-SILENT) {
                continue;
            }
            tally.sounding += 1;
            let mut worst = vec![false; n];
            for band in 0..BANDS {
                let x = energies[i][band];
                if x < most * linear(-IMPORTANT) {
                    continue;
                }
                tally.all[band] += f64::from(x);
                let others = (total[band] - spreads[i][band]).max(0.0);
                if x >= others * linear(-UNDER) {
                    continue;
                }
                tally.lost[band] += f64::from(x);
                let culprit = (0..n).filter(|&j| j != i).fold(None, |best: Option<usize>, j| match best {
                    Some(k) if spreads[k][band] >= spreads[j][band] => Some(k),
                    _ => Some(j),
                });
                if let Some(j) = culprit {
                    worst[j] = true;
                    tally.cells[j][band] += 1;
                }
            }
            for (count, _) in tally.frames.iter_mut().zip(&worst).filter(|(_, hit)| **hit) {
                *count += 1;
            }
        }
    }
    sketches.iter().zip(&tallies).map(|((stem, _), tally)| tally.verdict(stem, sketches)).collect()
}

impl Tally {
    fn verdict(&self, stem: &str, sketches: &[(&str, &Sketch)]) -> Masked {
        let share = |low: usize, high: usize| {
            let all: f64 = self.all[low..high].iter().sum();
            let lost: f64 = self.lost[low..high].iter().sum();
            if all > 0.0 { (lost / all) as f32 } else { 0.0 }
        };
        let first = centres().iter().position(|&hz| hz >= 1000.0).unwrap_or(0);
        let last = centres().iter().position(|&hz| hz > 4000.0).unwrap_or(BANDS);
        let by = (0..sketches.len())
            .filter(|&j| self.frames[j] > 0)
            .map(|j| Masker {
                stem: sketches[j].0.to_owned(),
                share: self.frames[j] as f32 / self.sounding.max(1) as f32,
                range: range(&self.cells[j]),
            })
            .collect();
        Masked {
            stem: stem.to_owned(),
            fraction: share(0, BANDS),
            bands: (0..BANDS).map(|band| share(band, band + 1)).collect(),
            presence: share(first, last),
            by,
        }
    }
}

/// The frequencies between which nine tenths of the masked cells lie.
fn range(cells: &[u32; BANDS]) -> (f32, f32) {
    let all: u32 = cells.iter().sum();
    let find = |share: f32| {
        let mut sum = 0;
        cells.iter().position(|&count| {
            sum += count;
            sum as f32 >= share * all as f32 && sum > 0
        })
    };
    let (low, high) = (find(0.05).unwrap_or(0), find(0.95).unwrap_or(BANDS - 1));
    (crate::sketch::edges()[low] as f32, crate::sketch::edges()[high + 1] as f32)
}

/// Energies of mid and side by band in one frame.
pub(crate) fn cells(sketch: &Sketch, frame: usize, gain: f32) -> [f32; BANDS] {
    let mut out = [0.0; BANDS];
    if frame < sketch.frames() {
        let place = frame * BANDS..(frame + 1) * BANDS;
        for ((x, m), s) in out.iter_mut().zip(&sketch.mid[place.clone()]).zip(&sketch.side[place]) {
            *x = (m + s) * gain;
        }
    }
    out
}

/// Energy of the loudest frame.
pub(crate) fn loudest(sketch: &Sketch) -> f32 {
    (0..sketch.frames()).map(|frame| cells(sketch, frame, 1.0).iter().sum::<f32>()).fold(0.0, f32::max)
}

/// A masker is worth a fact from this share of the time on.
const WORTH: f32 = 0.1;

/// Adds the masking of the song as delivered, without the stems that are left out.
pub fn measure(song: &Song, facts: &mut Facts) {
    let kept = crate::leave_out::kept(song, facts);
    let sketches: Vec<(String, Sketch)> = kept
        .iter()
        .filter_map(|stem| Some((stem.id.clone(), crate::song::sketch_in_song(song, facts, stem)?)))
        .collect();
    let named: Vec<(&str, &Sketch)> = sketches.iter().map(|(id, sketch)| (id.as_str(), sketch)).collect();
    for masked in masking(&named, &vec![0.0; named.len()]) {
        let about = [masked.stem.as_str()];
        facts.push(Fact::number("masking.fraction", &masked.stem, f64::from(masked.fraction)));
        facts.push(Fact::new("masking.bands", &about, Qty::Bands(masked.bands)));
        let voice = facts
            .text("role", &masked.stem)
            .and_then(crate::role)
            .is_some_and(|role| role.family.ends_with("vocals"));
        if voice {
            facts.push(Fact::number("masking.voice_1_4k", &masked.stem, f64::from(masked.presence)));
        }
        for by in masked.by.iter().filter(|by| by.share >= WORTH) {
            let value = Qty::Bands(vec![by.range.0, by.range.1, by.share]);
            facts.push(Fact::new("masking.pair", &[&masked.stem, &by.stem], value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady(band: usize, energy: f32, frames: usize) -> Sketch {
        let mut sketch = Sketch { mid: vec![0.0; frames * BANDS], side: vec![0.0; frames * BANDS] };
        for frame in 0..frames {
            sketch.mid[frame * BANDS + band] = energy;
        }
        sketch
    }

    #[test]
    fn a_loud_neighbour_masks_and_a_far_one_does_not() {
        let (quiet, loud, far) = (steady(20, 1e-4, 10), steady(19, 1e-1, 10), steady(5, 1e-3, 10));
        let found = masking(&[("quiet", &quiet), ("loud", &loud), ("far", &far)], &[0.0; 3]);
        assert_eq!(found[0].fraction, 1.0);
        assert_eq!(found[1].fraction, 0.0);
        assert_eq!(found[2].fraction, 0.0);
        assert_eq!((found[0].by[0].stem.as_str(), found[0].by[0].share), ("loud", 1.0));
        assert!(
            found[0].by[0].range.0 < centres()[20] as f32 && centres()[20] as f32 <= found[0].by[0].range.1
        );
    }

    #[test]
    fn gains_count() {
        let (a, b) = (steady(20, 1e-3, 4), steady(20, 1e-3, 4));
        let masked = |gain: f32| masking(&[("a", &a), ("b", &b)], &[0.0, gain])[0].fraction;
        assert_eq!(masked(0.0), 0.0);
        assert_eq!(masked(3.9), 0.0);
        assert_eq!(masked(4.1), 1.0);
    }
}
