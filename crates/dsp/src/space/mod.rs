//! Space: delay lines, diffusers and rooms.

pub mod diffuser;
pub mod network;
pub mod tapped;

pub use diffuser::Diffuser;
pub use network::{LINES, Network};
pub use tapped::TappedDelay;
