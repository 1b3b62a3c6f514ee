//! The engine against closed forms: nulls, alignment, automation, stems, threads.

use std::sync::Arc;

use mixsmith_audio::{Audio, Clip as Sound};
use mixsmith_engine::{Plan, Prints, Runner, Sink, Sources, compile, render};
use mixsmith_processor::{Effect, Io, Kind, Kinds, Ports, Ramp, Setup, params};
use mixsmith_session::{
    Clip, Curve, Insert, Lane, Point, Send, Session, SongInfo, Source, Strip, StripKind, Tap,
};

params! {
    /// Test only.
    pub struct LateParams {
        /// Delay in frames.
        frames: "Frames", Q, 0.0..=5000.0, Lin, 0.0, Rebuild;
    }
}

/// An effect that is late by as much as it says.
struct Late([std::collections::VecDeque<f32>; 2], usize);

impl Effect<f32> for Late {
    const ID: &'static str = "test.late";
    const NAME: &'static str = "Late";
    const DOC: &'static str = "Late.";
    const PORTS: Ports = Ports::ANY;
    type Params<U: Copy> = LateParams<U>;
    fn new(_: &Setup, start: &LateParams) -> Self {
        let frames = start.frames as usize;
        Late([vec![0.0; frames].into(), vec![0.0; frames].into()], frames)
    }
    fn latency(&self) -> usize {
        self.1
    }
    fn process(&mut self, _: &LateParams<Ramp<f32>>, io: Io<'_, f32>) {
        for (line, block) in self.0.iter_mut().zip([Some(io.left), io.right].into_iter().flatten()) {
            for x in block {
                line.push_back(*x);
                *x = line.pop_front().unwrap();
            }
        }
    }
}

static KINDS: &[Kind<f32>] = &[
    Kind::of::<Late>(),
    Kind::of::<mixsmith_effects::trim::Trim<f32>>(),
    Kind::of::<mixsmith_effects::compressor::Compressor<f32>>(),
];

fn kinds() -> Kinds {
    Kinds(KINDS, mixsmith_effects::WIDE)
}

struct Take(Arc<std::sync::Mutex<[Vec<f32>; 2]>>);

impl Sink for Take {
    fn write(&mut self, left: &[f32], right: &[f32]) -> std::io::Result<()> {
        let mut held = self.0.lock().unwrap();
        held[0].extend_from_slice(left);
        held[1].extend_from_slice(right);
        Ok(())
    }
}

fn offline(plan: &Plan, frames: u64, threads: usize) -> Vec<[Vec<f32>; 2]> {
    let held: Vec<_> =
        plan.prints.iter().map(|_| Arc::new(std::sync::Mutex::new([vec![], vec![]]))).collect();
    let mut sinks: Vec<Box<dyn Sink>> =
        held.iter().map(|h| Box::new(Take(h.clone())) as Box<dyn Sink>).collect();
    render(plan, frames, threads, &mut sinks, &mut |_| true).unwrap();
    drop(sinks);
    held.into_iter().map(|h| Arc::into_inner(h).unwrap().into_inner().unwrap()).collect()
}

/// Deterministic noise, different for every seed.
fn noise(seed: u32, frames: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state as f32 / u32::MAX as f32) - 0.5
    };
    (0..frames).map(|_| next() * 0.2).collect()
}

