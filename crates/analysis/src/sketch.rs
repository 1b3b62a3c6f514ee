//! The sketch: a track's energy in 40 bands of the ear every 100 ms, for mid and side.
//!
//! What balance, masking and tone are computed from: small enough to try thousands of mixes a second.

/// Number of bands.
pub const BANDS: usize = 40;
/// Seconds a frame.
pub const STEP: f64 = 0.1;

/// Energy (mean square, linear, full-scale sine = 0.5) of mid `(L+R)/2` and side `(L-R)/2` by frame and band,
/// with a mono file counted as L = R. Frame `f` covers song time `f * STEP` to `(f + 1) * STEP`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    /// `mid[frame * BANDS + band]`.
    pub mid: Vec<f32>,
    /// `side[frame * BANDS + band]`.
    pub side: Vec<f32>,
}

impl Sketch {
    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.mid.len() / BANDS
    }
}
