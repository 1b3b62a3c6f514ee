//! The song on paper: form, harmony, and what each player plays. Times are in beats, pitches in MIDI numbers.

pub(crate) mod band;
pub(crate) mod drums;
pub(crate) mod metre;
pub(crate) mod words;

use serde::{Deserialize, Serialize};

/// Beats in a bar.
pub(crate) const BAR: f64 = 4.0;

/// How many bars each section has. The final bar of the outro is one held chord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Bars of introduction.
    pub intro: usize,
    /// Bars of verse.
    pub verse: usize,
    /// Bars of chorus.
    pub chorus: usize,
    /// Bars of outro.
    pub outro: usize,
}

/// A part of the song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Intro,
    Verse,
    Chorus,
    Outro,
}

/// A chord as each player needs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Chord {
    /// What the bass plays.
    pub bass: i32,
    /// A close voicing around middle C, for keys, pads and voices.
    pub close: [i32; 4],
    /// What a guitar in first position frets, low to high.
    pub frets: &'static [i32],
    /// Root and fifth for a distorted guitar.
    pub power: [i32; 3],
}

const D: Chord = Chord { bass: 38, close: [57, 62, 66, 69], frets: &[50, 57, 62, 66], power: [50, 57, 62] };
const A: Chord =
    Chord { bass: 33, close: [57, 61, 64, 69], frets: &[45, 52, 57, 61, 64], power: [45, 52, 57] };
const A_OVER_C_SHARP: Chord =
    Chord { bass: 37, close: [57, 61, 64, 69], frets: &[49, 52, 57, 61, 64], power: [45, 52, 57] };
const B_MINOR: Chord =
    Chord { bass: 35, close: [59, 62, 66, 69], frets: &[47, 54, 59, 62, 66], power: [47, 54, 59] };
const G: Chord =
    Chord { bass: 31, close: [59, 62, 67, 69], frets: &[43, 50, 55, 59, 62, 67], power: [43, 50, 55] };
const E_MINOR: Chord =
    Chord { bass: 40, close: [59, 62, 64, 67], frets: &[40, 47, 52, 55, 59, 64], power: [52, 59, 64] };

/// One bar of the song.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bar {
    pub section: Section,
    /// Which bar of its section, from nought.
    pub index: usize,
    /// Is it the final bar of its section?
    pub last: bool,
    /// Where it starts, in beats.
    pub start: f64,
    /// The chords of its two halves.
    pub chords: [Chord; 2],
}

impl Bar {
    /// Is this the held chord that ends the song?
    pub fn is_end(&self) -> bool {
        self.section == Section::Outro && self.last
    }
}

impl Form {
    /// The sections in order, with their names and lengths in bars; verse and chorus come so many times.
    pub(crate) fn sections(&self, rounds: usize) -> Vec<(Section, &'static str, usize)> {
        let mut sections = vec![(Section::Intro, "intro", self.intro)];
        for _ in 0..rounds.max(1) {
            sections.push((Section::Verse, "verse", self.verse));
            sections.push((Section::Chorus, "chorus", self.chorus));
        }
        sections.push((Section::Outro, "outro", self.outro));
        sections
    }

    /// The song bar by bar.
    pub(crate) fn bars(&self, rounds: usize) -> Vec<Bar> {
        let mut bars = Vec::new();
        for (section, _, count) in self.sections(rounds) {
            for index in 0..count {
                let start = bars.len() as f64 * BAR;
                let last = index + 1 == count;
                bars.push(Bar { section, index, last, start, chords: harmony(section, index, last) });
            }
        }
        bars
    }

    /// Length in bars.
    pub(crate) fn length(&self, rounds: usize) -> usize {
        self.sections(rounds).iter().map(|(_, _, bars)| bars).sum()
    }
}

fn harmony(section: Section, index: usize, last: bool) -> [Chord; 2] {
    let whole = match section {
        Section::Intro => [B_MINOR, G, D, A][index % 4],
        Section::Verse => [B_MINOR, G, D, A, B_MINOR, G, E_MINOR, A][index % 8],
        Section::Chorus if index % 8 == 7 => return [G, A],
        Section::Chorus => [D, A_OVER_C_SHARP, B_MINOR, G, D, A_OVER_C_SHARP, E_MINOR][index % 8],
        Section::Outro if last => D,
        Section::Outro => [G, A, B_MINOR][index % 3],
    };
    [whole; 2]
}

/// One note for a player.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Note {
    /// When it starts, in beats.
    pub at: f64,
    /// How long it sounds, in beats.
    pub length: f64,
    /// MIDI pitch.
    pub pitch: f32,
    /// How hard, 0 to 1.
    pub velocity: f32,
}

impl Note {
    pub(crate) fn new(at: f64, length: f64, pitch: i32, velocity: f32) -> Self {
        Note { at, length, pitch: pitch as f32, velocity }
    }
}
