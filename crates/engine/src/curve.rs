//! The course of a knob through the song.

use mixsmith_processor::Ramp;
use mixsmith_session::{Curve as Shape, Point};

/// Time in ms in which a mute fades, and the lines that its fade is made of.
const FADE_MS: f64 = 10.0;
const STEPS: u64 = 64;

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

    /// What a mute (0 or 1) lets through: where it is switched it fades along a raised cosine, so that it does not click.
    pub(crate) fn opened(&self, rate: u32) -> Self {
        let fade = (FADE_MS * 0.001 * f64::from(rate)).round() as u64;
        let open = |value: f32| if value >= 0.5 { 0.0 } else { 1.0 };
        let mut out = Curve::still(open(self.start));
        for (number, point) in self.points.iter().enumerate() {
            let goal = open(point.value);
            let now = out.at(point.at as i64);
            if number == 0 || goal == out.points.last().map_or(out.start, |last| last.value) {
                continue;
            }
            // One that is switched again before it is there goes back from where it is.
            out.points.retain(|earlier| earlier.at < point.at);
            for step in 0..=STEPS {
                let share = 0.5 - 0.5 * (std::f64::consts::PI * step as f64 / STEPS as f64).cos();
                let value = f64::from(now) + share * f64::from(goal - now);
                let at = point.at + fade * step / STEPS;
                out.points.push(Point { at, value: value as f32, curve: Shape::Line, label: String::new() });
            }
        }
        out
    }

    /// The break-points; none where it stands still.
    pub(crate) fn points(&self) -> &[Point] {
        if self.moves() { &self.points } else { &[] }
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
    /// (after the step, where there is one at `frame`) to the value at the last. It is the true course at every frame
    /// unless a [`Curve::cut_after`] lies within.
    pub fn ramp(&self, frame: i64, frames: usize) -> Ramp<f32> {
        if !self.moves() {
            return Ramp::still(self.start);
        }
        let point = self.points.partition_point(|point| (point.at as i64) < frame);
        let steps = self.points.get(point).is_some_and(|p| p.at as i64 == frame) && self.steps(point);
        let from = if steps { frame } else { frame - 1 };
        Ramp { from: self.at(from), to: self.at(frame + frames as i64 - 1) }
    }

    /// The first frame after `frame` at which another line begins: one at which the value steps, or the next after one
    /// at which it bends.
    pub fn cut_after(&self, frame: i64) -> Option<i64> {
        if !self.moves() {
            return None;
        }
        let first = self.points.partition_point(|point| (point.at as i64) < frame);
        (first..self.points.len()).find_map(|i| {
            let at = self.points[i].at as i64;
            let step = (at > frame && self.steps(i)).then_some(at);
            let bends = self.slopes(i) || i > 0 && self.slopes(i - 1);
            step.or(bends.then_some(at + 1))
        })
    }

    /// Does the value jump at a point?
    fn steps(&self, i: usize) -> bool {
        let before = i.checked_sub(1).map(|i| &self.points[i]);
        before.is_some_and(|p| p.curve == Shape::Hold && p.value != self.points[i].value)
    }

    /// Is the value a line that rises or falls from a point on?
    fn slopes(&self, i: usize) -> bool {
        let (point, next) = (&self.points[i], self.points.get(i + 1));
        point.curve == Shape::Line && next.is_some_and(|next| next.value != point.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at: u64, value: f32, curve: Shape) -> Point {
        Point { at, value, curve, label: String::new() }
    }

    #[test]
    fn a_mute_fades() {
        let mute = Curve::through(&[
            point(0, 0.0, Shape::Hold),
            point(1000, 1.0, Shape::Hold),
            point(5000, 0.0, Shape::Hold),
            point(5240, 1.0, Shape::Hold),
        ]);
        let open = mute.opened(48_000);
        let at = [-1, 999, 1000, 1240, 1480, 4999, 5000, 5240, 5480, 5720, 9999].map(|frame| open.at(frame));
        assert_eq!(at[..3], [1.0; 3]);
        assert!((at[3] - 0.5).abs() < 1e-6 && (at[7] - 0.5).abs() < 1e-6, "{at:?}");
        assert_eq!((at[4], at[5], at[6], at[10]), (0.0, 0.0, 0.0, 0.0));
        assert!((at[8] - 0.25).abs() < 1e-6 && at[9].abs() < 1e-6, "{at:?}");
        assert_eq!(Curve::still(1.0).opened(48_000), Curve::still(0.0));
        assert!(
            !Curve::through(&[point(5, 0.0, Shape::Hold), point(9, 0.0, Shape::Hold)]).opened(48_000).moves()
        );
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
        assert_eq!(curve.ramp(20, 1), Ramp::still(-6.0));
        assert_eq!(curve.ramp(21, 9), Ramp { from: -6.0, to: 3.0 });
        for from in [-40, -3, 0, 9, 10, 15, 20, 24, 30, 99] {
            let mut values = [0.0; 23];
            curve.fill(from, &mut values);
            assert_eq!(values, std::array::from_fn(|i| curve.at(from + i as i64)), "from {from}");
        }
    }

    #[test]
    fn between_two_cuts_a_ramp_is_the_curve() {
        let curve = Curve::through(&[
            point(0, 1.0, Shape::Line),
            point(10, 3.0, Shape::Line),
            point(11, -3.0, Shape::Hold),
            point(40, -3.0, Shape::Hold),
            point(41, 5.0, Shape::Hold),
            point(42, 6.0, Shape::Line),
            point(70, -6.0, Shape::Hold),
        ]);
        let cuts: Vec<i64> =
            std::iter::successors(curve.cut_after(-100), |&cut| curve.cut_after(cut)).collect();
        assert_eq!(cuts, [1, 11, 12, 41, 42, 43, 71]);
        for start in -5..80 {
            let end = curve.cut_after(start).unwrap_or(90).min(start + 64);
            for frames in 1..=(end - start) as usize {
                let ramp = curve.ramp(start, frames);
                for i in 0..frames {
                    let (got, want) = (ramp.along(i, 1.0 / frames as f32), curve.at(start + i as i64));
                    // To a millionth of the largest value.
                    assert!((got - want).abs() < 6e-6, "{got} for {want} at {i} of {frames} from {start}");
                }
            }
        }
    }
}
