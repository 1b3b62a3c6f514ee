//! Sound and automation at the right frame.

use mixsmith_session::{Curve, StripKind, Tap};

use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{Stereo, amplitude, click};
use crate::song::{Song, bounce, insert, lane, live, send};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 6,
        title: "A click on 40 paths: how far from the frame the farthest arrives",
        unit: "frames",
        gate: 0.0,
        best: 0.0,
        only_told: false,
        measure: forty_paths,
    },
    Row {
        number: 7,
        title: "An automated step of a strip's knob: how far from its frame it lands",
        unit: "frames",
        gate: 1.0,
        best: 0.0,
        only_told: false,
        measure: steps_of_strips,
    },
    Row {
        number: 7,
        title: "An automated step of an insert's knob: how far from its frame it lands",
        unit: "frames",
        gate: 1.0,
        best: 0.0,
        only_told: false,
        measure: steps_of_inserts,
    },
    Row {
        number: 7,
        title: "An automated ramp of a strip's knob against its formula",
        unit: "of full scale",
        gate: 1e-6,
        best: 1e-6,
        only_told: false,
        measure: ramps_of_strips,
    },
    Row {
        number: 7,
        title: "An automated ramp of an insert's knob: how early or late against its formula",
        unit: "frames",
        gate: 1.0,
        best: 0.5,
        only_told: false,
        measure: ramps_of_inserts,
    },
];

const FRAMES: usize = 30_000;
const AT: usize = 5003;
const PATHS: usize = 40;

/// Forty tracks with a click each, late by all sorts of lengths, on all sorts of ways to the master: straight, through
/// three buses one in another, through returns, and through an effect that passes only what comes with its key.
fn mixed_paths(first: f32) -> Song {
    let mut song = Song::new(48_000);
    for (id, to, late) in [("outer", "mix", 37.0), ("middle", "outer", 64.0), ("inner", "middle", 501.0)] {
        song.add(id, StripKind::Bus, to).inserts.push(insert("late", "test.late", &[("frames", late)]));
    }
    for (id, late) in [("hall", 1000.0), ("plate", 3.0)] {
        song.add(id, StripKind::Return, "mix").inserts.push(insert("late", "test.late", &[("frames", late)]));
    }
    // What others listen to: a click of its own, late, and not heard.
    let key = song.track("key", vec![click(FRAMES, AT, 1.0)]);
    key.inserts.push(insert("late", "test.late", &[("frames", 2222.0)]));
    key.to = Some("dump".into());
    song.add("dump", StripKind::Bus, "mix").values.insert("mute".into(), 1.0);
    for path in 0..PATHS {
        let channels = if path % 4 == 3 { 2 } else { 1 };
        let strip = song.track(&format!("t{path}"), vec![click(FRAMES, AT, 0.25); channels]);
        let late = if path == 0 { first } else { [0.0, 1.0, 63.0, 64.0, 1000.0, 4097.0][path % 6] };
        strip.inserts.push(insert("late", "test.late", &[("frames", late)]));
        // Effects with a latency of their own that leave a quiet sound as it is, bit for bit.
        match path % 5 {
            1 => strip.inserts.push(insert(
                "comp",
                "dynamics.compressor",
                &[("threshold", 0.0), ("knee", 0.0), ("lookahead", 7.3)],
            )),
            2 => strip.inserts.push(insert(
                "limit",
                "dynamics.limiter",
                &[("ceiling", 0.0), ("lookahead", 3.3)],
            )),
            _ => {}
        }
        if path % 7 == 5 {
            let mut times = insert("times", "test.times", &[]);
            times.key = Some("key".into());
            strip.inserts.push(times);
        }
        strip.to = Some(["mix", "outer", "middle", "inner"][path % 4].to_owned());
        if path % 3 == 0 {
            let tap = if path % 2 == 0 { Tap::Pre } else { Tap::Post };
            strip.sends.push(send(["hall", "plate", "outer"][path / 3 % 3], tap, 0.0));
        }
    }
    song
}

/// How many clicks of a quarter arrive at the master: one a track, and one a send.
fn arrivals() -> f32 {
    (PATHS + PATHS.div_ceil(3)) as f32 * 0.25
}

/// The distance of the farthest sample that should not be there; the length of the song when the click itself has the
/// wrong size.
fn astray(printed: &Stereo) -> usize {
    let far = |channel: &Vec<f32>| {
        let others = channel.iter().enumerate().filter(|&(i, &x)| i != AT && x != 0.0);
        let far = others.map(|(i, _)| i.abs_diff(AT)).max().unwrap_or(0);
        if channel[AT] == arrivals() { far } else { FRAMES }
    };
    printed.iter().map(far).max().unwrap_or(FRAMES)
}

fn forty_paths(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    // The same song before and after one processor has changed its latency.
    for (first, when) in [(0.0, "at first"), (4999.0, "after a latency changed to 4999"), (17.0, "and to 17")]
    {
        let song = mixed_paths(first);
        let plan = song.plan(&["master"])?;
        for printed in bounce(&plan, FRAMES as u64, 2)? {
            cases.push((astray(&printed) as f64, format!("offline, {when}")));
        }
        cases.push((astray(&live(&plan, FRAMES as u64, 480)) as f64, format!("live, {when}")));
    }
    let found = Measured::worst(cases);
    let note = if found.figure == 0.0 {
        "inserts, sends, nested buses, keys; offline and live; before and after a late change of latency"
            .into()
    } else {
        found.note
    };
    Ok(Measured { note, ..found })
}

