//! What is measured of one effect at one setting.

use mixsmith_processor::Kind;

use crate::judge::{band, covers_63, fit};
use crate::rig::{Rig, both};
use crate::signal::{click, db, rms, sine};
use crate::space::decay_time;

use super::RATE;

/// Where the response is read, Hz.
const FREQUENCIES: [f64; 11] =
    [20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0, 15_000.0, 20_000.0];
/// Level of the tone that the response is read with, dBFS: under what most thresholds are at, and over a gate's.
pub(super) const QUIET: f64 = -30.0;
/// Where the levels are read, dBFS.
const LEVELS: [f64; 9] = [-60.0, -50.0, -40.0, -30.0, -20.0, -12.0, -6.0, -3.0, 0.0];

/// The second half of what becomes of a tone of so many frames, left.
fn half(kind: &Kind<f32>, values: &[f32], hz: f64, level: f64, frames: usize) -> Vec<f32> {
    let tone = both(&sine(RATE, hz, level, frames));
    let [left, _] = Rig::of(kind, values, RATE, 2).run(&tone, None);
    left[frames / 2..].to_vec()
}

/// Gain of a quiet tone in dB at each frequency.
pub(super) fn response(kind: &Kind<f32>, values: &[f32]) -> Vec<(f64, f64)> {
    let heard = |hz: f64| fit(&half(kind, values, hz, QUIET, 36_000), hz, RATE).amplitude;
    let gain = |hz: f64| db(heard(hz)) - QUIET;
    FREQUENCIES.map(|hz| (hz, gain(hz))).to_vec()
}

/// A tone at a level.
pub(super) struct Level {
    /// Level in, dBFS.
    pub level: f64,
    /// Level out, dBFS.
    pub out: f64,
    /// All that is not the tone, against the tone, dB.
    pub rest: f64,
}

/// What comes out at each level.
pub(super) fn levels(kind: &Kind<f32>, values: &[f32]) -> Vec<Level> {
    let of = |level: f64| {
        let sound = half(kind, values, 997.0, level, 48_000);
        Level { level, out: db(rms(&sound) * 2f64.sqrt()), rest: fit(&sound, 997.0, RATE).rest_db() }
    };
    LEVELS.into_iter().map(of).collect()
}

/// How the gain follows a sound that becomes louder, and softer again: milliseconds to 63 % of a change in dB.
pub(super) struct Times {
    pub louder: Option<(f64, f64)>,
    pub softer: Option<(f64, f64)>,
}

/// Steps of a constant, so that the gain can be read at every frame.
pub(super) fn times(kind: &Kind<f32>, values: &[f32]) -> Times {
    let (quiet, loud, part) = (0.001f32, 0.501f32, 96_000);
    let sound = [vec![quiet; part], vec![loud; part], vec![quiet; part]].concat();
    let mut rig = Rig::of(kind, values, RATE, 2);
    let late = rig.processor.latency();
    let mut fed = sound.clone();
    fed.resize(sound.len() + late, quiet);
    let [left, _] = rig.run(&both(&fed), None);
    let gain: Vec<f64> = left[late..].iter().zip(&sound).map(|(y, x)| db(f64::from((y / x).abs()))).collect();
    let course = |from: usize| {
        let course = &gain[from - 1..from + part - 1];
        let change = course[course.len() - 1] - course[0];
        let took = covers_63(course)? as f64 / RATE * 1000.0;
        (change.abs() > 0.5).then_some((took, change))
    };
    Times { louder: course(part), softer: course(2 * part) }
}

/// How a click dies away.
pub(super) struct Decays {
    /// Milliseconds until the first sound.
    pub first: Option<f64>,
    /// Seconds to fall by 60 dB in an octave.
    pub bands: Vec<(f64, Option<f64>)>,
}

/// What answers a click.
pub(super) fn decays(kind: &Kind<f32>, values: &[f32]) -> Decays {
    let mut rig = Rig::of(kind, values, RATE, 2);
    let frames = rig.settles().clamp(48_000, 6 * 48_000);
    let [left, _] = rig.run(&both(&click(frames, 0, 1.0)), None);
    let first = left.iter().position(|x| x.abs() > 1e-6).map(|at| 1000.0 * at as f64 / RATE);
    let octave = |hz: f64| decay_time(&band(&left, hz / 2f64.sqrt(), hz * 2f64.sqrt(), RATE), RATE);
    Decays { first, bands: [250.0, 1000.0, 4000.0].map(|hz| (hz, octave(hz))).to_vec() }
}
