//! Numbers that must come out as they went in, or the same every time.

use mixsmith_dsp::denormals;
use mixsmith_effects::all::ALL;
use mixsmith_engine::Runner;
use mixsmith_processor::{Change, Kinds, Unit};
use mixsmith_session::{Curve, Insert, StripKind, Tap};

use crate::late::{kinds, plain_kinds, single_kinds};
use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{Chance, NOTHING_DB, Stereo, db, differing, lively, noise, peak};
use crate::song::{Song, bounce, insert, lane, live, send};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 1,
        title: "A track at unity through an empty session: samples that differ",
        unit: "",
        gate: 0.0,
        best: 0.0,
        only_told: false,
        measure: empty_session,
    },
    Row {
        number: 2,
        title: "64 tracks against their sum in f64, peak of the difference",
        unit: "dBFS",
        gate: -140.0,
        best: -150.0,
        only_told: false,
        measure: sum_of_64,
    },
    Row {
        number: 3,
        title: "Bounces that differ, over threads 1 to 8 and blocks 1 to 8192",
        unit: "",
        gate: 0.0,
        best: 0.0,
        only_told: false,
        measure: every_way,
    },
    Row {
        number: 4,
        title: "Bounces that differ between the widest registers and eight plain lanes, and strips from each by itself",
        unit: "",
        gate: 0.0,
        best: 0.0,
        only_told: false,
        measure: any_registers,
    },
    Row {
        number: 4,
        title: "A fixed bounce against the fingerprint kept for this kind of processor",
        unit: "",
        gate: 0.0,
        best: 0.0,
        only_told: true,
        measure: kept_fingerprint,
    },
    Row {
        number: 5,
        title: "Live against offline, peak of the difference",
        unit: "dBFS",
        gate: -140.0,
        best: NOTHING_DB,
        only_told: false,
        measure: live_against_offline,
    },
];

fn empty_session(length: Length) -> Result<Measured, Failed> {
    let frames = length.pick(20_001, 480_001);
    let mut cases = Vec::new();
    for rate in [44_100, 48_000, 96_000] {
        for channels in [1, 2] {
            let sound: Vec<Vec<f32>> = (0..channels).map(|c| lively(31 + c, frames)).collect();
            let mut song = Song::new(rate);
            song.track("a", sound.clone());
            let printed = song.master(2)?;
            let unlike: usize =
                printed.iter().enumerate().map(|(side, x)| differing(x, &sound[side % sound.len()])).sum();
            cases.push((unlike as f64, format!("{channels} channels of {frames} frames at {rate} Hz")));
        }
    }
    Ok(Measured::worst(cases))
}

fn sum_of_64(length: Length) -> Result<Measured, Failed> {
    let frames = length.pick(24_000, 480_000);
    let mut song = Song::new(48_000);
    let mut sum = vec![0.0f64; frames];
    let mut chance = Chance::new(64);
    for track in 0..64 {
        // Faders anywhere, so that no product is exact; the sum peaks near full scale.
        let fader = (6.0 * chance.next() - 6.0) as f32;
        let sound = noise(100 + track, frames, 0.07);
        // The gain is a number of 32 bits in a reference too: what is judged is the sum.
        let gain = f64::from(mixsmith_dsp::math::amplitude(fader));
        sum.iter_mut().zip(&sound).for_each(|(sum, x)| *sum += gain * f64::from(*x));
        song.track(&format!("t{track}"), vec![sound]).values.insert("fader".into(), fader);
    }
    let [left, _] = song.master(2)?;
    let size = sum.iter().fold(0f64, |most, x| most.max(x.abs()));
    let off = left.iter().zip(&sum).map(|(x, sum)| (f64::from(*x) - sum).abs()).fold(0.0, f64::max);
    Ok(Measured::new(db(off), format!("the sum peaks at {:.1} dBFS", db(size))))
}

