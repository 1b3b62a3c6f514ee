//! CANON-2: what CANON-1 leaves out and a real mix has.
//!
//! Every second track is stereo and one has another rate (both in [`crate::workload`]). Here: automation of each track's
//! fader and of a band of its equaliser, a point a second; look-ahead in every fourth track's compressor, which
//! all other paths wait for; a compressor that another track plays; 12 dB into the limiter.

use std::sync::Arc;

use mixsmith_session::{Curve, Lane, Point, Session, StripKind};

use crate::canon::name;
use crate::workload::RATE;

/// The track that plays, and the one whose compressor listens to it.
const KEY: usize = 0;
const KEYED: usize = 5;

/// Turns the session of CANON-1 into that of CANON-2.
pub fn make(session: &mut Session) {
    let seconds = session.song.frames / u64::from(RATE);
    let lane = |target: &str, around: f32, by: f32| Lane {
        target: target.to_owned(),
        points: (0..=seconds)
            .map(|second| Point {
                at: second * u64::from(RATE),
                value: around + by * (second as f32 * 1.7).sin(),
                curve: Curve::Line,
                label: String::new(),
            })
            .collect(),
    };
    for (number, strip) in session.strips.iter_mut().enumerate() {
        let strip = Arc::make_mut(strip);
        match strip.kind {
            StripKind::Track { .. } => {
                let fader = strip.values.get("fader").copied().unwrap_or(0.0);
                strip.lanes = vec![lane("fader", fader, 2.0), lane("eq.gain3", -3.0, 3.0)];
                for insert in strip.inserts.iter_mut().filter(|insert| insert.id == "comp") {
                    if number % 4 == 1 {
                        insert.values.insert("lookahead".to_owned(), 5.0);
                    }
                    insert.key = (number == KEYED).then(|| name(KEY));
                }
            }
            StripKind::Master => {
                for insert in strip.inserts.iter_mut().filter(|insert| insert.id == "limit") {
                    insert.values.insert("gain".to_owned(), 12.0);
                }
            }
            StripKind::Bus | StripKind::Return => {}
        }
    }
}
