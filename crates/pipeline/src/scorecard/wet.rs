//! The dynamics of the tracks as they are in the mix.
//!
//! Finished stems have been measured by others, as the sum of all drums, all voices and so on: so are these, from the
//! printed groups that hold one family alone.

use std::collections::BTreeMap;

use super::card::{Bar, Card, Figure};
use super::stem;
use crate::Mixed;
use crate::envelope::Envelope;
use crate::report::parts::{Part, late};

const fn onset(name: &'static str, mean: f64, sd: f64, means: &'static str) -> Figure {
    let how = "Peaks from each recorded onset to the next, below the largest peak of the printed group: mean of the \
               loudest quarter of them; mean of the groups that hold this family alone. Limit: mean of produced stems \
               less their standard deviation (Martínez-Ramírez et al. 2022), whose detector finds softer onsets too, so \
               that there is no upper one.";
    Figure { group: "Tracks", name, unit: "dB", bar: Bar::Least(mean - sd), row: 12, how, means }
}

const ONSETS: [(&str, Figure); 4] = [
    (
        "voices",
        onset(
            "Onsets of voices",
            -4.2,
            1.4,
            "How far the louder notes lie under the loudest one. Lower: less evened out than records; higher: flattened.",
        ),
    ),
    (
        "drums",
        onset(
            "Onsets of drums",
            -3.5,
            1.1,
            "How far the louder hits lie under the hardest one: near 0 they are all alike.",
        ),
    ),
    (
        "bass",
        onset(
            "Onsets of the bass",
            -3.1,
            0.9,
            "How far the louder notes lie under the loudest one. A bass is evened out most.",
        ),
    ),
    (
        "others",
        onset(
            "Onsets of the others",
            -4.7,
            1.3,
            "How far the louder notes of all other instruments lie under their loudest.",
        ),
    ),
];

const CREST: Figure = Figure {
    group: "Tracks",
    name: "Crest of the tracks",
    unit: "dB",
    bar: Bar::Within(10.4, 23.0),
    row: 12,
    how: "Largest peak of each printed stem over its mean square while it plays; mean of the tracks. Limit: mean and \
          standard deviation of 16.7 and 6.3 dB, produced tracks (Moliner et al. 2026).",
    means: "Peak over power of the tracks in the mix. Squashed tracks have little, drums much.",
};

pub(super) const FIGURES: &[&Figure] = &[&ONSETS[0].1, &ONSETS[1].1, &ONSETS[2].1, &ONSETS[3].1, &CREST];

/// A mean needs this many onsets.
const FEW: usize = 5;
/// Onsets of several tracks within this are one, and an onset is found this near to it, seconds.
const TOGETHER: f64 = 0.05;
const HOP: f64 = 0.01;

pub(super) fn wet(mixed: &Mixed, parts: &[Part], card: &mut Card) {
    let mut found: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for group in mixed.manifest.outputs.iter().filter(|output| output.kind == "group") {
        let members: Vec<&Part> = parts.iter().filter(|part| feeds(mixed, &part.id, &group.of)).collect();
        let Some(first) = members.first().map(|part| class(part)) else { continue };
        if members.iter().any(|part| class(part) != first) {
            continue;
        }
        let mut begin: Vec<f64> = members.iter().flat_map(|part| onsets(mixed, &part.id)).collect();
        begin.sort_by(f64::total_cmp);
        begin.dedup_by(|next, last| *next - *last < TOGETHER);
        found.entry(first).or_default().extend(below_peak(&group.envelope, &begin));
    }
    let mean = |values: &Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    for (class, figure) in &ONSETS {
        card.add(figure, found.get(class).filter(|values| !values.is_empty()).map(mean));
    }
    let crests: Vec<f64> =
        parts.iter().filter_map(|part| crest(&stem(mixed, &part.id)?.envelope, &part.plays)).collect();
    card.add(&CREST, (!crests.is_empty()).then(|| mean(&crests)));
}

/// Which of the families of produced stems a track belongs to.
fn class(part: &Part) -> &'static str {
    match part.family {
        "lead-vocals" | "backing-vocals" => "voices",
        "drums" => "drums",
        "bass" => "bass",
        _ => "others",
    }
}

/// Does a strip feed another one, by way of whatever buses?
fn feeds(mixed: &Mixed, strip: &str, into: &str) -> bool {
    let mut at = Some(strip);
    // A route in a circle is a fault of the session: eight buses in a row are enough.
    for _ in 0..8 {
        match at {
            Some(id) if id == into => return true,
            Some(id) => at = mixed.session.strip(id).and_then(|strip| strip.to.as_deref()),
            None => return false,
        }
    }
    false
}

