//! What bass, guitars, keys, pad and backing voices play.

use super::{BAR, Bar, Note, Section};

fn half(bar: &Bar, beat: f64) -> &super::Chord {
    &bar.chords[usize::from(beat >= 2.0)]
}

/// Bass: held roots in the intro, a syncopated line in the verse, driving eighths in the chorus, each bar
/// leading into the next.
pub(crate) fn bass(bars: &[Bar]) -> Vec<Note> {
    let mut part = Vec::new();
    for (i, bar) in bars.iter().enumerate() {
        let next = bars.get(i + 1).map_or(bar.chords[1].bass, |next| next.chords[0].bass);
        let mut play = |beat: f64, length, pitch, velocity| {
            part.push(Note::new(bar.start + beat, length, pitch, velocity));
        };
        let root = bar.chords[0].bass;
        if bar.is_end() {
            play(0.0, 6.0, root, 0.9);
            continue;
        }
        match bar.section {
            Section::Intro if bar.index < 2 => {}
            Section::Intro => {
                play(0.0, 1.9, root, 0.7);
                play(2.0, 1.4, root, 0.65);
                play(3.5, 0.45, lead_in(root, next), 0.6);
            }
            Section::Verse => {
                play(0.0, 1.3, root, 0.8);
                play(1.5, 0.45, root, 0.65);
                play(2.0, 0.9, root + 7, 0.7);
                play(3.0, 0.45, root + 12, 0.7);
                play(3.5, 0.45, lead_in(root, next), 0.65);
            }
            Section::Chorus | Section::Outro => {
                for eighth in 0..7 {
                    let beat = f64::from(eighth) * 0.5;
                    let octave = if eighth == 5 && bar.index % 2 == 1 { 12 } else { 0 };
                    let velocity = if eighth % 2 == 0 { 0.92 } else { 0.78 };
                    play(beat, 0.46, half(bar, beat).bass + octave, velocity);
                }
                play(3.5, 0.45, lead_in(half(bar, 3.5).bass, next), 0.85);
            }
        }
    }
    part
}

/// The note of the D major scale that steps into the next root.
fn lead_in(from: i32, to: i32) -> i32 {
    const SCALE: [i32; 7] = [2, 4, 6, 7, 9, 11, 1];
    let step = if to >= from { -1 } else { 1 };
    let mut pitch = to + step;
    while !SCALE.contains(&pitch.rem_euclid(12)) {
        pitch += step;
    }
    pitch
}

/// Distorted rhythm guitar: muted eighths in the second half of the verse, open chords in the chorus.
/// The second value of a note's tuple tells whether the palm mutes the strings.
pub(crate) fn rhythm_guitar(bars: &[Bar]) -> Vec<(Note, bool)> {
    let mut part = Vec::new();
    for bar in bars {
        let mut chord = |beat: f64, length: f64, velocity: f32, muted: bool| {
            let strings = if muted { 2 } else { 3 };
            for &pitch in &half(bar, beat).power[..strings] {
                part.push((Note::new(bar.start + beat, length, pitch, velocity), muted));
            }
        };
        match bar.section {
            _ if bar.is_end() => chord(0.0, 6.0, 0.95, false),
            Section::Intro => {}
            Section::Verse if bar.index < 4 => {}
            Section::Verse => {
                for eighth in 0..8 {
                    let velocity = if eighth % 4 == 0 { 0.7 } else { 0.5 };
                    chord(f64::from(eighth) * 0.5, 0.4, velocity, true);
                }
            }
            Section::Chorus | Section::Outro => {
                for (beat, length, velocity) in [
                    (0.0, 1.45, 0.95),
                    (1.5, 0.45, 0.8),
                    (2.0, 0.95, 0.9),
                    (3.0, 0.45, 0.8),
                    (3.5, 0.48, 0.85),
                ] {
                    chord(beat, length, velocity, false);
                }
            }
        }
    }
    part
}

/// The clean guitar's hook: an arpeggio that sings over the intro and answers the voice in the chorus.
pub(crate) fn hook_guitar(bars: &[Bar]) -> Vec<Note> {
    let mut part = Vec::new();
    for bar in bars {
        let tones = bar.chords[0].close;
        let motif: &[(f64, f64, i32)] = match bar.section {
            _ if bar.is_end() => &[(0.0, 6.0, 74), (0.0, 6.0, 66)],
            Section::Intro | Section::Outro => match bar.index % 4 {
                0 => &[(0.0, 1.0, 78), (1.0, 0.5, 76), (1.5, 1.0, 74), (2.5, 0.5, 73), (3.0, 1.0, 74)],
                1 => &[(0.0, 1.0, 71), (1.0, 0.5, 74), (1.5, 1.0, 79), (2.5, 0.5, 78), (3.0, 1.0, 76)],
                2 => &[(0.0, 1.0, 78), (1.0, 0.5, 76), (1.5, 1.0, 74), (2.5, 0.5, 69), (3.0, 1.0, 74)],
                _ => &[(0.0, 1.0, 73), (1.0, 0.5, 76), (1.5, 1.0, 73), (2.5, 1.5, 69)],
            },
            Section::Chorus if bar.index % 2 == 1 => &[(2.5, 0.5, 81), (3.0, 0.5, 78), (3.5, 0.5, 76)],
            Section::Verse if bar.index >= 4 => {
                for (i, beat) in [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5].into_iter().enumerate() {
                    let pitch = tones[[0, 2, 3, 2, 1, 2, 3, 2][i]] + 12;
                    part.push(Note::new(bar.start + beat, 0.9, pitch, if i % 4 == 0 { 0.6 } else { 0.45 }));
                }
                &[]
            }
            Section::Verse | Section::Chorus => &[],
        };
        for &(beat, length, pitch) in motif {
            part.push(Note::new(bar.start + beat, length, pitch, if beat == 0.0 { 0.8 } else { 0.65 }));
        }
    }
    part
}

