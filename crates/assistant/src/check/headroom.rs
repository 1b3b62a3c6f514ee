//! The level of the mix that is handed to mastering.

use mixsmith_session::{Address, Edit};

use crate::buses::mix::MIX;
use crate::master::heard;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "check.headroom",
    phase: Phase::Check,
    doc: "**What it does.** Sets the fader of the mix bus from the rendered mix: true peak at -3 dBTP at most, loudness \
          between -24 and -16 LUFS. \
          **Why.** A mix for mastering needs headroom, and must not drown in the noise of 24 bits either. \
          **When it is wrong.** When somebody wants the mix at another level: the fader of `mix` is the only thing it \
          turns. \
          **How far it goes.** As far as needed; it changes nothing but level. \
          **Sources.** Mix level before mastering, peaks -6 to -3 dBFS and -20 to -16 LUFS: practice.",
    decide,
};

/// Highest true peak of the mix, dBTP.
const PEAK: f64 = -3.0;
/// Highest and lowest loudness, LUFS.
const LOUDEST: f64 = -16.0;
const SOFTEST: f64 = -24.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let facts = desk.facts;
    let (Some(loudness), Some(peak)) = (heard(facts, "loudness.integrated"), heard(facts, "peak.true"))
    else {
        return Vec::new();
    };
    let down = (PEAK - peak).min(LOUDEST - loudness).min(0.0);
    let up = (SOFTEST - loudness).min(PEAK - peak).max(0.0);
    let change = down + if down < 0.0 { 0.0 } else { up };
    if change.abs() < 0.1 {
        return Vec::new();
    }
    let at = Address::strip(MIX, "fader");
    let to = (desk.value(&at) + change as f32).clamp(-90.0, 12.0);
    let says = format!(
        "Mix bus {change:+.1} dB: the mix peaked at {peak:.1} dBTP and stood at {loudness:.1} LUFS; mastering wants \
         {PEAK:.0} dBTP at most and {SOFTEST:.0} to {LOUDEST:.0} LUFS."
    );
    vec![
        Decision::new(RULE.code, &[MIX], says)
            .because(Evidence::new("peak.true", &[MIX], peak, "dBTP").at_most(PEAK))
            .because(Evidence::new("loudness.integrated", &[MIX], loudness, "LUFS"))
            .edit(Edit::Set { at, to }),
    ]
}
