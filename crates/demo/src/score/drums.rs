//! What the drummer and the percussionist play.

use super::{Bar, Section};

/// A drum or cymbal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drum {
    Kick,
    Snare,
    ClosedHat,
    OpenHat,
    /// 0 is the highest of three.
    Tom(usize),
    Crash,
    Ride,
    Shaker,
    Tambourine,
}

/// One stroke.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stroke {
    /// When, in beats.
    pub at: f64,
    pub drum: Drum,
    /// How hard, 0 to 1.
    pub velocity: f32,
}

/// The drum kit's part.
pub(crate) fn kit(bars: &[Bar]) -> Vec<Stroke> {
    let mut part = Vec::new();
    for bar in bars {
        let mut hit = |beat: f64, drum, velocity| part.push(Stroke { at: bar.start + beat, drum, velocity });
        if bar.is_end() {
            hit(0.0, Drum::Kick, 0.95);
            hit(0.0, Drum::Crash, 0.95);
            continue;
        }
        let fill = bar.last && bar.section != Section::Outro;
        match bar.section {
            Section::Intro => intro(bar, &mut hit),
            Section::Verse => verse(bar, &mut hit, fill),
            Section::Chorus | Section::Outro => chorus(bar, &mut hit, fill),
        }
        if fill {
            tom_fill(bar, &mut hit);
        }
    }
    part.sort_by(|a, b| a.at.total_cmp(&b.at));
    part
}

fn intro(bar: &Bar, hit: &mut impl FnMut(f64, Drum, f32)) {
    if bar.index == 0 {
        hit(0.0, Drum::Crash, 0.6);
    }
    hit(0.0, Drum::Kick, 0.8);
    hit(2.0, Drum::Kick, 0.75);
    let backbeat = bar.index >= 2;
    if backbeat && !bar.last {
        hit(1.0, Drum::Snare, 0.7);
        hit(3.0, Drum::Snare, 0.75);
    }
    for beat in [1.0, 1.5, 2.5, 3.0, 3.5] {
        if !(bar.last && beat >= 2.0) {
            hit(beat, Drum::ClosedHat, if beat.fract() == 0.0 { 0.6 } else { 0.4 });
        }
    }
}

fn verse(bar: &Bar, hit: &mut impl FnMut(f64, Drum, f32), fill: bool) {
    let end = if fill { 2.0 } else { 4.0 };
    let kicks: &[(f64, f32)] = if bar.index.is_multiple_of(2) {
        &[(0.0, 0.9), (1.5, 0.65), (2.0, 0.8)]
    } else {
        &[(0.0, 0.9), (2.0, 0.7), (2.5, 0.75)]
    };
    for &(beat, velocity) in kicks.iter().filter(|(beat, _)| *beat < end) {
        hit(beat, Drum::Kick, velocity);
    }
    for (beat, velocity) in [(1.0, 0.8), (3.0, 0.85)] {
        if beat < end {
            hit(beat, Drum::Snare, velocity);
        }
    }
    if bar.index % 4 == 3 && !fill {
        hit(3.75, Drum::Snare, 0.25);
    }
    for eighth in 0..8 {
        let beat = f64::from(eighth) * 0.5;
        if beat < end {
            let open = beat == 3.5 && bar.index % 2 == 1;
            let velocity = if eighth % 2 == 0 { 0.7 } else { 0.45 };
            hit(beat, if open { Drum::OpenHat } else { Drum::ClosedHat }, velocity);
        }
    }
    if bar.index == 0 {
        hit(0.0, Drum::Crash, 0.7);
    }
}

fn chorus(bar: &Bar, hit: &mut impl FnMut(f64, Drum, f32), fill: bool) {
    let end = if fill { 2.0 } else { 4.0 };
    let kicks: &[(f64, f32)] = if bar.index.is_multiple_of(2) {
        &[(0.0, 1.0), (0.5, 0.7), (1.5, 0.75), (2.0, 0.9), (3.5, 0.75)]
    } else {
        &[(0.0, 0.95), (1.5, 0.8), (2.0, 0.9), (2.5, 0.8)]
    };
    for &(beat, velocity) in kicks.iter().filter(|(beat, _)| *beat < end) {
        hit(beat, Drum::Kick, velocity);
    }
    for (beat, velocity) in [(1.0, 0.95), (3.0, 1.0)] {
        if beat < end {
            hit(beat, Drum::Snare, velocity);
        }
    }
    hit(1.75, Drum::Snare, 0.22);
    if bar.index.is_multiple_of(4) {
        hit(0.0, Drum::Crash, 0.95);
    }
    // The first half of the chorus on the half-open hat, the second on the ride.
    let ride = bar.index >= 4 || bar.section == Section::Outro;
    for eighth in 0..8 {
        let beat = f64::from(eighth) * 0.5;
        if beat < end {
            let strong = eighth % 2 == 0;
            let drum = match (ride, strong) {
                (true, _) => Drum::Ride,
                (false, true) => Drum::OpenHat,
                (false, false) => Drum::ClosedHat,
            };
            hit(beat, drum, if strong { 0.75 } else { 0.5 });
        }
    }
}

fn tom_fill(bar: &Bar, hit: &mut impl FnMut(f64, Drum, f32)) {
    let strokes: &[(f64, Drum, f32)] = if bar.section == Section::Verse {
        &[
            (2.0, Drum::Snare, 0.7),
            (2.25, Drum::Snare, 0.75),
            (2.5, Drum::Tom(0), 0.8),
            (2.75, Drum::Tom(0), 0.85),
            (3.0, Drum::Tom(1), 0.9),
            (3.25, Drum::Tom(1), 0.85),
            (3.5, Drum::Tom(2), 0.95),
            (3.75, Drum::Tom(2), 1.0),
        ]
    } else {
        &[
            (2.0, Drum::Tom(0), 0.75),
            (2.5, Drum::Tom(1), 0.8),
            (2.75, Drum::Tom(1), 0.7),
            (3.0, Drum::Tom(2), 0.9),
            (3.5, Drum::Snare, 0.85),
        ]
    };
    for &(beat, drum, velocity) in strokes {
        hit(beat, drum, velocity);
    }
}

/// Shaker in the verse, tambourine on top in the chorus.
pub(crate) fn percussion(bars: &[Bar]) -> Vec<Stroke> {
    let mut part = Vec::new();
    for bar in bars.iter().filter(|bar| !bar.is_end() && bar.section != Section::Intro) {
        for sixteenth in 0..16 {
            let at = bar.start + f64::from(sixteenth) * 0.25;
            let velocity = [0.8, 0.35, 0.55, 0.4][sixteenth as usize % 4];
            part.push(Stroke { at, drum: Drum::Shaker, velocity });
            let chorus = bar.section != Section::Verse;
            if chorus && sixteenth % 2 == 0 {
                let velocity = if sixteenth % 8 == 4 { 1.0 } else { 0.45 };
                part.push(Stroke { at, drum: Drum::Tambourine, velocity });
            }
        }
    }
    part
}
