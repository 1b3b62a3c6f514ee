//! A gentle compressor on the mix bus.

use mixsmith_session::{Edit, Insert, Strip};

use crate::buses::mix::MIX;
use crate::mixmodel::MixModel;
use crate::tone::{heard, mixed, raw};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "mixbus.glue",
    phase: Phase::MixBus,
    doc: "**What it does.** Puts a 1.8:1 compressor with a soft knee on the mix bus, its threshold set from the loudness \
          of the mix so that only the loudest moments are held, by 1 to 2 dB. \
          **Why.** Parts that are turned down together sound played together. \
          **When it is wrong.** On stems that were mixed and compressed already, and on music that lives from its \
          swells: it is left out when the tracks come balanced or most of them with effects printed, and when together they \
          swing less than 5 LU or more than 12 LU. \
          **How far it goes.** 3 dB at most; attack 30 ms, so hits pass; release 250 ms. \
          **Sources.** mix bus ratio 1.5 to 2, 1 to 2 dB of reduction, 20 to 30 ms and 250 ms: practice as collected \
          in the iZotope mastering guide 2015.",
    decide,
};

/// Short-term swing of the mix, 95th less 10th percentile, in which glue helps, LU.
const SWING: std::ops::RangeInclusive<f64> = 5.0..=12.0;
/// Threshold above the integrated loudness of the mix, dB: the detector hears peaks, some 8 dB above LUFS.
const ABOVE: f64 = 5.0;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let count = |tracks: &mut dyn Iterator<Item = &Strip>| tracks.count();
    if mixed(desk) || 2 * count(&mut raw(desk)) < count(&mut heard(desk)) {
        return Vec::new();
    }
    let model = MixModel::new(desk);
    let faders = model.faders();
    let Some(loudness) = model.loudness(&faders) else { return Vec::new() };
    let swing = swing(&model.mix(&faders));
    let evidence = [
        Evidence::new("loudness.integrated", &[MIX], loudness, "LUFS"),
        Evidence::new("loudness.swing", &[MIX], swing, "LU"),
    ];
    let decision = |says: String| {
        let mut decision = Decision::new(RULE.code, &[MIX], says);
        decision.because.extend(evidence.clone());
        decision
    };
    if !SWING.contains(&swing) {
        let why = if swing < *SWING.start() {
            format!("the mix swings only {swing:.1} LU: it holds together already")
        } else {
            format!("the mix swings {swing:.1} LU: its swells are the music")
        };
        let mut refused = decision(format!("No compressor on the mix bus: {why}."));
        refused.status = crate::Status::Refused(why);
        return vec![refused];
    }
    let threshold = (loudness + ABOVE).clamp(-50.0, 0.0) as f32;
    let values = [
        ("threshold", threshold),
        ("ratio", 1.8),
        ("knee", 8.0),
        ("attack", 30.0),
        ("release", 250.0),
        // Bass must not move the rest.
        ("keylowcut", 90.0),
    ];
    let says = format!(
        "A gentle 1.8:1 compressor holds the mix together: the mix stands at {loudness:.1} LUFS and swings {swing:.1} \
         LU; it works above {threshold:.1} dB."
    );
    let insert = Insert::new("glue", "dynamics.compressor", &values);
    vec![decision(says).edit(Edit::AddInsert { strip: MIX.to_owned(), place: None, insert })]
}

/// 95th less 10th percentile of the loudness of 3 s windows, over those within 20 LU of the loudest.
fn swing(energies: &[f64]) -> f64 {
    let window = (3.0 / crate::mixmodel::STEP).round() as usize;
    let short: Vec<f64> = energies
        .windows(window)
        .map(|w| crate::mixmodel::lufs(w.iter().sum::<f64>() / window as f64))
        .collect();
    let loudest = short.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut active: Vec<f64> = short.into_iter().filter(|&lufs| lufs > loudest - 20.0).collect();
    active.sort_by(f64::total_cmp);
    let at = |share: f64| active.get(((active.len() as f64 - 1.0) * share) as usize).copied().unwrap_or(0.0);
    if active.is_empty() { 0.0 } else { at(0.95) - at(0.10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swing_is_the_step_between_quiet_and_loud() {
        let mut energies = vec![crate::mixmodel::energy(-30.0); 300];
        energies.extend(vec![crate::mixmodel::energy(-22.0); 300]);
        assert!((swing(&energies) - 8.0).abs() < 0.1, "{}", swing(&energies));
        assert_eq!(swing(&[]), 0.0);
    }
}
