//! High-passes, where something is below that the track does not need.

use std::sync::LazyLock;

use mixsmith_session::Strip;
use serde::Deserialize;

use super::bands::{Band, Equalisers};
use super::{heard, hertz, level, mixed, raw};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "tone.high-pass",
    phase: Phase::Tone,
    doc: "**What it does.** Takes out the bottom of a track, 12 dB an octave, where what lies there is a residue of the \
          track (0.5 to 10 % of its power) and yet more than a hundredth of all that sounds so low in the mix. \
          **Why.** Rumble, steps and bleed add up over many microphones, and take the room of kick and bass. \
          **When it is wrong.** When the low residue is the body of a quiet passage: switch the band off. \
          **How far it goes.** The corner is that of the table for the role, and at most 0.7 times the lowest pitch \
          that was found. Kick and bass have none. \
          Tracks that came with effects printed are left alone. \
          **Sources.** tables/high_pass.toml; no routine high-pass: Pestana and Reiss 2014, \"Intelligent audio \
          production strategies informed by best practices\".",
    decide,
};

/// Share of the track's own power below the corner that is a residue.
const RESIDUE: std::ops::Range<f64> = 0.005..0.1;
/// Share of the mix's power below the corner from which on a residue is heard.
const HEARD: f64 = 0.01;
/// Highest corner against the lowest pitch.
const UNDER_PITCH: f64 = 0.7;
/// Pitch counts where this share of the track has one.
const PITCHED: f64 = 0.3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    roles: Vec<String>,
    hz: f64,
    #[allow(dead_code, reason = "for the reader of the table; a test sees that it is there")]
    source: String,
}

#[derive(Deserialize)]
struct Table {
    row: Vec<Row>,
}

static CORNERS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    toml::from_str::<Table>(include_str!("../../tables/high_pass.toml")).expect("tables/high_pass.toml").row
});

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if mixed(desk) {
        return Vec::new();
    }
    let mut equalisers = Equalisers::new(desk);
    raw(desk).filter_map(|strip| high_pass(desk, strip, &mut equalisers)).collect()
}

fn high_pass(desk: &Desk<'_>, strip: &Strip, equalisers: &mut Equalisers<'_>) -> Option<Decision> {
    let row = CORNERS.iter().find(|row| row.roles.iter().any(|role| role == desk.role(strip)))?;
    let stem = desk.stem_of(strip);
    let number = |what: &str| desk.facts.number(what, stem);
    let pitch = number("pitch.low").filter(|_| number("pitch.voiced").is_some_and(|share| share >= PITCHED));
    let corner = pitch.map_or(row.hz, |low| row.hz.min(UNDER_PITCH * low));
    let (low, all) = power(desk, strip, corner)?;
    let share = low / all.max(1e-20);
    let mix: f64 = heard(desk).filter_map(|other| Some(power(desk, other, corner)?.0)).sum();
    if !RESIDUE.contains(&share) || low < HEARD * mix {
        return None;
    }
    let edits = equalisers.add(strip, &[Band::high_pass(corner)])?;
    let lowest = pitch.map_or_else(String::new, |hz| format!("; its lowest note is at {}", hertz(hz)));
    let says = format!(
        "{} high-pass at {}: what lies below is {:.1} % of the track but {:.0} % of all that sounds there{lowest}.",
        strip.name,
        hertz(corner),
        share * 100.0,
        low / mix * 100.0,
    );
    let mut decision = Decision::new(RULE.code, &[&strip.id], says)
        .because(Evidence::new("spectrum.third_octave", &[stem], share, "share").at_most(RESIDUE.start));
    if let Some(hz) = pitch {
        decision = decision.because(Evidence::new("pitch.low", &[stem], hz, "Hz"));
    }
    decision.edits = edits;
    Some(decision)
}

/// Power below a corner and in all, at the level in the mix.
fn power(desk: &Desk<'_>, strip: &Strip, corner: f64) -> Option<(f64, f64)> {
    let gain = 10f64.powf(level(desk, strip) / 10.0);
    let levels = desk.facts.bands("spectrum.third_octave", desk.stem_of(strip))?;
    let (mut low, mut all) = (0.0, 0.0);
    for (i, &db) in levels.iter().enumerate() {
        let energy = gain * 10f64.powf(f64::from(db) / 10.0);
        // The band counts as below when its upper edge is.
        let edge = 1000.0 * 10f64.powf((i as f64 - 14.5) / 10.0);
        low += if edge <= corner * 1.05 { energy } else { 0.0 };
        all += energy;
    }
    Some((low, all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Take, value};
    use mixsmith_analysis::ROLES;
    use mixsmith_analysis::{Fact, Qty};

    fn take(rumble: f32) -> Take {
        let mut levels = vec![-60.0f32; 28];
        levels[8..24].fill(-30.0);
        // 40 to 63 Hz.
        levels[1..4].fill(rumble);
        let spectrum = |stem: &str| Fact::new("spectrum.third_octave", &[stem], Qty::Bands(levels.clone()));
        Take::new().mono("vox", "lead-vocal", -20.0).fact(spectrum("vox"))
    }

    #[test]
    fn rumble_is_taken_out_below_the_voice() {
        let mut take = take(-35.0);
        take = take.number("pitch.low", "vox", 110.0).number("pitch.voiced", "vox", 0.8);
        let (session, _) = take.mix(Phase::Tone);
        assert_eq!(value(&session, "vox/eq.type1"), 4.0);
        assert_eq!(value(&session, "vox/eq.freq1"), 77.0);
    }

    #[test]
    fn a_clean_track_and_a_low_instrument_are_left_alone() {
        for rumble in [-60.0, -10.0] {
            assert!(take(rumble).decisions(Phase::Tone, RULE.code).is_empty(), "{rumble}");
        }
    }

    #[test]
    fn rows_are_about_roles_and_have_sources() {
        for row in CORNERS.iter() {
            assert!(row.hz > 20.0 && !row.source.is_empty());
            assert!(
                row.roles.iter().all(|role| ROLES.iter().any(|known| known.id == role)),
                "{:?}",
                row.roles
            );
        }
    }
}
