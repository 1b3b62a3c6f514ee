//! The mix on other systems.

use mixsmith_analysis::sketch::{BANDS, centres};

use super::card::{Bar, Card, Figure};
use crate::report::parts::Part;
use crate::report::systems::Fare;

const VOICE: Figure = Figure {
    group: "Elsewhere",
    name: "Voice changes by",
    unit: "dB",
    bar: Bar::Most(2.0),
    row: 15,
    how: "Largest change of the level of the lead voice against the rest on the simulated systems, turned down by 20 dB \
          among them.",
    means: "Largest change of the voice against the rest on other systems and at a low level.",
};

const MASKING: Figure = Figure {
    group: "Elsewhere",
    name: "Masking rises by",
    unit: "%",
    bar: Bar::Most(0.10),
    row: 15,
    how: "Largest rise of the mean masked share on them.",
    means: "Largest rise of the masked share on them. People: 4 to 8 points.",
};

const BASS: Figure = Figure {
    group: "Elsewhere",
    name: "Bass on a phone",
    unit: "dB",
    bar: Bar::Least(-20.0),
    row: 15,
    how: "Energy of the bass from 300 Hz to 1 kHz over all of it.",
    means: "The bass's overtones from 300 Hz to 1 kHz against all of it: what a phone plays of the bass line.",
};

pub(super) const FIGURES: &[&Figure] = &[&VOICE, &MASKING, &BASS];

pub(super) fn elsewhere(parts: &[Part], fares: &[Fare], card: &mut Card) {
    let voice = fares.iter().filter_map(|fare| Some((fare.voice?.abs(), fare.system)));
    let voice = voice.fold(None, |worst: Option<(f64, &str)>, next| match worst {
        Some(worst) if worst.0 >= next.0 => Some(worst),
        _ => Some(next),
    });
    card.add_about(&VOICE, voice.map(|(change, _)| change), voice.map_or("", |(_, system)| system));
    let masking = (parts.len() > 1).then(|| fares.iter().map(|fare| fare.masking).reduce(f64::max)).flatten();
    card.add(&MASKING, masking);
    let bass = parts.iter().filter(|part| part.family == "bass");
    let (mut audible, mut all) = (0.0, 0.0);
    for part in bass {
        for (place, e) in part.sketch.mid.iter().enumerate() {
            all += f64::from(*e);
            audible += if (300.0..1000.0).contains(&centres()[place % BANDS]) { f64::from(*e) } else { 0.0 };
        }
    }
    card.add(&BASS, (all > 0.0 && audible > 0.0).then(|| 10.0 * (audible / all).log10()));
}
