//! Digital sections whose magnitude follows the analogue prototype up to half the sample rate.
//!
//! The bilinear transform squeezes everything above the top of the band into it: a bell at 15 kHz comes out
//! narrow and lop-sided. Vicanek (*Matched second order digital filters*, 2016) matches the magnitude at three
//! points. This goes one step further with the same idea: starting from the bilinear section, poles and zeros
//! move by damped least squares (Marquardt 1963) until the magnitude in dB lies on the prototype's everywhere
//! that can be heard. Gain at 0 Hz, zeros at 0 Hz and a notch's zeros are exact by construction.
//!
//! No section of second order comes nearer than 0.14 dB to a bell of 12 dB in the top octave. Where one is not near
//! enough, [`matched_closely`] adds a section of first order and moves both together.

use std::f64::consts::PI;

use super::design::Shape;
use super::{Prototype, Section};

/// Share of half the sample rate up to which the fit looks: 20 kHz at 44.1 kHz.
const TOP: f64 = 0.91;
/// In nepers of power (0.02 dB): a section this close needs no more work.
const CLOSE: f64 = 0.005;
/// The same, 0.05 dB: a fit this close need not be levelled, and needs no second section.
const GOOD: f64 = 0.0115;
const ROUNDS: usize = 12;
const LEVELLINGS: usize = 4;
const MOST_POINTS: usize = 40;
/// Rounds for two sections together.
const ROUNDS_OF_TWO: usize = 30;
/// Most that a fit moves: two sections.
const MOST: usize = 6;

/// What the fit may move, as natural logarithms.
#[derive(Clone, Copy)]
struct Model {
    kind: Kind,
    p: [f64; 4],
    /// Zero and pole of a section of first order beside it.
    help: Option<[f64; 2]>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// `[gn, kn, gd, kd]`, power at 0 Hz given: bells, shelves, low-pass.
    Full { dc: f64 },
    /// `[gd, kd, C]`: two zeros at 0 Hz.
    HighPass,
    /// `[gd, kd]`: zeros on the axis at this `g`.
    Notch { g: f64 },
    /// `[z, p]`.
    LowPass1,
    /// `[p, C]`.
    HighPass1,
}

/// `(g^2 - x)^2 + k^2 g^2 x`, as squares.
#[derive(Clone, Copy)]
struct Quadratic {
    g2: f64,
    damp: f64,
}

impl Quadratic {
    fn new(lg: f64, lk: f64) -> Self {
        let g2 = (2.0 * lg).exp();
        Quadratic { g2, damp: (2.0 * lk).exp() * g2 }
    }

    fn at(&self, x: f64) -> f64 {
        let d = self.g2 - x;
        d * d + self.damp * x
    }

    /// Slopes of its logarithm by `ln g` and `ln k`.
    fn slopes(&self, x: f64) -> [f64; 2] {
        let (q, damp) = (self.at(x), self.damp * x);
        [(4.0 * self.g2 * (self.g2 - x) + 2.0 * damp) / q, 2.0 * damp / q]
    }
}

/// Slope of the logarithm of `x + z^2` by `ln z`.
fn slope(z2: f64, x: f64) -> f64 {
    2.0 * z2 / (x + z2)
}

/// A model with all that is the same at every frequency worked out: a fit asks about forty of them, many times.
struct Ready {
    form: Form,
    /// What is added to the logarithm.
    level: f64,
    help: Option<[f64; 2]>,
    own: usize,
}

enum Form {
    Full { up: Quadratic, down: Quadratic },
    HighPass { down: Quadratic },
    Notch { g2: f64, down: Quadratic },
    LowPass1 { z2: f64, p2: f64 },
    HighPass1 { p2: f64 },
}

impl Ready {
    /// Logarithm of the squared magnitude at `x`, the squared tangent of half the angle.
    fn at(&self, x: f64) -> f64 {
        let ratio = match &self.form {
            Form::Full { up, down } => up.at(x) / down.at(x),
            Form::HighPass { down } => x * x / down.at(x),
            Form::Notch { g2, down } => (g2 - x).powi(2).max(1e-300) / down.at(x),
            Form::LowPass1 { z2, p2 } => (x + z2) / (x + p2),
            Form::HighPass1 { p2 } => x / (x + p2),
        };
        let help = self.help.map_or(1.0, |[z2, p2]| (x + z2) / (x + p2));
        self.level + (ratio * help).ln()
    }

