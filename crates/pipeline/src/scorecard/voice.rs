//! The lead voice.

use super::card::{Bar, Card, Figure};
use super::percentile;
use crate::Mixed;
use crate::report::parts::{Part, voice_against_rest};

const LEVEL: Figure = Figure {
    group: "Voice",
    name: "Level against the rest",
    unit: "dB",
    bar: Bar::None,
    row: 2,
    how: "K-weighted energy of the lead voice and its doubles over that of all other tracks, in the frames of 100 ms \
          (momentary loudness, 400 ms) in which a voice plays.",
    means: "Lead voice against everything else while it sings. Records go from -9 to +3 dB, so there is no limit.",
};

const STEADY: Figure = Figure {
    group: "Voice",
    name: "Steadiness",
    unit: "dB",
    bar: Bar::Most(1.5),
    row: 3,
    how: "Standard deviation of that level over the phrases of at least a second; three phrases are needed.",
    means: "How much that level differs from phrase to phrase (standard deviation). People: 0.6 to 1.2 dB.",
};

const SOFTEST: Figure = Figure {
    group: "Voice",
    name: "Level where it is weakest",
    unit: "dB",
    bar: Bar::None,
    row: 3,
    how: "10th percentile of that level over stretches of 3 s, one a second, in which a voice plays for at least half of \
          the time.",
    means: "The level of the lead voice that nine tenths of the song keep: far under the level above, words get lost.",
};

pub(super) const FIGURES: &[&Figure] = &[&LEVEL, &STEADY, &SOFTEST];

/// Frames of a stretch of 3 s, and from one to the next.
const STRETCH: (usize, usize) = (30, 10);

pub(super) fn voice(mixed: &Mixed, parts: &[Part], card: &mut Card) {
    card.add(&LEVEL, voice_against_rest(parts, |_| true));
    // The loudest lead sings the words; its doubles follow it.
    let leads = parts.iter().filter(|part| part.role == "lead-vocal");
    let lead = leads.reduce(|a, b| if b.after > a.after { b } else { a });
    let phrases = lead.map_or(&[][..], |lead| mixed.listened.facts.spans("activity.phrases", &lead.id));
    let frame = |seconds: f64| (seconds * 10.0).round() as usize;
    let long = phrases.iter().filter(|phrase| phrase.end - phrase.start >= 1.0);
    let levels: Vec<f64> = long
        .filter_map(|phrase| {
            voice_against_rest(parts, |f| (frame(phrase.start)..frame(phrase.end)).contains(&f))
        })
        .collect();
    card.add(&STEADY, deviation(&levels));
    card.add(&SOFTEST, percentile(&stretches(parts), 0.1));
}

/// The level over stretches of 3 s, softest first.
fn stretches(parts: &[Part]) -> Vec<f64> {
    let length = parts.iter().map(|part| part.plays.len()).max().unwrap_or(0);
    let sings = |frame: usize| parts.iter().any(|p| p.is_voice() && p.plays.get(frame) == Some(&true));
    let sings: Vec<bool> = (0..length).map(sings).collect();
    let starts = (0..length.saturating_sub(STRETCH.0 - 1)).step_by(STRETCH.1);
    let full = starts.filter(|&s| sings[s..s + STRETCH.0].iter().filter(|on| **on).count() * 2 >= STRETCH.0);
    let mut levels: Vec<f64> =
        full.filter_map(|s| voice_against_rest(parts, |f| (s..s + STRETCH.0).contains(&f))).collect();
    levels.sort_by(f64::total_cmp);
    levels
}

fn deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 3 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64;
    Some(square.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deviation_needs_three_values() {
        assert_eq!(deviation(&[1.0, 2.0]), None);
        assert_eq!(deviation(&[1.0, 2.0, 3.0]), Some(1.0));
    }

    #[test]
    fn the_weakest_tenth_is_where_the_voice_sinks() {
        let mut voice = Part::steady("voice", "lead-vocals", 20, 1e-2, 600);
        let band = Part::steady("band", "guitars", 10, 1e-2, 600);
        let at = |voice: &Part| percentile(&stretches(&[voice.clone(), band.clone()]), 0.1).unwrap();
        assert!(at(&voice).abs() < 1e-6);
        // 12 dB down for the last quarter.
        voice.energy[450..].iter_mut().for_each(|e| *e /= 16.0);
        assert!((at(&voice) + 12.04).abs() < 0.01, "{}", at(&voice));
        assert!(stretches(&[band]).is_empty());
    }
}
