//! What must never happen: poison that stays, noise out of nothing, tails without end, time lost on tiny numbers.

use mixsmith_effects::all::ALL;
use mixsmith_processor::{Kind, Param, QUANTUM, Unit};

use crate::numerics::busy;
use crate::rig::{Rig, both};
use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{Chance, NOTHING_DB, db, noise, peak};
use crate::song::{Song, live};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 10,
        title: "Effects that do not recover from NaN, Inf, 1e38, denormals, DC or a square wave",
        unit: "",
        gate: 0.0,
        best: 0.0,
        only_told: false,
        measure: poison,
    },
    Row {
        number: 10,
        title: "A track that plays NaN: samples of the mix that are no number",
        unit: "",
        gate: 0.0,
        best: 0.0,
        only_told: false,
        measure: poisoned_track,
    },
    Row {
        number: 11,
        title: "Time for decaying tails against time for noise",
        unit: "times",
        gate: 1.3,
        best: 1.05,
        only_told: true,
        measure: denormal_cost,
    },
    Row {
        number: 12,
        title: "What is left of any effect's sound after its tail and one quantum",
        unit: "dBFS",
        gate: NOTHING_DB,
        best: NOTHING_DB,
        only_told: false,
        measure: after_the_tail,
    },
    Row {
        number: 16,
        title: "Noise of any effect without a signal",
        unit: "dBFS",
        gate: NOTHING_DB,
        best: NOTHING_DB,
        only_told: false,
        measure: idle,
    },
];

const RATE: f64 = 44_100.0;
/// Longest that a tail is waited for, frames.
const PATIENCE: usize = 44_100 * 12;

/// A value that the parameter can have.
pub(crate) fn fitting(param: &Param, position: f32) -> f32 {
    let value = param.value(position);
    if matches!(param.unit, Unit::Choice(_)) { value.round() } else { value }
}

/// The defaults; both ends of all knobs; and some at random.
fn settings(kind: &Kind<f32>, random: usize) -> Vec<Vec<f32>> {
    let mut chance = Chance::new(kind.id.len() as u64);
    let mut all = vec![kind.params.iter().map(|p| p.default).collect::<Vec<f32>>()];
    for end in [0.0, 1.0] {
        all.push(kind.params.iter().map(|p| fitting(p, end)).collect());
    }
    for _ in 0..random {
        all.push(kind.params.iter().map(|p| fitting(p, (chance.next() * 0.5 + 0.5) as f32)).collect());
    }
    all
}

fn poison(length: Length) -> Result<Measured, Failed> {
    let mut sick: Vec<&str> = Vec::new();
    let poisons = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38, -1e38, 1e-40, 1.0];
    for kind in ALL {
        for values in settings(kind, length.pick(1, 8)) {
            for (which, value) in poisons.into_iter().chain([f32::MIN_POSITIVE]).enumerate() {
                let mut rig = Rig::of(kind, &values, RATE, 2);
                let frames = 4 * QUANTUM;
                // Poison between good samples; the last is a square wave of full scale.
                let clean = noise(7, frames, 0.5);
                let square = |i: usize| if (i / 50).is_multiple_of(2) { 1.0 } else { -1.0 };
                let mixed = |(i, x): (usize, &f32)| match which {
                    7 => square(i),
                    _ if i % 7 < 5 => value,
                    _ => *x,
                };
                let bad: Vec<f32> = clean.iter().enumerate().map(mixed).collect();
                rig.run(&both(&bad), Some(&both(&bad)));
                let wait = rig.settles().min(PATIENCE) + RATE as usize;
                let out = rig.run(&both(&vec![0.0; wait]), Some(&both(&vec![0.0; wait])));
                // A space with an endless decay may sound on.
                let most = if wait > PATIENCE { 1.0 } else { 1e-6 };
                let ill = |x: &f32| !x.is_finite() || x.is_subnormal() || x.abs() > most;
                if out.iter().any(|side| side[wait - QUANTUM..].iter().any(ill)) {
                    sick.push(kind.id);
                }
            }
        }
    }
    sick.dedup();
    let note = if sick.is_empty() { format!("{} effects", ALL.len()) } else { sick.join(", ") };
    Ok(Measured::new(sick.len() as f64, note))
}

fn poisoned_track(_: Length) -> Result<Measured, Failed> {
    let frames = 20_000;
    let mut song = Song::new(48_000);
    song.track("good", vec![noise(1, frames, 0.3)]);
    let mut bad = noise(2, frames, 0.3);
    bad[5000..5100].fill(f32::NAN);
    bad[9000] = f32::INFINITY;
    song.track("bad", vec![bad]);
    let printed = song.master(2)?;
    let lost = printed.iter().flatten().filter(|x| !x.is_finite()).count();
    Ok(Measured::new(lost as f64, "100 frames of NaN and one of Inf"))
}

#[allow(clippy::disallowed_methods, reason = "what is measured is time")]
fn denormal_cost(length: Length) -> Result<Measured, Failed> {
    let frames = length.pick(48_000u64, 480_000);
    let plan = |sounds: f64| -> Result<_, Failed> {
        let mut song = busy(frames as usize);
        for strip in &mut song.session.strips {
            let strip = std::sync::Arc::make_mut(strip);
            if let mixsmith_session::StripKind::Track { clips } = &mut strip.kind {
                clips.iter_mut().for_each(|clip| clip.frames = (sounds * frames as f64) as u64);
            }
        }
        song.plan(&["master"])
    };
    let (tails, sounding) = (plan(0.02)?, plan(1.0)?);
    let time = |plan| {
        let before = std::time::Instant::now();
        live(plan, frames, 512);
        before.elapsed().as_secs_f64()
    };
    // In turn, and the fastest of several: what else the machine does must not count.
    let (mut of_tails, mut of_noise) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..3 {
        of_tails = of_tails.min(time(&tails));
        of_noise = of_noise.min(time(&sounding));
    }
    Ok(Measured::new(of_tails / of_noise, "fastest of three runs each"))
}

fn after_the_tail(length: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for kind in ALL {
        let mut worst = 0f64;
        for values in settings(kind, length.pick(1, 6)) {
            let mut rig = Rig::of(kind, &values, RATE, 2);
            let wait = rig.settles();
            if wait > PATIENCE {
                continue;
            }
            // A burst that ends with a step.
            let burst: Vec<f32> = noise(5, 40 * QUANTUM, 0.5).iter().map(|x| x + 0.5).collect();
            rig.run(&both(&burst), None);
            rig.run(&both(&vec![0.0; wait]), None);
            let out = rig.run(&both(&[0.0; 10 * QUANTUM]), None);
            worst = worst.max(peak(&out[0])).max(peak(&out[1]));
        }
        cases.push((db(worst), kind.id.to_owned()));
    }
    let sounding: Vec<&str> = cases.iter().filter(|c| c.0 > NOTHING_DB).map(|c| c.1.as_str()).collect();
    let note = sounding.join(", ");
    Ok(Measured { note, ..Measured::worst(cases.clone()) })
}

fn idle(length: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for kind in ALL {
        for values in settings(kind, length.pick(1, 6)) {
            let out = Rig::of(kind, &values, RATE, 2).run(&both(&[0.0; 100 * QUANTUM]), None);
            cases.push((db(peak(&out[0]).max(peak(&out[1]))), kind.id.to_owned()));
        }
    }
    Ok(Measured::worst(cases))
}
