//! An impulse response goes from the session into the effect that names it.

use std::sync::{Arc, Mutex};

use mixsmith_audio::{Audio, Clip as Sound};
use mixsmith_effects::KINDS;
use mixsmith_engine::{Prints, Sink, Sources, compile, render};
use mixsmith_session::{Clip, Insert, Session, SongInfo, Source, Strip, StripKind};

const FRAMES: usize = 4096;

struct Take(Arc<Mutex<Vec<f32>>>);

impl Sink for Take {
    fn write(&mut self, left: &[f32], _: &[f32]) -> std::io::Result<()> {
        self.0.lock().unwrap().extend_from_slice(left);
        Ok(())
    }
}

/// Three tracks alike, so that they might share processors, with a place each.
fn song(impulses: [Option<&str>; 3]) -> (Session, Sources) {
    let sound: Vec<f32> =
        (0..FRAMES).map(|i| if i < 1000 { (i as f32 * 0.3).sin() * 0.2 } else { 0.0 }).collect();
    let mut session = Session {
        song: SongInfo {
            title: "t".into(),
            rate: 48_000,
            tempo: 120.0,
            frames: FRAMES as u64,
            markers: vec![],
        },
        ..Session::default()
    };
    session.sources.push(Source {
        id: "sound".into(),
        file: "sound.wav".into(),
        stream: 0,
        hash: String::new(),
        channels: 1,
        frames: FRAMES as u64,
    });
    let plain = [("predelay", 0.0), ("lowcut", 20.0), ("highcut", 20_000.0)];
    for (i, impulse) in impulses.into_iter().enumerate() {
        let clips = vec![Clip::whole("sound", FRAMES as u64)];
        let mut strip = Strip::new(&format!("t{i}"), "T", StripKind::Track { clips });
        let insert = Insert::new("place", "space.convolution", &plain);
        strip.inserts.push(Insert { impulse: impulse.map(str::to_owned), ..insert });
        strip.to = Some("master".into());
        session.strips.push(Arc::new(strip));
    }
    session.strips.push(Arc::new(Strip::new("master", "Master", StripKind::Master)));
    // A click that comes late, at two different times; the level of a response does not matter.
    let late = |frames: usize| {
        let mut taps = vec![0.0; frames + 1];
        taps[frames] = 0.3;
        Arc::new(Sound::in_memory(Audio::mono(48_000, taps)))
    };
    let dry = Arc::new(Sound::in_memory(Audio::mono(48_000, sound)));
    (session, [("sound".into(), dry), ("a".into(), late(100)), ("b".into(), late(700))].into())
}

fn heard(session: &Session, sources: &Sources, strips: &[&str]) -> Vec<Vec<f32>> {
    let prints = Prints { strips: strips.iter().map(|&s| s.to_owned()).collect(), ..Prints::default() };
    let plan = compile(session, &KINDS, sources, &prints).unwrap();
    let held: Vec<_> = strips.iter().map(|_| Arc::new(Mutex::new(vec![]))).collect();
    let mut sinks: Vec<Box<dyn Sink>> =
        held.iter().map(|h| Box::new(Take(h.clone())) as Box<dyn Sink>).collect();
    render(&plan, FRAMES as u64, 2, &mut sinks, &mut |_| true).unwrap();
    drop(sinks);
    held.into_iter().map(|h| Arc::into_inner(h).unwrap().into_inner().unwrap()).collect()
}

#[test]
fn each_track_is_heard_through_its_own_response() {
    let (session, sources) = song([Some("a"), Some("b"), None]);
    let found = heard(&session, &sources, &["t0", "t1", "t2"]);
    let dry = |n: usize| if n < 1000 { (n as f32 * 0.3).sin() * 0.2 } else { 0.0 };
    for (n, (first, second)) in found[0].iter().zip(&found[1]).enumerate().skip(700) {
        // Rounding of the transforms alone.
        assert!((first - dry(n - 100)).abs() < 1e-6, "{n}: {first}");
        assert!((second - dry(n - 700)).abs() < 1e-6, "{n}: {second}");
    }
    let differs = found[2].iter().zip(&found[0]).any(|(a, b)| (a - b).abs() > 0.01);
    assert!(differs, "without a response of its own it is the place that is built in");
}

#[test]
fn a_response_that_is_not_there_is_named() {
    let (session, sources) = song([Some("a"), Some("elsewhere"), None]);
    let error = compile(&session, &KINDS, &sources, &Prints::default()).unwrap_err().to_string();
    assert!(error.contains("t1") && error.contains("elsewhere"), "{error}");
}
