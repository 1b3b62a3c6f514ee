//! How many times faster than real time each effect on the shelf runs, stereo at 48 kHz on one core.
//!
//! `cargo run --release -p mixsmith-effects --example speed [name]`

use std::time::Instant;

use mixsmith_effects::KINDS;
use mixsmith_processor::{Io, QUANTUM, Ramp, Setup};

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let rate = 48_000.0;
    let quanta = rate as usize / QUANTUM;
    for kind in KINDS.0.iter().filter(|kind| kind.id.contains(&wanted)) {
        let values: Vec<f32> = kind.params.iter().map(|p| p.default).collect();
        let ramps: Vec<Ramp<f32>> = values.iter().map(|&value| Ramp::still(value)).collect();
        let mut processor = (kind.build)(&Setup { rate, tempo: 120.0, channels: 2 }, &values);
        let sound: Vec<f32> = (0..QUANTUM * 16).map(|i| (i as f32 * 0.7).sin()).collect();
        let mut best = f64::INFINITY;
        // The best of many short runs: others may use the machine.
        for _ in 0..100 {
            let start = Instant::now();
            for q in 0..quanta {
                let at = q % 16 * QUANTUM;
                let (mut left, mut right) = ([0.0; QUANTUM], [0.0; QUANTUM]);
                left.copy_from_slice(&sound[at..at + QUANTUM]);
                right.copy_from_slice(&sound[at..at + QUANTUM]);
                processor.process(&ramps, Io { left: &mut left, right: Some(&mut right), key: None });
                std::hint::black_box((left, right));
            }
            best = best.min(start.elapsed().as_secs_f64());
        }
        println!(
            "{:24} {:6.0} x real time",
            kind.id,
            quanta as f64 * QUANTUM as f64 / f64::from(rate) / best
        );
    }
}
