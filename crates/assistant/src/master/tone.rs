//! A small correction of the whole mix towards the usual balance of records.

use mixsmith_session::{Edit, Insert};

use super::heard;
use crate::buses::mix::MASTER;
use crate::like::{middle, wanted};
use crate::master::HEARD;
use crate::{Decision, Desk, Evidence, Phase, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    code: "master.tone",
    phase: Phase::Master,
    doc: "**What it does.** Compares the third-octave spectrum of the rendered mix with the usual balance of records, \
          and corrects bass, low middle, upper middle and air by half of what lies outside the usual spread. With a \
          reference, its spectrum is compared, and 0.8 of what lies outside half that spread is corrected. \
          **Why.** A song must stand beside others. \
          **When it is wrong.** When the song is meant to sound dark, bright or bare: the target is a habit, not a law. \
          **How far it goes.** 1.5 dB a band, 3 dB towards a reference; what would need more is said, since it belongs into the mix. \
          **Sources.** Elowsson and Friberg 2017 (AES 142, paper 9762) with the correction for contemporary records; \
          tables/target.toml. Mastering moves of 0.5 to 1.5 dB: iZotope guide 2015.",
    decide,
};

/// A band of the correction.
struct Band {
    name: &'static str,
    low: f64,
    high: f64,
    /// EQ type: 2 low shelf, 1 bell, 3 high shelf (see `tone.equaliser`).
    shape: f32,
    hz: f32,
    q: f32,
}

const BANDS: [Band; 4] = [
    Band { name: "bass", low: 45.0, high: 130.0, shape: 2.0, hz: 110.0, q: 0.7 },
    Band { name: "low middle", low: 180.0, high: 450.0, shape: 1.0, hz: 290.0, q: 0.8 },
    Band { name: "upper middle", low: 1800.0, high: 5500.0, shape: 1.0, hz: 3200.0, q: 0.7 },
    Band { name: "air", low: 7000.0, high: 14000.0, shape: 3.0, hz: 8500.0, q: 0.7 },
];

/// Most that a band is turned, dB, and by how much of what is off: towards the usual, and towards a reference.
const USUAL: (f64, f64) = (1.5, 0.5);
const REFERENCE: (f64, f64) = (3.0, 0.8);
/// Less is not worth a band, dB.
const LEAST: f64 = 0.4;

fn decide(desk: &Desk<'_>) -> Vec<Decision> {
    if heard(desk.facts, "loudness.integrated").is_none_or(|lufs| lufs < -70.0) {
        return Vec::new();
    }
    let Some(bands) = desk.facts.bands("spectrum.third_octave", HEARD) else { return Vec::new() };
    let wanted = wanted(desk.facts);
    let rows = &wanted.rows;
    if bands.len() < rows.len() {
        return Vec::new();
    }
    let (most, share) = if wanted.reference { REFERENCE } else { USUAL };
    let against = if wanted.reference { "reference" } else { "usual" };
    // The median from 200 Hz to 2 kHz is nought, as in the target.
    let zero = middle(bands);
    let mut values: Vec<(String, f32)> = Vec::new();
    let mut says = Vec::new();
    let mut evidence = Vec::new();
    for band in &BANDS {
        let inside: Vec<(f64, f64)> = rows
            .iter()
            .zip(bands)
            .filter(|(row, _)| (band.low..=band.high).contains(&row.hz))
            .map(|(row, &db)| (f64::from(db) - zero - row.db, row.sd))
            .collect();
        let count = inside.len() as f64;
        let away = inside.iter().map(|(away, _)| away).sum::<f64>() / count;
        let spread = inside.iter().map(|(_, sd)| sd).sum::<f64>() / count;
        let excess = away.signum() * (away.abs() - spread).max(0.0);
        let gain = (-share * excess).clamp(-most, most);
        if gain.abs() < LEAST {
            continue;
        }
        let number = values.len() / 4 + 1;
        let value = (gain * 10.0).round() as f32 / 10.0;
        let named = [("type", band.shape), ("freq", band.hz), ("gain", value), ("q", band.q)];
        values.extend(named.map(|(name, value)| (format!("{name}{number}"), value)));
        says.push(format!("{} {gain:+.1} dB ({:.1} dB {} the {against})", band.name, away.abs(), side(away)));
        evidence.push(
            Evidence::new(&format!("spectrum.{}", band.name.replace(' ', "-")), &[HEARD], away, "dB")
                .wanted(0.0),
        );
    }
    if says.is_empty() {
        return Vec::new();
    }
    let insert = Insert { values: values.into_iter().collect(), ..Insert::new("eq", "tone.equaliser", &[]) };
    let mut decision = Decision::new(RULE.code, &[MASTER], format!("Master EQ: {}.", says.join(", ")))
        .edit(Edit::AddInsert { strip: MASTER.to_owned(), place: Some(0), insert });
    decision.because = evidence;
    vec![decision]
}

fn side(away: f64) -> &'static str {
    if away > 0.0 { "above" } else { "below" }
}