    /// Its slopes by what the fit may move.
    fn slopes(&self, x: f64) -> [f64; MOST] {
        let mut slopes = [0.0; MOST];
        let own: [f64; 4] = match &self.form {
            Form::Full { up, down } => {
                let ([ng, nk], [dg, dk]) = (up.slopes(x), down.slopes(x));
                [ng - 4.0, nk, 4.0 - dg, -dk]
            }
            Form::HighPass { down } => {
                let [dg, dk] = down.slopes(x);
                [-dg, -dk, 1.0, 0.0]
            }
            Form::Notch { down, .. } => {
                let [dg, dk] = down.slopes(x);
                [4.0 - dg, -dk, 0.0, 0.0]
            }
            Form::LowPass1 { z2, p2 } => [slope(*z2, x) - 2.0, 2.0 - slope(*p2, x), 0.0, 0.0],
            Form::HighPass1 { p2 } => [-slope(*p2, x), 1.0, 0.0, 0.0],
        };
        slopes[..4].copy_from_slice(&own);
        if let Some([z2, p2]) = self.help {
            slopes[self.own] = slope(z2, x) - 2.0;
            slopes[self.own + 1] = 2.0 - slope(p2, x);
        }
        slopes
    }
}

impl Model {
    /// How many the kind itself has.
    fn own(&self) -> usize {
        match self.kind {
            Kind::Full { .. } => 4,
            Kind::HighPass => 3,
            Kind::Notch { .. } | Kind::LowPass1 | Kind::HighPass1 => 2,
        }
    }

    fn size(&self) -> usize {
        self.own() + self.help.map_or(0, |help| help.len())
    }

    fn ready(&self) -> Ready {
        let [a, b, c, d] = self.p;
        let square = |ln: f64| (2.0 * ln).exp();
        let (form, level) = match self.kind {
            Kind::Full { dc } => {
                let form = Form::Full { up: Quadratic::new(a, b), down: Quadratic::new(c, d) };
                (form, dc.ln() - 4.0 * a + 4.0 * c)
            }
            Kind::HighPass => (Form::HighPass { down: Quadratic::new(a, b) }, c),
            Kind::Notch { g } => {
                (Form::Notch { g2: g * g, down: Quadratic::new(a, b) }, 4.0 * a - 4.0 * g.ln())
            }
            Kind::LowPass1 => (Form::LowPass1 { z2: square(a), p2: square(b) }, 2.0 * b - 2.0 * a),
            Kind::HighPass1 => (Form::HighPass1 { p2: square(a) }, b),
        };
        let of_help = self.help.map_or(0.0, |[z, p]| 2.0 * p - 2.0 * z);
        Ready { form, level: level + of_help, help: self.help.map(|help| help.map(square)), own: self.own() }
    }

    /// A step of the fit.
    fn step(&mut self, by: &[f64; MOST]) {
        let (own, help) = by.split_at(self.own());
        let moved = self.p.iter_mut().zip(own).chain(self.help.iter_mut().flatten().zip(help));
        moved.for_each(|(p, by)| *p += by.clamp(-1.0, 1.0));
    }

    /// The section of first order beside it.
    fn helper(&self) -> Option<Section> {
        self.help.map(|[z, p]| first_order(z.exp(), p.exp()))
    }

    fn section(&self) -> Section {
        let e = self.p.map(f64::exp);
        match self.kind {
            Kind::Full { dc } => {
                let [gn, kn, g, k] = e;
                let high = dc.sqrt() * (g / gn).powi(2);
                Section { g, k, high, band: high * kn * gn / g, low: dc.sqrt() }
            }
            Kind::HighPass => Section { g: e[0], k: e[1], high: e[2].sqrt(), band: 0.0, low: 0.0 },
            Kind::Notch { g } => Section { g: e[0], k: e[1], high: (e[0] / g).powi(2), band: 0.0, low: 1.0 },
            // A first-order section carries a pole and a zero at s = -1 that cancel.
            Kind::LowPass1 => first_order(e[0], e[1]),
            Kind::HighPass1 => {
                let (p, gain) = (e[0], e[1].sqrt());
                let g = p.sqrt();
                Section { g, k: (p + 1.0) / g, high: gain, band: gain / g, low: 0.0 }
            }
        }
    }
}

/// A zero and a pole, unity at 0 Hz.
fn first_order(z: f64, p: f64) -> Section {
    let (g, gain) = (p.sqrt(), p / z);
    Section { g, k: (p + 1.0) / g, high: gain, band: gain * (z + 1.0) / g, low: 1.0 }
}

