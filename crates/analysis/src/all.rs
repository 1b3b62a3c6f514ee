//! The shelf: every measure.

use crate::Measure;

/// Every measure, in the order of measuring.
pub static ALL: &[&[Measure]] = &[];
