//! The road: from a folder of tracks to a mix, a master and the reasons.
//!
//! `Song on disk -> Stems -> Facts -> Decisions -> Session -> Plan -> Audio + Report`. Each step is a file here and
//! can be run alone; what lies between is on disk and can be read.
#![allow(clippy::disallowed_methods, reason = "files, clock and threads belong here")]

mod abroad;
mod add_up;
mod backups;
mod bounce;
mod brief;
mod by_hand;
mod compare;
mod demo;
mod envelope;
mod error;
mod export;
mod folder;
mod import;
mod impulses;
mod journal;
mod like;
mod listen;
mod lock;
mod manifest;
mod master;
mod meter;
mod naming;
mod print;
mod progress;
mod project;
mod readings;
mod recovery;
mod reopen;
pub mod report;
mod rides;
mod road;
mod rules;
mod score;
mod scorecard;
mod sessions;
mod stamps;
mod start;
mod unread;
mod verify;
mod why;
mod wishes;

pub use abroad::{Abroad, PartOn, System, abroad};
pub use backups::{Backup, Restored, backups, restore};
pub use bounce::bounce;
pub use by_hand::{set, unset};
pub use compare::{Change, Comparison, Measured, StripChange, compare};
pub use demo::demo;
pub use envelope::Envelope;
pub use error::{Note, PipelineError};
pub use export::{Exported, export, formats};
pub use folder::Folder;
pub use import::{Imported, import};
pub use journal::Journal;
pub use listen::{Listened, SongFile, listen};
pub use manifest::{Manifest, Printed};
pub use meter::{Level, Meter};
pub use mixsmith_interchange::{Fate, Loss, Wishes as ExportWishes};
pub use progress::{Progress, Silent};
pub use project::song_of;
pub use readings::{
    Band, KReading, KReadings, LoudnessReadings, NeedleReadings, Readings, StereoReadings, meter,
};
pub use recovery::{Recovery, Twin, recovery};
pub use rides::write_rides;
pub use road::{Mixed, Options, Rehearsed, decide, mix, prepare, rehearse, render_again};
pub use rules::{Checked, Examination, Held, USUAL, examine};
pub use score::{Answer, Line, Sheet, score};
pub use scorecard::{
    Among, Bar, Figure, Portrait, QUESTIONS, Score, Sounding, Verdict, among, figures, portrait,
};

pub use mixsmith_analysis::{Fact, Facts, Qty, unit};
pub use mixsmith_assistant::like::Trait;
pub use mixsmith_assistant::{Decision, Evidence, Genre, Loudness, Status};
pub use mixsmith_session::Address;
pub use verify::{Difference, Verified, verify};
pub use why::{Knob, Reason, Why, explain, why};
pub use wishes::{Likes, Wished, Wishlist, prefer, wish};
