//! The sketch: a track's energy in 40 bands of the ear every 100 ms, for mid and side.
//!
//! What balance, masking and tone are computed from: small enough to try thousands of mixes a second.

use std::sync::LazyLock;

/// Number of bands.
pub const BANDS: usize = 40;
/// Seconds a frame.
pub const STEP: f64 = 0.1;
/// Lowest and highest frequency of the bands, in Hz.
const RANGE: (f64, f64) = (40.0, 16_000.0);
/// What the outermost bands also take in, in Hz, so that nothing that can be heard is lost.
const REACH: (f64, f64) = (20.0, 20_000.0);

/// Number of equivalent rectangular bandwidths below a frequency in Hz (Glasberg and Moore 1990, eq. 4).
pub fn erb_rate(hz: f64) -> f64 {
    21.4 * (0.00437 * hz + 1.0).log10()
}

/// The frequency in Hz at an ERB rate: the inverse of [`erb_rate`].
pub fn erb_hz(rate: f64) -> f64 {
    (10f64.powf(rate / 21.4) - 1.0) / 0.00437
}

fn at(place: f64) -> f64 {
    let (low, high) = (erb_rate(RANGE.0), erb_rate(RANGE.1));
    erb_hz(low + (high - low) * place / BANDS as f64)
}

/// Centres of the bands in Hz: 40 equal steps between 40 Hz and 16 kHz on the ERB-rate scale.
pub fn centres() -> &'static [f64; BANDS] {
    static CENTRES: LazyLock<[f64; BANDS]> =
        LazyLock::new(|| std::array::from_fn(|band| at(band as f64 + 0.5)));
    &CENTRES
}

/// Edges of the bands in Hz: band `b` lies between `edges()[b]` and `edges()[b + 1]`. The first band reaches
/// down to 20 Hz and the last one up to 20 kHz.
pub fn edges() -> &'static [f64; BANDS + 1] {
    static EDGES: LazyLock<[f64; BANDS + 1]> = LazyLock::new(|| {
        let mut edges = std::array::from_fn(|band| at(band as f64));
        (edges[0], edges[BANDS]) = REACH;
        edges
    });
    &EDGES
}

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
