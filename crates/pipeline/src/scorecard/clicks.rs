//! Clicks that editing made: jumps in the printed mix where a clip begins, ends or fades, or where automation turns.

use mixsmith_audio::Audio;
use mixsmith_session::Session;

/// How far from the edit a click may lie, seconds: resampled and filtered jumps ring.
const NEAR: f64 = 0.002;
/// How far around it the sound is looked at for comparison, and how near, seconds.
const AROUND: (f64, f64) = (0.004, 0.05);
/// A click is this many times as large as anything around it...
const OVER: f32 = 4.0;
/// ...and this many times as much so as in the plain sum of the tracks, where a note may begin at the same moment.
const AGAINST_SOURCES: f32 = 2.0;
/// Smaller ones are not heard (-60 dBFS).
const LEAST: f32 = 0.001;

/// Where a person or the program has cut, faded or automated, as frames of the song in order.
fn edits(session: &Session) -> Vec<i64> {
    let mut frames: Vec<i64> = Vec::new();
    for strip in &session.strips {
        for clip in strip.clips() {
            let end = clip.at + clip.frames as i64;
            // Where a recording begins or ends by itself nobody has cut.
            let whole = session.source(&clip.source).map_or(0, |source| source.frames);
            if clip.from > 0 || clip.fade_in > 0 {
                frames.extend([clip.at, clip.at + clip.fade_in as i64]);
            }
            if clip.from + clip.frames < whole || clip.fade_out > 0 {
                frames.extend([end - clip.fade_out as i64, end]);
            }
        }
        frames.extend(strip.lanes.iter().flat_map(|lane| &lane.points).map(|point| point.at as i64));
    }
    frames.sort_unstable();
    frames.dedup();
    frames
}

/// How much a place of a channel stands out: the largest second difference near it, and how many times that is the
/// largest one around. Beyond its ends a channel is silent.
fn stands_out(wave: &[f32], rate: f64, at: i64) -> (f32, f32) {
    let sample = |i: i64| usize::try_from(i).ok().and_then(|i| wave.get(i)).copied().unwrap_or(0.0);
    let bend = |i: i64| (sample(i + 1) - 2.0 * sample(i) + sample(i - 1)).abs();
    let frames = |seconds: f64| (seconds * rate).round() as i64;
    let most = |from: i64, to: i64| (from..to).map(bend).fold(0f32, |a, b| if b > a { b } else { a });
    let (close, far) = (frames(AROUND.0), frames(AROUND.1));
    let here = most(at - frames(NEAR), at + frames(NEAR) + 1);
    if here < LEAST {
        return (here, 0.0);
    }
    let around = most(at - far, at - close).max(most(at + close, at + far));
    // Whatever is softer than a click can be is silence: in silence a click is judged by its size alone.
    (here, here / around.max(LEAST / OVER))
}

/// Moments in seconds at which an edit clicks in the mix though the recorded tracks, added up as delivered, do not.
pub(crate) fn clicks(session: &Session, sources: &Audio, mix: &Audio) -> Vec<f64> {
    let rate = f64::from(mix.rate.max(1));
    let mut found: Vec<f64> = Vec::new();
    for at in edits(session) {
        let clicks = mix.channels.iter().zip(&sources.channels).any(|(mix, source)| {
            let (size, ratio) = stands_out(mix, rate, at);
            size >= LEAST && ratio > OVER && ratio > AGAINST_SOURCES * stands_out(source, rate, at).1
        });
        let moment = at as f64 / rate;
        // Two edits beside each other hear the same click.
        if clicks && found.last().is_none_or(|last| moment - last > 2.0 * NEAR) {
            found.push(moment);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mixsmith_session::{Clip, Lane, Map, Point, SongInfo, Source, Strip, StripKind};

    use super::*;

    const RATE: u32 = 48_000;

    fn session(clip: (i64, u64), fade: u64, points: &[u64]) -> Session {
        let clip = Clip {
            source: "a".to_owned(),
            at: clip.0,
            from: u64::from(clip.0 > 0) * 100,
            frames: clip.1,
            gain: 0.0,
            fade_in: fade,
            fade_out: fade,
            map: Map::All,
        };
        let mut strip = Strip::new("a", "A", StripKind::Track { clips: vec![clip] });
        let point = |&at: &u64| Point { at, value: 0.0, curve: Default::default(), label: String::new() };
        strip.lanes = vec![Lane { target: "ride".to_owned(), points: points.iter().map(point).collect() }];
        let source = Source {
            id: "a".to_owned(),
            file: String::new(),
            stream: 0,
            hash: String::new(),
            channels: 1,
            frames: 96_000,
        };
        Session {
            song: SongInfo { rate: RATE, ..SongInfo::default() },
            sources: vec![source],
            strips: vec![Arc::new(strip)],
        }
    }

    fn tone(gain: impl Fn(usize) -> f32) -> Audio {
        let wave: Vec<f32> = (0..2 * RATE as usize)
            .map(|i| gain(i) * 0.3 * (i as f32 * 220.0 * std::f32::consts::TAU / RATE as f32 + 1.0).sin())
            .collect();
        Audio::stereo(RATE, wave.clone(), wave)
    }

    #[test]
    fn a_cut_without_a_fade_clicks_and_one_with_a_fade_does_not() {
        let source = tone(|_| 1.0);
        let (from, to) = (24_000i64, 72_000i64);
        let cut = |fade: f32| {
            tone(|i| ((i as f32 - from as f32) / fade).min((to as f32 - i as f32) / fade).clamp(0.0, 1.0))
        };
        let edited = |fade: u64| session((from, (to - from) as u64), fade, &[]);
        assert_eq!(clicks(&edited(0), &source, &cut(0.5)), [0.5, 1.5]);
        assert!(clicks(&edited(480), &source, &cut(480.0)).is_empty());
    }

    #[test]
    fn a_step_of_automation_clicks_and_a_glide_does_not() {
        let source = tone(|_| 1.0);
        let edited = session((-10, 4 * u64::from(RATE)), 0, &[48_000]);
        assert_eq!(clicks(&edited, &source, &tone(|i| if i < 48_000 { 1.0 } else { 0.5 })), [1.0]);
        let glide = tone(|i| 1.0 - 0.5 * ((i as f32 - 48_000.0) / 960.0).clamp(0.0, 1.0));
        assert!(clicks(&edited, &source, &glide).is_empty());
    }

    #[test]
    fn the_beginning_of_a_note_is_no_click() {
        // The recording itself begins abruptly where the automation turns.
        let source = tone(|i| if i < 48_000 { 0.0 } else { 1.0 });
        let edited = session((-10, 4 * u64::from(RATE)), 0, &[48_000]);
        assert!(clicks(&edited, &source, &tone(|i| if i < 48_000 { 0.0 } else { 0.7 })).is_empty());
        // Where a recording begins nobody has cut: with an offset it begins with a step.
        let step = tone(|i| if i < 48_000 { 1.0 } else { 0.0 });
        assert!(clicks(&session((0, 96_000), 0, &[]), &tone(|_| 0.0), &step).is_empty());
    }
}
