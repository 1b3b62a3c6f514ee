//! No track stands out of its own surroundings, or sinks into them.

use crate::solver::term::Term;
use crate::solver::tones::Tones;
use crate::tone::shape::TOLERANCE;

/// The term.
pub const TERM: Term<Tones> = Term {
    id: "bought.hump",
    name: "less of what stands out",
    unit: "dB",
    weight: 1.0,
    doc: "By how much the spectrum of a track stands out of its neighbouring octaves where it has a bell, or sinks in, beyond \
          the 4 dB that are character, over 2 dB.",
    source: "tables/spectra.toml (MUSDB18, tolerance 4 dB)",
    common: false,
    value,
};

/// What stands out beyond the tolerance by this is one standard deviation off, dB.
const SD: f64 = 2.0;
/// Share of a bell's gain that is left over the third octaves in which humps are looked for.
const NEAR: f64 = 0.9;

fn value(tones: &Tones, gains: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let mut sum = 0.0;
    for (i, (bell, gain)) in tones.bells.iter().zip(gains).enumerate() {
        // A cut mends a hump, a lift mends a dip.
        let sign = -bell.band.gain.signum();
        let z = ((sign * (bell.stands + NEAR * gain) - TOLERANCE) / SD).max(0.0);
        sum += 0.5 * z * z;
        slope[i] += weight * z * sign * NEAR / SD;
    }
    sum
}