fn song(tracks: &[(&str, Audio)]) -> (Session, Sources) {
    let mut session = Session::default();
    let mut sources = Sources::new();
    session.song = SongInfo { title: "t".into(), rate: 48_000, tempo: 120.0, frames: 0, markers: vec![] };
    for (id, audio) in tracks {
        let frames = audio.channels[0].len() as u64;
        session.song.frames = session.song.frames.max(frames);
        let channels = audio.channels.len() as u32;
        session.sources.push(Source {
            id: (*id).into(),
            file: format!("{id}.wav"),
            stream: 0,
            hash: String::new(),
            channels,
            frames,
        });
        sources.insert((*id).into(), Arc::new(Sound::in_memory(audio.clone())));
        let clip = Clip::whole(id, frames);
        let mut strip = Strip::new(id, id, StripKind::Track { clips: vec![clip] });
        strip.to = Some("mix".into());
        session.strips.push(Arc::new(strip));
    }
    let mut mix = Strip::new("mix", "Mix", StripKind::Bus);
    mix.to = Some("master".into());
    session.strips.push(Arc::new(mix));
    session.strips.push(Arc::new(Strip::new("master", "Master", StripKind::Master)));
    (session, sources)
}

fn with(session: &mut Session, id: &str, change: impl FnOnce(&mut Strip)) {
    let strip = session.strips.iter_mut().find(|strip| strip.id == id).unwrap();
    change(Arc::make_mut(strip));
}

fn strips(names: &[&str]) -> Prints {
    Prints { strips: names.iter().map(|&n| n.to_owned()).collect(), ..Prints::default() }
}

fn mono(samples: Vec<f32>) -> Audio {
    Audio { rate: 48_000, channels: vec![samples] }
}

#[test]
fn a_flat_session_is_the_plain_sum_bit_for_bit() {
    let frames = 20_000;
    let stereo = Audio { rate: 48_000, channels: vec![noise(1, frames), noise(2, frames)] };
    let one = mono(noise(3, frames));
    let (session, sources) = song(&[("a", stereo.clone()), ("b", one.clone())]);
    let plan = compile(&session, &kinds(), &sources, &strips(&["master"])).unwrap();
    let out = offline(&plan, frames as u64, 1);
    for (side, printed) in out[0].iter().enumerate() {
        assert_eq!(printed.len(), frames);
        for ((printed, stereo), one) in printed.iter().zip(&stereo.channels[side]).zip(&one.channels[0]) {
            assert_eq!(printed.to_bits(), (stereo + one).to_bits());
        }
    }
}

/// Tracks with inserts, buses, sends before and after the fader, a key, automation.
fn busy() -> (Session, Sources) {
    let frames = 48_000;
    let tracks: Vec<(String, Audio)> = (0..6)
        .map(|i| {
            let channels = (0..1 + i % 2).map(|c| noise(10 + i * 2 + c, frames)).collect();
            (format!("t{i}"), Audio { rate: 48_000, channels })
        })
        .collect();
    let named: Vec<(&str, Audio)> = tracks.iter().map(|(n, a)| (n.as_str(), a.clone())).collect();
    let (mut session, sources) = song(&named);
    let mut bus = Strip::new("bus", "Bus", StripKind::Bus);
    bus.to = Some("mix".into());
    bus.inserts.push(Insert::new("comp", "dynamics.compressor", &[("threshold", -30.0), ("lookahead", 3.0)]));
    let mut hall = Strip::new("hall", "Hall", StripKind::Return);
    hall.to = Some("mix".into());
    hall.inserts.push(Insert::new("late", "test.late", &[("frames", 1000.0)]));
    let at = session.strips.len() - 2;
    session.strips.insert(at, Arc::new(bus));
    session.strips.insert(at, Arc::new(hall));
    for (i, id) in ["t0", "t1", "t2"].iter().enumerate() {
        with(&mut session, id, |strip| {
            strip.to = Some("bus".into());
            strip.values.insert("pan".into(), -50.0 + 40.0 * i as f32);
            let tap = if i == 1 { Tap::Pre } else { Tap::Post };
            strip.sends.push(Send { to: "hall".into(), tap, values: [("level".to_owned(), -10.0)].into() });
        });
    }
    with(&mut session, "t3", |strip| {
        let mut comp = Insert::new("comp", "dynamics.compressor", &[("threshold", -40.0)]);
        comp.key = Some("bus".into());
        strip.inserts.push(comp);
        let point = |at, value| Point { at, value, curve: Curve::Line, label: String::new() };
        strip.lanes.push(Lane { target: "ride".into(), points: vec![point(1000, 0.0), point(20_001, -9.0)] });
    });
    with(&mut session, "mix", |strip| {
        strip.inserts.push(Insert::new(
            "comp",
            "dynamics.compressor",
            &[("threshold", -35.0), ("ratio", 4.0)],
        ));
        strip.values.insert("fader".into(), -3.0);
    });
    (session, sources)
}

