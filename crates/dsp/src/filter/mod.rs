//! Filters: analogue prototypes, their digital match, and the state-variable kernel that runs them.

mod cascade;
pub mod crossover;
pub mod design;
pub mod matched;
mod settled;
mod skewed;
pub mod svf;
pub mod three_way;

pub use cascade::cascade;
pub use crossover::Crossover;
pub use design::Prototype;
pub use matched::{matched, matched_closely, matched_in_a_row};
pub use svf::{Section, Svf};
pub use three_way::ThreeWay;
