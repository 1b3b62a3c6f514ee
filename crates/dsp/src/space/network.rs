//! A feedback delay network: sixteen lines that feed each other through a Hadamard matrix.
//!
//! Jot and Chaigne, *Digital delay networks for designing artificial reverberators*, AES 1991: each line loses
//! in proportion to its length, so every mode decays at the same rate; a one-pole in each line makes the top
//! decay faster. The lines' lengths drift a little, which keeps modes from standing out.

use std::f64::consts::TAU;

use super::TappedDelay;
use crate::{Lane, math};

/// Lines in the network.
pub const LINES: usize = 16;
/// Where the decay is what its label says, in Hz.
const MIDDLE: f32 = 700.0;
/// Where the decay of the top is what its label says, in Hz.
const HIGH: f32 = 6000.0;
/// No line's gain is less where it is divided by.
const LEAST: f32 = 1e-12;
/// Added and taken away again, it drowns what would become denormal.
pub(super) const FLOOR: f32 = 1e-15;

#[derive(Clone, Debug)]
struct Line<L> {
    ring: TappedDelay<L>,
    length: f64,
    /// Sine and cosine of the drift's phase, and of what it turns by in a block.
    phase: (f64, f64),
    turn: (f64, f64),
    /// The delay at the end of the block.
    reach: f64,
    /// What the block is read with.
    drift: Drift,
    /// At the end of the last piece, and of the next.
    gain: (L, L),
    pole: L,
    /// What came out last.
    last: L,
}

/// Reads between frames by a cubic through four (Lagrange), moving from one lateness to another over a block.
#[derive(Clone, Copy, Debug, Default)]
struct Drift {
    /// Whole frames of the delay at the start of the block.
    whole: usize,
    /// Weights of the four frames, and what they gain each frame.
    weights: [f32; 4],
    step: [f32; 4],
}

/// The network.
#[derive(Clone, Debug)]
pub struct Network<L> {
    rate: f32,
    /// Frames over which the drift is a line, and how many of them have run.
    block: usize,
    at: usize,
    depth: f64,
    lines: Vec<Line<L>>,
    /// What comes out of the lines, one block each.
    out: Vec<L>,
    read: Vec<L>,
    fresh: [Vec<L>; 2],
    /// Level of the input that makes steady noise come out as loud as it went in.
    level: (L, L),
}

fn next_prime(mut n: usize) -> usize {
    while n < 2 || (2..).take_while(|d| d * d <= n).any(|d| n.is_multiple_of(d)) {
        n += 1;
    }
    n
}

impl<L: Lane> Network<L> {
    /// Lines from `shortest` to `longest` ms; their lengths drift by `depth` ms, in a line over each `block` of frames.
    pub fn new(shortest: f64, longest: f64, depth: f64, rate: f32, block: usize) -> Self {
        let frames = f64::from(rate) * 0.001;
        let depth = depth * frames;
        let lines = (0..LINES)
            .map(|i| {
                // Even in ratio, each a prime, so that echoes meet late.
                let ms = shortest * (longest / shortest).powf(i as f64 / (LINES - 1) as f64);
                let least = block + 4 + depth.ceil() as usize;
                let length = next_prime(((ms * frames) as usize).max(least)) as f64;
                Line {
                    ring: TappedDelay::new((length + depth) as usize + 4, block),
                    length,
                    // The golden angle spreads the phases; the speeds are 0.35 to 0.9 Hz.
                    phase: (i as f64 * 2.399_963).sin_cos(),
                    turn: (TAU * (0.35 + 0.55 * ((i * 7) % LINES) as f64 / LINES as f64) * block as f64
                        / f64::from(rate))
                    .sin_cos(),
                    reach: length,
                    drift: Drift::default(),
                    gain: (L::zero(), L::zero()),
                    pole: L::zero(),
                    last: L::zero(),
                }
            })
            .collect();
        Network {
            rate,
            block,
            at: 0,
            depth,
            lines,
            out: vec![L::zero(); LINES * block],
            read: vec![L::zero(); block + 3],
            fresh: [vec![L::zero(); block], vec![L::zero(); block]],
            level: (L::zero(), L::zero()),
        }
    }

