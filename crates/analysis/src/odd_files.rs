//! Files that do not fit the others: too short, too long, or at the wrong speed.

use crate::{Fact, Facts, Measure, Qty, Song};

/// The measures of this file.
pub const MEASURES: &[Measure] = &[
    Measure {
        id: "fault.wrong_length",
        unit: "s",
        doc: "Seconds by which a file is longer (or, negative, shorter) than all others, which agree among themselves.",
    },
    Measure {
        id: "fault.wrong_rate",
        unit: "ratio",
        doc: "A file that seems to play at 44.1/48 or 48/44.1 speed against the others, by its length and its onsets' tempo.",
    },
];

/// Adds what does not fit.
pub fn measure(song: &Song, facts: &mut Facts) {
    let rate = f64::from(song.rate.max(1));
    let lengths: Vec<f64> = song.stems.iter().map(|stem| stem.clip.frames as f64 / rate).collect();
    let mut sorted = lengths.clone();
    sorted.sort_by(f64::total_cmp);
    let Some(&usual) = sorted.get(sorted.len() / 2) else { return };
    // Coders pad, bounces end a little late: within 1 % or 0.25 s is the same length.
    let slack = (usual * 0.01).max(0.25);
    let agree = lengths.iter().filter(|length| (*length - usual).abs() <= slack).count();
    // Where lengths differ anyway (single takes dragged in), a length says nothing.
    if song.stems.len() < 4 || agree * 10 < song.stems.len() * 7 {
        return;
    }
    let beat = facts
        .number("tempo.bpm", "")
        .filter(|_| facts.number("tempo.confidence", "").is_some_and(|sure| sure > 0.5));
    let mut found = Vec::new();
    for (stem, &length) in song.stems.iter().zip(&lengths) {
        let off = length - usual;
        if off.abs() <= slack {
            continue;
        }
        let ratio = length / usual;
        let turned = [48.0 / 44.1, 44.1 / 48.0].into_iter().find(|r| (ratio / r - 1.0).abs() < 0.002);
        if let Some(turned) = turned
            && beat.is_none_or(|bpm| own_tempo_fits(facts, &stem.id, bpm / turned))
        {
            let fact = Fact::number("fault.wrong_rate", &stem.id, turned);
            found.push(fact.confidence(if beat.is_some() { 0.9 } else { 0.6 }));
            continue;
        }
        // A stem may well end before the song does: only a plain fraction, or silence, looks like a mistake.
        let half = [0.5, 2.0].iter().any(|r| (ratio / r - 1.0).abs() < 0.01);
        let silent = crate::leave_out::silent(facts, stem);
        let sure = if silent || half { 0.8 } else { 0.5 };
        found.push(Fact::new("fault.wrong_length", &[&stem.id], Qty::Number(off)).confidence(sure));
    }
    facts.extend(found);
}

/// Do a stem's own onsets repeat at this tempo or a simple multiple of it?
fn own_tempo_fits(facts: &Facts, stem: &str, bpm: f64) -> bool {
    let Some((_, values)) = facts.series("onset.strength", stem) else { return true };
    let Some(own) = crate::tempo::track(values) else { return true };
    own.confidence < 0.3
        || [0.5, 2.0 / 3.0, 1.0, 1.5, 2.0].iter().any(|k| (own.bpm / (bpm * k) - 1.0).abs() < 0.01)
}
