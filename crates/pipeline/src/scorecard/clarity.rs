//! Who covers whom.

use mixsmith_analysis::Sketch;
use mixsmith_analysis::masking::{Masked, masking};

use super::card::{Bar, Card};
use crate::report::parts::Part;

pub(super) fn masked(parts: &[Part], card: &mut Card) {
    let named: Vec<(&str, &Sketch)> = parts.iter().map(|part| (part.id.as_str(), &part.sketch)).collect();
    let found = masking(&named, &vec![0.0; named.len()]);
    if found.len() < 2 {
        return;
    }
    let shares: Vec<f64> = found.iter().map(|masked| f64::from(masked.fraction)).collect();
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    let means = "Share of each track's sound that the others cover, mean of all tracks. People: 2 to 29 %.";
    card.add(("Clarity", "Masked, mean"), Some(mean), "%", Bar::Most(0.31), means);
    let worst = shares.iter().copied().reduce(f64::max);
    let means =
        "The track that is covered most. Pads and effects are buried on purpose, so there is no limit.";
    card.add(("Clarity", "Masked, worst track"), worst, "%", Bar::None, means);
    let lead = lead_among(parts);
    let means = "Share of the lead voice that is covered where words are understood. People: 0 to 4 %.";
    let presence = lead.map(|masked| f64::from(masked.presence));
    card.add(("Clarity", "Lead voice masked, 1 to 4 kHz"), presence, "%", Bar::Most(0.04), means);
}

/// How the others cover the lead voice, its doubles included: takes of one voice do not hide each other.
fn lead_among(parts: &[Part]) -> Option<Masked> {
    let leads = parts.iter().filter(|part| part.is_voice());
    let voice = leads.map(|part| part.sketch.clone()).reduce(|mut sum, sketch| {
        for (sum, more) in [(&mut sum.mid, &sketch.mid), (&mut sum.side, &sketch.side)] {
            sum.resize(sum.len().max(more.len()), 0.0);
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        sum
    })?;
    let others = parts.iter().filter(|part| !part.is_voice());
    let named: Vec<(&str, &Sketch)> =
        [("voice", &voice)].into_iter().chain(others.map(|part| (part.id.as_str(), &part.sketch))).collect();
    masking(&named, &vec![0.0; named.len()]).into_iter().next()
}

#[cfg(test)]
mod tests {
    use mixsmith_analysis::sketch::BANDS;

    use super::*;

    #[test]
    fn two_takes_of_the_voice_do_not_hide_each_other() {
        let part = |id: &str, family: &'static str, energy: f32| Part {
            id: id.to_owned(),
            name: id.to_owned(),
            role: "lead-vocal".to_owned(),
            family,
            energy: Vec::new(),
            plays: Vec::new(),
            before: -20.0,
            after: -20.0,
            sketch: Sketch { mid: vec![energy; 10 * BANDS], side: vec![0.0; 10 * BANDS] },
        };
        let hidden = |parts: &[Part]| lead_among(parts).unwrap().presence;
        let (quiet, loud) = (part("double", "lead-vocals", 1e-4), part("voice", "lead-vocals", 1e-2));
        assert_eq!(hidden(&[quiet.clone(), loud.clone(), part("pad", "synths", 1e-6)]), 0.0);
        assert!(hidden(&[quiet, loud, part("pad", "synths", 1.0)]) > 0.9);
    }
}
