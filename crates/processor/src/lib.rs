//! What an effect is: units, parameters, the [`params!`] table, [`Effect`], [`Processor`], [`Kind`].
//!
//! A parameter is declared once, next to the effect that has it. Session checking, automation, the command
//! line, the reference pages and the generic tests are read from that table.

mod effect;
mod ending;
mod param;
mod rest;
mod table;
mod unit;
mod widened;

pub use effect::{Build, Effect, Impulse, Io, Key, Kind, Kinds, Ports, Processor, Setup, Tail, erase};
pub use param::{Change, Param, ParamSet, Ramp, Taper};
pub use unit::{Unit, UnitError};

/// Most frames that an effect receives at a time. Song time is cut into quanta of this size, live and offline
/// alike, which is why both give the same bits; a quantum in which a parameter steps or bends is cut there.
pub const QUANTUM: usize = 64;
