//! Kick and bass.

use mixsmith_analysis::sketch::{BANDS, centres};
use mixsmith_assistant::mixmodel::lufs;

use super::card::{Bar, Card};
use crate::report::parts::Part;

pub(super) fn low_end(parts: &[Part], card: &mut Card) {
    let low = |part: &Part, frame: usize| -> f64 {
        let bands = centres().iter().enumerate().filter(|(_, hz)| (40.0..100.0).contains(*hz));
        let at = |band: usize| {
            let place = frame * BANDS + band;
            let of = |energies: &[f32]| energies.get(place).copied().unwrap_or(0.0);
            f64::from(of(&part.sketch.mid) + of(&part.sketch.side))
        };
        bands.map(|(band, _)| at(band)).sum()
    };
    let kicks: Vec<&Part> = parts.iter().filter(|part| part.role.starts_with("kick")).collect();
    let basses: Vec<&Part> = parts.iter().filter(|part| part.family == "bass").collect();
    let (mut kick, mut bass) = (0.0, 0.0);
    let frames = kicks.iter().map(|part| part.plays.len()).max().unwrap_or(0);
    for frame in (0..frames).filter(|&f| kicks.iter().any(|part| part.plays.get(f) == Some(&true))) {
        kick += kicks.iter().map(|part| low(part, frame)).sum::<f64>();
        bass += basses.iter().map(|part| low(part, frame)).sum::<f64>();
    }
    let ratio = (kick > 0.0 && bass > 0.0).then(|| lufs(kick) - lufs(bass));
    let means =
        "Kick against bass from 40 to 100 Hz while the kick sounds: under this the kick loses its weight.";
    card.add(("Low end", "Kick against bass"), ratio, "dB", Bar::Least(-3.0), means);
}
