//! The truth that comes with a song is measured in its files.
#![allow(clippy::disallowed_methods, reason = "files to test with")]

use mixsmith_demo::{Delivery, Fault, Form, Part, Recipe, Song, song, write};

/// Five seconds of verse with few players.
fn tiny() -> Recipe {
    Recipe {
        form: Form { intro: 0, verse: 2, chorus: 0, outro: 0 },
        parts: vec![Part::Drums, Part::Bass, Part::LeadVoice],
        ..Recipe::clean()
    }
}

/// Everyone, in a form that lets everyone play, delivered as the demo song is.
fn small_mess() -> Recipe {
    Recipe { form: Form { intro: 0, verse: 0, chorus: 3, outro: 1 }, ..Recipe::demo() }
}

fn bits(song: &Song) -> Vec<u32> {
    song.tracks.iter().flat_map(|t| t.audio.channels.iter().flatten()).map(|x| x.to_bits()).collect()
}

fn rms(samples: &[f32]) -> f32 {
    let sum: f64 = samples.iter().map(|x| f64::from(x * x)).sum();
    (sum / samples.len().max(1) as f64).sqrt() as f32
}

fn db(ratio: f32) -> f32 {
    20.0 * ratio.log10()
}

fn samples<'a>(song: &'a Song, name: &str) -> &'a [f32] {
    &song.track(name).unwrap_or_else(|| panic!("no {name}")).audio.channels[0]
}

#[test]
fn a_recipe_gives_the_same_bits_each_time_and_a_seed_its_own_performance() {
    let first = song(&tiny());
    let again = song(&tiny());
    assert_eq!(bits(&first), bits(&again));
    assert_eq!(first.truth, again.truth);
    let other = song(&Recipe { seed: 8, ..tiny() });
    assert_ne!(bits(&first), bits(&other));
}

#[test]
fn leaving_a_player_out_changes_only_levels() {
    let all = song(&tiny());
    let fewer = song(&Recipe { parts: vec![Part::Bass], ..tiny() });
    let (a, b) = (samples(&all, "bass-di"), samples(&fewer, "bass-di"));
    let gain = rms(a) / rms(b);
    let difference: Vec<f32> = a.iter().zip(b).map(|(a, b)| a - gain * b).collect();
    assert!(db(rms(&difference) / rms(a)) < -100.0);
}

#[test]
fn the_microphone_below_the_snare_is_late_and_inverted_as_stated() {
    for inverted in [true, false] {
        let faults = if inverted { vec![Fault::InvertedSnareBottom] } else { Vec::new() };
        let song = song(&Recipe { faults, ..tiny() });
        let (top, below) = (samples(&song, "snare-top"), samples(&song, "snare-bottom"));
        let truth = &song.track("snare-bottom").expect("it was recorded").truth;
        assert_eq!(truth.inverted, inverted);
        let likeness =
            |lag: usize| -> f64 { top.iter().zip(&below[lag..]).map(|(a, b)| f64::from(a * b)).sum() };
        let lag = (0..100).max_by(|a, b| likeness(*a).abs().total_cmp(&likeness(*b).abs())).unwrap_or(0);
        let stated = truth.delay_ms * 48.0;
        assert!((lag as f64 - stated).abs() <= 1.0, "{lag} frames, stated {stated}");
        assert_eq!(likeness(lag) < 0.0, inverted);
    }
}

#[test]
fn the_mess_is_what_the_truth_says() {
    let messy = song(&small_mess());
    let clean = song(&Recipe { delivery: Delivery::Clean, faults: Vec::new(), ..small_mess() });
    // Levels: against the clean files, whose order is the same.
    for name in ["kick-in", "hihat", "room", "bass-di", "electric-guitar", "keys", "lead-vocal", "pad"] {
        let found = db(rms(samples(&messy, name)) / rms(samples(&clean, name)));
        let stated = messy.track(name).expect("it plays").truth.gain_db;
        assert!((found - stated).abs() < 0.2, "{name}: {found} dB, stated {stated} dB");
    }
    let lead = &messy.track("lead-vocal").expect("it sings").truth;
    assert_eq!(lead.gain_db, -7.0);
    // A mono sound in a stereo file, a pair in two.
    let bass = &messy.track("bass-di").expect("it plays").audio;
    assert_eq!(bass.channels.len(), 2);
    assert_eq!(bass.channels[0], bass.channels[1]);
    let left = messy.track("pad.L.wav").expect("the left half");
    assert_eq!(left.truth.pair_of.as_deref(), Some("pad.R.wav"));
    assert_ne!(samples(&messy, "pad.L.wav"), samples(&messy, "pad.R.wav"));
    // Clipped: runs at full scale.
    let clipped = samples(&messy, "acoustic-guitar");
    let runs = clipped.windows(3).filter(|w| w.iter().all(|x| x.abs() == 1.0)).count();
    assert!(runs > 50, "{runs} runs");
    // What has no place in the mix.
    let out: Vec<_> = messy.tracks.iter().filter_map(|t| t.truth.left_out.as_deref()).collect();
    assert_eq!(out, ["duplicate", "silent", "click", "rough-mix"]);
    assert!(samples(&messy, "silence").iter().all(|x| *x == 0.0));
    assert_eq!(messy.truth.faults.len(), Recipe::demo().faults.len());
    // Peaks fit the file's depth, and everything is a number.
    for track in &messy.tracks {
        for x in track.audio.channels.iter().flatten() {
            assert!(x.is_finite() && x.abs() <= 1.0, "{} at {x}", track.file);
        }
        assert!(track.truth.role == "silence" || track.audio.peak() > 0.005, "{}", track.file);
    }
    let rates: std::collections::BTreeSet<_> = messy.tracks.iter().map(|t| t.format.rate).collect();
    assert_eq!(Vec::from_iter(rates), [44_100, 48_000]);
}

