//! Balance: how loud every track is.

pub mod levels;
pub mod rough;
pub mod state;
pub mod usual;
