//! A small synthesiser that writes songs with known truth: the demo song, and what tests plant faults in.
//!
//! [`song`] plays a [`Recipe`] in memory, to the bit the same each time; [`write()`] puts the files into a
//! folder. What is known about the song comes back as [`Truth`] and is not written.

mod delivery;
mod ensemble;
mod extras;
mod faults;
mod filter;
mod loudness;
mod microphones;
mod play;
mod random;
mod recipe;
mod room;
mod score;
mod song;
mod sound;
mod truth;

pub use random::split_mix;
pub use recipe::{Delivery, Fault, Form, Part, Recipe};
pub use song::{Format, Song, Track, song, write};
pub use truth::{PlantedFault, TrackTruth, Truth};
