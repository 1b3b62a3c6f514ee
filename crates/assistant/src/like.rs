//! Mixes that this one is to be like. What was measured of them is kept under the name `reference`, as if they were one stem.

use mixsmith_analysis::Facts;
use serde::{Deserialize, Serialize};

use crate::tables::{self, TargetRow};

/// Under this name facts of the references are kept; of several, their mean.
pub const REFERENCE: &str = "reference";

/// How far a reference is followed against the table: a record is one, the table is the habit of thousands.
const NEARER: f64 = 0.5;

/// What lies further under the usual balance than this is not there, dB: coders cut the top off, and some songs have no bottom.
/// The usual balance stands in its place.
const GONE: f64 = 20.0;

/// What a mix can take from a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trait {
    /// The balance of its spectrum.
    Tone,
    /// How far left and right differ.
    Width,
    /// How far its peaks stand over its loudness.
    Dynamics,
    /// How loud it is.
    Loudness,
}

impl Trait {
    /// Every trait.
    pub const ALL: [Trait; 4] = [Trait::Tone, Trait::Width, Trait::Dynamics, Trait::Loudness];

    /// As a person writes it.
    pub fn name(self) -> &'static str {
        match self {
            Trait::Tone => "tone",
            Trait::Width => "width",
            Trait::Dynamics => "dynamics",
            Trait::Loudness => "loudness",
        }
    }
}

/// The balance that is wanted: that of the references, else the usual one of records.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Third octaves; the median from 200 Hz to 2 kHz is 0.
    pub rows: Vec<TargetRow>,
    /// Is it that of a reference?
    pub reference: bool,
}

/// The balance that is wanted of a mix.
pub fn wanted(facts: &Facts) -> Wanted {
    let table = tables::target();
    match facts.bands("spectrum.third_octave", REFERENCE).filter(|bands| bands.len() >= table.len()) {
        None => Wanted { rows: table.to_vec(), reference: false },
        Some(bands) => {
            let zero = middle(bands);
            let row = |(row, &db): (&TargetRow, &f32)| {
                let db = f64::from(db) - zero;
                if db < row.db - GONE { *row } else { TargetRow { db, sd: NEARER * row.sd, ..*row } }
            };
            Wanted { rows: table.iter().zip(bands).map(row).collect(), reference: true }
        }
    }
}

/// Median of the third octaves from 200 Hz to 2 kHz, dB.
pub fn middle(bands: &[f32]) -> f64 {
    let inside = tables::target().iter().zip(bands).filter(|(row, _)| (200.0..=2000.0).contains(&row.hz));
    let mut inside: Vec<f64> = inside.map(|(_, &db)| f64::from(db)).collect();
    inside.sort_by(f64::total_cmp);
    inside.get(inside.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use mixsmith_analysis::{Fact, Qty};

    use super::*;

    #[test]
    fn a_reference_takes_the_place_of_the_table() {
        let mut facts = Facts::default();
        assert_eq!(wanted(&facts), Wanted { rows: tables::target().to_vec(), reference: false });
        let tilted = |i: i32| if i < 27 { -20.0 - i as f32 } else { -120.0 };
        let tilted = Qty::Bands((0..28).map(tilted).collect());
        facts.push(Fact::new("spectrum.third_octave", &[REFERENCE], tilted));
        let found = wanted(&facts);
        assert!(found.reference && found.rows[0].sd < tables::target()[0].sd);
        assert_eq!(found.rows[0].db - found.rows[20].db, 20.0);
        assert_eq!(found.rows[27], tables::target()[27], "what was cut off is not wanted");
    }
}
