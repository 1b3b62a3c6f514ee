//! What happens on the way into files and out of them: change of rate, dither, rounding.

use mixsmith_audio::{Audio, Dither, Quantiser, resample};

use crate::judge::{fit, spectrum};
use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{amplitude, db, rms, sine};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 25,
        title: "Resampler: ripple from 20 Hz to 20 kHz",
        unit: "dB",
        gate: 0.01,
        best: 0.003,
        only_told: false,
        measure: ripple,
    },
    Row {
        number: 25,
        title: "Resampler: largest alias or image of a full tone",
        unit: "dBFS",
        gate: -140.0,
        best: -190.0,
        only_told: false,
        measure: images,
    },
    Row {
        number: 25,
        title: "Resampler: THD+N of 997 Hz at -1 dBFS, out of and into 32-bit float",
        unit: "dB",
        gate: -140.0,
        best: -180.0,
        only_told: false,
        measure: resampled_tone,
    },
    Row {
        number: 26,
        title: "Dither: mean error, for sound anywhere between two steps",
        unit: "LSB",
        gate: 0.001,
        best: 0.001,
        only_told: false,
        measure: mean_error,
    },
    Row {
        number: 26,
        title: "Dither: power of the error against 1/4 LSB^2, for sound anywhere between two steps",
        unit: "%",
        gate: 1.0,
        best: 1.0,
        only_told: false,
        measure: error_power,
    },
    Row {
        number: 26,
        title: "Dither: 1 kHz at -100 dBFS in 16 bits, largest harmonic over the noise beside it",
        unit: "dB",
        gate: 6.0,
        best: 6.0,
        only_told: false,
        measure: harmonics,
    },
    Row {
        number: 26,
        title: "Dither: the spectrum's distance from white, in thirds of an octave",
        unit: "dB",
        gate: 0.5,
        best: 0.5,
        only_told: false,
        measure: white,
    },
    Row {
        number: 26,
        title: "Dither: correlation of left and right, and of each with itself a frame later",
        unit: "",
        gate: 0.01,
        best: 0.01,
        only_told: false,
        measure: correlation,
    },
    Row {
        number: 26,
        title: "24 bits to 24 bits, and the same sound twice: samples that differ",
        unit: "",
        gate: 0.0,
        best: 0.0,
        only_told: false,
        measure: unchanged,
    },
    Row {
        number: 27,
        title: "Rounding to 16 and 24 bits: values that wrap, or differ from their mirror image",
        unit: "",
        gate: 0.0,
        best: 0.0,
        only_told: false,
        measure: rounding,
    },
];

/// The pairs of the measurement: from and to.
const PAIRS: [(u32, u32); 4] = [(96_000, 44_100), (48_000, 44_100), (44_100, 48_000), (44_100, 192_000)];

/// The middle half of a tone at another rate.
fn changed(from: u32, to: u32, hz: f64, level: f64, seconds: usize) -> Vec<f32> {
    let tone = sine(from.into(), hz, level, seconds * from as usize);
    let made = resample(&Audio::mono(from, tone), to);
    let x = &made.channels[0];
    x[x.len() / 4..x.len() * 3 / 4].to_vec()
}

fn ripple(length: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for (from, to) in PAIRS {
        let count = length.pick(6, 31);
        for i in 0..count {
            let hz = 20.0 * 1000f64.powf(f64::from(i) / f64::from(count - 1));
            let x = changed(from, to, hz, -6.0, 1);
            let off = db(fit(&x, hz, to.into()).amplitude / amplitude(-6.0)).abs();
            cases.push((off, format!("{hz:.0} Hz, {from} to {to}")));
        }
    }
    Ok(Measured::worst(cases))
}

fn images(length: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for (from, to) in PAIRS {
        let (own, other) = (f64::from(from), f64::from(to));
        let count = length.pick(4, 24);
        if to < from {
            // Tones that have no place at the new rate: all that comes out is alias. The filter may fall until as far above
            // half the new rate as 20 kHz lies below it.
            let (low, high) = (other - 20_000.0, 0.5 * own - 500.0);
            if low < high {
                for i in 0..count {
                    let hz = low + (high - low) * f64::from(i) / f64::from(count - 1);
                    let x = changed(from, to, hz, 0.0, 1);
                    cases.push((db(rms(&x) * 2f64.sqrt()), format!("{hz:.0} Hz, {from} to {to}")));
                }
            }
        } else {
            // Images of what is heard, mirrored at half the old rate.
            for i in 0..count {
                let hz = 1000.0 + 19_000.0 * f64::from(i) / f64::from(count - 1);
                let x = changed(from, to, hz, 0.0, 1);
                let found = fit(&x, hz, other);
                let bins = spectrum(&found.rest);
                let bin = other / x.len() as f64;
                let above = bins.iter().enumerate().filter(|(k, _)| *k as f64 * bin > own - 20_000.0);
                let most = above.fold(0.0, |m: f64, (_, x)| m.max(*x));
                cases.push((db(most), format!("{hz:.0} Hz, {from} to {to}")));
            }
        }
    }
    Ok(Measured::worst(cases))
}

fn resampled_tone(_: Length) -> Result<Measured, Failed> {
    let cases = PAIRS.map(|(from, to)| {
        let x = changed(from, to, 997.0, -1.0, 2);
        (fit(&x, 997.0, to.into()).rest_db(), format!("{from} to {to}"))
    });
    Ok(Measured::worst(cases))
}

