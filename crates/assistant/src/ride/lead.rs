//! Who leads while the voice rests.

use mixsmith_session::{Edit, Lane};

use super::{SPACING, between, lead_tracks, point, tidy};
use crate::balance::state;
use crate::mixmodel::{MixModel, Part, energy, lufs};
use crate::says::{count, signed};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "ride.lead",
    phase: Phase::Ride,
    doc: "**What it does.** Where the voice rests for six seconds or more between two phrases, the first melodic part \
          that plays there (synth lead, guitar, brass, piano, keys, strings, synth) comes up. \
          **Why.** Somebody has to lead. \
          **When it is wrong.** When the rest is meant to be a groove. \
          **How far it goes.** 1.5 to 3 dB, towards 4 LU under the mix there; not in stems of a finished mix, not in \
          intro and ending. One part leads all through the song. \
          **Sources.** Practice.",
    decide,
};

/// Melodic roles in the order in which they lead.
const LEADERS: [&str; 10] = [
    "synth-lead",
    "electric-guitar",
    "guitar",
    "brass",
    "piano",
    "keys",
    "mallet",
    "strings",
    "acoustic-guitar",
    "synth",
];
/// Shortest rest of the voice, seconds: room for four points.
const REST: f64 = 3.0 * SPACING;
/// Where a leading part stands against the mix, LU.
const LEVEL: f64 = -4.0;
/// Least and most lift, dB.
const LIFT: (f64, f64) = (1.5, 3.0);

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    ride(desk).into_iter().collect()
}

fn ride(desk: &Desk<'_>) -> Option<Decision> {
    let model = MixModel::new(desk);
    if state::judge(desk, &model).balanced {
        return None;
    }
    let rests = rests(desk);
    let mix = model.mix(&model.faders());
    let plays = |part: &Part, &(start, end): &(f64, f64)| {
        let loud = between(&part.energy, start, end);
        loud > energy(part.active) * 0.1
    };
    let (strip, part) = LEADERS.iter().find_map(|role| {
        let strip = desk.session.tracks().find(|strip| desk.role(strip) == *role)?;
        let part = model.part(&strip.id)?;
        rests.iter().any(|rest| plays(part, rest)).then_some((strip, part))
    })?;
    let mut points = Vec::new();
    let mut lifts = Vec::new();
    for rest in rests.iter().filter(|rest| plays(part, rest)) {
        let (start, end) = *rest;
        let own = between(&part.energy, start, end) * energy(part.fader);
        let lift = (LEVEL - (lufs(own) - lufs(between(&mix, start, end)))).min(LIFT.1);
        if lift < LIFT.0 {
            continue;
        }
        let lift = (lift * 10.0).round() / 10.0;
        lifts.push(lift);
        points.push(point(desk.song.rate, start, 0.0, ""));
        points.push(point(desk.song.rate, start + SPACING, lift, "the voice rests"));
        points.push(point(desk.song.rate, end - SPACING, lift, ""));
        points.push(point(desk.song.rate, end, 0.0, "the voice is back"));
    }
    let most = lifts.iter().copied().fold(0.0, f64::max);
    let says = format!(
        "{} comes up by up to {} dB in {} of the voice: somebody has to lead.",
        strip.name,
        signed(most),
        count(lifts.len(), "rest")
    );
    let lane = Lane { target: "ride".to_owned(), points: tidy(points) };
    Some(
        Decision::new(RULE.code, &[&strip.id], says)
            .because(Evidence::new("voice.rests", &[desk.stem_of(strip)], lifts.len() as f64, "rests"))
            .edit(Edit::Draw { strip: strip.id.clone(), lane }),
    )
    .filter(|_| !lifts.is_empty())
}

/// Where all lead voices rest between two phrases, seconds.
fn rests(desk: &Desk<'_>) -> Vec<(f64, f64)> {
    let mut sung: Vec<(f64, f64)> = lead_tracks(desk.session)
        .flat_map(|strip| desk.facts.spans("activity.phrases", desk.stem_of(strip)))
        .map(|span| (span.start, span.end))
        .collect();
    sung.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut rests = Vec::new();
    let mut end = f64::INFINITY;
    for (start, stop) in sung {
        if start - end >= REST {
            rests.push((end, start));
        }
        end = if end.is_finite() { end.max(stop) } else { stop };
    }
    rests
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{FRAMES, Take};

    fn song(rest: std::ops::Range<usize>) -> Take {
        let voice: Vec<f32> = (0..FRAMES).map(|i| if rest.contains(&i) { -120.0 } else { -20.0 }).collect();
        Take::new()
            .stem("vox", "lead-vocal", 1, &voice)
            .mono("pno", "piano", -20.0)
            .mono("bass", "bass", -20.0)
            .mono("kick", "kick", -20.0)
    }

    #[test]
    fn the_piano_leads_while_the_voice_rests() {
        let session = song(200..300).mix(Phase::Ride).0;
        let points = &session.strip("pno").unwrap().lanes[0].points;
        let at: Vec<u64> = points.iter().map(|point| point.at).collect();
        assert_eq!(at, [20_000, 22_000, 28_000, 30_000]);
        assert!((1.5..=3.0).contains(&points[1].value));
        assert!(song(200..220).decisions(Phase::Ride, RULE.code).is_empty(), "a breath is no rest");
        assert!(song(500..600).decisions(Phase::Ride, RULE.code).is_empty(), "the ending is no rest");
    }
}
