//! Songs made of facts, for the tests of the rules.

use std::sync::Arc;

use mixsmith_analysis::sketch::{BANDS, centres};
use mixsmith_analysis::{Fact, Qty, Sketch, Song, Span, Stem};
use mixsmith_audio::{Audio, Clip};
use mixsmith_effects::all::KINDS;
use mixsmith_session::{Edit, Session};

use crate::{Assistant, Brief, Decision, Locks, Phase, decide};

/// A song of a minute at 1000 frames a second, to be filled with stems and facts.
pub struct Take {
    pub song: Song,
    pub facts: mixsmith_analysis::Facts,
    pub brief: Brief,
    pub hand: Vec<Edit>,
}

/// Values every 100 ms.
pub const FRAMES: usize = 600;

impl Take {
    pub fn new() -> Take {
        let song = Song { rate: 1000, frames: 60_000, stems: Vec::new() };
        Take { song, facts: Default::default(), brief: Brief::default(), hand: Vec::new() }
    }

    /// Adds a mono stem with a sure role that plays all the time at one loudness.
    pub fn mono(self, id: &str, role: &str, lufs: f32) -> Take {
        self.stem(id, role, 1, &[lufs; FRAMES])
    }

    /// Adds a stereo stem with a sure role that plays all the time at one loudness.
    pub fn stereo(self, id: &str, role: &str, lufs: f32) -> Take {
        self.stem(id, role, 2, &[lufs; FRAMES])
    }

    /// Adds a stem with its momentary loudness every 100 ms.
    pub fn stem(mut self, id: &str, role: &str, channels: usize, momentary: &[f32]) -> Take {
        let clip = Arc::new(Clip::in_memory(Audio::silence(1000, channels, 60_000)));
        let (id, file) = (id.to_owned(), format!("{id}.wav"));
        self.facts.push(Fact::new("role", &[&id], Qty::Text(role.to_owned())).confidence(0.9));
        self.facts.push(Fact::new("role.name", &[&id], Qty::Text(id.to_uppercase())));
        let loud = momentary.iter().copied().fold(f32::MIN, f32::max);
        self.facts.push(Fact::number("loudness.active", &id, f64::from(loud)));
        let series = Qty::Series { step: 0.1, values: momentary.to_vec() };
        self.facts.push(Fact::new("loudness.momentary", &[&id], series));
        let spans = spans(momentary, loud - 24.0);
        self.facts.push(Fact::new("activity.phrases", &[&id], Qty::Spans(spans)));
        let hash = format!("{:064x}", self.song.stems.len());
        self.song.stems.push(Stem {
            id,
            file,
            stream: 0,
            hash,
            rate: 1000,
            channels,
            lossy: false,
            start: 0,
            clip,
        });
        self
    }

    /// Adds a fact.
    pub fn fact(mut self, fact: Fact) -> Take {
        self.facts.push(fact);
        self
    }

    /// Adds a number about a stem.
    pub fn number(self, what: &str, stem: &str, value: f64) -> Take {
        self.fact(Fact::number(what, stem, value))
    }

    /// Adds a name about some stems.
    pub fn text(self, what: &str, about: &[&str], text: &str) -> Take {
        self.fact(Fact::new(what, about, Qty::Text(text.to_owned())))
    }

    /// Adds an edit by hand.
    pub fn hand(mut self, edit: Edit) -> Take {
        self.hand.push(edit);
        self
    }

    /// Asks every rule up to a phase.
    pub fn mix(&self, last: Phase) -> (Session, Vec<Decision>) {
        let locks = Locks::new(self.hand.clone());
        let (song, facts, brief) = (&self.song, &self.facts, &self.brief);
        decide(&Assistant { song, facts, brief, kinds: KINDS, locks: &locks }, last)
    }

    /// Asks every rule up to a phase and gives the decisions of one.
    pub fn decisions(&self, last: Phase, rule: &str) -> Vec<Decision> {
        self.mix(last).1.into_iter().filter(|decision| decision.rule == rule).collect()
    }
}

/// Stretches above a level.
fn spans(momentary: &[f32], gate: f32) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (i, _) in momentary.iter().enumerate().filter(|(_, level)| **level > gate) {
        let (start, end) = (i as f64 * 0.1, (i + 1) as f64 * 0.1);
        match spans.last_mut().filter(|span| start - span.end < 0.05) {
            Some(span) => span.end = end,
            None => spans.push(Span { start, end, label: String::new() }),
        }
    }
    spans
}

/// A steady hiss in some bands.
pub fn hiss(low: f64, high: f64, energy: f32) -> Arc<Sketch> {
    let frame: Vec<f32> =
        centres().iter().map(|hz| if (low..=high).contains(hz) { energy } else { 1e-12 }).collect();
    let mid: Vec<f32> = frame.iter().copied().cycle().take(600 * BANDS).collect();
    Arc::new(Sketch { side: vec![0.0; mid.len()], mid })
}

/// The value of a knob that a session has set; 0 where nothing was set.
pub fn value(session: &Session, address: &str) -> f32 {
    session.value(&KINDS, &address.parse().expect("address")).expect("knob")
}
