//! Dynamics: bleed, unevenness, sibilance, and the way of the kick through the bass.

pub mod compress;
pub mod deess;
pub mod duck;
pub mod gate;
pub mod table;

use mixsmith_session::{Address, Strip};

use crate::Desk;

/// Level between the file and the inserts of a track in dB: clip and trim.
pub(crate) fn before_inserts(desk: &Desk<'_>, strip: &Strip) -> f64 {
    let trim = f64::from(desk.value(&Address::strip(&strip.id, "trim")));
    trim + strip.clips().first().map_or(0.0, |clip| f64::from(clip.gain))
}

/// Onsets this far under the loud ones are bleed or ghost notes, LU.
const OWN: f64 = 12.0;

/// Peak of the track's mean hit and of its hardest one, dBFS in the file. A close microphone has onsets of other
/// drums too: only those within 12 LU of the loud ones count.
pub(crate) fn hits(desk: &Desk<'_>, stem: &str) -> Option<(f64, f64)> {
    let hardest = desk.facts.number("peak.sample", stem)?;
    let (step, levels) = desk.facts.series("loudness.momentary", stem)?;
    let at = |&time: &f64| {
        // The window of 400 ms holds the hit wholly from 100 to 200 ms after it.
        let place = (time / step).round() as usize;
        levels.get(place + 1..(place + 3).min(levels.len()))?.iter().copied().reduce(f32::max).map(f64::from)
    };
    let mut own: Vec<f64> = desk.facts.times("onset.times", stem).iter().filter_map(at).collect();
    own.sort_by(f64::total_cmp);
    let top = *own.get((own.len().checked_sub(1)? as f64 * 0.98) as usize)?;
    own.retain(|&level| level > top - OWN);
    let mean = own.iter().sum::<f64>() / own.len() as f64;
    Some((hardest + mean - top.max(mean), hardest))
}
