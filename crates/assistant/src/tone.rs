//! Tone: repair first, then conflicts, then character. All rules share one equaliser a track.

pub mod bands;
pub mod boomy;
pub mod character;
pub mod high_pass;
pub mod hum;
pub mod humps;
pub mod picture;
pub mod resonance;
pub mod shape;
pub mod unmask;

use mixsmith_session::{Address, Strip};

use crate::Desk;
use crate::mixmodel::MixModel;

/// Did the tracks come as stems of a mix? Then their tone, dynamics and spaces were decided by somebody.
pub(crate) fn mixed(desk: &Desk<'_>) -> bool {
    crate::balance::state::judge(desk, &MixModel::new(desk)).balanced
}

/// The tracks that are heard.
pub(crate) fn heard<'a>(desk: &Desk<'a>) -> impl Iterator<Item = &'a Strip> + use<'a> {
    let desk = *desk;
    desk.session.tracks().filter(move |strip| desk.value(&Address::strip(&strip.id, "mute")) < 0.5)
}

/// Level from the file to the mix bus in dB: clip, trim, fader and the buses on the way.
pub(crate) fn level(desk: &Desk<'_>, strip: &Strip) -> f64 {
    let own = ["trim", "fader"].map(|knob| f64::from(desk.value(&Address::strip(&strip.id, knob))));
    let mut level = own[0] + own[1] + strip.clips().first().map_or(0.0, |clip| f64::from(clip.gain));
    let mut next = strip.to.as_deref();
    // Eight buses in a row are enough: a circle is somebody else's fault.
    for _ in 0..8 {
        let Some(bus) = next.and_then(|id| desk.session.strip(id)) else { break };
        level += f64::from(desk.value(&Address::strip(&bus.id, "trim")));
        level += f64::from(desk.value(&Address::strip(&bus.id, "fader")));
        next = bus.to.as_deref();
    }
    level
}

/// A frequency as a person says it: `85 Hz`, `2.8 kHz`.
pub(crate) fn hertz(hz: f64) -> String {
    if hz < 1000.0 { format!("{hz:.0} Hz") } else { format!("{:.1} kHz", hz / 1000.0) }
}
