//! Kick, bass and what lies below them.

use mixsmith_analysis::sketch::{BANDS, centres};
use mixsmith_assistant::mixmodel::lufs;

use super::card::{Bar, Card, Figure};
use super::deep::below;
use super::wet::onsets;
use crate::Mixed;
use crate::report::Players;
use crate::report::parts::Part;

const AGAINST: Figure = Figure {
    group: "Low end",
    name: "Kick against bass",
    unit: "dB",
    bar: Bar::Least(-3.0),
    row: 14,
    how: "Energy of the kick over that of the bass from 40 to 100 Hz, in the frames in which the kick plays.",
    means: "Kick against bass from 40 to 100 Hz while the kick sounds: under this the kick loses its weight.",
};

const TOGETHER: Figure = Figure {
    group: "Low end",
    name: "Kick and bass together",
    unit: "",
    bar: Bar::None,
    row: 14,
    how: "Correlation below 100 Hz of the recorded kick and bass in the 150 ms after each hit, with the places and \
          polarities of the mix; of the loudest kick and the loudest bass.",
    means: "1 when kick and bass push together, -1 when they cancel, near 0 when they are unrelated, as most are.",
};

const HELD: Figure = Figure {
    group: "Low end",
    name: "Held below 35 Hz",
    unit: "%",
    bar: Bar::Most(0.05),
    row: 14,
    how: "Share of the energy of the mix that lies below 35 Hz (48 dB an octave) and holds for half a second: the least of \
          five frames of 100 ms in a row.",
    means: "Sustained energy that few speakers play and every limiter feels. The thump of a kick does not count.",
};

pub(super) const FIGURES: &[&Figure] = &[&AGAINST, &TOGETHER, &HELD];

pub(super) fn low_end(mixed: &Mixed, players: &Players, parts: &[Part], card: &mut Card) {
    card.add(&AGAINST, against(parts));
    let loudest = |wanted: &dyn Fn(&Part) -> bool| {
        parts.iter().filter(|part| wanted(part)).reduce(|a, b| if b.after > a.after { b } else { a })
    };
    let pair = loudest(&is_kick).zip(loudest(&|part| part.family == "bass"));
    card.add(&TOGETHER, pair.and_then(|(kick, bass)| together(mixed, kick, bass)));
    card.add(&HELD, players.held);
}

fn is_kick(part: &Part) -> bool {
    part.role.starts_with("kick")
}

fn against(parts: &[Part]) -> Option<f64> {
    let low = |part: &Part, frame: usize| -> f64 {
        let bands = centres().iter().enumerate().filter(|(_, hz)| (40.0..100.0).contains(*hz));
        let at = |band: usize| {
            let place = frame * BANDS + band;
            let of = |energies: &[f32]| energies.get(place).copied().unwrap_or(0.0);
            f64::from(of(&part.sketch.mid) + of(&part.sketch.side))
        };
        bands.map(|(band, _)| at(band)).sum()
    };
    let kicks: Vec<&Part> = parts.iter().filter(|part| is_kick(part)).collect();
    let basses: Vec<&Part> = parts.iter().filter(|part| part.family == "bass").collect();
    let (mut kick, mut bass) = (0.0, 0.0);
    let frames = kicks.iter().map(|part| part.plays.len()).max().unwrap_or(0);
    for frame in (0..frames).filter(|&f| kicks.iter().any(|part| part.plays.get(f) == Some(&true))) {
        kick += kicks.iter().map(|part| low(part, frame)).sum::<f64>();
        bass += basses.iter().map(|part| low(part, frame)).sum::<f64>();
    }
    (kick > 0.0 && bass > 0.0).then(|| lufs(kick) - lufs(bass))
}

/// Hits that are looked at, and seconds of each.
const HITS: (usize, f64) = (400, 0.15);
/// Where kick and bass meet, Hz.
const LOW: f64 = 100.0;

fn together(mixed: &Mixed, kick: &Part, bass: &Part) -> Option<f64> {
    let rate = mixed.session.song.rate;
    let length = (HITS.1 * f64::from(rate)) as usize;
    let (mut both, mut kicks, mut basses) = (0f64, 0f64, 0f64);
    for at in onsets(mixed, &kick.id).into_iter().take(HITS.0) {
        let from = (at * f64::from(rate)).round() as i64;
        let heard = |part: &Part| below(&recorded(mixed, &part.id, from, length), rate, LOW).0;
        for (k, b) in heard(kick).into_iter().zip(heard(bass)).map(|(k, b)| (f64::from(k), f64::from(b))) {
            both += k * b;
            kicks += k * k;
            basses += b * b;
        }
    }
    let size = (kicks * basses).sqrt();
    (size > 0.0).then(|| both / size)
}

/// What a strip plays of its recordings from a frame of the song on, mid, with its polarity.
fn recorded(mixed: &Mixed, strip: &str, from: i64, length: usize) -> Vec<f32> {
    let mut out = vec![0f32; length];
    let Some(strip) = mixed.session.strip(strip) else { return out };
    let turned = strip.values.get("polarity").copied().unwrap_or(0.0) >= 0.5;
    for clip in strip.clips() {
        let Some(stem) = mixed.listened.song.stems.iter().find(|stem| stem.id == clip.source) else {
            continue;
        };
        let channels = stem.clip.channels.clamp(1, 2);
        let mut sound = vec![vec![0f32; length]; channels];
        let mut slices: Vec<&mut [f32]> = sound.iter_mut().map(Vec::as_mut_slice).collect();
        stem.clip.read(from - clip.at + clip.from as i64, &mut slices);
        let gain = if turned { -1.0 } else { 1.0 } / channels as f32;
        let inside = |i: usize| (clip.at..clip.at + clip.frames as i64).contains(&(from + i as i64));
        for channel in &sound {
            for (_, (sum, x)) in out.iter_mut().zip(channel).enumerate().filter(|(i, _)| inside(*i)) {
                *sum += gain * x;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kick_under_the_bass_is_an_alarm() {
        let kick =
            |energy: f32| Part { role: "kick".to_owned(), ..Part::steady("kick", "drums", 1, energy, 20) };
        let bass = Part::steady("bass", "bass", 1, 1e-2, 20);
        let at = |energy: f32| against(&[kick(energy), bass.clone()]);
        assert!((at(1e-2).unwrap()).abs() < 1e-6);
        assert!((at(1e-3).unwrap() + 10.0).abs() < 1e-4);
        let mut card = Card::default();
        card.add(&AGAINST, at(1e-3));
        card.add(&HELD, Some(0.08));
        assert!(card.0.iter().all(|score| score.verdict == super::super::Verdict::Alarm));
    }
}