/// Every effect of the shelf on a track of its own, at values off its defaults and with a knob that moves; buses, a
/// return, sends before and after the fader, a key, rides.
pub(crate) fn busy(frames: usize) -> Song {
    let mut song = Song::new(48_000);
    let mut chance = Chance::new(3);
    song.add("bus", StripKind::Bus, "mix").inserts.push(insert(
        "comp",
        "dynamics.compressor",
        &[("threshold", -30.0), ("lookahead", 3.0)],
    ));
    song.add("hall", StripKind::Return, "mix").inserts.push(insert(
        "late",
        "test.late",
        &[("frames", 1000.0)],
    ));
    for (i, kind) in ALL.iter().enumerate() {
        let mut effect = Insert::new("fx", kind.id, &[]);
        let mut moving = None;
        for param in kind.params {
            let position = (chance.next() * 0.5 + 0.5) as f32;
            let value = param.value(position);
            let value = if matches!(param.unit, Unit::Choice(_)) { value.round() } else { value };
            if chance.below(2) == 0 {
                effect.values.insert(param.id.to_owned(), value);
            }
            if matches!(param.change, Change::Smooth(_)) {
                moving = Some((param.id, value, param.default));
            }
        }
        let channels = if i % 2 == 0 && kind.ports.mono { 1 } else { 2 };
        let sound = (0..channels).map(|c| noise(500 + 2 * i as u64 + c, frames, 0.3)).collect();
        let strip = song.track(&format!("t{i}"), sound);
        strip.inserts.push(effect);
        let at = |share: f64| (share * frames as f64) as u64 | 1;
        if let Some((id, from, to)) = moving {
            let points = [(at(0.1), from), (at(0.4), to), (at(0.7), from)];
            strip.lanes.push(lane(&format!("fx.{id}"), Curve::Line, &points));
        }
        strip.values.insert("pan".into(), (100.0 * chance.next()) as f32);
        strip.lanes.push(lane("ride", Curve::Line, &[(at(0.2), 0.0), (at(0.5), -9.0), (at(0.6), 0.0)]));
        if i % 3 == 0 {
            strip.to = Some("bus".into());
        }
        if i % 3 == 1 {
            strip.sends.push(send("hall", if i % 2 == 0 { Tap::Pre } else { Tap::Post }, -10.0));
        }
        if i % 3 == 2 {
            let mut keyed = insert("keyed", "dynamics.compressor", &[("threshold", -40.0)]);
            keyed.key = Some("bus".into());
            strip.inserts.push(keyed);
        }
    }
    song.with("mix", |mix| {
        mix.inserts.push(insert("comp", "dynamics.compressor", &[("threshold", -35.0), ("ratio", 4.0)]));
        mix.values.insert("fader".into(), -3.0);
    });
    song
}

/// A runner that plays every effect live for so many frames, with knobs that move.
pub fn every_effect_live(frames: usize) -> Result<Runner, Failed> {
    Ok(Runner::new(&busy(frames).plan(&["master"])?, 0))
}

fn unlike(a: &Stereo, b: &Stereo) -> usize {
    a.iter().zip(b).map(|(a, b)| differing(a, b)).sum()
}

fn every_way(length: Length) -> Result<Measured, Failed> {
    let song = busy(length.pick(20_000, 200_000));
    let frames = song.session.song.frames;
    let plan = song.plan(&["master"])?;
    let first = |threads| -> Result<Stereo, Failed> {
        bounce(&plan, frames, threads)?.pop().ok_or_else(|| Failed("nothing was printed".into()))
    };
    let one = first(1)?;
    if peak(&one[0]) < 0.01 {
        return Err(Failed("the bounce is silent, so nothing is proved".into()));
    }
    let mut differ = Vec::new();
    for threads in [2, 4, 8] {
        if unlike(&one, &first(threads)?) > 0 {
            differ.push(format!("{threads} threads"));
        }
    }
    const BLOCKS: [usize; 10] = [1, 16, 64, 127, 128, 480, 512, 1024, 4096, 8192];
    for block in BLOCKS {
        if unlike(&one, &live(&plan, frames, block)) > 0 {
            differ.push(format!("blocks of {block}"));
        }
    }
    let note = if differ.is_empty() {
        format!("{} strips with every effect, {frames} frames, 14 ways", plan.strips())
    } else {
        differ.join(", ")
    };
    Ok(Measured::new(differ.len() as f64, note))
}

