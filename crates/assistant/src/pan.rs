//! Pan: where every track stands from left to right, and how wide it is.

pub mod place;
pub mod width;
