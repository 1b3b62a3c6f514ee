//! The lead voice, phrase by phrase.

use mixsmith_analysis::Span;
use mixsmith_session::{Edit, Lane};

use super::{SPACING, between, lead_tracks, point, rider, tidy, voice_and_rest};
use crate::mixmodel::{MixModel, lufs};
use crate::says::{count, signed};
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "ride.voice",
    phase: Phase::Ride,
    doc: "**What it does.** Rides the lead voice so that every phrase stands as far above the accompaniment as the \
          median phrase. \
          **Why.** A compressor sees only the voice; the ride sees what it sings against. \
          **When it is wrong.** When a phrase is meant to be drowned or to stand out. \
          **How far it goes.** 3 dB up or down; phrases within 1 dB stay; at most 6 dB a second; points only at \
          borders of phrases and on average at most one every two seconds. Nothing is done when the phrases already \
          agree within 1.2 dB, as they do in finished mixes (0.6 to 1.2). Where the accompaniment rests, it counts \
          as 6 dB below its median. \
          **Sources.** Practice; spread of the voice over phrases in ten mixes by people: 0.9 dB.",
    decide,
};

/// Largest ride, dB.
const LIMIT: f64 = 3.0;
/// Phrases within this stay, dB.
const IGNORE: f64 = 1.0;
/// Spread of the phrases of finished mixes, dB.
const STEADY: f64 = 1.2;
/// Fastest change, dB a second.
const SLEW: f64 = 6.0;

/// A phrase or several that belong together.
struct Unit {
    start: f64,
    end: f64,
    /// Voice over accompaniment, dB.
    above: f64,
}

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    ride(desk).into_iter().collect()
}

fn ride(desk: &Desk<'_>) -> Option<Decision> {
    let strip = rider(desk.session, "lead-vocals").filter(|_| lead_tracks(desk.session).next().is_some())?;
    let model = MixModel::new(desk);
    let (voice, rest) = voice_and_rest(&model, desk.session);
    let units = units(&phrases(desk), &voice, &rest);
    if units.len() < 3 {
        return None;
    }
    let mut sorted: Vec<f64> = units.iter().map(|unit| unit.above).collect();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted[sorted.len() / 2];
    let count_units = units.len() as f64;
    let mean = sorted.iter().sum::<f64>() / count_units;
    let spread = (sorted.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count_units).sqrt();
    if spread <= STEADY {
        return None;
    }
    let gains = gains(&units, usual);
    let rate = desk.song.rate;
    let mut points = Vec::new();
    for (i, (unit, &gain)) in units.iter().zip(&gains).enumerate() {
        let (before, after) = (i.checked_sub(1).map(|b| gains[b]), gains.get(i + 1));
        let label = format!("phrase {}: {} dB", i + 1, signed(gain));
        if before.is_some_and(|before| before != gain) {
            points.push(point(rate, unit.start - 0.05, gain, &label));
        }
        if after.is_some_and(|&after| after != gain) {
            points.push(point(rate, unit.end + 0.05, gain, ""));
        }
    }
    let moved = gains.iter().filter(|gain| **gain != 0.0).count();
    if points.is_empty() {
        return None;
    }
    let says = format!(
        "{}: {} ridden by up to 3 dB: they stood {:.1} to {:.1} dB over the accompaniment, {usual:.1} is its median \
         (spread {spread:.1} dB).",
        strip.name,
        count(moved, "phrase"),
        sorted[0],
        sorted[sorted.len() - 1],
    );
    let lane = Lane { target: "ride".to_owned(), points: tidy(points) };
    let stems: Vec<&str> = lead_tracks(desk.session).map(|strip| desk.stem_of(strip)).collect();
    Some(
        Decision::new(RULE.code, &[&strip.id], says)
            .because(Evidence::new("voice.spread", &stems, spread, "dB").at_most(STEADY))
            .edit(Edit::Draw { strip: strip.id.clone(), lane }),
    )
}

