//! The sound of two mixes, measure by measure.

use std::path::Path;

use serde::Serialize;

use crate::PipelineError;
use crate::readings::{Readings, meter};

/// A measure of both.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// What is measured.
    pub measure: String,
    /// Its unit.
    pub unit: &'static str,
    /// Of the first; none where it has no such thing, as a mono file has no width.
    pub a: Option<f64>,
    /// Of the second.
    pub b: Option<f64>,
    /// The second less the first.
    pub difference: Option<f64>,
    /// What the difference is for the ear; empty where it is small.
    pub means: &'static str,
}

/// Where a spectrum is cut, Hz, and what more and less there is called.
const REGIONS: [(&str, f64, f64, [&str; 2]); 6] = [
    ("deep bass, below 60 Hz", 0.0, 60.0, ["deeper", "less deep"]),
    ("bass, 60 to 120 Hz", 60.0, 120.0, ["fuller", "thinner"]),
    ("low middle, 120 to 500 Hz", 120.0, 500.0, ["warmer", "leaner"]),
    ("middle, 0.5 to 2 kHz", 500.0, 2000.0, ["more forward", "more recessed"]),
    ("presence, 2 to 8 kHz", 2000.0, 8000.0, ["more present", "duller"]),
    ("air, above 8 kHz", 8000.0, 1e6, ["airier", "darker"]),
];

/// Differences of less than this say nothing, in the unit of the measure.
const SMALL: f64 = 0.5;

/// Puts two sound files on the meters. Spectra are compared at equal loudness.
pub(super) fn measures(a: &Path, b: &Path) -> Result<Vec<Measured>, PipelineError> {
    Ok(between(&meter(a)?, &meter(b)?))
}

fn between(a: &Readings, b: &Readings) -> Vec<Measured> {
    let pair = |measure: &str, unit, of: &dyn Fn(&Readings) -> Option<f64>, words: [&'static str; 2]| {
        measured(measure, unit, of(a), of(b), words)
    };
    let stereo = |of: fn(&crate::StereoReadings) -> f64| move |r: &Readings| r.stereo.as_ref().map(of);
    let mut found = vec![
        pair("loudness", "LUFS", &|r| r.loudness.integrated, ["louder", "softer"]),
        pair("loudness range", "LU", &|r| r.loudness.range, ["more arc", "more even"]),
        pair("loudest 3 s", "LUFS", &|r| r.loudness.short_term_max, ["", ""]),
        pair("true peak", "dBTP", &|r| r.true_peak, ["", ""]),
        pair(
            "peak over loudness",
            "LU",
            &|r| r.true_peak.zip(r.loudness.integrated).map(|(peak, loudness)| peak - loudness),
            ["more punch", "denser"],
        ),
        pair("width, side over mid", "dB", &stereo(|s| s.width), ["wider", "narrower"]),
        pair("left over right", "dB", &stereo(|s| s.balance), ["further left", "further right"]),
        pair("lost in mono", "LU", &stereo(|s| s.mono_loss), ["loses more in mono", "keeps more in mono"]),
    ];
    for (name, low, high, words) in REGIONS {
        found.push(pair(name, "dB", &|r| region(r, low, high), words));
    }
    found
}

fn measured(
    measure: &str,
    unit: &'static str,
    a: Option<f64>,
    b: Option<f64>,
    words: [&'static str; 2],
) -> Measured {
    let difference = a.zip(b).map(|(a, b)| b - a);
    let means = match difference {
        Some(by) if by >= SMALL => words[0],
        Some(by) if by <= -SMALL => words[1],
        _ => "",
    };
    Measured { measure: measure.to_owned(), unit, a, b, difference, means }
}

/// Power of a region against the loudness of all, dB.
fn region(readings: &Readings, low: f64, high: f64) -> Option<f64> {
    let bands = readings.third_octaves.iter().filter(|band| (low..high).contains(&band.hz));
    let power: f64 = bands.map(|band| 10f64.powf(band.db / 10.0)).sum();
    let loudness = readings.loudness.integrated?;
    (power > 1e-11).then(|| 10.0 * power.log10() - loudness)
}

impl Measured {
    pub(super) fn line(&self) -> String {
        // No minus before a zero.
        let tidy = |value: f64| if value.abs() < 0.05 { 0.0 } else { value };
        let number = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{:.1}", tidy(v)));
        let by = self.difference.map_or("-".to_owned(), |by| format!("{:+.1}", tidy(by)));
        let words = if self.means.is_empty() { String::new() } else { format!("  B is {}", self.means) };
        let words = if self.means.starts_with("loses") || self.means.starts_with("keeps") {
            format!("  B {}", self.means)
        } else if self.means.ends_with("arc") || self.means.ends_with("punch") {
            format!("  B has {}", self.means)
        } else {
            words
        };
        let name = format!("{}, {}", self.measure, self.unit);
        format!("{name:38}{:>10}{:>10}{by:>10}{words}\n", number(self.a), number(self.b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_for_what_can_be_heard() {
        let louder = measured("loudness", "LUFS", Some(-20.0), Some(-18.0), ["louder", "softer"]);
        assert_eq!((louder.difference, louder.means), (Some(2.0), "louder"));
        assert!(louder.line().contains("+2.0  B is louder"), "{}", louder.line());
        let same = measured("width", "dB", Some(-8.0), Some(-8.2), ["wider", "narrower"]);
        assert_eq!(same.means, "");
        let mono = measured("width", "dB", None, Some(-8.2), ["wider", "narrower"]);
        assert!(mono.difference.is_none() && mono.line().contains('-'));
    }
}
