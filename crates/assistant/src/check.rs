//! Checks on the rendered mix: headroom, mono, small speakers.

pub mod headroom;
pub mod mono;
