//! The mix on other systems.

use mixsmith_analysis::sketch::{BANDS, centres};

use super::card::{Bar, Card};
use crate::report::parts::Part;
use crate::report::systems::Fare;

pub(super) fn elsewhere(parts: &[Part], fares: &[Fare], card: &mut Card) {
    let voice = fares.iter().filter_map(|fare| fare.voice).map(f64::abs).reduce(f64::max);
    let means = "Largest change of the voice against the rest on eight simulated systems.";
    card.add(("Elsewhere", "Voice changes by"), voice, "dB", Bar::Most(2.0), means);
    let masking = (parts.len() > 1).then(|| fares.iter().map(|fare| fare.masking).reduce(f64::max)).flatten();
    let means = "Largest rise of the masked share on them. People: 4 to 8 points.";
    card.add(("Elsewhere", "Masking rises by"), masking, "%", Bar::Most(0.10), means);
    let bass = parts.iter().filter(|part| part.family == "bass");
    let (mut audible, mut all) = (0.0, 0.0);
    for part in bass {
        for (place, e) in part.sketch.mid.iter().enumerate() {
            all += f64::from(*e);
            audible += if (300.0..1000.0).contains(&centres()[place % BANDS]) { f64::from(*e) } else { 0.0 };
        }
    }
    let share = (all > 0.0 && audible > 0.0).then(|| 10.0 * (audible / all).log10());
    let means =
        "The bass's overtones from 300 Hz to 1 kHz against all of it: what a phone plays of the bass line.";
    card.add(("Elsewhere", "Bass on a phone"), share, "dB", Bar::Least(-20.0), means);
}
