//! Bleed: how loud one drum is in the microphone of another.

use crate::window::{self, Side};
use crate::{Fact, Facts, Measure, Qty, Song, Stem};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[Measure {
    id: "bleed",
    unit: "dB",
    doc: "About [source, microphone]: level in the microphone over level in the source's own, at hits of the source alone.",
}];

/// Seconds in which a hit is measured, and before and after which the other drum must not hit.
const HIT: f64 = 0.05;
const CLEAR: f64 = 0.12;

/// Adds `bleed` between the close microphones of the kit.
pub fn measure(song: &Song, facts: &mut Facts) {
    const CLOSE: [&str; 8] =
        ["kick-in", "kick-out", "kick", "snare-top", "snare-bottom", "snare", "hihat", "toms"];
    let close: Vec<(&Stem, &str)> = crate::leave_out::kept(song, facts)
        .into_iter()
        .filter_map(|stem| Some((stem, *CLOSE.iter().find(|id| facts.text("role", &stem.id) == Some(**id))?)))
        .collect();
    let mut found = Vec::new();
    for &(source, role) in &close {
        for &(microphone, other) in &close {
            // Two microphones of one drum hear it both: that is no bleed.
            if role.split('-').next() == other.split('-').next() {
                continue;
            }
            found.extend(bleed(song, facts, source, microphone));
        }
    }
    facts.extend(found);
}

fn bleed(song: &Song, facts: &Facts, source: &Stem, microphone: &Stem) -> Option<Fact> {
    let rate = f64::from(song.rate);
    let onsets = window::strong_onsets(song, facts, source, 48, 0.1);
    let own = window::strong_onsets(song, facts, microphone, 48, 0.1);
    let clear = (CLEAR * rate) as i64;
    let alone = onsets.iter().filter(|&&place| own.iter().all(|hit| (hit - place).abs() > clear));
    let size = (HIT * rate) as usize;
    let mut ratios: Vec<f64> = alone
        .filter_map(|&place| {
            let a = window::energy(&window::read(source, Side::Mid, place, size));
            let b = window::energy(&window::read(microphone, Side::Mid, place, size));
            (a > 0.0).then(|| 10.0 * (b / a).max(1e-9).log10())
        })
        .collect();
    if ratios.len() < 4 {
        return None;
    }
    ratios.sort_by(f64::total_cmp);
    let middle = ratios[ratios.len() / 2];
    if middle <= -80.0 {
        return None;
    }
    let spread = ratios[ratios.len() * 3 / 4] - ratios[ratios.len() / 4];
    let sure = (1.0 - spread / 20.0).clamp(0.2, 1.0) * (ratios.len() as f64 / 8.0).min(1.0);
    Some(Fact::new("bleed", &[&source.id, &microphone.id], Qty::Number(middle)).confidence(sure as f32))
}
