//! The course of a knob through the song.

use mixsmith_processor::Ramp;
use mixsmith_session::{Curve as Shape, Point};

/// A knob's value at every frame: still, or through break-points.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    start: f32,
    points: Vec<Point>,
}

impl Curve {
    /// A knob that stands still.
    pub fn still(value: f32) -> Self {
        Curve { start: value, points: Vec::new() }
    }

    /// A knob that follows break-points in order of time.
    pub fn through(points: &[Point]) -> Self {
        Curve { start: points.first().map_or(0.0, |point| point.value), points: points.to_vec() }
    }

    /// Does it ever move?
    pub fn moves(&self) -> bool {
        self.points.len() > 1
    }

    /// The value at a frame of the song (which may lie before its start).
    pub fn at(&self, frame: i64) -> f32 {
        let after = self.points.partition_point(|point| point.at as i64 <= frame);
        let Some(last) = after.checked_sub(1).map(|i| &self.points[i]) else { return self.start };
        match self.points.get(after) {
            Some(next) if last.curve == Shape::Line => {
                let share = (frame - last.at as i64) as f64 / (next.at - last.at) as f64;
                (f64::from(last.value) + share * (f64::from(next.value) - f64::from(last.value))) as f32
            }
            _ => last.value,
        }
    }

    /// Frames from `frame` to the next break-point after it, at most `most`: until then the course is one line.
    pub fn until_break(&self, frame: i64, most: usize) -> usize {
        let after = self.points.partition_point(|point| point.at as i64 <= frame);
        self.points.get(after).map_or(most, |point| most.min((point.at as i64 - frame) as usize))
    }

    /// The course over `frames` frames from `frame` on, which hold no break-point but at their start.
    pub fn ramp(&self, frame: i64, frames: usize) -> Ramp<f32> {
        if !self.moves() {
            return Ramp::still(self.start);
        }
        // The value at the last frame is reached there; a jump at `frame` itself has happened.
        let to = self.at(frame + frames as i64 - 1);
        let before = self.at(frame - 1);
        let jumped = self.points.binary_search_by_key(&frame, |point| point.at as i64).is_ok();
        Ramp { from: if jumped { self.at(frame) } else { before }, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at: u64, value: f32, curve: Shape) -> Point {
        Point { at, value, curve, label: String::new() }
    }

    #[test]
    fn a_step_lands_on_its_frame_and_a_line_is_straight() {
        let curve = Curve::through(&[
            point(10, 0.0, Shape::Hold),
            point(20, -6.0, Shape::Line),
            point(30, 4.0, Shape::Line),
        ]);
        assert_eq!((curve.at(-5), curve.at(19), curve.at(20), curve.at(99)), (0.0, 0.0, -6.0, 4.0));
        assert_eq!(curve.at(25), -1.0);
        assert_eq!(
            (curve.until_break(0, 64), curve.until_break(20, 64), curve.until_break(30, 64)),
            (10, 10, 64)
        );
        assert_eq!(curve.ramp(20, 10), Ramp { from: -6.0, to: 3.0 });
    }
}
