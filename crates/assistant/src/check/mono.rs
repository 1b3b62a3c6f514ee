//! What is lost on one speaker.

use mixsmith_session::{Address, Edit};

use crate::buses::mix::MIX;
use crate::master::heard;
use crate::{Decision, Desk, Evidence, Phase, Rule, Status};

/// The rule.
pub const RULE: Rule = Rule {
    code: "check.mono",
    phase: Phase::Check,
    doc: "**What it does.** Measures how much of the mix and of each stereo track is lost when left and right are \
          summed. A track that loses more than 6 LU is narrowed by half; the mix as a whole is only reported. \
          **Why.** Phones, kitchen radios and clubs are mono; a guitar that is all difference vanishes there. \
          **When it is wrong.** When a part is meant to vanish, or is so soft that nobody misses it. \
          **How far it goes.** Width to 50 %, on the track alone. \
          **Sources.** Mono loss of human mixes: -0.6 LU in the mean, worst tracks -2.4 LU (measured on ten mixes); \
          alarm at -1.5 LU for the mix.",
    decide,
};

/// Loss of the whole mix that is worth a word, LU.
const MIX_ALARM: f64 = -1.5;
/// Loss of a track that is mended, LU.
const TRACK_LOSS: f64 = -6.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for track in desk.session.tracks() {
        let stem = desk.stem_of(track);
        let Some(loss) = desk.facts.number("stereo.mono_loss", stem).map(|loss| -loss.abs()) else {
            continue;
        };
        let at = Address::strip(&track.id, "width");
        if loss > TRACK_LOSS || desk.value(&at) <= 50.0 || track.clips().len() > 1 {
            continue;
        }
        let says = format!("{} at half its width: it lost {:.1} LU on one speaker.", track.name, -loss);
        decisions.push(
            Decision::new(RULE.code, &[&track.id], says)
                .because(Evidence::new("stereo.mono_loss", &[stem], loss, "LU").at_least(TRACK_LOSS))
                .edit(Edit::Set { at, to: 50.0 }),
        );
    }
    if let Some(loss) = heard(desk.facts, "stereo.mono_loss").map(|loss| -loss.abs())
        && loss < MIX_ALARM
    {
        let says = format!("The mix loses {:.1} LU on one speaker; 0.6 LU is usual.", -loss);
        let mut decision = Decision::new(RULE.code, &[MIX], says.clone())
            .because(Evidence::new("stereo.mono_loss", &[MIX], loss, "LU").at_least(MIX_ALARM));
        decision.status = Status::Refused("what makes it wide is the recordings themselves".to_owned());
        decisions.push(decision);
    }
    decisions
}