/// A tone that never is nought, so that its gain can be read at every frame: a constant.
fn steady(frames: usize) -> Vec<f32> {
    vec![0.5; frames]
}

/// How far from frame `at` a gain goes from `before` to `after` (amplitudes of the steady sound).
fn landing(x: &[f32], at: usize, before: f32, after: f32) -> usize {
    let near = |x: f32, goal: f32| (x - 0.5 * goal).abs() <= 1e-6 * goal.abs().max(1.0);
    // From the last step to this one it is `before`, from this one to the next `after`.
    let early = (at.saturating_sub(400)..at).find(|&i| !near(x[i], before)).map_or(0, |i| at - i);
    let late = (at..at + 400).rev().find(|&i| !near(x[i], after)).map_or(0, |i| i + 1 - at);
    early.max(late)
}

fn steps_of_strips(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    // Frames on, before and after the edge of a quantum, behind a latency.
    for at in [3001usize, 6399, 6400, 6401] {
        for (target, from, to, before, after) in [
            ("ride", 0.0f32, -90.0f32, 1.0f32, 0.0f32),
            ("ride", 0.0, -20.0, 1.0, 0.1),
            ("fader", -20.0, 0.0, 0.1, 1.0),
            ("mute", 0.0, 1.0, 1.0, 0.0),
            ("trim", 0.0, -20.0, 1.0, 0.1),
            ("polarity", 0.0, 1.0, 1.0, -1.0),
            ("pan", 0.0, 100.0, 1.0, 0.0),
        ] {
            let mut song = Song::new(48_000);
            let strip = song.track("a", vec![steady(10_000)]);
            // A knob before the inserts moves there, and one after them after.
            strip.inserts.push(insert("late", "test.late", &[("frames", 777.0)]));
            strip.lanes.push(lane(target, Curve::Hold, &[(0, from), (at as u64, to)]));
            let [left, _] = song.master(1)?;
            let name = format!("{target} from {from} to {to} at {at}");
            cases.push((landing(&left, at, before, after) as f64, name));
        }
    }
    Ok(Measured::worst(cases))
}

fn steps_of_inserts(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for late in [0.0f32, 777.0] {
        for at in [3001usize, 6399, 6400, 6401] {
            for (kind, target, from, to, before, after) in [
                ("tool.trim", "gain", 0.0f32, -20.0f32, 1.0f32, 0.1f32),
                ("tool.trim", "gain", -20.0, 0.0, 0.1, 1.0),
                ("tool.trim", "polarity", 0.0, 1.0, 1.0, -1.0),
                ("stereo.width", "balance", 0.0, 100.0, 1.0, 0.0),
            ] {
                let Some(_) = mixsmith_effects::KINDS.get(kind) else { continue };
                let mut song = Song::new(48_000);
                let strip = song.track("a", vec![steady(10_000), steady(10_000)]);
                strip.inserts.push(insert("late", "test.late", &[("frames", late)]));
                strip.inserts.push(insert("fx", kind, &[]));
                strip.lanes.push(lane(&format!("fx.{target}"), Curve::Hold, &[(0, from), (at as u64, to)]));
                let [left, _] = song.master(1)?;
                let name = format!("{kind} {target} from {from} to {to} at {at}, {late} frames late");
                cases.push((landing(&left, at, before, after) as f64, name));
            }
        }
    }
    Ok(Measured::worst(cases))
}

/// Where a ramp begins and ends.
const RAMP: (u64, u64) = (1001, 8888);

/// What a steady sound becomes under a ramp of a knob from 0 dB, beside the formula.
fn ramp(target: &str, low: f32) -> Result<Vec<(f64, f64)>, Failed> {
    let (from, to) = RAMP;
    let mut song = Song::new(48_000);
    let strip = song.track("a", vec![steady(10_000)]);
    strip.inserts.push(insert("late", "test.late", &[("frames", 777.0)]));
    strip.inserts.push(insert("fx", "tool.trim", &[]));
    strip.lanes.push(lane(target, Curve::Line, &[(from, 0.0), (to, low)]));
    let [left, _] = song.master(1)?;
    let formula = |i: usize| {
        let share = ((i as f64 - from as f64) / (to - from) as f64).clamp(0.0, 1.0);
        0.5 * amplitude(share * f64::from(low))
    };
    Ok(left.iter().enumerate().map(|(i, &x)| (f64::from(x), formula(i))).collect())
}

fn ramps_of_strips(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for (target, low) in [("ride", -60.0f32), ("trim", -40.0), ("fader", -12.0)] {
        let off = ramp(target, low)?.into_iter().map(|(x, formula)| (x - formula).abs());
        cases.push((off.fold(0.0, f64::max), format!("{target} from 0 to {low} dB")));
    }
    Ok(Measured::worst(cases))
}

fn ramps_of_inserts(_: Length) -> Result<Measured, Failed> {
    let low = -50.0;
    let fall = (1.0 - amplitude(f64::from(low) / (RAMP.1 - RAMP.0) as f64)).abs();
    let off = ramp("fx.gain", low)?.into_iter().map(|(x, formula)| (x - formula).abs() / (formula * fall));
    Ok(Measured::new(off.fold(0.0, f64::max), format!("trim from 0 to {low} dB")))
}
