//! Lanes of inserts: a step lands on its frame and a line is the line, behind any latency, live and offline, with strips
//! side by side or alone, on any number of threads.

use std::sync::{Arc, Mutex};

use mixsmith_audio::{Audio, Clip as Sound};
use mixsmith_effects::all::{ALL, KINDS};
use mixsmith_engine::{Plan, Prints, Runner, Sink, Sources, compile, render};
use mixsmith_processor::Kinds;
use mixsmith_session::{Clip, Curve, Insert, Lane, Point, Session, SongInfo, Source, Strip, StripKind};

const RATE: u32 = 48_000;

struct Take(Arc<Mutex<Vec<f32>>>);

impl Sink for Take {
    fn write(&mut self, left: &[f32], _: &[f32]) -> std::io::Result<()> {
        self.0.lock().unwrap().extend_from_slice(left);
        Ok(())
    }
}

/// The left channel of every print.
fn offline(plan: &Plan, threads: usize) -> Vec<Vec<f32>> {
    let held: Vec<_> = plan.prints.iter().map(|_| Arc::new(Mutex::new(vec![]))).collect();
    let mut sinks: Vec<Box<dyn Sink>> =
        held.iter().map(|held| Box::new(Take(held.clone())) as Box<dyn Sink>).collect();
    render(plan, plan.frames, threads, &mut sinks, &mut |_| true).unwrap();
    held.into_iter().map(|held| held.lock().unwrap().clone()).collect()
}

/// The left channel of a print as it is played in blocks of this length.
fn live(plan: &Plan, print: usize, block: usize) -> Vec<f32> {
    let mut runner = Runner::new(plan, print);
    let mut left = vec![0.0; plan.frames as usize + plan.latency(print)];
    let mut right = left.clone();
    for (left, right) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
        runner.play(left, right);
    }
    left.split_off(plan.latency(print))
}

/// A session of mono tracks `t0`, `t1`... into a master.
fn song(tracks: Vec<Vec<f32>>) -> (Session, Sources) {
    let mut session = Session::default();
    let frames = tracks[0].len() as u64;
    session.song = SongInfo { title: "t".into(), rate: RATE, tempo: 120.0, frames, markers: vec![] };
    let mut sources = Sources::new();
    for (i, samples) in tracks.into_iter().enumerate() {
        let id = format!("t{i}");
        session.sources.push(Source {
            id: id.clone(),
            file: format!("{id}.wav"),
            stream: 0,
            hash: String::new(),
            channels: 1,
            frames,
        });
        let audio = Audio { rate: RATE, channels: vec![samples] };
        sources.insert(id.clone(), Arc::new(Sound::in_memory(audio)));
        let mut strip = Strip::new(&id, &id, StripKind::Track { clips: vec![Clip::whole(&id, frames)] });
        strip.to = Some("master".into());
        session.strips.push(Arc::new(strip));
    }
    session.strips.push(Arc::new(Strip::new("master", "Master", StripKind::Master)));
    (session, sources)
}

fn strip<'a>(session: &'a mut Session, id: &str) -> &'a mut Strip {
    Arc::make_mut(session.strips.iter_mut().find(|strip| strip.id == id).unwrap())
}

fn point(at: u64, value: f32, curve: Curve) -> Point {
    Point { at, value, curve, label: String::new() }
}

fn lane(target: &str, points: &[(u64, f32, Curve)]) -> Lane {
    let points = points.iter().map(|&(at, value, curve)| point(at, value, curve)).collect();
    Lane { target: target.into(), points }
}

fn prints(names: &[&str]) -> Prints {
    Prints { strips: names.iter().map(|&name| name.to_owned()).collect(), ..Prints::default() }
}

fn noise(seed: u32, frames: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..frames).map(|_| 0.2 * next()).collect()
}

/// A steady sound through a trim whose gain follows these points, with or without a limiter before it.
fn trimmed(points: &[(u64, f32, Curve)], limited: bool) -> Plan {
    let (mut session, sources) = song(vec![vec![0.5; 3000]]);
    let track = strip(&mut session, "t0");
    if limited {
        track.inserts.push(Insert::new("limit", "dynamics.limiter", &[("ceiling", 0.0)]));
    }
    track.inserts.push(Insert::new("trim", "tool.trim", &[]));
    track.lanes.push(lane("trim.gain", points));
    let plan = compile(&session, &KINDS, &sources, &prints(&["master"])).unwrap();
    assert_eq!(plan.latency(0) > 0, limited);
    plan
}

/// What is heard live and offline, which must be one.
fn heard(plan: &Plan) -> Vec<f32> {
    let sound = offline(plan, 1).remove(0);
    for block in [1, 64, 100] {
        assert!(live(plan, 0, block) == sound, "played in blocks of {block}");
    }
    sound
}

#[test]
fn a_step_lands_on_its_frame() {
    for limited in [false, true] {
        for at in [0u64, 1, 63, 64, 65, 1000] {
            // Before its first point a lane stands at the value of the first.
            let first = (at > 0).then_some((0, 0.0, Curve::Hold));
            let points: Vec<_> = first.into_iter().chain([(at, -20.0, Curve::Hold)]).collect();
            for (i, x) in heard(&trimmed(&points, limited)).into_iter().enumerate() {
                let want = if (i as u64) < at { 0.5 } else { 0.05 };
                assert!((x - want).abs() < 1e-6, "step at {at}, limiter {limited}: {x} for {want} at {i}");
            }
        }
    }
}

