//! A decision: what to do, and the measurements that say why.

use mixsmith_session::Edit;
use serde::{Deserialize, Serialize};

/// What a rule decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Number in the list, from 1; given by [`crate::decide()`].
    pub id: u32,
    /// The rule's code.
    pub rule: String,
    /// The strips that it is about, by id; none when it is about the song.
    pub about: Vec<String>,
    /// What was done and why, in one plain sentence with its numbers.
    pub says: String,
    /// The measurements behind it.
    pub because: Vec<Evidence>,
    /// Taken, refused or overruled.
    pub status: Status,
    /// The changes.
    pub edits: Vec<Edit>,
}

impl Decision {
    /// A decision about some strips, taken.
    pub fn new(rule: &str, about: &[&str], says: impl Into<String>) -> Self {
        Decision {
            id: 0,
            rule: rule.to_owned(),
            about: about.iter().map(|&s| s.to_owned()).collect(),
            says: says.into(),
            because: Vec::new(),
            edits: Vec::new(),
            status: Status::Taken,
        }
    }

    /// Adds a measurement.
    pub fn because(mut self, evidence: Evidence) -> Self {
        self.because.push(evidence);
        self
    }

    /// Adds a change.
    pub fn edit(mut self, edit: Edit) -> Self {
        self.edits.push(edit);
        self
    }
}

/// What became of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Its edits are in the session.
    Taken,
    /// Considered and not done, with the reason. Its edits are not in the session.
    Refused(String),
    /// A hand has set what it would set: the hand wins. Its edits (or those that touch the hand's) are not in the
    /// session.
    Overruled(String),
}

/// A measurement behind a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The fact: `loudness.active`.
    pub fact: String,
    /// The stems it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<String>,
    /// What was measured.
    pub value: f64,
    /// What is wanted, in the same unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<f64>,
    /// How far it may go before the rule has something to say, in the same unit: `at_most = 15.0`.
    #[serde(flatten)]
    pub limit: Option<Limit>,
    /// Unit of all.
    pub unit: String,
}

/// Where a measurement begins to matter. Unlike what is wanted, no rule strives for it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// More than this is too much.
    AtMost(f64),
    /// Less than this is too little.
    AtLeast(f64),
}

impl Limit {
    /// The number.
    pub fn value(self) -> f64 {
        match self {
            Limit::AtMost(value) | Limit::AtLeast(value) => value,
        }
    }
}

impl Evidence {
    /// A measurement.
    pub fn new(fact: &str, of: &[&str], value: f64, unit: &str) -> Self {
        let of = of.iter().map(|&s| s.to_owned()).collect();
        Evidence { fact: fact.to_owned(), of, value, wanted: None, limit: None, unit: unit.to_owned() }
    }

    /// A measurement beside what is wanted.
    pub fn wanted(mut self, wanted: f64) -> Self {
        self.wanted = Some(wanted);
        self
    }

    /// A measurement beside the most that is left alone.
    pub fn at_most(mut self, limit: f64) -> Self {
        self.limit = Some(Limit::AtMost(limit));
        self
    }

    /// A measurement beside the least that is left alone, or that is enough to act.
    pub fn at_least(mut self, limit: f64) -> Self {
        self.limit = Some(Limit::AtLeast(limit));
        self
    }
}