fn any_registers(length: Length) -> Result<Measured, Failed> {
    let mut song = busy(length.pick(10_000, 100_000));
    // Strips of one shape, so that lanes are used.
    for i in 0..16u64 {
        let strip = song.track(&format!("same{i}"), vec![noise(700 + i, 10_000, 0.3)]);
        strip.inserts.push(insert("eq", "tone.equaliser", &[("type1", 1.0), ("gain1", i as f32 - 8.0)]));
        strip.inserts.push(insert("comp", "dynamics.compressor", &[("threshold", -20.0 - i as f32)]));
    }
    let frames = song.session.song.frames;
    let with = |kinds: Kinds, prints: &[&str]| -> Result<Vec<Stereo>, Failed> {
        bounce(&song.plan_with(&kinds, prints)?, frames, 2)
    };
    let mut differ = Vec::new();
    let ends = ["master", "same0", "same7", "same15", "t0", "t1"];
    let widest = with(kinds(), &ends)?;
    // Strips that run as one are added up before they meet others, so a mix is rounded otherwise where none do.
    for (name, kinds, from) in [("plain lanes", plain_kinds(), 0), ("each by itself", single_kinds(), 1)] {
        let other = with(kinds, &ends)?;
        if widest[from..].iter().zip(&other[from..]).any(|(a, b)| unlike(a, b) > 0) {
            differ.push(name);
        }
    }
    Ok(Measured::new(differ.len() as f64, differ.join(", ")))
}

fn live_against_offline(length: Length) -> Result<Measured, Failed> {
    let song = busy(length.pick(10_000, 100_000));
    let offline = song.master(2)?;
    let live = live(&song.plan(&["master"])?, song.session.song.frames, 480);
    let off =
        offline.iter().zip(&live).flat_map(|(a, b)| a.iter().zip(b)).map(|(a, b)| f64::from((a - b).abs()));
    Ok(Measured::new(db(off.fold(0.0, f64::max)), "blocks of 480"))
}

/// What [`fingerprint`] gives on x86-64 with the mathematics of the GNU C library. A change of the sound changes it;
/// the row then says what to put here, and stops nothing.
#[cfg(target_arch = "x86_64")]
const KEPT: Option<u64> = Some(0x41d0_13f7_2e92_e4d7);
#[cfg(not(target_arch = "x86_64"))]
const KEPT: Option<u64> = None;

/// A number that stands for every bit of a fixed bounce (FNV-1a, 64 bits).
pub fn fingerprint() -> Result<u64, Failed> {
    let mut song = Song::new(48_000);
    for i in 0..9u64 {
        let strip = song.track(&format!("t{i}"), vec![noise(900 + i, 30_000, 0.3)]);
        strip.values.insert("pan".into(), 20.0 * i as f32 - 75.0);
        strip.values.insert("fader".into(), -0.7 * i as f32);
        let sets = [("type1", 1.0), ("gain1", 7.0), ("type3", 4.0), ("freq3", 50.0 + 30.0 * i as f32)];
        strip.inserts.push(insert("eq", "tone.equaliser", &sets));
        strip.inserts.push(insert("comp", "dynamics.compressor", &[("threshold", -30.0)]));
        strip.lanes.push(lane("ride", Curve::Line, &[(1001, 0.0), (9999, -9.0), (12_345, 3.0)]));
    }
    let printed = denormals::flushed(|| song.master(2))?;
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    let bytes = printed.iter().flatten().flat_map(|x| x.to_bits().to_le_bytes());
    Ok(bytes.fold(0xcbf2_9ce4_8422_2325, step))
}

fn kept_fingerprint(_: Length) -> Result<Measured, Failed> {
    let found = fingerprint()?;
    let Some(kept) = KEPT else {
        return Ok(Measured::new(0.0, format!("{found:016x}; none is kept for this kind of processor")));
    };
    Ok(Measured::new(f64::from(u8::from(found != kept)), format!("{found:016x}, kept {kept:016x}")))
}
