//! The tables of the mixing rules: data files, with the source of every row.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::Genre;

/// How loud a part is against the mix.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LevelRow {
    /// The part; tracks of one part share its level.
    pub part: String,
    /// The roles that play it.
    pub roles: Vec<String>,
    pop: f64,
    rock: f64,
    hip_hop: f64,
    edm: f64,
    jazz: f64,
    metal: f64,
    /// How far good mixes differ, LU.
    pub sd: f64,
    /// Where the numbers are from.
    pub source: String,
}

impl LevelRow {
    /// Level in LU against the mix.
    pub fn level(&self, genre: Genre) -> f64 {
        match genre {
            Genre::Pop => self.pop,
            Genre::Rock => self.rock,
            Genre::HipHop => self.hip_hop,
            Genre::Edm => self.edm,
            Genre::Jazz => self.jazz,
            Genre::Metal => self.metal,
        }
    }
}

impl Genre {
    /// Every column.
    pub const ALL: [Genre; 6] =
        [Genre::Pop, Genre::Rock, Genre::HipHop, Genre::Edm, Genre::Jazz, Genre::Metal];

    /// As a sentence has it: `pop`.
    pub fn name(self) -> &'static str {
        match self {
            Genre::Pop => "pop",
            Genre::Rock => "rock",
            Genre::HipHop => "hip-hop",
            Genre::Edm => "EDM",
            Genre::Jazz => "jazz",
            Genre::Metal => "metal",
        }
    }
}

#[derive(Deserialize)]
struct Levels {
    level: Vec<LevelRow>,
}

static LEVELS: LazyLock<Vec<LevelRow>> = LazyLock::new(|| {
    // The file is part of the program: a test reads it.
    toml::from_str::<Levels>(include_str!("../tables/levels.toml")).expect("tables/levels.toml").level
});

/// The row of a role; the row `unknown` for roles that have none.
pub fn level_row(role: &str) -> &'static LevelRow {
    let of = |role: &str| LEVELS.iter().find(|row| row.roles.iter().any(|r| r == role));
    of(role).or_else(|| of("unknown")).unwrap_or(&LEVELS[0])
}

/// A third-octave band of the usual balance of records.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetRow {
    /// Centre, Hz.
    pub hz: f64,
    /// Band power in dB; the median from 200 Hz to 2 kHz is 0.
    pub db: f64,
    /// How far records differ, dB.
    pub sd: f64,
}

#[derive(Deserialize)]
struct Target {
    source: String,
    band: Vec<TargetRow>,
}

static TARGET: LazyLock<Target> =
    LazyLock::new(|| toml::from_str(include_str!("../tables/target.toml")).expect("tables/target.toml"));

/// The usual balance of records, from 31.5 Hz to 16 kHz: the bands of the fact `spectrum.third_octave`.
pub fn target() -> &'static [TargetRow] {
    &TARGET.band
}

/// Where the usual balance is from.
pub fn target_source() -> &'static str {
    &TARGET.source
}

/// Where mono tracks of some roles stand.
#[derive(Clone, Debug, Deserialize)]
pub struct PlaceRow {
    /// The part.
    pub part: String,
    /// The roles that play it.
    pub roles: Vec<String>,
    /// Distance from the middle, 0 to 100.
    pub out: f64,
    /// Where the number is from.
    pub source: String,
}

#[derive(Deserialize)]
struct Places {
    place: Vec<PlaceRow>,
}

static PLACES: LazyLock<Vec<PlaceRow>> = LazyLock::new(|| {
    // The file is part of the program: a test reads it.
    toml::from_str::<Places>(include_str!("../tables/pan.toml")).expect("tables/pan.toml").place
});

/// The row of a role; roles that have none stand in the middle.
pub fn place_row(role: &str) -> &'static PlaceRow {
    PLACES.iter().find(|row| row.roles.iter().any(|r| r == role)).unwrap_or(&PLACES[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixsmith_analysis::roles::ROLES;

    #[test]
    fn every_role_that_is_mixed_has_one_level_and_one_place_with_sources() {
        for role in ROLES.iter().filter(|role| role.family != "none" || role.id == "unknown") {
            let rows = LEVELS.iter().filter(|row| row.roles.iter().any(|r| r == role.id)).count();
            assert_eq!(rows, 1, "{}", role.id);
            let places = PLACES.iter().filter(|row| row.roles.iter().any(|r| r == role.id)).count();
            assert_eq!(places, 1, "{}", role.id);
        }
        assert!(PLACES.iter().all(|row| !row.source.is_empty() && !row.part.is_empty()));
        for row in LEVELS.iter() {
            assert!(!row.source.is_empty() && row.sd > 0.0, "{}", row.part);
            assert!((-30.0..=0.0).contains(&row.level(Genre::Jazz)), "{}", row.part);
        }
    }
}
