//! The bass steps back for the kick.

use mixsmith_session::{Address, Edit, Insert};

use super::hits;
use crate::tone::picture::{self, View, masked, time_share};
use crate::tone::{level, mixed};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "dynamics.duck",
    phase: Phase::Dynamics,
    doc: "**What it does.** A compressor on the bass (on its bus, when it has several tracks) that listens to the kick, \
          where the bass hides the kick from 40 to 120 Hz for a good part of the kick's time. \
          **Why.** Two sounds in one octave at one moment: the shorter one is lost. The bass has the rest of the beat. \
          **When it is wrong.** When kick and bass are meant as one sound. \
          **How far it goes.** 3 dB, attack 3 ms, released after 100 ms or an eighth note, whichever is shorter. \
          **Sources.** 2 to 4 dB, 1 to 5 ms, 80 to 120 ms: practice; the masking model of masking.fraction.",
    decide,
};

/// The octaves that both need, Hz.
const LOW: (f64, f64) = (40.0, 120.0);
/// Share of the kick's time from which on it is hidden too often.
const OFTEN: f64 = 0.25;
/// Reduction at the mean hit, dB, and ratio.
const DUCK: f64 = 3.0;
const RATIO: f64 = 3.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    duck(desk).into_iter().collect()
}

fn duck(desk: &Desk<'_>) -> Option<Decision> {
    let views = picture::views(desk);
    let loudness = |view: &View<'_>| {
        desk.facts.number("loudness.active", desk.stem_of(view.strip)).unwrap_or(-70.0)
            + level(desk, view.strip)
    };
    let kicks = views.iter().filter(|view| ["kick", "kick-in", "kick-out"].contains(&view.role));
    let kick = kicks.max_by(|a, b| loudness(a).total_cmp(&loudness(b)))?;
    let basses: Vec<&View<'_>> = views.iter().filter(|view| view.family == "bass").collect();
    let target = match basses[..] {
        [] => return None,
        [one] => one.strip,
        _ => crate::buses::bus(desk.session, "bass")?,
    };
    let low = |view: &View<'_>| picture::between(&view.sketch, LOW.0, LOW.1);
    let bass = picture::sum(basses.iter().map(|view| low(view)).collect::<Vec<_>>().iter());
    let hidden = time_share(&masked(&low(kick), &bass));
    if hidden < OFTEN || target.insert("duck").is_some() {
        return None;
    }
    let stem = desk.stem_of(kick.strip);
    let (hit, _) = hits(desk, stem)?;
    // The key is the kick as it leaves its strip.
    let out = ["trim", "fader"].map(|knob| f64::from(desk.value(&Address::strip(&kick.strip.id, knob))));
    let threshold = (hit + out[0] + out[1] - DUCK / (1.0 - 1.0 / RATIO)).clamp(-60.0, 0.0);
    let eighth = desk.brief.tempo.map(f64::from).or_else(|| desk.facts.number("tempo.bpm", ""));
    let release = eighth.map_or(100.0, |bpm| (30_000.0 / bpm).clamp(60.0, 100.0));
    let values = [
        ("threshold", ((threshold * 2.0).round() / 2.0) as f32),
        ("ratio", RATIO as f32),
        ("knee", 3.0),
        ("attack", 3.0),
        ("release", release.round() as f32),
    ];
    let insert =
        Insert { key: Some(kick.strip.id.clone()), ..Insert::new("duck", "dynamics.compressor", &values) };
    let says = format!(
        "{} steps back {DUCK:.0} dB for each hit of {}: it hid the kick below 120 Hz in {:.0} % of the kick's time.",
        target.name,
        kick.strip.name,
        hidden * 100.0,
    );
    Some(
        Decision::new(RULE.code, &[&target.id, &kick.strip.id], says)
            .because(
                Evidence::new("masking.pair", &[stem, desk.stem_of(basses[0].strip)], hidden, "share")
                    .at_most(OFTEN),
            )
            .edit(Edit::AddInsert { strip: target.id.clone(), place: None, insert }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Take;
    use mixsmith_analysis::sketch::{BANDS, centres};
    use mixsmith_analysis::{Fact, Qty, Sketch};
    use std::sync::Arc;

    fn take(bass: f32) -> Take {
        let sketch = |energy: f32| {
            let frame = centres().iter().map(|&hz| if hz < 110.0 { energy } else { 1e-9 });
            let mid: Vec<f32> = frame.collect::<Vec<_>>().into_iter().cycle().take(600 * BANDS).collect();
            Arc::new(Sketch { side: vec![0.0; mid.len()], mid })
        };
        let mut take = Take::new().mono("bd", "kick", -20.0).mono("bass", "bass", -20.0);
        take.facts.push_sketch("bd", sketch(1e-4));
        take.facts.push_sketch("bass", sketch(bass));
        let times = Fact::new("onset.times", &["bd"], Qty::Times((0..50).map(f64::from).collect()));
        take.number("peak.sample", "bd", -3.0).fact(times)
    }

    #[test]
    fn a_bass_over_the_kick_listens_to_it() {
        let (session, decisions) = take(1e-3).mix(Phase::Dynamics);
        assert!(decisions.iter().all(|d| d.status == crate::Status::Taken), "{decisions:?}");
        let insert = session.strip("bass").and_then(|strip| strip.insert("duck").cloned()).unwrap();
        assert_eq!(insert.key.as_deref(), Some("bd"));
    }

    #[test]
    fn a_bass_beside_the_kick_does_not() {
        assert!(take(1e-6).decisions(Phase::Dynamics, RULE.code).is_empty());
    }
}
