//! As wide as a reference.

use mixsmith_session::{Edit, Insert};

use crate::buses::mix::MASTER;
use crate::like::REFERENCE;
use crate::master::HEARD;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "master.width",
    phase: Phase::Master,
    doc: "**What it does.** With a reference, turns the width of the rendered mix towards that of the reference above 120 Hz, and \
          keeps the bottom in the middle where the reference has it there. \
          **Why.** You asked to be like it. \
          **When it is wrong.** When the recordings have no width: nothing can be widened that is mono. \
          **How far it goes.** 70 to 140 % of its width; mono below 120 Hz; nothing below 1 dB of difference. Without a reference \
          it does nothing. \
          **Sources.** The reference; fact `stereo.width_bands`.",
    decide,
};

/// Least and most of its width, per cent.
const RANGE: (f64, f64) = (70.0, 140.0);
/// Differences below this stay, dB.
const LEAST: f64 = 1.0;
/// A bottom with less side than this is in the middle, dB, Hz.
const BOTTOM: (f64, f32) = (-20.0, 120.0);

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    let bands = |of: &str| desk.facts.bands("stereo.width_bands", of).filter(|bands| bands.len() == 5);
    let (Some(wanted), Some(heard)) = (bands(REFERENCE), bands(HEARD)) else { return Vec::new() };
    // Where one of the two has no side at all, nothing can be said.
    let apart: Vec<f64> = (1..5)
        .filter(|&band| wanted[band] > -60.0 && heard[band] > -60.0)
        .map(|band| f64::from(wanted[band] - heard[band]))
        .collect();
    let by = apart.iter().sum::<f64>() / apart.len().max(1) as f64;
    let width = (100.0 * 10f64.powf(by / 20.0)).clamp(RANGE.0, RANGE.1).round();
    let low = f64::from(wanted[0]) < BOTTOM.0 && f64::from(heard[0]) > BOTTOM.0;
    if by.abs() < LEAST && !low {
        return Vec::new();
    }
    let width = if by.abs() < LEAST { 100.0 } else { width };
    let mut values = vec![("width", width as f32)];
    let mut says = format!(
        "Width of the master {width:.0} %: above 120 Hz the mix has {:.1} dB {} side than the reference.",
        by.abs(),
        if by > 0.0 { "less" } else { "more" }
    );
    if low {
        values.push(("monobelow", BOTTOM.1));
        says += " Mono below 120 Hz, as the reference is.";
    }
    let insert = Insert::new("width", "stereo.width", &values);
    let mut decision = Decision::new(RULE.code, &[MASTER], says).edit(Edit::AddInsert {
        strip: MASTER.to_owned(),
        place: Some(0),
        insert,
    });
    for (band, name) in
        ["below 120 Hz", "to 500 Hz", "to 2 kHz", "to 8 kHz", "above 8 kHz"].iter().enumerate()
    {
        decision = decision.because(
            Evidence::new(&format!("stereo.width_bands {name}"), &[HEARD], f64::from(heard[band]), "dB")
                .wanted(f64::from(wanted[band])),
        );
    }
    vec![decision]
}

#[cfg(test)]
mod tests {
    use mixsmith_analysis::{Fact, Qty};

    use super::*;
    use crate::fixture::{Take, value};

    #[test]
    fn only_a_reference_turns_the_width() {
        let bands = |of: &str, db: f32| {
            Fact::new("stereo.width_bands", &[of], Qty::Bands(vec![-40.0, db, db, db, db]))
        };
        let take = || Take::new().mono("vox", "lead-vocal", -20.0).fact(bands("mix", -12.0));
        assert!(take().decisions(Phase::Master, RULE.code).is_empty());
        let session = take().fact(bands(REFERENCE, -10.0)).mix(Phase::Master).0;
        assert_eq!(value(&session, "master/width.width"), 126.0);
    }
}
