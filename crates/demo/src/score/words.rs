//! The lead voice's melody and words. Each syllable is spelt in the sounds of [`crate::play::phone`].

use super::{Bar, Section};

/// One sung syllable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Syllable {
    /// When its vowel starts, in beats.
    pub at: f64,
    /// How long until it is let go, in beats.
    pub length: f64,
    /// MIDI pitch.
    pub pitch: f32,
    /// Its sounds, with spaces between.
    pub sounds: &'static str,
    /// Level of the phrase that it belongs to, dB.
    pub db: f32,
    /// Does a phrase start here (and so a breath before it)?
    pub breath: bool,
}

type Line = &'static [(f64, f64, i32, &'static str)];

// "Slow light on the silver sea"
const VERSE_1: Line = &[
    (0.0, 0.95, 62, "s l oh oo"),
    (1.0, 0.5, 64, "l ah i t"),
    (1.5, 0.5, 66, "aw n"),
    (2.0, 0.5, 64, "th uh"),
    (2.5, 0.5, 62, "s i l"),
    (3.0, 0.8, 62, "v er"),
    (4.0, 2.4, 59, "s ee"),
];
// "Standing where we used to be"
const VERSE_2: Line = &[
    (0.0, 0.75, 66, "s t a n"),
    (0.75, 0.75, 66, "d i ng"),
    (1.5, 0.5, 64, "w e"),
    (2.0, 0.5, 62, "w ee"),
    (2.5, 0.75, 64, "y oo z"),
    (3.25, 0.6, 66, "t oo"),
    (4.0, 2.4, 64, "b ee"),
];
// "Soft rain on the avenue"
const VERSE_3: Line = &[
    (0.0, 0.95, 62, "s aw f"),
    (1.0, 0.5, 64, "r e i n"),
    (1.5, 0.5, 66, "aw n"),
    (2.0, 0.5, 67, "th ee"),
    (2.5, 0.5, 66, "a"),
    (3.0, 0.8, 64, "v e"),
    (4.0, 2.4, 62, "n y oo"),
];
// "Say the word, I'll come to you"
const VERSE_4: Line = &[
    (0.0, 0.9, 67, "s e i"),
    (1.0, 0.5, 66, "th uh"),
    (1.5, 1.0, 64, "w er d"),
    (2.75, 0.7, 66, "ah i l"),
    (3.5, 0.5, 64, "k uh m"),
    (4.0, 0.5, 64, "t oo"),
    (4.5, 2.0, 61, "y oo"),
];
// "So take it slow, we're almost home"
const CHORUS_1: Line = &[
    (0.0, 0.75, 69, "s oh"),
    (0.75, 0.75, 69, "t e i k"),
    (1.5, 0.5, 66, "i t"),
    (2.0, 1.6, 66, "s l oh oo"),
    (4.0, 0.5, 64, "w ee r"),
    (4.5, 0.5, 66, "aw l"),
    (5.0, 0.5, 64, "m oh s t"),
    (5.5, 1.7, 64, "h oh oo m"),
];
// "Stars are falling on the road"
const CHORUS_2: Line = &[
    (0.0, 0.75, 66, "s t ah"),
    (0.75, 0.75, 66, "z ah"),
    (1.5, 0.5, 64, "f aw"),
    (2.0, 0.5, 62, "l i ng"),
    (2.5, 0.5, 64, "aw n"),
    (3.0, 0.75, 66, "th uh"),
    (4.0, 2.4, 67, "r oh oo d"),
];
// "So take it slow, we're not alone"
const CHORUS_3: Line = &[
    (0.0, 0.75, 69, "s oh"),
    (0.75, 0.75, 69, "t e i k"),
    (1.5, 0.5, 66, "i t"),
    (2.0, 1.6, 66, "s l oh oo"),
    (4.0, 0.5, 64, "w ee r"),
    (4.5, 0.5, 66, "n ah t"),
    (5.0, 0.5, 67, "uh"),
    (5.5, 1.7, 69, "l oh oo n"),
];
// "Send me something, send me home"
const CHORUS_4: Line = &[
    (0.0, 0.75, 71, "s e n"),
    (0.75, 0.75, 71, "m ee"),
    (1.5, 0.75, 69, "s uh m"),
    (2.25, 1.0, 67, "th i ng"),
    (4.0, 0.75, 67, "s e n"),
    (4.75, 0.7, 66, "m ee"),
    (5.5, 2.0, 64, "h oh oo m"),
];
// "Send me" and the last "home"
const CALL: Line = &[(0.0, 1.0, 64, "s e n"), (1.0, 2.4, 66, "m ee")];
const HOME: Line = &[(0.0, 3.2, 62, "h oh oo m")];

/// The lead voice's part. A line is sung only where the form has both of its bars.
pub(crate) fn lead(bars: &[Bar]) -> Vec<Syllable> {
    let mut part = Vec::new();
    for bar in bars {
        let (line, db): (Line, f32) = match (bar.section, bar.index % 8) {
            _ if bar.is_end() => (HOME, -2.0),
            (Section::Outro, 1) => (CALL, -1.0),
            (Section::Verse | Section::Chorus, _) if bar.last => continue,
            (Section::Verse, 0) => (VERSE_1, -1.0),
            (Section::Verse, 2) => (VERSE_2, -5.0),
            (Section::Verse, 4) => (VERSE_3, 1.0),
            (Section::Verse, 6) => (VERSE_4, -6.0),
            (Section::Chorus, 0) => (CHORUS_1, 3.0),
            (Section::Chorus, 2) => (CHORUS_2, -1.0),
            (Section::Chorus, 4) => (CHORUS_3, 4.0),
            (Section::Chorus, 6) => (CHORUS_4, 1.0),
            _ => continue,
        };
        for (i, &(beat, length, pitch, sounds)) in line.iter().enumerate() {
            let at = bar.start + beat;
            part.push(Syllable { at, length, pitch: pitch as f32, sounds, db, breath: i == 0 });
        }
    }
    part
}
