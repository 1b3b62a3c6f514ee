//! Rides: what moves in the course of the song, in few points, each with its reason.

pub mod lead;
pub mod sections;
pub mod voice;

use mixsmith_session::{Curve, Point, Session, Strip};

use crate::buses;
use crate::mixmodel::{MixModel, STEP};

/// Least seconds between the points of a ride, on average.
pub(crate) const SPACING: f64 = 2.0;

/// A break-point at a time in seconds.
pub(crate) fn point(rate: u32, seconds: f64, value: f64, label: &str) -> Point {
    let at = (seconds.max(0.0) * f64::from(rate)).round() as u64;
    Point { at, value: value as f32, curve: Curve::Line, label: label.to_owned() }
}

/// Puts the points in order and drops those that share a moment.
pub(crate) fn tidy(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by_key(|point| point.at);
    points.dedup_by_key(|point| point.at);
    points
}

/// Mean energy between two times in seconds.
pub(crate) fn between(energies: &[f64], start: f64, end: f64) -> f64 {
    let frames = (start / STEP).round() as usize..(end / STEP).round() as usize;
    let inside = energies.get(frames.start..frames.end.min(energies.len())).unwrap_or(&[]);
    inside.iter().sum::<f64>() / inside.len().max(1) as f64
}

/// The tracks that sing the lead.
pub(crate) fn lead_tracks(session: &Session) -> impl Iterator<Item = &Strip> {
    session.tracks().filter(|strip| strip.role.trim_end_matches('?') == "lead-vocal")
}

/// The strip on which a family is ridden: its bus, else its only track.
pub(crate) fn rider<'a>(session: &'a Session, family: &str) -> Option<&'a Strip> {
    buses::bus(session, family).or_else(|| {
        let of_family = |strip: &&Strip| {
            mixsmith_analysis::roles::role(strip.role.trim_end_matches('?'))
                .is_some_and(|role| role.family == family)
        };
        session.tracks().find(of_family)
    })
}

/// Energies of the lead voice and of all the rest, faders included.
pub(crate) fn voice_and_rest(model: &MixModel, session: &Session) -> (Vec<f64>, Vec<f64>) {
    let leads: Vec<&str> = lead_tracks(session).map(|strip| strip.id.as_str()).collect();
    let faders = |lead: bool| -> Vec<f64> {
        let wanted = |id: &str| leads.contains(&id) == lead;
        model.parts.iter().map(|part| if wanted(&part.id) { part.fader } else { -200.0 }).collect()
    };
    (model.mix(&faders(true)), model.mix(&faders(false)))
}
