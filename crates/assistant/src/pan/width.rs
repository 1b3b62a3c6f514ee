//! Stereo tracks that cancel in mono.

use mixsmith_session::{Address, Edit};

use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "pan.width",
    phase: Phase::Pan,
    doc: "**What it does.** Narrows a stereo track that loses more than 5 LU when its sides are added, until it \
          loses about 5. \
          **Why.** On a phone, a club system or one speaker the track would be gone. \
          **When it is wrong.** When it is an effect that may be lost. \
          **How far it goes.** Width from 100 down to 30 %; nothing is widened. \
          **Sources.** Fact `stereo.mono_loss`; the worst tracks of ten mixes by people lose 2.4 LU on average and \
          at most about 5.",
    decide,
};

/// Largest loss of a track in mono, LU.
const LOSS: f64 = 5.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for strip in desk.session.tracks() {
        let stem = desk.stem_of(strip);
        let Some(loss) = desk.facts.number("stereo.mono_loss", stem).filter(|&loss| loss > LOSS) else {
            continue;
        };
        if strip.clips().iter().any(|clip| clip.map != mixsmith_session::Map::All) {
            continue;
        }
        // With side over mid s, the loss is 1 + s; the width w makes it 1 + w² s.
        let ratio = |loss: f64| (10f64.powf(loss / 10.0) - 1.0).max(1e-9);
        let width = (100.0 * (ratio(LOSS) / ratio(loss)).sqrt()).clamp(30.0, 100.0).round();
        let says = format!("{} narrowed to {width:.0} %: in mono it loses {loss:.1} LU.", strip.name);
        decisions.push(
            Decision::new(RULE.code, &[&strip.id], says)
                .because(Evidence::new("stereo.mono_loss", &[stem], loss, "LU").at_most(LOSS))
                .edit(Edit::Set { at: Address::strip(&strip.id, "width"), to: width as f32 }),
        );
    }
    decisions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};

    #[test]
    fn only_what_cancels_is_narrowed() {
        let take = |loss| Take::new().stereo("pad", "pad", -20.0).number("stereo.mono_loss", "pad", loss);
        let session = take(12.0).mix(Phase::Pan).0;
        // 12 LU: side is 14.8 times mid; at 38 % it is 2.16 times, which loses 5 LU.
        assert_eq!(value(&session, "pad/width"), 38.0);
        assert!(take(3.0).decisions(Phase::Pan, RULE.code).is_empty());
    }
}
