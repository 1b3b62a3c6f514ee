//! The lead is understood, as far as equalisers make room for it.

use super::lead::HUMAN;
use crate::solver::term::Term;
use crate::solver::tones::Tones;

/// The term.
pub const TERM: Term<Tones> = Term {
    id: "bought.words",
    name: "the words are understood",
    unit: "share",
    weight: 1.0,
    doc: "Share of the lead's important energy between 1 and 4 kHz that lies more than 4 dB under what the others spread over \
          it, less what human mixes have, over their range.",
    source: "Ten human balances: 0.02 (0.00 to 0.04); 4 dB: the fact `masking.voice_1_4k`",
    common: false,
    value,
};

/// A cell is masked this far under what lies over it, dB, and how soft the border is.
const UNDER: (f64, f64) = (4.0, 1.0);

fn value(tones: &Tones, gains: &[f64], slope: &mut [f64], weight: f64) -> f64 {
    let (bands, turned) = (&tones.bands, tones.turned(gains));
    let count = bands.lead.len().max(1) as f64;
    let mut slopes = vec![0.0; gains.len()];
    let mut masked = 0.0;
    for cell in &bands.cells {
        let through = |i: usize| cell.over[i] * 10f64.powf(0.1 * turned.tracks[i][cell.band]);
        let over: f64 = (0..cell.over.len()).map(through).sum();
        if over <= 0.0 {
            continue;
        }
        // One lead is as loud as another: the mean of their bells stands for all of them.
        let lifted = bands.lead.iter().map(|&i| turned.tracks[i][cell.band]).sum::<f64>() / count;
        let off = (10.0 * (over / cell.own).log10() - lifted - UNDER.0) / UNDER.1;
        let share = 1.0 / (1.0 + (-off).exp());
        masked += cell.weight * share;
        let steep = cell.weight * share * (1.0 - share) / UNDER.1;
        for ((slope, bell), does) in slopes.iter_mut().zip(&tones.bells).zip(&turned.slopes) {
            let leads = if bands.lead.contains(&bell.track) { 1.0 / count } else { 0.0 };
            *slope += steep * does[cell.band] * (through(bell.track) / over - leads);
        }
    }
    let z = ((masked - HUMAN.0) / HUMAN.1).max(0.0);
    slope.iter_mut().zip(&slopes).for_each(|(slope, own)| *slope += weight * z / HUMAN.1 * own);
    0.5 * z * z
}
