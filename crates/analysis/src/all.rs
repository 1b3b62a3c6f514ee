//! The shelf: every measure.

use crate::Measure;
use crate::ears;

/// Every measure, in the order of measuring.
pub static ALL: &[&[Measure]] = &[ears::peak::MEASURES, ears::loudness::MEASURES, ears::activity::MEASURES];
