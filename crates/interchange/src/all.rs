//! The shelf: one line a format.

use crate::Format;

/// Every format, in the order of `--to`.
pub static ALL: &[&dyn Format] = &[
    &crate::aaf::Aaf,
    &crate::ardour::Ardour,
    &crate::dawproject::DawProject,
    &crate::reaper::Reaper,
    &crate::live::Live,
    &crate::stems::Stems,
    &crate::x32::X32,
];

/// The format that a word of `--to` names.
pub fn named(id: &str) -> Option<&'static dyn Format> {
    ALL.iter().copied().find(|format| format.id() == id)
}

/// The format of a project, by the ending of its file name.
pub fn of_file(name: &str) -> Option<&'static dyn Format> {
    let ending = name.rsplit_once('.')?.1.to_lowercase();
    ALL.iter().copied().find(|format| format.endings().contains(&ending.as_str()))
}
