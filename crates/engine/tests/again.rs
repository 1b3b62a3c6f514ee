//! Rendering again gives the bits of rendering anew, whatever was changed, and runs no more than it must.

use std::sync::{Arc, Mutex};

use mixsmith_audio::{Audio, Clip as Sound};
use mixsmith_effects::KINDS;
use mixsmith_engine::{
    Frozen, Plan, Prints, RenderError, Rendered, Sink, Sources, Worked, compile, render, render_again,
};
use mixsmith_session::{
    Clip, Curve, Insert, Lane, Point, Send, Session, SongInfo, Source, Strip, StripKind, Tap,
};

const FRAMES: usize = 20_000;
/// Room for all.
const ROOM: u64 = 1 << 30;

type Heard = Vec<[Vec<f32>; 2]>;
type Change = fn(&mut Desk);

struct Take<'a>(&'a Mutex<[Vec<f32>; 2]>);

impl Sink for Take<'_> {
    fn write(&mut self, left: &[f32], right: &[f32]) -> std::io::Result<()> {
        let mut held = self.0.lock().unwrap();
        held[0].extend_from_slice(left);
        held[1].extend_from_slice(right);
        Ok(())
    }
}

/// Renders anew, or again with what is in a store.
fn heard(plan: &Plan, threads: usize, frozen: Option<&mut Frozen>) -> (Heard, Rendered) {
    let held: Vec<_> = plan.prints.iter().map(|_| Mutex::new([vec![], vec![]])).collect();
    let mut sinks: Vec<Box<dyn Sink + '_>> =
        held.iter().map(|held| Box::new(Take(held)) as Box<dyn Sink + '_>).collect();
    let (frames, mut watch) = (plan.frames, |_| true);
    let rendered = match frozen {
        Some(frozen) => render_again(plan, frames, threads, frozen, &mut sinks, &mut watch),
        None => render(plan, frames, threads, &mut sinks, &mut watch),
    };
    drop(sinks);
    (held.into_iter().map(|held| held.into_inner().unwrap()).collect(), rendered.unwrap())
}

/// Noise with a rest, different for every seed.
fn noise(seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state as f32 / u32::MAX as f32) - 0.5
    };
    (0..FRAMES).map(|i| if (6000..9000).contains(&i) { 0.0 } else { next() * 0.3 }).collect()
}

/// A song, its sounds, what is printed, and the store.
struct Desk {
    session: Session,
    sources: Sources,
    prints: Prints,
    frozen: Frozen,
}

impl Desk {
    /// Tracks `t0` and on with these numbers of channels, a mix bus, a master.
    fn new(channels: &[u32], room: u64) -> Desk {
        let mut session = Session::default();
        let mut sources = Sources::new();
        session.song = SongInfo {
            title: "t".into(),
            rate: 48_000,
            tempo: 120.0,
            frames: FRAMES as u64,
            markers: vec![],
        };
        for (i, &channels) in channels.iter().enumerate() {
            let (id, frames) = (format!("t{i}"), FRAMES as u64);
            let audio = (0..channels).map(|channel| noise(7 * i as u32 + channel)).collect();
            let sound = Sound::in_memory(Audio { rate: 48_000, channels: audio });
            sources.insert(id.clone(), Arc::new(sound));
            let (file, hash) = (String::new(), String::new());
            session.sources.push(Source { id: id.clone(), file, stream: 0, hash, channels, frames });
            let clips = vec![Clip::whole(&id, frames)];
            let mut strip = Strip::new(&id, &id, StripKind::Track { clips });
            strip.to = Some("mix".into());
            session.strips.push(Arc::new(strip));
        }
        let prints = Prints { strips: vec!["master".into(), "mix".into()], ..Prints::default() };
        let mut desk = Desk { session, sources, prints, frozen: Frozen::new(room) };
        desk.add("mix", StripKind::Bus, Some("master"));
        desk.add("master", StripKind::Master, None);
        desk
    }

