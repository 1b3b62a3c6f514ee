//! What Ardour makes of automated levels: it lets them glide.

use mixsmith_session::{Curve, Point, thin};

use crate::Course;
use crate::course::amplitude;

/// Ardour lets levels glide to what automation says: a low pass of 156.825 a second (`libs/ardour/amp.cc`), so that a line is
/// late by one over that. Drawn earlier by as much, it is in time.
pub(super) const GLIDE: f64 = 156.825;

/// A level that moves faster than this, dB a second, is drawn so that what glides after it is the level itself.
const FAST: f32 = 60.0;

/// Frames between the points of a level that is drawn so.
const EVERY: u64 = 16;

/// Does a level in dB move faster than the glide follows, without a jump?
pub(super) fn is_fast(level: &Course, rate: u32) -> bool {
    let mut pairs = level.points.windows(2);
    let jumps = level.points.iter().rev().skip(1).any(|point| point.curve == Curve::Hold);
    let fast = |pair: &[Point]| {
        let seconds = (pair[1].at - pair[0].at) as f32 / rate.max(1) as f32;
        (pair[1].value - pair[0].value).abs() > FAST * seconds
    };
    !jumps && pairs.any(fast)
}

/// The amplitudes that a level in dB has to be drawn as for the glide to be that level: the low pass undone. Few points, within
/// a ten-thousandth of full scale.
pub(super) fn undone(level: &Course, rate: u32) -> Vec<Point> {
    let (Some(first), Some(last)) = (level.points.first(), level.points.last()) else { return Vec::new() };
    let lag = f64::from(rate) / GLIDE;
    let mut drawn: Vec<Point> = Vec::new();
    let mut push = |at: u64, value: f64| {
        drawn.push(Point { at, value: value.max(0.0) as f32, curve: Curve::Line, label: String::new() });
    };
    push(first.at, amplitude(first.value));
    // The lines between the points of the level, one after the other: no search for each frame.
    for pair in level.points.windows(2) {
        let frames = pair[1].at.saturating_sub(pair[0].at);
        let mut at = 0;
        while at < frames {
            let step = EVERY.min(frames - at);
            let value = |at: u64| {
                let share = at as f64 / frames as f64;
                let db = f64::from(pair[0].value) + share * f64::from(pair[1].value - pair[0].value);
                amplitude(db as f32)
            };
            let (here, next) = (value(at), value(at + step));
            // In the middle of the stretch that it stands for: lines from one to the next are neither early nor late.
            push(pair[0].at + at + step / 2, f64::midpoint(here, next) + lag * (next - here) / step as f64);
            at += step;
        }
    }
    push(last.at.max(first.at + 1), amplitude(last.value));
    thin(&drawn, 1e-4)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What glides after a line of amplitudes, as Ardour has it: frame by frame.
    fn glided(drawn: &[Point], rate: u32, frames: u64) -> Vec<f64> {
        let course = Course { value: drawn[0].value, points: drawn.to_vec() };
        let share = GLIDE / f64::from(rate);
        let mut level = f64::from(drawn[0].value);
        (0..frames)
            .map(|frame| {
                level += share * (f64::from(course.at(frame)) - level);
                level
            })
            .collect()
    }

    #[test]
    fn what_glides_is_the_level() {
        let point = |at: u64, value: f32| Point { at, value, curve: Curve::Line, label: String::new() };
        let level = Course {
            value: 0.0,
            points: vec![point(0, 0.0), point(9600, 0.0), point(9900, -6.0), point(19_200, 0.0)],
        };
        assert!(is_fast(&level, 48_000));
        let heard = glided(&undone(&level, 48_000), 48_000, 20_000);
        let worst =
            (0..19_000).map(|n| (heard[n as usize] - amplitude(level.at(n))).abs()).fold(0.0, f64::max);
        assert!(worst < 0.006, "{worst}");
        let slow = Course { value: 0.0, points: vec![point(0, 0.0), point(48_000, -6.0)] };
        assert!(!is_fast(&slow, 48_000));
    }
}