/// A stroke across the strings of an acoustic guitar: where, for how long, how hard, downwards or upwards.
pub(crate) struct Strum {
    pub at: f64,
    pub length: f64,
    pub velocity: f32,
    pub down: bool,
    pub frets: &'static [i32],
}

/// Acoustic guitar: strums with the accent on the backbeat.
pub(crate) fn acoustic(bars: &[Bar]) -> Vec<Strum> {
    let mut part = Vec::new();
    for bar in bars {
        let strokes: &[(f64, f64, f32, bool)] = match bar.section {
            _ if bar.is_end() => &[(0.0, 6.0, 0.9, true)],
            Section::Intro if bar.index < 2 => &[],
            Section::Intro => {
                &[(0.0, 2.0, 0.6, true), (2.0, 1.0, 0.5, true), (3.0, 0.5, 0.5, true), (3.5, 0.5, 0.4, false)]
            }
            Section::Verse => &[
                (0.0, 1.0, 0.65, true),
                (1.0, 0.5, 0.75, true),
                (1.5, 1.0, 0.4, false),
                (2.5, 0.5, 0.45, false),
                (3.0, 0.5, 0.75, true),
                (3.5, 0.5, 0.45, false),
            ],
            Section::Chorus | Section::Outro => &[
                (0.0, 0.5, 0.85, true),
                (0.5, 0.5, 0.6, true),
                (1.0, 0.5, 0.95, true),
                (1.5, 0.5, 0.6, false),
                (2.0, 0.25, 0.6, true),
                (2.25, 0.25, 0.5, false),
                (2.5, 0.5, 0.6, true),
                (3.0, 0.5, 0.95, true),
                (3.5, 0.5, 0.6, false),
            ],
        };
        for &(beat, length, velocity, down) in strokes {
            let frets = half(bar, beat).frets;
            part.push(Strum { at: bar.start + beat, length, velocity, down, frets });
        }
    }
    part
}

/// Electric piano: chords that push ahead of the beat.
pub(crate) fn keys(bars: &[Bar]) -> Vec<Note> {
    let mut part = Vec::new();
    for bar in bars {
        let strokes: &[(f64, f64, f32)] = match bar.section {
            _ if bar.is_end() => &[(0.0, 6.0, 0.7)],
            Section::Intro => &[(0.0, 3.8, 0.55)],
            Section::Verse => &[(0.0, 1.4, 0.6), (1.5, 1.9, 0.5), (3.5, 0.45, 0.45)],
            Section::Chorus | Section::Outro => {
                &[(0.0, 0.9, 0.8), (1.0, 0.45, 0.6), (1.5, 0.45, 0.7), (2.0, 0.9, 0.75), (3.0, 0.9, 0.7)]
            }
        };
        for &(beat, length, velocity) in strokes {
            for pitch in half(bar, beat).close {
                part.push(Note::new(bar.start + beat, length, pitch, velocity));
            }
        }
    }
    part
}

/// Pad: one chord a half bar, joined; silent in the first half of the verse.
pub(crate) fn pad(bars: &[Bar]) -> Vec<Note> {
    let mut part = Vec::new();
    for bar in bars.iter().filter(|bar| bar.section != Section::Verse || bar.index >= 4) {
        let velocity = if bar.section == Section::Chorus { 0.8 } else { 0.6 };
        let halves = if bar.chords[0] == bar.chords[1] { 1 } else { 2 };
        let length = BAR / f64::from(halves);
        for n in 0..halves {
            let beat = f64::from(n) * length;
            for (i, pitch) in half(bar, beat).close.into_iter().enumerate() {
                let octave = if i == 0 { 0 } else { 12 };
                part.push(Note::new(bar.start + beat, length, pitch + octave, velocity));
            }
        }
    }
    part
}

/// Backing voices: one chord tone each, held through the chorus and into the end.
pub(crate) fn backing(bars: &[Bar], voice: usize) -> Vec<Note> {
    let mut part: Vec<Note> = Vec::new();
    for bar in bars.iter().filter(|bar| bar.section == Section::Chorus || bar.is_end()) {
        let chords = if bar.chords[0] == bar.chords[1] { &bar.chords[..1] } else { &bar.chords[..] };
        let length = BAR / chords.len() as f64;
        for (i, chord) in chords.iter().enumerate() {
            let at = bar.start + i as f64 * length;
            part.push(Note::new(at, length - 0.25, chord.close[1 + voice % 3], 0.8));
        }
    }
    part
}
