//! The compressor's curve and times, and the limiter's transparency.

use crate::judge::{covers_63, fit};
use crate::rig::{Rig, Set, both, mono};
use crate::row::{Failed, Length, Measured, Row};
use crate::signal::{Stereo, db, rms, sine};

/// The rows of this file.
pub const ROWS: &[Row] = &[
    Row {
        number: 19,
        title: "Compressor's static curve at 61 levels against its formula",
        unit: "dB",
        gate: 0.2,
        best: 0.05,
        only_told: false,
        measure: static_curve,
    },
    Row {
        number: 20,
        title: "Compressor's attack and release (63 %) against their labels",
        unit: "%",
        gate: 10.0,
        best: 2.0,
        only_told: false,
        measure: times,
    },
    Row {
        number: 20,
        title: "Compressor: samples that differ when the sound falls otherwise into the quanta",
        unit: "",
        gate: 0.0,
        best: 0.0,
        only_told: false,
        measure: quanta_do_not_matter,
    },
    Row {
        number: 23,
        title: "Limiter 3 dB into a tone of 50 Hz: distortion",
        unit: "dB",
        gate: -60.0,
        best: -80.0,
        only_told: false,
        measure: limited_bass,
    },
];

const COMPRESSOR: &str = "dynamics.compressor";
const RATE: f64 = 48_000.0;

/// Giannoulis, Massberg and Reiss, JAES 60(6), 2012, equation 4.
fn formula(level: f64, threshold: f64, ratio: f64, knee: f64) -> f64 {
    let over = level - threshold;
    if 2.0 * over <= -knee {
        level
    } else if 2.0 * over.abs() < knee {
        level + (1.0 / ratio - 1.0) * (over + knee / 2.0).powi(2) / (2.0 * knee)
    } else {
        threshold + over / ratio
    }
}

fn static_curve(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for (threshold, ratio, knee, detector) in [
        (-18.0f32, 3.0f32, 6.0f32, 0.0f32),
        (-30.0, 20.0, 0.0, 0.0),
        (-12.0, 1.5, 24.0, 1.0),
        (-24.0, 4.0, 12.0, 1.0),
    ] {
        let sets: [Set; 6] = [
            ("threshold", threshold),
            ("ratio", ratio),
            ("knee", knee),
            ("detector", detector),
            ("attack", 20.0),
            ("release", 400.0),
        ];
        // The rms detector reads a sine 3.01 dB below its peak.
        let offset = if detector == 1.0 { db(2f64.sqrt()) } else { 0.0 };
        for step in 0..61 {
            let level = f64::from(step) - 60.0;
            let out = mono(COMPRESSOR, &sets, RATE, &sine(RATE, 997.0, level, 48_000))?;
            let got = db(rms(&out[24_000..]) * 2f64.sqrt());
            let wanted = formula(level - offset, threshold.into(), ratio.into(), knee.into()) + offset;
            cases.push((
                (got - wanted).abs(),
                format!("{level} dBFS over {threshold} dB, {ratio}:1, knee {knee} dB"),
            ));
        }
    }
    Ok(Measured::worst(cases))
}

fn times(_: Length) -> Result<Measured, Failed> {
    let mut cases = Vec::new();
    for rate in [44_100.0f64, 96_000.0] {
        for (attack, release) in
            [(10.0f32, 120.0f32), (0.5, 5.0), (1.0, 50.0), (30.0, 250.0), (200.0, 100.0), (50.0, 1000.0)]
        {
            let sets: [Set; 5] = [
                ("attack", attack),
                ("release", release),
                ("knee", 0.0),
                ("ratio", 4.0),
                ("threshold", -40.0),
            ];
            // Steps of a constant, so that the gain can be read at every frame.
            let part = (rate * 8.0 * f64::from(attack.max(release)) / 1000.0) as usize;
            let sound = [vec![0.001f32; part], vec![0.5; part], vec![0.001; part]].concat();
            let out = mono(COMPRESSOR, &sets, rate, &sound)?;
            let gain: Vec<f64> = out.iter().zip(&sound).map(|(y, x)| db(f64::from(y / x))).collect();
            for (name, from, label) in [("attack", part, attack), ("release", 2 * part, release)] {
                let course = &gain[from - 1..from + part];
                let took =
                    covers_63(course).ok_or_else(|| Failed(format!("{name} {label} ms never ends")))?;
                let wanted = f64::from(label) * rate / 1000.0;
                // Times are read to whole frames.
                let off = ((took as f64 - wanted).abs() - 1.0).max(0.0) / wanted;
                cases.push((100.0 * off, format!("{name} {label} ms at {rate} Hz")));
            }
        }
    }
    Ok(Measured::worst(cases))
}

fn quanta_do_not_matter(length: Length) -> Result<Measured, Failed> {
    let frames = length.pick(20_000, 200_000);
    let sets: [Set; 4] = [("threshold", -40.0), ("ratio", 8.0), ("attack", 1.0), ("release", 30.0)];
    let sound = [crate::signal::lively(3, frames), crate::signal::lively(4, frames)];
    let run = |sound: &Stereo| -> Result<Stereo, Failed> {
        Ok(Rig::new(COMPRESSOR, &sets, RATE, 2)?.run(sound, None))
    };
    let plain = run(&sound)?;
    let mut unlike = 0;
    for shift in [1usize, 17, 63] {
        let late = |x: &Vec<f32>| [&vec![0.0; shift], &x[..frames - shift]].concat();
        let shifted = run(&[late(&sound[0]), late(&sound[1])])?;
        for (shifted, plain) in shifted.iter().zip(&plain) {
            unlike += crate::signal::differing(&shifted[shift..], &plain[..frames - shift]);
        }
    }
    Ok(Measured::new(unlike as f64, "the same sound 1, 17 and 63 frames later"))
}

fn limited_bass(length: Length) -> Result<Measured, Failed> {
    let seconds = length.pick(4, 10);
    let mut cases = Vec::new();
    for release in [300.0f32, 100.0] {
        let sets: [Set; 3] = [("gain", 3.0), ("ceiling", 0.0), ("release", release)];
        let tone = sine(RATE, 50.0, 0.0, seconds * 48_000);
        let [out, _] = Rig::new("dynamics.limiter", &sets, RATE, 1)?.run(&both(&tone), None);
        let rest = fit(&out[out.len() - 96_000..], 50.0, RATE).rest_db();
        cases.push((rest, format!("release {release} ms")));
    }
    Ok(Measured::worst(cases))
}
