//! Space: delay lines, diffusers and rooms.

pub mod diffuser;
pub mod moving;
pub mod network;
pub mod tapped;

pub use diffuser::Diffuser;
pub use moving::MovingDelay;
pub use network::{LINES, Network};
pub use tapped::TappedDelay;
