//! What a term of the objective is.

use super::Scene;

/// A term: what is to be small, and how it changes with every variable: levels of the tracks of a [`Scene`], or whatever else
/// is looked at.
pub struct Term<S: 'static = Scene> {
    /// What it is called in evidence: `bought.usual`.
    pub id: &'static str,
    /// What a person reads: "its usual level".
    pub name: &'static str,
    /// Unit of what is compared before it is divided by its standard deviation.
    pub unit: &'static str,
    /// What it is multiplied with in the sum.
    pub weight: f64,
    /// What it is and why.
    pub doc: &'static str,
    /// Where its numbers are from.
    pub source: &'static str,
    /// Is it about all tracks together, so that it is no reason to move a single one?
    pub common: bool,
    /// Value at a place (dB), without the weight. Adds its slope, times the last argument, to the gradient.
    pub value: fn(&S, &[f64], &mut [f64], f64) -> f64,
}

/// Half the square near zero, straight from `knee` on (Huber 1964): one track that is far off does not pull all others.
/// Gives value and slope.
pub(crate) fn huber(z: f64, knee: f64) -> (f64, f64) {
    if z.abs() <= knee { (0.5 * z * z, z) } else { (knee * (z.abs() - 0.5 * knee), knee * z.signum()) }
}
