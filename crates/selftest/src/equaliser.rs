//! The equaliser against the transfer functions of its analogue prototypes.

use crate::judge::{fit, magnitudes};
use crate::rig::{Rig, Set, both, kind, mono};
use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{Chance, click, db, noise, sine};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 17,
        title: "Bells and shelves against the analogue prototype, 20 Hz to 20 kHz at 44.1 kHz",
        unit: "dB",
        gate: 0.1,
        best: 0.1,
        only_told: false,
        measure: bells_and_shelves,
    },
    Row {
        number: 17,
        title: "Passes and notches against the analogue prototype down to -60 dB, below 15 kHz at 44.1 kHz",
        unit: "dB",
        gate: 0.5,
        best: 0.1,
        only_told: false,
        measure: passes,
    },
    Row {
        number: 18,
        title: "Noise of a 20 Hz bell of Q 10 and of a 20 Hz low cut of 96 dB an octave, at 192 kHz",
        unit: "dBFS",
        gate: -110.0,
        best: -130.0,
        only_told: false,
        measure: quiet_at_20_hz,
    },
    Row {
        number: 18,
        title: "Blow-ups under random jumps of all knobs",
        unit: "",
        gate: 0.0,
        best: 0.0,
        only_told: false,
        measure: jumps,
    },
];

const ID: &str = "tone.equaliser";
const RATE: f64 = 44_100.0;

/// Squared size of `(a s^2 + b s + c)` at `s = i w`.
fn square([a, b, c]: [f64; 3], w: f64) -> f64 {
    (c - a * w * w).powi(2) + (b * w).powi(2)
}

/// An analogue shape: gain in dB at a frequency as a share of its own.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// Bristow-Johnson's `(s^2 + s A/Q + 1) / (s^2 + s/(A Q) + 1)`.
    Bell(f64, f64),
    /// His low shelf.
    Low(f64, f64),
    /// His high shelf.
    High(f64, f64),
    /// Butterworth of an order; `true` for a high-pass.
    Pass(i32, bool),
    /// `(s^2 + 1) / (s^2 + s/Q + 1)`.
    Notch(f64),
}

impl Shape {
    fn db(self, w: f64) -> f64 {
        let a = |db: f64| 10f64.powf(db / 40.0);
        let ratio = match self {
            Shape::Bell(db, q) => square([1.0, a(db) / q, 1.0], w) / square([1.0, 1.0 / (a(db) * q), 1.0], w),
            Shape::Low(db, q) => {
                let (a, slope) = (a(db), a(db).sqrt() / q);
                a * a * square([1.0, slope, a], w) / square([a, slope, 1.0], w)
            }
            Shape::High(db, q) => {
                let (a, slope) = (a(db), a(db).sqrt() / q);
                a * a * square([a, slope, 1.0], w) / square([1.0, slope, a], w)
            }
            Shape::Pass(order, high) => 1.0 / (1.0 + if high { 1.0 / w } else { w }.powi(2 * order)),
            Shape::Notch(q) => square([1.0, 0.0, 1.0], w) / square([1.0, 1.0 / q, 1.0], w),
        };
        10.0 * ratio.max(1e-40).log10()
    }

    /// The values of the equaliser's third band.
    fn sets(self, hz: f64) -> Vec<Set<'static>> {
        let order = |order: i32| [1, 2, 3, 4, 6, 8].iter().position(|o| *o == order).unwrap_or(0) as f32;
        let own = match self {
            Shape::Bell(db, q) => [("type3", 1.0), ("gain3", db as f32), ("q3", q as f32)],
            Shape::Low(db, q) => [("type3", 2.0), ("gain3", db as f32), ("q3", q as f32)],
            Shape::High(db, q) => [("type3", 3.0), ("gain3", db as f32), ("q3", q as f32)],
            Shape::Pass(o, true) => [("type3", 4.0), ("slope3", order(o)), ("gain3", 0.0)],
            Shape::Pass(o, false) => [("type3", 5.0), ("slope3", order(o)), ("gain3", 0.0)],
            Shape::Notch(q) => [("type3", 6.0), ("gain3", 0.0), ("q3", q as f32)],
        };
        own.into_iter().chain([("freq3", hz as f32)]).collect()
    }

    /// Largest distance of what the equaliser does from the formula, up to a frequency and wherever the formula is above
    /// `floor` dB.
    fn distance(self, hz: f64, top: f64, floor: f64, length: Length) -> Result<f64, Failed> {
        let frames = length.pick(1 << 16, 1 << 18);
        let answer = mono(ID, &self.sets(hz), RATE, &click(frames, 0, 1.0))?;
        let got = magnitudes(&answer);
        let bin = RATE / frames as f64;
        let points = (0..300).map(|i| 20.0 * (top / 20.0).powf(f64::from(i) / 299.0));
        let off = points.map(|at| {
            let k = (at / bin).round().max(1.0);
            let wanted = self.db(k * bin / f64::from(hz as f32));
            if wanted > floor { (db(got[k as usize]) - wanted).abs() } else { 0.0 }
        });
        Ok(off.fold(0.0, f64::max))
    }
}