    /// Sets the time to fall by 60 dB in seconds, and the share of it (0 to 1) that the top takes.
    /// It is reached by the end of the next piece, or at once.
    pub fn set_decay(&mut self, seconds: L, high_share: L, jump: bool) {
        let one = L::splat(1.0);
        let cos = |hz: f32| L::splat((TAU as f32 * hz / self.rate).cos());
        let (middle, high) = (cos(MIDDLE), cos(HIGH.min(0.35 * self.rate)));
        let mut kept = L::zero();
        for line in &mut self.lines {
            let db = L::splat(-60.0 * line.length as f32 / self.rate) / seconds;
            // The top's further loss, squared, which a one-pole must have at HIGH:
            // (1-p)^2 = a (1 - 2 p cos + p^2).
            let a = math::amplitude((db / high_share - db) * L::splat(2.0)).min(L::splat(0.999_9));
            let (b, c) = (one - a * high, one - a);
            let p = (b - (b * b - c * c).max(L::zero()).sqrt()) / c;
            let rest = (one - p) * (one - p) / (one - L::splat(2.0) * p * middle + p * p);
            line.pole = p;
            // What the pole takes at MIDDLE is given back, as long as the bottom lasts at most a quarter longer.
            line.gain.1 = (math::amplitude(db) / rest.sqrt()).min(math::amplitude(db * L::splat(0.8)));
            kept += line.gain.1 * line.gain.1;
        }
        let kept = kept * L::splat(1.0 / LINES as f32);
        self.level.1 = ((one - kept).max(L::zero()) / kept.max(L::splat(1e-3))).sqrt();
        if jump {
            self.level.0 = self.level.1;
            for line in &mut self.lines {
                line.gain.0 = line.gain.1;
            }
        }
    }

    /// A piece of any length: takes both channels in and gives the room's answer in place. How a sound is cut into
    /// pieces does not change a bit while the decay stands still.
    #[inline(always)]
    pub fn run(&mut self, left: &mut [L], right: &mut [L]) {
        let (mut left, mut right) = (left, right);
        while !left.is_empty() {
            let frames = left.len().min(self.block - self.at);
            let (left_now, left_later) = left.split_at_mut(frames);
            let (right_now, right_later) = right.split_at_mut(frames);
            self.piece(left_now, right_now);
            (left, right) = (left_later, right_later);
        }
    }

    /// A piece that does not reach over the end of a block.
    #[inline(always)]
    fn piece(&mut self, left: &mut [L], right: &mut [L]) {
        let block = left.len();
        let share = L::splat(1.0 / block as f32);
        let (all, read) = (&mut self.out[..LINES * block], &mut self.read[..block + 3]);
        for (line, out) in self.lines.iter_mut().zip(all.chunks_exact_mut(block)) {
            if self.at == 0 {
                let ((sin, cos), (by_sin, by_cos)) = (line.phase, line.turn);
                line.phase = (sin * by_cos + cos * by_sin, cos * by_cos - sin * by_sin);
                let from = line.reach;
                line.reach = line.length + self.depth * line.phase.0;
                line.drift = Drift::new(from, line.reach, self.block);
            }
            // Four frames about the place; the first is two frames later than `whole`.
            line.ring.read(line.drift.whole + 2, read);
            line.drift.between(read, out, self.at);
        }
        self.at = (self.at + block) % self.block;
        // Four lines at a time, so that four recursions run side by side.
        for (lines, out) in self.lines.chunks_exact_mut(4).zip(all.chunks_exact_mut(4 * block)) {
            damp(lines, out, block);
        }

        // Left goes into the even lines and comes out of them, right into and out of the odd ones.
        let (from, to) = (self.level.0 * L::splat(0.5), self.level.1 * L::splat(0.5));
        let (step, half) = ((to - from) * share, L::splat(std::f32::consts::FRAC_1_SQRT_2));
        self.level.0 = self.level.1;
        for (channel, fresh) in [&mut *left, &mut *right].into_iter().zip(&mut self.fresh) {
            if from == to {
                // Nothing waits for the frame before.
                for (f, x) in fresh.iter_mut().zip(channel.iter_mut()) {
                    (*f, *x) = (*x * to, L::zero());
                }
                continue;
            }
            let mut input = from;
            for (f, x) in fresh.iter_mut().zip(channel.iter_mut()) {
                input += step;
                (*f, *x) = (*x * input, L::zero());
            }
        }
        for (j, line) in all.chunks_exact(block).enumerate() {
            let channel = if j % 2 == 0 { &mut *left } else { &mut *right };
            let sign = if j % 8 < 4 { half } else { -half };
            for (sum, &x) in channel.iter_mut().zip(line) {
                *sum = sign.mul_add(x, *sum);
            }
        }

        hadamard(all, 1, block);
        hadamard(all, 4, block);
        let (quarter, floor) = (L::splat(1.0 / (LINES as f32).sqrt()), L::splat(FLOOR));
        for (j, (line, out)) in self.lines.iter_mut().zip(all.chunks_exact_mut(block)).enumerate() {
            let sign = if j % 4 < 2 { L::splat(1.0) } else { L::splat(-1.0) };
            for (x, &fresh) in out.iter_mut().zip(&self.fresh[j % 2]) {
                *x = quarter.mul_add(*x, sign.mul_add(fresh, floor)) - floor;
            }
            line.ring.write(out);
        }
    }
}

