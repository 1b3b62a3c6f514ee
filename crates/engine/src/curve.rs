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

    /// The values at the frames from `frame` on: those of [`Curve::at`].
    pub fn fill(&self, frame: i64, values: &mut [f32]) {
        let mut done = 0;
        while done < values.len() {
            let here = frame + done as i64;
            let after = self.points.partition_point(|point| point.at as i64 <= here);
            let next = self.points.get(after);
            let until = next.map_or(values.len() as i64, |next| next.at as i64 - frame);
            let until = values.len().min(until.max(0) as usize);
            let span = &mut values[done..until];
            match (after.checked_sub(1).map(|i| &self.points[i]), next) {
                (None, _) => span.fill(self.start),
                (Some(last), Some(next)) if last.curve == Shape::Line => {
                    let (begun, length) = (here - last.at as i64, (next.at - last.at) as f64);
                    let (from, rise) = (f64::from(last.value), f64::from(next.value) - f64::from(last.value));
                    for (i, value) in span.iter_mut().enumerate() {
                        *value = (from + (begun + i as i64) as f64 / length * rise) as f32;
                    }
                }
                (Some(last), _) => span.fill(last.value),
            }
            done = until;
        }
    }

    /// The course over `frames` frames from `frame` on, as an effect gets it: a line from the value before the first
    /// to the value at the last.
    pub fn ramp(&self, frame: i64, frames: usize) -> Ramp<f32> {
        if !self.moves() {
            return Ramp::still(self.start);
        }
        Ramp { from: self.at(frame - 1), to: self.at(frame + frames as i64 - 1) }
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
        assert_eq!(curve.ramp(20, 10), Ramp { from: 0.0, to: 3.0 });
        for from in [-40, -3, 0, 9, 10, 15, 20, 24, 30, 99] {
            let mut values = [0.0; 23];
            curve.fill(from, &mut values);
            assert_eq!(values, std::array::from_fn(|i| curve.at(from + i as i64)), "from {from}");
        }
    }
}
