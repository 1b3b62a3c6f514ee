//! Roles from sound: the learned scores, and how they stand beside a name.

use std::sync::Arc;

use mixsmith_analysis::roles::features::{self, COUNT, names};
use mixsmith_analysis::roles::fuse::judge;
use mixsmith_analysis::roles::scores::{KNOTS, Scores, learned};
use mixsmith_analysis::{Fact, Facts, Song, Stem, role};
use mixsmith_audio::{Audio, Clip};

mod common;
use common::{RATE, amplitude, frames, measured, mono, noise};

/// A drum machine's kick: a falling sine twice a second.
fn kick(db: f64) -> Vec<f32> {
    let mut phase = 0.0;
    let sound = |i: usize| {
        let t = (i % frames(0.5)) as f64 / f64::from(RATE);
        phase += std::f64::consts::TAU * (50.0 + 150.0 * (-40.0 * t).exp()) / f64::from(RATE);
        (amplitude(db) * (-9.0 * t).exp() * phase.sin()) as f32
    };
    (0..frames(8.0)).map(sound).collect()
}

/// A song with one stem of this name.
fn alone(file: &str) -> Song {
    let clip = Arc::new(Clip::in_memory(Audio { rate: RATE, channels: vec![vec![0.0; 16]] }));
    let stem = Stem {
        id: "x".to_owned(),
        file: file.to_owned(),
        stream: 0,
        hash: String::new(),
        rate: RATE,
        channels: 1,
        lossy: false,
        start: 0,
        clip,
    };
    Song { rate: RATE, frames: 16, stems: vec![stem] }
}

/// What is measured of a sound, its sketch with it.
fn facts(sound: Vec<f32>) -> Facts {
    let (mut facts, sketch) = measured(&mono(sound));
    facts.push_sketch("x", Arc::new(sketch));
    facts
}

/// The role that is found, and how sure it is.
fn found(file: &str, sound: Vec<f32>) -> (&'static str, f32) {
    let judged = judge(&alone(file), &facts(sound), false);
    (judged[0].1.role.id, judged[0].1.confidence)
}

#[test]
fn the_table_is_whole_and_says_how_it_was_made() {
    let text = include_str!("../tables/roles.txt");
    assert!(text.starts_with('#') && text.contains("--example") && text.contains("--learn"));
    let scores = learned();
    assert!(scores.roles.len() > 20);
    for id in &scores.roles {
        assert!(role(id).is_some(), "{id}");
    }
    assert!(text.len() < 300_000, "{} bytes", text.len());
    let weights = scores.units.iter().flat_map(|unit| unit.of.iter().chain(&unit.to));
    assert!(weights.chain(&scores.alone).all(|weight| weight.is_finite() && weight.abs() < 20.0));
    assert_eq!(Scores::parse(&scores.text()).as_ref(), Ok(scores), "as text it is the same");
}

#[test]
fn what_cannot_be_read_is_refused() {
    let text = learned().text();
    for (from, to) in [
        ("knots onset.rate ", "knots onset.rate nought "),
        ("role kick ", "role kick 1 2 "),
        ("knots", "knot"),
        ("unit ", "unit 0.1 "),
        ("to ", "to 0.1 "),
    ] {
        assert!(text.contains(from));
        assert!(Scores::parse(&text.replacen(from, to, 1)).is_err(), "{to}");
    }
    assert!(Scores::parse("").is_err());
}

#[test]
fn scales_are_lines_between_knots_and_level_beyond() {
    let scores = learned();
    let place = names().iter().position(|name| name == "onset.rate").unwrap_or(0);
    let scaled = |value: f64| {
        let mut numbers = [None; COUNT];
        numbers[place] = Some(value);
        scores.scaled(&numbers)
    };
    let knots = scores.knots[place];
    assert_eq!(scaled(knots[0] - 100.0)[place], -2.0);
    assert_eq!(scaled(knots[KNOTS - 1] + 100.0)[place], 2.0);
    let middle = scaled(0.5 * (knots[1] + knots[2]));
    assert!((middle[place] + 0.5).abs() < 1e-9, "{}", middle[place]);
    assert!(
        middle.iter().enumerate().all(|(i, x)| i == place || *x == 0.0),
        "what is missing counts as usual"
    );
}

#[test]
fn a_kick_and_a_hiss_are_heard_without_a_name() {
    assert_eq!(found("Track 1.wav", kick(-6.0)).0, "kick");
    // Noise in short bursts, without what lies low: a hi-hat.
    let mut last = 0.0;
    let hiss = noise(5, 0.3, 8.0).into_iter().enumerate().map(|(i, x)| {
        let bright = x - last;
        last = x;
        bright * (-((i % frames(0.25)) as f32) / frames(0.015) as f32).exp()
    });
    let found = found("Track 2.wav", hiss.collect());
    assert_eq!(role(found.0).map(|role| role.family), Some("drums"), "{}", found.0);
}

#[test]
fn the_sound_of_a_track_that_is_nearly_silent_counts_less_than_its_name() {
    // The same kick in both: loud enough to be believed, and what may be the tail of anything.
    let loud = found("Track 3.wav", kick(-12.0));
    let faint = found("Track 3.wav", kick(-48.0));
    assert_eq!(loud.0, "kick");
    assert!(faint.1 < loud.1 - 0.1, "{loud:?}, {faint:?}");
    let named = found("3_guitar.flac", kick(-48.0));
    assert_eq!(role(named.0).map(|role| role.family), Some("guitars"), "{named:?}");
}

#[test]
fn a_second_kick_is_less_likely_than_the_only_one() {
    let mut song = alone("Track 1.wav");
    let second = alone("Track 2.wav").stems.into_iter().map(|stem| Stem { id: "y".to_owned(), ..stem });
    song.stems.extend(second);
    let (mut both, sketch) = measured(&mono(kick(-6.0)));
    let again: Vec<Fact> =
        both.iter().map(|fact| Fact { about: vec!["y".to_owned()], ..fact.clone() }).collect();
    both.extend(again);
    let sketch = Arc::new(sketch);
    both.push_sketch("x", Arc::clone(&sketch));
    both.push_sketch("y", sketch);
    let judged = judge(&song, &both, false);
    let only = found("Track 1.wav", kick(-6.0)).1;
    assert!(judged.iter().all(|(_, verdict)| verdict.confidence < only - 0.05), "{only}");
}

#[test]
fn missing_facts_say_nothing() {
    assert!(features::of(&Facts::default(), "x").iter().all(Option::is_none));
    let mut few = Facts::default();
    few.push(Fact::number("onset.rate", "x", 2.0));
    few.push(Fact::number("loudness.active", "x", -20.0));
    let judged = judge(&alone("Track 4.wav"), &few, false);
    assert_eq!(judged[0].1.role.id, "unknown");
}
