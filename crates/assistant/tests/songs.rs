//! What the rules decide on real songs. Skipped where the songs are not there.

use std::path::PathBuf;
use std::sync::Arc;

use mixsmith_analysis::{Facts, Song, Stem, measure_song, measure_stem};
use mixsmith_assistant::mixmodel::MixModel;
use mixsmith_assistant::{Assistant, Brief, Decision, Desk, Genre, Locks, Phase, decide};
use mixsmith_audio::{Clip, read, resample};
use mixsmith_effects::all::KINDS;
use mixsmith_session::Session;

fn songs() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/songs");
    std::env::var_os("MIXSMITH_SONGS").map_or_else(|| PathBuf::from(beside), PathBuf::from)
}

/// Reads and measures the files of a song; none where the folder is not there.
fn listen(name: &str) -> Option<(Song, Facts)> {
    let folder = songs().join(name);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: there is no song {name}");
        return None;
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut song = Song { rate: 44_100, frames: 0, stems: Vec::new() };
    let mut facts = Facts::default();
    for path in paths {
        let sound = path.extension().and_then(|ext| ext.to_str()).map(str::to_lowercase);
        if !sound.is_some_and(|ext| ["wav", "flac", "mp3", "ogg", "aif"].contains(&ext.as_str())) {
            continue;
        }
        let Ok(read) = read(&path) else { continue };
        let Some(stream) = read.streams.into_iter().next() else { continue };
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let id = format!("s{:02}", song.stems.len());
        let (found, sketch) = measure_stem(&id, &stream.audio);
        facts.extend(found);
        facts.push_sketch(&id, Arc::new(sketch));
        let (rate, channels) = (stream.audio.rate, stream.audio.channels.len());
        let audio = if rate == song.rate { stream.audio } else { resample(&stream.audio, song.rate) };
        let clip = Arc::new(Clip::in_memory(audio));
        song.frames = song.frames.max(clip.frames);
        song.stems.push(Stem {
            id,
            hash: file.clone(),
            file,
            stream: 0,
            rate,
            channels,
            lossy: false,
            start: 0,
            clip,
        });
    }
    measure_song(&song, &mut facts);
    Some((song, facts))
}

fn mix(song: &Song, facts: &Facts, genre: Genre) -> (Session, Vec<Decision>) {
    let brief = Brief { genre, ..Brief::default() };
    let locks = Locks::default();
    decide(&Assistant { song, facts, brief: &brief, kinds: KINDS, locks: &locks }, Phase::Ride)
}

fn print(decisions: &[Decision]) {
    for decision in decisions {
        println!("{:>3} {:18} {:?} {}", decision.id, decision.rule, decision.status, decision.says);
    }
}

/// Level of the lead vocal against the mix, LU.
fn voice(song: &Song, facts: &Facts, session: &Session) -> f64 {
    let (brief, locks) = (Brief::default(), Locks::default());
    let desk = Desk { facts, song, brief: &brief, session, kinds: KINDS, locks: &locks };
    let model = MixModel::new(&desk);
    let lead = session.tracks().find(|strip| strip.role.starts_with("lead-vocal")).expect("a lead vocal");
    let part = model.part(&lead.id).expect("it plays");
    part.active + part.fader - model.loudness(&model.faders()).expect("a mix")
}

#[test]
fn stems_of_a_mix_are_hardly_moved_and_the_voice_sits() {
    let Some((song, facts)) = listen("caesium") else { return };
    // Another genre than the song's nearest moves a few more tracks towards its column, by little.
    for (genre, usual, most) in [(Genre::Pop, -2.5, 1), (Genre::Edm, -4.0, 5)] {
        let (session, decisions) = mix(&song, &facts, genre);
        print(&decisions);
        let level = voice(&song, &facts, &session);
        assert!((level - usual).abs() < 2.0, "the voice is at {level:.1} LU");
        let moves = decisions.iter().filter(|d| d.rule == "balance.levels" && !d.about.is_empty());
        assert!(moves.count() <= most, "too many faders moved");
        for strip in session.tracks() {
            let fader = strip.values.get("fader").copied().unwrap_or(0.0);
            assert!(fader.abs() <= 2.5, "{} moved by {fader} dB", strip.name);
        }
    }
}

#[test]
fn a_raw_session_is_balanced_and_prepared() {
    let Some((song, facts)) = listen("about-the-summer-raw") else { return };
    let (_, decisions) = mix(&song, &facts, Genre::Rock);
    print(&decisions);
    let moved = decisions.iter().filter(|d| d.rule == "balance.levels" && !d.about.is_empty()).count();
    assert!(moved >= song.stems.len() / 2, "{moved} faders moved");
}

/// Prints what is decided for every song: `cargo test --release -- --ignored --nocapture every_song`.
#[test]
#[ignore = "takes minutes; for reading"]
fn every_song() {
    for name in
        ["caesium", "mauiwowi", "potassium-messy", "about-the-summer", "about-the-summer-raw", "lithium"]
    {
        let Some((song, facts)) = listen(name) else { continue };
        println!("\n== {name}");
        for fact in facts.iter().filter(|fact| fact.what.starts_with("pair") || fact.what == "sections") {
            println!("{fact:?}");
        }
        print(&mix(&song, &facts, Genre::Pop).1);
    }
}