#[test]
fn live_and_offline_give_the_same_bits_for_any_block_and_threads() {
    let (session, sources) = busy();
    let frames = session.song.frames;
    let plan = compile(&session, &kinds(), &sources, &strips(&["master"])).unwrap();
    let one = offline(&plan, frames, 1);
    for threads in [2, 3] {
        assert!(one == offline(&plan, frames, threads), "{threads} threads differ");
    }
    for block in [1usize, 17, 64, 480, 8192] {
        let mut runner = Runner::new(&plan, 0);
        let total = frames as usize + plan.latency(0);
        let (mut left, mut right) = (vec![0.0; total], vec![0.0; total]);
        for (l, r) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
            runner.play(l, r);
        }
        assert!(left[plan.latency(0)..] == one[0][0][..], "blocks of {block} differ");
        assert!(right[plan.latency(0)..] == one[0][1][..], "blocks of {block} differ");
    }
}

#[test]
fn every_path_arrives_in_the_same_frame() {
    let mut impulse = vec![0.0; 30_000];
    impulse[5000] = 1.0;
    let latencies = [0.0f32, 1.0, 63.0, 64.0, 1000.0, 4097.0];
    let names: Vec<String> = (0..latencies.len()).map(|i| format!("t{i}")).collect();
    let tracks: Vec<(&str, Audio)> = names.iter().map(|n| (n.as_str(), mono(impulse.clone()))).collect();
    let (mut session, sources) = song(&tracks);
    for id in ["inner", "outer"] {
        let mut bus = Strip::new(id, id, StripKind::Bus);
        bus.to = Some(if id == "inner" { "outer" } else { "mix" }.into());
        bus.inserts.push(Insert::new("late", "test.late", &[("frames", 37.0)]));
        let at = session.strips.len() - 2;
        session.strips.insert(at, Arc::new(bus));
    }
    for (i, (name, latency)) in names.iter().zip(latencies).enumerate() {
        with(&mut session, name, |strip| {
            strip.inserts.push(Insert::new("late", "test.late", &[("frames", latency)]));
            strip.to = Some(["mix", "inner", "outer"][i % 3].into());
            let tap = if i % 2 == 0 { Tap::Pre } else { Tap::Post };
            strip.sends.push(Send { to: "outer".into(), tap, values: Default::default() });
        });
    }
    let plan = compile(&session, &kinds(), &sources, &strips(&["master"])).unwrap();
    let out = offline(&plan, 30_000, 2);
    for (i, &x) in out[0][0].iter().enumerate() {
        // Six routes and six sends.
        assert_eq!(x, if i == 5000 { 12.0 } else { 0.0 }, "frame {i}");
    }
}

