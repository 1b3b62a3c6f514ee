//! What the solver's sketch predicts of a mix, against the mix as the engine renders it.

use std::io;
use std::sync::Arc;

use mixsmith_analysis::sketch::{BANDS, centres};
use mixsmith_analysis::{Facts, Sketch, Song, Stem, measure_song, measure_stem};
use mixsmith_assistant::solver::{predict, space::spaces};
use mixsmith_assistant::{Assistant, Brief, Desk, Locks, Phase, decide};
use mixsmith_audio::{Audio, Clip};
use mixsmith_demo::{Form, Part, Recipe};
use mixsmith_effects::KINDS;
use mixsmith_engine::{Prints, Sink, Sources, compile, render};
use mixsmith_session::{Address, Edit, Insert, Send, Session, Strip, StripKind, Tap};

/// Largest error of a band, dB, root mean square over the bands.
const BAR: f64 = 0.5;
/// The same where tracks are compressed.
const PRESSED: f64 = 1.0;
/// A band this far under the loudest is not heard, dB.
const HEARD: f64 = 50.0;

/// Percussion, guitars, keys, a pad and a voice: every source has one microphone, or two channels.
fn song() -> (Song, Facts, Sources) {
    let recipe = Recipe {
        form: Form { intro: 0, verse: 4, chorus: 4, outro: 0 },
        parts: vec![
            Part::Percussion,
            Part::HookGuitar,
            Part::AcousticGuitar,
            Part::Keys,
            Part::Pad,
            Part::LeadVoice,
        ],
        ..Recipe::clean()
    };
    let (mut song, mut facts) = (Song { rate: 48_000, frames: 0, stems: Vec::new() }, Facts::default());
    let mut sources = Sources::new();
    for track in mixsmith_demo::song(&recipe).tracks {
        let id = track.file.split('.').next().unwrap_or_default().to_owned();
        let (found, sketch) = measure_stem(&id, &track.audio);
        facts.extend(found);
        facts.push_sketch(&id, Arc::new(sketch));
        let (rate, channels) = (track.audio.rate, track.audio.channels.len());
        let clip = Arc::new(Clip::in_memory(track.audio));
        song.frames = song.frames.max(clip.frames);
        sources.insert(id.clone(), clip.clone());
        let (hash, file) = (id.clone(), track.file);
        song.stems.push(Stem { id, hash, file, stream: 0, rate, channels, lossy: false, start: 0, clip });
    }
    measure_song(&song, &mut facts);
    (song, facts, sources)
}

struct Keep<'a>(&'a mut Audio);

impl Sink for Keep<'_> {
    fn write(&mut self, left: &[f32], right: &[f32]) -> io::Result<()> {
        self.0.channels[0].extend_from_slice(left);
        self.0.channels[1].extend_from_slice(right);
        Ok(())
    }
}

/// The sketch of the mix bus as it sounds.
fn rendered(session: &Session, sources: &Sources) -> Sketch {
    let prints = Prints { strips: vec!["mix".to_owned()], ..Prints::default() };
    let plan = compile(session, &KINDS, sources, &prints).expect("a session that runs");
    let mut audio = Audio::silence(session.song.rate, 2, 0);
    let mut sinks: Vec<Box<dyn Sink + '_>> = vec![Box::new(Keep(&mut audio))];
    render(&plan, session.song.frames, 1, &mut sinks, &mut |_| true).expect("it renders");
    drop(sinks);
    measure_stem("mix", &audio).1
}

/// Energy of every band over the song, dB.
fn levels(energies: &[f32]) -> Vec<f64> {
    let mut sums = vec![0.0f64; BANDS];
    for frame in energies.chunks_exact(BANDS) {
        sums.iter_mut().zip(frame).for_each(|(sum, &e)| *sum += f64::from(e));
    }
    sums.iter().map(|sum| 10.0 * sum.max(1e-12).log10()).collect()
}

/// Root mean square over the bands that are heard of predicted less rendered, dB.
fn error(what: &str, predicted: &[f32], rendered: &[f32]) -> f64 {
    let (predicted, rendered) = (levels(predicted), levels(rendered));
    let top = rendered.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let heard = (0..BANDS).filter(|&band| rendered[band] > top - HEARD);
    let off: Vec<f64> = heard.map(|band| predicted[band] - rendered[band]).collect();
    let rms = (off.iter().map(|off| off * off).sum::<f64>() / off.len().max(1) as f64).sqrt();
    let worst = (0..BANDS).max_by(|&a, &b| {
        let off = |band: usize| (predicted[band] - rendered[band]).abs();
        off(a).total_cmp(&off(b))
    });
    let worst = worst.map_or(0.0, |band| centres()[band]);
    println!("{what}: {rms:.2} dB over {} bands, worst at {worst:.0} Hz", off.len());
    rms
}

