//! Other places where a mix is heard: phones, cars, clubs.

use std::sync::LazyLock;

use mixsmith_analysis::sketch::{BANDS, centres};
use serde::Deserialize;

/// A place where the mix is heard.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct System {
    /// What a person reads.
    pub name: String,
    /// Does it play one channel?
    #[serde(default)]
    mono: bool,
    /// Below this it plays one channel, Hz.
    mono_below: Option<f64>,
    /// Frequency in Hz and level in dB.
    curve: Vec<(f64, f64)>,
    #[allow(dead_code, reason = "for the reader of the table; a test sees that it is there")]
    source: String,
}

#[derive(Deserialize)]
struct Systems {
    system: Vec<System>,
}

/// Every system.
pub static SYSTEMS: LazyLock<Vec<System>> = LazyLock::new(|| {
    toml::from_str::<Systems>(include_str!("../../tables/systems.toml")).expect("tables/systems.toml").system
});

impl System {
    /// Level at a frequency, dB.
    fn db(&self, hz: f64) -> f64 {
        let after = self.curve.partition_point(|&(at, _)| at <= hz);
        match (after.checked_sub(1).and_then(|i| self.curve.get(i)), self.curve.get(after)) {
            (Some(&(from, low)), Some(&(to, high))) => {
                low + (high - low) * (hz / from).ln() / (to / from).ln()
            }
            (Some(&(_, only)), None) | (None, Some(&(_, only))) => only,
            (None, None) => 0.0,
        }
    }

    /// What is left of the power of the middle, and of the sides, in every band of the ear.
    pub fn gains(&self) -> [[f32; BANDS]; 2] {
        let middle = std::array::from_fn(|band| 10f64.powf(self.db(centres()[band]) / 10.0) as f32);
        let one = |hz: f64| self.mono || self.mono_below.is_some_and(|edge| hz < edge);
        let sides = std::array::from_fn(|band| if one(centres()[band]) { 0.0 } else { middle[band] });
        [middle, sides]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_eight_systems_with_rising_frequencies() {
        assert!(SYSTEMS.len() >= 8);
        for system in SYSTEMS.iter() {
            assert!(system.curve.windows(2).all(|two| two[0].0 < two[1].0), "{}", system.name);
            assert_eq!(system.db(system.curve[0].0 / 2.0), system.curve[0].1);
            assert!(!system.source.is_empty());
            let [middle, sides] = system.gains();
            assert!(middle.iter().zip(&sides).all(|(m, s)| *m > 0.0 && (*s == 0.0 || s == m)));
        }
    }
}
