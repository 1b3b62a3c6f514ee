//! Louder and quieter.

use mixsmith_session::{Address, Edit, Strip};

use super::knobs::Knobs;
use super::{Part, Who, Wish, tracks, wishes};
use crate::buses::mix::MIX;
use crate::{Decision, Desk, Phase, Rule};

/// For the whole song.
pub const RULE: Rule = Rule {
    code: "wish.level",
    phase: Phase::Balance,
    doc: "**What it does.** Turns the faders of the tracks that you wished louder or quieter by that much, from where the \
          balance put them. \
          **Why.** You asked for it. \
          **When it is wrong.** When it was enough: `mixsmith wish SONG --forget` takes a wish back. \
          **How far it goes.** 12 dB. Nothing else moves, so the part stands that much higher against the rest; what a fader \
          has no room for goes into the trim. A fader that a hand has set stays. \
          **Sources.** You.",
    decide: |desk| decide(desk, false),
};

/// In sections.
pub const SECTIONS: Rule = Rule {
    code: "wish.ride",
    phase: Phase::Ride,
    doc: "**What it does.** Adds to the rides what you wished louder or quieter in a section: over the half second before it \
          begins, and back after its end. \
          **Why.** You asked for it. \
          **When it is wrong.** When the sections were found wrong: `mixsmith facts SONG sections` shows them. \
          **How far it goes.** 12 dB. A ride that a hand has drawn stays. \
          **Sources.** You.",
    decide: |desk| decide(desk, true),
};

/// The fader's upper end, dB.
const FULL: f32 = 12.0;

fn decide(desk: &Desk<'_>, in_sections: bool) -> Vec<Decision> {
    let mut knobs = Knobs::new(desk);
    let mut decisions = Vec::new();
    for wish in wishes(desk).iter().filter(|wish| wish.section.is_empty() != in_sections) {
        for (part, by) in wish.parts().filter(|(part, _)| **part == Part::Level) {
            let strips: Vec<&Strip> = match wish.who {
                // How loud the whole is, the master settles.
                Who::All if !in_sections => continue,
                Who::All => desk.session.strip(MIX).into_iter().collect(),
                Who::Some { .. } => tracks(desk, wish),
            };
            for strip in strips {
                decisions.extend(one(&mut knobs, wish, strip, part, by));
            }
        }
    }
    decisions
}