/// Beginnings of the sounds that a track plays, seconds of the song in order.
pub(super) fn onsets(mixed: &Mixed, strip: &str) -> Vec<f64> {
    let rate = f64::from(mixed.session.song.rate.max(1));
    let clips = mixed.session.strip(strip).map_or(&[][..], |strip| strip.clips());
    let mut all: Vec<f64> = Vec::new();
    for clip in clips {
        let late = late(mixed, clip);
        let (start, end) = (clip.at as f64 / rate, (clip.at + clip.frames as i64) as f64 / rate);
        let times = mixed.listened.facts.times("onset.times", &clip.source).iter().map(|time| time + late);
        all.extend(times.filter(|time| (start..end).contains(time)));
    }
    all.sort_by(f64::total_cmp);
    all
}

/// Mean of the loudest quarter of the peaks between onsets, below the largest peak, dB.
fn below_peak(print: &Envelope, onsets: &[f64]) -> Option<f64> {
    let most = print.peaks.iter().fold(0f32, |a, &b| a.max(b));
    if most <= 0.0 || onsets.len() < FEW {
        return None;
    }
    // An onset may be found a hop after the sound begins. One that a gate has shut is none.
    let ends = onsets[1..].iter().copied().chain([f64::INFINITY]);
    let peaks = onsets.iter().zip(ends).map(|(&at, end)| print.peak(at - HOP, end - HOP));
    let mut levels: Vec<f64> =
        peaks.filter(|&peak| peak > 0.001 * most).map(|peak| 20.0 * f64::from(peak / most).log10()).collect();
    levels.sort_by(|a, b| b.total_cmp(a));
    let quarter = &levels[..levels.len().div_ceil(4)];
    (levels.len() >= FEW).then(|| quarter.iter().sum::<f64>() / quarter.len() as f64)
}

/// Peak over mean square while it plays, dB.
fn crest(print: &Envelope, plays: &[bool]) -> Option<f64> {
    let most = print.peaks.iter().fold(0f32, |a, &b| a.max(b));
    let energies: Vec<f64> =
        (0..plays.len()).filter(|&f| plays[f]).map(|frame| print.energy(frame)).collect();
    let mean = energies.iter().sum::<f64>() / energies.len().max(1) as f64;
    (most > 0.0 && mean > 0.0).then(|| 20.0 * f64::from(most).log10() - 10.0 * mean.log10())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Follower;
    use crate::scorecard::Verdict;

    fn hits(level: impl Fn(usize) -> f32) -> (Envelope, Vec<f64>) {
        // Every half second a hit that dies within 100 ms.
        let wave: Vec<f32> = (0..48_000 * 10)
            .map(|i| {
                let (hit, t) = (i / 24_000, (i % 24_000) as f32 / 48_000.0);
                level(hit) * (-t * 40.0).exp() * (t * 200.0 * std::f32::consts::TAU).cos()
            })
            .collect();
        let mut follower = Follower::new(48_000);
        follower.add(&wave, &wave);
        (follower.finish(), (0..20).map(|hit| hit as f64 * 0.5).collect())
    }

    #[test]
    fn onsets_are_measured_from_the_hardest() {
        let (even, at) = hits(|_| 0.5);
        assert!(below_peak(&even, &at).unwrap().abs() < 0.01);
        // Two of twenty hits stand out by 6 dB: two and three of the five loudest.
        let (uneven, at) = hits(|hit| if hit % 10 == 0 { 0.5 } else { 0.25 });
        assert!((below_peak(&uneven, &at).unwrap() + 3.61).abs() < 0.01);
        assert_eq!(below_peak(&uneven, &at[..3]), None, "too few");
        let mut card = Card::default();
        card.add(&ONSETS[1].1, below_peak(&uneven, &at));
        card.add(&ONSETS[1].1, below_peak(&even, &at));
        // One hit far above all others.
        let (lonely, at) = hits(|hit| if hit == 3 { 0.5 } else { 0.2 });
        card.add(&ONSETS[1].1, below_peak(&lonely, &at));
        let verdicts: Vec<Verdict> = card.0.iter().map(|score| score.verdict).collect();
        assert_eq!(verdicts, [Verdict::Pass, Verdict::Pass, Verdict::Alarm]);
    }

    #[test]
    fn the_crest_of_a_sine_is_three_decibels() {
        let wave: Vec<f32> = (0..48_000).map(|i| 0.5 * (i as f32 * 0.1).sin()).collect();
        let mut follower = Follower::new(48_000);
        follower.add(&wave, &wave);
        let found = crest(&follower.finish(), &[true; 10]).unwrap();
        assert!((found - 3.01).abs() < 0.02, "{found}");
        let mut card = Card::default();
        card.add(&CREST, Some(found));
        assert_eq!(card.0[0].verdict, Verdict::Alarm);
    }
}
