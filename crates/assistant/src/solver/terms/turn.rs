//! Few moves, and small ones.

use crate::solver::term::Term;
use crate::solver::tones::Tones;

/// The term.
pub const TERM: Term<Tones> = Term {
    id: "bought.turn",
    name: "the track stays as it was recorded",
    unit: "dB",
    weight: 1.0,
    doc: "Gain of every bell, whichever way, over 3 dB. It costs the same from the first tenth of a decibel on, so that what \
          buys little is not turned at all.",
    source: "Practice for 3 dB; the absolute value for few moves: Tibshirani 1996",
    common: false,
    value,
};

/// Gain that costs one point, dB.
const POINT: f64 = 3.0;

fn value(tones: &Tones, gains: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let mut sum = 0.0;
    for ((slope, gain), bell) in slope.iter_mut().zip(gains).zip(&tones.bells) {
        // A gain goes from none to what was proposed, and never to the other side.
        let by = bell.band.gain.signum() / POINT;
        sum += by * gain;
        *slope += weight * by;
    }
    sum
}
