//! Sends to the shared spaces.

use mixsmith_session::{Edit, Send, Tap};

use super::plan::{Plan, Planned, WANTED, plan};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "space.sends",
    phase: Phase::Space,
    doc: "**What it does.** Sends tracks to the shared spaces, after the fader, by the table for their role, all moved \
          together so that the returns stand about 15 LU under the mix. \
          **Why.** Dry tracks side by side are no band in a room. \
          **When it is wrong.** When the track brings its own space, which is only seen where it is stereo. \
          **How far it goes.** Kick, bass, cymbals and wide stereo tracks stay as they are; drums too, when there are \
          room microphones; stems of a mix altogether. \
          **Sources.** tables/sends.toml; -14 LU, too wet is disliked more than too dry: De Man, McNally, Reiss 2017, \
          \"Perceptual evaluation and analysis of reverberation in multitrack music production\".",
    decide,
};

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let plan = plan(desk);
    plan.sends
        .iter()
        .filter(|send| {
            desk.session.strip(send.space.id).is_some() && send.strip.send(send.space.id).is_none()
        })
        .map(|send| decision(&plan, send))
        .collect()
}

fn decision(plan: &Plan<'_>, planned: &Planned<'_>) -> Decision {
    let Planned { strip, space, db } = *planned;
    let says = format!(
        "{} into the {} at {db:.1} dB: with all sends the spaces stand {:.0} LU under the mix.",
        strip.name,
        space.name.to_lowercase(),
        -plan.returns,
    );
    let values = [("level".to_owned(), db as f32)].into_iter().collect();
    Decision::new(RULE.code, &[&strip.id, space.id], says)
        .because(Evidence::new("space.returns", &[], plan.returns, "LU").wanted(WANTED))
        .edit(Edit::AddSend {
            strip: strip.id.clone(),
            send: Send { to: space.id.to_owned(), tap: Tap::Post, values },
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};

    fn band() -> Take {
        Take::new()
            .mono("bd", "kick", -20.0)
            .mono("sn", "snare", -20.0)
            .mono("bass", "bass", -20.0)
            .mono("gtr", "electric-guitar", -20.0)
            .mono("vox", "lead-vocal", -20.0)
    }

    #[test]
    fn dry_tracks_share_spaces_that_stand_under_the_mix() {
        let (session, decisions) = band().mix(Phase::Space);
        assert!(decisions.iter().all(|d| d.status == crate::Status::Taken), "{decisions:?}");
        let sends = |id: &str| session.strip(id).map_or(0, |strip| strip.sends.len());
        assert_eq!([sends("bd"), sends("bass")], [0, 0]);
        assert!(value(&session, "vox/send.plate.level") > value(&session, "sn/send.plate.level"));
        assert!(session.strip("hall").is_none() && session.strip("room").is_some());
        let said = decisions.iter().find(|d| d.rule == RULE.code).expect("sends");
        assert!((said.because[0].value - WANTED).abs() < 1.0, "{}", said.says);
    }

    #[test]
    fn room_microphones_and_wide_tracks_bring_their_space() {
        let take = band().stereo("amb", "room", -20.0).stereo("pad", "pad", -20.0).number(
            "stereo.width",
            "pad",
            -6.0,
        );
        let (session, _) = take.mix(Phase::Space);
        for dry in ["sn", "pad", "amb"] {
            assert!(session.strip(dry).is_some_and(|strip| strip.sends.is_empty()), "{dry}");
        }
    }

    #[test]
    fn a_return_that_a_hand_took_away_stays_away() {
        let take = band().hand(Edit::RemoveStrip { strip: "plate".to_owned() });
        let (session, decisions) = take.mix(Phase::Space);
        assert!(session.strip("plate").is_none());
        let refused = |d: &&Decision| d.rule == RULE.code && d.status != crate::Status::Taken;
        assert_eq!(decisions.iter().filter(refused).count(), 0);
    }
}
