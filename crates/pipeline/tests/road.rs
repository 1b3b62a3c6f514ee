//! The whole road: same bits however it is run, nothing touched that is not ours, sums that add up, one sound live and
//! offline.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

mod common;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use common::{OnDisk, assert_prints, bits, few, flat, hashes, left_over, plain_sum};
use mixsmith_analysis::Qty;
use mixsmith_audio::{Audio, Dither, Sample, WavWriter, write_flac};
use mixsmith_effects::KINDS;
use mixsmith_engine::{Prints, Runner, Sink, Sources, compile, render};
use mixsmith_pipeline::{Mixed, Options, Progress};
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
    let mixed = other.mix(2);
    assert_eq!(hashes(&other.root), first, "two threads, nothing cached");
    let rest = mixed.manifest.stems_minus_mix.max(mixed.manifest.groups_minus_mix);
    assert!(rest < -100.0, "added up while they were printed: {rest:.1} dBFS");
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
fn the_manifest_reads_peaks_as_the_facts_do() {
    let (song, _, mixed) = &*SONG;
    for printed in &mixed.manifest.outputs {
        let (facts, _) = mixsmith_analysis::ears::measure_stem("x", &song.sound(&printed.file));
        let fact = facts.iter().find(|fact| fact.what == "peak.true");
        let Some(Qty::Number(fact)) = fact.map(|fact| fact.value.clone()) else {
            assert!(printed.level.true_peak <= -120.0, "{}: silent", printed.file);
            continue;
        };
        // The dither of the print lies between them.
        let apart = (fact - printed.level.true_peak).abs();
        assert!(apart < 0.002, "{}: {fact} and {}", printed.file, printed.level.true_peak);
    }
}

#[test]
fn sound_read_where_it_stands_and_sound_decoded_first_give_the_same_mix() {
    // The same frames in files that differ: 24 bits as they are, the same 24 bits in FLAC, and the decoded numbers.
    let song = OnDisk::of(&few());
    let (flac, float) = (OnDisk::empty(), OnDisk::empty());
    for file in song.folder().tracks().unwrap() {
        let audio = common::sound(&song.root.join(&file));
        write_flac(&flac.root.join(file.with_extension("flac")), &audio, 24, Dither::None).unwrap();
        let channels = audio.channels.len();
        let mut writer =
            WavWriter::create(&float.root.join(&file), audio.rate, channels, Sample::F32, Dither::None)
                .unwrap();
        writer.write(&audio.slices()).unwrap();
        writer.finish().unwrap();
    }
    let mut prints = Vec::new();
    for (song, decoded) in [(&song, false), (&flac, true), (&float, false)] {
        song.mix(2);
        let clips = song.folder().cache().join("clips");
        assert_eq!(clips.exists(), decoded, "plain samples at the song's rate are not copied");
        let prints_of = hashes(&song.folder().out.join("stems"));
        prints.push((hashes(&song.folder().out).get("mix.wav").cloned(), prints_of));
    }
    assert!(prints[0].0.is_some() && prints[0].1.len() >= 4);
    assert_eq!(prints[0], prints[1]);
    assert_eq!(prints[0], prints[2]);
}

/// Writes to a recording when a stage begins.
struct Meddler<'a> {
    file: &'a std::path::Path,
    at: &'a str,
}

impl Progress for Meddler<'_> {
    fn stage(&self, name: &str, _: u64) {
        if name == self.at {
            let mut bytes = std::fs::read(self.file).unwrap();
            bytes.iter_mut().skip(1000).for_each(|byte| *byte = 0);
            std::fs::write(self.file, &bytes[..bytes.len() - 6]).unwrap();
        }
    }
    fn step(&self, _: u64, _: &str) {}
}

#[test]
fn a_track_that_is_written_to_while_it_is_mixed_ends_the_mix() {
    let song = OnDisk::of(&few());
    song.decide();
    let prints = |song: &OnDisk| match song.folder().out {
        out if out.exists() => hashes(&out).len(),
        _ => 0,
    };
    let tracks = song.folder().tracks().unwrap();
    for (file, at) in tracks.iter().zip(["Hear the mix", "Print"]) {
        let path = song.root.join(file);
        let file = file.display();
        let meddler = Meddler { file: &path, at };
        let error = mixsmith_pipeline::mix(&song.folder(), &Options::default(), &meddler).unwrap_err();
        assert!(error.to_string().starts_with(&format!("{file}: ")), "{error}");
        assert_eq!(prints(&song), 0, "{at}");
    }
    // What it is now is another take.
    let about = tracks[0].display().to_string();
    assert!(song.mix(2).listened.notes.iter().any(|note| note.about == about));
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