/// Two of the four steps of the transform (Fino and Algazi 1976), over lines that lie `stride` and twice as far apart.
#[inline(always)]
fn hadamard<L: Lane>(lines: &mut [L], stride: usize, block: usize) {
    for four in lines.chunks_exact_mut(4 * stride * block) {
        let (a, rest) = four.split_at_mut(stride * block);
        let (b, rest) = rest.split_at_mut(stride * block);
        let (c, d) = rest.split_at_mut(stride * block);
        for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
            let (sum, other) = (*a + *b, *c + *d);
            let (rest, last) = (*a - *b, *c - *d);
            (*a, *b, *c, *d) = (sum + other, rest + last, sum - other, rest - last);
        }
    }
}

/// Takes from four lines what they lose on one way through.
#[inline(always)]
fn damp<L: Lane>(lines: &mut [Line<L>], out: &mut [L], block: usize) {
    let one = L::splat(1.0);
    let (a, rest) = out.split_at_mut(block);
    let (b, rest) = rest.split_at_mut(block);
    let (c, d) = rest.split_at_mut(block);
    let frames = a.iter_mut().zip(b).zip(c).zip(d);
    let each = |f: fn(&Line<L>) -> L| -> [L; 4] { std::array::from_fn(|k| f(&lines[k])) };
    let (pole, mut last) = (each(|l| l.pole), each(|l| l.last));
    let (mut gain, to) = (each(|l| l.gain.0), each(|l| l.gain.1));
    if gain == to {
        // What comes in takes the gain, and what stays has had it.
        let fresh: [L; 4] = std::array::from_fn(|k| (one - pole[k]) * gain[k]);
        for (((a, b), c), d) in frames {
            for (k, x) in [a, b, c, d].into_iter().enumerate() {
                last[k] = pole[k].mul_add(last[k], fresh[k] * *x);
                *x = last[k];
            }
        }
    } else {
        let share = L::splat(1.0 / block as f32);
        let step: [L; 4] = std::array::from_fn(|k| (to[k] - gain[k]) * share);
        let fresh = pole.map(|p| one - p);
        let mut low: [L; 4] = std::array::from_fn(|k| last[k] / gain[k].max(L::splat(LEAST)));
        for (((a, b), c), d) in frames {
            for (k, x) in [a, b, c, d].into_iter().enumerate() {
                gain[k] += step[k];
                low[k] = pole[k].mul_add(low[k], fresh[k] * *x);
                *x = low[k] * gain[k];
            }
        }
        last = std::array::from_fn(|k| low[k] * to[k]);
    }
    for (k, line) in lines.iter_mut().enumerate() {
        (line.last, line.gain.0) = (last[k], to[k]);
    }
}

impl Drift {
    /// From one delay to another in a block of `block` frames.
    #[inline(always)]
    fn new(from: f64, to: f64, block: usize) -> Self {
        // `floor` is a library call on plain x86-64.
        let whole = from as usize as f64;
        // The place is `late` frames behind the third of the four.
        let weights = |late: f32| {
            let u = 1.0 - late;
            [
                -u * (u - 1.0) * (u - 2.0) / 6.0,
                (u + 1.0) * (u - 1.0) * (u - 2.0) / 2.0,
                -(u + 1.0) * u * (u - 2.0) / 2.0,
                (u + 1.0) * u * (u - 1.0) / 6.0,
            ]
        };
        let (start, end) = (weights((from - whole) as f32), weights((to - whole) as f32));
        let share = 1.0 / block as f32;
        let step = std::array::from_fn(|k| (end[k] - start[k]) * share);
        Drift { whole: whole as usize, weights: start, step }
    }

    /// Reads a piece that begins `at` frames into the block.
    #[inline(always)]
    fn between<L: Lane>(&self, frames: &[L], out: &mut [L], at: usize) {
        let (w, step, n) = (self.weights, self.step, out.len());
        let (a, b, c, d) = (&frames[..n], &frames[1..n + 1], &frames[2..n + 2], &frames[3..n + 3]);
        for i in 0..n {
            // By way of i32, whose conversion the processor has for several numbers at once.
            let at = (at + i + 1) as i32 as f32;
            let weight = |k: usize| L::splat(step[k].mul_add(at, w[k]));
            let outer = a[i].mul_add(weight(0), d[i] * weight(3));
            out[i] = b[i].mul_add(weight(1), c[i].mul_add(weight(2), outer));
        }
    }
}
