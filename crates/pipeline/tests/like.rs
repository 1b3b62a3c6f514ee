//! A mix follows a reference and a rough mix as far as they are given.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod common;

use std::path::Path;

use common::{OnDisk, few, sound, write_wav};
use mixsmith_analysis::{Qty, ears};
use mixsmith_audio::Audio;
use mixsmith_pipeline::{Likes, Mixed, Options, Silent, Trait, prefer, wish};

/// Writes the sum of a song's tracks with gains in turn, and returns the gain of each track by id.
fn rough(song: &OnDisk, path: &Path) -> Vec<(String, f64)> {
    let mixed = song.decide();
    let gains = [-9.0, 2.0, -4.0, 5.0, -7.0, 0.0, -12.0, 3.0, -2.0, 6.0, -5.0];
    let frames = mixed.session.song.frames as usize;
    let mut sum = [vec![0.0f32; frames], vec![0.0f32; frames]];
    let mut told = Vec::new();
    for (n, stem) in mixed.listened.song.stems.iter().enumerate() {
        let gain = gains[n % gains.len()];
        let mut channels = vec![vec![0.0f32; frames]; stem.clip.channels];
        let mut slices: Vec<&mut [f32]> = channels.iter_mut().map(Vec::as_mut_slice).collect();
        stem.clip.read(-stem.start, &mut slices);
        for (side, sum) in sum.iter_mut().enumerate() {
            let own = &channels[side.min(stem.clip.channels - 1)];
            let by = 10f32.powf(gain as f32 / 20.0);
            sum.iter_mut().zip(own).for_each(|(sum, x)| *sum += by * x);
        }
        told.push((stem.id.clone(), gain));
    }
    sum.iter_mut().flatten().for_each(|x| *x *= 0.25);
    write_wav(path, mixed.session.song.rate, &[&sum[0], &sum[1]]);
    told
}

/// How far gains are from those of the rough mix, without what is common to all: the most of the tracks that play, dB.
fn off(told: &[(String, f64)], found: impl Fn(&str) -> Option<f64>) -> f64 {
    let apart: Vec<f64> = told.iter().filter_map(|(id, gain)| Some(found(id)? - gain)).collect();
    assert!(apart.len() + 1 >= told.len(), "{apart:?}");
    let mut sorted = apart.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted[sorted.len() / 2];
    println!("{apart:.2?}");
    apart.iter().map(|by| (by - middle).abs()).fold(0.0, f64::max)
}

fn follows_a_rough_mix(song: &OnDisk) {
    let place = song.root.parent().unwrap().join("my rough.wav");
    let told = rough(song, &place);
    prefer(&song.folder(), &Likes { rough: Some(place), ..Likes::default() }).unwrap();
    let mixed = song.decide();
    let facts = &mixed.listened.facts;
    let measured = off(&told, |id| facts.number("rough.gain_db", id));
    assert!(measured < 1.5, "measured within {measured} dB");
    // A track that is as good as silent in the rough mix cannot be told from what is left over.
    let told: Vec<(String, f64)> = told
        .into_iter()
        .filter(|(id, _)| facts.get("rough.gain_db", &[id]).is_some_and(|fact| fact.confidence > 0.5))
        .collect();
    let set = |id: &str| {
        let strip = mixed.session.strip(id)?;
        let knob = |knob: &str| f64::from(strip.values.get(knob).copied().unwrap_or(0.0));
        Some(knob("trim") + knob("fader"))
    };
    let balance = off(&told, set);
    println!("rough mix: measured within {measured:.2} dB, faders within {balance:.2} dB");
    assert!(balance < 1.5, "{balance}");
}

#[test]
fn the_gains_of_a_rough_mix_are_found_and_followed() {
    follows_a_rough_mix(&OnDisk::of(&few()));
    let Some(song) = OnDisk::of_real("caesium") else { return };
    follows_a_rough_mix(&song);
}

/// Third octaves with their mean at nought, and width above 120 Hz, dB.
fn heard(audio: &Audio) -> (Vec<f64>, f64) {
    let facts = ears::measure_stem("x", audio).0;
    let bands = |what: &str| match &facts.iter().find(|fact| fact.what == what).unwrap().value {
        Qty::Bands(bands) => bands.iter().map(|&db| f64::from(db)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let (thirds, widths) = (bands("spectrum.third_octave"), bands("stereo.width_bands"));
    let mean = thirds.iter().sum::<f64>() / thirds.len() as f64;
    (thirds.iter().map(|db| db - mean).collect(), widths[1..].iter().sum::<f64>() / 4.0)
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    // From 63 Hz to 10 kHz.
    let squares: f64 = (3..26).map(|i| (a[i] - b[i]).powi(2)).sum();
    (squares / 23.0).sqrt()
}

fn master(song: &OnDisk, mixed: &Mixed) -> Audio {
    let master = mixed.manifest.outputs.iter().find(|output| output.kind == "master").unwrap();
    sound(&song.folder().out.join(&master.file))
}

#[test]
fn tone_width_and_loudness_of_a_reference_are_approached() {
    let song = OnDisk::of(&few());
    let plain = song.mix(2);
    let ours = master(&song, &plain);
    // A darker, narrower and softer master: what a first-order low-pass leaves over 1 kHz is taken down, the side too.
    let share = 1.0 - (-std::f32::consts::TAU * 1000.0 / ours.rate as f32).exp();
    let mut low = [0.0f32; 2];
    let mut dark = [Vec::new(), Vec::new()];
    for (l, r) in ours.channels[0].iter().zip(&ours.channels[1]) {
        let (mid, side) = (0.5 * (l + r), 0.5 * 0.6 * (l - r));
        for (n, x) in [mid + side, mid - side].into_iter().enumerate() {
            low[n] += share * (x - low[n]);
            dark[n].push(0.7 * (low[n] + 0.4 * (x - low[n])));
        }
    }
    let place = song.root.join("reference/record.wav");
    std::fs::create_dir(song.root.join("reference")).unwrap();
    write_wav(&place, ours.rate, &[&dark[0], &dark[1]]);
    let likes = Likes { references: vec![place.clone()], ..Likes::default() };
    prefer(&song.folder(), &likes).unwrap();
    let like = song.mix(2);
    let theirs = heard(&sound(&place));
    let (before, after) = (heard(&ours), heard(&master(&song, &like)));
    let tone = (apart(&before.0, &theirs.0), apart(&after.0, &theirs.0));
    let width = (before.1 - theirs.1, after.1 - theirs.1);
    println!("tone {tone:.2?} dB, width {width:.2?} dB");
    assert!(tone.1 < 0.75 * tone.0, "tone {tone:?}");
    assert!(width.1.abs() < 0.6 * width.0.abs(), "width {width:?}");
    let asked = like.brief.asked.expect("a loudness");
    let level = like.manifest.outputs.iter().find(|output| output.kind == "master").unwrap().level.loudness;
    assert!((level - asked).abs() < 0.6, "{level} instead of {asked}");
    let kept = std::fs::read_to_string(song.folder().wishes()).unwrap();
    assert!(kept.contains("\"reference/record.wav\""), "it goes with the folder: {kept}");
    // One trait alone, and then none of it.
    prefer(&song.folder(), &Likes { traits: vec![Trait::Tone], ..Likes::default() }).unwrap();
    let only = song.decide();
    assert!(
        only.brief.asked.is_none() && only.listened.facts.bands("stereo.width_bands", "reference").is_none()
    );
    let list = wish(&song.folder(), &[], &["reference".to_owned()], &Options::default(), &Silent).unwrap();
    assert!(list.like.is_empty() && list.forgotten == ["reference"]);
}
