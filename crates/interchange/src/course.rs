//! A knob over time.

use mixsmith_session::{Curve, FADER_OFF, Lane, Point, thin};

/// The value of a knob, and its automation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Where it stands when nothing moves it.
    pub value: f32,
    /// Break-points in order of time; none where it stands still.
    pub points: Vec<Point>,
}

/// Amplitude of a level in dB; nothing at all where it is shut.
pub(crate) fn amplitude(db: f32) -> f64 {
    if db <= FADER_OFF { 0.0 } else { 10f64.powf(f64::from(db) / 20.0) }
}

/// Level in dB of an amplitude.
pub(crate) fn decibels(amplitude: f64) -> f32 {
    if amplitude <= 0.0 { FADER_OFF } else { ((20.0 * amplitude.log10()) as f32).max(FADER_OFF) }
}

/// Adds points between two of a line in amplitude until lines in decibels follow it.
fn bend(from: (u64, f64), to: (u64, f64), halvings: u32, points: &mut Vec<Point>) {
    let middle = (from.0.midpoint(to.0), from.1.midpoint(to.1));
    let straight = decibels(from.1).midpoint(decibels(to.1));
    if halvings == 0 || middle.0 == from.0 || (decibels(middle.1) - straight).abs() <= 0.1 {
        return;
    }
    bend(from, middle, halvings - 1, points);
    points.push(Point { at: middle.0, value: decibels(middle.1), curve: Curve::Line, label: String::new() });
    bend(middle, to, halvings - 1, points);
}

/// A point on a straight line between two.
fn between(a: &Point, b: &Point, frame: u64) -> f32 {
    let share = (frame - a.at) as f64 / (b.at - a.at).max(1) as f64;
    (f64::from(a.value) + share * f64::from(b.value - a.value)) as f32
}

impl Course {
    /// A knob that stands still.
    pub fn still(value: f32) -> Self {
        Course { value, points: Vec::new() }
    }

    /// A knob with its lane, if it has one.
    pub fn new(value: f32, lane: Option<&Lane>) -> Self {
        let points = lane.map_or_else(Vec::new, |lane| lane.points.clone());
        Course { value: points.first().map_or(value, |point| point.value), points }
    }

    /// A gain, frame by frame, as a level in dB of as many points as keep it within 0.01 dB.
    pub fn of_gain(gains: &[f32]) -> Self {
        // Half a millisecond or less; what lies between is within the hundredth.
        const EVERY: usize = 16;
        let point = |(n, gain): (usize, &f32)| Point {
            at: (n * EVERY) as u64,
            value: decibels(f64::from(*gain)),
            curve: Curve::Line,
            label: String::new(),
        };
        let points: Vec<Point> = gains.iter().step_by(EVERY).enumerate().map(point).collect();
        let points = thin(&points, 0.01);
        Course { value: points.first().map_or(0.0, |point| point.value), points }
    }

    /// Does it move?
    pub fn moves(&self) -> bool {
        !self.points.is_empty()
    }

    /// The value at a frame of the song.
    pub fn at(&self, frame: u64) -> f32 {
        let next = self.points.partition_point(|point| point.at <= frame);
        match (next.checked_sub(1).map(|i| &self.points[i]), self.points.get(next)) {
            (None, None) => self.value,
            (None, Some(first)) => first.value,
            (Some(last), None) => last.value,
            (Some(a), Some(_)) if a.curve == Curve::Hold => a.value,
            (Some(a), Some(b)) => between(a, b, frame),
        }
    }

    /// Two levels in dB one after the other; shut where one of them is.
    pub fn plus(&self, other: &Course) -> Course {
        let sum = |a: f32, b: f32| {
            if a <= FADER_OFF || b <= FADER_OFF { FADER_OFF } else { (a + b).max(FADER_OFF) }
        };
        if !other.moves() {
            let mut points = self.points.clone();
            points.iter_mut().for_each(|point| point.value = sum(point.value, other.value));
            return Course { value: sum(self.value, other.value), points };
        }
        if !self.moves() {
            return other.plus(self);
        }
        // Where one of them jumps, the frame before belongs to the line that ends there.
        let ends = |course: &Course| {
            let jumps = course.points.windows(2).filter(|pair| pair[0].curve == Curve::Hold);
            let before = jumps.map(|pair| pair[1].at.saturating_sub(1).max(pair[0].at));
            course.points.iter().map(|point| point.at).chain(before).collect::<Vec<u64>>()
        };
        let mut frames = [ends(self), ends(other)].concat();
        frames.sort_unstable();
        frames.dedup();
        let label = |at: u64| {
            let found = self.points.iter().chain(&other.points).find(|point| point.at == at);
            found.map_or_else(String::new, |point| point.label.clone())
        };
        let value = |at: u64| sum(self.at(at), other.at(at));
        let points =
            frames.iter().map(|&at| Point { at, value: value(at), curve: Curve::Line, label: label(at) });
        Course { value: sum(self.value, other.value), points: points.collect() }
    }