/// Where a fit begins: the bilinear section, its corner not above a share of the rate.
fn start(prototype: &Prototype, rate: f64, highest: f64) -> Model {
    let t = (PI * (prototype.hz / rate).min(highest)).tan();
    let (up, down) = prototype.polynomials();
    // a s^2 + b s + c, warped: g = t sqrt(c/a), k = b / sqrt(a c).
    let g = |p: [f64; 3]| (t * (p[2] / p[0]).sqrt()).ln();
    let k = |p: [f64; 3]| (p[1] / (p[0] * p[2]).sqrt()).ln();
    let (kind, p) = match prototype.shape {
        Shape::Bell { .. } | Shape::LowShelf { .. } | Shape::HighShelf { .. } => {
            let dc = (up[2] / down[2]).powi(2);
            (Kind::Full { dc }, [g(up), k(up), g(down), k(down)])
        }
        Shape::LowPass { .. } => (Kind::Full { dc: 1.0 }, [(2.0 * t.max(1.5)).ln(), 0.7, g(down), k(down)]),
        Shape::HighPass { .. } => (Kind::HighPass, [g(down), k(down), 0.0, 0.0]),
        Shape::Notch { .. } => {
            let g0 = (PI * (prototype.hz / rate).min(0.499)).tan();
            (Kind::Notch { g: g0 }, [g(down), k(down), 0.0, 0.0])
        }
        Shape::LowPass1 => (Kind::LowPass1, [(3.0 * t.max(1.0)).ln(), t.ln(), 0.0, 0.0]),
        Shape::HighPass1 => (Kind::HighPass1, [t.ln(), 0.0, 0.0, 0.0]),
    };
    Model { kind, p, help: None }
}

/// Where the fit looks: about the corner as wide as the resonance, and evenly up to the top. `row` sections bring down what
/// one does.
fn points(prototype: &Prototype, rate: f64, row: i32) -> ([Point; MOST_POINTS], usize) {
    let q = match prototype.shape {
        Shape::Bell { q, .. } | Shape::LowShelf { q, .. } | Shape::HighShelf { q, .. } => q,
        Shape::LowPass { q } | Shape::HighPass { q } | Shape::Notch { q } => q,
        Shape::LowPass1 | Shape::HighPass1 => 0.5,
    };
    let width = (0.5 / q).asinh();
    let top = TOP * 0.5 * rate;
    // A shelf's zeros and poles lie apart, either side of its corner.
    let apart = match prototype.shape {
        Shape::LowShelf { db, .. } | Shape::HighShelf { db, .. } => 10f64.powf(db / 80.0),
        _ => 1.0,
    };
    let around = [-6.0, -3.0, -1.7, -1.0, -0.5, 0.0, 0.5, 1.0, 1.7, 3.0, 6.0];
    let about = |hz: f64| around.map(|u: f64| hz * (u * width).exp());
    let second = about(prototype.hz / apart).into_iter().filter(|_| apart != 1.0);
    let even = (1..=18).map(|i| top * f64::from(i) / 18.0);
    let mut list = [(0.0, 0.0, 0.0); MOST_POINTS];
    let mut count = 0;
    for hz in about(prototype.hz * apart).into_iter().chain(second).chain(even) {
        if hz <= top && hz > 1e-4 * rate.min(prototype.hz) {
            let power = prototype.power(hz);
            let tan = (PI * hz / rate).tan();
            // What is 70 dB down is hardly heard.
            let heard = power.powi(row);
            list[count] = (tan * tan, power.max(1e-12).ln(), heard / (heard + 1e-7));
            count += 1;
        }
    }
    (list, count)
}

/// Solves `a x = b` for a small positive definite matrix. `None` when it is not.
fn solve(mut a: [[f64; MOST]; MOST], mut b: [f64; MOST], n: usize) -> Option<[f64; MOST]> {
    for i in 0..n {
        if a[i][i].is_nan() || a[i][i] <= 1e-300 {
            return None;
        }
        for j in i + 1..n {
            let f = a[j][i] / a[i][i];
            let row = a[i];
            for (x, y) in a[j].iter_mut().zip(row) {
                *x -= f * y;
            }
            b[j] -= f * b[i];
        }
    }
    let mut x = [0.0; MOST];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| a[i][j] * x[j]).sum();
        x[i] = (b[i] - known) / a[i][i];
    }
    Some(x)
}

/// A frequency to look at: the squared tangent of half its angle, the logarithm of the power wanted there, and
/// how much it counts.
type Point = (f64, f64, f64);

/// Sum of squares, and largest, of what is amiss.
fn judge(model: &Model, list: &[Point]) -> (f64, f64) {
    let model = model.ready();
    list.iter().fold((0.0, 0.0), |(sum, worst), &(x, want, weight)| {
        let r = weight * (model.at(x) - want);
        (sum + r * r, worst.max(r.abs()))
    })
}

