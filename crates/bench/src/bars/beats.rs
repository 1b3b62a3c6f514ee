//! Beats and sections of songs with drums, against what was played.

use mixsmith_demo::{Form, Part, Recipe};

use super::chance::Chance;
use super::{Bar, Wish, scene};

/// Within so many seconds a beat counts as found (Davies, Degara and Plumbley 2009).
const NEAR: f64 = 0.07;

/// A song with drums and verses that come back, in four and, every fifth one, in three.
fn recipe(seed: u64) -> Recipe {
    let mut chance = Chance::new(1000 + seed);
    let form = Form {
        intro: *chance.pick(&[2, 4, 8]),
        verse: *chance.pick(&[4, 8]),
        chorus: *chance.pick(&[4, 8]),
        outro: *chance.pick(&[2, 4]),
    };
    let mut parts = vec![Part::Drums, Part::Bass, Part::LeadVoice];
    let others = [
        Part::RhythmGuitars,
        Part::AcousticGuitar,
        Part::Keys,
        Part::Pad,
        Part::HookGuitar,
        Part::BackingVoices,
    ];
    parts.extend(others.into_iter().filter(|_| chance.unit() < 0.45));
    Recipe {
        seed,
        form,
        rounds: 2,
        metre: if seed % 5 == 4 { 3 } else { 4 },
        tempo: chance.between(70.0, 168.0).round() as f32,
        transpose: chance.whole(-5, 5) as i32,
        bleed: chance.whole(-6, 4) as f32,
        parts,
        ..Recipe::clean()
    }
}

/// Harmonic mean of precision and recall; each of `truth` is found once.
fn f_measure(found: &[f64], truth: &[f64], near: f64) -> f64 {
    let mut used = vec![false; found.len()];
    let mut hits = 0;
    for &wanted in truth {
        let free = (0..found.len()).filter(|&i| !used[i] && (found[i] - wanted).abs() <= near);
        let nearest = free.min_by(|&a, &b| (found[a] - wanted).abs().total_cmp(&(found[b] - wanted).abs()));
        if let Some(i) = nearest {
            used[i] = true;
            hits += 1;
        }
    }
    if found.is_empty() || truth.is_empty() {
        0.0
    } else {
        2.0 * hits as f64 / (found.len() + truth.len()) as f64
    }
}

/// The bars of beats and of sections.
pub fn bars(wish: &Wish) -> Vec<Bar> {
    let scenes = 10 * wish.seeds.max(1);
    let (mut beats, mut borders) = (Vec::new(), Vec::new());
    let (mut missed_beats, mut missed_borders) = (Vec::new(), Vec::new());
    for seed in 1..=scenes {
        let recipe = recipe(seed);
        let song = mixsmith_demo::song(&recipe);
        let truth = &song.truth;
        let tracks = song.tracks.iter().map(|track| (track.file.clone(), track.audio.clone())).collect();
        let facts = scene::hear(tracks).1;
        let what = format!("{} BPM, {} beats a bar, seed {seed}", truth.tempo, truth.metre);
        let beat = 60.0 / f64::from(truth.tempo);
        let end = truth.sections.last().map_or(0.0, |(.., end)| *end);
        // The final bar is one held chord: nobody can hear its other beats.
        let played = end - (truth.metre as f64 - 1.0) * beat;
        let true_beats: Vec<f64> = (0..)
            .map(|i| truth.beats_first + f64::from(i) * beat)
            .take_while(|at| *at < played - 1e-6)
            .collect();
        let found: Vec<f64> =
            facts.times("tempo.beats", "").iter().copied().filter(|at| *at < played + 0.5 * beat).collect();
        let f = f_measure(&found, &true_beats, NEAR);
        let bpm = facts.number("tempo.bpm", "").unwrap_or(0.0);
        eprintln!("beats: {what}: {f:.3} ({bpm:.1} BPM)");
        if f < 0.95 {
            missed_beats.push(format!("{what}: F {f:.2}, heard as {bpm:.1} BPM"));
        }
        beats.push(f);
        let starts = |ends: Vec<f64>| ends.into_iter().skip(1).collect::<Vec<f64>>();
        let right = starts(truth.sections.iter().map(|(_, start, _)| *start).collect());
        let ours = starts(facts.spans("sections", "").iter().map(|span| span.start).collect());
        let f = f_measure(&ours, &right, truth.metre as f64 * beat + NEAR);
        if f < 0.7 {
            let list = |times: &[f64]| times.iter().map(|t| format!("{t:.1}")).collect::<Vec<_>>().join(", ");
            missed_borders.push(format!("{what}: F {f:.2}; at {}, heard at {}", list(&right), list(&ours)));
        }
        eprintln!("  sections: {f:.2}");
        borders.push(f);
    }
    let mean = |all: &[f64]| (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64);
    let of = format!("mean of {scenes} songs with drums, 70 to 168 BPM, one in five in three; within 70 ms");
    let beats = Bar {
        name: "Beats, F".to_owned(),
        unit: "",
        decimals: 3,
        must: 0.95,
        goal: 0.99,
        figure: mean(&beats),
        of,
        missed: missed_beats,
    };
    let of = format!("mean of the same {scenes} songs, of five borders each");
    let figure = mean(&borders);
    let name = "Section borders within a bar, F".to_owned();
    let borders =
        Bar { name, unit: "", decimals: 2, must: 0.7, goal: 0.85, figure, of, missed: missed_borders };
    vec![beats, borders]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_beat_is_found_once() {
        assert_eq!(f_measure(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], 0.07), 1.0);
        assert_eq!(f_measure(&[1.0, 1.01, 2.0], &[1.0, 2.0, 3.0], 0.07), 2.0 / 3.0);
        assert_eq!(f_measure(&[1.5, 2.5], &[1.0, 2.0], 0.07), 0.0);
        assert_eq!(f_measure(&[], &[1.0], 0.07), 0.0);
    }
}
