//! Few break-points for a curve of many.

use crate::{Curve, Point};

/// The points that are needed for straight lines to stay within a distance (in the unit of the values) of all points
/// given, at their times. Each line reaches as far as it can, so that there are few; a fader that was ridden by ear or by
/// a processor becomes a lane that a hand can move. Points must be in order of time. A point with a label, and one that
/// does not go on as a straight line, stays.
///
/// One pass with a cone of slopes (Williams, *An efficient algorithm for the piecewise linear approximation of planar
/// curves*, Computer Graphics and Image Processing 8, 1978).
pub fn thin(points: &[Point], within: f32) -> Vec<Point> {
    let Some((first, rest)) = points.split_first() else { return Vec::new() };
    let within = f64::from(within);
    let mut kept = vec![first.clone()];
    let mut start = first;
    let mut last = first;
    // The slopes from the start that pass every point since near enough.
    let mut cone = (f64::NEG_INFINITY, f64::INFINITY);
    for point in rest {
        if point.at <= last.at {
            continue;
        }
        let slope = |to: &Point, from: &Point, by: f64| {
            (f64::from(to.value) - f64::from(from.value) + by) / (to.at - from.at) as f64
        };
        let stays = last.curve != Curve::Line || !last.label.is_empty() || start.curve != Curve::Line;
        let reaches = (cone.0..=cone.1).contains(&slope(point, start, 0.0));
        if !std::ptr::eq(start, last) && (stays || !reaches) {
            kept.push(last.clone());
            start = last;
            cone = (f64::NEG_INFINITY, f64::INFINITY);
        }
        cone = (cone.0.max(slope(point, start, -within)), cone.1.min(slope(point, start, within)));
        last = point;
    }
    if last.at > start.at {
        kept.push(last.clone());
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: impl Iterator<Item = f32>) -> Vec<Point> {
        let point = |(i, value)| Point { at: 64 * i as u64, value, curve: Curve::Line, label: String::new() };
        values.enumerate().map(point).collect()
    }

    /// The value of straight lines at a time.
    fn at(points: &[Point], frame: u64) -> f64 {
        let after = points.iter().position(|point| point.at >= frame).expect("within the curve");
        let b = &points[after];
        let a = &points[after.saturating_sub(1)];
        let share = if b.at == a.at { 1.0 } else { (frame - a.at) as f64 / (b.at - a.at) as f64 };
        f64::from(a.value) + (f64::from(b.value) - f64::from(a.value)) * share
    }

    #[test]
    fn every_point_is_within_the_distance_and_few_are_left() {
        let wave = |i: usize| 3.0 * (i as f32 * 0.01).sin() + (i as f32 * 0.037).cos();
        let points = curve((0..5000).map(wave));
        let mut before = points.len();
        for within in [0.01, 0.1, 0.5] {
            let few = thin(&points, within);
            let off = points.iter().map(|point| (at(&few, point.at) - f64::from(point.value)).abs());
            let worst = off.fold(0.0, f64::max);
            println!("within {within} dB: {} points of {}, {worst:.4} dB off", few.len(), points.len());
            assert!(worst <= f64::from(within) + 1e-6);
            assert!(few.len() * 2 < before);
            before = few.len();
        }
    }

    #[test]
    fn straight_lines_keep_their_corners_alone() {
        let points = curve((0..101).map(|i| if i < 50 { 0.0 } else { (i - 50) as f32 }));
        let few = thin(&points, 0.001);
        let corners: Vec<u64> = few.iter().map(|point| point.at / 64).collect();
        assert_eq!(corners, [0, 50, 100]);
        assert!(thin(&[], 0.1).is_empty());
        assert_eq!(thin(&points[..1], 0.1), points[..1]);
    }

    #[test]
    fn what_says_something_stays() {
        let mut points = curve((0..100).map(|_| 1.0));
        points[30].label = "chorus".to_owned();
        points[60].curve = Curve::Hold;
        let kept: Vec<u64> = thin(&points, 0.5).iter().map(|point| point.at / 64).collect();
        assert_eq!(kept, [0, 30, 60, 61, 99]);
    }
}