fn corners(length: Length) -> Vec<f64> {
    match length {
        Length::Quick => vec![60.0, 700.0, 6e3, 12e3, 16e3, 18e3],
        Length::Full => (0..31).map(|i| 20.0 * 1000f64.powf(f64::from(i) / 30.0)).collect(),
    }
}

fn compare(shapes: &[Shape], top: f64, floor: f64, length: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for &shape in shapes {
        for hz in corners(length) {
            cases.push((shape.distance(hz, top, floor, length)?, format!("{shape:?} at {hz:.0} Hz")));
        }
    }
    Ok(Measured::worst(cases))
}

fn bells_and_shelves(length: Length) -> Result<Measured, Failed> {
    let mut shapes = Vec::new();
    for q in length.pick(&[0.5, 0.71, 2.0][..], &[0.3, 0.5, 0.71, 1.0, 2.0, 5.0, 12.0]) {
        shapes.extend([-12.0, 6.0, 12.0].map(|db| Shape::Bell(db, *q)));
    }
    for q in length.pick(&[0.71][..], &[0.4, 0.5, 0.71, 1.0]) {
        shapes.extend([-12.0, 12.0].map(|db| Shape::Low(db, *q)));
        shapes.extend([-12.0, 12.0].map(|db| Shape::High(db, *q)));
    }
    compare(&shapes, 20_000.0, -300.0, length)
}

fn passes(length: Length) -> Result<Measured, Failed> {
    let mut shapes = vec![Shape::Notch(1.0), Shape::Notch(10.0)];
    for order in length.pick(&[2, 8][..], &[1, 2, 3, 4, 6, 8]) {
        shapes.extend([Shape::Pass(*order, true), Shape::Pass(*order, false)]);
    }
    compare(&shapes, 15_000.0, -60.0, length)
}

fn quiet_at_20_hz(length: Length) -> Result<Measured, Failed> {
    let (rate, seconds) = (192_000.0, length.pick(4, 10));
    let bell: &[Set] = &[("type1", 1.0), ("freq1", 20.0), ("gain1", 6.0), ("q1", 10.0)];
    // Two of 48 dB an octave.
    let cut: &[Set] =
        &[("type1", 4.0), ("freq1", 20.0), ("slope1", 5.0), ("type2", 4.0), ("freq2", 20.0), ("slope2", 5.0)];
    let mut cases = Vec::new();
    for (name, sets) in [("bell", bell), ("low cut", cut)] {
        for hz in [20.0, 100.0, 997.0] {
            let tone = sine(rate, hz, -12.0, seconds * 192_000);
            let out = mono(ID, sets, rate, &tone)?;
            let rest = fit(&out[out.len() - 192_000..], hz, rate).rest_rms();
            cases.push((db(rest * 2f64.sqrt()), format!("{name}, a tone of {hz} Hz at -12 dBFS")));
        }
    }
    Ok(Measured::worst(cases))
}

fn jumps(length: Length) -> Result<Measured, Failed> {
    let count = length.pick(20_000, 1_000_000);
    let kind = kind(ID)?;
    let mut chance = Chance::new(18);
    let start: Vec<f32> = kind.params.iter().map(|param| param.default).collect();
    let mut rig = Rig::of(kind, &start, 192_000.0, 2);
    let mut bad = 0u32;
    let mut done = 0;
    let sound = noise(18, 64, 0.5);
    while done < count {
        for (param, ramp) in kind.params.iter().zip(&mut rig.ramps) {
            let value = crate::health::fitting(param, (chance.next() * 0.5 + 0.5) as f32);
            *ramp = mixsmith_processor::Ramp { from: ramp.to, to: value };
            done += 1;
        }
        let out = rig.run(&both(&sound), None);
        // Eight bands of 24 dB, with resonance.
        bad += u32::from(out.iter().flatten().any(|x| !x.is_finite() || x.abs() > 1e15));
    }
    // Back at rest it must let everything pass, bit for bit, once the last band has faded.
    for _ in 0..3 {
        for (ramp, &value) in rig.ramps.iter_mut().zip(&start) {
            *ramp = mixsmith_processor::Ramp { from: ramp.to, to: value };
        }
        rig.run(&both(&sound), None);
    }
    let [left, _] = rig.run(&both(&sound), None);
    let stuck = u32::from(left != sound);
    Ok(Measured::new(f64::from(bad + stuck), format!("{done} jumps, at 192 kHz")))
}
