//! Meters: what a sound reads, in the manner of the instruments that people know.
//!
//! For whole stretches of sound, and in double precision but for the peaks: they measure, and nothing that is heard goes
//! through them.

pub mod field;
pub mod loudness;
pub mod needle;
pub mod octaves;
pub mod peak;

pub use field::{Correlation, Goniometer};
pub use loudness::LoudnessMeter;
pub use needle::{Ballistics, Needle};
pub use octaves::Octaves;
pub use peak::PeakMeter;

/// Below this a level says only "silent", dB.
pub const FLOOR: f64 = -120.0;

/// Level in dB of an amplitude, at least [`FLOOR`].
pub fn level(amplitude: f64) -> f64 {
    (20.0 * amplitude.max(0.0).log10()).max(FLOOR)
}
