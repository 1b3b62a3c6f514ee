//! A hash of what every effect makes of one sound, alone and in lanes: run on two machines and compared line by line, it says
//! whether they give the same bits.
//!
//! `cargo run -p mixsmith-effects --example bits`, and for a 64-bit ARM on another machine
//! `CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu" cargo run -p mixsmith-effects
//! --example bits --target aarch64-unknown-linux-gnu`.

use mixsmith_dsp::{Lane, X8, denormals};
use mixsmith_effects::all::{ALL, WIDE};
use mixsmith_processor::{Change, Io, Key, Kind, QUANTUM, Ramp, Setup, Unit};

/// Half a second.
const FRAMES: usize = 375 * QUANTUM;

/// FNV-1a of 64 bits.
struct Hash(u64);

impl Hash {
    fn add(&mut self, x: f32) {
        for byte in x.to_bits().to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

/// Noise in bursts, other on each lane, made without any function of the machine's library.
fn sound<L: Lane>(mut seed: u32) -> Vec<L> {
    let one = |frame: usize| {
        let mut all = L::zero();
        for lane in 0..L::WIDTH {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let level = if (frame / 3000).is_multiple_of(2) { 0.7 } else { 0.02 };
            all.set(lane, level * ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0));
        }
        all
    };
    (0..FRAMES).map(one).collect()
}

/// The hash with all knobs at their defaults, and with all moving from a quarter to three quarters of their way.
fn hash<L: Lane>(kind: &Kind<L>) -> u64 {
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    let setup = Setup { rate: 48_000.0, tempo: 120.0, channels: 2, impulse: None };
    for moving in [false, true] {
        let knobs: Vec<(f32, f32)> = kind
            .params
            .iter()
            .map(|param| match (moving, param.unit, param.change) {
                (false, ..) | (_, Unit::Choice(_), _) | (.., Change::Rebuild) => {
                    (param.default, param.default)
                }
                (true, ..) => (param.value(0.25), param.value(0.75)),
            })
            .collect();
        let start: Vec<f32> = knobs.iter().map(|knob| knob.0).collect();
        let mut processor = (kind.build)(&setup, &start);
        let (mut left, mut right, key) = (sound::<L>(1), sound::<L>(2), sound::<L>(3));
        let pieces = left.chunks_mut(QUANTUM).zip(right.chunks_mut(QUANTUM)).zip(key.chunks(QUANTUM));
        for (number, ((left, right), key)) in pieces.enumerate() {
            let along = |(from, to): &(f32, f32)| {
                let at = |quantum: usize| {
                    L::splat(from + (to - from) * (quantum * QUANTUM) as f32 / FRAMES as f32)
                };
                Ramp { from: at(number), to: at(number + 1) }
            };
            let ramps: Vec<Ramp<L>> = knobs.iter().map(along).collect();
            let key = kind.ports.key.then_some(Key { left: key, right: None });
            processor.set(&ramps);
            denormals::flushed(|| processor.run(Io { left, right: Some(right), key }));
        }
        for x in left.iter().chain(&right) {
            (0..L::WIDTH).for_each(|lane| hash.add(x.get(lane)));
        }
    }
    hash.0
}

fn main() {
    for (one, wide) in ALL.iter().zip(WIDE) {
        println!("{:26} {:016x} {:016x}", one.id, hash::<f32>(one), hash::<X8>(wide));
    }
}
