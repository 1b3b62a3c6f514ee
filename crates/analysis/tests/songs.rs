//! Facts of whole songs against what is known of them. Skipped where the songs are not at hand.
#![allow(clippy::disallowed_methods, reason = "files to test with")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mixsmith_analysis::{Facts, Qty, Song, Stem, measure_song, measure_stem, role, roles};
use mixsmith_audio::{Clip, content_hash, hex, read, resample};

#[path = "common/labels.rs"]
mod labels;
use labels::labels;

/// The folder of a song, if it is here.
fn folder(song: &str) -> Option<PathBuf> {
    let songs = std::env::var_os("MIXSMITH_SONGS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/songs"), PathBuf::from);
    let folder = songs.join(song);
    if !folder.is_dir() {
        println!("{song} is not here: skipped");
        return None;
    }
    Some(folder)
}

/// Opens and measures every track of a song.
fn open(folder: &Path) -> (Song, Facts) {
    let rate = 48_000;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    let (mut stems, mut facts) = (Vec::new(), Facts::default());
    for path in files {
        let Ok(found) = read(&path) else { continue };
        for stream in found.streams {
            let id = format!("s{}", stems.len() + 1);
            let (list, sketch) = measure_stem(&id, &stream.audio);
            facts.extend(list);
            facts.push_sketch(&id, Arc::new(sketch));
            stems.push(Stem {
                id,
                file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                stream: 0,
                hash: content_hash(&path).map(|hash| hex(&hash)).unwrap_or_default(),
                rate: stream.audio.rate,
                channels: stream.audio.channels.len(),
                lossy: path.extension().is_some_and(|kind| kind == "mp3" || kind == "ogg"),
                start: 0,
                clip: Arc::new(Clip::in_memory(resample(&stream.audio, rate))),
            });
        }
    }
    let frames = stems.iter().map(|stem| stem.clip.frames).max().unwrap_or(0);
    (Song { rate, frames, stems }, facts)
}

/// What the labels of the songs mean in our words; any of them is right.
fn meant(label: &str) -> Vec<&str> {
    match label {
        "hat" => vec!["hihat"],
        "cymbal" => vec!["crash", "cymbals", "ride"],
        "synth-pad" | "Warm Pad" | "Metallic Pad" => vec!["pad", "synth"],
        "bass+pad" => vec!["bass", "pad"],
        "piano-left" | "piano-right" | "Acoustic Grand Piano" => vec!["piano"],
        "keys" => vec!["keys", "piano", "organ"],
        "synth" => vec!["synth", "synth-lead"],
        "snare" => vec!["snare", "snare-top"],
        "Jazz Guitar" | "Distortion Guitar" => vec!["electric-guitar", "guitar"],
        "Picked Bass" => vec!["bass"],
        "Synth Strings 1" => vec!["strings"],
        "Agogo" => vec!["percussion"],
        "Choir Aahs" => vec!["choir"],
        other => vec![other],
    }
}

/// Right by family, right by class, all.
fn score(song: &Song, facts: &Facts, labels: &[(String, String)], hidden: bool) -> (usize, usize, usize) {
    let (mut family, mut class, mut all) = (0, 0, 0);
    for (stem, (reading, verdict)) in song.stems.iter().zip(roles::fuse::judge(song, facts, hidden)) {
        let Some((_, label)) = labels.iter().find(|(file, _)| *file == stem.file) else { continue };
        if hidden && facts.get("fault.silent", &[&stem.id]).is_some() {
            continue;
        }
        let wanted = meant(label);
        let right = wanted.contains(&verdict.role.id);
        let kin = wanted.iter().any(|id| role(id).is_some_and(|role| role.family == verdict.role.family));
        if !right {
            let how = if hidden {
                "hidden"
            } else if reading.speaks() {
                "named"
            } else {
                "nameless"
            };
            println!(
                "  {how:8} {:44} {label:18} heard as {:16} {:.2}",
                stem.file, verdict.role.id, verdict.confidence
            );
        }
        (all, class, family) = (all + 1, class + usize::from(right), family + usize::from(kin));
    }
    (family, class, all)
}

