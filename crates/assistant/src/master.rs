//! The master: tone, limiting, loudness.

pub mod limit;
pub mod tone;
pub mod width;

use mixsmith_analysis::Facts;

/// Under this name facts of the rendered mix are kept, as if it were a stem.
pub const HEARD: &str = "mix";

/// A number about the rendered mix; nothing before it was rendered.
pub fn heard(facts: &Facts, what: &str) -> Option<f64> {
    facts.number(what, HEARD)
}