#[test]
fn automation_is_exact_behind_any_latency() {
    let (mut session, sources) = song(&[("a", mono(vec![1.0; 10_000]))]);
    with(&mut session, "a", |strip| {
        strip.inserts.push(Insert::new("late", "test.late", &[("frames", 777.0)]));
        strip.inserts.push(Insert::new("trim", "tool.trim", &[]));
        let point = |at, value, curve| Point { at, value, curve, label: String::new() };
        let ride =
            vec![point(0, 0.0, Curve::Hold), point(3001, -90.0, Curve::Hold), point(3003, 0.0, Curve::Hold)];
        strip.lanes.push(Lane { target: "ride".into(), points: ride });
        strip.values.insert("polarity".into(), 0.0);
        let flip = vec![point(0, 0.0, Curve::Hold), point(5005, 1.0, Curve::Hold)];
        strip.lanes.push(Lane { target: "polarity".into(), points: flip });
        let gain = vec![point(0, 0.0, Curve::Hold), point(7000, -20.0, Curve::Hold)];
        strip.lanes.push(Lane { target: "trim.gain".into(), points: gain });
    });
    let plan = compile(&session, &kinds(), &sources, &strips(&["master"])).unwrap();
    let out = offline(&plan, 10_000, 1);
    for (i, &x) in out[0][0].iter().enumerate() {
        let wanted = match i {
            3001..=3002 => 0.0,
            5005..7000 => -1.0,
            7000.. => -0.1,
            _ => 1.0,
        };
        assert!((x - wanted).abs() < 1e-6, "frame {i}: {x}");
    }
}

#[test]
fn stems_and_versions_add_up_to_the_mix_through_compressors() {
    let (session, sources) = busy();
    let frames = session.song.frames;
    let all = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    let prints = Prints {
        strips: all(&["mix"]),
        stems: all(&["t0", "t1", "t2", "t3", "t4", "t5", "hall"]),
        groups: all(&["bus"]),
        versions: vec![("odd".into(), all(&["t1", "t3", "t5"])), ("even".into(), all(&["t0", "t2", "t4"]))],
        through: "mix".into(),
    };
    let plan = compile(&session, &kinds(), &sources, &prints).unwrap();
    let out = offline(&plan, frames, 2);
    let check = |name: &str, of: &[usize]| {
        let worst = (0..frames as usize)
            .flat_map(|i| {
                [0, 1].map(|c| (of.iter().map(|&p| out[p][c][i]).sum::<f32>() - out[0][c][i]).abs())
            })
            .fold(0.0f32, f32::max);
        let db = 20.0 * worst.max(1e-12).log10();
        println!("{name}: sum minus mix {db:.1} dBFS");
        assert!(db < -110.0, "{name} is off by {db} dB");
    };
    check("tracks and returns", &[1, 2, 3, 4, 5, 6, 7]);
    check("groups", &[8, 4, 5, 6, 7]);
    check("versions", &[9, 10]);
}

#[test]
fn stems_add_up_with_a_parallel_bus_that_tracks_and_buses_send_to() {
    let (mut session, sources) = busy();
    let mut crush = Strip::new("crush", "Crush", StripKind::Bus);
    crush.to = Some("mix".into());
    crush.inserts.push(Insert::new("comp", "dynamics.compressor", &[("threshold", -45.0)]));
    let at = session.strips.len() - 2;
    session.strips.insert(at, Arc::new(crush));
    for (id, tap) in [("t0", Tap::Post), ("t4", Tap::Pre), ("bus", Tap::Pre)] {
        with(&mut session, id, |strip| {
            strip.sends.push(Send { to: "crush".into(), tap, values: [("level".to_owned(), -6.0)].into() });
        });
    }
    let all = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    let stems = all(&["t0", "t1", "t2", "t3", "t4", "t5", "hall"]);
    let groups = all(&["bus", "crush", "t3", "t4", "t5", "hall"]);
    let prints = Prints { strips: all(&["mix"]), stems, groups, versions: vec![], through: "mix".into() };
    let plan = compile(&session, &kinds(), &sources, &prints).unwrap();
    let out = offline(&plan, session.song.frames, 1);
    let sets: [(&str, &[usize]); 2] =
        [("tracks and returns", &[1, 2, 3, 4, 5, 6, 7]), ("groups", &[8, 9, 10, 11, 12, 13])];
    for (name, of) in sets {
        let sum = |c: usize, i: usize| of.iter().map(|&p| out[p][c][i]).sum::<f32>();
        let worst =
            (0..48_000).flat_map(|i| [0, 1].map(|c| (sum(c, i) - out[0][c][i]).abs())).fold(0.0f32, f32::max);
        assert!(worst < 3e-6, "{name} are off by {worst}");
    }
}

