//! Sends to the shared spaces.

use mixsmith_session::{Edit, Send, Tap};

use super::plan::{Plan, Planned, WANTED, plan};
use super::weigh::{Weighed, weigh};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "space.sends",
    phase: Phase::Space,
    doc: "**What it does.** Sends tracks to the shared spaces, after the fader, at the levels that cost least: as far back as \
          is usual for their part against the others, and as much space as listeners like, section by section: what \
          comes back, predicted from what is sent, stands about 15 LU under the mix. \
          **Why.** Dry tracks side by side are no band in a room. \
          **When it is wrong.** When the track brings its own space, which is only seen where it is stereo. \
          **How far it goes.** Kick, bass, cymbals and wide stereo tracks stay as they are; drums too, when there are \
          room microphones; stems of a mix altogether. 12 dB less and 3 dB more than usual. \
          **Sources.** The terms ambience and share of the solver; tables/sends.toml; -14 LU, too wet is disliked more than too dry: De Man, McNally, Reiss 2017, \
          \"Perceptual evaluation and analysis of reverberation in multitrack music production\".",
    decide,
};

/// What buys less is not told, points.
const LEAST: f64 = 0.02;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut plan = plan(desk);
    plan.sends.retain(|send| desk.session.strip(send.space.id).is_some());
    let weighed = weigh(desk, &plan);
    let new = |i: &usize| plan.sends[*i].strip.send(plan.sends[*i].space.id).is_none();
    (0..plan.sends.len()).filter(new).map(|i| decision(desk, &plan, weighed.as_ref(), i)).collect()
}

fn decision(desk: &Desk<'_>, plan: &Plan<'_>, weighed: Option<&Weighed>, i: usize) -> Decision {
    let Planned { strip, space, db, .. } = plan.sends[i];
    let (db, returns) = weighed.map_or((db, plan.returns), |weighed| (weighed.level(i), weighed.returns()));
    let says = format!(
        "{} into the {} at {db:.1} dB: with all sends the spaces stand {:.0} LU under the mix.",
        strip.name,
        space.name.to_lowercase(),
        -returns,
    );
    let values = [("level".to_owned(), db as f32)].into_iter().collect();
    let mut decision = Decision::new(RULE.code, &[&strip.id, space.id], says)
        .because(Evidence::new("space.returns", &[], returns, "LU").wanted(WANTED));
    for (term, drop) in weighed.iter().flat_map(|weighed| weighed.bought(i)) {
        if drop.abs() >= LEAST {
            decision = decision.because(Evidence::new(term.id, &[desk.stem_of(strip)], drop, "points"));
        }
    }
    let send = Send { to: space.id.to_owned(), tap: Tap::Post, values };
    decision.edit(Edit::AddSend { strip: strip.id.clone(), send })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, hiss, value};

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

    /// The band with its sound.
    fn heard() -> Take {
        let mut take = band();
        for (id, low, high) in [
            ("bd", 40.0, 120.0),
            ("sn", 150.0, 6000.0),
            ("bass", 40.0, 300.0),
            ("gtr", 150.0, 4000.0),
            ("vox", 200.0, 8000.0),
        ] {
            take.facts.push_sketch(id, hiss(low, high, 1e-4));
        }
        take
    }

    #[test]
    fn what_comes_back_is_as_loud_as_listeners_like_and_each_move_says_what_it_bought() {
        let told = heard().decisions(Phase::Space, RULE.code);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.iter().all(|d| (d.because[0].value - WANTED).abs() < 0.6), "{told:?}");
        let bought = told.iter().flat_map(|d| &d.because).filter(|e| e.fact == "bought.ambience");
        assert!(bought.clone().count() > 0 && bought.clone().all(|e| e.value > 0.0), "{told:?}");
    }

    #[test]
    fn a_send_by_hand_stands_and_the_others_make_up_for_it() {
        let level = |take: &Take, at: &str| value(&take.mix(Phase::Space).0, at);
        let at = mixsmith_session::Address::send("vox", "plate", "level");
        let drier = heard().hand(Edit::Set { at, to: -40.0 });
        assert_eq!(level(&drier, "vox/send.plate.level"), -40.0);
        let guitar = "gtr/send.room.level";
        assert!(level(&drier, guitar) > level(&heard(), guitar) + 0.5, "{}", level(&drier, guitar));
    }
}
