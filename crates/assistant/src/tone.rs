//! Tone: repair first, then conflicts, then character. All rules share one equaliser a track.

pub mod bands;
pub mod bleed;
pub mod boomy;
pub mod character;
pub mod high_pass;
pub mod hum;
pub mod humps;
pub mod picture;
pub mod resonance;
pub mod shape;
pub mod unmask;
pub mod weigh;
pub mod while_sung;

use mixsmith_session::{Address, Map, Strip};

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

/// A source that is recorded with one microphone or cable, and has this much side against mid, dB, has effects on it.
const PRINTED: f64 = -25.0;

/// Roles that are recorded with two microphones or more: their width says nothing.
const WIDE: [&str; 9] =
    ["overheads", "room", "drums", "percussion", "acoustic-guitar", "piano", "strings", "brass", "choir"];

/// Is a track's part known, and one that a single microphone or cable records?
fn told(role: &str) -> bool {
    !WIDE.contains(&role) && mixsmith_analysis::role(role).is_some_and(|role| role.family != "none")
}

/// Did somebody work on the whole song before it came? Where effects are printed with most of what one microphone or cable
/// records, the few tracks without width are no more raw than the others.
pub(crate) fn printed(desk: &Desk<'_>) -> bool {
    let all: Vec<&Strip> = heard(desk).filter(|strip| told(desk.role(strip))).collect();
    let printed = all.iter().filter(|strip| worked(desk, strip)).count();
    printed >= FEW && 2 * printed > all.len()
}

/// So many tracks with effects are no chance.
const FEW: usize = 3;

/// Did somebody work on a track before it came? One microphone or cable gives no width: where there is some, effects were
/// printed, and then tone and dynamics were decided, too. Of what is recorded in stereo nothing is known.
pub(crate) fn worked(desk: &Desk<'_>, strip: &Strip) -> bool {
    let stereo = |id: &str| desk.session.source(id).is_some_and(|source| source.channels == 2);
    let both = strip.clips().iter().any(|clip| clip.map == Map::All && stereo(&clip.source));
    told(desk.role(strip))
        && both
        && desk.facts.number("stereo.width", desk.stem_of(strip)).is_some_and(|width| width > PRINTED)
}

/// The tracks that are heard and that nobody has worked on.
pub(crate) fn raw<'a>(desk: &Desk<'a>) -> impl Iterator<Item = &'a Strip> + use<'a> {
    let desk = *desk;
    heard(&desk).filter(move |strip| !worked(&desk, strip))
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

#[cfg(test)]
mod tests {
    use crate::fixture::Take;
    use crate::{Decision, Phase};
    use mixsmith_analysis::Fact;

    /// What is decided of the tone of a voice that sounds muddy.
    fn told(take: Take) -> Vec<Decision> {
        let bands = super::shape::lifted("lead-vocal", 300.0, 12.0);
        take.fact(Fact::new("spectrum.third_octave", &["x"], bands)).decisions(Phase::Tone, "tone.mud")
    }

    #[test]
    fn a_voice_with_printed_effects_is_left_as_it_came() {
        let stereo = |width| Take::new().stereo("x", "lead-vocal", -20.0).number("stereo.width", "x", width);
        assert!(told(stereo(-15.0)).is_empty());
        assert!(!told(stereo(-60.0)).is_empty(), "two equal channels are one microphone");
        assert!(!told(Take::new().mono("x", "lead-vocal", -20.0)).is_empty());
    }
}