    /// The points with others between them, so that a program which draws straight lines in another scale stays near: no
    /// line is longer than `step` in this one's unit. A jump becomes two points, where the program has no jumps.
    pub fn dense(&self, step: f32, jumps: bool) -> Vec<Point> {
        let mut dense: Vec<Point> = Vec::new();
        for (i, point) in self.points.iter().enumerate() {
            dense.push(point.clone());
            let Some(next) = self.points.get(i + 1) else { continue };
            if point.curve == Curve::Hold {
                if !jumps && next.at > point.at + 1 && next.value != point.value {
                    dense.push(Point { at: next.at - 1, label: String::new(), ..point.clone() });
                }
                continue;
            }
            let pieces =
                ((next.value - point.value).abs() / step).ceil().min((next.at - point.at) as f32) as u64;
            for n in 1..pieces {
                let at = point.at + (next.at - point.at) * n / pieces;
                dense.push(Point {
                    at,
                    value: between(point, next, at),
                    curve: Curve::Line,
                    label: String::new(),
                });
            }
        }
        if !jumps {
            dense.iter_mut().for_each(|point| point.curve = Curve::Line);
        }
        dense
    }

    /// Lines that were straight in amplitude, as lines in decibels with points between them, near to 0.1 dB.
    pub fn straight_in_amplitude(&self) -> Course {
        let mut points: Vec<Point> = Vec::new();
        for (i, point) in self.points.iter().enumerate() {
            points.push(point.clone());
            if let Some(next) = self.points.get(i + 1).filter(|_| point.curve == Curve::Line) {
                bend((point.at, amplitude(point.value)), (next.at, amplitude(next.value)), 10, &mut points);
            }
        }
        Course { value: self.value, points }
    }

    /// The same knob in another unit.
    pub fn map(&self, f: impl Fn(f32) -> f32) -> Course {
        let points = self.points.iter().map(|point| Point { value: f(point.value), ..point.clone() });
        Course { value: f(self.value), points: points.collect() }
    }

    /// The lane of a knob in a session, if it moves.
    pub fn lane(&self, target: &str) -> Option<Lane> {
        self.moves().then(|| Lane { target: target.to_owned(), points: self.points.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(points: &[(u64, f32, Curve)]) -> Course {
        let points =
            points.iter().map(|&(at, value, curve)| Point { at, value, curve, label: String::new() });
        Course { value: 0.0, points: points.collect() }
    }

    #[test]
    fn fader_and_ride_are_one_level() {
        let fader = course(&[(0, -6.0, Curve::Hold), (100, 0.0, Curve::Line), (200, -10.0, Curve::Line)]);
        let ride = course(&[(50, 0.0, Curve::Line), (150, 2.0, Curve::Line)]);
        let both = fader.plus(&ride);
        for frame in [0, 49, 99, 100, 120, 150, 180, 300] {
            let expected = fader.at(frame) + ride.at(frame);
            assert!((both.at(frame) - expected).abs() < 1e-4, "{frame}: {} {expected}", both.at(frame));
        }
        assert_eq!(fader.plus(&Course::still(-90.0)).at(150), FADER_OFF);
    }

    #[test]
    fn straight_lines_of_gain_stay_near_straight_lines_of_decibels() {
        let fade = course(&[(0, 0.0, Curve::Line), (48_000, -30.0, Curve::Line)]);
        let gain = |db: f32| 10f32.powf(db / 20.0);
        let dense = Course { value: 0.0, points: fade.dense(1.0, true) }.map(gain);
        let worst = (0..48_000).map(|frame| (20.0 * dense.at(frame).log10() - fade.at(frame)).abs());
        let worst = worst.fold(0.0f32, f32::max);
        assert!(worst < 0.02 && worst > 0.005, "{worst} dB");
    }
}
