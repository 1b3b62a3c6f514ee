//! Clipping: flat tops where the wave was on its way over a rail.

use super::Notes;
use super::sound::Sound;
use crate::{Measure, Qty};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "fault.clipping",
        unit: "",
        doc: "Number of flat tops: runs of three or more equal samples at the extreme of a channel which the wave ran \
              into on its way beyond, by its slope before or after. Found at any level, so also after a gain; a square \
              wave, whose samples mostly lie on its rails, does not count, nor do peaks above full scale in float files. \
              Absent when there are none.",
    },
    Measure { id: "fault.clipping_times", unit: "s", doc: "The first fifty of them." },
    Measure {
        id: "fault.over",
        unit: "dB",
        doc: "Sample peak above full scale in a file that can hold it: not lost, turn it down. Absent below.",
    },
];

/// Shortest flat top in samples.
const RUN: usize = 3;
/// Fewest flat tops, unless the rail is full scale, where one is enough.
const FEWEST: usize = 3;
/// Share of the sounding samples on the rails from which it is the shape of the wave and not an accident.
const SHAPE: f64 = 0.2;
/// Samples that are passed over together.
const STRETCH: usize = 64;
/// Most moments that are noted.
const MOST: usize = 50;

/// Notes clipping and overs.
pub(crate) fn measure(sound: &Sound, notes: &mut Notes) {
    let mut tops: Vec<usize> =
        sound.each().flat_map(|x| [1.0, -1.0].map(|sign| flat_tops(x, sign))).flatten().collect();
    tops.sort_unstable();
    if !tops.is_empty() {
        notes.number("fault.clipping", tops.len() as f64);
        let times = tops.iter().take(MOST).map(|&top| top as f64 / sound.rate).collect();
        notes.note("fault.clipping_times", Qty::Times(times));
    }
    let peak = sound.each().map(super::peak::largest).fold(0.0, f32::max);
    if peak > 1.0 {
        notes.number("fault.over", 20.0 * f64::from(peak).log10());
    }
}

/// First samples of the flat tops at the highest value of `sign * x`.
fn flat_tops(x: &[f32], sign: f32) -> Vec<usize> {
    let rail = x.iter().fold(0.0f32, |most, &x| most.max(sign * x));
    // A gain after the clipping, rounded to 16 bit again, leaves the tops within one step; dither within two.
    let step = 1.0 / 32_768.0;
    let flat = (rail * 1e-6).max(if rail > 100.0 * step { 1.01 * step } else { 0.0 });
    let at_rail = |x: f32| sign * x >= rail - flat;
    let full = rail >= 32_766.0 * step && rail <= 1.0;
    let (mut tops, mut on_rail) = (Vec::new(), 0usize);
    if rail < 0.01 {
        return tops;
    }
    let mut i = 0;
    while i < x.len() {
        // Most stretches never come near the rail.
        let ahead = &x[i..(i + STRETCH).min(x.len())];
        if !ahead.iter().fold(false, |any, &x| any | at_rail(x)) {
            i += ahead.len();
            continue;
        }
        i += ahead.iter().take_while(|&&x| !at_rail(x)).count();
        let run = x[i..].iter().take_while(|&&x| at_rail(x)).count();
        on_rail += run;
        let before = i >= 2 && heads_over(sign * x[i - 2], sign * x[i - 1], rail, flat);
        let end = i + run;
        let after = end + 1 < x.len() && heads_over(sign * x[end + 1], sign * x[end], rail, flat);
        if run >= RUN && (before || after) {
            tops.push(i);
        }
        i = end;
    }
    let shape = || on_rail as f64 > SHAPE * x.iter().filter(|&&x| x != 0.0).count() as f64;
    if tops.len() < if full { 1 } else { FEWEST } || shape() { Vec::new() } else { tops }
}

/// Would a wave through these two neighbouring samples pass the rail by more than rounding explains? A round peak
/// slows down before its top, so it would not.
fn heads_over(far: f32, near: f32, rail: f32, flat: f32) -> bool {
    near > far && near < rail - 2.0 * flat && near + (near - far) > rail + 4.0 * flat.max(rail * 1e-4)
}