fn check_roles(name: &str, family_at_least: f64, class_at_least: f64) {
    let Some(folder) = folder(name) else { return };
    let (song, facts) = open(&folder);
    let labels = labels(&folder);
    let (family, class, all) = score(&song, &facts, &labels, false);
    let hidden = score(&song, &facts, &labels, true);
    println!("{name}: family {family}/{all}, class {class}/{all}; names hidden: {hidden:?}");
    assert!(family as f64 >= family_at_least * all as f64, "{name}: family {family} of {all}");
    assert!(class as f64 >= class_at_least * all as f64, "{name}: class {class} of {all}");
}

#[test]
fn roles_of_the_rendered_song() {
    check_roles("about-the-summer", 0.95, 0.9);
}

#[test]
fn roles_of_the_electronic_songs() {
    check_roles("caesium", 0.95, 0.9);
    check_roles("lithium", 0.94, 0.9);
}

#[test]
fn roles_of_a_track_that_is_nearly_silent_are_its_names() {
    let Some(folder) = folder("mauiwowi") else { return };
    let (song, facts) = open(&folder);
    let verdicts = roles::fuse::judge(&song, &facts, false);
    let guitar = song.stems.iter().zip(&verdicts).find(|(stem, _)| stem.file.starts_with("3_guitar"));
    assert_eq!(guitar.map(|(_, (_, verdict))| verdict.role.family), Some("guitars"));
}

fn number(facts: &Facts, what: &str, about: &[&str]) -> f64 {
    match facts.get(what, about).map(|fact| &fact.value) {
        Some(Qty::Number(x)) => *x,
        _ => f64::NAN,
    }
}

#[test]
fn the_raw_session_has_its_pairs_and_no_others() {
    let Some(folder) = folder("about-the-summer-raw") else { return };
    let (song, mut facts) = open(&folder);
    measure_song(&song, &mut facts);
    let id =
        |file: &str| song.stems.iter().find(|stem| stem.file == file).map_or("", |stem| stem.id.as_str());
    for (a, b, kind, ms, polarity) in [
        ("01 KickIn.wav", "02 kick out.flac", "kick-mics", 0.9, 1.0),
        ("03 SN Top.flac", "04 SN bot.flac", "snare-mics", 0.35, -1.0),
        ("bass DI.flac", "BASSAMP_421.wav", "di-amp", 1.3, 1.0),
    ] {
        let about = [id(a), id(b)];
        let found = number(&facts, "pair.delay_ms", &about);
        assert!((found - ms).abs() < 0.1, "{a}, {b}: {found} ms");
        assert_eq!(number(&facts, "pair.polarity", &about), polarity, "{a}, {b}");
        assert!(facts.all("pair", &about).any(|fact| fact.value == Qty::Text(kind.to_owned())), "{a}, {b}");
    }
    let kind =
        |wanted: &str| facts.of("pair").filter(|fact| fact.value == Qty::Text(wanted.to_owned())).count();
    assert_eq!(
        (kind("left-right"), kind("double"), kind("kick-mics"), kind("snare-mics"), kind("di-amp")),
        (1, 0, 1, 1, 1)
    );
    // The choir file is silent in this part of the song.
    assert_eq!(
        facts.of("leave-out").map(|fact| fact.about[0].as_str()).collect::<Vec<_>>(),
        [id("oohs+aahs dbl.flac")]
    );
    for fact in facts.of("pair.delay_ms") {
        println!("{:?} {:?} {:.2}", fact.about, fact.value, fact.confidence);
    }
}

