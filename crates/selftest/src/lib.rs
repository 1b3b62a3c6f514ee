//! Measures the engine, the processors and the meters, and says how good they are.
//!
//! Each [`Row`] is one figure with a gate, which must be reached, and the figure that counts as best. Signals and
//! references are this crate's own, in `f64`: nothing is judged by the function that is measured. A group of rows is a
//! file with a list `ROWS`; [`all`] holds one line a group.

mod all;
mod clean;
mod dynamics;
mod equaliser;
mod files;
mod health;
mod judge;
mod knobs;
mod late;
mod limiter;
mod loudness;
mod machine;
mod needles;
mod numerics;
mod page;
mod peaks;
mod rig;
mod row;
mod saturation;
mod signal;
mod song;
mod space;
mod timing;
mod weighting;

pub use all::rows;
pub use machine::machine;
pub use numerics::{every_effect_live, fingerprint};
pub use page::page;
pub use row::{Failed, Length, Measured, Outcome, Row, run};
