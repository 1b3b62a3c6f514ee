//! A marker where each section of the song begins.

use mixsmith_analysis::Span;
use mixsmith_session::{Edit, Marker};

use crate::says::{count, list};
use crate::{Decision, Desk, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "prepare.markers",
    phase: Phase::Prepare,
    doc: "**What it does.** Puts a marker where each section of the song begins. \
          **Why.** Moves from section to section have a place to be seen, in the session and in the programs that it is \
          exported to. \
          **When it is wrong.** When the sections are: markers by hand stand. \
          **How far it goes.** No sound is changed. Nothing where the sections are not sure, or there is only one. \
          **Sources.** Fact `sections`.",
    decide,
};

/// Certainty of the sections that is asked for.
const SURE: f32 = 0.4;

/// The sections of the song, where they are sure.
pub fn sections<'a>(desk: &Desk<'a>) -> &'a [Span] {
    let sure = desk.facts.get("sections", &[]).is_some_and(|fact| fact.confidence >= SURE);
    if sure { desk.facts.spans("sections", "") } else { &[] }
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let spans = sections(desk);
    if spans.len() < 2 || !desk.session.song.markers.is_empty() {
        return Vec::new();
    }
    let markers: Vec<Marker> = spans
        .iter()
        .map(|span| Marker {
            at: ((span.start.max(0.0) * f64::from(desk.song.rate)).round() as u64).min(desk.song.frames),
            name: span.label.clone(),
        })
        .collect();
    let names: Vec<&str> = markers.iter().map(|marker| marker.name.as_str()).collect();
    let says = format!("The song has {}: {}.", count(markers.len(), "section"), list(&names));
    vec![Decision::new(RULE.code, &[], says).edit(Edit::Mark { markers })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Take;
    use mixsmith_analysis::{Fact, Qty, Span};

    fn take(sure: f32) -> Take {
        let span = |start, end, label: &str| Span { start, end, label: label.to_owned() };
        let spans = vec![span(0.0, 8.0, "verse"), span(8.0, 16.25, "chorus"), span(16.25, 60.0, "verse 2")];
        let sections = Fact::new("sections", &[], Qty::Spans(spans)).confidence(sure);
        Take::new().mono("vox", "lead-vocal", -20.0).fact(sections)
    }

    #[test]
    fn every_section_has_its_marker() {
        let (session, decisions) = take(0.8).mix(Phase::Prepare);
        let markers: Vec<(u64, &str)> =
            session.song.markers.iter().map(|marker| (marker.at, marker.name.as_str())).collect();
        assert_eq!(markers, [(0, "verse"), (8000, "chorus"), (16_250, "verse 2")]);
        let said = decisions.iter().find(|decision| decision.rule == RULE.code).map(|d| d.says.as_str());
        assert_eq!(said, Some("The song has 3 sections: verse, chorus and verse 2."));
        assert!(take(0.2).decisions(Phase::Prepare, RULE.code).is_empty());
    }

    #[test]
    fn markers_by_hand_stand() {
        let own = vec![Marker { at: 500, name: "here it begins".to_owned() }];
        let (session, _) = take(0.8).hand(Edit::Mark { markers: own.clone() }).mix(Phase::Prepare);
        assert_eq!(session.song.markers, own);
    }
}
