//! Filters: analogue prototypes, their digital match, and the state-variable kernel that runs them.

pub mod crossover;
pub mod design;
pub mod matched;
mod settled;
mod skewed;
pub mod svf;
pub mod three_way;

pub use crossover::Crossover;
pub use design::Prototype;
pub use matched::{matched, matched_closely, matched_in_a_row};
pub use svf::{Section, Svf, cascade};
pub use three_way::ThreeWay;
