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

/// Peak of the track's mean hit and of its hardest one, dBFS in the file.
pub(crate) fn hits(desk: &Desk<'_>, stem: &str) -> Option<(f64, f64)> {
    let hardest = desk.facts.number("peak.sample", stem)?;
    Some((hardest + desk.facts.number("dynamics.onset_peak", stem)?, hardest))
}
