//! Faults planted into the demo song are found, treated where they are, and nothing else is treated for them.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use mixsmith_analysis::{Fact, Facts, Sketch, Song, Stem, measure_song, measure_stem};
use mixsmith_assistant::{Assistant, Brief, Decision, Locks, Phase, Status, decide};
use mixsmith_audio::Clip;
use mixsmith_demo::{Fault, Part, Recipe, Track, song};
use mixsmith_effects::all::KINDS;
use mixsmith_session::Session;

/// A track with what was measured of it.
type Measured = (Stem, Vec<Fact>, Arc<Sketch>);

fn measured(track: &Track) -> Measured {
    let id = track.file.split('.').next().unwrap_or_default().to_owned();
    let (facts, sketch) = measure_stem(&id, &track.audio);
    let clip = Arc::new(Clip::in_memory(track.audio.clone()));
    let stem = Stem {
        hash: id.clone(),
        id,
        file: track.file.clone(),
        stream: 0,
        rate: track.audio.rate,
        channels: track.audio.channels.len(),
        lossy: false,
        start: 0,
        clip,
    };
    (stem, facts, Arc::new(sketch))
}

/// The players.
fn recipe() -> Recipe {
    Recipe { parts: vec![Part::Drums, Part::Bass, Part::AcousticGuitar, Part::LeadVoice], ..Recipe::short() }
}

/// The clean song, measured once.
fn clean() -> &'static [Measured] {
    static CLEAN: OnceLock<Vec<Measured>> = OnceLock::new();
    CLEAN.get_or_init(|| song(&recipe()).tracks.iter().map(measured).collect())
}

/// The decisions about a song whose planted fault is `fault`.
fn mix(fault: Option<Fault>) -> (Session, Vec<Decision>) {
    let mut tracks = clean().to_vec();
    if let Some(fault) = fault {
        let spoiled = song(&Recipe { faults: vec![fault], ..recipe() });
        let file = &spoiled.truth.faults[0].file;
        let place = tracks.iter().position(|(stem, ..)| stem.file == *file).expect("the track");
        tracks[place] = measured(spoiled.track(file).expect("the spoiled track"));
    }
    let mut facts = Facts::default();
    let mut song = Song { rate: 48_000, frames: 0, stems: Vec::new() };
    for (stem, found, sketch) in tracks {
        facts.extend(found);
        facts.push_sketch(&stem.id, sketch);
        song.frames = song.frames.max(stem.clip.frames);
        song.stems.push(stem);
    }
    measure_song(&song, &mut facts);
    let (brief, locks) = (Brief::default(), Locks::default());
    decide(
        &Assistant { song: &song, facts: &facts, brief: &brief, kinds: KINDS, locks: &locks },
        Phase::Space,
    )
}

/// What repair was done to which tracks.
fn repairs(decisions: &[Decision]) -> BTreeSet<(String, String)> {
    const REPAIRS: [&str; 5] = ["tone.hum", "tone.resonance", "tone.mud", "tone.harsh", "dynamics.deess"];
    decisions
        .iter()
        .filter(|d| REPAIRS.contains(&d.rule.as_str()))
        .map(|d| (d.rule.clone(), d.about[0].clone()))
        .collect()
}

fn print(decisions: &[Decision]) {
    for decision in decisions.iter().filter(|d| d.rule.contains("tone.") || d.rule.contains("deess")) {
        println!("{:18} {:?} {}", decision.rule, decision.status, decision.says);
    }
}

/// Plants a fault, and checks that the rule treats the track, and that no other track is repaired for it. Gives the
/// mix, and the track's id.
fn treated(fault: Fault, rule: &str) -> (Session, String) {
    let before = repairs(&mix(None).1);
    let (session, decisions) = mix(Some(fault));
    print(&decisions);
    let ours = ["tone.", "dynamics.", "space."];
    for decision in decisions.iter().filter(|d| ours.iter().any(|phase| d.rule.starts_with(phase))) {
        assert_eq!(decision.status, Status::Taken, "{decision:?}");
    }
    let after = repairs(&decisions);
    let new: Vec<&(String, String)> = after.difference(&before).collect();
    assert_eq!(new.len(), 1, "{new:?}");
    assert_eq!(new[0].0, rule);
    (session, new[0].1.clone())
}

/// Frequency and gain of the bell of a track's equaliser that lies nearest to a frequency.
fn bell(session: &Session, id: &str, hz: f32) -> (f32, f32) {
    let eq = session.strip(id).and_then(|strip| strip.insert("eq")).expect("an equaliser");
    let value = |name: &str, n: usize| eq.values.get(&format!("{name}{n}")).copied().unwrap_or(0.0);
    (1..=8)
        .filter(|&n| value("type", n) == 1.0)
        .map(|n| (value("freq", n), value("gain", n)))
        .min_by(|a, b| (a.0 / hz).ln().abs().total_cmp(&(b.0 / hz).ln().abs()))
        .expect("a bell")
}

fn guitar() -> String {
    "acoustic-guitar".to_owned()
}

#[test]
fn the_clean_song_is_hardly_repaired() {
    let (_, decisions) = mix(None);
    print(&decisions);
    assert!(repairs(&decisions).len() <= 1, "{:?}", repairs(&decisions));
}

#[test]
fn mud_is_cut() {
    let (session, id) = treated(Fault::Mud300 { track: "lead-vocal".to_owned() }, "tone.mud");
    let (hz, gain) = bell(&session, &id, 300.0);
    assert!((230.0..400.0).contains(&hz) && (-6.0..=-3.0).contains(&gain), "{hz} {gain}");
}

#[test]
fn hum_is_notched() {
    let fault = Fault::Hum { track: "bass-amp".to_owned(), hz: 50.0, db: -34.0 };
    let (session, id) = treated(fault, "tone.hum");
    let eq = session.strip(&id).and_then(|strip| strip.insert("eq")).expect("an equaliser");
    assert_eq!((eq.values["type1"], eq.values["freq1"]), (6.0, 50.0));
}

#[test]
fn an_offset_is_blocked() {
    let (session, id) = treated(Fault::Dc { track: guitar(), value: 0.05 }, "tone.hum");
    let eq = session.strip(&id).and_then(|strip| strip.insert("eq")).expect("an equaliser");
    assert_eq!((eq.values["type1"], eq.values["freq1"]), (4.0, 20.0));
}

#[test]
fn sibilance_is_softened() {
    let (session, id) = treated(Fault::Sibilance { db: 9.0 }, "dynamics.deess");
    let deess = session.strip(&id).and_then(|strip| strip.insert("deess")).expect("a de-esser");
    assert!((4000.0..8000.0).contains(&deess.values["frequency"]), "{deess:?}");
}
