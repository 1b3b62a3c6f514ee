//! What the vocal rider does can be written as a few points on the strip's ride.

use std::sync::{Arc, Mutex};

use mixsmith_audio::{Audio, Clip as Sound};
use mixsmith_engine::{Prints, Sink, Sources, compile, render};
use mixsmith_processor::{Io, QUANTUM, Ramp, Setup};
use mixsmith_session::{Clip, Curve, Insert, Lane, Point, Session, SongInfo, Source, Strip, StripKind, thin};

const RATE: u32 = 48_000;

/// Four phrases of three seconds, with pauses of one, at levels in dB.
fn voice() -> Vec<f32> {
    let phrase = |level: f32| {
        let amplitude = 10f32.powf(level / 20.0);
        let tone =
            move |i: u32| amplitude * (i as f32 * 0.09).sin() * (0.8 + 0.2 * (i as f32 * 0.0006).sin());
        (0..3 * RATE).map(tone).chain((0..RATE).map(|_| 0.0))
    };
    [-26.0, -16.0, -22.0, -12.0].into_iter().flat_map(phrase).collect()
}

struct Take(Arc<Mutex<Vec<f32>>>);

impl Sink for Take {
    fn write(&mut self, left: &[f32], _: &[f32]) -> std::io::Result<()> {
        self.0.lock().unwrap().extend_from_slice(left);
        Ok(())
    }
}

/// The voice alone, through a strip that is changed before.
fn play(voice: &[f32], change: impl FnOnce(&mut Strip)) -> Vec<f32> {
    let frames = voice.len() as u64;
    let song = SongInfo { title: "t".into(), rate: RATE, tempo: 120.0, frames, markers: vec![] };
    let mut session = Session { song, ..Session::default() };
    session.sources.push(Source {
        id: "vox".into(),
        file: "vox.wav".into(),
        stream: 0,
        hash: String::new(),
        channels: 1,
        frames,
    });
    let audio = Audio { rate: RATE, channels: vec![voice.to_vec()] };
    let sources = Sources::from([("vox".to_owned(), Arc::new(Sound::in_memory(audio)))]);
    let mut strip = Strip::new("vox", "Vox", StripKind::Track { clips: vec![Clip::whole("vox", frames)] });
    strip.to = Some("master".into());
    change(&mut strip);
    session.strips.push(Arc::new(strip));
    session.strips.push(Arc::new(Strip::new("master", "Master", StripKind::Master)));
    let prints = Prints { strips: vec!["master".to_owned()], ..Prints::default() };
    let plan = compile(&session, &mixsmith_effects::KINDS, &sources, &prints).unwrap();
    let held = Arc::new(Mutex::new(Vec::new()));
    render(&plan, frames, 1, &mut [Box::new(Take(held.clone()))], &mut |_| true).unwrap();
    held.lock().unwrap().clone()
}

#[test]
fn a_lane_of_few_points_rides_as_the_rider_does() {
    let (voice, within) = (voice(), 0.25);
    let rider = Insert::new("rider", "dynamics.rider", &[("range", 6.0)]);
    let ridden = play(&voice, |strip| strip.inserts.push(rider));

    // The rider's moves, read out once a quantum.
    let kind = mixsmith_effects::KINDS.get("dynamics.rider").unwrap();
    let mut values: Vec<f32> = kind.params.iter().map(|param| param.default).collect();
    values[kind.param("range").unwrap().0] = 6.0;
    let ramps: Vec<_> = values.iter().map(|&value| Ramp::still(value)).collect();
    let mut processor =
        (kind.build)(&Setup { rate: RATE as f32, tempo: 120.0, channels: 1, impulse: None }, &values);
    let mut points = Vec::new();
    for (i, quantum) in voice.chunks_exact(QUANTUM).enumerate() {
        let mut left = quantum.to_vec();
        processor.process(&ramps, Io { left: &mut left, right: None, key: None });
        let [gains, _] = processor.gains().unwrap();
        let value = 20.0 * gains[0].log10();
        points.push(Point { at: (i * QUANTUM) as u64, value, curve: Curve::Line, label: String::new() });
    }
    let few = thin(&points, within);
    let seconds = voice.len() as f32 / RATE as f32;
    println!("{} moves in {seconds} s, within {within} dB", few.len());
    assert!(few.len() < 60, "few enough for a hand");

    let lane = Lane { target: "ride".to_owned(), points: few };
    let drawn = play(&voice, |strip| strip.lanes.push(lane));
    let mut worst = 0f32;
    for (a, b) in ridden.iter().zip(&drawn).filter(|(a, _)| a.abs() > 1e-3) {
        worst = worst.max((20.0 * (b / a).log10()).abs());
    }
    println!("the lane differs from the rider by {worst:.3} dB at most");
    assert!(worst < within + 0.02 && ridden.len() == voice.len() && ridden != voice);
}
