//! The shared spaces that some track uses.

use mixsmith_session::{Edit, Insert, Strip, StripKind};

use super::plan::{SPACES, Space, plan};
use super::tempo;
use crate::buses::mix::MIX;
use crate::says::list;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "space.returns",
    phase: Phase::Space,
    doc: "**What it does.** Adds a room, a plate and a hall as returns, each only when a track goes there. \
          **Why.** Tracks that share a space sound as if played in one place. \
          **When it is wrong.** When the song is meant to be bone dry: shut the return. \
          **How far it goes.** Three spaces. The decay follows the tempo, by 0.7 to 1.4. Plate and hall answer 30 to 50 \
          ms late, on the grid of the song, so that words stay in front. Below 200 Hz and above 5 kHz nothing goes in. \
          **Sources.** Pre-delay, cuts: Pestana and Reiss 2014; decay times: practice.",
    decide,
};

/// Pre-delay that keeps words in front, ms (30 to 50 are good); that of the room.
const LATE: f64 = 40.0;
const ROOM_LATE: f64 = 10.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let plan = plan(desk);
    let users = |space: &Space| -> Vec<&str> {
        plan.sends.iter().filter(|s| s.space.id == space.id).map(|s| s.strip.name.as_str()).collect()
    };
    let missing = |space: &&Space| desk.session.strip(space.id).is_none();
    SPACES
        .iter()
        .filter(missing)
        .filter_map(|space| Some((space, users(space))).filter(|(_, users)| !users.is_empty()))
        .map(|(space, users)| add(desk, space, &users))
        .collect()
}

/// The decision that adds a space.
pub(crate) fn add(desk: &Desk<'_>, space: &Space, users: &[&str]) -> Decision {
    let bpm = tempo(desk);
    let decay = space.decay * bpm.map_or(1.0, |bpm| (120.0 / bpm).clamp(0.7, 1.4));
    let decay = (decay * 20.0).round() / 20.0;
    let (late, grid) = if space.late { predelay(bpm) } else { (ROOM_LATE, "") };
    let values = [
        ("space", space.kind),
        ("decay", decay as f32),
        ("predelay", (late * 10.0).round() as f32 / 10.0),
        ("lowcut", 200.0),
        ("highcut", 5000.0),
        ("mix", 100.0),
    ];
    let mut strip = Strip::new(space.id, space.name, StripKind::Return);
    strip.role = "return".to_owned();
    strip.colour = "#7f8c8d".to_owned();
    strip.to = Some(MIX.to_owned());
    strip.inserts.push(Insert::new("verb", "space.reverb", &values));
    let song = bpm.map_or_else(|| "without a sure tempo".to_owned(), |bpm| format!("at {bpm:.0} BPM"));
    let says =
        format!("{}: {decay:.2} s {song}, {late:.0} ms{grid} behind, for {}.", space.name, list(users));
    let mut decision = Decision::new(RULE.code, &[space.id], says).edit(Edit::AddStrip { strip });
    if let Some(bpm) = bpm {
        decision = decision.because(Evidence::new("tempo.bpm", &[], bpm, "BPM"));
    }
    decision
}

/// A pre-delay on the grid, ms, and its note value in words.
fn predelay(bpm: Option<f64>) -> (f64, &'static str) {
    let Some(bpm) = bpm else { return (40.0, "") };
    let quarter = 60_000.0 / bpm;
    let notes = [
        (quarter / 32.0, " (1/128)"),
        (quarter / 16.0, " (1/64)"),
        (3.0 * quarter / 32.0, " (1/64 dotted)"),
        (quarter / 8.0, " (1/32)"),
    ];
    let far = |ms: f64| (ms / LATE).ln().abs();
    notes.into_iter().fold(notes[0], |a, b| if far(b.0) < far(a.0) { b } else { a })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tempo_has_a_place_on_the_grid() {
        for bpm in 50..=200 {
            let (ms, note) = predelay(Some(f64::from(bpm)));
            assert!((28.0..=57.0).contains(&ms), "{bpm}: {ms} {note}");
        }
    }
}
