//! Choruses that lift.

use mixsmith_analysis::Span;
use mixsmith_session::{Edit, Lane, Strip};

use super::{SPACING, between, point, rider, tidy};
use crate::buses::mix::MIX;
use crate::mixmodel::{MixModel, lufs};
use crate::says::signed;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "ride.sections",
    phase: Phase::Ride,
    doc: "**What it does.** Lifts the mix by up to 1 dB and the backing vocals by 1 dB in choruses, over the two \
          seconds before. \
          **Why.** A chorus should arrive. \
          **When it is wrong.** When the sections are wrong, or the song is meant to stay level. \
          **How far it goes.** Only when choruses are less than 1.5 dB louder than verses in the mix as balanced, \
          only as much as is missing, four points a chorus at most. The voice rises with the mix and keeps its place. \
          **Sources.** Practice: 0.5 to 1 dB.",
    decide,
};

/// How much louder a chorus is without help, dB.
const ENOUGH: f64 = 1.5;
/// Lifts, dB: least worth the points, and most.
const LIFT: (f64, f64) = (0.5, 1.0);
/// Lift of the backing vocals, dB.
const BACKING: f64 = 1.0;
/// Certainty of the sections that is asked for.
const SURE: f32 = 0.4;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let sure = desk.facts.get("sections", &[]).is_some_and(|fact| fact.confidence >= SURE);
    let sections = if sure { desk.facts.spans("sections", "") } else { &[] };
    let named =
        |name: &str| -> Vec<&Span> { sections.iter().filter(|span| span.label.starts_with(name)).collect() };
    let (choruses, verses) = (named("chorus"), named("verse"));
    if choruses.is_empty() || verses.is_empty() {
        return Vec::new();
    }
    let model = MixModel::new(desk);
    let mix = model.mix(&model.faders());
    let level = |spans: &[&Span]| {
        let sum: f64 = spans.iter().map(|span| between(&mix, span.start, span.end)).sum();
        lufs(sum / spans.len() as f64)
    };
    let louder = level(&choruses) - level(&verses);
    let lift = (ENOUGH - louder).min(LIFT.1);
    if lift < LIFT.0 {
        return Vec::new();
    }
    let lift = (lift * 10.0).round() / 10.0;
    let mut decisions = Vec::new();
    let mut draw = |strip: &Strip, by: f64| {
        let says = format!(
            "{} {} dB in the choruses: they are {} dB against the verses, {ENOUGH:.1} is wanted.",
            strip.name,
            signed(by),
            signed(louder)
        );
        let evidence = Evidence::new("section.lift", &[], louder, "dB").wanted(ENOUGH);
        let lane = Lane { target: "ride".to_owned(), points: points(desk.song.rate, &choruses, by) };
        decisions.push(
            Decision::new(RULE.code, &[&strip.id], says)
                .because(evidence)
                .edit(Edit::Draw { strip: strip.id.clone(), lane }),
        );
    };
    if let Some(mix) = desk.session.strip(MIX) {
        draw(mix, lift);
    }
    if let Some(backing) = rider(desk.session, "backing-vocals") {
        draw(backing, BACKING);
    }
    decisions
}

/// Up over two seconds, down over two seconds; choruses that follow each other stay up.
fn points(rate: u32, choruses: &[&Span], by: f64) -> Vec<mixsmith_session::Point> {
    let mut points = Vec::new();
    for (i, chorus) in choruses.iter().enumerate() {
        let follows = i.checked_sub(1).is_some_and(|b| chorus.start - choruses[b].end < 3.0 * SPACING);
        let followed = choruses.get(i + 1).is_some_and(|next| next.start - chorus.end < 3.0 * SPACING);
        if !follows {
            if chorus.start >= SPACING {
                points.push(point(rate, chorus.start - SPACING, 0.0, ""));
            }
            points.push(point(rate, chorus.start, by, &chorus.label));
        }
        if !followed {
            points.push(point(rate, chorus.end, by, ""));
            points.push(point(rate, chorus.end + SPACING, 0.0, ""));
        }
    }
    tidy(points)
}

#[cfg(test)]
mod tests {
    use mixsmith_analysis::{Fact, Qty};

    use super::*;
    use crate::fixture::{FRAMES, Take};

    fn song(chorus: f32) -> Take {
        let section = |start: f64, end: f64, label: &str| Span { start, end, label: label.to_owned() };
        let spans = vec![section(0.0, 30.0, "verse"), section(30.0, 60.0, "chorus")];
        let levels: Vec<f32> = (0..FRAMES).map(|i| if i < 300 { -20.0 } else { chorus }).collect();
        Take::new()
            .stem("band", "keys", 1, &levels)
            .stem("oohs", "backing-vocal", 1, &levels)
            .fact(Fact::new("sections", &[], Qty::Spans(spans)))
    }

    #[test]
    fn a_level_song_is_lifted_and_a_song_that_lifts_itself_is_not() {
        let session = song(-20.0).mix(Phase::Ride).0;
        let lane = |id: &str| -> Vec<(u64, f32)> {
            let lanes = &session.strip(id).unwrap().lanes;
            lanes.iter().flat_map(|lane| &lane.points).map(|point| (point.at, point.value)).collect()
        };
        assert_eq!(lane("mix"), [(28_000, 0.0), (30_000, 1.0), (60_000, 1.0), (62_000, 0.0)]);
        assert_eq!(lane("oohs").len(), 4);
        assert!(song(-18.0).decisions(Phase::Ride, RULE.code).is_empty());
    }
}