    fn add(&mut self, id: &str, kind: StripKind, to: Option<&str>) {
        let mut strip = Strip::new(id, id, kind);
        strip.to = to.map(str::to_owned);
        self.session.strips.push(Arc::new(strip));
    }

    fn with(&mut self, id: &str, change: impl FnOnce(&mut Strip)) {
        let strip = self.session.strips.iter_mut().find(|strip| strip.id == id).unwrap();
        change(Arc::make_mut(strip));
    }

    fn set(&mut self, id: &str, knob: &str, value: f32) {
        self.with(id, |strip| {
            strip.values.insert(knob.into(), value);
        });
    }

    fn turn(&mut self, id: &str, insert: &str, knob: &str, value: f32) {
        self.with(id, |strip| {
            let insert = strip.inserts.iter_mut().find(|other| other.id == insert).unwrap();
            insert.values.insert(knob.into(), value);
        });
    }

    fn plan(&self) -> Plan {
        compile(&self.session, &KINDS, &self.sources, &self.prints).unwrap()
    }

    /// Renders again, and compares every bit with rendering anew.
    fn again(&mut self, what: &str) -> Worked {
        let plan = self.plan();
        let (wanted, told) = heard(&plan, 1, None);
        let (got, told_again) = heard(&plan, 2, Some(&mut self.frozen));
        for (print, (got, wanted)) in plan.prints.iter().zip(got.iter().zip(&wanted)) {
            for (got, wanted) in got.iter().zip(wanted) {
                assert_eq!(got.len(), wanted.len(), "{what}");
                let first =
                    got.iter().zip(wanted).position(|(got, wanted)| got.to_bits() != wanted.to_bits());
                assert_eq!(first, None, "{what}: {} differs from here on", print.name);
            }
        }
        assert_eq!(told_again, told, "{what}");
        self.frozen.worked()
    }
}

fn equaliser(id: &str, hz: f32, gain: f32) -> Insert {
    Insert::new(id, "tone.equaliser", &[("type1", 1.0), ("freq1", hz), ("gain1", gain)])
}

fn compressor(threshold: f32) -> Insert {
    Insert::new("comp", "dynamics.compressor", &[("threshold", threshold), ("ratio", 3.0)])
}

fn point(at: u64, value: f32) -> Point {
    Point { at, value, curve: Curve::Line, label: String::new() }
}

/// Ten mono tracks in two units of lanes and two in stereo, two returns, a bus, a chain on the master.
fn studio(room: u64) -> Desk {
    let mut desk = Desk::new(&[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2], room);
    desk.add("hall", StripKind::Return, Some("mix"));
    desk.add("echo", StripKind::Return, Some("mix"));
    desk.add("drums", StripKind::Bus, Some("mix"));
    for i in 0..12 {
        desk.with(&format!("t{i}"), |strip| {
            strip.inserts = vec![equaliser("eq", 100.0 * (i + 1) as f32, 3.0), compressor(-30.0 + i as f32)];
            strip.values.insert("fader".into(), -(i as f32));
            strip.values.insert("pan".into(), -50.0 + 9.0 * i as f32);
            for (to, level) in [("hall", -12.0), ("echo", -15.0 - i as f32)] {
                let values = [("level".to_owned(), level)].into();
                strip.sends.push(Send { to: to.into(), tap: Tap::Post, values });
            }
            if i < 3 {
                strip.to = Some("drums".into());
            }
        });
    }
    desk.with("hall", |strip| strip.inserts.push(Insert::new("verb", "space.reverb", &[])));
    desk.with("echo", |strip| strip.inserts.push(Insert::new("echo", "space.delay", &[("time", 50.0)])));
    desk.with("drums", |strip| strip.inserts.push(compressor(-25.0)));
    desk.with("mix", |strip| strip.inserts.push(equaliser("eq", 2000.0, 1.0)));
    let limiter = Insert::new("limit", "dynamics.limiter", &[("gain", 3.0), ("ceiling", -1.0)]);
    desk.with("master", |strip| strip.inserts = vec![equaliser("eq", 80.0, 1.0), compressor(-20.0), limiter]);
    desk
}

