//! How long deciding takes: 24 tracks of four minutes in nine sections.

use std::f64::consts::TAU;
use std::fmt::Write as _;
use std::io;
use std::sync::Arc;

use mixsmith_analysis::sketch::BANDS;
use mixsmith_analysis::{Fact, Facts, Qty, Sketch, Song, Span, Stem};
use mixsmith_assistant::{Assistant, Brief, Locks, Phase, decide};
use mixsmith_audio::{Audio, Clip};
use mixsmith_effects::KINDS;

use crate::measure::own;

/// Length, seconds; a value every tenth of one.
const SECONDS: usize = 240;
const FRAMES: usize = 10 * SECONDS;
/// Frames of a second that no sound is asked of.
const RATE: u32 = 1000;
/// Processor time that it may take, seconds.
const MUST: f64 = 10.0;

const ROLES: [&str; 24] = [
    "kick",
    "snare",
    "hat",
    "toms",
    "overheads",
    "room",
    "percussion",
    "bass",
    "electric-guitar",
    "electric-guitar",
    "electric-guitar",
    "electric-guitar",
    "acoustic-guitar",
    "piano",
    "keys",
    "synth",
    "pad",
    "strings",
    "brass",
    "fx",
    "backing-vocal",
    "backing-vocal",
    "vocal-double",
    "lead-vocal",
];

const SECTIONS: [(&str, usize); 9] = [
    ("intro", 16),
    ("verse 1", 32),
    ("chorus 1", 32),
    ("verse 2", 32),
    ("chorus 2", 32),
    ("bridge", 24),
    ("verse 3", 24),
    ("chorus 3", 32),
    ("outro", 16),
];

/// Facts of a song that nobody played: every track swells by itself, rests in some sections and is loudest in bands of its own.
fn song() -> (Song, Facts) {
    let (mut stems, mut facts) = (Vec::new(), Facts::default());
    let mut spans = Vec::new();
    let mut from = 0;
    for (label, seconds) in SECTIONS {
        let (start, end) = (from as f64, (from + seconds) as f64);
        spans.push(Span { start, end, label: label.to_owned() });
        from += seconds;
    }
    for (i, role) in ROLES.into_iter().enumerate() {
        let id = format!("t{i:02}");
        let rests = |time: f64| {
            let section = spans.iter().position(|span| time < span.end).unwrap_or(0);
            (section * 7 + i * 5) % 6 == 0
        };
        let level = |frame: usize| {
            let time = 0.1 * frame as f64;
            let swell = 3.0 * (TAU * time / (2.0 + 0.7 * i as f64)).sin();
            if rests(time) { -120.0 } else { -20.0 - ((i * 11) % 17) as f64 + swell }
        };
        let levels: Vec<f64> = (0..FRAMES).map(level).collect();
        let mut sketch = Sketch { mid: vec![0.0; FRAMES * BANDS], side: vec![0.0; FRAMES * BANDS] };
        for (frame, &level) in levels.iter().enumerate() {
            for band in 0..BANDS {
                let away = band as f64 - (3.0 + 1.3 * i as f64);
                let energy = 10f64.powf(level / 10.0) / (8.0 + away * away);
                sketch.mid[frame * BANDS + band] = energy as f32;
                sketch.side[frame * BANDS + band] = 0.1 * energy as f32;
            }
        }
        facts.push(Fact::new("role", &[&id], Qty::Text(role.to_owned())).confidence(0.9));
        let loud = levels.iter().copied().fold(f64::MIN, f64::max);
        facts.push(Fact::number("loudness.active", &id, loud));
        let values = levels.iter().map(|&level| level as f32).collect();
        facts.push(Fact::new("loudness.momentary", &[&id], Qty::Series { step: 0.1, values }));
        // A phrase of three seconds, a breath of one.
        let phrases = (0..SECONDS / 4).map(|k| Span {
            start: 4.0 * k as f64,
            end: 4.0 * k as f64 + 3.0,
            label: String::new(),
        });
        let sung = phrases.filter(|phrase| !rests(phrase.start)).collect();
        facts.push(Fact::new("activity.phrases", &[&id], Qty::Spans(sung)));
        facts.push_sketch(&id, Arc::new(sketch));
        let clip = Arc::new(Clip::in_memory(Audio::silence(RATE, 1, SECONDS * RATE as usize)));
        let (file, hash) = (format!("{id}.wav"), format!("{i:064x}"));
        stems.push(Stem { id, file, stream: 0, hash, rate: RATE, channels: 1, lossy: false, start: 0, clip });
    }
    facts.push(Fact::new("sections", &[], Qty::Spans(spans)).confidence(0.9));
    (Song { rate: RATE, frames: SECONDS as u64 * u64::from(RATE), stems }, facts)
}

/// Processor time of deciding, seconds, and what was decided.
pub fn deciding() -> io::Result<(f64, String)> {
    let (song, facts) = song();
    let (brief, locks) = (Brief::default(), Locks::default());
    let assistant = Assistant { song: &song, facts: &facts, brief: &brief, kinds: KINDS, locks: &locks };
    let mut decisions = 0;
    let cpu = own(&mut || decisions = decide(&assistant, Phase::MixBus).1.len())?;
    let what = format!(
        "every rule and the solver's levels, places and sections: {} tracks of {SECONDS} s, {} sections, {decisions} decisions",
        ROLES.len(),
        SECTIONS.len(),
    );
    Ok((cpu, what))
}

/// The time as a line of a table.
pub fn text() -> io::Result<String> {
    let (cpu, what) = deciding()?;
    let mut text = "## Deciding\n\n| what | CPU s | must | |\n| --- | ---: | ---: | --- |\n".to_owned();
    let verdict = if cpu <= MUST { "met" } else { "**missed**" };
    // Writing to a string cannot fail.
    let _ = writeln!(text, "| {what} | {cpu:.2} | {MUST:.0} | {verdict} |");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_fill_the_song_and_something_is_decided() {
        assert_eq!(SECTIONS.iter().map(|(_, seconds)| seconds).sum::<usize>(), SECONDS);
        let text = text().unwrap();
        assert!(text.contains("24 tracks of 240 s, 9 sections") && !text.contains(" 0 decisions"), "{text}");
    }
}