#[test]
fn circles_and_missing_things_are_named() {
    let (mut session, sources) = song(&[("a", mono(vec![0.0; 100]))]);
    with(&mut session, "mix", |strip| {
        strip.sends.push(Send { to: "mix".into(), tap: Tap::Post, values: Default::default() });
    });
    let error = compile(&session, &kinds(), &sources, &strips(&["master"])).unwrap_err();
    assert!(error.to_string().contains("circle through `mix`"), "{error}");
    let (mut session, sources) = song(&[("a", mono(vec![0.0; 100]))]);
    with(&mut session, "a", |strip| strip.to = Some("nowhere".into()));
    let error = compile(&session, &kinds(), &sources, &strips(&["master"])).unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[test]
fn strips_side_by_side_give_the_bits_of_each_alone() {
    let sounds: Vec<(String, Audio)> = (0..11)
        .map(|i| {
            let channels = (0..1 + i / 8).map(|channel| noise((3 * i + channel) as u32, 20_000)).collect();
            (format!("t{i}"), Audio { rate: 48_000, channels })
        })
        .collect();
    let tracks: Vec<(&str, Audio)> = sounds.iter().map(|(id, audio)| (id.as_str(), audio.clone())).collect();
    let (mut session, sources) = song(&tracks);
    for i in 0..11 {
        with(&mut session, &format!("t{i}"), |strip| {
            let values = [("type1", 1.0), ("freq1", 100.0 * (i + 1) as f32), ("gain1", i as f32 - 5.0)];
            let threshold = -40.0 + 2.0 * i as f32;
            strip.inserts = vec![
                Insert::new("eq", "tone.equaliser", &values),
                Insert::new(
                    "comp",
                    "dynamics.compressor",
                    &[("threshold", threshold), ("attack", 1.0 + i as f32)],
                ),
            ];
            // One of them moves, one has a look-ahead and so another shape.
            if i == 3 {
                let point = |at, value| Point { at, value, curve: Curve::Line, label: String::new() };
                let points = vec![point(1000, -50.0), point(9000, -10.0)];
                strip.lanes = vec![Lane { target: "comp.threshold".into(), points }];
            }
            if i == 5 {
                strip.inserts[1].values.insert("lookahead".into(), 3.0);
            }
        });
    }
    let with_lanes = Kinds(mixsmith_effects::all::ALL, mixsmith_effects::WIDE);
    let without = Kinds(mixsmith_effects::all::ALL, &[]);
    let names: Vec<String> = (0..11).map(|i| format!("t{i}")).chain(["master".to_owned()]).collect();
    let prints = Prints { strips: names, ..Prints::default() };
    let render_with = |kinds: &Kinds| {
        let plan = compile(&session, kinds, &sources, &prints).unwrap();
        (offline(&plan, 20_000, 2), plan)
    };
    let ((wide, plan), (alone, _)) = (render_with(&with_lanes), render_with(&without));
    assert!(wide.iter().flatten().flatten().any(|x| *x != 0.0));
    assert_eq!(wide[..11], alone[..11]);
    // The master is rounded otherwise: strips that run as one are added up before they meet the others.
    for (one, other) in wide[11].iter().flatten().zip(alone[11].iter().flatten()) {
        assert!((one - other).abs() < 4e-6, "{one} for {other}");
    }
    // What is printed beside it changes no bit of it.
    let master = compile(&session, &with_lanes, &sources, &strips(&["master"])).unwrap();
    assert_eq!(offline(&master, 20_000, 1)[0], wide[11]);
    let mut runner = Runner::new(&plan, 11);
    let (mut left, mut right) = (vec![0.0; 20_000], vec![0.0; 20_000]);
    runner.play(&mut left, &mut right);
    let late = plan.latency(11);
    assert_eq!(left[late..], wide[11][0][..20_000 - late]);
}
