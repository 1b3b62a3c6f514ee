//! The lead is understood.

use crate::solver::scene::Scene;
use crate::solver::term::Term;

/// The term.
pub const TERM: Term = Term {
    id: "bought.lead",
    name: "the lead is understood",
    unit: "share",
    weight: 1.0,
    doc: "Share of the lead's important energy between 1 and 4 kHz that lies more than 8 dB under what the others spread over \
          it, less what human mixes have, over their range. Nothing else need be heard: people bury pads on purpose, and least \
          masking of everything is equal loudness, which listeners do not like.",
    source: "Ten human balances: 0.02 (0.00 to 0.04); Ronan et al. 2018 for masking as an objective",
    common: false,
    value,
};

/// Share that is masked in human mixes at most, and how far they differ.
pub(crate) const HUMAN: (f64, f64) = (0.04, 0.02);
/// A cell is lost this far under what lies over it, dB, and how soft the border is: 4 dB more than what masks, for so much an
/// equaliser makes room, and takes less of the song away than a fader does.
const UNDER: (f64, f64) = (8.0, 1.0);

fn value(scene: &Scene, levels: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let bands = &scene.bands;
    let gains: Vec<f64> = levels.iter().map(|level| 10f64.powf(level / 10.0)).collect();
    // One lead is as loud as another: their mean level stands for all of them.
    let count = bands.lead.len().max(1) as f64;
    let lead = bands.lead.iter().map(|&i| levels[i]).sum::<f64>() / count;
    let mut slopes = vec![0.0; levels.len()];
    let mut masked = 0.0;
    for cell in &bands.cells {
        let over: f64 = cell.over.iter().zip(&gains).map(|(over, gain)| over * gain).sum();
        if over <= 0.0 {
            continue;
        }
        let off = (10.0 * (over / cell.own).log10() - lead - UNDER.0) / UNDER.1;
        let share = 1.0 / (1.0 + (-off).exp());
        masked += cell.weight * share;
        let steep = cell.weight * share * (1.0 - share) / UNDER.1;
        for (slope, (of, gain)) in slopes.iter_mut().zip(cell.over.iter().zip(&gains)) {
            *slope += steep * of * gain / over;
        }
        bands.lead.iter().for_each(|&i| slopes[i] -= steep / count);
    }
    let z = ((masked - HUMAN.0) / HUMAN.1).max(0.0);
    slope.iter_mut().zip(&slopes).for_each(|(slope, own)| *slope += weight * z / HUMAN.1 * own);
    0.5 * z * z
}
