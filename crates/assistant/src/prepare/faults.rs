//! Faults of recordings that a mix cannot mend, or that a person should know of.

use mixsmith_analysis::Qty;

use super::{SURE, track_of};
use crate::says::count;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "prepare.faults",
    phase: Phase::Prepare,
    doc: "**What it does.** Says which recordings are clipped, have gaps, an offset, a wrong length or a wrong \
          sample rate, and where. \
          **Why.** Better to export or record again than to find out after the mix. \
          **When it is wrong.** Clipping may be a wanted distortion. \
          **How far it goes.** It changes nothing. \
          **Sources.** Facts of the family `fault`.",
    decide,
};

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for stem in &desk.song.stems {
        let Some(strip) = track_of(desk, &stem.id) else { continue };
        let mut note = |fact: &str, value: f64, unit: &str, says: String| {
            let evidence = Evidence::new(fact, &[&stem.id], value, unit).wanted(0.0);
            decisions.push(
                Decision::new(RULE.code, &[&strip.id], format!("{}: {says}.", strip.name)).because(evidence),
            );
        };
        let number = |what: &str| desk.facts.number(what, &stem.id);
        if let Some(tops) = number("fault.clipping").filter(|&tops| tops >= 1.0) {
            let first = desk.facts.times("fault.clipping_times", &stem.id).first();
            let first = first.map_or_else(String::new, |&time| format!(", the first at {}", clock(time)));
            note(
                "fault.clipping",
                tops,
                "",
                format!("clipped in {}{first}; what was cut off is lost", count(tops as usize, "place")),
            );
        }
        if let Some(over) = number("fault.over").filter(|&over| over > 0.0) {
            note(
                "fault.over",
                over,
                "dB",
                format!("peaks {over:.1} dB over full scale; nothing is lost, it is turned down"),
            );
        }
        if let Some(dc) = number("fault.dc").filter(|dc| dc.abs() > 0.0) {
            note(
                "fault.dc",
                dc,
                "share",
                format!("stands off the middle by {:.1} % of full scale", dc * 100.0),
            );
        }
        if let Some(gaps) = desk.facts.get("fault.dropout", &[&stem.id]) {
            let Qty::Times(times) = &gaps.value else { continue };
            let first = times.first().copied().unwrap_or(0.0);
            let says =
                format!("{} in the recording, the first at {}", count(times.len(), "gap"), clock(first));
            note("fault.dropout", times.len() as f64, "", says);
        }
        let sure = |what: &str| desk.facts.get(what, &[&stem.id]).is_some_and(|fact| fact.confidence >= SURE);
        if let Some(off) = number("fault.wrong_length").filter(|_| sure("fault.wrong_length")) {
            let way = if off > 0.0 { "longer" } else { "shorter" };
            note(
                "fault.wrong_length",
                off,
                "s",
                format!("{:.1} s {way} than all the others, perhaps not exported whole", off.abs()),
            );
        }
        if let Some(ratio) = number("fault.wrong_rate").filter(|_| sure("fault.wrong_rate")) {
            let says = format!(
                "seems to run at {ratio:.3} times the length of the others, as if its sample rate were wrong"
            );
            note("fault.wrong_rate", ratio, "ratio", says);
        }
    }
    decisions
}

/// `1:07.3`
fn clock(seconds: f64) -> String {
    let tenths = (seconds.max(0.0) * 10.0).round() as u64;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Take;

    #[test]
    fn faults_are_said_and_sound_recordings_are_not() {
        let take = Take::new()
            .mono("vox", "lead-vocal", -20.0)
            .mono("bass", "bass", -20.0)
            .number("fault.clipping", "vox", 3.0)
            .fact(mixsmith_analysis::Fact::new("fault.clipping_times", &["vox"], Qty::Times(vec![67.31])));
        let said = take.decisions(Phase::Prepare, RULE.code);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].says, "VOX: clipped in 3 places, the first at 1:07.3; what was cut off is lost.");
        assert!(said[0].edits.is_empty());
    }
}