#[test]
fn the_folder_holds_the_files_and_a_true_copy() {
    let folder = tempfile::tempdir().expect("a folder");
    let recipe = Recipe { delivery: Delivery::Messy, faults: vec![Fault::DuplicateTrack], ..tiny() };
    let song = song(&recipe);
    write(&song, folder.path()).expect("written");
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).expect("read").flatten().map(|e| e.file_name()).collect();
    assert_eq!(names.len(), song.tracks.len());
    let copy = &song.track("duplicate").expect("a copy").file;
    let original = copy.replace(" (1)", "");
    let bytes = |file: &str| std::fs::read(folder.path().join(file)).expect("read");
    assert!(bytes(copy) == bytes(&original));
    for track in &song.tracks {
        let read = mixsmith_audio::read(&folder.path().join(&track.file)).expect("a sound file");
        let audio = &read.streams[0].audio;
        assert_eq!(audio.rate, track.format.rate, "{}", track.file);
        assert_eq!(audio.frames(), track.audio.frames(), "{}", track.file);
    }
}

#[test]
fn each_fault_changes_its_target_and_nothing_else() {
    let clean = song(&tiny());
    let on = |track: &str| track.to_string();
    let cases = [
        (Fault::BuriedVoice { db: 9.0 }, "lead-vocal"),
        (Fault::Mud300 { track: on("keys") }, ""),
        (Fault::Mud300 { track: on("bass-di") }, "bass-di"),
        (Fault::BoomyNote { track: on("bass-amp"), hz: 73.4, db: 10.0 }, "bass-amp"),
        (Fault::Harsh3k { track: on("overheads") }, "overheads"),
        (Fault::Sibilance { db: 10.0 }, "lead-vocal"),
        (Fault::InvertedSnareBottom, "snare-bottom"),
        (Fault::Hum { track: on("bass-amp"), hz: 50.0, db: -30.0 }, "bass-amp"),
        (Fault::Dc { track: on("room"), value: 0.02 }, "room"),
        (Fault::Clipped { track: on("snare-top") }, "snare-top"),
        (Fault::DeadChannel { track: on("overheads") }, "overheads"),
        (Fault::Dropout { track: on("bass-di"), at: 1.0, seconds: 0.25 }, "bass-di"),
        (Fault::WrongRate { track: on("hihat") }, "hihat"),
        (Fault::WrongLength { track: on("toms") }, "toms"),
        (Fault::OffsetStart { track: on("kick-in"), seconds: 0.4 }, "kick-in"),
    ];
    for (fault, target) in cases {
        let spoilt = song(&Recipe { faults: vec![fault.clone()], ..tiny() });
        let changed: Vec<_> = std::iter::zip(&spoilt.tracks, &clean.tracks)
            .filter(|(a, b)| a.audio != b.audio)
            .map(|(a, _)| a.truth.role.as_str())
            .collect();
        let expected: Vec<_> = Some(target).filter(|t| !t.is_empty()).into_iter().collect();
        assert_eq!(changed, expected, "{fault:?}");
        assert_eq!(spoilt.truth.faults.len(), expected.len(), "{fault:?}");
        assert_eq!(spoilt.balance(), clean.balance(), "{fault:?}");
    }
}

#[test]
fn faults_have_the_size_that_they_state() {
    let clean = song(&tiny());
    let spoil = |fault| song(&Recipe { faults: vec![fault], ..tiny() });
    let on = |track: &str| track.to_string();

    let buried = spoil(Fault::BuriedVoice { db: 9.0 });
    let fall = db(rms(samples(&buried, "lead-vocal")) / rms(samples(&clean, "lead-vocal")));
    assert!((fall + 9.0).abs() < 0.01, "{fall} dB");

    let constant = spoil(Fault::Dc { track: on("room"), value: 0.02 });
    let mean = |x: &[f32]| x.iter().map(|x| f64::from(*x)).sum::<f64>() / x.len() as f64;
    assert!((mean(samples(&constant, "room")) - mean(samples(&clean, "room")) - 0.02).abs() < 1e-5);

    let hole = spoil(Fault::Dropout { track: on("bass-di"), at: 1.0, seconds: 0.25 });
    assert!(samples(&hole, "bass-di")[48_000..60_000].iter().all(|x| *x == 0.0));

    let offset = spoil(Fault::OffsetStart { track: on("kick-in"), seconds: 0.4 });
    assert_eq!(samples(&offset, "kick-in"), &samples(&clean, "kick-in")[19_200..]);

    let fast = spoil(Fault::WrongRate { track: on("hihat") });
    let ratio = samples(&fast, "hihat").len() as f64 / samples(&clean, "hihat").len() as f64;
    assert!((ratio - 44_100.0 / 48_000.0).abs() < 1e-4);
}

#[test]
fn clean_files_panned_as_stated_are_the_balance() {
    let song = song(&tiny());
    let mut left = vec![0.0f64; song.truth.length];
    for track in &song.tracks {
        let angle = f64::from(track.truth.pan + 1.0) * std::f64::consts::FRAC_PI_4;
        let gain = if track.audio.channels.len() == 1 { angle.cos() } else { 1.0 };
        left.iter_mut().zip(&track.audio.channels[0]).for_each(|(sum, x)| *sum += gain * f64::from(*x));
    }
    let worst = left
        .iter()
        .zip(&song.balance().channels[0])
        .fold(0.0, |w: f64, (a, b)| w.max((a - f64::from(*b)).abs()));
    assert!(worst < 1e-5, "{worst}");
    let json = song.truth.to_json();
    let back: mixsmith_demo::Truth = serde_json::from_str(&json).expect("reads what it wrote");
    assert_eq!(back, song.truth);
}
