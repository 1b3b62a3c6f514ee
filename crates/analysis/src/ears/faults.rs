//! What went wrong in the recording or the export.

use super::Notes;
use super::activity::Activity;
use super::peak::largest;
use super::sound::{Sound, percentile, power_db};
use crate::{Measure, Qty};

/// The measures of this file. Each is absent where there is no such fault.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "fault.silent",
        unit: "dBFS",
        doc: "Sample peak of a file that never exceeds -70 dBFS; -200 for digital silence.",
    },
    Measure {
        id: "fault.dc",
        unit: "share",
        doc: "Constant offset as a share of full scale: the median of the means over one second, when it is above 0.002 \
              and more than ten times their scatter; of the channel where it is larger, with its sign.",
    },
    Measure {
        id: "fault.dead_channel",
        unit: "",
        doc: "Channel of a stereo file that is silent (below -70 dBFS, or 70 dB under the other): 0 left, 1 right.",
    },
    Measure {
        id: "fault.imbalance",
        unit: "dB",
        doc: "Left above right, when the ratio is the same in all that plays (quartiles within 1 dB), above 1.5 dB and the \
              channels hold the same sound in stereo (correlation above 0.3 but not one source panned).",
    },
    Measure {
        id: "fault.dropout",
        unit: "s",
        doc: "Gaps of 1 to 200 ms of digital silence on all channels cut out of sounding material: abrupt on both sides, and \
              where there are more than three of these, with the same level before and after.",
    },
];

/// Notes the faults, except those with a file of their own. True when the file is silent.
pub(crate) fn silent(sound: &Sound, notes: &mut Notes) -> bool {
    let peak = sound.each().map(largest).fold(0.0, f32::max);
    let level = power_db(f64::from(peak).powi(2));
    if level < -70.0 {
        notes.number("fault.silent", level);
    }
    level < -70.0
}

/// Notes the faults of a file that is not silent.
pub(crate) fn measure(sound: &Sound, activity: &Activity, notes: &mut Notes) {
    if let Some(dc) = sound.each().filter_map(|x| offset(sound, x)).max_by(|a, b| a.abs().total_cmp(&b.abs()))
    {
        notes.number("fault.dc", dc);
    }
    if let Some(right) = &sound.right {
        if let Some(channel) = dead([largest(&sound.left), largest(right)]) {
            notes.number("fault.dead_channel", channel);
        } else if let Some(decibels) = imbalance(sound, right, activity) {
            notes.number("fault.imbalance", decibels);
        }
    }
    let gaps = dropouts(sound);
    if !gaps.is_empty() {
        notes.note("fault.dropout", Qty::Times(gaps));
    }
}

fn offset(sound: &Sound, x: &[f32]) -> Option<f64> {
    let means: Vec<f64> = (0..sound.cuts(1.0))
        .map(|i| &x[sound.cut(i, 1.0)..sound.cut(i + 1, 1.0)])
        // Where the track was cut away there is no offset either.
        .filter(|x| x.iter().filter(|&&x| x == 0.0).count() * 2 < x.len())
        .map(|x| x.iter().map(|&x| f64::from(x)).sum::<f64>() / x.len() as f64)
        .collect();
    let offset = percentile(&means, 0.5)?;
    let scatter: Vec<f64> = means.iter().map(|mean| (mean - offset).abs()).collect();
    let scatter = percentile(&scatter, 0.5)?;
    (means.len() >= 3 && offset.abs() > 0.002 && offset.abs() > 10.0 * scatter).then_some(offset)
}

fn dead(peaks: [f32; 2]) -> Option<f64> {
    const SILENT: f32 = 0.000_316_23; // -70 dB
    let dead = |this: f32, other: f32| this < SILENT && other >= SILENT || this < SILENT * other;
    if dead(peaks[0], peaks[1]) {
        Some(0.0)
    } else if dead(peaks[1], peaks[0]) {
        Some(1.0)
    } else {
        None
    }
}

