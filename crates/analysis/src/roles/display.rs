//! What a person reads on the strip: `Kick In`, `Electric Guitar L`.

use super::name::{Reading, Side};
use super::words::SPELLED;
use super::{Role, role};

/// Clean names, unique in the song. A name that says what plays is kept, spelled out; else the role names the strip.
pub fn names(readings: &[(Reading, &'static Role)]) -> Vec<String> {
    let plain: Vec<String> = readings.iter().map(|(reading, role)| plain(reading, role)).collect();
    let mut out: Vec<String> = Vec::with_capacity(plain.len());
    for (i, name) in plain.iter().enumerate() {
        let shared = plain.iter().filter(|other| *other == name).count() > 1;
        let mut candidate = name.clone();
        // The person's own numbers tell them apart, if there are any.
        if shared && let Some(number) = readings[i].0.number.filter(|&n| n < 100 && readings[i].0.speaks()) {
            candidate = format!("{name} {number}");
        }
        let mut count = 1;
        while out.contains(&candidate) || (shared && candidate == *name) {
            candidate = format!("{name} {count}");
            count += 1;
        }
        out.push(candidate);
    }
    out
}

fn plain(reading: &Reading, found: &'static Role) -> String {
    let mut parts: Vec<String> = Vec::new();
    let (named, _) = reading.odds.best();
    let agrees = named.family == found.family
        || reading.odds.0.get(super::place(found.id).unwrap_or(0)).is_some_and(|&o| o > 3.0);
    if reading.speaks() && agrees {
        for word in reading.words.iter().filter(|word| !word.noise) {
            for piece in spelled(&word.text) {
                if !parts.contains(&piece) {
                    parts.push(piece);
                }
            }
        }
    }
    if parts.is_empty() {
        parts.push(role(found.id).map_or("Track", |role| role.name).to_owned());
    }
    match reading.side {
        Some(Side::Left) => parts.push("L".to_owned()),
        Some(Side::Right) => parts.push("R".to_owned()),
        None => {}
    }
    parts.join(" ")
}

fn spelled(word: &str) -> Vec<String> {
    if let Some((_, text)) = SPELLED.iter().find(|(short, _)| *short == word) {
        return vec![(*text).to_owned()];
    }
    word.split('_')
        .map(|piece| match SPELLED.iter().find(|(short, _)| *short == piece) {
            Some((_, text)) => (*text).to_owned(),
            None => {
                let mut letters = piece.chars();
                letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
            }
        })
        .collect()
}