/// Damped least squares.
fn fit(mut model: Model, list: &[Point], rounds: usize) -> Model {
    let (mut sum, mut worst) = judge(&model, list);
    let mut damping = 1e-3;
    for _ in 0..rounds {
        if worst < CLOSE {
            break;
        }
        let n = model.size();
        let (mut a, mut b) = ([[0.0; MOST]; MOST], [0.0; MOST]);
        let ready = model.ready();
        for &(x, want, weight) in list {
            let (value, slope) = (ready.at(x), ready.slopes(x));
            let w2 = weight * weight;
            for i in 0..n {
                b[i] -= w2 * slope[i] * (value - want);
                for j in 0..n {
                    a[i][j] += w2 * slope[i] * slope[j];
                }
            }
        }
        let mut better = false;
        for _ in 0..4 {
            let mut damped = a;
            for (i, row) in damped.iter_mut().enumerate() {
                row[i] += damping * row[i] + 1e-9;
            }
            let Some(by) = solve(damped, b, n) else { break };
            let mut next = model;
            next.step(&by);
            let (next_sum, next_worst) = judge(&next, list);
            if next_sum < sum {
                better = next_sum < 0.999 * sum;
                (model, sum, worst) = (next, next_sum, next_worst);
                damping *= 0.1;
                break;
            }
            damping *= 10.0;
        }
        if !better {
            break;
        }
    }
    model
}

/// The digital section for a prototype at a sample rate (frames a second).
pub fn matched(prototype: &Prototype, rate: f64) -> Section {
    matched_in_a_row(prototype, rate, 1)
}

/// The same for one of so many sections of a steep pass: where all of them are far down, no care is taken, and so all the
/// more where they are not.
pub fn matched_in_a_row(prototype: &Prototype, rate: f64, sections: usize) -> Section {
    let (list, count) = points(prototype, rate, sections as i32);
    let list = &list[..count];
    one(prototype, rate, list).section()
}

/// The same as near as two sections come, for bells and shelves that one does not bring within 0.05 dB. Else the second
/// lets everything pass.
pub fn matched_closely(prototype: &Prototype, rate: f64) -> [Section; 2] {
    let (list, count) = points(prototype, rate, 1);
    let list = &list[..count];
    let one = one(prototype, rate, list);
    let alone = [one.section(), Section::IDENTITY];
    let worst = judge(&one, list).1;
    let bends =
        matches!(prototype.shape, Shape::Bell { .. } | Shape::LowShelf { .. } | Shape::HighShelf { .. });
    if worst < GOOD || !bends {
        return alone;
    }
    // Zero and pole begin near each other, far up, either way round.
    let two = [1.05f64, 0.95].map(|apart| {
        let help = Some([5.0f64.ln(), (5.0 * apart).ln()]);
        fit(Model { help, ..one }, list, ROUNDS_OF_TWO)
    });
    let off = two.map(|model| judge(&model, list).1);
    let best = if off[0] < off[1] { (off[0], two[0]) } else { (off[1], two[1]) };
    match best.1.helper().filter(|_| best.0 < worst) {
        Some(helper) => [best.1.section(), helper],
        None => alone,
    }
}

/// The best single section.
fn one(prototype: &Prototype, rate: f64, list: &[Point]) -> Model {
    // Above the top a wide shape fits better from a lower start; a narrow one must not come down into the band.
    let starts = match prototype.shape {
        Shape::Bell { q, .. } if q > 6.0 => [0.499; 3],
        Shape::Bell { q, .. } if q > 3.0 => [0.44, 0.499, 0.47],
        _ => [0.44, 0.36, 0.3],
    };
    let mut best: Option<(f64, Model)> = None;
    for highest in starts {
        let model = fit(start(prototype, rate, highest), list, ROUNDS);
        let worst = judge(&model, list).1;
        if best.is_none_or(|best| worst < best.0) {
            best = Some((worst, model));
        }
        // Below the lowest all starts are the same.
        if worst < GOOD || prototype.hz < 0.3 * rate {
            break;
        }
    }
    level(best.map_or_else(|| start(prototype, rate, 0.44), |best| best.1), list)
}

/// Levels what is amiss in a fit that is not close: where the most is amiss counts more in the next fit (Lawson 1961).
fn level(mut best: Model, list: &[Point]) -> Model {
    let mut worst = judge(&best, list).1;
    let mut heavy = [(0.0, 0.0, 0.0); MOST_POINTS];
    let heavy = &mut heavy[..list.len()];
    heavy.copy_from_slice(list);
    let mut model = best;
    for _ in 0..LEVELLINGS {
        if worst < GOOD {
            break;
        }
        let own = judge(&model, list).1;
        let ready = model.ready();
        for (heavy, &(x, want, weight)) in heavy.iter_mut().zip(list) {
            heavy.2 *= 0.3 + weight * (ready.at(x) - want).abs() / own;
        }
        model = fit(model, heavy, ROUNDS);
        let next = judge(&model, list).1;
        if next < worst {
            (best, worst) = (model, next);
        }
    }
    best
}
