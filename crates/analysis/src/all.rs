//! The shelf: every measure.

use crate::Measure;
use crate::ears;

/// Every measure, in the order of measuring.
pub static ALL: &[&[Measure]] = &[
    ears::peak::MEASURES,
    ears::loudness::MEASURES,
    ears::activity::MEASURES,
    ears::stereo::MEASURES,
    ears::clipping::MEASURES,
    ears::faults::MEASURES,
    ears::spectrum::MEASURES,
    ears::onset::MEASURES,
    ears::pitch::MEASURES,
    ears::voice::MEASURES,
    ears::chroma::MEASURES,
    ears::hum::MEASURES,
];
