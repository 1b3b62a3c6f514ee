//! Cuts that rest while the voice rests: what is in the way of the words only is in the way while they are sung.

use mixsmith_analysis::Sketch;
use mixsmith_analysis::sketch::{BANDS, STEP};
use mixsmith_session::{Address, Edit, Lane, Strip};

use crate::Desk;
use crate::ride::{point, tidy};

/// Shortest rest of the voice in which a cut is taken back, seconds.
const REST: f64 = 4.0;
/// Seconds in which it goes and comes, and how long before the first word it is there.
const RAMP: f64 = 0.4;
const AHEAD: f64 = 0.1;
/// Share of a track's energy that lies in the rests for it to be worth a curve.
const PLAYS: f64 = 0.1;

/// Rests of a voice, seconds of the song, its beginning and end too. None where no phrases are known.
fn rests(desk: &Desk<'_>, singer: &Strip) -> Vec<(f64, f64)> {
    let rate = f64::from(desk.song.rate.max(1));
    let Some(clip) = singer.clips().first() else { return Vec::new() };
    let shift = (clip.at as f64 - clip.from as f64) / rate;
    let phrases = desk.facts.spans("activity.phrases", &clip.source);
    let mut from = 0.0;
    let mut rests = Vec::new();
    for (start, end) in phrases.iter().map(|span| (span.start + shift, span.end + shift)) {
        rests.push((from, start));
        from = end;
    }
    if !phrases.is_empty() {
        rests.push((from, desk.song.frames as f64 / rate));
    }
    rests.retain(|(start, end)| end - start >= REST);
    rests
}

/// Share of a track's energy in some stretches of the song.
fn share(track: &Sketch, stretches: &[(f64, f64)]) -> f64 {
    let energy = |frames: &[f32]| frames.iter().map(|&e| f64::from(e)).sum::<f64>();
    let inside = |&(start, end): &(f64, f64)| {
        let place = |seconds: f64| ((seconds / STEP) as usize * BANDS).min(track.mid.len());
        energy(&track.mid[place(start)..place(end)])
    };
    stretches.iter().map(inside).sum::<f64>() / energy(&track.mid).max(1e-20)
}

/// The parameter that some edits set to a gain.
fn gain_knob(edits: &[Edit], gain: f64) -> Option<String> {
    let is = |name: &str, value: f32| name.starts_with("gain") && (f64::from(value) - gain).abs() < 1e-3;
    edits.iter().find_map(|edit| match edit {
        Edit::AddInsert { insert, .. } => {
            insert.values.iter().find(|(name, value)| is(name, **value)).map(|(name, _)| name.clone())
        }
        Edit::Set { at, to } => {
            let target = at.target();
            let name = target.rsplit('.').next().unwrap_or_default();
            is(name, *to).then(|| name.to_owned())
        }
        _ => None,
    })
}

/// The curve that takes a cut of `strip` back while the singer rests, and in how many rests; nothing where the track does not
/// play in them. `edits`: those that made the cut in the equaliser `insert`.
pub fn rest_with(
    desk: &Desk<'_>,
    (strip, track): (&Strip, &Sketch),
    singer: &Strip,
    insert: &str,
    (edits, gain): (&[Edit], f64),
) -> Option<(Edit, usize)> {
    let rests = rests(desk, singer);
    if rests.is_empty() || share(track, &rests) < PLAYS {
        return None;
    }
    let knob = gain_knob(edits, gain)?;
    let (rate, end) = (desk.song.rate, desk.song.frames as f64 / f64::from(desk.song.rate.max(1)));
    let mut points = Vec::new();
    for &(start, stop) in &rests {
        if start > 0.0 {
            points.push(point(rate, start + AHEAD, gain, ""));
        }
        points.push(point(
            rate,
            if start > 0.0 { start + AHEAD + RAMP } else { 0.0 },
            0.0,
            "the voice rests",
        ));
        if stop < end {
            points.push(point(rate, stop - AHEAD - RAMP, 0.0, ""));
            points.push(point(rate, stop - AHEAD, gain, "the voice is back"));
        }
    }
    let lane = Lane { target: Address::insert(&strip.id, insert, &knob).target(), points: tidy(points) };
    Some((Edit::Draw { strip: strip.id.clone(), lane }, rests.len()))
}
