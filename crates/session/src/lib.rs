//! The mix as data: sources, strips, routes, lanes; addresses; edits, the only way to change it.
//!
//! Knows no audio, no engine and no file system: it parses from and prints to text.

mod address;
mod edit;
mod model;
mod strip;

pub use address::{Address, AddressError, Slot};
pub use edit::{Edit, EditError};
pub use model::{
    Clip, Curve, Insert, Lane, Map, Marker, Point, Send, Session, SongInfo, Source, Strip, StripKind, Tap,
    Values,
};
pub use strip::{FADER_OFF, SEND, STRIP, SendParams, StripParams};