/// Strips of the studio that are no tracks.
const BUSES: usize = 5;
const TRACKS: usize = 12;

#[test]
fn after_a_move_only_what_hears_of_it_runs() {
    let mut desk = studio(ROOM);
    let all = Worked { run: TRACKS + BUSES, mixed: 0, played: 0 };
    assert_eq!(desk.again("at first"), all);
    assert_eq!(desk.again("unchanged"), Worked { run: 0, mixed: 1, played: TRACKS + BUSES - 1 });

    desk.set("t9", "fader", -3.0);
    let worked = desk.again("a fader");
    // The drums do not hear of it; the unit of the track is mixed anew.
    assert_eq!((worked.run, worked.run + worked.mixed + worked.played), (BUSES - 1, TRACKS + BUSES));
    assert!((3..=8).contains(&worked.mixed), "{worked:?}");

    desk.set("t0", "mute", 1.0);
    assert_eq!(desk.again("a mute").run, BUSES);
    desk.set("t0", "mute", 0.0);
    assert_eq!(desk.again("heard again").run, 0, "that was there before");

    desk.turn("t1", "eq", "gain1", -4.0);
    assert_eq!(desk.again("an equaliser").run, BUSES + 1);

    desk.with("t4", |strip| strip.sends[0].values = [("level".to_owned(), -30.0)].into());
    assert_eq!(desk.again("a send").run, 3, "hall, mix and master");

    desk.turn("mix", "eq", "gain1", 2.0);
    let only = |run, mixed| Worked { run, mixed, played: TRACKS + BUSES - run - mixed };
    assert_eq!(desk.again("an equaliser of the mix"), only(2, 0));
    desk.set("mix", "fader", -1.0);
    assert_eq!(desk.again("the fader of the mix"), only(1, 1));
    desk.turn("master", "limit", "ceiling", -2.0);
    assert_eq!(desk.again("the limiter"), only(1, 0));
    desk.set("master", "fader", -2.0);
    assert_eq!(desk.again("the fader of the master"), only(0, 1));
}

#[test]
fn whatever_is_changed_the_bits_are_those_of_a_new_render() {
    let mut desk = studio(ROOM);
    desk.prints.strips.extend(["t3".into(), "drums".into()]);
    desk.again("at first");
    let changes: [(&str, Change); 17] = [
        ("pan", |desk| desk.set("t7", "pan", 100.0)),
        ("width", |desk| desk.set("t11", "width", 30.0)),
        ("trim", |desk| desk.set("t2", "trim", -6.0)),
        ("polarity", |desk| desk.set("t2", "polarity", 1.0)),
        ("a new insert", |desk| {
            desk.with("t5", |strip| strip.inserts.push(Insert::new("sat", "colour.saturator", &[])))
        }),
        ("an insert less", |desk| desk.with("t6", |strip| strip.inserts.truncate(1))),
        ("bypass", |desk| desk.with("t8", |strip| strip.inserts[0].on = false)),
        ("a key", |desk| desk.with("t4", |strip| strip.inserts[1].key = Some("t9".into()))),
        ("another key", |desk| desk.with("t4", |strip| strip.inserts[1].key = Some("drums".into()))),
        ("what the key hears", |desk| desk.set("t0", "fader", -20.0)),
        ("look-ahead", |desk| desk.turn("t3", "comp", "lookahead", 5.0)),
        ("look-ahead on the bus", |desk| desk.turn("drums", "comp", "lookahead", 3.0)),
        ("a send before the fader", |desk| desk.with("t7", |strip| strip.sends[0].tap = Tap::Pre)),
        ("another bus", |desk| desk.with("t9", |strip| strip.to = Some("drums".into()))),
        ("a fader that moves", |desk| {
            desk.with("t1", |strip| {
                let points = vec![point(500, -9.0), point(15_000, 2.0)];
                strip.lanes.push(Lane { target: "fader".into(), points });
            });
        }),
        ("an equaliser that moves", |desk| {
            desk.with("t8", |strip| {
                let points = vec![point(0, -3.0), point(19_000, 2.0)];
                strip.lanes.push(Lane { target: "comp.threshold".into(), points });
            });
        }),
        ("a clip somewhere else", |desk| {
            desk.with("t10", |strip| {
                let StripKind::Track { clips } = &mut strip.kind else { return };
                clips[0].at += 333;
            });
        }),
    ];
    for (what, change) in changes {
        let before = desk.session.clone();
        change(&mut desk);
        assert_ne!(before, desk.session, "{what}");
        let worked = desk.again(what);
        assert!(worked.run < TRACKS + BUSES, "{what}: {worked:?}");
    }
    desk.session.song.tempo = 90.0;
    assert_eq!(desk.again("the tempo").played, 0);
}

