//! The mix as data: sources, strips, routes, lanes; addresses; edits, the only way to change it.
//!
//! Knows no audio, no engine and no file system: it parses from and prints to text.

mod address;
mod diff;
mod edit;
pub mod file;
mod mend;
mod model;
mod problem;
mod routes;
mod slug;
mod strip;
mod thin;

pub use address::{Address, AddressError, Slot, nearest};
pub use diff::diff;
pub use edit::{Edit, EditError};
pub use file::{FileError, parse, print, update};
pub use mend::check;
pub use model::{
    Clip, Curve, Insert, Lane, Map, Marker, Point, Send, Session, SongInfo, Source, Strip, StripKind, Tap,
    Values,
};
pub use problem::Problem;
pub use slug::slug;
pub use strip::{FADER_OFF, SEND, STRIP, SendParams, StripParams};
pub use thin::thin;
