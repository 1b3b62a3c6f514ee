//! Paths that should change nothing but what they say.

use crate::judge::fit;
use crate::rig::{Set, mono};
use crate::row::{Failed, Length, Measured, Row};
use crate::signal::sine;
use crate::song::Song;

/// The rows of this file.
pub const ROWS: &[Row] = &[Row {
    number: 15,
    title: "THD+N of the clean paths, 997 Hz at -1, -20 and -60 dBFS",
    unit: "dB",
    gate: -130.0,
    best: -140.0,
    only_told: false,
    measure: distortion,
}];

fn distortion(length: Length) -> Result<Measured, Failed> {
    const PATHS: [(&str, &str, &[Set]); 6] = [
        ("trim", "tool.trim", &[("gain", -3.3)]),
        ("flat equaliser", "tone.equaliser", &[]),
        (
            "working equaliser",
            "tone.equaliser",
            &[
                ("type1", 4.0),
                ("freq1", 40.0),
                ("type2", 1.0),
                ("freq2", 3000.0),
                ("gain2", 6.0),
                ("type3", 3.0),
                ("gain3", -4.0),
            ],
        ),
        ("delay", "space.delay", &[("lowcut", 20.0), ("highcut", 20_000.0), ("feedback", 0.0)]),
        (
            "compressor below its threshold",
            "dynamics.compressor",
            &[("threshold", 0.0), ("knee", 0.0), ("makeup", 3.3)],
        ),
        ("limiter below its ceiling", "dynamics.limiter", &[("ceiling", 0.0)]),
    ];
    let rates: &[u32] = length.pick(&[48_000], &[44_100, 48_000, 96_000, 192_000]);
    let mut cases = Vec::new();
    for &rate in rates {
        let hertz = f64::from(rate);
        for level in [-1.0, -20.0, -60.0] {
            let tone = sine(hertz, 997.0, level, 2 * rate as usize);
            let settled = rate as usize;
            for (name, id, sets) in PATHS {
                let out = mono(id, sets, hertz, &tone)?;
                cases.push((
                    fit(&out[settled..], 997.0, hertz).rest_db(),
                    format!("{name}, {level} dBFS at {rate} Hz"),
                ));
            }
            let mut song = Song::new(rate);
            let strip = song.track("a", vec![tone.clone()]);
            strip.values.insert("fader".into(), -7.7);
            strip.values.insert("pan".into(), 33.0);
            let [left, _] = song.master(1)?;
            cases.push((
                fit(&left[settled..], 997.0, hertz).rest_db(),
                format!("fader and pan, {level} dBFS at {rate} Hz"),
            ));
        }
    }
    Ok(Measured::worst(cases))
}
