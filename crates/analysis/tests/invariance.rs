//! What a change of the sound does to each fact: gain, delay, and swapped sides.

mod common;
use common::*;
use mixsmith_analysis::{Facts, Qty};
use mixsmith_audio::Audio;

/// Notes with an attack and a decay, a hiss between them, and sides that differ.
fn tune() -> Audio {
    let mut left = vec![0.0f32; frames(8.0)];
    let mut right = left.clone();
    for note in 0..14 {
        let hz = 220.0 * 2f64.powf(f64::from([0, 4, 7, 12, 7, 4, 2][note % 7]) / 12.0);
        let mut tone =
            mix(&[sine(hz, -14.0, 0.45), sine(2.0 * hz, -20.0, 0.45), sine(3.0 * hz, -26.0, 0.45)]);
        let count = tone.len();
        for (i, x) in tone.iter_mut().enumerate() {
            let t = i as f32 / RATE as f32;
            *x *= (-4.0 * t).exp() * (1.0 - (i as f32 / count as f32).powi(8));
        }
        let start = frames(0.2 + 0.5 * note as f64);
        let pan = 0.3 + 0.05 * note as f32;
        for (i, x) in tone.iter().enumerate() {
            left[start + i] += x * (1.0 - pan);
            right[start + i] += x * pan;
        }
    }
    let (a, b) = (noise(3, 0.002, 8.0), noise(4, 0.003, 8.0));
    stereo(mix(&[left, a]), mix(&[right, b]))
}

/// How a fact answers to 6.0206 dB more level.
fn gain_answer(what: &str) -> f64 {
    match what {
        "loudness.integrated" | "loudness.active" | "loudness.momentary_max" | "loudness.short_max" => 6.0206,
        "loudness.momentary" | "loudness.short" | "peak.true" | "peak.sample" | "level.rms" => 6.0206,
        "spectrum.third_octave" => 6.0206,
        _ => 0.0,
    }
}

fn numbers(value: &Qty) -> Vec<f64> {
    match value {
        Qty::Number(number) => vec![*number],
        Qty::Text(_) => Vec::new(),
        Qty::Times(times) => times.clone(),
        Qty::Series { values, .. } | Qty::Bands(values) => values.iter().map(|&v| f64::from(v)).collect(),
        Qty::Spans(spans) => spans.iter().flat_map(|span| [span.start, span.end]).collect(),
    }
}

/// Asserts that `after` holds the facts of `before`, each changed by `answer`, within `tolerance` of its size.
fn compare(before: &Facts, after: &Facts, tolerance: f64, answer: impl Fn(&str, &[f64]) -> Option<Vec<f64>>) {
    assert_eq!(before.iter().count(), after.iter().count());
    for (old, new) in before.iter().zip(after.iter()) {
        assert_eq!(old.what, new.what);
        let Some(expected) = answer(&old.what, &numbers(&old.value)) else { continue };
        let found = numbers(&new.value);
        assert_eq!(expected.len(), found.len(), "{}", old.what);
        for (place, (e, f)) in expected.iter().zip(&found).enumerate() {
            assert!((e - f).abs() <= tolerance * (1.0 + e.abs()), "{} [{place}]: {e} became {f}", old.what);
        }
    }
}

#[test]
fn gain_moves_levels_and_nothing_else() {
    let audio = tune();
    let mut louder = audio.clone();
    louder.channels.iter_mut().flatten().for_each(|x| *x *= 2.0);
    let (before, sketch) = measured(&audio);
    let (after, louder) = measured(&louder);
    compare(&before, &after, 1e-3, |what, values| {
        if what == "harmonic.chroma_frames" {
            return Some(values.iter().map(|v| v * 4.0).collect());
        }
        Some(values.iter().map(|v| if *v <= -120.0 { *v } else { v + gain_answer(what) }).collect())
    });
    assert!(sketch.mid.iter().zip(&louder.mid).all(|(a, b)| (4.0 * a - b).abs() <= 1e-5 * b));
}

