//! Time for the last echo to die away.

use mixsmith_session::{Address, Edit, Strip, StripKind};

use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "space.tail",
    phase: Phase::Space,
    doc: "**What it does.** Makes the song longer when a reverb or an echo still sounds at its end. \
          **Why.** A space that stops with the last sample of the recordings sounds like a fault. \
          **When it is wrong.** When the song must end at once: set its length back in session.toml. \
          **How far it goes.** Until the longest space has fallen by 60 dB after the last sound that goes into it. \
          Songs that were recorded with enough silence at the end keep their length. \
          **Sources.** Reverberation time: ISO 3382-1, 60 dB.",
    decide,
};

/// A space is over when it has fallen by this much, dB.
const FALL: f64 = 60.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let rate = f64::from(desk.song.rate.max(1));
    let song = &desk.session.song;
    let ends =
        desk.session.strips.iter().filter(|strip| strip.kind == StripKind::Return).filter_map(|space| {
            let users = desk.session.tracks().filter(|strip| strip.send(&space.id).is_some());
            let last = users.filter_map(|strip| last_sound(desk, strip, rate)).reduce(f64::max)?;
            Some((last + rings(desk, space)?, last, space))
        });
    let Some((end, last, space)) = ends.reduce(|a, b| if b.0 > a.0 { b } else { a }) else {
        return Vec::new();
    };
    // Whole tenths: a length that a person can read.
    let frames = ((end * 10.0).ceil() / 10.0 * rate).round() as u64;
    if frames <= song.frames {
        return Vec::new();
    }
    let more = (frames - song.frames) as f64 / rate;
    let says = format!(
        "The song ends {more:.1} s later than the recordings: {} rings for {:.1} s after its last sound.",
        space.name,
        end - last,
    );
    let decision = Decision::new(RULE.code, &[&space.id], says)
        .because(Evidence::new("song.end", &[], song.frames as f64 / rate, "s").wanted(frames as f64 / rate))
        .edit(Edit::Song { title: None, rate: None, tempo: None, frames: Some(frames) });
    vec![decision]
}

/// When the last sound of a track ends in the song, s.
fn last_sound(desk: &Desk<'_>, strip: &Strip, rate: f64) -> Option<f64> {
    let ends = strip.clips().iter().filter_map(|clip| {
        let shift = (clip.at as f64 - clip.from as f64) / rate;
        Some(desk.facts.spans("activity.spans", &clip.source).last()?.end + shift)
    });
    ends.reduce(f64::max)
}

/// How long a return sounds on after its last input, s.
fn rings(desk: &Desk<'_>, space: &Strip) -> Option<f64> {
    let rings = space.inserts.iter().filter_map(|insert| {
        let knob = |id: &str| f64::from(desk.value(&Address::insert(&space.id, &insert.id, id)));
        match insert.kind.as_str() {
            "space.reverb" => Some(knob("decay") + knob("predelay") / 1000.0),
            "space.delay" => {
                let step = -20.0 * (knob("feedback") / 100.0).clamp(1e-3, 0.9).log10();
                Some(knob("time") / 1000.0 * (1.0 + (FALL / step).ceil()))
            }
            _ => None,
        }
    });
    rings.reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use mixsmith_analysis::{Fact, Qty, Span};

    use super::*;
    use crate::fixture::{Take, value};

    /// A voice that sings until `end`, in a song of 60 s.
    fn sung(end: f64) -> Take {
        let spans = vec![Span { start: 0.0, end, label: String::new() }];
        Take::new().mono("vox", "lead-vocal", -20.0).mono("keys", "keys", -22.0).fact(Fact::new(
            "activity.spans",
            &["vox"],
            Qty::Spans(spans),
        ))
    }

    #[test]
    fn a_song_that_stops_at_once_gets_room_for_its_plate() {
        let (session, decisions) = sung(60.0).mix(Phase::Space);
        let decay = f64::from(value(&session, "plate/verb.decay"));
        assert!(session.song.frames as f64 >= 60_000.0 + decay * 1000.0, "{} s", session.song.frames / 1000);
        assert!(session.song.frames < 64_000);
        assert_eq!(decisions.iter().filter(|decision| decision.rule == RULE.code).count(), 1);
    }

    #[test]
    fn a_song_that_falls_silent_and_a_length_by_hand_stay() {
        assert!(sung(50.0).decisions(Phase::Space, RULE.code).is_empty());
        let song = Edit::Song { title: None, rate: None, tempo: None, frames: Some(60_500) };
        assert_eq!(sung(60.0).hand(song).mix(Phase::Space).0.song.frames, 60_500);
    }
}