/// Every bleed that is said to be in a song: source, microphone, level.
fn bleed(name: &str) -> Option<Vec<(String, String, f64)>> {
    let (song, mut facts) = open(&folder(name)?);
    measure_song(&song, &mut facts);
    let file = |id: &String| song.stems.iter().find(|stem| stem.id == *id).map_or("", |stem| &stem.file);
    let told = facts.of("bleed.level").map(|fact| {
        let [source, microphone] = [0, 1].map(|i| file(&fact.about[i]).to_owned());
        println!("{name}: {source} in {microphone}: {:?}, {:.2}", fact.value, fact.confidence);
        let about: Vec<&str> = fact.about.iter().map(String::as_str).collect();
        (source, microphone, number(&facts, "bleed.level", &about))
    });
    Some(told.collect())
}

#[test]
fn the_raw_session_bleeds_in_its_kit_alone() {
    let Some(told) = bleed("about-the-summer-raw") else { return };
    let kit = ["01", "02", "03", "04", "05"];
    assert!(told.len() >= 8, "{}", told.len());
    for (source, microphone, level) in told {
        let both = [&source, &microphone];
        assert!(both.iter().all(|file| kit.contains(&&file[..2])), "{source} in {microphone}");
        assert!((-40.0..=-4.0).contains(&level), "{source} in {microphone}: {level}");
    }
}

#[test]
fn songs_that_no_microphone_heard_together_have_no_bleed() {
    for name in ["caesium", "mauiwowi", "about-the-summer"] {
        let told = bleed(name).unwrap_or_default();
        assert!(told.is_empty(), "{name}: {told:?}");
    }
}

#[test]
fn tempi_are_right_to_the_octave() {
    for (name, bpm) in [("caesium", 130.0), ("lithium", 124.0), ("mauiwowi", 102.0)] {
        let Some(folder) = folder(name) else { continue };
        let (song, mut facts) = open(&folder);
        measure_song(&song, &mut facts);
        let found = facts.number("tempo.bpm", "").unwrap_or(0.0);
        println!("{name}: {found:.2} BPM, {:?}", facts.get("key", &[]));
        assert!((found - bpm).abs() < 1.0, "{name}: {found}");
        let silent = facts.of("fault.silent").count();
        assert_eq!(facts.of("leave-out").count(), silent, "{name}: only silence is left out");
        for invented in ["duplicate.of", "fault.wrong_length", "fault.wrong_rate"] {
            assert_eq!(facts.of(invented).count(), 0, "{name}: {invented}");
        }
    }
}

#[test]
fn the_messy_folder_is_sorted_out() {
    let Some(folder) = folder("potassium-messy") else { return };
    let (song, mut facts) = open(&folder);
    measure_song(&song, &mut facts);
    let mut found: Vec<(String, String)> = song
        .stems
        .iter()
        .filter_map(|stem| Some((stem.file.clone(), facts.text("leave-out", &stem.id)?.to_owned())))
        .collect();
    found.sort();
    let wanted = [
        ("Audio 3-1 (copy).wav", "duplicate"),
        ("CLICK.flac", "click"),
        ("empty track.flac", "silent"),
        ("rough mix DO NOT USE.mp3", "rough-mix"),
    ];
    assert_eq!(found, wanted.map(|(file, why)| (file.to_owned(), why.to_owned())));
    for stem in song.stems.iter().filter(|stem| facts.get("leave-out", &[&stem.id]).is_none()) {
        let fact = facts.get("rough.polarity", &[&stem.id]);
        println!("{:34} {:?}", stem.file, fact.map(|fact| (&fact.value, fact.confidence)));
        let inverted = fact.is_some_and(|fact| fact.value == Qty::Number(-1.0) && fact.confidence > 0.5);
        assert_eq!(inverted, stem.file == "SN top dbl.aif", "{}", stem.file);
    }
    assert!(
        (facts.number("tempo.bpm", "").unwrap_or(0.0) - 90.0).abs() < 0.5,
        "{:?}",
        facts.number("tempo.bpm", "")
    );
}