#[test]
fn a_second_of_silence_in_front_moves_times_and_nothing_else() {
    let audio = tune();
    let mut later = audio.clone();
    for x in &mut later.channels {
        x.splice(0..0, std::iter::repeat_n(0.0, frames(1.0)));
    }
    let (before, sketch) = measured(&audio);
    let (after, late) = measured(&later);
    assert_eq!(sketch.frames() + 10, late.frames());
    compare(&before, &after, 2e-3, |what, values| match what {
        "onset.times" | "sibilance.times" | "activity.spans" | "activity.phrases" => {
            Some(values.iter().map(|v| v + 1.0).collect())
        }
        // Shares of the file, and windows that now hold silence.
        "level.rms" => Some(values.iter().map(|v| v + 10.0 * (8.0f64 / 9.0).log10()).collect()),
        "activity.share" => Some(values.iter().map(|v| v * 8.0 / 9.0).collect()),
        "loudness.momentary" | "loudness.short" | "onset.strength" | "harmonic.chroma_frames" => None,
        // New windows overlap the start.
        "loudness.range" | "loudness.integrated" | "loudness.active" => None,
        _ => Some(values.to_vec()),
    });
    for what in ["loudness.integrated", "loudness.active"] {
        near(&after, what, number(&before, what), 0.2);
    }
    for (what, shift) in [("loudness.momentary", 10), ("loudness.short", 10), ("onset.strength", 100)] {
        let (before, after) = (before.series(what, "x").unwrap().1, after.series(what, "x").unwrap().1);
        assert_eq!(before.len() + shift, after.len());
        for (a, b) in before.iter().zip(&after[shift..]).skip(30) {
            assert!((a - b).abs() < 1e-3 * (1.0 + a.abs()), "{what}: {a} became {b}");
        }
    }
}

#[test]
fn swapped_sides_turn_the_balance_and_nothing_else() {
    let audio = tune();
    let (before, _) = measured(&audio);
    let (after, _) = measured(&stereo(audio.channels[1].clone(), audio.channels[0].clone()));
    compare(&before, &after, 1e-3, |what, values| match what {
        "stereo.balance" => Some(values.iter().map(|v| -v).collect()),
        _ => Some(values.to_vec()),
    });
}

#[test]
fn facts_survive_storing_to_the_bit() {
    use mixsmith_analysis::ears::store::{from_bytes, to_bytes};
    let (facts, sketch) = mixsmith_analysis::measure_stem("x", &tune());
    let bytes = to_bytes(&facts, &sketch);
    assert_eq!(from_bytes(&bytes), Some((facts, sketch)));
    assert_eq!(from_bytes(&bytes[..bytes.len() - 1]), None);
    assert_eq!(from_bytes(b"{}\n"), None);
}

#[test]
fn every_fact_is_on_the_shelf() {
    let (facts, _) = measured(&tune());
    for fact in facts.iter() {
        let found =
            mixsmith_analysis::all::ALL.iter().copied().flatten().any(|measure| measure.id == fact.what);
        assert!(found, "{} is not on the shelf", fact.what);
    }
}

#[test]
fn odd_files_do_no_harm() {
    let nan = mono(vec![f32::NAN; 1000]);
    let empty = Audio { rate: 0, channels: Vec::new() };
    let one = mono(vec![1.0]);
    let slow = Audio { rate: 100, channels: vec![noise(1, 1.0, 0.1)] };
    let surround = Audio { rate: 192_000, channels: vec![noise(1, 0.5, 0.5); 6] };
    for audio in [nan, empty, one, slow, surround] {
        let (facts, sketch) = measured(&audio);
        assert!(facts.iter().flat_map(|fact| numbers(&fact.value)).all(f64::is_finite));
        assert!(sketch.mid.iter().all(|e| e.is_finite()));
    }
}
