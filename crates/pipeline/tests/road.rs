//! The whole road: same bits however it is run, nothing touched that is not ours, sums that add up, one sound live and
//! offline.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod common;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use common::{OnDisk, assert_prints, bits, few, flat, hashes, left_over, plain_sum};
use mixsmith_audio::Audio;
use mixsmith_effects::KINDS;
use mixsmith_engine::{Prints, Runner, Sink, Sources, compile, render};
use mixsmith_pipeline::Mixed;
use mixsmith_session::{Session, parse, print};

/// One song, mixed once, for all that only look at it.
static SONG: LazyLock<(OnDisk, BTreeMap<String, String>, Mixed)> = LazyLock::new(|| {
    let song = OnDisk::of(&few());
    let before = hashes(&song.root);
    let mixed = song.mix(1);
    (song, before, mixed)
});

#[test]
fn threads_and_cache_change_no_bit() {
    let (song, _, _) = &*SONG;
    let first = hashes(&song.root);
    let outputs = first.keys().filter(|name| name.starts_with("mix/")).count();
    assert!(outputs > 10, "{:?}", first.keys());
    let other = OnDisk::of(&few());
    other.mix(2);
    assert_eq!(hashes(&other.root), first, "two threads, nothing cached");
    other.mix(1);
    assert_eq!(hashes(&other.root), first, "one thread, all cached");
}

#[test]
fn tracks_are_only_read_and_all_that_is_new_is_in_mix() {
    let (song, before, _) = &*SONG;
    let after = hashes(&song.root);
    for (file, hash) in before {
        assert_eq!(after.get(file), Some(hash), "{file}");
    }
    for file in after.keys().filter(|file| !before.contains_key(*file)) {
        assert!(file.starts_with("mix/"), "{file}");
        assert!(!file.ends_with(".part") && file != "mix/lock", "{file}");
    }
}

#[test]
fn stems_groups_and_versions_add_up_to_the_mix() {
    let (song, _, mixed) = &*SONG;
    let mix = song.sound("mix.wav");
    for kind in ["stem", "group", "version"] {
        let outputs = mixed.manifest.outputs.iter().filter(|printed| printed.kind == kind);
        let parts: Vec<Audio> = outputs.map(|printed| song.sound(&printed.file)).collect();
        assert!(parts.len() >= 2, "{kind}: {}", parts.len());
        let rest = left_over(&parts, &mix);
        println!("{kind}: {} files, sum minus mix {rest:.1} dBFS", parts.len());
        assert!(rest < -90.0, "{kind}: {rest:.1} dBFS");
    }
}

#[test]
fn deciding_again_keeps_the_master_until_the_next_mix_is_heard() {
    let song = OnDisk::of(&few());
    let mixed = song.mix(2);
    assert!(mixed.is_mastered());
    let before = std::fs::read(song.folder().session()).unwrap();
    assert!(song.decide().is_mastered());
    assert_eq!(std::fs::read(song.folder().session()).unwrap(), before);
}

#[test]
fn the_session_reads_and_prints_to_the_same_bytes() {
    let text = SONG.0.session_text();
    let (session, problems) = parse(&text, &KINDS).unwrap();
    assert_eq!(problems, vec![]);
    assert_eq!(print(&session, &KINDS), text);
    assert_eq!(session, SONG.2.session);
}

struct Take<'a>(&'a mut [Vec<f32>; 2]);

impl Sink for Take<'_> {
    fn write(&mut self, left: &[f32], right: &[f32]) -> std::io::Result<()> {
        self.0[0].extend_from_slice(left);
        self.0[1].extend_from_slice(right);
        Ok(())
    }
}

fn sources(mixed: &Mixed) -> Sources {
    mixed.listened.song.stems.iter().map(|stem| (stem.id.clone(), stem.clip.clone())).collect()
}

fn offline(session: &Session, mixed: &Mixed, strip: &str) -> [Vec<f32>; 2] {
    let prints = Prints { strips: vec![strip.to_owned()], ..Prints::default() };
    let plan = compile(session, &KINDS, &sources(mixed), &prints).unwrap();
    let mut taken = [vec![], vec![]];
    let mut sinks: Vec<Box<dyn Sink + '_>> = vec![Box::new(Take(&mut taken))];
    render(&plan, session.song.frames, 2, &mut sinks, &mut |_| true).unwrap();
    drop(sinks);
    taken
}

#[test]
fn live_and_offline_are_one_sound() {
    let (_, _, mixed) = &*SONG;
    let strip = mixed.session.master().unwrap().id.clone();
    let [left, right] = offline(&mixed.session, mixed, &strip);
    let prints = Prints { strips: vec![strip], ..Prints::default() };
    let plan = compile(&mixed.session, &KINDS, &sources(mixed), &prints).unwrap();
    let mut runner = Runner::new(&plan, 0);
    let late = plan.latency(0);
    let (mut l, mut r) = (vec![0.0; late + left.len()], vec![0.0; late + left.len()]);
    for (l, r) in l.chunks_mut(777).zip(r.chunks_mut(777)) {
        runner.play(l, r);
    }
    assert!(bits(&l[late..]) == bits(&left) && bits(&r[late..]) == bits(&right));
}

#[test]
fn a_flat_session_is_the_plain_sum() {
    let (tracks, _, mixed) = &*SONG;
    let flat = flat(&mixed.session);
    let song = OnDisk::of(&few());
    std::fs::create_dir(song.folder().mix).unwrap();
    let text = print(&flat, &KINDS);
    std::fs::write(song.folder().session(), &text).unwrap();
    song.render();
    assert_eq!(song.session_text(), text, "render keeps the session as it is");

    let sum = plain_sum(&tracks.root, &flat);
    let [left, right] = offline(&flat, mixed, "mix");
    assert!(bits(&left) == bits(&sum[0]) && bits(&right) == bits(&sum[1]), "in float, bit for bit");
    assert_prints(&song.sound("mix.wav"), &sum);
}
