//! The mix no further from the usual balance of records than people's mixes are.

use std::sync::LazyLock;

use mixsmith_analysis::sketch::{BANDS, centres, edges};

use crate::solver::scene::Scene;
use crate::solver::term::{Term, huber};
use crate::tables::{self, TargetRow};

/// The term.
pub const TERM: Term = Term {
    id: "bought.tone",
    name: "nearer to the usual tone of records",
    unit: "sd",
    weight: 0.5,
    doc: "Distance of the mix's spectrum in the louder half of the song from the usual balance of records, root mean square \
          over the bands in standard deviations, as far as it is more than the least that human mixes have. Straight beyond \
          one more of their standard deviations, and weighed half: few tracks have any spectrum, and levels cannot mend \
          that.",
    source: "tables/target.toml (Elowsson and Friberg 2017, and others); ten human balances: 1.2 to 1.8, standard \
             deviation 0.24",
    common: false,
    value,
};

/// The least distance that human mixes have, and how far they differ, standard deviations.
const HUMAN: (f64, f64) = (1.2, 0.25);

/// Level and standard deviation wanted in every band, dB. The table is of third octaves; bands of the ear are as wide as
/// they are.
static WANTED: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| by_band(tables::target()));

/// Level and standard deviation in every band of the ear, dB, from those of third octaves.
pub fn by_band(table: &[TargetRow]) -> Vec<(f64, f64)> {
    let third = 2f64.powf(1.0 / 6.0) - 2f64.powf(-1.0 / 6.0);
    let at = |band: usize| {
        let hz = centres()[band];
        let after = table.iter().position(|row| row.hz >= hz).unwrap_or(table.len() - 1).max(1);
        let (low, high) = (&table[after - 1], &table[after]);
        let way = ((hz / low.hz).ln() / (high.hz / low.hz).ln()).clamp(0.0, 1.0);
        let wide = (edges()[band + 1] - edges()[band]) / (third * hz);
        (low.db + way * (high.db - low.db) + 10.0 * wide.log10(), low.sd + way * (high.sd - low.sd))
    };
    (0..BANDS).map(at).collect()
}

/// What a spectrum costs that is this loud in every band, energies, and by how much that rises for each decibel of a band.
pub(crate) fn distance(
    heard: &[f64; BANDS],
    counts: &[bool],
    target: Option<&Vec<(f64, f64)>>,
) -> (f64, [f64; BANDS]) {
    let (target, mut slope) = (target.unwrap_or(&WANTED), [0.0; BANDS]);
    let band = |band: usize| {
        let (wanted, sd) = target[band];
        (band, sd.powi(-2), 10.0 * heard[band].max(1e-15).log10() - wanted)
    };
    // Band, its precision, and by how much it is off.
    let bands: Vec<(usize, f64, f64)> =
        (0..BANDS).filter(|&band| counts.get(band) == Some(&true)).map(band).collect();
    if bands.is_empty() {
        return (0.0, slope);
    }
    let all: f64 = bands.iter().map(|(_, precision, _)| precision).sum();
    // How loud the mix is does not matter: around the weighted mean the distance is least.
    let loud = bands.iter().map(|(_, precision, off)| precision * off).sum::<f64>() / all;
    let squares: f64 = bands.iter().map(|(_, precision, off)| precision * (off - loud).powi(2)).sum();
    let count = bands.len() as f64;
    let distance = (squares / count).sqrt();
    let z = (distance - HUMAN.0) / HUMAN.1;
    if z <= 0.0 {
        return (0.0, slope);
    }
    let (cost, by_distance) = huber(z, 1.0);
    for (band, precision, off) in bands {
        slope[band] = by_distance / HUMAN.1 * precision * (off - loud) / (count * distance);
    }
    (cost, slope)
}

fn value(scene: &Scene, levels: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let mean = &scene.bands.mean;
    if mean.len() != levels.len() {
        return 0.0;
    }
    let gains: Vec<f64> = levels.iter().map(|level| 10f64.powf(level / 10.0)).collect();
    let heard: [f64; BANDS] =
        std::array::from_fn(|band| mean.iter().zip(&gains).map(|(m, g)| g * m[band]).sum::<f64>().max(1e-15));
    let (cost, by_band) = distance(&heard, &scene.bands.counts, scene.tone.as_ref());
    for (slope, (mean, gain)) in slope.iter_mut().zip(mean.iter().zip(&gains)) {
        *slope +=
            weight * (0..BANDS).map(|band| by_band[band] * gain * mean[band] / heard[band]).sum::<f64>();
    }
    cost
}
