//! The solver: what is continuous and mutual is found by weighing, not by rules.
//!
//! An objective is a sum of [terms](all), each in half squared standard deviations: what is two standard
//! deviations off costs 2. [`solve`](solve::solve) looks for the mix that costs least; what a move took off each term is the
//! reason given for it.

pub mod all;
pub mod bands;
pub mod course;
pub mod ear;
pub mod elsewhere;
pub mod lbfgs;
pub mod predict;
pub mod press;
pub mod room;
pub mod scene;
pub mod solve;
pub mod space;
pub mod stage;
pub mod systems;
pub mod term;
pub mod terms;
pub mod tones;

pub use ear::k_weight;
pub use scene::Scene;
pub use solve::{Solved, solve};
pub use term::Term;
