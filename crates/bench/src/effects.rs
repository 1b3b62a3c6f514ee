//! The table of the effects: what each costs alone, and a strip of eight side by side.

use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;

use mixsmith_dsp::{Lane, X8, denormals};
use mixsmith_effects::all::{ALL, WIDE};
use mixsmith_processor::{Change, Io, Kind, Param, QUANTUM, Ramp, Setup, Unit};

use crate::measure::{self, median};
use crate::mixes::Wish;
use crate::workload::RATE;

/// Times every effect of the shelf. Nothing here has a peer: the table is for those who change an effect, and tells a song's
/// engineer what a processor costs.
pub fn table(wish: &Wish) -> Result<String, Box<dyn Error>> {
    let mut text = format!(
        "\n## Effects, {} s of stereo noise at {RATE} Hz, medians of {} rounds\n\nEach by itself, its knobs at three fifths of \
         their way and its bands on. Nanoseconds of the processor for a stereo frame: of one strip alone, and of one of eight \
         strips in the lanes of one processor.\n\n| effect | alone, ns | of eight, ns | alone, times real time |\n|---|---|---|---|\n",
        wish.seconds, wish.rounds
    );
    for (alone, eight) in ALL.iter().zip(WIDE) {
        let (mut ones, mut eights) = (Vec::new(), Vec::new());
        for _ in 0..wish.rounds {
            ones.push(cost(alone, wish.seconds)?);
            eights.push(cost(eight, wish.seconds)? / X8::WIDTH as f64);
        }
        let (one, of_eight) = (median(ones), median(eights));
        let times = 1e9 / (one * RATE as f64);
        writeln!(text, "| {} | {one:.1} | {of_eight:.1} | {times:.0} |", alone.id)?;
    }
    Ok(text)
}

/// Nanoseconds for a frame of all lanes.
fn cost<L: Lane>(kind: &Kind<L>, seconds: usize) -> Result<f64, Box<dyn Error>> {
    let values: Vec<f32> = kind.params.iter().map(turned).collect();
    let setup = Setup { rate: RATE as f32, tempo: 120.0, channels: 2, impulse: None };
    let mut processor = (kind.build)(&setup, &values);
    let ramps: Vec<Ramp<L>> = values.into_iter().map(|value| Ramp::still(L::splat(value))).collect();
    processor.set(&ramps);
    let noise = noise::<L>();
    let pieces = seconds * RATE as usize / QUANTUM;
    let mut piece = [[L::zero(); QUANTUM]; 2];
    let spent = measure::own(&mut || {
        denormals::flushed(|| {
            for number in 0..pieces {
                let [left, right] = &mut piece;
                left.copy_from_slice(&noise[number * QUANTUM % (noise.len() - QUANTUM)..][..QUANTUM]);
                right.copy_from_slice(&noise[number * 3 * QUANTUM % (noise.len() - QUANTUM)..][..QUANTUM]);
                processor.run(Io { left, right: Some(right), key: None });
                black_box(&piece);
            }
        });
    })?;
    Ok(spent * 1e9 / (pieces * QUANTUM) as f64)
}

/// Three fifths of the way; what is off to begin with is on, other choices are as they come.
fn turned(param: &Param) -> f32 {
    match param.unit {
        Unit::Choice(["off", ..]) => 1.0,
        Unit::Choice(_) => param.default,
        _ if param.change == Change::Rebuild => param.default,
        _ => param.value(0.6),
    }
}

/// A few hundred quanta of noise, other in each lane.
fn noise<L: Lane>() -> Vec<L> {
    let mut seed = 1u32;
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        0.5 * ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0)
    };
    let mut frame = |_| {
        let mut frame = L::zero();
        (0..L::WIDTH).for_each(|lane| frame.set(lane, next()));
        frame
    };
    (0..(300 * QUANTUM)).map(&mut frame).collect()
}
