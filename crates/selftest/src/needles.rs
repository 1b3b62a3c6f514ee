//! Needles against the tables of IEC 60268.

use mixsmith_dsp::meter::{Ballistics, Needle};

use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{amplitude, sine};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 35,
        title: "Peak programme meters: bursts of IEC 60268-10, share of the tolerance that is used",
        unit: "of 1",
        gate: 1.0,
        best: 0.5,
        only_told: false,
        measure: bursts,
    },
    Row {
        number: 35,
        title: "Peak programme meters: time to fall, share of the tolerance that is used",
        unit: "of 1",
        gate: 1.0,
        best: 0.5,
        only_told: false,
        measure: falls,
    },
    Row {
        number: 35,
        title: "Volume indicator (IEC 60268-17) and 600 ms average: rise and overshoot, share of the tolerance",
        unit: "of 1",
        gate: 1.0,
        best: 0.5,
        only_told: false,
        measure: rises,
    },
];

/// Seconds, dB below a steady tone, tolerance.
type Burst = (f64, f64, f64);

/// IEC 60268-10: bursts of 5 kHz on a meter of type I.
const TYPE_ONE: [Burst; 4] =
    [(0.010, -1.0, 0.5), (0.005, -2.0, 1.0), (0.003, -4.0, 1.0), (0.0004, -15.0, 4.0)];
/// The same on one of type II.
const TYPE_TWO: [Burst; 5] =
    [(0.1, 0.0, 0.5), (0.010, -2.3, 0.5), (0.005, -4.0, 0.5), (0.0015, -9.0, 1.0), (0.0005, -17.0, 2.0)];

fn tone(hz: f64, rate: f64, seconds: f64) -> Vec<f32> {
    sine(rate, hz, 0.0, (seconds * rate).round() as usize)
}

fn bursts(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for rate in [48_000.0, 96_000.0, 192_000.0] {
        for (ballistics, table) in [(Ballistics::PeakOne, &TYPE_ONE[..]), (Ballistics::PeakTwo, &TYPE_TWO)] {
            let mut steady = Needle::new(ballistics, rate);
            steady.run(&tone(5000.0, rate, 3.0));
            for &(seconds, wanted, tolerance) in table {
                let mut needle = Needle::new(ballistics, rate);
                needle.run(&tone(5000.0, rate, seconds));
                let off = (needle.most() - steady.reading() - wanted).abs();
                cases
                    .push((off / tolerance, format!("{ballistics:?}, {} ms at {rate} Hz", 1000.0 * seconds)));
            }
        }
    }
    Ok(Measured::worst(cases))
}

fn falls(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for (ballistics, wanted, db) in [
            (Ballistics::PeakOne, 1.7, 20.0),
            (Ballistics::PeakTwo, 2.8, 24.0),
            (Ballistics::DigitalPeak, 1.7, 20.0),
        ] {
            let mut needle = Needle::new(ballistics, rate);
            needle.run(&tone(1000.0, rate, 1.0));
            let from = needle.reading();
            let step = vec![0.0f32; (rate / 1000.0) as usize];
            let mut steps = 0;
            while needle.reading() > from - db && steps < 10_000 {
                needle.run(&step);
                steps += 1;
            }
            let took = f64::from(steps) * step.len() as f64 / rate;
            cases.push(((took - wanted).abs() / 0.3, format!("{ballistics:?} at {rate} Hz: {took:.3} s")));
        }
    }
    Ok(Measured::worst(cases))
}

fn rises(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for (ballistics, wanted) in [(Ballistics::Vu, 0.3), (Ballistics::Average, 0.6)] {
            let mut needle = Needle::new(ballistics, rate);
            let mut took = None;
            for (i, part) in tone(1000.0, rate, 3.0).chunks((rate / 1000.0) as usize).enumerate() {
                needle.run(part);
                if took.is_none() && amplitude(needle.reading()) >= 0.99 {
                    took = Some(0.001 * (i + 1) as f64);
                }
            }
            let took = took.ok_or_else(|| Failed(format!("{ballistics:?} never rises")))?;
            let name = format!("{ballistics:?} at {rate} Hz");
            cases.push(((took - wanted).abs() / (0.1 * wanted), format!("{name}: 99 % after {took:.3} s")));
            if ballistics == Ballistics::Vu {
                let beyond = 100.0 * (amplitude(needle.most()) - 1.0);
                cases.push(((beyond - 1.25).abs() / 0.25, format!("{name}: {beyond:.2} % beyond")));
            }
        }
    }
    Ok(Measured::worst(cases))
}