#[test]
fn stems_and_versions_are_those_of_a_new_render() {
    let mut desk = studio(ROOM);
    desk.with("mix", |strip| strip.inserts.push(compressor(-20.0)));
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    desk.prints.stems = (0..TRACKS).map(|i| format!("t{i}")).chain(ids(&["hall", "echo"])).collect();
    desk.prints.groups = ids(&["drums", "t7", "hall"]);
    desk.prints.versions = vec![("instrumental".into(), (1..TRACKS).map(|i| format!("t{i}")).collect())];
    desk.prints.through = "mix".into();
    let first = desk.again("at first");
    desk.set("t9", "fader", -3.0);
    desk.again("a fader");
    desk.turn("drums", "comp", "threshold", -35.0);
    desk.again("a bus");
    desk.turn("mix", "comp", "ratio", 8.0);
    let worked = desk.again("the mix");
    assert!(worked.run < first.run, "{worked:?} after {first:?}");
    desk.with("t10", |strip| strip.inserts.clear());
    desk.again("no inserts");
}

#[test]
fn it_never_takes_more_than_its_room_and_what_is_old_goes_first() {
    let whole = {
        let mut desk = studio(ROOM);
        desk.again("at first");
        desk.frozen.bytes()
    };
    for room in [0, 100_000, whole / 3, whole, whole + whole / 8] {
        let mut desk = studio(room);
        for (round, fader) in [-6.0, -3.0, -6.0].into_iter().enumerate() {
            desk.set("t2", "fader", fader);
            desk.turn("t8", "eq", "freq1", 300.0 + 10.0 * round as f32);
            desk.again(&format!("room for {room}, fader at {fader}"));
            assert!(desk.frozen.bytes() <= room, "{} of {room}", desk.frozen.bytes());
        }
    }
    // With room for two settings, going back to the first one costs nothing.
    let mut desk = studio(2 * whole);
    desk.again("at first");
    desk.set("t2", "fader", 5.0);
    desk.again("louder");
    desk.set("t2", "fader", -2.0);
    assert_eq!(desk.again("and back").run, 0);
}

#[test]
fn a_render_that_was_stopped_leaves_the_store_as_it_was() {
    let mut desk = studio(ROOM);
    let stopped = |desk: &mut Desk| {
        let plan = desk.plan();
        let mut sinks: Vec<Box<dyn Sink + '_>> = Vec::new();
        let ended = render_again(&plan, plan.frames, 1, &mut desk.frozen, &mut sinks, &mut |_| false);
        assert!(matches!(ended, Err(RenderError::Stopped)), "{ended:?}");
    };
    stopped(&mut desk);
    assert_eq!(desk.again("at first").run, TRACKS + BUSES);
    desk.turn("t0", "eq", "gain1", 9.0);
    stopped(&mut desk);
    assert_eq!(desk.again("an equaliser").run, BUSES + 1);
}