/// The error in LSB of a constant that lies `offset` LSB above a step, channel by channel.
fn errors(offset: f64, channel: usize, count: usize) -> Vec<f64> {
    let mut quantiser = Quantiser::new(16, Dither::Tpdf, channel);
    let x = ((100.0 + offset) / 32_768.0) as f32;
    (0..count).map(|_| f64::from(quantiser.quantise(x)) - f64::from(x) * 32_768.0).collect()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

const OFFSETS: i32 = 20;

fn offsets() -> impl Iterator<Item = f64> {
    (0..=OFFSETS).map(|step| f64::from(step) / f64::from(OFFSETS) - 0.5)
}

fn mean_error(length: Length) -> Result<Measured, Failed> {
    // The mean of n values of variance 1/4 scatters by 0.5 over the root of n; the largest of 21 by three times that.
    let count = length.pick(4_000_000, 16_000_000);
    Ok(Measured::worst(offsets().map(|offset| {
        let mut quantiser = Quantiser::new(16, Dither::Tpdf, 0);
        let x = ((100.0 + offset) / 32_768.0) as f32;
        let sum: i64 = (0..count).map(|_| i64::from(quantiser.quantise(x))).sum();
        (((sum as f64) / count as f64 - f64::from(x) * 32_768.0).abs(), format!("{offset:+.2} LSB"))
    })))
}

fn error_power(length: Length) -> Result<Measured, Failed> {
    let count = length.pick(1_000_000, 4_000_000);
    Ok(Measured::worst(offsets().map(|offset| {
        let power = mean(&errors(offset, 0, count).iter().map(|x| x * x).collect::<Vec<_>>());
        (100.0 * (power / 0.25 - 1.0).abs(), format!("{offset:+.2} LSB"))
    })))
}

/// Power spectrum, averaged over stretches of a second at 48 kHz: one bin a hertz.
fn average(x: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; 24_001];
    for part in x.chunks_exact(48_000) {
        sum.iter_mut().zip(spectrum(part)).for_each(|(sum, bin)| *sum += bin * bin);
    }
    sum
}

fn harmonics(length: Length) -> Result<Measured, Failed> {
    let seconds = length.pick(20, 120);
    let mut quantiser = Quantiser::new(16, Dither::Tpdf, 0);
    let tone = sine(48_000.0, 1000.0, -100.0, seconds * 48_000);
    let x: Vec<f64> = tone.iter().map(|x| f64::from(quantiser.quantise(*x))).collect();
    let bins = average(&x);
    Ok(Measured::worst((2..=20).map(|order| {
        let at = 1000 * order;
        let beside = mean(&[&bins[at - 200..at - 10], &bins[at + 10..at + 200]].concat());
        (10.0 * (bins[at] / beside).log10(), format!("harmonic {order}"))
    })))
}

fn white(length: Length) -> Result<Measured, Failed> {
    let bins = average(&errors(0.3, 0, 48_000 * length.pick(20, 120)));
    let whole = mean(&bins[20..20_000]);
    let thirds = (0..30).map(|i| 20.0 * 2f64.powf(f64::from(i) / 3.0)).filter(|low| *low >= 100.0);
    Ok(Measured::worst(thirds.map(|low| {
        let span = &bins[low as usize..((low * 2f64.cbrt()) as usize).min(24_000)];
        ((10.0 * (mean(span) / whole).log10()).abs(), format!("from {low:.0} Hz"))
    })))
}

fn correlation(length: Length) -> Result<Measured, Failed> {
    let count = length.pick(500_000, 2_000_000);
    let (a, b) = (errors(0.25, 0, count), errors(0.25, 1, count));
    let alike = |x: &[f64], y: &[f64]| {
        let product: f64 = x.iter().zip(y).map(|(x, y)| x * y).sum();
        (product / x.len().min(y.len()) as f64 / 0.25).abs()
    };
    let lags = (1..=20).map(|lag| (alike(&a[lag..], &a), format!("{lag} frames later")));
    Ok(Measured::worst(lags.chain([(alike(&a, &b), "left and right".to_owned())])))
}

fn unchanged(_: Length) -> Result<Measured, Failed> {
    let mut plain = Quantiser::new(24, Dither::None, 0);
    let steps = (-8_388_607i32..=8_388_607).step_by(1009);
    let moved = steps.filter(|&step| plain.quantise(step as f32 / 8_388_608.0) != step).count();
    let twice = errors(0.3, 5, 10_000).iter().zip(errors(0.3, 5, 10_000)).filter(|(a, b)| **a != *b).count();
    Ok(Measured::new((moved + twice) as f64, ""))
}

fn rounding(_: Length) -> Result<Measured, Failed> {
    let mut wrong = 0u32;
    for bits in [16u32, 24] {
        let top = (1i32 << (bits - 1)) - 1;
        for dither in [Dither::None, Dither::Tpdf] {
            let mut quantiser = Quantiser::new(bits, dither, 0);
            // Full scale and beyond never turns round.
            for x in [1.0f32, 1.0 - f32::EPSILON, 1.5, 1e30, f32::INFINITY] {
                wrong +=
                    u32::from(quantiser.quantise(x) < top - 2) + u32::from(quantiser.quantise(-x) > 2 - top);
            }
        }
        let mut quantiser = Quantiser::new(bits, Dither::None, 0);
        for step in 0..20_000 {
            let x = (f64::from(step) * 0.37 / f64::from(top)) as f32;
            let exact = f64::from(x) * f64::from(top + 1);
            let got = quantiser.quantise(x);
            wrong +=
                u32::from(got != -quantiser.quantise(-x)) + u32::from((f64::from(got) - exact).abs() > 0.5);
        }
    }
    Ok(Measured::new(f64::from(wrong), ""))
}