/// Phrases of all lead voices, joined where they overlap.
fn phrases(desk: &Desk<'_>) -> Vec<Span> {
    let mut all: Vec<Span> = lead_tracks(desk.session)
        .flat_map(|s| desk.facts.spans("activity.phrases", desk.stem_of(s)).to_vec())
        .collect();
    all.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut joined: Vec<Span> = Vec::new();
    for span in all {
        match joined.last_mut().filter(|last| span.start <= last.end) {
            Some(last) => last.end = last.end.max(span.end),
            None => joined.push(span),
        }
    }
    joined
}

/// Phrases joined until they are long enough for two points each.
fn units(phrases: &[Span], voice: &[f64], rest: &[f64]) -> Vec<Unit> {
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for span in phrases {
        match joined
            .last_mut()
            .filter(|last| span.end - last.0 < 3.0 * SPACING && last.1 - last.0 < 2.0 * SPACING)
        {
            Some(last) => last.1 = span.end,
            None => joined.push((span.start, span.end)),
        }
    }
    let mut rests: Vec<f64> = joined.iter().map(|&(start, end)| between(rest, start, end)).collect();
    let levels = rests.clone();
    rests.sort_by(f64::total_cmp);
    let floor = rests.get(rests.len() / 2).copied().unwrap_or(0.0) / 4.0;
    let unit = |(&(start, end), rest): (&(f64, f64), f64)| {
        let above = lufs(between(voice, start, end)) - lufs(rest.max(floor));
        Unit { start, end, above }
    };
    joined.iter().zip(levels).filter(|((start, end), _)| end - start >= 0.5).map(unit).collect()
}

/// Gains of the units: towards the usual, held back, never faster than allowed.
fn gains(units: &[Unit], usual: f64) -> Vec<f64> {
    let mut gains: Vec<f64> = Vec::new();
    for (i, unit) in units.iter().enumerate() {
        let off = (usual - unit.above).clamp(-LIMIT, LIMIT);
        let mut gain = if off.abs() <= IGNORE { 0.0 } else { off };
        if let (Some(&last), Some(before)) = (gains.last(), i.checked_sub(1).map(|b| &units[b])) {
            // The ramp begins and ends 50 ms inside the pause; a pause shorter than that has no room to move.
            let room = SLEW * (unit.start - before.end - 0.1).max(0.0);
            gain = gain.clamp(last - room, last + room);
        }
        gains.push((gain * 10.0).round() / 10.0);
    }
    gains
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{FRAMES, Take};

    fn song(second: f32) -> Take {
        // Phrases of five seconds with pauses of one; every second one at another level.
        let level = |i: usize| match (i % 60, i / 60 % 2) {
            (50.., _) => -120.0,
            (_, 0) => -20.0,
            _ => second,
        };
        let voice: Vec<f32> = (0..FRAMES).map(level).collect();
        Take::new().mono("band", "keys", -20.0).stem("vox", "lead-vocal", 1, &voice)
    }

    #[test]
    fn soft_phrases_come_up_and_steady_ones_stay() {
        let session = song(-25.0).mix(Phase::Ride).0;
        let lane = session.strip("vox").unwrap().lanes.iter().find(|lane| lane.target == "ride").unwrap();
        let values: Vec<f32> = lane.points.iter().map(|point| point.value).collect();
        let most =
            values.iter().copied().fold(f32::MIN, f32::max) - values.iter().copied().fold(f32::MAX, f32::min);
        assert!((most - 3.0).abs() < 0.11, "{values:?}");
        assert!(lane.points.len() as f64 <= 60.0 / SPACING);
        for pair in lane.points.windows(2) {
            let seconds = (pair[1].at - pair[0].at) as f64 / 1000.0;
            assert!(f64::from((pair[1].value - pair[0].value).abs()) <= SLEW * seconds + 0.11);
        }
        assert!(song(-21.5).decisions(Phase::Ride, RULE.code).is_empty());
    }
}
