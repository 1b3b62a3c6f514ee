//! What voices do: sibilants, and formants that move as in speech.

use super::Notes;
use super::activity::Activity;
use super::hops::{Hops, STEP};
use super::pitch::Pitch;
use super::sound::{percentile, power_db};
use crate::{Measure, Qty};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "sibilance.excess",
        unit: "dB",
        doc: "How far the power at 4-10 kHz over that at 1-4 kHz in sibilant bursts (their 90th percentile) exceeds the \
              90th percentile of the same ratio over the track's own pitched sounds. 0 without bursts.",
    },
    Measure {
        id: "sibilance.times",
        unit: "s",
        doc: "Middles of the sibilant bursts: 30 to 400 ms in which the ratio exceeds that of the pitched sounds by 6 dB \
              and the power at 4-10 kHz is within 20 dB of the track's loud level.",
    },
    Measure {
        id: "sibilance.hz",
        unit: "Hz",
        doc: "Centre of gravity of the bursts' power between 3 and 12 kHz.",
    },
    Measure {
        id: "harmonic.formant",
        unit: "share",
        doc: "Likeness to speech and song, 0 to 1: how much the balance between four formant bands (300 Hz to 4 kHz) moves \
              at 2 to 8 Hz while the sound is pitched, 6 dB being all, times the square root of the pitched share.",
    },
];

/// Notes the facts of a voice, whether it is one or not.
pub(crate) fn measure(hops: &Hops, activity: &Activity, pitch: &Pitch, notes: &mut Notes) {
    notes.number("harmonic.formant", formant(hops, activity, pitch));
    let bursts = Bursts::new(hops, activity, pitch);
    notes.number("sibilance.excess", bursts.excess);
    notes.note("sibilance.times", Qty::Times(bursts.times));
    if bursts.hz > 0.0 {
        notes.number("sibilance.hz", bursts.hz);
    }
}

fn sum(energies: &[f32]) -> f64 {
    energies.iter().map(|&e| f64::from(e)).sum()
}

#[derive(Default)]
struct Bursts {
    times: Vec<f64>,
    excess: f64,
    hz: f64,
}

impl Bursts {
    fn new(hops: &Hops, activity: &Activity, pitch: &Pitch) -> Self {
        let (vowel, hiss) = (hops.bands_between(1000.0, 4000.0), hops.bands_between(4000.0, 10_000.0));
        let playing: Vec<usize> = (0..hops.len()).filter(|&hop| activity.at(hop)).collect();
        let totals: Vec<f64> = playing.iter().map(|&hop| f64::from(hops.total[hop])).collect();
        let Some(loud) = percentile(&totals, 0.95).filter(|&loud| loud > 0.0) else {
            return Bursts::default();
        };
        let ratio = |hop: usize| {
            let energies = hops.hop(hop);
            power_db(sum(&energies[hiss.clone()])) - power_db(sum(&energies[vowel.clone()]).max(1e-6 * loud))
        };
        let pitched: Vec<f64> = playing
            .iter()
            .filter(|&&hop| pitch.at(hop) && f64::from(hops.total[hop]) > 0.01 * loud)
            .map(|&hop| ratio(hop))
            .collect();
        // Without pitched sounds there is no own value to compare with: a hi-hat is not a sibilant.
        if pitched.len() < 100 || pitched.len() * 10 < playing.len() {
            return Bursts::default();
        }
        let own = percentile(&pitched, 0.9).unwrap_or(0.0);
        let hissing = |hop: usize| {
            activity.at(hop) && sum(&hops.hop(hop)[hiss.clone()]) > 0.01 * loud && ratio(hop) > own + 6.0
        };
        let mut bursts = Bursts::default();
        let mut ratios = Vec::new();
        let (mut moment, mut power) = (0.0, 0.0);
        let mut hop = 0;
        while hop < hops.len() {
            let length = (hop..hops.len()).take_while(|&hop| hissing(hop)).count();
            if (3..=40).contains(&length) {
                bursts.times.push((hop as f64 + 0.5 * (length - 1) as f64) * STEP);
                for hop in hop..hop + length {
                    ratios.push(ratio(hop));
                    for band in hops.bands_between(3000.0, 12_000.0) {
                        let energy = f64::from(hops.hop(hop)[band]);
                        moment += energy * (hops.edges[band] * hops.edges[band + 1]).sqrt();
                        power += energy;
                    }
                }
            }
            hop += length.max(1);
        }
        if let Some(high) = percentile(&ratios, 0.9) {
            bursts.excess = high - own;
            bursts.hz = moment / power.max(1e-30);
        }
        bursts
    }
}

/// Edges of the formant bands in Hz.
const FORMANTS: [f64; 5] = [300.0, 800.0, 1500.0, 2500.0, 4000.0];

fn formant(hops: &Hops, activity: &Activity, pitch: &Pitch) -> f64 {
    let ranges: Vec<_> = FORMANTS.windows(2).map(|edge| hops.bands_between(edge[0], edge[1])).collect();
    let mut square = 0.0;
    let mut count = 0usize;
    // Balance in dB of each band against the four together, then the difference of two moving means: 2 to 8 Hz.
    for range in &ranges {
        let balance: Vec<f64> = (0..hops.len())
            .map(|hop| {
                let energies = hops.hop(hop);
                let all = sum(&energies[ranges[0].start..ranges[3].end]);
                power_db(sum(&energies[range.clone()]).max(1e-4 * all).max(1e-14)) - power_db(all.max(1e-14))
            })
            .collect();
        let (short, long) = (moving_mean(&balance, 3), moving_mean(&balance, 20));
        for hop in (0..hops.len()).filter(|&hop| activity.at(hop) && pitch.at(hop)) {
            square += (short[hop] - long[hop]).powi(2);
            count += 1;
        }
    }
    let movement = (square / count.max(1) as f64).sqrt();
    (movement / 6.0).min(1.0) * pitch.voiced().min(1.0).sqrt()
}

/// Mean over `half` values on both sides.
fn moving_mean(values: &[f64], half: usize) -> Vec<f64> {
    let mut sums = vec![0.0; values.len() + 1];
    for (i, value) in values.iter().enumerate() {
        sums[i + 1] = sums[i] + value;
    }
    (0..values.len())
        .map(|i| {
            let (from, to) = (i.saturating_sub(half), (i + half + 1).min(values.len()));
            (sums[to] - sums[from]) / (to - from) as f64
        })
        .collect()
}