fn imbalance(sound: &Sound, right: &[f32], activity: &Activity) -> Option<f64> {
    let (mut ratios, mut product, mut left_all, mut right_all) = (Vec::new(), 0.0, 0.0, 0.0);
    for frame in (0..activity.frames.len()).filter(|&frame| activity.frames[frame]) {
        let stretch = sound.cut(frame, 0.1)..sound.cut(frame + 1, 0.1);
        let (l, r) = (&sound.left[stretch.clone()], &right[stretch]);
        let energy = |a: &[f32], b: &[f32]| f64::from(super::sound::dot(a, b));
        let (left, right) = (energy(l, l), energy(r, r));
        product += energy(l, r);
        left_all += left;
        right_all += right;
        // Frames of the tail say little about level.
        ratios.push((left, right));
    }
    let loud = 1e-3 * (left_all + right_all) / ratios.len().max(1) as f64;
    let ratios: Vec<f64> =
        ratios.into_iter().filter(|(l, r)| l + r > loud).map(|(l, r)| power_db(l) - power_db(r)).collect();
    let (low, middle, high) =
        (percentile(&ratios, 0.25)?, percentile(&ratios, 0.5)?, percentile(&ratios, 0.75)?);
    let correlation = product / (left_all * right_all).sqrt().max(1e-30);
    let constant = high - low < 1.0 && ratios.len() >= 20;
    (constant && (1.5..12.0).contains(&middle.abs()) && (0.3..0.9999).contains(&correlation))
        .then_some(middle)
}

/// Seconds of a gap that is a dropout.
const GAP: std::ops::RangeInclusive<f64> = 0.001..=0.2;
/// Seconds on either side of a gap that tell whether it was cut out, and how loud the sound was.
const EDGE: f64 = 0.005;
const BESIDE: f64 = 0.02;
/// Both sides sound where they are louder than this share of the loud level of the track: 30 dB.
const SOUNDING: f64 = 0.03;
/// More abrupt gaps than these are the way in which a track is played: what a sampler leaves between notes. Of some 28,000 gaps
/// of 1 to 200 ms in the tracks of six songs none was abrupt on both sides.
const FEW: usize = 3;

/// A gap that is abrupt on both sides.
struct Cut {
    /// Frame where it begins.
    at: usize,
    /// Is the sound as loud after it as before? The next note of a sampler begins as abruptly, but not at the level where the
    /// last one was cut.
    alike: bool,
}

fn dropouts(sound: &Sound) -> Vec<f64> {
    let (edge, beside) = ((EDGE * sound.rate) as usize, (BESIDE * sound.rate) as usize);
    let zero = |i: usize| sound.each().all(|x| x[i] == 0.0);
    let mut cuts: Vec<Cut> = Vec::new();
    let mut quiet = None;
    let mut i = 0;
    while i < sound.len() {
        if !zero(i) {
            i += 1;
            continue;
        }
        let end = (i..sound.len()).find(|&k| !zero(k)).unwrap_or(sound.len());
        let seconds = (end - i) as f64 / sound.rate;
        if GAP.contains(&seconds) && i >= beside && end + beside <= sound.len() {
            let quiet = *quiet.get_or_insert_with(|| (SOUNDING * loud(sound)) as f32);
            let cut = |x: &[f32]| {
                let (before, after) = (&x[i - edge..i], &x[end..end + edge]);
                rms(before).min(rms(after)) > quiet && abrupt(before, before.len() - 4) && abrupt(after, 0)
            };
            let alike = |x: &[f32]| {
                let alike = |a: f32, b: f32, times: f32| a.max(b) < times * a.min(b);
                // A low note is longer than an edge, which may fall on its crest or beside it.
                alike(rms(&x[i - edge..i]), rms(&x[end..end + edge]), 4.0)
                    && alike(rms(&x[i - beside..i]), rms(&x[end..end + beside]), 1.6)
            };
            if sound.each().all(cut) {
                cuts.push(Cut { at: i, alike: sound.each().all(alike) });
            }
        }
        i = end;
    }
    let few = cuts.len() <= FEW;
    let gaps = cuts.into_iter().filter(|cut| few || cut.alike);
    gaps.map(|cut| cut.at as f64 / sound.rate).collect()
}

/// Does the sound begin or end here as loud as it is beside, or as steep, where a wave was cut as it crossed zero? What fades
/// is neither at its end. `first` is the first of the four samples next to the gap.
fn abrupt(edge: &[f32], first: usize) -> bool {
    let near = &edge[first..first + 4];
    let steps = |x: &[f32]| x.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<f32>>();
    largest(near) > 0.1 * rms(edge) || largest(&steps(near)) > 0.5 * rms(&steps(edge))
}

/// Loud level of the track: 95th percentile of the RMS of 100 ms, of the louder channel, where it is not silent.
fn loud(sound: &Sound) -> f64 {
    let frame = |i: usize| {
        sound.each().map(|x| rms(&x[sound.cut(i, 0.1)..sound.cut(i + 1, 0.1)])).fold(0.0, f32::max)
    };
    let levels: Vec<f64> = (0..sound.cuts(0.1)).map(|i| f64::from(frame(i))).filter(|&x| x > 0.0).collect();
    percentile(&levels, 0.95).unwrap_or(0.0)
}

fn rms(x: &[f32]) -> f32 {
    (super::sound::dot(x, x) / x.len().max(1) as f32).sqrt()
}
