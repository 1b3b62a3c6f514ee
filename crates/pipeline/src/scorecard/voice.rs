//! The lead voice.

use super::card::{Bar, Card};
use crate::Mixed;
use crate::report::parts::{Part, voice_against_rest};

pub(super) fn voice(mixed: &Mixed, parts: &[Part], card: &mut Card) {
    let level = voice_against_rest(parts, |_| true);
    let means = "Lead voice against everything else while it sings. Records go from -9 to +3 dB, so there is no limit.";
    card.add(("Voice", "Level against the rest"), level, "dB", Bar::None, means);
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
    let means =
        "How much that level differs from phrase to phrase (standard deviation). People: 0.6 to 1.2 dB.";
    card.add(("Voice", "Steadiness"), deviation(&levels), "dB", Bar::Most(1.5), means);
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
}
