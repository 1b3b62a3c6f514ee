//! From a session to sound.
//!
//! [`compile`] turns a session into an immutable [`Plan`]: strips in order, routes, delays, curves. A [`Runner`] runs
//! a plan live, [`render`] offline; both run the same nodes over the same quanta, so they give the same bits for any
//! block size and any number of threads. [`render_again`] plays what did not change since an earlier render. The engine knows no particular effect.

mod again;
mod compile;
mod curve;
mod gain;
mod lanes;
mod node;
mod plan;
mod render;
mod runner;
mod shadow;
mod shape;
mod sums;
mod unit;

pub use again::{Frozen, render_again};
pub use compile::{CompileError, Sources, compile};
pub use curve::Curve;
pub use plan::{Plan, Print, Prints};
pub use render::{Reduction, RenderError, Rendered, Sink, Worked, render};
pub use runner::Runner;
