//! Compressors for tracks that are more uneven than produced ones.

use mixsmith_session::{Edit, Insert, Strip};

use super::table::{Row, row};
use super::{before_inserts, hits};
use crate::mixmodel::{Part, energy, lufs, recorded};
use crate::tone::{mixed, raw};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "dynamics.compress",
    phase: Phase::Dynamics,
    doc: "**What it does.** Compresses a track that is more uneven than produced tracks of its role: hits that differ \
          by more, notes and phrases whose loud moments stand further above the usual ones. The threshold is found \
          from the track's own levels, so that the mean reduction is that of the table; the make-up gives back what \
          the track loses, so that the balance stays. \
          **Why.** What is even can be placed once and heard throughout. \
          **When it is wrong.** When the swells are the performance; when the track was compressed while it was \
          recorded: below a crest of 8 dB (10 for voices) it is left alone. \
          **How far it goes.** 2 to 4 dB on average. \
          Tracks that came with effects printed are left alone. \
          **Sources.** tables/compression.toml; produced stems: Martínez-Ramírez et al. 2022, \"Automatic music \
          mixing with deep learning and out-of-domain data\".",
    decide,
};

/// Crest factor below which a track is dense already, dB: tracks, voices.
const DENSE: (f64, f64) = (8.0, 10.0);
/// Width of the bend, dB.
const KNEE: f64 = 6.0;
/// Share of a hit's reduction that its loudness feels: the attack lets its beginning pass.
const FELT: f64 = 0.7;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    raw(desk).filter_map(|strip| compress(desk, strip)).collect()
}

fn compress(desk: &Desk<'_>, strip: &Strip) -> Option<Decision> {
    let row = row(desk.role(strip))?;
    let stem = desk.stem_of(strip);
    let crest = desk.facts.number("dynamics.crest", stem)?;
    let voice = mixsmith_analysis::role(desk.role(strip)).is_some_and(|role| role.family.ends_with("vocals"));
    if crest < if voice { DENSE.1 } else { DENSE.0 } || strip.insert("comp").is_some() {
        return None;
    }
    let plan = if row.hits { of_hits(desk, strip, row) } else { of_levels(desk, strip, row) }?;
    let mut release = row.release;
    if let Some(rate) = desk.facts.number("onset.rate", stem).filter(|&rate| row.hits && rate > 0.0) {
        // It must have let go before the next hit.
        release = release.min(1000.0 / (3.0 * rate)).max(50.0);
    }
    let step = |x: f64| ((x * 2.0).round() / 2.0) as f32;
    let values = [
        ("threshold", step(plan.threshold.clamp(-60.0, 0.0))),
        ("ratio", row.ratio as f32),
        ("knee", KNEE as f32),
        ("attack", row.attack as f32),
        ("release", release.round() as f32),
        ("makeup", (plan.makeup * 10.0).round() as f32 / 10.0),
        ("detector", if row.hits { 0.0 } else { 1.0 }),
    ];
    let what = if row.hits {
        format!("its mean hit lies {:.1} dB below the hardest", plan.uneven)
    } else {
        format!("its loud moments stand {:.1} LU above the usual", plan.uneven)
    };
    let says = format!(
        "{} compressed {}:1, {:.1} dB on average: {what} ({:.1} is even), and its crest is {crest:.1} dB. The make-up of \
         {:+.1} dB keeps its level.",
        strip.name, row.ratio, plan.mean, row.uneven, plan.makeup,
    );
    let fact = if row.hits { "dynamics.hits" } else { "loudness.momentary" };
    let insert = Insert::new("comp", "dynamics.compressor", &values);
    Some(
        Decision::new(RULE.code, &[&strip.id], says)
            .because(Evidence::new(fact, &[stem], plan.uneven, "dB").at_most(row.uneven))
            .because(Evidence::new("dynamics.crest", &[stem], crest, "dB"))
            .edit(Edit::AddInsert { strip: strip.id.clone(), place: None, insert }),
    )
}

/// What a compressor should do, dB.
struct Plan {
    uneven: f64,
    threshold: f64,
    mean: f64,
    makeup: f64,
}

/// Reduction of a level above a threshold (the compressor's own curve, a parabola in the bend).
fn reduction(over: f64, ratio: f64) -> f64 {
    let slope = 1.0 - 1.0 / ratio;
    let into = (over + 0.5 * KNEE).max(0.0);
    if into < KNEE { slope * into * into / (2.0 * KNEE) } else { slope * over }
}

fn of_hits(desk: &Desk<'_>, strip: &Strip, row: &Row) -> Option<Plan> {
    let (mean_hit, hardest) = hits(desk, desk.stem_of(strip))?;
    let uneven = hardest - mean_hit;
    if uneven <= row.uneven {
        return None;
    }
    let over = solve(|over| reduction(over, row.ratio), row.reduction);
    let threshold = mean_hit + before_inserts(desk, strip) - over;
    Some(Plan { uneven, threshold, mean: row.reduction, makeup: FELT * row.reduction })
}

