//! How many times faster than real time each effect runs on one core: `cargo run --release --example speed`.
#![allow(clippy::disallowed_methods, reason = "measures speed")]

use std::time::Instant;

use mixsmith_dsp::Lane;
use mixsmith_effects::all;
use mixsmith_processor::{Io, Kind, QUANTUM, Ramp, Setup};

const RATE: f32 = 44_100.0;

fn run<L: Lane>(kind: &Kind<L>, values: &[f32]) -> f64 {
    let setup = Setup { rate: RATE, tempo: 120.0, channels: 2, impulse: None };
    let mut processor = (kind.build)(&setup, values);
    let ramps: Vec<_> = values.iter().map(|&v| Ramp::still(L::splat(v))).collect();
    let mut seed = 1u32;
    let noise: Vec<L> = (0..QUANTUM * 64)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            L::splat((seed >> 8) as f32 / (1 << 24) as f32 - 0.5)
        })
        .collect();
    let quanta = 30_000 / L::WIDTH.min(4);
    let start = Instant::now();
    let mut sum = 0.0;
    for i in 0..quanta {
        let at = (i % 64) * QUANTUM;
        let (mut left, mut right) = ([L::zero(); QUANTUM], [L::zero(); QUANTUM]);
        left.copy_from_slice(&noise[at..at + QUANTUM]);
        right.copy_from_slice(&noise[at..at + QUANTUM]);
        processor.process(&ramps, Io { left: &mut left, right: Some(&mut right), key: None });
        sum += left[5].get(0);
    }
    std::hint::black_box(sum);
    (quanta * QUANTUM * L::WIDTH) as f64 / f64::from(RATE) / start.elapsed().as_secs_f64()
}

fn main() {
    let only = std::env::args().nth(1);
    for (one, wide) in all::ALL.iter().zip(all::WIDE) {
        if only.as_ref().is_some_and(|id| id != one.id) {
            continue;
        }
        let mut values: Vec<f32> = one.params.iter().map(|p| p.default).collect();
        if one.id == "tone.equaliser" {
            // A high-pass, two bells and a shelf.
            for (id, value) in [
                ("type1", 4.0),
                ("type2", 1.0),
                ("gain2", 3.0),
                ("type3", 1.0),
                ("gain3", -3.0),
                ("type4", 3.0),
                ("gain4", 2.0),
            ] {
                values[one.param(id).expect("in the table").0] = value;
            }
        }
        if one.id == "tone.dynamic-equaliser" {
            for (id, value) in [("type1", 2.0), ("type2", 1.0), ("type3", 1.0), ("type4", 3.0)] {
                values[one.param(id).expect("in the table").0] = value;
            }
        }
        println!(
            "{:22} stereo: {:6.0} x alone, {:6.0} x in eight lanes",
            one.id,
            run(one, &values),
            run(wide, &values)
        );
    }
}