fn one(knobs: &mut Knobs<'_>, wish: &Wish, strip: &Strip, part: &Part, by: f64) -> Option<Decision> {
    if !wish.section.is_empty() {
        let ride = knobs.turn(&Address::strip(&strip.id, "ride"), |value| value + by, &wish.spans)?;
        return Some(wish.decision(SECTIONS.code, strip, part, by).edit(ride));
    }
    let (fader, trim) = (Address::strip(&strip.id, "fader"), Address::strip(&strip.id, "trim"));
    let wanted = f64::from(knobs.value(&fader)) + by;
    let over = (wanted - f64::from(FULL)).max(0.0);
    let edits: Vec<Edit> = [
        knobs.turn(&fader, |_| wanted - over, &[]),
        (over > 0.0).then(|| knobs.turn(&trim, |value| value + over, &[])).flatten(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut decision = wish.decision(RULE.code, strip, part, by);
    decision.edits = edits;
    (!decision.edits.is_empty()).then_some(decision)
}

#[cfg(test)]
mod tests {
    use mixsmith_analysis::{Fact, Qty, Span};
    use mixsmith_session::Session;

    use super::*;
    use crate::fixture::{Take, value};
    use crate::mixmodel::value_at;

    fn song(wishes: &[&str]) -> Take {
        let span = |start: f64, label: &str| Span { start, end: start + 20.0, label: label.to_owned() };
        let spans = vec![span(0.0, "verse"), span(20.0, "chorus"), span(40.0, "verse 2")];
        let mut take = Take::new()
            .mono("vox", "lead-vocal", -20.0)
            .mono("bass", "bass", -20.0)
            .stereo("keys", "keys", -20.0)
            .fact(Fact::new("sections", &[], Qty::Spans(spans)));
        take.brief.wishes = wishes.iter().map(|&text| text.to_owned()).collect();
        take
    }

    /// A lane at a second of the song.
    fn at(session: &Session, strip: &str, target: &str, second: u64) -> f64 {
        let lane = session.strip(strip).and_then(|s| s.lanes.iter().find(|lane| lane.target == target));
        lane.map_or(f64::NAN, |lane| value_at(lane, second * 1000))
    }

    #[test]
    fn wishes_add_up_on_top_of_the_balance_and_are_told() {
        let plain = song(&[]).mix(Phase::Balance).0;
        let take = song(&["voice +1", "voice +0.5", "bass -2", "keys flurbier"]);
        let (session, decisions) = take.mix(Phase::Balance);
        let moved =
            |id: &str| value(&session, &format!("{id}/fader")) - value(&plain, &format!("{id}/fader"));
        for (id, by) in [("vox", 1.5), ("bass", -2.0), ("keys", 0.0)] {
            assert!((moved(id) - by).abs() < 0.02, "{id}: {}", moved(id));
        }
        let told: Vec<&Decision> = decisions.iter().filter(|d| d.rule == RULE.code).collect();
        assert_eq!(told.len(), 3);
        assert!(
            told[0].says.contains("+1 dB against the rest, wished by you (`voice +1`)"),
            "{}",
            told[0].says
        );
        assert_eq!((told[0].because[0].fact.as_str(), told[0].because[0].value), ("wish.level", 1.0));
    }

    #[test]
    fn in_a_section_knobs_move_there_and_come_back() {
        let plain = song(&[]).mix(Phase::MixBus).0;
        let wishes = [
            "voice +2 in the chorus",
            "chorus wider",
            "bass brighter in the chorus",
            "keys roomier in the chorus",
        ];
        let (session, decisions) = song(&wishes).mix(Phase::MixBus);
        let failed = |d: &&Decision| d.rule.starts_with("wish.") && d.status != crate::Status::Taken;
        assert_eq!(decisions.iter().filter(failed).count(), 0, "{decisions:#?}");
        let ride = |second: u64| {
            let before = at(&plain, "vox", "ride", second);
            at(&session, "vox", "ride", second) - if before.is_nan() { 0.0 } else { before }
        };
        for (second, by) in [(10, 0.0), (21, 2.0), (39, 2.0), (50, 0.0)] {
            assert!((ride(second) - by).abs() < 0.02, "{second}: {}", ride(second));
        }
        assert_eq!([10, 30, 50].map(|s| at(&session, "mix", "width", s)), [100.0, 125.0, 100.0]);
        let strip = session.strip("bass").unwrap();
        let gain = strip.lanes.iter().find(|lane| lane.target.starts_with("eq.gain")).unwrap().target.clone();
        assert_eq!([10, 30, 50].map(|s| at(&session, "bass", &gain, s)), [0.0, 2.0, 0.0]);
        let sends = session.strip("keys").unwrap().sends.iter().map(|send| format!("send.{}.level", send.to));
        let sent: Vec<f64> =
            sends.map(|send| at(&session, "keys", &send, 30) - at(&session, "keys", &send, 10)).collect();
        assert!(sent.iter().any(|by| (by - 3.0).abs() < 0.02), "{sent:?}");
    }

    #[test]
    fn what_a_hand_holds_stays() {
        let fader = Address::strip("vox", "fader");
        let take = song(&["voice +1"]).hand(Edit::Set { at: fader.clone(), to: -4.0 });
        let (session, decisions) = take.mix(Phase::Balance);
        assert_eq!(value(&session, "vox/fader"), -4.0);
        let told: Vec<&Decision> = decisions.iter().filter(|d| d.rule == RULE.code).collect();
        assert!(told.iter().all(|d| matches!(d.status, crate::Status::Overruled(_))) && !told.is_empty());
    }
}
