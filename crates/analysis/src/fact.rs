//! A measurement, and the store that rules read.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Sketch;

/// A stretch of song time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Seconds from the start of the song.
    pub start: f64,
    /// Seconds from the start of the song.
    pub end: f64,
    /// What it is called, if it has a name (`chorus 2`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// A measured quantity. Its unit is that of its [`Measure`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Qty {
    /// A number.
    Number(f64),
    /// A name: a role, a key.
    Text(String),
    /// Moments in seconds.
    Times(Vec<f64>),
    /// A value every `step` seconds.
    Series {
        /// Seconds between values.
        step: f64,
        /// The values.
        values: Vec<f32>,
    },
    /// A value for each band.
    Bands(Vec<f32>),
    /// Stretches of time.
    Spans(Vec<Span>),
}

/// A measured thing. Says nothing about what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The stems it is about, by id; none when it is about the song.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
    /// Which measure: `loudness.integrated`.
    pub what: String,
    /// How much.
    pub value: Qty,
    /// Where in the song, if not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Span>,
    /// 0 (a guess) to 1 (certain).
    pub confidence: f32,
}

impl Fact {
    /// A certain number about one stem.
    pub fn number(what: &str, stem: &str, value: f64) -> Self {
        Fact::new(what, &[stem], Qty::Number(value))
    }

    /// A certain fact.
    pub fn new(what: &str, about: &[&str], value: Qty) -> Self {
        let about = about.iter().map(|&s| s.to_owned()).collect();
        Fact { about, what: what.to_owned(), value, when: None, confidence: 1.0 }
    }

    /// The same with less certainty.
    pub fn confidence(mut self, confidence: f32) -> Self {
        self.confidence = confidence;
        self
    }
}

/// The shelf's record of a measure: what the reference pages and the tests read.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// `family.name`, for ever.
    pub id: &'static str,
    /// Unit of the value, as a person writes it.
    pub unit: &'static str,
    /// What it is, with its source (standard and section, paper and equation).
    pub doc: &'static str,
}

/// All that was measured, in a stable order.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    facts: Vec<Fact>,
    /// Places in `facts` by (what, about).
    index: BTreeMap<(String, Vec<String>), Vec<usize>>,
    sketches: BTreeMap<String, Arc<Sketch>>,
}

impl Facts {
    /// Adds a fact.
    pub fn push(&mut self, fact: Fact) {
        self.index.entry((fact.what.clone(), fact.about.clone())).or_default().push(self.facts.len());
        self.facts.push(fact);
    }

    /// Adds several.
    pub fn extend(&mut self, facts: impl IntoIterator<Item = Fact>) {
        for fact in facts {
            self.push(fact);
        }
    }

    /// Adds a stem's sketch.
    pub fn push_sketch(&mut self, stem: &str, sketch: Arc<Sketch>) {
        self.sketches.insert(stem.to_owned(), sketch);
    }

    /// Every fact in the order of measuring, and the sketches by stem.
    pub fn into_parts(self) -> (Vec<Fact>, BTreeMap<String, Arc<Sketch>>) {
        (self.facts, self.sketches)
    }

    /// The sketch of a stem.
    pub fn sketch(&self, stem: &str) -> Option<&Arc<Sketch>> {
        self.sketches.get(stem)
    }

    /// Every fact, in the order of measuring.
    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter()
    }

    /// All facts of a measure about exactly these stems.
    pub fn all<'a>(&'a self, what: &str, about: &[&str]) -> impl Iterator<Item = &'a Fact> + use<'a> {
        let key = (what.to_owned(), about.iter().map(|&s| s.to_owned()).collect::<Vec<_>>());
        self.index.get(&key).into_iter().flatten().map(|&i| &self.facts[i])
    }

    /// The first fact of a measure about exactly these stems.
    pub fn get(&self, what: &str, about: &[&str]) -> Option<&Fact> {
        self.all(what, about).next()
    }

    /// Every fact of a measure, whoever it is about.
    pub fn of<'a>(&'a self, what: &'a str) -> impl Iterator<Item = &'a Fact> {
        self.facts.iter().filter(move |fact| fact.what == what)
    }

    /// A number about one stem (or about the song, with `""`).
    pub fn number(&self, what: &str, stem: &str) -> Option<f64> {
        let about: &[&str] = if stem.is_empty() { &[] } else { &[stem] };
        match self.get(what, about)?.value {
            Qty::Number(value) => Some(value),
            _ => None,
        }
    }

    /// A name about one stem (or about the song, with `""`).
    pub fn text(&self, what: &str, stem: &str) -> Option<&str> {
        let about: &[&str] = if stem.is_empty() { &[] } else { &[stem] };
        match &self.get(what, about)?.value {
            Qty::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A series about one stem: step in seconds and values.
    pub fn series(&self, what: &str, stem: &str) -> Option<(f64, &[f32])> {
        match &self.get(what, &[stem])?.value {
            Qty::Series { step, values } => Some((*step, values)),
            _ => None,
        }
    }

    /// Values by band about one stem.
    pub fn bands(&self, what: &str, stem: &str) -> Option<&[f32]> {
        match &self.get(what, &[stem])?.value {
            Qty::Bands(values) => Some(values),
            _ => None,
        }
    }

    /// Moments about one stem, or the song with `""`.
    pub fn times(&self, what: &str, stem: &str) -> &[f64] {
        let about: &[&str] = if stem.is_empty() { &[] } else { &[stem] };
        match self.get(what, about).map(|fact| &fact.value) {
            Some(Qty::Times(times)) => times,
            _ => &[],
        }
    }

    /// Stretches of time about one stem, or the song with `""`.
    pub fn spans(&self, what: &str, stem: &str) -> &[Span] {
        let about: &[&str] = if stem.is_empty() { &[] } else { &[stem] };
        match self.get(what, about).map(|fact| &fact.value) {
            Some(Qty::Spans(spans)) => spans,
            _ => &[],
        }
    }
}
