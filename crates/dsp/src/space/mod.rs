//! Space: delay lines, diffusers and rooms.

pub mod delay_line;
pub mod diffuser;
pub mod network;

pub use delay_line::DelayLine;
pub use diffuser::Diffuser;
pub use network::{LINES, Network};
