//! An echo behind the lead voice.

use mixsmith_effects::delay::NOTES;
use mixsmith_session::{Edit, Insert, Send, Strip, StripKind, Tap};

use super::plan::{usable, wet};
use super::{DELAY, LEAD, tempo};
use crate::buses::mix::MIX;
use crate::tone::{heard, mixed};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "space.delay",
    phase: Phase::Space,
    doc: "**What it does.** An echo on the beat behind the lead voice, which steps back while it sings. \
          **Why.** Echoes give depth without the veil of a reverb, and fill the gaps between phrases. \
          **When it is wrong.** In dense, fast words; where the tempo drifts. Without a sure tempo there is none. \
          **How far it goes.** The note nearest to 400 ms; one or two echoes heard, 15 dB under the voice, 6 dB less \
          while it sounds. \
          **Sources.** quarter or dotted eighth, 15 to 30 % feedback, cuts at 250 Hz and 4 kHz, -14 to -18 dB: \
          practice; delay times follow the tempo: Pestana, Reiss, Barbosa 2013.",
    decide,
};

/// Level of the send, dB.
pub const LEVEL: f32 = -15.0;
/// Notes that come into question.
const CHOICE: [(&str, f64); 3] = [("1/8", 0.5), ("1/8d", 0.75), ("1/4", 1.0)];
/// Time between echoes that is long enough to hear them apart, and short enough to belong to the word, ms.
const TIME: f64 = 400.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let Some(bpm) = tempo(desk) else { return Vec::new() };
    if mixed(desk) || !usable(desk, DELAY) {
        return Vec::new();
    }
    let voices: Vec<&Strip> =
        heard(desk).filter(|strip| desk.role(strip) == LEAD && !wet(desk, strip)).collect();
    let Some(&first) = voices.first() else { return Vec::new() };
    let mut decisions = Vec::new();
    if desk.session.strip(DELAY).is_none() {
        decisions.push(add(desk, first, bpm));
    }
    for voice in voices.into_iter().filter(|voice| voice.send(DELAY).is_none()) {
        let values = [("level".to_owned(), LEVEL)].into_iter().collect();
        let says = format!("{} into the delay at {LEVEL:.0} dB.", voice.name);
        let send = Send { to: DELAY.to_owned(), tap: Tap::Post, values };
        decisions.push(
            Decision::new(RULE.code, &[&voice.id, DELAY], says)
                .because(Evidence::new("tempo.bpm", &[], bpm, "BPM"))
                .edit(Edit::AddSend { strip: voice.id.clone(), send }),
        );
    }
    decisions
}

fn add(desk: &Desk<'_>, voice: &Strip, bpm: f64) -> Decision {
    let time = |beats: f64| beats * 60_000.0 / bpm;
    let far = |beats: f64| (time(beats) / TIME).ln().abs();
    let (note, beats) = CHOICE.into_iter().fold(CHOICE[0], |a, b| if far(b.1) < far(a.1) { b } else { a });
    let place = NOTES.iter().position(|name| *name == note).unwrap_or(0);
    let values = [
        ("note", place as f32),
        ("time", time(beats) as f32),
        ("feedback", 22.0),
        ("pingpong", 1.0),
        ("lowcut", 250.0),
        ("highcut", 4000.0),
        ("duck", 6.0),
        ("mix", 100.0),
    ];
    let key = crate::buses::bus(desk.session, "lead-vocals").map_or(&voice.id, |bus| &bus.id);
    let mut strip = Strip::new(DELAY, "Delay", StripKind::Return);
    strip.role = "return".to_owned();
    strip.colour = "#7f8c8d".to_owned();
    strip.to = Some(MIX.to_owned());
    strip.inserts.push(Insert { key: Some(key.clone()), ..Insert::new("echo", "space.delay", &values) });
    let says = format!(
        "Delay: {note} at {bpm:.0} BPM ({:.0} ms), behind {}, 6 dB back while it sings.",
        time(beats),
        voice.name
    );
    Decision::new(RULE.code, &[DELAY], says)
        .because(Evidence::new("tempo.bpm", &[], bpm, "BPM"))
        .edit(Edit::AddStrip { strip })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};

    #[test]
    fn the_echo_follows_the_tempo_and_listens_to_the_voice() {
        let take = || Take::new().mono("vox", "lead-vocal", -20.0).mono("keys", "keys", -20.0);
        let mut with = take();
        with.brief.tempo = Some(100.0);
        let (session, decisions) = with.mix(Phase::Space);
        assert!(decisions.iter().all(|d| d.status == crate::Status::Taken), "{decisions:?}");
        assert_eq!(NOTES[value(&session, "delay/echo.note") as usize], "1/8d");
        let key = session.strip("delay").and_then(|s| s.insert("echo")).and_then(|i| i.key.clone());
        assert_eq!(key.as_deref(), Some("vox"));
        assert!(take().decisions(Phase::Space, RULE.code).is_empty(), "no tempo, no echo");
    }
}
