//! When the track really plays.

use super::Notes;
use super::loudness::{Blocks, STEP, lufs};
use crate::{Measure, Qty, Span};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "activity.spans",
        unit: "s",
        doc: "Where the track plays: K-weighted level of 100 ms above -60 LUFS and above the 95th percentile of its \
              momentary loudness less 30 LU, with gaps below 0.3 s closed.",
    },
    Measure {
        id: "activity.share",
        unit: "share",
        doc: "Share of the file in which the track plays, 0 to 1.",
    },
    Measure {
        id: "activity.phrases",
        unit: "s",
        doc: "Phrases: as activity.spans, but within 24 LU of the 95th percentile and parted by gaps above 0.4 s.",
    },
];

/// Where a track plays.
pub(crate) struct Activity {
    /// For every 100 ms.
    pub frames: Vec<bool>,
    phrases: Vec<bool>,
}

impl Activity {
    /// Judges every 100 ms by its own level.
    pub(crate) fn new(blocks: &Blocks) -> Self {
        let silent = || vec![false; blocks.energy.len()];
        let Some(loud) = blocks.loud() else { return Activity { frames: silent(), phrases: silent() } };
        let above = |gate: f64, gap: usize| {
            let gate = gate.max(-60.0);
            let mut frames: Vec<bool> = blocks.energy.iter().map(|&e| lufs(e) > gate).collect();
            close(&mut frames, gap);
            frames
        };
        Activity { frames: above(loud - 30.0, 3), phrases: above(loud - 24.0, 4) }
    }

    /// Does the track play at this hop of 10 ms?
    pub(crate) fn at(&self, hop: usize) -> bool {
        self.frames.get(hop / 10).copied().unwrap_or(false)
    }

    /// Frames in which the track plays.
    pub(crate) fn count(&self) -> usize {
        self.frames.iter().filter(|&&on| on).count()
    }
}

/// Closes gaps of at most `gap` frames between two active frames.
fn close(frames: &mut [bool], gap: usize) {
    let mut last = None;
    for i in 0..frames.len() {
        if frames[i] {
            if let Some(last) = last.filter(|last| i - last - 1 <= gap) {
                frames[last..i].fill(true);
            }
            last = Some(i);
        }
    }
}

fn spans(frames: &[bool]) -> Qty {
    let mut spans: Vec<Span> = Vec::new();
    for i in (0..frames.len()).filter(|&i| frames[i]) {
        let (start, end) = (i as f64 * STEP, (i + 1) as f64 * STEP);
        match spans.last_mut().filter(|_| i > 0 && frames[i - 1]) {
            Some(span) => span.end = end,
            None => spans.push(Span { start, end, label: String::new() }),
        }
    }
    Qty::Spans(spans)
}

/// Notes where the track plays.
pub(crate) fn measure(activity: &Activity, notes: &mut Notes) {
    notes.note("activity.spans", spans(&activity.frames));
    notes.note("activity.phrases", spans(&activity.phrases));
    notes.number("activity.share", activity.count() as f64 / activity.frames.len().max(1) as f64);
}