fn of_levels(desk: &Desk<'_>, strip: &Strip, row: &Row) -> Option<Plan> {
    let part = Part::new(&strip.id, recorded(desk, strip)?, 0.0)?;
    let mut levels: Vec<f64> =
        part.energy.iter().zip(&part.plays).filter(|(_, plays)| **plays).map(|(&e, _)| lufs(e)).collect();
    levels.sort_by(f64::total_cmp);
    let at = |share: f64| levels[((levels.len() - 1) as f64 * share) as usize];
    let uneven = at(0.95) - at(0.5);
    if uneven <= row.uneven {
        return None;
    }
    // The detector hears the mean square of a channel without the weighting of loudness: what lies between the two
    // is known from the track's own spectrum.
    let trim = f64::from(desk.value(&mixsmith_session::Address::strip(&strip.id, "trim")));
    let shift = trim + unweighted(desk, desk.stem_of(strip)).unwrap_or(-2.3);
    let mean = |threshold: f64| {
        let sum: f64 = levels.iter().map(|level| reduction(level + shift - threshold, row.ratio)).sum();
        sum / levels.len() as f64
    };
    let threshold = -solve(|minus| mean(-minus), row.reduction);
    let loudness = |reduced: bool| {
        let one = |level: &f64| {
            energy(level - if reduced { reduction(level + shift - threshold, row.ratio) } else { 0.0 })
        };
        lufs(levels.iter().map(one).sum::<f64>() / levels.len() as f64)
    };
    let makeup = loudness(false) - loudness(true);
    Some(Plan { uneven, threshold, mean: mean(threshold), makeup })
}

/// The level of a channel in dBFS over its loudness.
fn unweighted(desk: &Desk<'_>, stem: &str) -> Option<f64> {
    let bands = desk.facts.bands("spectrum.third_octave", stem)?;
    let power: f64 = bands.iter().map(|&db| energy(f64::from(db))).sum();
    let shift = lufs(power) - desk.facts.number("loudness.active", stem)?;
    // The weighting moves a level by so much at most; more would be a fault of the facts.
    Some(shift.clamp(-8.0, 12.0))
}

/// Where a rising function between -60 and 80 reaches a value.
fn solve(f: impl Fn(f64) -> f64, value: f64) -> f64 {
    let (mut low, mut high) = (-60.0, 80.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if f(middle) < value { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{FRAMES, Take, value};
    use mixsmith_analysis::{Fact, Qty};

    fn singer(loud: f32, crest: f64) -> Take {
        let levels: Vec<f32> = (0..FRAMES).map(|i| if i % 8 == 0 { loud } else { -26.0 }).collect();
        Take::new().stem("vox", "lead-vocal", 1, &levels).number("dynamics.crest", "vox", crest)
    }

    #[test]
    fn an_uneven_voice_is_compressed_and_keeps_its_loudness() {
        let (session, _) = singer(-18.0, 16.0).mix(Phase::Dynamics);
        let knob = |id: &str| f64::from(value(&session, &format!("vox/comp.{id}")));
        let trim = f64::from(value(&session, "vox/trim"));
        let through = |level: f64| {
            level - reduction(level - 2.3 + trim - knob("threshold"), knob("ratio")) + knob("makeup")
        };
        let mean = |f: &dyn Fn(f64) -> f64| lufs((7.0 * energy(f(-26.0)) + energy(f(-18.0))) / 8.0);
        assert!((mean(&through) - mean(&|x| x)).abs() < 0.3);
        assert!(through(-18.0) - through(-26.0) < 6.0);
    }

    #[test]
    fn steady_and_dense_voices_are_left_alone() {
        assert!(singer(-25.0, 16.0).decisions(Phase::Dynamics, RULE.code).is_empty());
        assert!(singer(-18.0, 9.0).decisions(Phase::Dynamics, RULE.code).is_empty());
    }

    #[test]
    fn uneven_hits_are_held_by_the_mean_reduction() {
        // A hit a second, one in ten of them hard.
        let kick = |soft: f32| {
            let level = |i: usize| {
                if i % 100 < 5 {
                    -14.0
                } else if i % 10 < 5 {
                    soft
                } else {
                    -60.0
                }
            };
            let levels: Vec<f32> = (0..FRAMES).map(level).collect();
            let times = Qty::Times((0..59).map(f64::from).collect());
            Take::new()
                .stem("bd", "kick", 1, &levels)
                .fact(Fact::new("onset.times", &["bd"], times))
                .number("dynamics.crest", "bd", 18.0)
                .number("peak.sample", "bd", -3.0)
                .number("onset.rate", "bd", 1.0)
        };
        assert!(kick(-16.0).decisions(Phase::Dynamics, RULE.code).is_empty());
        let (session, _) = kick(-22.0).mix(Phase::Dynamics);
        let knob = |id: &str| f64::from(value(&session, &format!("bd/comp.{id}")));
        let mean = -3.0 - 8.0 * 53.0 / 59.0 + f64::from(value(&session, "bd/trim"));
        assert!((reduction(mean - knob("threshold"), 4.0) - 2.0).abs() < 0.3);
    }
}
