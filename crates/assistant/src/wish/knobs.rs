//! Knobs turned by wishes: several wishes of one rule may turn the same one.

use std::collections::BTreeMap;

use mixsmith_analysis::Span;
use mixsmith_session::{Address, Curve, Edit, Lane, Point};

use crate::Desk;
use crate::mixmodel::value_at;

/// Seconds over which a knob moves before a section begins, and back after its end.
const RAMP: f64 = 0.5;

/// Values and lanes as earlier wishes of the same rule leave them.
pub(super) struct Knobs<'a> {
    desk: Desk<'a>,
    values: BTreeMap<String, f32>,
    lanes: BTreeMap<String, Lane>,
}

impl<'a> Knobs<'a> {
    pub fn new(desk: &Desk<'a>) -> Self {
        Knobs { desk: *desk, values: BTreeMap::new(), lanes: BTreeMap::new() }
    }

    /// Takes in a knob that is not in the session yet.
    pub fn place(&mut self, at: &Address, value: f32) {
        self.values.insert(at.to_string(), value);
    }

    /// Where a knob stands.
    pub fn value(&self, at: &Address) -> f32 {
        self.values.get(&at.to_string()).copied().unwrap_or_else(|| self.desk.value(at))
    }

    fn range(&self, at: &Address) -> (f32, f32) {
        let param = self.desk.session.param(&self.desk.kinds, at);
        param.map_or((f32::MIN, f32::MAX), |param| (*param.range.start(), *param.range.end()))
    }

    /// Sets a knob to a function of its value, for the whole song or in stretches of it. None where it does not move: it stands
    /// at its end.
    pub fn turn(&mut self, at: &Address, to: impl Fn(f64) -> f64, spans: &[Span]) -> Option<Edit> {
        let (low, high) = self.range(at);
        // A hundredth is what a person would type.
        let turned = |value: f64| ((to(value) * 100.0).round() as f32 / 100.0).clamp(low, high);
        let lane = self.lane(at);
        if spans.is_empty() && lane.is_none() {
            let before = self.value(at);
            let after = turned(f64::from(before));
            self.values.insert(at.to_string(), after);
            return (after != before).then(|| Edit::Set { at: at.clone(), to: after });
        }
        let old = lane.unwrap_or_else(|| {
            let value = self.value(at);
            let point = Point { at: 0, value, curve: Curve::Line, label: String::new() };
            Lane { target: at.target(), points: vec![point] }
        });
        let points = match spans {
            [] => {
                old.points.iter().map(|p| Point { value: turned(f64::from(p.value)), ..p.clone() }).collect()
            }
            _ => self.in_spans(&old, turned, spans),
        };
        let lane = Lane { target: old.target.clone(), points };
        let moved = lane.points != old.points;
        self.lanes.insert(at.to_string(), lane.clone());
        moved.then(|| Edit::Draw { strip: at.strip.clone(), lane })
    }

    /// A lane for a knob that is not in the session yet: at one value, and at another in stretches of the song.
    pub fn draw(&self, at: &Address, rest: f64, to: f64, spans: &[Span]) -> Option<Edit> {
        let point = Point { at: 0, value: rest as f32, curve: Curve::Line, label: String::new() };
        let still = Lane { target: at.target(), points: vec![point] };
        let points = self.in_spans(&still, |_| to as f32, spans);
        (points.len() > 1).then(|| Edit::Draw { strip: at.strip.clone(), lane: Lane { points, ..still } })
    }

    fn lane(&self, at: &Address) -> Option<Lane> {
        let drawn = || {
            let strip = self.desk.session.strip(&at.strip)?;
            strip.lanes.iter().find(|lane| lane.target == at.target() && !lane.points.is_empty()).cloned()
        };
        self.lanes.get(&at.to_string()).cloned().or_else(drawn)
    }

    /// A lane with its values turned inside the stretches, and on the way there.
    fn in_spans(&self, old: &Lane, turned: impl Fn(f64) -> f32, spans: &[Span]) -> Vec<Point> {
        let rate = f64::from(self.desk.song.rate.max(1));
        let frame = |seconds: f64| (seconds.max(0.0) * rate).round() as u64;
        let end = self.desk.song.frames as f64 / rate;
        // How far inside a stretch a moment is, 0 to 1.
        let inside = |at: u64| {
            let time = at as f64 / rate;
            let one = |span: &Span| {
                let (before, after) = (time - (span.start - RAMP), span.end + RAMP - time);
                (before.min(after) / RAMP).clamp(0.0, 1.0)
            };
            spans.iter().map(one).fold(0.0, f64::max)
        };
        let corners = spans.iter().flat_map(|s| [s.start - RAMP, s.start, s.end, s.end + RAMP]);
        let corners = corners.filter(|time| (0.0..end).contains(time)).map(frame).chain([0]);
        let mut at: Vec<u64> = old.points.iter().map(|point| point.at).chain(corners).collect();
        at.sort_unstable();
        at.dedup();
        let point = |at: u64| {
            let was = value_at(old, at);
            let by = inside(at) * (f64::from(turned(was)) - was);
            let own = old.points.iter().find(|point| point.at == at);
            let before = old.points.iter().rfind(|point| point.at <= at);
            let named = spans.iter().find(|span| frame(span.start) == at);
            Point {
                at,
                value: ((was + by) * 100.0).round() as f32 / 100.0,
                curve: before.map_or(Curve::Line, |point| point.curve),
                label: match (own, named) {
                    (Some(own), _) if !own.label.is_empty() => own.label.clone(),
                    (_, Some(span)) => span.label.clone(),
                    _ => String::new(),
                },
            }
        };
        at.into_iter().map(point).collect()
    }
}
