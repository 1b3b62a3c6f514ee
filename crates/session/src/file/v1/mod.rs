//! Version 1 of the session file.
//!
//! ```toml
//! format = 1
//! [song]
//! title = "Night Drive"
//! rate = 48000
//! [strip.vox]
//! kind = "track"
//! to = "vocals"
//! fader = "-3.2 dB"
//! [strip.vox.inserts.comp]
//! kind = "dynamics.compressor"
//! threshold = "-18 dB"
//! ```

mod comments;
mod merge;
mod order;
mod page;
mod parse;
mod point;
mod strips;
mod time;

pub(crate) use merge::{afresh, update};
pub(crate) use page::print;
pub(crate) use parse::parse;