#[test]
fn a_line_is_the_line_at_every_frame() {
    for limited in [false, true] {
        for points in [
            [(100, -12.0, Curve::Line), (1003, 3.0, Curve::Line), (1500, -40.0, Curve::Hold)],
            // Steep, within a quantum, and one frame long.
            [(70, 0.0, Curve::Line), (75, -30.0, Curve::Line), (76, -6.0, Curve::Line)],
            // A step into a line.
            [(10, -6.0, Curve::Hold), (130, 0.0, Curve::Line), (170, -24.0, Curve::Hold)],
        ] {
            let sound = heard(&trimmed(&points, limited));
            for (i, &x) in sound.iter().enumerate() {
                let before = points.iter().rposition(|point| point.0 <= i as u64);
                let db = match before {
                    None => points[0].1,
                    Some(k) => match points.get(k + 1) {
                        Some(next) if points[k].2 == Curve::Line => {
                            let share = (i as f64 - points[k].0 as f64) / (next.0 - points[k].0) as f64;
                            points[k].1 + (next.1 - points[k].1) * share as f32
                        }
                        _ => points[k].1,
                    },
                };
                let want = 0.5 * 10f64.powf(f64::from(db) / 20.0);
                assert!((f64::from(x) - want).abs() < 1e-6, "{points:?}: {x} for {want} at {i}");
            }
        }
    }
}

/// Eleven tracks with a chain of effects whose knobs move at the same frames, and some that move elsewhere.
fn automated() -> (Session, Sources) {
    let (mut session, sources) = song((0..11).map(|i| noise(i, 20_000)).collect());
    for i in 0..11u16 {
        let track = strip(&mut session, &format!("t{i}"));
        let own = f32::from(i);
        track.inserts = vec![
            Insert::new("eq", "tone.equaliser", &[("type1", 1.0), ("freq1", 100.0 * (own + 1.0))]),
            Insert::new("comp", "dynamics.compressor", &[("threshold", -40.0 + own), ("lookahead", 2.0)]),
            Insert::new("trim", "tool.trim", &[]),
        ];
        let late = if i == 4 { 1 } else { 0 };
        track.lanes = vec![
            lane(
                "eq.gain1",
                &[(77, own - 5.0, Curve::Line), (9001, 5.0 - own, Curve::Line), (9900, 3.0, Curve::Hold)],
            ),
            lane("comp.makeup", &[(0, own, Curve::Hold), (5000 + late, -own - 1.0, Curve::Hold)]),
            lane(
                "trim.gain",
                &[(0, 0.0, Curve::Hold), (64 * 100 + 1, -1.0 - own, Curve::Line), (12_345, 2.0, Curve::Hold)],
            ),
        ];
        if i == 7 {
            track.lanes.clear();
        }
    }
    let master = strip(&mut session, "master");
    master.inserts.push(Insert::new("comp", "dynamics.compressor", &[("threshold", -20.0)]));
    master.lanes.push(lane("comp.threshold", &[(0, -20.0, Curve::Hold), (7001, -30.0, Curve::Hold)]));
    (session, sources)
}

#[test]
fn strips_that_move_side_by_side_give_the_bits_of_each_alone_on_any_threads() {
    let (session, sources) = automated();
    let names: Vec<String> = (0..11).map(|i| format!("t{i}")).chain(["master".to_owned()]).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let plan = |kinds: &Kinds| compile(&session, kinds, &sources, &prints(&names)).unwrap();
    let (wide, alone) = (plan(&KINDS), plan(&Kinds(ALL, &[])));
    let sound = offline(&alone, 1);
    assert!(sound.iter().all(|one| one.iter().any(|x| *x != 0.0)));
    let together = offline(&wide, 1);
    assert!(together[..11] == sound[..11]);
    // Strips that run as one are added up before they meet the others: in another order, so rounded otherwise.
    for (one, other) in together[11].iter().zip(&sound[11]) {
        assert!((one - other).abs() < 4e-6, "{one} for {other}");
    }
    for threads in [2, 3] {
        assert!(offline(&wide, threads) == together, "{threads} threads");
    }
    assert!(live(&wide, 11, 37) == together[11]);
}

#[test]
fn stems_add_up_through_a_bus_whose_compressor_moves() {
    let (session, sources) = automated();
    let names: Vec<String> = (0..11).map(|i| format!("t{i}")).collect();
    let wanted = Prints { stems: names, through: "master".into(), ..prints(&["master"]) };
    let plan = compile(&session, &KINDS, &sources, &wanted).unwrap();
    let printed = offline(&plan, 2);
    for (i, &mix) in printed[0].iter().enumerate() {
        let sum: f32 = printed[1..].iter().map(|stem| stem[i]).sum();
        assert!((sum - mix).abs() < 2e-6, "{sum} for {mix} at {i}");
    }
}
