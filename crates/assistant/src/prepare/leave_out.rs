//! What is in the folder and not in the mix.

use mixsmith_analysis::Stem;

use super::names;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "prepare.leave-out",
    phase: Phase::Prepare,
    doc: "**What it does.** Leaves out rough mixes, references, click tracks, copies of another file and silent \
          files; says of each why. \
          **Why.** A rough mix or a copy among the tracks doubles everything; a click must not be heard. \
          **When it is wrong.** When a click is part of the arrangement, or a file only looks like a copy. \
          **How far it goes.** The file stays in the folder; `keep` in song.toml brings it back, `leave-out` takes \
          another one away. It never leaves out everything: when nothing would remain, all files play. \
          **Sources.** The facts `leave-out` and `duplicate.of`.",
    decide,
};

/// Why a stem is left out; none when it plays.
pub fn reason(desk: &Desk<'_>, stem: &Stem) -> Option<String> {
    let found = measured(desk, stem);
    let told = desk.brief.leave_out.iter().any(|name| names(name, stem));
    if told {
        return Some("The file song.toml says so".to_owned());
    }
    // A folder of only a reference or only a "mix.wav" is a song of one track.
    let nothing_left = || desk.song.stems.iter().all(|other| measured(desk, other).is_some());
    found.filter(|_| !nothing_left())
}

fn measured(desk: &Desk<'_>, stem: &Stem) -> Option<String> {
    if desk.brief.keep.iter().any(|name| names(name, stem)) {
        return None;
    }
    if desk.facts.get("fault.silent", &[&stem.id]).is_some() {
        return Some("There is no sound in it".to_owned());
    }
    let kind = desk.facts.text("leave-out", &stem.id)?;
    Some(match desk.facts.text("leave-out.why", &stem.id) {
        Some(why) => why.trim_end_matches('.').to_owned(),
        None => format!("It looks like a {}", kind.replace('-', " ")),
    })
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for stem in &desk.song.stems {
        let Some(why) = reason(desk, stem) else { continue };
        let says = format!("{} is left out. {why}.", stem.file);
        let mut decision = Decision::new(RULE.code, &[], says);
        if let Some(fact) = desk.facts.get("leave-out", &[&stem.id]) {
            decision =
                decision.because(Evidence::new("leave-out", &[&stem.id], f64::from(fact.confidence), ""));
        }
        decisions.push(decision);
    }
    decisions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Take;

    fn take() -> Take {
        Take::new()
            .mono("vox", "lead-vocal", -20.0)
            .mono("click", "click-track", -20.0)
            .text("leave-out", &["click"], "click")
            .text("leave-out.why", &["click"], "It ticks on every beat.")
    }

    #[test]
    fn a_click_is_left_out_unless_the_person_keeps_it() {
        let (session, decisions) = take().mix(Phase::Prepare);
        assert!(session.strip("click").is_none());
        assert_eq!(decisions[0].says, "click.wav is left out. It ticks on every beat.");
        let mut kept = take();
        kept.brief.keep = vec!["CLICK.wav".to_owned()];
        assert!(kept.mix(Phase::Prepare).0.strip("click").is_some());
        let mut less = take();
        less.brief.leave_out = vec!["vox".to_owned()];
        less.brief.keep = vec!["click".to_owned()];
        assert!(less.mix(Phase::Prepare).0.strip("vox").is_none());
    }

    #[test]
    fn silence_is_left_out() {
        let take = take().number("fault.silent", "vox", -200.0).mono("bass", "bass", -20.0);
        assert!(take.mix(Phase::Prepare).0.strip("vox").is_none());
    }

    #[test]
    fn a_song_of_nothing_but_a_rough_mix_plays_it() {
        let take = Take::new().stereo("mix", "rough-mix", -12.0).text("leave-out", &["mix"], "rough-mix");
        assert!(take.mix(Phase::Prepare).0.strip("mix-track").is_some());
    }
}
