//! The shelf: every measure.

use crate::{
    Measure, bleed, ears, key, leave_out, masking, odd_files, pairs, picture, roles, rough, sections, tempo,
};

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
    ears::timbre::MEASURES,
    ears::harmonics::MEASURES,
    ears::chroma::MEASURES,
    ears::hum::MEASURES,
    ears::boom::MEASURES,
    roles::MEASURES,
    leave_out::MEASURES,
    tempo::MEASURES,
    key::MEASURES,
    sections::MEASURES,
    pairs::MEASURES,
    picture::MEASURES,
    bleed::MEASURES,
    rough::MEASURES,
    masking::MEASURES,
    odd_files::MEASURES,
];

/// The unit of a measure; nothing where it has none, or is not known.
pub fn unit(measure: &str) -> &'static str {
    ALL.iter().copied().flatten().find(|known| known.id == measure).map_or("", |known| known.unit)
}
