//! The equalisers leave the mix no further from the usual balance of records.

use mixsmith_analysis::sketch::BANDS;

use super::tone;
use crate::solver::term::Term;
use crate::solver::tones::Tones;

/// The term.
pub const TERM: Term<Tones> = Term {
    id: "bought.colour",
    name: "the mix is nearer to the usual tone of records",
    unit: "sd",
    weight: 0.5,
    doc: "The same distance from the usual balance of records as that by which levels are weighed, with the bells of the \
          equalisers as they are turned.",
    source: "tables/target.toml (Elowsson and Friberg 2017, and others); ten human balances: 1.2 to 1.8",
    common: false,
    value,
};

fn value(tones: &Tones, gains: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let (mean, turned) = (&tones.bands.mean, tones.turned(gains));
    let through = |i: usize, band: usize| mean[i][band] * 10f64.powf(0.1 * turned.tracks[i][band]);
    let heard: [f64; BANDS] =
        std::array::from_fn(|band| (0..mean.len()).map(|i| through(i, band)).sum::<f64>().max(1e-15));
    let (cost, by_band) = tone::distance(&heard, &tones.bands.counts, tones.target.as_ref());
    for ((slope, bell), does) in slope.iter_mut().zip(&tones.bells).zip(&turned.slopes) {
        let by = |band: usize| by_band[band] * does[band] * through(bell.track, band) / heard[band];
        *slope += weight * (0..BANDS).map(by).sum::<f64>();
    }
    cost
}
