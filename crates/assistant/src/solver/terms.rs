//! The terms, one a file.

pub mod ambience;
pub mod came;
pub mod colour;
pub mod even;
pub mod headroom;
pub mod hump;
pub mod lead;
pub mod lift;
pub mod low_mono;
pub mod place;
pub mod rough;
pub mod seat;
pub mod share;
pub mod stretch;
pub mod tie;
pub mod tone;
pub mod translation;
pub mod turn;
pub mod usual;
pub mod width;
pub mod words;
