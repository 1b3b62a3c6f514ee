//! K-weighting: the filters and the formula of ITU-R BS.1770, at every rate.

use std::f64::consts::TAU;

use mixsmith_analysis::ears::loudness::{integrated, lufs};
use mixsmith_dsp::loudness::KWeighting;

use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{db, noise, sine};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 32,
        title: "BS.1770: 997 Hz at 0 dBFS in one channel against -3.01 LKFS, at every rate",
        unit: "LU",
        gate: 0.1,
        best: 0.01,
        only_told: false,
        measure: one_channel,
    },
    Row {
        number: 32,
        title: "BS.1770: the filter at 44.1 to 192 kHz against the table's at 48 kHz, 20 Hz to 20 kHz",
        unit: "dB",
        gate: 0.1,
        best: 0.01,
        only_told: false,
        measure: filter,
    },
    Row {
        number: 34,
        title: "Loudness of the same sound in blocks of 1 to 8192",
        unit: "LU",
        gate: 1e-6,
        best: 1e-9,
        only_told: false,
        measure: blocks,
    },
];

const RATES: [f64; 6] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0];

fn one_channel(_: Length) -> Result<Measured, Failed> {
    Ok(Measured::worst(RATES.map(|rate| {
        let frames = 4 * rate as usize;
        let (tone, mut weighting) = (sine(rate, 997.0, 0.0, frames), KWeighting::new(rate));
        let half = frames / 2;
        weighting.energy(&tone[..half], &vec![0.0; half]);
        let heard = weighting.energy(&tone[half..], &vec![0.0; half]).squares[0] / half as f64;
        ((lufs(heard) + 3.01).abs(), format!("{rate} Hz"))
    })))
}

/// The standard's shelf at 48 kHz (annex 1, table 1): numerator, and denominator without its leading one.
pub(crate) const SHELF: ([f64; 3], [f64; 2]) = (
    [1.535_124_859_586_97, -2.691_696_189_406_38, 1.198_392_810_852_85],
    [-1.690_659_293_182_41, 0.732_480_774_215_85],
);
/// The same of its high-pass (table 2).
pub(crate) const PASS: ([f64; 3], [f64; 2]) =
    ([1.0, -2.0, 1.0], [-1.990_047_454_833_98, 0.990_072_250_366_21]);

/// Squared size of the standard's filter at 48 kHz.
fn tabled(hz: f64) -> f64 {
    let size = |b: [f64; 3], a: [f64; 3]| {
        let turn = TAU * hz / 48_000.0;
        let square = |p: [f64; 3]| {
            let re = p[0] + p[1] * turn.cos() + p[2] * (2.0 * turn).cos();
            let im = p[1] * turn.sin() + p[2] * (2.0 * turn).sin();
            re * re + im * im
        };
        square(b) / square(a)
    };
    let of = |(b, a): ([f64; 3], [f64; 2])| size(b, [1.0, a[0], a[1]]);
    of(SHELF) * of(PASS)
}

fn filter(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for rate in RATES {
        for i in 0..31 {
            // Whole periods in a second.
            let hz = (20.0 * 1000f64.powf(f64::from(i) / 30.0)).round();
            let frames = 2 * rate as usize;
            let (tone, mut weighting) = (sine(rate, hz, 0.0, frames), KWeighting::new(rate));
            let half = frames / 2;
            weighting.energy(&tone[..half], &tone[..half]);
            let heard = weighting.energy(&tone[half..], &tone[half..]).squares[0];
            let came: f64 = tone[half..].iter().map(|x| f64::from(*x).powi(2)).sum();
            let off = (db((heard / came).sqrt()) - db(tabled(hz).sqrt())).abs();
            cases.push((off, format!("{hz:.0} Hz at {rate} Hz")));
        }
    }
    Ok(Measured::worst(cases))
}

fn blocks(length: Length) -> Result<Measured, Failed> {
    let frames = length.pick(4, 20) * 48_000;
    let (left, right) = (noise(1, frames, 0.3), noise(2, frames, 0.1));
    let of = |block: usize| {
        let mut weighting = KWeighting::new(48_000.0);
        let mut energies = vec![0.0; frames / 4800];
        for (energy, (l, r)) in energies.iter_mut().zip(left.chunks(4800).zip(right.chunks(4800))) {
            for (l, r) in l.chunks(block).zip(r.chunks(block)) {
                let part = weighting.energy(l, r);
                *energy += (part.squares[0] + part.squares[1]) / 4800.0;
            }
        }
        integrated(&energies).unwrap_or(f64::NAN)
    };
    let whole = of(4800);
    Ok(Measured::worst(
        [1, 16, 64, 127, 480, 512, 1024, 4096, 8192]
            .map(|block| ((of(block) - whole).abs(), format!("blocks of {block}"))),
    ))
}