/// Levels and places all over, equalisers on the first three tracks, and with `wet` a plate and a room.
fn mixed(assistant: &Assistant<'_>, last: Phase, wet: bool) -> Session {
    let (mut session, _) = decide(assistant, last);
    let ids: Vec<String> = session.tracks().map(|strip| strip.id.clone()).collect();
    let mut edits = Vec::new();
    for (i, id) in ids.iter().enumerate() {
        for (knob, to) in [("pan", [0.0, -60.0, 35.0, 90.0][i % 4]), ("fader", [-3.0, 2.0, -8.0][i % 3])] {
            edits.push(Edit::Set { at: Address::strip(id, knob), to });
        }
    }
    let bands: [&[(&str, f32)]; 3] = [
        &[("type1", 1.0), ("freq1", 2500.0), ("gain1", -6.0), ("q1", 1.4)],
        &[("type1", 3.0), ("freq1", 6000.0), ("gain1", 4.0), ("q1", 0.7)],
        &[("type1", 4.0), ("freq1", 300.0), ("q1", 0.707)],
    ];
    for (id, values) in ids.iter().zip(bands) {
        let insert = Insert::new("eq", "tone.equaliser", values);
        if session.strip(id).is_some_and(|strip| strip.insert("eq").is_none()) {
            edits.push(Edit::AddInsert { strip: id.clone(), place: Some(0), insert });
        }
    }
    for (space, id) in [(1.0, "plate"), (0.0, "room")].into_iter().filter(|_| wet) {
        let values =
            [("space", space), ("decay", 1.4), ("lowcut", 200.0), ("highcut", 5000.0), ("mix", 100.0)];
        let mut strip = Strip::new(id, id, StripKind::Return);
        strip.to = Some("mix".to_owned());
        strip.inserts.push(Insert::new("verb", "space.reverb", &values));
        edits.push(Edit::AddStrip { strip });
        for (from, level) in ids.iter().zip([-12.0, -16.0, -10.0, -14.0]) {
            let values = [("level".to_owned(), level)].into();
            let send = Send { to: id.to_owned(), tap: Tap::Post, values };
            edits.push(Edit::AddSend { strip: from.clone(), send });
        }
    }
    for edit in &edits {
        session.apply(&KINDS, edit).expect("an edit that fits");
    }
    session
}

/// What is predicted and what is rendered of a mix.
fn both(last: Phase, wet: bool) -> (Sketch, Sketch, Session) {
    let (song, facts, sources) = song();
    let (brief, locks) = (Brief::default(), Locks::default());
    let assistant = Assistant { song: &song, facts: &facts, brief: &brief, kinds: KINDS, locks: &locks };
    let session = mixed(&assistant, last, wet);
    let desk =
        Desk { facts: &facts, song: &song, brief: &brief, session: &session, kinds: KINDS, locks: &locks };
    let predicted = predict::mix(&predict::tracks(&desk), &spaces(&desk));
    let rendered = rendered(&session, &sources);
    (predicted, rendered, session)
}

#[test]
fn levels_equalisers_and_places_are_predicted() {
    let (predicted, rendered, _) = both(Phase::Balance, false);
    assert!(error("mid", &predicted.mid, &rendered.mid) < BAR);
    assert!(error("side", &predicted.side, &rendered.side) < BAR);
}

#[test]
fn sends_are_predicted() {
    let (predicted, rendered, _) = both(Phase::Balance, true);
    assert!(error("with spaces, mid", &predicted.mid, &rendered.mid) < BAR);
    assert!(error("with spaces, side", &predicted.side, &rendered.side) < BAR);
}

#[test]
fn compressors_are_predicted() {
    let (predicted, rendered, session) = both(Phase::Dynamics, false);
    let pressed = session.tracks().flat_map(|strip| &strip.inserts);
    let pressed = pressed.filter(|insert| insert.kind == "dynamics.compressor").count();
    assert!(pressed > 1, "{pressed} compressors");
    assert!(error("compressed, mid", &predicted.mid, &rendered.mid) < PRESSED);
    assert!(error("compressed, side", &predicted.side, &rendered.side) < PRESSED);
}
